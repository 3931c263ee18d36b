"""The second stage: what waiting would bring, what would follow, and that chance is not taken for insight."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from counterpoint.science import advice, twin
from counterpoint.science.advice.advisor import _with_plans
from counterpoint.science.advice.lookahead import later
from counterpoint.science.advice.measures import waiting_at
from counterpoint.science.advice.tests.halls import bo, hall, mei, omar

AHEAD = advice.Lookahead()


def crowd_later() -> twin.State:
    """Nobody waits now; from half past ten on a crowd comes."""
    branch = hall(mei(), bo()).model
    rates = {"cash": [0.0] * 3 + [40.0] * 2 + [0.0] * 11, "loan": [0.0] * 16}
    return twin.state_from_live(branch, twin.Staffing.of(mei(), bo()), now=605.0, seed=1, rates=rates)


CALL = advice.Option(
    "call", (twin.OpenCounter(608.0, "K2"), twin.MovePerson(608.0, "bo", "K2")), "bo", "K2", None, 0.0, 57.0, 1
)


def test_without_a_look_ahead_there_are_no_plans() -> None:
    found = advice.advise(crowd_later(), [CALL], seed=3, futures=50)
    assert found.plans == () and found.then is None


def test_waiting_pays_where_the_crowd_comes_later_and_people_are_dear() -> None:
    dear = advice.Loss(staff_minute=3.0)
    found = advice.advise(crowd_later(), [CALL], seed=3, loss=dear, lookahead=advice.Lookahead((20.0,)))
    assert found.then is not None and found.best is None
    assert found.then.first.kind == "nothing" and found.then.then.kind == "call"
    assert [c.minute for c in found.then.then.commands] == [628.0, 628.0]
    assert found.then.gain[1] > 0 and found.then.saved[1] > 0


def test_acting_at_once_is_advised_where_people_wait_now() -> None:
    found = advice.advise(hall(mei(), bo(), waiting=14, rate=9.0), seed=3, lookahead=AHEAD)
    assert found.best is not None and found.best.kind == "call" and found.then is None
    assert all(not plan.pays for plan in found.plans)


def test_the_first_stage_is_the_same_with_and_without_looking_ahead() -> None:
    state = hall(mei(((610.0, 30.0),)), omar(), bo(), waiting=10, rate=6.0)
    plain, ahead = (advice.advise(state, seed=5, lookahead=one) for one in (None, AHEAD))
    assert plain.to_frame().equals(ahead.to_frame())


@pytest.mark.parametrize("workers", [2, None])
def test_threads_give_the_same_plans(workers: int | None) -> None:
    state = hall(mei(((610.0, 30.0),)), omar(), bo(), waiting=10, rate=6.0)
    alone, shared = (advice.advise(state, seed=5, futures=60, lookahead=AHEAD, workers=n) for n in (1, workers))
    assert alone.plans == shared.plans and alone.then == shared.then


def test_people_are_paid_for_less_when_they_come_later() -> None:
    moved = later(CALL, 15.0, 60.0)
    assert moved.staff_minutes == pytest.approx(57 * 0.75)
    assert [c.minute for c in moved.commands] == [623.0, 623.0]
    assert (moved.person, moved.counter, moved.kind) == ("bo", "K2", "call")


@pytest.mark.parametrize(
    ("saved", "gain", "pays"),
    [((9.0, 5.0, 13.0), (3.0, 1.0, 5.0), True), ((9.0, 5.0, 13.0), (3.0, -1.0, 7.0), False),
     ((9.0, -1.0, 19.0), (3.0, 1.0, 5.0), False)],
)  # fmt: skip
def test_only_what_plainly_saves_more_than_one_step_takes_its_place(
    saved: tuple[float, float, float], gain: tuple[float, float, float], pays: bool
) -> None:
    plan = advice.Plan(advice.NOTHING, CALL, 15.0, 3, 0.5, saved, gain)
    assert plan.pays is pays
    found = advice.advise(hall(mei(), bo(), waiting=14, rate=9.0), seed=3)
    both = _with_plans(found, (plan,), advice.Loss(least=4.0))
    assert both.plans == (plan,) and both.then == (plan if pays else None)
    assert both.best == (None if pays else found.best)
    assert _with_plans(found, (plan,), advice.Loss(least=9.5)).then is None


def test_a_conditional_step_is_taken_exactly_where_so_many_wait() -> None:
    """Once more by hand: two batches of the same people, joined future by future at the minute of the look."""
    state, loss = crowd_later(), advice.Loss(staff_minute=3.0)
    found = advice.advise(state, [CALL], seed=3, futures=60, loss=loss, lookahead=advice.Lookahead((20.0,)))
    (plan,) = [p for p in found.plans if p.first.kind == "nothing"]
    none, done = (
        twin.futures(state, 60, seed=3, until=665.0, commands=commands) for commands in ((), plan.then.commands)
    )
    needed = waiting_at(none, [625.0])[:, 0] >= plan.waiting
    before, after = (advice.measures(result, 665.0, loss)[:, -1] for result in (none, done))
    cost = 3.0 * 57 * (1 - 20 / 60) + 5
    gap = (before - np.where(needed, after + cost, before))[1::2]
    assert plan.saved[0] == pytest.approx(gap.mean())
    assert plan.likely == needed[1::2].mean() > 0


def test_who_waits_at_a_minute_is_counted_by_hand() -> None:
    result = twin.futures(hall(mei(), waiting=3, rate=5.0), 6, seed=2, until=640.0)
    counted = waiting_at(result, [601.0, 620.0])
    for future in range(6):
        rows = result.times[result.codes[:, 0] == future]
        for place, minute in enumerate((601.0, 620.0)):
            there = [r for r in rows if r[2] <= minute and not r[3] <= minute and not r[4] <= minute]
            assert counted[future, place] == len(there)
    queue = result.queue_path(1.0, end=621.0)
    assert counted[:, 1].mean() == pytest.approx(float(queue["mean"].asof(620.0)), abs=0.7)


@settings(max_examples=15, deadline=None)
@given(waiting=some.integers(0, 12), rate=some.floats(0, 12), seed=some.integers(0, 2**31))
def test_looking_ahead_never_changes_the_hall_and_never_promises_what_it_does_not_save(
    waiting: int, rate: float, seed: int
) -> None:
    state = hall(mei(((612.0, 30.0),)), omar(), bo(), waiting=waiting, rate=rate)
    before = state.to_bytes()
    found = advice.advise(state, seed=seed, futures=30, lookahead=advice.Lookahead((10.0, 20.0), 2))
    assert state.to_bytes() == before
    assert found.then is None or (found.then.saved[1] > 0 and found.then.gain[1] > 0)
    assert all(plan.minutes in (10.0, 20.0) and 0 <= plan.likely <= 1 for plan in found.plans)
