"""Why no roster exists: a smallest set of restrictions that cannot hold together.

The set is irreducible: the listed restrictions alone are impossible for these people and shifts, and taking away any
one of them makes the rest possible. Two separate troubles give two sets; :func:`conflicts` lists them in turn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
from ortools.sat.python import cp_model

from counterpoint.science.rostering import limits
from counterpoint.science.rostering.model import Item, RosterModel
from counterpoint.science.rostering.problem import Person, RosterProblem
from counterpoint.science.rostering.search import Limit, configured

WORK = Limit(deterministic=60.0)


@dataclass(frozen=True, slots=True)
class Conflict:
    """An irreducible set of restrictions. ``minimal`` is False when the time ran out before every member was tested."""

    items: tuple[Item, ...]
    minimal: bool = True

    def summary(self) -> str:
        """One line a restriction."""
        lines = [f"- {item.words} [{item.source}, {item.mark}]" for item in self.items]
        return "\n".join(["These cannot hold together; dropping any one of them resolves this conflict:", *lines])

    def to_frame(self) -> pd.DataFrame:
        """One row a restriction: kind, key, person, day, start, end, words, source, mark."""
        columns = ["kind", "key", "person", "day", "start", "end", "words", "source", "mark"]
        return pd.DataFrame([[getattr(item, name) for name in columns] for item in self.items], columns=columns)


class _Tester:
    """One model whose restrictions can be switched on in any selection."""

    def __init__(self, problem: RosterProblem, seed: int, without: frozenset[Item] = frozenset()) -> None:
        self.model = RosterModel(problem, assumed=True, without=without)
        limits.add(self.model)
        self.seed = seed

    @property
    def items(self) -> list[Item]:
        """Everything that can be switched."""
        return self.model.items

    def core(self, chosen: list[int]) -> list[int] | None:
        """A contradictory part of ``chosen``; None when all of them can hold together."""
        cp = self.model.cp
        literals = self.model.literals
        cp.clear_assumptions()
        cp.add_assumptions([literals[n] for n in chosen])
        solver = configured(self.seed, WORK)
        solver.parameters.linearization_level = 1
        solver.parameters.cp_model_probing_level = solver.parameters.symmetry_level = 0  # dearer than the answer
        if _possible(solver.solve(cp)):
            return None
        found = set(solver.sufficient_assumptions_for_infeasibility())
        return [n for n in chosen if literals[n].index in found] or list(chosen)


def _possible(code: object) -> bool:
    if code in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return True
    if code != cp_model.INFEASIBLE:
        raise TimeoutError("the conflict could not be decided within its work limit; narrow the week or the shifts")
    return False


def possible(problem: RosterProblem, *, seed: int = 0, without: frozenset[Item] = frozenset()) -> bool:
    """True when some roster keeps every hard rule, ``without`` left out. TimeoutError when the work limit strikes."""
    model = RosterModel(problem, without=without)
    limits.add(model)
    model.costs.clear()
    return _possible(configured(seed, WORK).solve(model.cp))


def first_conflict(problem: RosterProblem, *, seed: int = 0) -> Conflict | None:
    """One irreducible conflict, or None when every hard rule can hold. TimeoutError when the work limit strikes."""
    return next(iter(conflicts(problem, seed=seed, most=1)), None)


def conflicts(problem: RosterProblem, *, seed: int = 0, most: int = 5) -> tuple[Conflict, ...]:
    """Up to ``most`` conflicts without a common restriction: those within a single day, those of a single person, and
    what takes more of both."""
    found: list[Conflict] = []
    without: frozenset[Item] = frozenset()
    scopes = [_only(problem, day) for day in range(len(problem.days))] if len(problem.days) > 1 else []
    scopes += [_alone(problem, person) for person in problem.people if _bound(person, problem)]
    for scope in (*scopes, problem):
        while len(found) < most and not possible(scope, seed=seed, without=without):
            tester = _Tester(scope, seed, without)
            part = tester.core(list(range(len(tester.items))))
            assert part is not None
            found.append(_minimal(tester, part))
            without |= set(found[-1].items)
    return tuple(found)


def _only(problem: RosterProblem, day: int) -> RosterProblem:
    """The problem of one day alone: all others free. What contradicts itself here does so in the whole week, since
    limits of a week only get looser (minimum hours of a week are left out)."""
    days = tuple(d if n == day else replace(d, open=None, close=None) for n, d in enumerate(problem.days))
    people = tuple(
        replace(
            person,
            min_week=0,
            core=tuple(c for c in person.core if c.day == day),
            unavailable=tuple(w for w in person.unavailable if w.day == day),
            preferences=(),
        )
        for person in problem.people
    )
    pins = tuple(pin for pin in problem.pins if pin.day == day)
    n = problem.intervals
    demand = {
        skill: tuple(x if i // n == day else 0 for i, x in enumerate(series))
        for skill, series in problem.demand.items()
    }
    return replace(problem, days=days, people=people, pins=pins, demand=demand)


def _bound(person: Person, problem: RosterProblem) -> bool:
    """Whether anything obliges the person to work; who may stay at home has no trouble of their own."""
    pinned = any(pin.person == person.id and pin.kind != "off" for pin in problem.pins)
    return person.min_week > 0 or pinned or any(core.must for core in person.core)


def _alone(problem: RosterProblem, person: Person) -> RosterProblem:
    """The problem of one person alone: the others gone, and no post to hold but those fixed by hand."""
    pins = tuple(pin for pin in problem.pins if pin.person == person.id)
    return replace(
        problem, people=(person,), pins=pins, minimums=(), two_person=(), demand={}, demand_p90={}, reserves=(),
        coverage_hard=False,
    )  # fmt: skip


def holds(problem: RosterProblem, items: tuple[Item, ...], *, seed: int = 0) -> bool:
    """True when just these restrictions (and no others of the problem) can hold together."""
    tester = _Tester(problem, seed)
    return tester.core([n for n, item in enumerate(tester.items) if item in items]) is None


def _minimal(tester: _Tester, part: list[int]) -> Conflict:
    """Deletion filter: drop, in halves first and then one by one, what the contradiction does not need.

    A restriction found necessary stays necessary in every smaller set, so one pass of single deletions is enough.
    """
    kept = _shrink(tester, part)
    needed: list[int] = []
    open_, sure = list(kept), True
    while open_:
        tried = open_.pop(0)
        smaller, decided = _tried(tester, needed + open_)
        sure &= decided
        if smaller is None:
            needed.append(tried)
        else:
            open_ = [n for n in open_ if n in smaller]
    return Conflict(tuple(tester.items[n] for n in sorted(needed)), sure)


def _tried(tester: _Tester, part: list[int]) -> tuple[list[int] | None, bool]:
    """A contradictory part of ``part``, and whether the work limit let it be decided."""
    try:
        return (tester.core(part) if part else None), True
    except TimeoutError:
        return None, False


def _shrink(tester: _Tester, kept: list[int]) -> list[int]:
    """Quick coarse pass: throw away halves, then quarters."""
    for parts in (2, 4):
        size = -(-len(kept) // parts)
        for first in range(0, len(kept), max(1, size)):
            block = set(kept[first : first + size])
            rest = [n for n in kept if n not in block]
            smaller, _ = _tried(tester, rest) if len(kept) > parts else (None, True)
            if smaller is not None:
                kept = smaller
                break
    return kept
