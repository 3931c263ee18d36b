"""Why no roster exists: a smallest set of restrictions that cannot hold together.

The set is irreducible: the listed restrictions alone are impossible for these people and shifts, and taking away any
one of them makes the rest possible. Two separate troubles give two sets; :func:`conflicts` lists them in turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from ortools.sat.python import cp_model

from counterpoint.science.rostering import limits
from counterpoint.science.rostering.model import Item, RosterModel
from counterpoint.science.rostering.problem import RosterProblem
from counterpoint.science.rostering.search import Limit, configured


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

    def __init__(self, problem: RosterProblem, seed: int) -> None:
        self.model = RosterModel(problem, assumed=True)
        limits.add(self.model)
        self.seed = seed

    @property
    def items(self) -> list[Item]:
        return self.model.items

    def core(self, chosen: list[int]) -> list[int] | None:
        """A contradictory part of ``chosen``; None when all of them can hold together."""
        cp = self.model.cp
        literals = self.model.literals
        cp.clear_assumptions()
        cp.add_assumptions([literals[n] for n in chosen])
        solver = configured(self.seed, Limit(deterministic=60.0))
        code = solver.solve(cp)
        if code in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        if code != cp_model.INFEASIBLE:
            raise TimeoutError("the conflict could not be decided within its work limit")
        found = set(solver.sufficient_assumptions_for_infeasibility())
        return [n for n in chosen if literals[n].index in found] or list(chosen)


def first_conflict(problem: RosterProblem, *, seed: int = 0) -> Conflict | None:
    """One irreducible conflict, or None when every hard rule can hold. TimeoutError when the work limit strikes."""
    tester = _Tester(problem, seed)
    found = tester.core(list(range(len(tester.items))))
    return None if found is None else _minimal(tester, found)


def conflicts(problem: RosterProblem, *, seed: int = 0, most: int = 5) -> tuple[Conflict, ...]:
    """Up to ``most`` conflicts without a common restriction."""
    tester = _Tester(problem, seed)
    left = list(range(len(tester.items)))
    found: list[Conflict] = []
    while len(found) < most:
        part = tester.core(left)
        if part is None:
            break
        conflict = _minimal(tester, part)
        found.append(conflict)
        left = [n for n in left if tester.items[n] not in conflict.items]
    return tuple(found)


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
    open_ = list(kept)
    while open_:
        tried = open_.pop(0)
        smaller = tester.core(needed + open_) if needed or open_ else None
        if smaller is None:
            needed.append(tried)
        else:
            open_ = [n for n in open_ if n in smaller]
    return Conflict(tuple(tester.items[n] for n in sorted(needed)))


def _shrink(tester: _Tester, kept: list[int]) -> list[int]:
    """Quick coarse pass: throw away halves, then quarters."""
    for parts in (2, 4):
        size = -(-len(kept) // parts)
        for first in range(0, len(kept), max(1, size)):
            block = set(kept[first : first + size])
            rest = [n for n in kept if n not in block]
            smaller = tester.core(rest) if rest and len(kept) > parts else None
            if smaller is not None:
                kept = smaller
                break
    return kept
