"""The search by whole weeks: its numbers against trying everything, its bound, its steadiness, what it leaves alone."""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from counterpoint.science.rostering import (
    Absence,
    Limit,
    Minimum,
    Pin,
    Waiver,
    evaluate,
    repair,
    search,
    solve,
    weekwise,
)
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.repair import MOVED_SHIFT
from counterpoint.science.rostering.solve import by_weeks
from counterpoint.science.rostering.tests.everyroster import cheapest
from counterpoint.science.rostering.tests.smallbranch import LUNCH, branch, branches, need, rule, someone
from counterpoint.science.rostering.weekwise import hall, kernel
from counterpoint.science.rostering.weekwise.master import Master

DRAWN = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
MEI, OMAR = someone(), someone("omar")


@pytest.fixture(scope="module")
def week():
    return branch_week(25, 0, 30)


@pytest.fixture(scope="module")
def found(week):
    return by_weeks(week, weekwise.tables(week), seed=1, limit=Limit(deterministic=12.0, gap=0.02))


def pictured(problem):
    tables = weekwise.tables(problem)
    assume(tables is not None)
    return tables


@DRAWN
@given(branches(2, 3))
def test_any_roster_found_by_weeks_costs_what_the_judge_says_and_no_less_than_the_best_of_all(problem):
    tables = pictured(problem)
    mine, best = by_weeks(problem, tables, seed=1, limit=Limit(deterministic=1.0)), cheapest(problem)
    if best is None:
        assert mine is None
    elif mine is not None:
        assert mine.evaluation.feasible
        assert mine.bound <= best <= mine.objective
        assert mine.progress[-1].objective == mine.objective


@DRAWN
@given(branches(2, 3))
def test_small_branches_are_nearly_always_solved_to_the_best(problem):
    tables = pictured(problem)
    best = cheapest(problem)
    assume(best is not None)
    mine = by_weeks(problem, tables, seed=1, limit=Limit(deterministic=1.0))
    assert mine is not None
    assert mine.objective <= 1.1 * best + 40


@DRAWN
@given(branches(1, 3), st.integers(0, 2**32 - 1))
def test_the_cheapest_week_is_the_cheapest_of_all_weeks_tried_one_by_one(problem, seed):
    tables = pictured(problem)
    t, days = tables.arrays, len(problem.days)
    prices = np.random.default_rng(seed).integers(-300, 100, days * problem.intervals).astype(float)
    answer = np.empty(days, dtype=np.int64)
    least = kernel.week_at(t, 0, prices, answer)
    tried = np.inf
    for rows in product(*([-1, *range(t.first[0, d], t.last[0, d])] for d in range(days))):
        chosen = np.array(rows)
        if (chosen < 0).sum() >= t.rests[0]:
            tried = min(tried, kernel.own_cost(t, 0, chosen) + toll(t, chosen, prices))
    assert least == pytest.approx(tried)
    if least < np.inf:
        assert kernel.own_cost(t, 0, answer) + toll(t, answer, prices) == pytest.approx(least)


def toll(t, rows, prices):
    """What presence costs, interval by interval."""
    return sum(
        prices[day * t.intervals + n]
        for day, row in enumerate(rows)
        if row >= 0
        for n in range(t.option[row, 0], t.option[row, 1])
        if not t.option[row, 2] <= n < t.option[row, 3]
    )


@DRAWN
@given(st.data())
def test_people_stand_where_they_are_worth_most(data):
    """The taking of units against an assignment of people to units."""
    skills = data.draw(st.integers(1, 4))
    there = np.array(data.draw(st.lists(st.integers(0, 2), min_size=1 << skills, max_size=1 << skills)))
    units = np.array(data.draw(st.lists(st.integers(0, skills - 1), max_size=6)), dtype=np.int64)
    worth = np.sort(np.array([float(data.draw(st.integers(1, 50))) for _ in units]))[::-1]
    taken = np.zeros(max(1, len(units)), dtype=np.int64)
    present = kernel.man(there, units, 0, len(units), taken)
    people = [mask for mask, n in enumerate(there) for _ in range(n)]
    gains = np.array([[w if mask >> k & 1 else 0.0 for k, w in zip(units, worth, strict=True)] for mask in people])
    best = gains[linear_sum_assignment(-gains)].sum() if gains.size else 0.0
    assert present == len(people)
    assert worth[taken[: len(units)] == 1].sum() == pytest.approx(best)


def test_a_week_of_a_branch_is_near_its_bound_and_keeps_every_rule(week, found):
    assert evaluate(week, found.roster).feasible
    assert found.evaluation.total == found.objective
    assert found.gap <= 0.03
    assert found.bound >= 1700, "as tight as HiGHS' cuts make it, and tighter"
    assert [p.objective for p in found.progress] == sorted((p.objective for p in found.progress), reverse=True)


def test_equal_seeds_give_equal_rosters_and_a_start_is_never_made_worse(week, found):
    limit = Limit(deterministic=0.6)
    tables = weekwise.tables(week)
    one, two = (by_weeks(week, tables, seed=3, limit=limit) for _ in range(2))
    assert one.roster == two.roster
    assert by_weeks(week, tables, seed=3, limit=limit, hint=found.roster).objective <= found.objective


