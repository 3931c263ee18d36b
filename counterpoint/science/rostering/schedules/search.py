"""How plans are searched for: a first plan person by person, column generation, dives, then neighbourhoods.

All that is decided follows from the seed and from counted work; time only ends the search.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from counterpoint.science.rostering.schedules import dive
from counterpoint.science.rostering.schedules.choose import choose
from counterpoint.science.rostering.schedules.columns import Column, Part, reduced, total
from counterpoint.science.rostering.schedules.generation import TINY, Generation, whole
from counterpoint.science.rostering.schedules.master import Master
from counterpoint.science.rostering.schedules.state import Standing

NEAR = 600  # schedules a person up to which a neighbourhood takes in all that could be part of a better plan
NODES = 200  # of the search tree that a neighbourhood may spend
CELLS = 2500  # person-days that a dive settles at first
HEAVY = 20.0  # work units of the first plan from which people's whole schedules are not priced again
ENOUGH, SMALL = 1.0, 0.4  # work units of a neighbourhood: above, the next is smaller; below, larger
MIP_SECONDS = 30.0  # a neighbourhood's branch and cut ends then at the latest
Outcome = str  # "better"; "other": an equal plan; "closed": nothing better exists there; "open"


@dataclass(slots=True)
class Move:
    """A kind of neighbourhood: how much it frees at present, within which ends, and the work it has had."""

    make: Callable[[float], Outcome]
    size: float
    least: float
    most: float
    work: float = 0.0


class Search(Standing):
    """One run."""

    def run(self) -> None:
        """Improve the first plan until it is proven or good enough, or until the limit or the caller ends it.

        When pricing everyone once is a matter of minutes, or not exact, only windows of days are solved again, without
        a bound.
        """
        heavy = self.work > HEAVY or not self.exact
        if not heavy:
            self._root()
        people, days = self.pricer.people, self.pricer.days
        moves = [
            Move(self._dive, min(people, CELLS / days), min(people, 5), people),
            Move(self._days, 4, min(days, 2), days),
            Move(self._people, min(people, 8), min(people, 3), people),
        ]
        if heavy:
            moves = [move for move in moves if move.make == self._days]
        while self.go_on() and not self.good_enough:
            move, before = min(moves, key=lambda m: m.work), self.work
            outcome = move.make(move.size)
            spent = self.work - before
            move.work += spent + 0.01
            self.turns += 1
            if spent > ENOUGH or outcome == "open":
                move.size = max(move.least, move.size * 0.95)
            elif spent < SMALL:
                move.size = min(move.most, move.size * 1.05)

    def _root(self) -> None:
        """Column generation over everyone, for at most half of the time: the bound and its prices."""
        master, share = Master(self.pricer.demand, self.everyone), self.seconds_left() / 2
        master.add(self.best)
        generation = Generation(self.pricer, master, workers=self.workers)
        generation.run(self.everyone, go_on=lambda: self.go_on() and self.seconds_left() >= share)
        self.account(generation)
        if generation.best_prices is not None:
            self.prices, self.cheapest = generation.best_prices, generation.cheapest
            self.lift(whole(generation.bound))

    def _dive(self, size: float) -> Outcome:
        people = self._some(size)
        noise = (0.02, 0.3, 0.6, 1.0)[self.turns % 4] if self.turns else 0.02
        return "better" if dive.dive(self, people, self.cost, noise) else "closed"

    def _days(self, size: float) -> Outcome:
        """Everyone, on a few days in a row."""
        days, length = self.pricer.days, round(size)
        start = int(self.random.integers(1 - length // 2, max(2 - length // 2, days - length // 2)))
        window = np.zeros(days, dtype=np.bool_)
        window[max(0, start) : start + length] = True
        return self.again(self.everyone, {c.person: Part(c.codes, window) for c in self.best})

    def _people(self, size: float) -> Outcome:
        """A few people, on all days."""
        return self.again(self._some(size))

    def _some(self, size: float) -> list[int]:
        """People drawn by what their schedules cost beyond the cheapest at the prices of the bound."""
        excess = np.array([reduced(c, self.prices) - self.cheapest.get(c.person, 0.0) for c in self.best])
        weight = np.maximum(excess, 0.0) + 0.5 * max(0.0, excess.mean()) + 0.1
        drawn = self.random.choice(
            len(weight), size=min(round(size), len(weight)), replace=False, p=weight / weight.sum()
        )
        return sorted(int(person) for person in drawn)

    def again(self, people: Sequence[int], parts: dict[int, Part] | None = None) -> Outcome:
        """Generate and choose again for ``people`` (on the open days of ``parts``) while the others stay."""
        master, others = self.master(people, pool=parts is None)
        inside, demand = set(people), master.demand
        mine = [c for c in self.best if c.person in inside]
        now = total(demand, mine)
        generation = Generation(self.pricer, master, parts=parts or {}, best_prices=self.prices, workers=self.workers)
        generation.run(people, cutoff=now, go_on=self.go_on)
        self.account(generation, keep=parts is None)
        if whole(generation.bound) > now or not self.go_on():
            return "closed" if whole(generation.bound) > now else "open"
        if generation.bound == -math.inf:  # a person too large to price whole: nothing is known of the cheapest
            return "open"
        columns, complete = self._promising(generation, now - generation.bound + TINY)
        seconds = min(MIP_SECONDS, max(0.1, self.seconds_left()))
        found = choose(demand, people, columns, now, nodes=NODES, seconds=seconds, now=mine)
        self.work += found.work
        better = found.columns is not None and self.offer([*others, *found.columns])
        if complete and found.proven and parts is None and len(people) == len(self.everyone):
            self.lift(self.cost)
        if better:
            return "better"
        return "other" if found.columns is not None else "closed" if complete and found.proven else "open"

    def _promising(self, generation: Generation, slack: float) -> tuple[list[Column], bool]:
        """Columns that can be part of a plan within ``slack`` of the bound; all of them when there are not too many."""
        prices, master, complete = generation.best_prices, generation.master, True
        assert prices is not None
        columns: list[Column] = []
        for person in master.people:
            bar = generation.cheapest[person] + slack
            every = self.pricer.near(person, prices, generation.parts.get(person), bar, NEAR)
            complete = complete and every is not None
            mine = [c for c in master.columns if c.person == person and reduced(c, prices) <= bar]
            columns += every if every is not None else mine
        return columns, complete
