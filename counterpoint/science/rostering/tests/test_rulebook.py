"""The judge against a second one that was written from the rules alone: they agree on every roster, good or bad."""

import dataclasses
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import Limit, evaluate, ledger, solve
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.tests import rulebook
from counterpoint.science.rostering.tests.smallbranch import branches, rosters

ONCE_A_SHIFT = {"task.overlap", "task.outside", "skill.unqualified"}  # the judge names every interval or task
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def judged(problem, plan):
    """The judge's violations as the rulebook writes them."""
    found = Counter()
    for v in evaluate(problem, plan).violations:
        post = v.key.startswith(("minimum:", "two_person:", "coverage:"))
        amount = 1 if v.key in ONCE_A_SHIFT else v.amount
        found[v.key, v.person, v.day, v.start if post else None, amount, v.hard, v.cost] += 1
    return {key: 1 if key[0] in ONCE_A_SHIFT else n for key, n in found.items()}


def ruled(problem, plan):
    found = Counter()
    for b in rulebook.breaches(problem, plan):
        post = b.key.startswith(("minimum:", "two_person:", "coverage:"))
        found[b.key, b.person, b.day, b.start if post else None, b.amount, b.hard, b.cost] += 1
    return dict(found)


@MANY
@given(st.data())
def test_both_judges_find_the_same_violations_of_the_same_size(data):
    problem = data.draw(branches(3, 4))
    plan = data.draw(rosters(problem))
    assert judged(problem, plan) == ruled(problem, plan)


@MANY
@given(st.data())
def test_both_judges_ask_the_same_price_of_every_kind(data):
    problem = data.draw(branches(3, 8))
    plan = data.draw(rosters(problem))
    assert evaluate(problem, plan).costs == rulebook.price(problem, plan)


@settings(MANY, max_examples=30)
@given(st.data())
def test_coverage_and_shortage_are_counted_alike(data):
    problem = data.draw(branches(3, 2))
    plan = data.draw(rosters(problem))
    found = evaluate(problem, plan)
    short = 0
    for n, (day, minute) in enumerate(rulebook.cells(problem)):
        for skill, series in found.coverage.items():
            assert series[n] == rulebook.standing(problem, plan, skill, day, minute)
            missing = max(0, problem.demand[skill][n] - series[n]) if skill in problem.demand else 0
            assert found.short[skill][n] == missing
            short += missing
    assert found.short_hours == short / 2


@settings(MANY, max_examples=30)
@given(st.data())
def test_the_ledger_counts_what_the_rulebook_counts(data):
    problem = data.draw(branches(3, 8))
    plan = data.draw(rosters(problem))
    for person, line in zip(problem.people, ledger(problem, plan).entries, strict=True):
        own = {s.day: s for s in plan.shifts if s.person == person.id}
        assert (line.person, line.name) == (person.id, person.name)
        assert line.minutes == sum(len(rulebook.at_work(s)) for s in own.values())
        assert line.overtime == rulebook.overtime(problem, person, own)
        assert line.lunches == sum(s.lunch is not None for s in own.values())
        asked = [w for w in person.preferences if problem.days[w.day].open is not None]
        assert (line.wishes, line.wishes_met) == (len(asked), sum(rulebook.met(w, own.get(w.day)) for w in asked))
        assert line.total_minutes - line.minutes == person.history.minutes
        assert line.total_lates - line.lates == person.history.lates
        assert line.total_weekends - line.weekends == person.history.weekends


@settings(MANY, max_examples=20)
@given(branches(2, 3))
def test_what_the_solver_finds_keeps_the_rulebook_and_costs_what_it_says(problem):
    found = solve(problem, seed=1)
    if found.roster is not None:
        assert [b for b in rulebook.breaches(problem, found.roster) if b.hard] == []
        assert sum(rulebook.price(problem, found.roster).values()) == found.objective


@pytest.mark.parametrize("seed", [5])
def test_a_branch_of_nine_without_posts_is_rostered_by_the_rulebook(seed):
    full = branch_week(9, seed)
    days = tuple(dataclasses.replace(d, open=None, close=None) if n > 2 else d for n, d in enumerate(full.days))
    people = tuple(dataclasses.replace(p, min_week=0) for p in full.people)
    problem = dataclasses.replace(full, days=days, people=people, minimums=(), two_person=())
    found = solve(problem, seed=1, limit=Limit(deterministic=1.0))
    assert [b for b in rulebook.breaches(problem, found.roster) if b.hard] == []
    assert sum(rulebook.price(problem, found.roster).values()) == found.objective
