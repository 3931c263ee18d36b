"""How days of activities are searched for: a first plan person by person, then chains of draws that cool down.

A chain draws two days of one person at a time, exactly by the odds of the heat, and cools from mixing freely to the
cheapest plan near. Chains are short at first, so that a plan is soon at hand; the last has most of the budget.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise, repeat

import numpy as np

from counterpoint.science.rostering.activities.bound import lowest
from counterpoint.science.rostering.activities.cheapest import cheapest_week
from counterpoint.science.rostering.activities.kernel import (
    MISSING,
    Ground,
    Weeks,
    points,
    put,
    redraw,
)
from counterpoint.science.rostering.activities.tables import copied, nobody
from counterpoint.science.rostering.schedules.columns import Floats

STAGES = (0.0, 0.04, 0.2, 1.0)  # shares of the budget between which a chain cools
HOT = (1.0, 1.5)  # heat in points from which chains cool, in turn
WARM, COLD = 0.4, 0.22  # the same for the first chain after a plan that was given; where chains end
LACK, LACK_LAST = 1.75, 12.0  # points a missing person; dearer in the last part of a chain
LAST = 0.8  # share of a chain from which missing people become dearer
ENOUGH = 500  # draws a person-day that the first chain of a stage has at most; the next has twice as many
DRAWS = 2000  # at one heat
STEPS = 4e8  # steps that make one work unit (about a second)
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
        self.chances = [np.random.default_rng([seed, worker]) for worker in range(workers)]
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
            for begin, end in pairwise(STAGES):
                turn = 0
                while not self._done() and self.share() < end:
                    hot = WARM if warm and begin == 0 and turn == 0 else HOT[turn % len(HOT)]
                    self._chains(pool, max(begin, self.share()), end, hot, ENOUGH * 2**turn)
                    turn += 1

    def _chains(self, pool: ThreadPoolExecutor, begin: float, end: float, hot: float, most: float) -> None:
        """A chain a worker cools from the best plan on, between two shares of the budget or by ``most`` draws a day."""
        chains = [copied(self.best) for _ in range(self.workers)]
        bests = [copied(self.best) for _ in chains]
        drawn, enough = 0, most * self.best.way.size
        while not self._done() and drawn < enough and (share := self.share()) < end:
            done = max(0.0, drawn / enough, (share - begin) / (end - begin))
            heat = hot * (COLD / hot) ** done
            lack = LACK + (LACK_LAST - LACK) * max(0.0, done - LAST) / (1 - LAST)
            record, draws, heats, lacks = map(repeat, (self.rank, DRAWS, heat, lack))
            found = list(pool.map(redraw, repeat(self.table), chains, bests, record, self.chances, draws, heats, lacks))
            drawn += DRAWS
            self.work += sum(steps for _, steps in found) / STEPS
            at = min(range(len(found)), key=lambda n: found[n][0])
            if found[at][0] < self.rank:
                self.offer(bests[at])

    def _done(self) -> bool:
        enough = not self.missing and self.cost - self.bound <= self.gap * self.cost
        return enough or self.stopped or self.share() >= 1
