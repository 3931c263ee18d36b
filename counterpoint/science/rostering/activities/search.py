"""How days of activities are searched for: a first plan person by person, then chains of draws that cool down.

A chain draws two days of one person at a time, exactly by the odds of the heat, and cools from mixing freely to the
cheapest plan near. Chains are short at first, so that a plan is soon at hand; the last has most of the budget.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from counterpoint.science.rostering.activities.kernel import (
    MISSING,
    Ground,
    Weeks,
    cheapest_week,
    points,
    put,
    redraw,
)
from counterpoint.science.rostering.activities.tables import copied, lowest, nobody
from counterpoint.science.rostering.schedules.columns import Floats

STAGES = (0.0, 0.04, 0.2, 1.0)  # shares of the budget between which a chain cools
HOT, WARM, COLD = 0.8, 0.4, 0.22  # heat in points; warm: the first chain after a plan that was given
LACK, LACK_LAST = 4.0, 12.0  # points a missing person; dearer in the last part of a chain
LAST = 0.8  # share of a chain from which missing people become dearer
DRAWS = 2000  # at one heat
STEPS = 3e7  # steps that make one work unit (about a second)
NEEDED = 1000.0  # points a missing person when people take their first weeks


class ActivitySearch:
    """One run: ``best`` plan, its ``rank`` (people missing first, then points), ``bound`` and the ``work`` spent.

    ``share()`` tells the share of the budget that is spent, ``on_better`` hears of each better plan without anybody
    missing.
    """

    def __init__(
        self, table: Ground, seed: int, workers: int, gap: float, share: Callable[[], float],
        on_better: Callable[[], None],
    ) -> None:  # fmt: skip
        self.table, self.workers, self.gap, self.share, self.on_better = table, workers, gap, share, on_better
        self.random = np.random.default_rng(seed)
        self.best, self.rank, self.bound = nobody(table), 1 << 62, lowest(table)
        self.work = 0.0
        self.stopped = False

    @property
    def missing(self) -> int:
        """People missing in the best plan."""
        return self.rank // MISSING

    @property
    def cost(self) -> int:
        """Points of the best plan."""
        return self.rank % MISSING

    def first(self) -> int | None:
        """A first plan: each person in turn takes the week that helps most. A person without a legal one, if any."""
        weeks = nobody(self.table)
        for person in range(len(self.table.fewest)):
            found = cheapest_week(
                self.table, self._prices(weeks), person, weeks.way[person], weeks.length[person], weeks.acts[person]
            )  # fmt: skip
            if not np.isfinite(found):
                return person
            for day in range(weeks.way.shape[1]):
                put(self.table, weeks, person, day, 1)
        self.offer(weeks)
        return None

    def _prices(self, weeks: Weeks) -> Floats:
        """What one more person would cost, by quarter hour and activity."""
        over = weeks.staffed - self.table.most
        prices = np.where(over >= 0, 2.0 * over + 1.0, 0.0)
        return np.where(weeks.staffed < self.table.least, -NEEDED, prices)

    def offer(self, weeks: Weeks) -> None:
        """Make a plan the best one if it ranks better."""
        cost, missing = points(self.table, weeks.staffed)
        rank = missing * MISSING + cost
        if rank < self.rank:
            self.best, self.rank = copied(weeks), rank
            if not missing:
                self.on_better()

    def run(self, warm: bool) -> None:
        """Improve the plan until it is proven or good enough, or until the budget or the caller ends it."""
        with ThreadPoolExecutor(self.workers) as pool:
            for number, (begin, end) in enumerate(zip(STAGES, STAGES[1:], strict=False)):
                self._stage(pool, begin, end, WARM if warm and number == 0 else HOT)

    def _stage(self, pool: ThreadPoolExecutor, begin: float, end: float, hot: float) -> None:
        """Every worker cools a chain, from the best plan, between two shares of the budget."""
        chains = [copied(self.best) for _ in range(self.workers)]
        bests = [copied(self.best) for _ in chains]
        while not self._done() and (share := self.share()) < end:
            done = max(0.0, (share - begin) / (end - begin))
            heat = hot * (COLD / hot) ** done
            lack = LACK + (LACK_LAST - LACK) * max(0.0, done - LAST) / (1 - LAST)
            seeds = [int(self.random.integers(1 << 31)) for _ in chains]
            rank = self.rank

            def draw(weeks: Weeks, best: Weeks, seed: int, now: tuple[int, float, float] = (rank, heat, lack)) -> object:
                return redraw(self.table, weeks, best, now[0], seed, DRAWS, now[1], now[2])

            found = list(pool.map(draw, chains, bests, seeds))
            self.work += sum(steps for _, steps in found) / STEPS
            at = min(range(len(found)), key=lambda n: found[n][0])
            if found[at][0] < self.rank:
                self.offer(bests[at])

    def _done(self) -> bool:
        enough = not self.missing and self.cost - self.bound <= self.gap * self.cost
        return enough or self.stopped or self.share() >= 1
