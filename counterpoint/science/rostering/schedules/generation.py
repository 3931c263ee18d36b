"""Column generation: prices from the master, schedules from the pricer, until nothing better exists; with bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from counterpoint.science.rostering.schedules.columns import Column, Floats, Part, Priced, Pricer, reduced
from counterpoint.science.rostering.schedules.master import Master, Relaxed

TINY = 1e-6
SMOOTH = 0.5  # weight of the best prices so far (Wentges 1997)


def whole(bound: float) -> int:
    """The least whole number of points that a bound allows."""
    return math.ceil(bound - 1e-5) if bound > -math.inf else -(10**12)


@dataclass(slots=True)
class Generation:
    """One master with its pricer. ``bound`` and ``best_prices`` are those of the best Lagrangian bound of the last
    :meth:`run`; ``cheapest`` what the persons' cheapest schedules cost at those prices."""

    pricer: Pricer
    master: Master
    parts: Mapping[int, Part] = field(default_factory=dict)
    count: int = 3
    workers: int = 1
    bound: float = -math.inf
    best_prices: Floats | None = None
    cheapest: dict[int, float] = field(default_factory=dict)
    work: float = 0.0

    def run(
        self,
        people: Sequence[int],
        *,
        rounds: int = 10_000,
        cutoff: float = math.inf,
        enough: float = 0.0,
        go_on: Callable[[], bool] = lambda: True,
    ) -> Relaxed:
        """Generate columns for ``people``.

        Stops when proven, after ``rounds``, when the bound reaches ``cutoff``, when the relaxation is within ``enough``
        of the bound, or when ``go_on`` says no.
        """
        self.bound, centre = -math.inf, self.best_prices
        relaxed = self.master.solve()
        for _ in range(rounds):
            smooth = SMOOTH if centre is not None else 0.0
            added = 0
            while not added:
                prices = (
                    relaxed.prices if centre is None or smooth <= 0 else smooth * centre + (1 - smooth) * relaxed.prices
                )
                bound, columns, cheapest = self._price(people, prices, relaxed)
                if bound > self.bound:
                    self.bound, self.cheapest, centre = bound, cheapest, prices
                    self.best_prices = prices
                added = self.master.add(columns)
                if added or smooth <= 0:
                    break
                smooth = max(0.0, smooth - 0.4)
            if not added or whole(self.bound) >= min(cutoff, whole(relaxed.value - enough)) or not go_on():
                break
            relaxed = self.master.solve()
        return relaxed

    def _price(
        self, people: Sequence[int], prices: Floats, relaxed: Relaxed
    ) -> tuple[float, list[Column], dict[int, float]]:
        bound, columns, cheapest = self.master.least_cost(prices), [], {}
        for person, priced in zip(people, self._priced(people, prices), strict=True):
            self.work += priced.work
            bound += priced.least
            cheapest[person] = priced.least
            for column in priced.columns:
                if reduced(column, relaxed.prices) - relaxed.wages[person] < -TINY:
                    columns.append(column)
        return bound, columns, cheapest

    def _priced(self, people: Sequence[int], prices: Floats) -> list[Priced]:
        """Everyone's cheapest schedules, in their order; threads share the people, the kernel holds no lock."""

        def one(person: int) -> Priced:
            return self.pricer.price(person, prices, self.parts.get(person), self.count)

        if self.workers == 1 or len(people) < 2:
            return [one(person) for person in people]
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(one, people))