def test_whoever_asks_can_stop_it(week):
    result = solve(week, seed=1, on_progress=lambda _: False)
    assert (len(result.progress), result.reproducible) == (1, False)
    assert result.evaluation.feasible


def test_a_relaxation_over_some_weeks_is_never_below_one_over_more(week):
    tables = weekwise.tables(week)
    plan = hall.nobody(tables)
    cost, _ = hall.descent(tables, plan, 1, 0, 3, 0.0)
    master = Master(tables)
    master.add(hall.weeks_of(tables, plan))
    values = [master.solve()]
    assert values[0].value == pytest.approx(cost), "one week each: no choice, so the relaxation is the roster"
    for _ in range(4):
        fresh, below = master.price(values[-1], range(25))
        assert below < 0
        assert master.add(fresh) == len(fresh)
        assert master.add(fresh) == 0
        values.append(master.solve())
    assert all(b.value <= a.value + 1e-6 for a, b in pairwise(values))


@pytest.mark.parametrize("days", [(2,), (0, 5)])
def test_with_some_days_open_the_others_stay(week, found, days):
    tables = weekwise.tables(week)
    plan = weekwise.plan_of(tables, found.roster)
    before = plan.copy()
    hall.descent(tables.narrowed(plan, days), plan, 5, 50, 3, 200.0)
    shut = [d for d in range(7) if d not in days]
    assert (plan[:, shut] == before[:, shut]).all()


def test_a_repair_moves_only_the_day_of_the_sick_call(week, found, monkeypatch):
    sick = found.roster.shifts[10]
    gone = Absence(sick.person, sick.day)
    mended = repair(week, found.roster, (gone,), seed=1)
    assert mended.result.evaluation.feasible
    assert {day for _, day in mended.changed} <= {sick.day}
    monkeypatch.setattr(search, "WEEKS", 10**9)
    slow = repair(week, found.roster, (gone,), seed=1, limit=Limit(deterministic=20.0))
    assert priced(mended) <= priced(slow)


def priced(mended):
    """Points with something for every person-day that moved."""
    return mended.result.objective + MOVED_SHIFT * len(mended.changed)


BEYOND = {
    "two weeks": {"days": 3, "first": "2026-12-05"},
    "demand that must be met": {"coverage_hard": True},
    "a post fixed by hand": {"pins": (Pin("mei", 0, "task", 540, 600, "cash"),)},
    "a post of two skills": {"minimums": (Minimum("post", ("cash", "lobby")),)},
    "rest between days": {"days": 2, "rules": (rule("rest.between_minutes", 1380),)},
    "a shift outside the day": {"pins": (Pin("mei", 0, "shift", 510, 600),)},
    "runs of a day": {"days": 3, "rules": (rule("run.max_days", 1),)},
    "a soft day of rest": {"rules": (rule("week.rest_days", 6, hard=False, weight=1),)},
}


@pytest.mark.parametrize("change", BEYOND.values(), ids=list(BEYOND))
def test_what_it_cannot_picture_it_leaves_to_the_other_search(change):
    days = change.get("days", 1)
    crew = (MEI, OMAR) if days == 1 else (MEI,)
    problem = branch(*crew, demand=need(*(1, 2, 2, 1) * days), **change)
    assert weekwise.refusal(problem)
    assert weekwise.tables(problem) is None
    assert by_weeks(problem, None, seed=1, limit=Limit()) is None


def test_agreed_overtime_by_the_day_is_left_to_the_other_search():
    late = replace(MEI, overtime_agreed=60)
    rules = (rule("day.max_minutes", 90),)
    assert weekwise.tables(branch(late, demand=need(1, 1, 1, 1), rules=rules)) is None
    assert weekwise.tables(branch(MEI, demand=need(1, 1, 1, 1), rules=rules)) is not None


def test_a_lunch_set_aside_makes_a_day_long():
    """Without lunch the whole span is worked, beyond the normal day."""
    late = replace(MEI, overtime_agreed=60)
    rules, aside = (rule("day.max_minutes", 90),), (Waiver("lunch", "agreed"),)
    short = {"demand": need(1, 1, 1, 1), "rules": rules, "lunch": LUNCH}
    assert weekwise.tables(branch(late, **short)) is not None
    assert weekwise.tables(branch(late, **short, waivers=aside)) is None


def test_without_a_limit_it_goes_on_until_the_gap_is_small_enough():
    problem = branch_week(14, 0, 30)
    result = by_weeks(problem, weekwise.tables(problem), seed=1, limit=Limit(deterministic=None, gap=0.2))
    assert result is not None
    assert result.gap <= 0.2


def test_an_impossible_post_is_handed_on_and_proven(monkeypatch):
    monkeypatch.setattr(search, "WEEKS", 0)
    problem = branch(MEI, demand=need(1, 1, 1, 1), minimums=(Minimum("post", ("cash",), 2),))
    assert by_weeks(problem, weekwise.tables(problem), seed=1, limit=Limit()) is None
    assert solve(problem, seed=1).status == "infeasible"
