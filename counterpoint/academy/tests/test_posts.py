"""A team: each orders what is of the own post, colleagues' drills are found, and a shared day is nobody's own proof."""

import pytest

from counterpoint.academy import proving
from counterpoint.academy.drill import actions, posts, queries, words
from counterpoint.academy.drill.validating import FIELDS
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import OVER
from counterpoint.academy.tests.playing import Player
from counterpoint.foundation.api import Forbidden, scoped
from counterpoint.science.playing import datasets
from counterpoint.ui.leftovers import english_left

OPEN = {"counter": "K4", "user": "floater"}


@pytest.fixture
def sun(bank):
    player = Player(bank)
    player.make(datasets.demo_game(3, injects=datasets.demo_injects()))
    player.pace(10)
    player.later(seconds=180)
    return player


def joined(bank, sun, name, post):
    player = Player(bank, name)
    player.session, player.real = sun.session, sun.real
    actions.drill_join(scope=player.scope, session=sun.session, post=post, now=bank.now, real=sun.real)
    player.pressed = 100 * (1 + len(name))
    return player


def test_every_act_is_of_some_post_and_every_post_has_acts():
    assert set(posts.ACTS) == set(FIELDS)
    assert set(posts.SEATS) == {post for able in posts.ACTS.values() for post in able} == set(words_of())


def words_of():
    return words.posts()


@pytest.mark.parametrize("act", sorted(posts.ACTS))
def test_in_a_team_of_any_size_somebody_may_order_everything(act):
    assert posts.allowed(act, posts.SUPERVISOR, [posts.SUPERVISOR]), "alone one plays every post"
    for taken in (posts.SEATS, posts.SEATS[:2], posts.SEATS[1:3], (posts.HEAD, posts.TELLER)):
        assert any(posts.allowed(act, post, taken) for post in taken)
    assert {post for post in posts.SEATS if posts.allowed(act, post, posts.SEATS)} == posts.ACTS[act]


@pytest.mark.django_db
def test_what_is_of_another_post_is_refused_in_words_writes_nothing_and_is_not_offered(bank, sun, sign_in):
    omar = joined(bank, sun, "Omar", "lobby_manager")
    with pytest.raises(Forbidden) as refused:
        omar.order("window-open", OPEN)
    assert "大堂经理" in refused.value.message
    with pytest.raises(Forbidden):
        sun.order("flag", {"ticket": "1"})
    with scoped(sun.scope):
        assert not DrillEvent.objects.filter(session=sun.session, kind="order").exists()
    assert sun.order("window-open", OPEN).act == "window-open"
    page = sign_in("Omar").get(f"/academy/drill/{sun.session}").content.decode()
    assert "do/window-open" not in page and "do/diversion" in page
    assert "do/window-open" in sign_in("Sun").get(f"/academy/drill/{sun.session}").content.decode()


@pytest.mark.django_db
def test_drills_of_colleagues_are_listed_until_they_are_full_or_over_and_for_no_other_branch(bank, sun, sign_in):
    def listed(name):
        with scoped(bank.scope(name)):
            return [row.pk for row in queries.to_join(bank.scope(name), bank.now)]

    assert listed("Omar") == [sun.session] and listed("Sun") == [] == listed("Stranger")
    page = sign_in("Omar").get("/academy/drill").content.decode()
    own = page[page.index('<main class="main"') : page.index("</main>")]
    assert f"/academy/drill/{sun.session}/join" in own and english_left(own, ["Sun", "Omar", "UPS", "P90"]) == []
    joined(bank, sun, "Omar", "lobby_manager")
    assert listed("Omar") == [] and listed("Mei") == [sun.session]
    sun.finish()
    assert listed("Mei") == []


@pytest.mark.django_db
def test_a_day_played_as_a_team_is_not_its_owners_own_proof(bank, sun):
    with scoped(sun.scope):
        row = DrillSession.objects.get(pk=sun.session)
        assert proving.counted(row)
    joined(bank, sun, "Omar", "lobby_manager")
    with scoped(sun.scope):
        row = DrillSession.objects.get(pk=sun.session)
        row.state, row.over_at = OVER, bank.now
        row.save()
        assert not proving.counted(row)
