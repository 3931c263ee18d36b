"""A hundred generated branches without a roster: the conflict found is one, and nothing in it can be spared.

The small ones are judged by trying every roster; the real ones by a second model with another seed in which everything
that the conflict does not name is left out.
"""

import json

import pytest

from counterpoint.science.rostering import conflict as conflict_module
from counterpoint.science.rostering import conflicts, first_conflict
from counterpoint.science.rostering.conflict import _Tester, possible
from counterpoint.science.rostering.tests import everyroster, impossible
from counterpoint.science.rostering.tests.anypart import Parts, name_of
from counterpoint.science.rostering.tests.impossible import PLANTS, REAL, SMALL


@pytest.mark.parametrize("number", SMALL, ids=lambda n: f"{n}-{PLANTS[n % len(PLANTS)].__name__}")
def test_the_conflict_of_a_small_branch_is_one_and_minimal_by_trying_every_roster(number):
    problem = impossible.small(number)
    found = first_conflict(problem)
    assert found is not None and found.items and found.minimal
    assert len({name_of(item) for item in found.items}) == len(found.items)
    parts = Parts(problem)
    assert not parts.hold(found.items)
    for left_out in found.items:
        rest = [item for item in found.items if item is not left_out]
        assert parts.hold(rest), f"{left_out.words} could be spared"


QUICK = (1, 2, 3)


def check_real(number):
    problem = impossible.real(number)
    found = first_conflict(problem)
    assert found is not None and found.items and found.minimal
    every = frozenset(_Tester(problem, 0).items)
    named = frozenset(found.items)
    assert not possible(problem, seed=number + 1, without=every - named)
    for left_out in found.items:
        others = named - {left_out}
        assert possible(problem, seed=number + 1, without=every - others), f"{left_out.words} could be spared"


@pytest.mark.parametrize("number", QUICK)
def test_the_conflict_of_a_real_week_is_one_and_minimal_by_a_second_model(number):
    check_real(number)


@pytest.mark.slow
@pytest.mark.parametrize("number", sorted(set(REAL) - set(QUICK)))
def test_the_conflicts_of_more_real_weeks_are_minimal_by_a_second_model(number):
    check_real(number)


def test_the_hundred_differ_and_so_do_their_reasons():
    texts = {json.dumps(impossible.small(n).to_dict(), sort_keys=True) for n in SMALL}
    texts |= {json.dumps(impossible.real(n).to_dict(), sort_keys=True) for n in REAL}
    assert len(texts) == len(SMALL) + len(REAL) == 100
    reasons = {tuple(sorted({i.key for i in first_conflict(impossible.small(n)).items})) for n in SMALL}
    assert len(reasons) >= 20


@pytest.mark.parametrize("number", range(0, 25, 2))
def test_trying_every_roster_of_the_whole_branch_finds_none(number):
    problem = impossible.small(number)
    if len(problem.days) == 1 and len(problem.people) <= 3:
        assert everyroster.cheapest(problem) is None
    assert not Parts(problem).hold(_Tester(problem, 0).items)


@pytest.mark.parametrize("number", range(0, 75, 3))
def test_leaving_out_all_conflicts_found_makes_a_roster_possible_by_trying_too(number):
    problem = impossible.small(number)
    gone = {name_of(item) for found in conflicts(problem, most=20) for item in found.items}
    rest = [item for item in _Tester(problem, 0).items if name_of(item) not in gone]
    assert Parts(problem).hold(rest)


def test_trouble_of_one_person_is_told_before_what_takes_a_week_and_a_branch():
    problem = impossible.real(7)  # somebody bound on all seven days, and a day of rest
    found = first_conflict(problem)
    assert len({item.person for item in found.items}) == 1
    assert "week.rest_days" in {item.key for item in found.items}


def test_a_conflict_whose_parts_could_not_all_be_tested_says_so(monkeypatch):
    problem = impossible.small(3)
    whole, tried = conflict_module._Tester.core, []

    def core(self, chosen):
        tried.append(chosen)
        if len(tried) > 1:
            raise TimeoutError("no time left")
        return whole(self, chosen)

    monkeypatch.setattr(conflict_module._Tester, "core", core)
    found = first_conflict(problem)
    assert len(tried) > 1 and not found.minimal
    assert not Parts(problem).hold(found.items)
