"""One run of the search by whole weeks: a roster at once, the bound by column generation, then dives and descents.

All follows from the seed; work is counted in units of about a second on the machine that the figures were measured on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from counterpoint.science.rostering.roster import Roster
from counterpoint.science.rostering.weekwise.hall import descent, nobody, plan_of, usable, weeks_of
from counterpoint.science.rostering.weekwise.kernel import Ints
from counterpoint.science.rostering.weekwise.master import Master, Relaxed
from counterpoint.science.rostering.weekwise.tables import Tables

ANSWER_WORK = 1 / 3000  # work units of asking one person for the best week
STARTS, START_ROUNDS = 12, 60  # short descents whose weeks are the first columns
POLISH, PARTNERS = 150, 3
SURE = 0.9  # share of a week from which a dive takes it
FREED, DAYS_FREED = 8, 2  # people, or days, that are free again in a neighbourhood
ROUNDS = 3  # of column generation between two steps of a dive
Go = Callable[[float, int], bool]


class WeekSearch:
    """``plan`` is the best so far, ``cost`` its points (infinite: none), ``bound`` is proven, ``work`` was spent."""

    def __init__(self, tables: Tables, seed: int, most: float, enough: float, tell: Go) -> None:
        """``most`` work units; stops within the relative gap ``enough``; ``tell(cost, bound)`` False stops it too."""
        self.tables, self.most, self.enough, self.tell = tables, most, enough, tell
        self.random = np.random.default_rng(seed)
        self.plan, self.cost, self.bound = nobody(tables), math.inf, 0
        self.stopped = False
        self._asked = 0
        self._master: Master | None = None

    @property
    def work(self) -> float:
        """Work units spent."""
        return self._asked * ANSWER_WORK + (self._master.work if self._master else 0.0)

    def run(self, hint: Roster | None = None) -> None:
        """Search until proven, near enough, out of budget, or stopped; ``cost`` stays infinite when nobody can work."""
        if hint is not None:
            self._try(plan_of(self.tables, hint), 0, 0.0)
        self._try(nobody(self.tables), 0, 0.0)
        if not math.isfinite(self.cost) or self._done():
            return
        master = self._master = Master(self.tables)
        master.add(weeks_of(self.tables, self.plan))
        for _ in range(STARTS):
            if self._done():
                return
            master.add(weeks_of(self.tables, self._try(nobody(self.tables), START_ROUNDS, 0.0)))
        everybody, week = range(len(self.plan)), range(self.plan.shape[1])
        relaxed = self._generate(everybody, None, rounds=10_000, prove=True)
        if not usable(self.bound):
            return
        turn = 0
        while not self._done() and (turn == 0 or usable(self.cost)):
            if turn == 0:
                self._neighbourhood(everybody, week, relaxed)
            elif turn % 2:
                self._neighbourhood(everybody, self._some(len(week), DAYS_FREED), None)
            else:
                self._neighbourhood(self._some(len(everybody), FREED), week, None)
            self._say()
            turn += 1

    def _some(self, of: int, most: int) -> list[int]:
        return sorted(self.random.permutation(of)[:most].tolist())

    def _done(self) -> bool:
        near = math.isfinite(self.cost) and self.cost - self.bound <= self.enough * self.cost + 1e-6
        return near or self.stopped or self.work >= self.most

    def _try(self, plan: Ints, rounds: int, heat: float) -> Ints:
        """Improve a plan, keep it when it is the best; the plan."""
        left = max(0.0, (self.most - self.work) / ANSWER_WORK / (PARTNERS - 0.5))
        cost, asked = descent(
            self.tables, plan, int(self.random.integers(1 << 30)), int(min(rounds, left)), PARTNERS, heat
        )  # fmt: skip
        self._asked += asked
        if cost < self.cost - 1e-6:
            first = not usable(self.cost)
            self.cost, self.plan = cost, plan.copy()
            if first:  # after that every round tells
                self._say()
        return plan

    def _say(self) -> None:
        if usable(self.cost) and self.tell(self.cost, self.bound) is False:
            self.stopped = True

    def _generate(self, people: Sequence[int], tables: Tables | None, rounds: int, prove: bool = False) -> Relaxed:
        """Columns for these people until no week is missing; with all of them free this proves a bound."""
        assert self._master is not None
        master = self._master
        relaxed = master.solve()
        for turn in range(rounds):
            fresh, below = master.price(relaxed, people, tables)
            if prove:
                self.bound = max(self.bound, math.ceil(relaxed.value + below - 1e-5))
                if turn % 10 == 9:
                    self._say()
            if not master.add(fresh) or (prove and self._done()):
                break
            relaxed = master.solve()
        return relaxed

    def _neighbourhood(self, people: Sequence[int], days: Sequence[int], relaxed: Relaxed | None) -> None:
        """Free these days of these people and settle them again, surest first; then let everybody answer one another.

        ``relaxed``: the relaxation when everything is free.
        """
        assert self._master is not None
        master, free = self._master, set(people)
        master.add(weeks_of(self.tables, self.plan))
        narrow = None if relaxed else self.tables.narrowed(self.plan, days)
        master.open(self.plan, people, days)
        chosen: dict[int, int] = {}
        while free:
            if relaxed is None:
                relaxed = self._generate(sorted(free), narrow, ROUNDS)
            taken = self._surest(relaxed, free)
            chosen |= taken
            free -= taken.keys()
            master.settle(taken)
            relaxed = None
            if self.work >= self.most:
                break
        plan = self.plan.copy()
        for person, n in chosen.items():
            plan[person] = master.weeks[n].rows
        heat = float(self.random.integers(3)) * 0.006 * self.cost
        self._try(plan, POLISH, heat)

    def _surest(self, relaxed: Relaxed, free: set[int]) -> dict[int, int]:
        """The week of everybody whose choice is sure, at least the surest one."""
        assert self._master is not None
        taken: dict[int, int] = {}
        for n in np.argsort(-relaxed.shares, kind="stable").tolist():
            if taken and relaxed.shares[n] < SURE:
                break
            person = self._master.weeks[n].person
            if person in free and person not in taken:
                taken[person] = n
        return taken
