"""Playing a drill: a press is one line at the server's second, a fork leaves its parent, the live hall sees nothing."""

from datetime import timedelta

import pytest

from counterpoint.academy.drill import actions, given, log, queries, timing
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import OVER, PAUSED, READY, RUNNING
from counterpoint.academy.tests.playing import Player
from counterpoint.foundation.api import Invalid, NotFound, scoped
from counterpoint.science import playing
from counterpoint.science.playing import datasets

pytestmark = pytest.mark.django_db
OPEN = {"counter": "K4", "user": "floater"}


@pytest.fixture
def game():
    return datasets.demo_game(3, injects=datasets.demo_injects())


@pytest.fixture
def sun(bank, game):
    player = Player(bank)
    player.make(game)
    return player


def digest(game, orders):
    return playing.play(game, orders).digest()


def test_a_day_is_begun_run_ordered_in_and_ended(bank, sun, game):
    assert sun.make(game, key="press-1").pk == sun.session  # the same press again
    sun.pace(10)
    sun.later(seconds=180)
    line = sun.order("window-open", OPEN)
    assert line.second == timing.first_second(game) + 1800
    over = sun.finish()
    assert (over.state, over.head) == (OVER, lines_of(sun)[-1].hash)
    orders = [playing.Order.of(line.second, "window-open", actor=str(bank.people["Sun"].pk), **OPEN)]
    assert over.result["digest"] == digest(game, orders)
    assert sun.finish().over_at == over.over_at
    with pytest.raises(log.DrillOver):
        sun.order("window-close", {"counter": "K4"})


def lines_of(player):
    with scoped(player.scope):
        return list(DrillEvent.objects.filter(session=player.session).order_by("seq"))


def test_a_second_press_with_the_same_key_writes_one_line(sun):
    sun.pace(1)
    first = sun.order("window-open", OPEN, key="one")
    sun.later(seconds=5)
    again = sun.order("window-open", OPEN, key="one")
    assert (again.pk, again.second) == (first.pk, first.second)
    assert [line.kind for line in lines_of(sun)] == ["pace", "order"]


def test_time_runs_at_its_speed_stands_still_and_ends_with_the_day(sun, game):
    first = timing.first_second(game)
    sun.later(seconds=100)
    assert sun.segment().second == first  # not started
    assert sun.pace(60).state == RUNNING
    sun.later(seconds=10)
    assert sun.segment().second == first + 600
    assert sun.pace(0).state == PAUSED
    sun.later(seconds=50)
    assert sun.segment().second == first + 600
    sun.pace(60)
    sun.later(hours=2)
    assert sun.segment().second == timing.last_second(game)


