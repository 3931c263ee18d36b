"""What a trainer adds by hand to a running day: somebody with a matter, an absence, an outage; where debriefs are."""

import pytest

from counterpoint.academy.drill import actions, given, guiding, log, scenes, shown
from counterpoint.academy.models import DrillSession
from counterpoint.academy.tests.playing import Player
from counterpoint.foundation.api import Forbidden, Invalid, scoped
from counterpoint.science import playing
from counterpoint.science.playing import datasets
from counterpoint.ui.leftovers import english_left

pytestmark = pytest.mark.django_db


@pytest.fixture
def sun(bank):
    player = Player(bank)
    player.make(datasets.demo_game(3, injects=datasets.demo_injects()))
    player.pace(10)
    player.later(seconds=180)
    return player


def inject(bank, sun, act, name="Ada", **sent):
    sun.pressed += 1
    return guiding.drill_inject(
        scope=bank.scope(name), session=sun.session, act=act, now=bank.now, real=sun.real, key=f"hand-{sun.pressed}",
        **sent,
    )  # fmt: skip


def now_played(sun):
    with scoped(sun.scope):
        row = DrillSession.objects.select_related("org_unit").get(pk=sun.session)
        return row, log.game_played(row, log.lines(row))


def test_somebody_with_a_matter_asks_the_player_in_words_and_the_answer_leads_on(bank, sun, sign_in):
    name, body = sorted(guiding.people_to_send().items())[0]
    inject(bank, sun, given.PERSON, dialogue=name)
    sun.later(seconds=12)
    assert scenes, "it tells the words of what is asked"
    (asked,) = [one for one in sun.segment().questions if one["key"].startswith("hand-")]
    row, game = now_played(sun)
    with scoped(sun.scope):
        told = shown.question(row, asked)
    first = body.talk.by_slug[body.start]
    assert told["text"] == first.says["zh-hans"] and len(told["choices"]) == len(first.choices)
    assert english_left(f"<p>{told['title']} {told['text']}</p>", []) == []
    assert {words for _key, words in told["choices"]} == {one.words["zh-hans"] for one in first.choices}
    choice = first.choices[0].slug
    line = actions.drill_choose(**sun.here(), session=sun.session, inject=asked["key"], choice=choice)
    assert line.kind == log.CHOICE
    orders = log.orders_of([line])
    assert playing.play(game, orders, line.second / 60 + 1).answers


def test_somebody_goes_home_and_all_systems_are_out_for_a_while(bank, sun):
    row, before = now_played(sun)
    person = next(one for one in before.staffing.people if one.post)
    inject(bank, sun, given.ABSENCE, user=person.code)
    inject(bank, sun, given.OUTAGE, minutes=30)
    _row, game = now_played(sun)
    later = sun.segment().second / 60 + 60
    assert playing.play(game, (), later).loss.total > playing.play(before, (), later).loss.total
    middle, after, usual = (
        [row[0] for row in playing.picture(playing.Labels(one), playing.play(one, (), minute).state)["m"].values()]
        for one, minute in ((game, later - 45), (game, later), (before, later))
    )
    assert not any(middle) and sum(after) >= sum(usual) > 0
    with scoped(sun.scope):
        told = [shown.line(line, shown.names_of(row), None, row)["text"] for line in log.lines(row)]
    assert any("回家" in text for text in told) and any("30" in text for text in told)


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        (given.PERSON, {"dialogue": "nobody"}), (given.ABSENCE, {"user": "nobody"}), (given.OUTAGE, {"minutes": 0}),
        (given.OUTAGE, {"minutes": 500}), ("quake", {}),
    ],
)  # fmt: skip
def test_what_the_day_does_not_have_is_refused(bank, sun, act, sent):
    with pytest.raises(Invalid):
        inject(bank, sun, act, **sent)


def test_only_who_guides_adds_and_the_trainer_finds_the_debrief_of_what_is_over(bank, sun, sign_in):
    with pytest.raises(Forbidden):
        inject(bank, sun, given.OUTAGE, "Mei", minutes=10)
    ada = sign_in("Ada")
    page = ada.get("/academy/trainer").content.decode()
    assert "do/person" in page and "do/absence" in page and "do/outage" in page
    assert "让他回家" in page and "系统全部中断" in page
    sun.finish()
    address = f"/academy/drill/{sun.session}/debrief"
    assert address in ada.get("/academy/trainer").content.decode() and ada.get(address).status_code == 200
