"""Numbers of a comparison: the record by hand, paired differences, what decisions were worth."""

import numpy as np
import pandas as pd
import pytest

from counterpoint.science import replay, twin
from counterpoint.science.advice import Loss
from counterpoint.science.replay.compare import People
from counterpoint.science.replay.datasets import branch
from counterpoint.science.replay.tests.days import lived, own_day, written_down

OPENED = replay.Event(600.0, "open", counter="3", person="p3")


@pytest.fixture(scope="module")
def queue():
    """A day with a long queue before two windows and somebody on call."""
    day = own_day(4, patience=twin.Duration(25.0, 0.5))
    return replay.scenario(written_down(day), day.state.model)


def by_hand(day, at):
    """The record's measures from a table, without the arrays of the comparison."""
    promise = {t.code: t.promise for t in day.model.tiers}
    rows = pd.DataFrame(
        [(leg.arrival, leg.call, leg.gone, leg.reason, promise[leg.tier] if leg.promise is None else leg.promise)
         for leg in day.legs if leg.first], columns=["arrival", "call", "gone", "reason", "promise"]
    ).astype({"call": float, "gone": float})  # fmt: skip
    rows = rows[~((rows["call"] < at) | (rows["gone"] < at))]
    until = day.recorded.until if not day.recorded.closed else day.minutes[-1]
    rows["waited"] = rows["call"].fillna(rows["gone"]).fillna(until) - rows["arrival"]
    others = rows["reason"].isin(["diverted", "cancelled", "ended_uncalled"])
    called = rows[rows["call"].notna()]
    left = rows["gone"].notna() & ~others
    broken = (rows["waited"] > rows["promise"] + 0.5) & ~others
    loss = rows["waited"][~others].sum() + 30 * left.sum() + 10 * broken.sum()
    return {
        "p90_wait": called["waited"].quantile(0.9), "mean_wait": called["waited"].mean(), "leavers": left.sum(),
        "broken": broken.sum(), "served": len(called), "self_served": 0, "loss": loss,
    }  # fmt: skip


@pytest.mark.parametrize("seed", [3, 5, 10, 14])
def test_the_measures_of_the_record_agree_with_a_table_made_by_hand(seed):
    day = lived(seed)
    for at in (540.0, 570.0):
        assert replay.as_it_was(day, at) == pytest.approx(by_hand(day, at), abs=1e-6)


@pytest.mark.parametrize("seed", [2, 7, 15])
def test_the_day_lived_by_the_twin_measures_as_the_record_does(seed):
    """Two ways to the same numbers: off the record, and off the outcome of the replay."""
    day = lived(seed)
    result = replay.replay(day, seed=1).day.result
    people = People.of(day, 540.0)
    status = np.array(twin.STATUS_NAMES, dtype=object)[result.codes[:, 4]]
    waited = np.where(status == "waiting", day.recorded.until - people.arrival, result.times[:, 1])
    found = people.measures(
        waited, np.isin(status, ["served", "at_counter"]), np.isin(status, ["abandoned", "dismissed"]),
        np.zeros(len(status), bool), Loss(),
    )  # fmt: skip
    wanted = replay.as_it_was(day, 540.0)
    assert dict(zip(replay.MEASURES, found, strict=True)) == pytest.approx(wanted, abs=1e-4)


def test_another_window_helps_and_the_interval_says_so(queue):
    found = replay.compare(queue, 600.0, {"window 3": replay.Change((OPENED,))}, seed=2, draws=60)
    row = found.row("window 3", "loss")
    assert row["high"] < 0 and row["better"] == 1.0 and row["worse"] == 0.0
    assert found.regret()["window 3"] == -row["difference"] > 0
    assert found.summary()["best"] == "window 3"
    assert found.band("served", "window 3")[0] >= found.band("served")[0]
    frame = found.to_frame()
    assert frame.loc[("window 3", "p90_wait"), "difference"] < 0
    assert 0.5 < found.known <= 1.0


def test_differences_are_paired_draw_by_draw(queue):
    found = replay.compare(queue, 600.0, {"same": replay.NOTHING, "late": replay.Change((OPENED,))}, seed=2, draws=20)
    assert (found.others["same"] == found.unchanged).all()
    gap = found.others["late"][:, 0] - found.unchanged[:, 0]
    row = found.row("late", "p90_wait")
    assert row["difference"] == pytest.approx(gap.mean())
    assert (row["low"], row["high"]) == pytest.approx(tuple(np.quantile(gap, [0.025, 0.975])))


def test_going_on_unchanged_comes_near_to_what_really_came():
    """Windows calling by themselves with the day's own turnaround are no bad picture of calling by hand."""
    inside = 0
    for seed in range(12):
        day = replay.scenario(replay.recorded_day(seed, trouble=0.02, rate=0.6), branch())
        found = replay.compare(day, 600.0, {}, seed=1, draws=40)
        _mean, low, high = found.band("loss")
        inside += low * 0.85 <= found.was["loss"] <= high * 1.15
    assert inside >= 9


