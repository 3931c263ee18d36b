"""The twin checks the formulas: what it confirms, where plain SIPP fails, and what refining repairs."""

import dataclasses

import pytest

from counterpoint.science import staffing
from counterpoint.science.staffing import Simulated, StaffingError
from counterpoint.science.staffing.datasets import branch_day


def test_the_twin_confirms_the_carry_over_formula_on_a_usual_day():
    problem = branch_day(300)
    checked = staffing.verify(staffing.require(problem), simulate=staffing.by_twin(problem), seed=7)
    assert checked.holds, checked.summary()
    frame = checked.to_frame()
    assert frame["customers"].sum() == pytest.approx(300 * 0.97, rel=0.03)


def test_on_a_strongly_varying_day_plain_sipp_misses_and_carry_over_does_not():
    late = {}
    for method in ("sipp", "mol"):
        problem = dataclasses.replace(branch_day(500, method=method, swing=2.5), promise=staffing.Promise(2.0, 0.8))
        late[method] = staffing.verify(staffing.require(problem), simulate=staffing.by_twin(problem), seed=3)
    worst = {m: min((x for _, _, x in v.short), default=1.0) for m, v in late.items()}
    assert late["sipp"].short
    assert worst["mol"] > worst["sipp"]
    assert len(late["mol"].short) < len(late["sipp"].short)


def test_refining_repairs_a_staffing_that_is_too_small():
    problem = branch_day(300)
    result = staffing.require(problem)
    starved = dataclasses.replace(result, need={g: tuple(max(1, x - 2) for x in s) for g, s in result.need.items()})
    simulate = staffing.by_twin(problem, replications=100)
    assert not staffing.verify(starved, simulate=simulate, seed=5).holds
    refined = staffing.refine(starved, simulate=simulate, seed=5, rounds=15)
    assert refined.holds, refined.summary()
    assert "simulation" in {why for s in refined.result.reason.values() for why in s}


def test_refining_takes_away_what_is_plainly_too_much_and_keeps_minimum_posts():
    problem = branch_day(300)
    result = staffing.require(problem)
    lavish = dataclasses.replace(result, need={g: tuple(x + 2 for x in s) for g, s in result.need.items()})
    refined = staffing.refine(lavish, simulate=staffing.by_twin(problem, replications=100), seed=5, rounds=12)
    assert refined.holds
    assert refined.result.hours < lavish.hours - 10
    assert min(refined.result.need["cash"]) >= 1


def test_refining_is_bounded_and_repeatable():
    problem = branch_day(300)
    calls = []

    def hopeless(need, seed):
        calls.append(seed)
        zero = dict.fromkeys(problem.groups, (0.0,) * problem.intervals)
        return Simulated(zero, zero)

    found = staffing.refine(staffing.require(problem), simulate=hopeless, seed=9, rounds=4)
    assert calls == [9] * 4
    assert not found.holds and "miss the simulated promise" in found.summary()
    simulate = staffing.by_twin(problem, replications=50)
    once, again = (staffing.refine(staffing.require(problem), simulate=simulate, seed=2, rounds=4) for _ in range(2))
    assert once.result.need == again.result.need


def test_customers_outside_opening_hours_are_refused_by_the_adapter():
    problem = dataclasses.replace(branch_day(100), opened=(False,) * 2 + (True,) * 14)
    with pytest.raises(StaffingError, match="while the branch is closed"):
        staffing.by_twin(problem)
    with pytest.raises(StaffingError, match="unbroken"):
        staffing.by_twin(dataclasses.replace(problem, opened=(True, False) * 8))
