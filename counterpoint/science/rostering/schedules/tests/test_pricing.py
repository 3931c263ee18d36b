"""The compiled pricing finds what trying every schedule finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering.schedules import Demand, Employee, ScheduleProblem, ShiftType, dayshifts
from counterpoint.science.rostering.schedules.columns import Part, reduced
from counterpoint.science.rostering.schedules.dayshifts import DayShifts
from counterpoint.science.rostering.schedules.tests.cases import legal, problems

CASE = problems(people=2, days=7, shifts=2)


def everything(problem: ScheduleProblem, pricer: DayShifts, person: int, prices) -> dict:
    numbers = {"": dayshifts.REST} | {s.key: n for n, s in enumerate(problem.shifts)}
    every = [tuple(numbers[shift] for shift in row) for row in legal(problem, person)]
    return {codes: reduced(pricer.column(person, codes), prices) for codes in every}


@settings(max_examples=60)
@given(CASE, st.integers(0, 99))
def test_the_cheapest_schedule_is_the_cheapest_of_all_legal_ones(problem, seed):
    pricer = DayShifts(problem)
    prices = np.random.default_rng(seed).integers(-5, 10, len(problem.cover)).astype(float)
    for person in range(2):
        every = everything(problem, pricer, person, prices)
        found = pricer.price(person, prices, None, 4)
        assert bool(found.columns) == bool(every)
        if every:
            assert found.least == pytest.approx(min(every.values()))
            assert reduced(found.columns[0], prices) == pytest.approx(min(every.values()))
            assert {c.codes for c in found.columns} <= set(every)


@settings(max_examples=60)
@given(CASE, st.integers(0, 99), st.integers(0, 8))
def test_near_schedules_are_exactly_those_below_the_bar(problem, seed, slack):
    pricer = DayShifts(problem)
    prices = np.random.default_rng(seed).integers(-5, 10, len(problem.cover)).astype(float)
    every = everything(problem, pricer, 1, prices)
    bar = min(every.values(), default=0.0) + slack + 1e-9
    found = pricer.near(1, prices, None, bar, 5000)
    assert found is not None
    assert sorted(c.codes for c in found) == sorted(codes for codes, cost in every.items() if cost <= bar)
    if len(found) > 1:
        assert pricer.near(1, prices, None, bar, 1) is None


@settings(max_examples=40)
@given(CASE, st.integers(0, 99), st.data())
def test_closed_days_stay_as_they_are(problem, seed, data):
    pricer = DayShifts(problem)
    prices = np.random.default_rng(seed).integers(-5, 10, len(problem.cover)).astype(float)
    every = everything(problem, pricer, 0, prices)
    if not every:
        return
    codes = data.draw(st.sampled_from(sorted(every)))
    part = Part(codes, np.array(data.draw(st.lists(st.booleans(), min_size=7, max_size=7))))
    allowed = [c for k, c in every.items() if all(o or k[d] == codes[d] for d, o in enumerate(part.open))]
    assert reduced(pricer.price(0, prices, part, 1).columns[0], prices) == pytest.approx(min(allowed))


@settings(max_examples=30)
@given(CASE, st.integers(0, 99))
def test_too_many_limits_at_once_still_give_a_bound_and_legal_schedules(problem, seed):
    prices = np.random.default_rng(seed).integers(-5, 10, len(problem.cover)).astype(float)
    before, dayshifts.TALLIES = dayshifts.TALLIES, 1
    try:
        pricer = DayShifts(problem)
        every = everything(problem, pricer, 0, prices)
        found = pricer.price(0, prices, None, 3)
        if every:
            assert found.least <= min(every.values()) + 1e-6
        assert {c.codes for c in found.columns} <= set(every)
    finally:
        dayshifts.TALLIES = before


def test_a_long_horizon_with_many_minutes_is_priced():
    types = (ShiftType("E", 480), ShiftType("L", 450, ("E",)), ShiftType("N", 600, ("E", "L")))
    one = Employee("A", 16000, 17000, {"N": 6}, 5, 2, 2, 5)
    pricer = DayShifts(ScheduleProblem(56, types, (one,)))
    assert pricer.price(0, np.zeros(0), None, 1).columns


def test_each_person_too_many_may_cost_more_than_the_last():
    demand = Demand(np.array([2]), np.array([3]), np.array([10]), np.array([[1, 3, 5]]))
    assert demand.table(7).tolist() == [[20, 10, 0, 0, 1, 4, 9, 14]]
    assert demand.less(np.array([3])).table(3).tolist() == [[0, 1, 4, 9]]
    with pytest.raises(ValueError, match="must not fall"):
        Demand(np.array([2]), np.array([3]), np.array([10]), np.array([[3, 1]]))