def test_at_the_last_minute_nobody_is_left_to_be_counted(queue):
    found = replay.compare(queue, queue.recorded.until, {"late": replay.NOTHING}, seed=1, draws=3)
    assert (found.people, found.known, found.was["loss"]) == (0, 1.0, 0.0)
    assert found.row("late", "loss")["difference"] == 0.0
    with pytest.raises(twin.ModelError, match="at least 2 draws"):
        replay.compare(queue, 600.0, {}, seed=1, draws=1)


def test_each_real_decision_is_given_its_worth():
    day = own_day(4, (twin.OpenCounter(600.0, "3"), twin.MovePerson(600.0, "p3", "3")))
    scenario = replay.scenario(written_down(day, (OPENED,)), day.state.model)
    worth = replay.regrets(scenario, seed=1, draws=10).set_index("position")
    mine = scenario.recorded.events.index(OPENED)
    assert worth.loc[mine, "low"] > 0, "opening window 3 helped"
    assert worth["kind"].tolist() == ["open", "open", "post", "open"]
    assert worth.loc[2, "worth"] == 0.0, "staying in the back office changed nothing"
    only = replay.regrets(scenario, seed=1, draws=10, positions=[mine])
    assert only["worth"].tolist() == [worth.loc[mine, "worth"]]


def test_the_paths_of_the_queue_begin_alike_and_the_record_is_counted_by_hand(queue):
    found = replay.compare(queue, 600.0, {"window 3": replay.Change((OPENED,))}, seed=2, draws=12)
    assert found.grid[0] == 600.0 and (np.diff(found.grid) == 15.0).all()
    waits = [(leg.arrival, leg.gone if leg.call is None else leg.call) for leg in queue.legs]
    wanted = [sum(a <= g < (np.inf if b is None else b) for a, b in waits) for g in found.grid]
    assert found.paths["was"][0].tolist() == wanted
    assert found.paths["window 3"].shape == (12, len(found.grid))
    assert found.paths["window 3"][:, 1:].sum() < found.paths["unchanged"][:, 1:].sum()
    assert found.paths["unchanged"][:, -1].sum() == 0
    with pytest.raises(twin.ModelError, match="unchanged"):
        replay.compare(queue, 600.0, {"unchanged": replay.NOTHING}, seed=2, draws=12)


@pytest.mark.parametrize("seed", [1, 4, 9])
def test_the_course_of_a_day_adds_up_to_the_day(seed):
    day = lived(seed)
    course = replay.shape(day)
    mine = [leg for leg in day.legs if leg.first]
    assert course["came"].sum() == len(mine)
    assert course["called"].sum() == sum(leg.call is not None for leg in mine)
    assert course["left"].sum() == sum(leg.gone is not None for leg in mine)
    begun = sorted(leg.arrival for leg in mine)
    at = {t: sum(leg.arrival <= t < (leg.call or leg.gone or np.inf) for leg in mine) for t in begun}
    assert course["longest"].max() == max(at.values())
    busiest = course["came"].idxmax()
    waits = [leg.waited for leg in mine if leg.call is not None and busiest <= leg.arrival < busiest + 30]
    assert course.loc[busiest, "p90_wait"] == pytest.approx(np.quantile(waits, 0.9))


def test_a_past_lived_once_for_all_futures_is_each_futures_own(queue):
    """Beside others and alone a future is the same to the bit, in whatever order they are lived."""
    early, late = replay.Change((OPENED,)), replay.Change((replay.Event(640.0, "open", counter="3", person="p3"),))
    changes = {"early": early, "late": late, "nothing": replay.NOTHING}
    together = replay.compare(queue, 600.0, changes, seed=2, draws=4)
    turned = replay.compare(queue, 600.0, dict(reversed(changes.items())), seed=2, draws=4)
    for name, change in changes.items():
        alone = replay.compare(queue, 600.0, {name: change}, seed=2, draws=4)
        for other in (together, turned):
            assert np.array_equal(other.others[name], alone.others[name])
            assert np.array_equal(other.paths[name], alone.paths[name])
            assert np.array_equal(other.unchanged, alone.unchanged)
        fork = replay.changed(queue, 600.0, change, seed=2)
        own, shared = fork.run(3), fork.run(3, past=replay.changed(queue, 600.0, early, seed=2).past(3))
        assert np.array_equal(own.result.times, shared.result.times, equal_nan=True)
        assert np.array_equal(own.result.codes, shared.result.codes)
    assert np.array_equal(together.others["nothing"], together.unchanged)
    assert not np.array_equal(together.others["early"], together.others["late"])
