"""The solver finds what trying everything finds; its bound never lies; limits and seeds do what they promise."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count, product

import pytest
from hypothesis import given, settings
from ortools.sat.python import cp_model

from counterpoint.science.rostering import Limit
from counterpoint.science.rostering.schedules import (
    Cover,
    Employee,
    Fixed,
    Plan,
    Request,
    ScheduleProblem,
    ShiftType,
    compact,
    dayshifts,
    judge,
    search,
    solve,
)  # fmt: skip
from counterpoint.science.rostering.schedules.tests.cases import legal, price, problems

SHORT = Limit(deterministic=3.0)


def ward(people: int = 9, days: int = 14) -> ScheduleProblem:
    """A ward that is a little too small for its demand, so that no plan is free of points."""
    types = (ShiftType("E", 480), ShiftType("L", 480, ("E",)), ShiftType("N", 600, ("E", "L")))
    who = tuple(
        Employee(f"P{n}", 3000, 4300, {"N": n % 4, "L": 14}, 5, 2, 2, 1, ((3 * n) % days,)) for n in range(people)
    )
    wishes = tuple(
        Request(f"P{n}", (5 * n + k) % days, "ELN"[(n + k) % 3], 1 + k, "on" if k % 2 else "off")
        for n in range(people)
        for k in range(4)
    )
    cover = tuple(Cover(d, s, 2 + (d % 3 == 0) - (s == "N"), 100, 1) for d in range(days) for s in "ELN")
    return ScheduleProblem(days, types, who, wishes, cover)


def by_cp_sat(problem: ScheduleProblem) -> int | None:
    model = compact.build(problem)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if solver.solve(model.model) == cp_model.INFEASIBLE:
        return None
    return round(solver.objective_value)


@settings(max_examples=40)
@given(problems(people=2, days=5))
def test_the_plan_is_the_best_of_all_plans(problem):
    best = min((price(problem, rows) for rows in product(legal(problem, 0), legal(problem, 1))), default=None)
    found = solve(problem, seed=1, limit=SHORT)
    assert found.objective == best
    if best is None:
        assert found.status == "infeasible"
        assert not legal(problem, int(found.nobody[1:]))
        assert found.nobody in found.summary()
    else:
        assert found.status == "optimal"
        assert found.bound == best
        assert found.verdict.feasible


@settings(max_examples=25)
@given(problems(people=4, days=8, shifts=3))
def test_cp_sat_finds_no_better_plan_and_no_bound_lies(problem):
    best = by_cp_sat(problem)
    found = solve(problem, seed=2, limit=SHORT)
    assert found.objective == best
    for step in found.progress:
        assert step.bound <= best <= step.objective


@settings(max_examples=50)
@given(problems(people=3, days=6))
def test_a_problem_survives_json(problem):
    assert ScheduleProblem.from_dict(json.loads(json.dumps(problem.to_dict()))) == problem


def test_a_ward_is_solved_within_a_point_of_cp_sat():
    problem = ward(5, 7)
    problem = replace(
        problem, employees=tuple(replace(e, min_minutes=1400, max_minutes=2600) for e in problem.employees)
    )
    found = solve(problem, seed=1, limit=SHORT)
    assert (found.status, found.objective) == ("optimal", by_cp_sat(problem))
    assert judge(problem, found.plan).total == found.objective
    assert found.to_frame().shape == (5, 7)
    assert Plan.from_dict(json.loads(json.dumps(found.plan.to_dict()))) == found.plan


def test_equal_seed_and_work_give_equal_plans_on_one_worker_or_two():
    plans = [solve(ward(), seed=5, limit=Limit(deterministic=0.6, workers=workers)) for workers in (1, 1, 2)]
    assert plans[0].reproducible
    assert plans[0].plan == plans[1].plan == plans[2].plan
    assert [p.objective for p in plans[0].progress] == [p.objective for p in plans[2].progress]


def test_it_begins_from_the_plan_it_is_given_and_never_ends_worse():
    problem = ward()
    good = solve(problem, seed=1, limit=Limit(deterministic=0.5))
    again = solve(replace(problem, start=good.plan), seed=2, limit=Limit(deterministic=0.0))
    assert again.objective == good.objective
    wrong = Plan(dict.fromkeys(good.plan.days, ("E",) * 14))
    assert solve(replace(problem, start=wrong), seed=2, limit=Limit(deterministic=0.0)).verdict.feasible


def test_fixed_days_stay_fixed():
    problem = ward()
    free = solve(problem, seed=1, limit=Limit(deterministic=0.3))
    pins = (Fixed("P1", 0, "L"), Fixed("P2", 1), Fixed("P3", 2, "E"))
    held = solve(replace(problem, fixed=pins), seed=1, limit=Limit(deterministic=0.3))
    assert held.verdict.feasible
    assert [held.plan.days[p.employee][p.day] for p in pins] == ["L", "", "E"]
    assert held.objective >= free.bound


def test_a_person_without_a_legal_schedule_is_named():
    problem = ward()
    broken = (*problem.employees[:3], replace(problem.employees[3], min_minutes=14 * 600), *problem.employees[4:])
    found = solve(replace(problem, employees=broken), seed=1)
    assert (found.status, found.nobody, found.plan) == ("infeasible", "P3", None)
    assert found.to_frame().empty


def test_seconds_need_a_clock_and_a_stopped_search_keeps_its_plan():
    with pytest.raises(ValueError, match="needs a clock"):
        solve(ward(), seed=1, limit=Limit(seconds=1.0))
    ticks = count()
    timed = solve(ward(), seed=1, limit=Limit(deterministic=None, seconds=40.0), clock=lambda: float(next(ticks)))
    assert timed.verdict.feasible
    assert not timed.reproducible
    stopped = solve(ward(), seed=1, on_progress=lambda step: step.objective < 0)
    assert len(stopped.progress) == 1
    assert stopped.verdict.feasible
    assert not stopped.reproducible


def test_progress_gets_only_better():
    found = solve(ward(), seed=1, limit=Limit(deterministic=1.0))
    objectives, bounds = [p.objective for p in found.progress], [p.bound for p in found.progress]
    assert objectives == sorted(objectives, reverse=True)
    assert bounds == sorted(bounds)
    assert found.progress[-1].objective == found.objective
    assert "bound" in found.summary()


def test_a_gap_that_is_enough_ends_the_search():
    found = solve(ward(), seed=1, limit=Limit(deterministic=None, gap=0.5))
    assert found.gap <= 0.5


def test_a_problem_too_large_for_whole_schedules_is_improved_window_by_window(monkeypatch):
    bound = solve(ward(), seed=1, limit=Limit(deterministic=0.5)).bound
    monkeypatch.setattr(dayshifts, "LARGE", 0.0)
    monkeypatch.setattr(search, "HEAVY", -1.0)
    found = solve(ward(), seed=1, limit=Limit(deterministic=0.5))
    assert found.verdict.feasible
    assert found.bound == 0  # nothing is claimed
    assert bound <= found.objective < found.progress[0].objective
