"""Wards of a year: no person's tables outgrow the machine, limits by type are kept, and every answer is legal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from counterpoint.science.rostering import Limit
from counterpoint.science.rostering.schedules import Plan, Request, dayshifts, judge, solve
from counterpoint.science.rostering.schedules.columns import Part
from counterpoint.science.rostering.schedules.datasets import ward
from counterpoint.science.rostering.schedules.dayshifts import DayShifts


@pytest.fixture
def large(monkeypatch):
    """Everybody counts as somebody with very many states."""
    monkeypatch.setattr(dayshifts, "LARGE", 1.0)


def legal(pricer, person, column):
    """The judge's word on one schedule, everybody else at home."""
    who = pricer.problem.employees[person]
    alone = replace(pricer.problem, employees=(who,), cover=(), requests=())
    return judge(alone, Plan({who.key: pricer.plan([column.codes] * pricer.people).days[who.key]}))


@pytest.mark.parametrize("seed", range(4))
def test_a_ward_that_is_too_large_to_price_exactly_gets_a_legal_plan_all_the_same(large, seed):
    problem = ward(8, 8, 8, seed=seed)
    found = solve(problem, seed=1, limit=Limit(deterministic=0.5))
    assert found.status == "feasible" and found.verdict.feasible
    assert found.bound <= 0  # nothing is claimed of the best
    assert solve(problem, seed=1, limit=Limit(deterministic=0.5)).plan == found.plan


def test_nights_that_are_wanted_too_much_stay_within_their_limits(large):
    problem = ward(6, 12, 8, seed=1)
    pricer = DayShifts(problem)
    nights = [n for n, cell in enumerate(problem.cover) if cell.shift.startswith("n")]
    prices = np.zeros(pricer.demand.rows)
    prices[nights] = 500.0
    for person in range(pricer.people):
        (column,) = pricer.price(person, prices, None, 1).columns
        most = problem.employees[person].most
        worked = [problem.shifts[code].key for code in column.codes if code >= 0]
        assert all(worked.count(key) <= limit for key, limit in most.items())
        assert legal(pricer, person, column).feasible


@pytest.fixture
def clumsy(large, monkeypatch):
    """Prices on shifts taken too often are tried once only, and the wish for nights goes beyond every limit."""
    monkeypatch.setattr(dayshifts, "TURNS", 1)
    problem = ward(4, 6, 8, seed=1)
    nights = [s.key for s in problem.shifts if s.key.startswith("n")]
    wishes = [Request(one.key, day, key, 500, "on") for one in problem.employees for day in range(problem.days)
              for key in nights]  # fmt: skip
    return replace(problem, requests=tuple(wishes), cover=())


def test_where_prices_fail_the_counts_are_carried_along_instead_of_calling_it_impossible(clumsy):
    found = solve(clumsy, seed=1, limit=Limit(deterministic=0.2))
    assert found.status == "feasible" and found.verdict.feasible


def test_what_was_neither_found_nor_ruled_out_is_called_unknown(clumsy, monkeypatch):
    start = solve(clumsy, seed=1, limit=Limit(deterministic=0.2)).plan
    monkeypatch.setattr(dayshifts, "MOST_CELLS", 1.0)
    found = solve(clumsy, seed=1, limit=Limit(deterministic=0.2))
    assert (found.status, found.plan) == ("unknown", None)
    assert f"no schedule of {found.nobody} was found, nor ruled out" in found.summary()
    given = solve(replace(clumsy, start=start), seed=1, limit=Limit(deterministic=0.2))
    assert given.status == "feasible" and given.verdict.feasible and given.nobody is None


def test_what_is_ruled_out_is_called_impossible(large):
    problem = ward(3, 2, 3, seed=1)
    first = replace(problem.employees[0], min_minutes=60 * 24 * 14)
    found = solve(replace(problem, employees=(first, *problem.employees[1:])), seed=1, limit=Limit(deterministic=0.2))
    assert (found.status, found.nobody) == ("infeasible", first.key)


def test_a_corridor_narrower_than_any_shift_is_widened_all_the_same(large, monkeypatch):
    monkeypatch.setattr(dayshifts, "CORRIDOR", 1)
    tries, kept = [], DayShifts._kept

    def counted(*given):
        tries.append(given)
        assert len(tries) < 200, "the corridor is never widened"
        return kept(*given)

    monkeypatch.setattr(DayShifts, "_kept", counted)
    pricer = DayShifts(ward(3, 2, 3, seed=1))
    assert all(pricer.price(one, np.zeros(pricer.demand.rows), None, 1).columns for one in range(pricer.people))


def test_counts_that_would_not_fit_in_memory_are_kept_by_prices_instead(monkeypatch):
    problem = ward(4, 12, 8, seed=1)
    monkeypatch.setattr(dayshifts, "MOST_CELLS", 1.0)
    pricer = DayShifts(problem)
    nights = [n for n, cell in enumerate(problem.cover) if cell.shift.startswith("n")]
    prices = np.zeros(pricer.demand.rows)
    prices[nights] = 500.0
    for person in range(pricer.people):
        found = pricer.price(person, prices, None, 1)
        assert pricer._people[person].tracked == () and legal(pricer, person, found.columns[0]).feasible


def test_a_year_of_one_person_is_priced_in_little_memory():
    """Half a gigabyte of tables at most, however many shift types are limited; only a few days open need far less."""
    problem = ward(3, 52, 32, seed=1)
    pricer = DayShifts(problem)
    prices = np.random.default_rng(0).choice([300.0, 0.0, -1.0], size=pricer.demand.rows)
    for person in range(pricer.people):
        (column,) = pricer.price(person, prices, None, 1).columns
        assert legal(pricer, person, column).feasible
        days = np.zeros(pricer.days, dtype=bool)
        days[100:104] = True
        again = pricer.price(person, prices, Part(column.codes, days), 3).columns
        assert again and all(np.array(c.codes)[~days].tolist() == np.array(column.codes)[~days].tolist() for c in again)


@pytest.mark.parametrize(("people", "weeks", "types"), [(3, 1, 1), (5, 2, 3), (6, 6, 5), (4, 12, 12)])
def test_an_invented_ward_has_a_plan_and_is_the_same_for_the_same_seed(people, weeks, types):
    problem = ward(people, weeks, types, seed=7)
    assert problem == ward(people, weeks, types, seed=7) != ward(people, weeks, types, seed=8)
    assert (len(problem.employees), problem.days, len(problem.shifts)) == (people, 7 * weeks, types)
    found = solve(problem, seed=1, limit=Limit(deterministic=0.2))
    assert found.verdict is not None and found.verdict.feasible