@pytest.mark.parametrize(
    ("act", "inputs", "field"),
    [
        ("take", {}, "act"), ("nonsense", {}, "act"), ("window-open", {"counter": "K4"}, "user"),
        ("window-open", {"counter": "K99", "user": "floater"}, "counter"),
        ("break-start", {"user": "teller-1", "minutes": "0"}, "minutes"),
        ("break-start", {"user": "teller-1", "minutes": "121"}, "minutes"),
        ("break-start", {"user": "teller-1", "minutes": "x"}, "minutes"),
        ("person-move", {"user": "teller-1", "place": "moon"}, "place"),
        ("person-move", {"user": "nobody", "place": "lobby"}, "user"),
        ("diversion", {"service": "S01", "share": "999"}, "share"), ("first", {"ticket": "99999"}, "ticket"),
        ("answer", {"inject": "machine", "choice": "wait"}, "act"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_leaves_no_line(sun, act, inputs, field):
    sun.pace(1)
    with pytest.raises(Invalid) as refused:
        sun.order(act, inputs)
    assert refused.value.message
    assert refused.value.details["field"] == field
    assert [line.kind for line in lines_of(sun)] == ["pace"]


def test_care_is_given_and_taken_back(sun, game):
    sun.pace(1)
    given_, taken = (sun.order("flag", {"ticket": "5", "vulnerable": value}) for value in ("1", "0"))
    assert (given_.inputs, taken.inputs) == ({"ticket": 5, "vulnerable": 1}, {"ticket": 5, "vulnerable": 0})


def test_what_the_day_asks_is_answered_in_time(sun, game):
    sun.pace(60)
    sun.later(seconds=(600 * 60 + 120 - timing.first_second(game)) / 60)
    asked = [question["key"] for question in sun.segment().questions]
    assert "machine" in asked
    line = actions.drill_choose(**sun.here(), session=sun.session, inject="machine", choice="call_vendor")
    assert (line.kind, line.inputs) == ("choice", {"choice": "call_vendor", "inject": "machine"})
    assert "machine" not in [question["key"] for question in sun.segment().questions]


def test_a_fork_and_another_try_leave_the_parent_as_it_is(bank, sun, game):
    sun.pace(60)
    sun.later(seconds=40)
    sun.order("window-open", OPEN)
    sun.later(seconds=40)
    sun.order("window-close", {"counter": "K1"})
    before = [line.hash for line in lines_of(sun)]
    cut = lines_of(sun)[1].second
    fork = actions.drill_fork(**sun.here(), session=sun.session, second=cut)
    retry = actions.drill_retry(**sun.here(), session=sun.session)
    with scoped(sun.scope):
        assert [line.hash for line in lines_of(sun)] == before
        copied = log.lines(fork)
        assert [(line.act, line.second) for line in copied] == [("window-open", cut)]
        assert (fork.state, fork.parent_id, fork.parent_second, fork.base_second) == (READY, sun.session, cut, cut)
        assert (retry.game_hash, log.lines(retry), retry.parent_second) == (fork.game_hash, [], None)
        assert log.first_bad(fork) is None
        assert queries.tries(retry) == 3
    with pytest.raises(Invalid):
        actions.drill_fork(**sun.here(), session=sun.session, second=80_000)


def test_a_strangers_drill_is_not_there(bank, sun):
    other = Player(bank, "Stranger")
    other.session = sun.session
    with pytest.raises(NotFound):
        other.pace(1)
    colleague = Player(bank, "Mei")
    colleague.session = sun.session
    with pytest.raises(NotFound):
        colleague.order("window-open", OPEN)
    with pytest.raises(NotFound):
        colleague.segment()


def test_steps_of_a_segment_lead_to_the_picture_of_its_end(sun):
    sun.pace(60)
    sun.later(seconds=60)
    one = sun.segment()
    assert one.until == one.second + 600
    moved = {name: dict(held) for name, held in one.picture.items()}
    for _second, change in one.steps:
        for name, held in moved.items():
            held.update(change.get(name, {}))
            for key in [key for key, value in held.items() if value in ("x", "o")]:
                del held[key]
    sun.later(seconds=10)
    two = sun.segment(since=one.until)
    assert two.since == one.until
    assert moved == two.picture


def test_what_is_added_by_hand_changes_nothing_before_it(game):
    orders = [playing.Order.of(35_000, "window-open", **OPEN)]
    hand = (
        (4, 39_600, given.CROWD, '{"count": 12, "minutes": 10, "service": "S02"}'),
        (5, 40_000, given.DOWN, '{"device": "C1"}'),
    )
    more = given.with_hand(game, hand)
    until = 39_600 / 60
    assert playing.play(more, orders, until).events.tobytes() == playing.play(game, orders, until).events.tobytes()
    rest = 40_000 / 60
    first = given.with_hand(game, hand[:1])
    assert playing.play(more, orders, rest).events.tobytes() == playing.play(first, orders, rest).events.tobytes()
    assert playing.play(more, orders).loss.total > playing.play(game, orders).loss.total


def test_the_newest_session_stands_first(bank, sun, game):
    second = sun.make(game, now=bank.now + timedelta(minutes=1))
    with scoped(sun.scope):
        assert DrillSession.objects.count() == 2
        assert queries.own_sessions(sun.scope)[0].pk == second.pk
