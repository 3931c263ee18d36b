"""The common ground of a search: the best plan, the bound, known schedules, what has been spent and may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from counterpoint.science.rostering.schedules.columns import Codes, Column, Floats, Pricer, reduced, staffed, total
from counterpoint.science.rostering.schedules.generation import Generation
from counterpoint.science.rostering.schedules.master import Master

KEEP = 30  # known schedules a person that a new master begins with


@dataclass(slots=True)
class Standing:
    """One run: the best plan so far (a column a person), its points, the bound, and what has been spent.

    ``seconds_left`` ends the search, ``on_better`` hears of each better plan and each better bound, ``work_limit`` is
    in units of about a second.
    """

    pricer: Pricer
    seed: int
    workers: int = 1
    work_limit: float = math.inf
    gap: float = 0.0
    seconds_left: Callable[[], float] = lambda: math.inf
    on_better: Callable[[], None] = lambda: None
    best: list[Column] = field(default_factory=list)
    cost: int = 0
    bound: int = 0
    work: float = 0.0
    stopped: bool = False
    timed_out: bool = False
    exact: bool = True  # False when somebody has too many states to be priced exactly over all days
    ruled_out: bool = False  # True when it is certain that somebody has no legal schedule
    turns: int = 0
    prices: Floats = field(default_factory=lambda: np.zeros(0))
    cheapest: dict[int, float] = field(default_factory=dict)
    pool: dict[int, dict[Codes, Column]] = field(default_factory=dict)
    random: np.random.Generator = field(init=False)
    everyone: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.everyone = list(range(self.pricer.people))
        self.prices = np.zeros(self.pricer.demand.rows)
        self.pool = {person: {} for person in self.everyone}

    @property
    def good_enough(self) -> bool:
        """True when the plan is proven or as near to the bound as asked for."""
        return bool(self.best) and self.cost - self.bound <= self.gap * abs(self.cost)

    def go_on(self) -> bool:
        """False when the limit is reached or somebody stopped the search."""
        self.timed_out = self.timed_out or self.seconds_left() <= 0
        return not self.stopped and not self.timed_out and self.work < self.work_limit

    def offer(self, columns: Sequence[Column]) -> bool:
        """Make a plan the best one if it is better; an equal one replaces it in silence."""
        cost = total(self.pricer.demand, columns)
        if self.best and cost > self.cost:
            return False
        better = not self.best or cost < self.cost
        self.best, self.cost = sorted(columns), cost
        self.remember(columns)
        if better:
            self.on_better()
        return better

    def first(self) -> int | None:
        """A first plan: each person in turn takes what helps most. The person for whom no legal schedule was found, if
        any; ``ruled_out`` says whether there is none."""
        demand = self.pricer.demand
        table, rows = demand.table(self.pricer.people), np.arange(demand.rows)
        at, found = np.zeros(demand.rows, dtype=np.int64), []
        for person in self.everyone:
            priced = self.pricer.price(person, table[rows, at] - table[rows, at + 1], None, 1)
            self.work += priced.work
            self.exact = self.exact and priced.least > -math.inf
            if not priced.columns:
                self.ruled_out = priced.least == math.inf
                return person
            found.append(priced.columns[0])
            at += staffed(demand, found[-1:])
        self.offer(found)
        return None

    def remember(self, columns: Sequence[Column]) -> None:
        """Keep schedules for later masters."""
        for column in columns:
            self.pool[column.person][column.codes] = column

    def master(self, people: Sequence[int], pool: bool = True) -> tuple[Master, list[Column]]:
        """A master for ``people`` over what the others of the best plan leave, and those others' columns."""
        inside = set(people)
        others = [c for c in self.best if c.person not in inside]
        master = Master(self.pricer.demand.less(staffed(self.pricer.demand, others)), people)
        master.add(c for c in self.best if c.person in inside)
        for person in people if pool else ():
            known = sorted(self.pool[person].values(), key=lambda c: (reduced(c, self.prices), c.codes))
            master.add(known[:KEEP])
        return master, others

    def account(self, generation: Generation, keep: bool = True) -> None:
        """Count the work and keep the schedules of a generation."""
        self.work += generation.work + generation.master.work
        if keep:
            self.remember(generation.master.columns)

    def lift(self, bound: int) -> None:
        """Take a proven bound if it is better."""
        if bound > self.bound:
            self.bound = min(bound, self.cost)
            self.on_better()
