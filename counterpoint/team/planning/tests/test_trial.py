"""Two rosters of one day against each other: chance cancels out, and the interval is what a second reckoning gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterpoint.science import twin
from counterpoint.team.planning import trial, waits
from counterpoint.team.planning.tests import examples
from counterpoint.team.planning.waits import Post

ALL = ("cash", "transfer", "advice")


def crew(count, start=540, end=720):
    return tuple(Post(f"p{n}", start, end, ALL) for n in range(count))


def play(posts, *, day=0, seed=5, days=40):
    return trial.play(examples.outlook(), day, posts, seed=seed, replications=days)


def test_the_day_is_the_one_that_a_roster_page_shows():
    shown = waits.play_day(examples.outlook(), 0, list(crew(3)), seed=5, replications=40)
    assert play(crew(3)).day == shown


def test_few_simulated_days_are_the_first_of_many():
    assert np.array_equal(play(crew(3), days=15).p90, play(crew(3), days=40).p90[:15])


def test_the_same_posts_change_nothing_at_all():
    found = trial.change(play(crew(3)), play(crew(3)))
    assert found.p90 == trial.Change(0.0, 0.0, 0.0)
    assert found.cells and all(one == trial.Change(0.0, 0.0, 0.0) for one in found.cells.values())


def test_one_more_person_shortens_the_wait_and_the_interval_says_so():
    found = trial.change(play(crew(2)), play(crew(3)))
    assert found.p90.high < 0 and found.p90.clear
    assert min(one.high for one in found.cells.values()) < 0
    there = trial.change(play(crew(3)), play(crew(2)))
    assert there.p90.mean == pytest.approx(-found.p90.mean) and there.p90.low == pytest.approx(-found.p90.high)


def test_somebody_who_comes_late_changes_no_half_hour_that_was_over():
    late = (*crew(2), Post("late", 660, 720, ALL))
    found = trial.change(play(crew(2)), play(late))
    assert all(found.cells[minute].mean == 0 for minute in (540, 570))
    assert found.cells[690].mean < 0


def test_the_same_customers_make_the_interval_far_narrower_than_others_would():
    before = play(crew(2), days=100)
    paired = trial.change(before, play(crew(3), days=100)).p90
    alone = trial.change(before, play(crew(3), seed=6, days=100)).p90
    assert paired.high - paired.low < 0.8 * (alone.high - alone.low)


def test_parts_and_changes_are_those_of_a_plain_reckoning():
    view, posts = examples.outlook(), (crew(2), crew(3))
    results = [waits.simulated(view, 0, list(one), seed=5, replications=40) for one in posts]
    tables = []
    for result in results:
        frame = result.outcomes
        frame = frame[frame["status"].isin([twin.STATUS_NAMES.index(n) for n in ("served", "at_counter", "no_cash")])]
        part, cell = frame["replication"] // 4, (frame["arrival"] - 540) // 30
        tables.append(frame["waited"].groupby([part, cell]).quantile(0.9).unstack())
    played = [play(one) for one in posts]
    for table, one in zip(tables, played, strict=True):
        assert one.parts == pytest.approx(table.to_numpy(), nan_ok=True)
    found = trial.change(*played).cells
    pooled = [{c.minute: c.p90 for c in one.day.cells} for one in played]
    for number, minute in enumerate(played[0].minutes):
        spread = (tables[1] - tables[0]).iloc[:, number]
        half = stats.t.ppf(0.975, 9) * spread.std(ddof=1) / np.sqrt(10)
        assert found[minute].mean == pytest.approx(pooled[1][minute] - pooled[0][minute])
        assert found[minute].high - found[minute].mean == pytest.approx(half)


def test_nobody_on_a_post_and_a_closed_day_are_told_without_a_change():
    nobody, closed = play(()), play(crew(2), day=2)
    assert (nobody.minutes, nobody.p90.size, closed.p90.size) == ((), 0, 0)
    for pair in ((nobody, play(crew(2))), (play(crew(2)), nobody), (closed, closed)):
        assert trial.change(*pair) == trial.DayChange(None, {})


@settings(max_examples=60)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=30))
def test_the_interval_is_students(values):
    found = trial.interval(np.array([*values, np.nan]))
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    assert found.mean == pytest.approx(np.mean(values), abs=1e-9)
    if np.std(values) > 1e-6:
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6)


def test_one_value_has_no_interval():
    assert trial.interval(np.array([3.0, np.nan])) is None
