"""The solver beside CP-SAT and the judge; pricing and draws beside answers found another way."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from counterpoint.science.rostering import Limit
from counterpoint.science.rostering.activities import (
    ActivityCover,
    ActivityProblem,
    ActivityShift,
    Block,
    Contract,
    bound,
    cheapest,
    compact,
    judge,
    kernel,
    solve,
    tables,
)

QUICK = Limit(deterministic=0.2)


@st.composite
def problems(draw, days: int = 2, people: int = 2) -> ActivityProblem:
    """Everybody can work as agreed; whether the cover can be kept is left to chance."""
    activities = tuple("AB"[: draw(st.integers(1, 2))])
    contracts = []
    for n in range(people):
        least = draw(st.sampled_from((0, 360, 390, 600)))
        contracts.append(Contract(f"P{n}", least, draw(st.sampled_from((600, 720, 1200)))))
    random = np.random.default_rng(draw(st.integers(0, 1 << 20)))
    cover = []
    for activity in activities:
        levels = np.repeat(random.integers(0, 2, days * 12), 8) * (random.random() < 0.8)
        must = np.repeat(random.random(days * 12) < 0.1, 8)
        spare = np.repeat(random.integers(0, 2, days * 12), 8)
        cover += [
            ActivityCover(360 + 15 * q, activity, int(levels[q] * must[q]), int(levels[q] + spare[q]))
            for q in range(days * 96)
        ]
    return ActivityProblem(days, activities, tuple(contracts), tuple(cover))


def best_of_cp_sat(problem: ActivityProblem) -> int | None:
    model = compact.build(problem)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 20.0
    status = solver.solve(model.model)
    assume(status in (cp_model.OPTIMAL, cp_model.INFEASIBLE))
    if status == cp_model.INFEASIBLE:
        return None
    assert status == cp_model.OPTIMAL
    verdict = judge(problem, model.shifts(solver))
    assert verdict.feasible
    assert verdict.total == round(solver.objective_value)
    return verdict.total


@settings(max_examples=10)
@given(problems())
def test_small_problems_are_solved_as_cp_sat_proves_them(problem):
    best, found = best_of_cp_sat(problem), solve(problem, seed=1, limit=QUICK)
    assert found.verdict == judge(problem, found.shifts)
    assert (found.objective if found.verdict.feasible else None) == best
    assert found.status == ("unknown" if best is None else "optimal" if best <= found.bound else "feasible")
    assert best is None or found.bound <= best


@settings(max_examples=10)
@given(problems(days=3, people=1), st.integers(0, 99))
def test_the_cheapest_week_is_what_cp_sat_finds_at_the_same_prices(problem, seed):
    table = tables.ground(problem)
    hours = np.random.default_rng(seed).integers(-4, 6, (24 * problem.days, len(problem.activities)))
    prices = np.repeat(hours, 4, axis=0)
    weeks = tables.nobody(table)
    found = cheapest.cheapest_week(table, prices.astype(float), 0, weeks.way[0], weeks.length[0], weeks.acts[0])
    model = compact.build(ActivityProblem(problem.days, problem.activities, problem.contracts, ()))
    model.model.minimize(sum(int(prices[q, "AB".index(a)]) * choice for (_, q, a), choice in model.on.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model.model) == cp_model.OPTIMAL
    assert found == round(solver.objective_value)
    shifts = tables.shifts(problem, table, weeks)
    assert judge(ActivityProblem(problem.days, problem.activities, problem.contracts, ()), shifts).feasible
    for day in range(problem.days + 1):
        kernel.put(table, weeks, 0, day, 1)
    assert (prices * weeks.staffed).sum() == found


def test_draws_have_the_odds_of_their_points():
    """One person, one shift of six hours: every draw is independent, and the mean points are known from sums."""
    random = np.random.default_rng(5)
    cover = tuple(
        ActivityCover(360 + 15 * q, activity, 0, int(random.integers(0, 2))) for activity in "AB" for q in range(96)
    )
    problem = ActivityProblem(1, ("A", "B"), (Contract("Mei", 360, 360),), cover)
    table, heat = tables.ground(problem), 1.5
    price = np.array([[cell.most == 0 for cell in cover[n : n + 96]] for n in (0, 96)], dtype=float).T

    @cache
    def sums(start: int, end: int, last: int) -> tuple[float, float]:
        """Sums over the ways to go from ``start`` to ``end``, last block of ``last``: odds, and odds x points."""
        odds = points = 0.0
        for begin in range(start, end - 3):
            block = price[begin:end, last].sum()
            weight = math.exp(-block / heat)
            before = (1.0, 0.0) if begin == start else sums(start, begin, 1 - last)
            odds += weight * before[0]
            points += weight * (before[1] + block * before[0])
        return odds, points

    starts = [q for q in range(73) if q <= 16 or 32 <= q <= 48 or 56 <= q <= 71 or q == 72]
    every = np.array([sums(q, q + 24, last) for q in starts for last in (0, 1)])
    expected = every[:, 1].sum() / every[:, 0].sum()
    weeks, seen = tables.nobody(table), []
    cheapest.cheapest_week(table, price, 0, weeks.way[0], weeks.length[0], weeks.acts[0])
    for day in range(2):
        kernel.put(table, weeks, 0, day, 1)
    late, chance = 0, np.random.default_rng(1)
    for _ in range(4000):
        kernel.redraw(table, weeks, tables.copied(weeks), 0, chance, 1, heat, 4.0)
        seen.append(kernel.points(table, weeks.staffed)[0])
        late += weeks.way[0, 1] >= 0
    assert abs(np.mean(seen) - expected) < 4 * np.std(seen) / math.sqrt(len(seen))
    share = every[-2:, 0].sum() / every[:, 0].sum()  # of the shift from midnight
    assert abs(late / len(seen) - share) < 4 * math.sqrt(share / len(seen))


@settings(max_examples=10)
@given(st.integers(0, 1 << 20), st.floats(0.1, 20.0), st.booleans())
def test_every_draw_keeps_the_rules_and_counts_rightly(seed, heat, wanted):
    """At any heat, when work is wanted everywhere or nowhere, with hours enough for seven shifts."""
    cover = tuple(ActivityCover(360 + 15 * q, a, 3 * wanted, 3 * wanted) for a in "AB" for q in range(7 * 96))
    people = (Contract("Mei", 600, 3000), Contract("Omar", 2000, 2030), Contract("Sun", 0, 9000))
    problem = ActivityProblem(7, ("A", "B"), people, cover)
    table = tables.ground(problem)
    weeks, free = tables.nobody(table), np.zeros(table.least.shape)
    for person in range(len(people)):
        cheapest.cheapest_week(table, free, person, weeks.way[person], weeks.length[person], weeks.acts[person])
        for day in range(8):
            kernel.put(table, weeks, person, day, 1)
    chance = np.random.default_rng(seed)
    for _ in range(40):
        best = tables.copied(weeks)
        rank, _ = kernel.redraw(table, weeks, best, 1 << 62, chance, 5, heat, 4.0)
        shifts = tables.shifts(problem, table, weeks)
        assert judge(replace(problem, cover=()), shifts).breaches == ()
        again = tables.weeks_of(problem, table, shifts)
        assert np.array_equal(again.staffed, weeks.staffed)
        assert kernel.points(table, weeks.staffed)[0] == judge(problem, shifts).total
        cost, missing = kernel.points(table, best.staffed)
        assert rank in (missing * kernel.MISSING + cost, 1 << 62)


def branch(people: int = 6, seed: int = 3) -> ActivityProblem:
    """A week with cover that ``people`` can keep with some to spare."""
    random = np.random.default_rng(seed)
    cover = []
    for activity, most in (("desk", 2), ("phone", 1)):
        for day in range(5):
            need = np.zeros(96, dtype=int)
            need[4:40] = random.integers(1, most + 1)
            cover += [
                ActivityCover(360 + day * 1440 + 15 * q, activity, min(1, int(need[q])), int(need[q]))
                for q in range(96)
            ]
    return ActivityProblem(
        7, ("desk", "phone"), tuple(Contract(f"P{n}", 1200, 2400) for n in range(people)), tuple(cover)
    )


def test_equal_seeds_give_equal_plans_and_progress_ends_at_the_result():
    heard: list[int] = []
    first = solve(branch(), seed=4, limit=QUICK, on_progress=lambda step: heard.append(step.objective))
    again = solve(branch(), seed=4, limit=QUICK)
    assert first.shifts == again.shifts
    assert first.verdict is not None
    assert first.verdict.feasible
    assert first.reproducible
    assert heard == sorted(heard, reverse=True)
    assert heard[-1] == first.objective


def test_a_search_by_two_is_reproducible_too():
    two = Limit(deterministic=0.2, workers=2)
    assert solve(branch(), seed=4, limit=two).shifts == solve(branch(), seed=4, limit=two).shifts


def test_a_plan_given_is_never_made_worse():
    good = solve(branch(), seed=4, limit=Limit(deterministic=1.0))
    after = solve(branch(), seed=9, start=good.shifts, limit=Limit(deterministic=0.01))
    assert after.objective is not None
    assert good.objective is not None
    assert after.objective <= good.objective
    assert after.progress[0].objective == good.objective
    broken = (ActivityShift("P0", 360, (Block("desk", 120),)),)
    assert solve(branch(), seed=9, start=broken, limit=QUICK).verdict.feasible


def test_the_caller_may_stop_and_needs_a_limit():
    stopped = solve(branch(), seed=4, on_progress=lambda step: False)
    assert not stopped.reproducible
    assert len(stopped.progress) == 1
    with pytest.raises(ValueError, match="needs a clock"):
        solve(branch(), seed=1, limit=Limit(seconds=1.0))
    with pytest.raises(ValueError, match="limit of work"):
        solve(branch(), seed=1, limit=Limit(deterministic=None))


def test_who_cannot_work_as_agreed_is_named():
    problem = ActivityProblem(1, ("A",), (Contract("Mei", 0, 600), Contract("Omar", 1300, 1400)), ())
    found = solve(problem, seed=1, limit=QUICK)
    assert (found.status, found.nobody, found.shifts) == ("infeasible", "Omar", None)


def test_cover_beyond_everybody_is_told_and_no_plan_called_feasible():
    problem = ActivityProblem(1, ("A",), (Contract("Mei", 360, 600),), (ActivityCover(600, "A", 2, 2),))
    found = solve(problem, seed=1, limit=QUICK)
    assert found.status == "unknown"
    assert found.verdict.breaches == ("1 on A at day 0 10:00, 2 needed",)


def test_cover_told_twice_is_refused():
    cell = ActivityCover(600, "A", 0, 1)
    with pytest.raises(ValueError, match="told twice"):
        solve(ActivityProblem(1, ("A",), (Contract("Mei", 0, 600),), (cell, cell)), seed=1, limit=QUICK)


def test_the_bound_counts_the_agreed_minutes_against_the_cover():
    cover = tuple(ActivityCover(360 + 15 * q, "A", 0, 0) for q in range(96))
    problem = ActivityProblem(1, ("A",), (Contract("Mei", 600, 600), Contract("Omar", 600, 600)), cover)
    assert bound.lowest(tables.ground(problem)) == 80
    wide = ActivityProblem(1, ("A", "B"), problem.contracts, cover)
    assert bound.lowest(tables.ground(wide)) == 0  # B has no limit


def test_the_bound_knows_when_shifts_may_start():
    """Who is there at noon began at ten at the latest: two hours of one too many."""
    need = [int(q >= 24 and q < 72) for q in range(96)]
    cover = tuple(ActivityCover(360 + 15 * q, "A", n, n) for q, n in enumerate(need))
    problem = ActivityProblem(1, ("A",), (Contract("Mei", 0, 600), Contract("Omar", 0, 600)), cover)
    found = solve(problem, seed=1, limit=QUICK)
    assert (found.status, found.objective, found.bound) == ("optimal", 8, 8)
