"""What is said of a day: nothing that its interval does not bear, and a bar and a sheet that add up."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.academy.debrief import judging
from counterpoint.academy.rules import sheet, telling
from counterpoint.science import playing
from counterpoint.science.playing import datasets

MINUTES = st.floats(0.0, 5000.0)
ORDER = [36_000, "window-open", {"counter": "K4", "user": "p9"}, ""]


def point(second, saved, half, *, same=False, better=(ORDER,), done="nothing", after=0.0):
    return {
        "second": second, "done": done, "better": list(better), "saved": saved, "low": saved - half,
        "high": saved + half, "after": after, "same": same,
    }  # fmt: skip


def data(*points, **more):
    return {
        "points": list(points), "least": 10.0, "loss": {"total": 500.0}, "reached": 300.0, "regret": 200.0,
        "nothing": {"total": 700.0}, "expected": [], "days": 0, "skill": 0.0, "luck": 0.0, "orders": [], **more,
    }  # fmt: skip


POINTS = st.lists(
    st.builds(
        point, st.integers(32_400, 61_200), st.floats(-20.0, 300.0), st.floats(0.0, 100.0), same=st.booleans()
    ),
    max_size=30,
)  # fmt: skip


@settings(max_examples=25)
@given(POINTS)
def test_only_what_lies_above_nothing_is_said_and_the_same_miss_once_an_hour(points):
    found = telling.moments(data(*points))
    assert len(found) <= telling.MOST
    assert all(one.saved - one.half > -1e-9 and one.saved >= 10.0 for one in found)
    assert [one.second for one in found] == sorted(one.second for one in found)
    gaps = [b.second - a.second for a, b in itertools.pairwise(found)]
    assert all(gap >= telling.APART for gap in gaps)


def test_a_difference_whose_interval_holds_0_or_that_is_small_is_not_said():
    assert (
        telling.moments(data(point(36_000, 50.0, 60.0), point(40_000, 9.0, 1.0), point(44_000, 90.0, 5.0, same=True)))
        == ()
    )
    said = telling.moments(data(point(36_000, 50.0, 40.0)))
    assert [(one.second, one.saved, one.half, one.act) for one in said] == [(36_000, 50.0, 40.0, "window-open")]


def test_an_order_that_should_not_have_been_given_is_told_by_its_own_act():
    one = telling.moments(data(point(36_000, 50.0, 10.0, better=(), done="window-close:K1")))[0]
    assert one.act == "window-close"


def test_the_headline_follows_the_figures():
    assert telling.headline(data(point(36_000, 50.0, 10.0))).key == "decided"
    assert telling.headline(data(regret=5.0)).key == "reached"
    assert telling.headline(data(expected=[400.0, 390.0, 410.0])).key == "luck"
    assert telling.headline(data()).key == "steady"


@given(MINUTES, st.floats(-50.0, 2000.0), st.floats(-2000.0, 2000.0))
def test_the_bar_lies_within_its_length_and_its_parts_follow_each_other(expected, skill, luck):
    found = telling.bar(data(expected=[expected, expected, expected], skill=skill, luck=luck))
    assert all(start >= -0.2 and start + width <= 1000.2 and width >= 0 for _key, start, width in found)
    assert found[1][1] == pytest.approx(found[0][2], abs=0.2)


def test_luck_is_told_only_once_the_day_was_drawn_again():
    assert telling.split(data()).key == "open" and telling.bar(data()) == ()
    drawn = {"expected": [400.0, 390.0, 410.0], "days": 20, "skill": 60.0}
    assert telling.split(data(**drawn, luck=40.0)).key == "bad_luck"
    assert telling.split(data(**drawn, luck=-40.0)).key == "good_luck"
    assert telling.split(data(**drawn, luck=4.0)).key == "even"


def test_the_next_exercise_is_for_the_competency_that_lost_most():
    moved = [36_000, "break-move", {"user": "p1", "minute": 700}, ""]
    found = data(point(36_000, 50.0, 10.0), point(46_000, 90.0, 10.0, better=(moved,)))
    assert telling.weakest(found) == "role.rostering"
    assert telling.weakest(data()) == ""


@given(MINUTES, MINUTES, MINUTES)
def test_a_part_is_0_to_100_and_never_better_for_more_minutes(mine, best, nothing):
    one, worse = (sheet.part("service", amount, best, nothing).score for amount in (mine, mine + 10.0))
    assert 0 <= worse <= one <= 100
    assert sheet.part("service", best, best, nothing).score == 100
    if nothing > best:
        assert sheet.part("service", nothing, best, nothing).score == 0


def test_the_total_leaves_out_what_the_day_did_not_ask():
    parts = sheet.sheet({"service": (50.0, 0.0, 100.0), "risk": None, "people": (0, 0, 0), "cost": (0, 0, 0)})
    assert [one.score for one in parts] == [50, None, 100, 100]
    assert sheet.total(parts) == round((0.4 * 50 + 0.15 * 100 + 0.15 * 100) / 0.7)


@settings(max_examples=6)
@given(st.integers(0, 5), st.lists(st.tuples(st.integers(32_400, 34_000), st.sampled_from(["K1", "K2"])), max_size=4))
def test_regret_is_never_negative_and_the_points_add_up_to_it(seed, closed):
    """The whole way to plain JSON keeps the telescope, but for the rounding."""
    game = datasets.tiny_game(seed)
    orders = [playing.Order.of(second, "window-close", counter=counter) for second, counter in sorted(closed)]
    found = judging.judged(game, orders, judging.searched(game, 20, ()), judging.Care(4, 1, 5))
    assert found["regret"] >= 0.0 and all(one["after"] >= 0.0 for one in found["points"])
    assert sum(one["after"] for one in found["points"]) == pytest.approx(
        found["regret"], abs=0.01 * len(found["points"]) + 0.02
    )
    assert found["reached"] <= min(found["loss"]["total"], found["nothing"]["total"]) + 0.01


def test_what_was_really_ordered_stands_for_the_best_where_it_beats_it():
    """A search of one try finds nothing; the supervisor of the day opened a window."""
    game = datasets.tiny_game(1, 6)
    real = [playing.Order.of(32_460, "window-open", counter="K2", user="p2")]
    found = judging.judged(game, (), judging.searched(game, 1, ()), judging.Care(4, 0, 1), real)
    assert found["real"]["total"] < found["nothing"]["total"]
    assert found["reached"] == found["real"]["total"] and found["way"] == "real"
