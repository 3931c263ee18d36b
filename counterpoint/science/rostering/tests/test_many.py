"""Many rosters by one call: the same answers as one by one, and a branch without one harms no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoint.science import fanout
from counterpoint.science.rostering import Limit, evaluate, families, many
from counterpoint.science.rostering.activities import ActivityProblem, Contract
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.many import Branch, solve_many
from counterpoint.science.rostering.schedules import judge
from counterpoint.science.rostering.schedules.datasets import ward

QUICK = Limit(deterministic=0.5)
HERE = fanout.Local(1)


def week(number):
    return Branch(f"B{number}", branch_week(16, number), number, QUICK)


def impossible():
    """A ward whose first person may work no legal schedule."""
    problem = ward(3, 2, 3, seed=1)
    first = replace(problem.employees[0], min_minutes=60 * 24 * 14)
    return replace(problem, employees=(first, *problem.employees[1:]))


def test_the_answers_are_those_of_one_by_one_and_keep_every_rule():
    found = solve_many((week(n) for n in range(3)), HERE)
    assert list(found.answers) == ["B0", "B1", "B2"] and found.failed == {}
    for name, answer in found.answers.items():
        branch = week(int(name[1:]))
        alone = families.solve(branch.problem, seed=branch.seed, limit=QUICK)
        assert answer == alone.answer
        assert found.told[name]["total"] == evaluate(branch.problem, answer).total
    assert found.to_frame()["total"].sum() == sum(one["total"] for one in found.told.values())
    assert "3 branches rostered, 0 without" in found.summary()


def test_every_family_travels():
    shop = ActivityProblem(7, ("1",), (Contract("A", 0, 2400),), ())
    found = solve_many([Branch("ward", ward(4, 2, 3, seed=2), 1, QUICK), Branch("shop", shop, 1, QUICK)], HERE)
    assert found.failed == {}
    assert judge(ward(4, 2, 3, seed=2), found.answers["ward"]).feasible
    assert families.judge(shop, found.answers["shop"]).feasible


def test_a_start_travels_with_its_branch_and_is_never_made_worse():
    branch = week(1)
    first = families.solve(branch.problem, seed=1, limit=QUICK)
    found = solve_many([replace(branch, start=first.answer, limit=Limit(deterministic=0.01))], HERE)
    assert found.told["B1"]["total"] <= first.judgement.total


def test_a_branch_without_a_legal_roster_is_named_and_harms_no_other():
    found = solve_many([week(0), Branch("empty", impossible(), 1, QUICK)], HERE)
    assert list(found.answers) == ["B0"]
    assert list(found.failed) == ["empty"] and "infeasible" in found.failed["empty"]
    assert "1 without a roster" in found.summary() and "empty" in found.summary()


def test_a_name_twice_is_refused():
    with pytest.raises(ValueError, match="'B1'"):
        solve_many([week(1), week(1)], HERE)


@pytest.mark.parametrize("limit", [Limit(seconds=5.0), Limit(deterministic=None)])
def test_a_limit_that_depends_on_the_machine_is_refused(limit):
    with pytest.raises(ValueError, match="B1: many rosters are limited by work units"):
        solve_many([replace(week(1), limit=limit)], HERE)


def test_a_worker_of_another_release_refuses(monkeypatch):
    packed = week(1).pack()
    monkeypatch.setattr(many, "release", lambda: "ffffffff")
    with pytest.raises(fanout.FanoutError, match="same release"):
        many.roster_task(packed)
