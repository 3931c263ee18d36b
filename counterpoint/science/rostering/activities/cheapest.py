"""Compiled: one person's cheapest legal week, exactly, when each quarter hour on an activity has a price.

Change this file too when the numbers or tuples that it takes from the kernel change: what is kept on disk of an entry
point is renewed only when the file of the entry point changes.
"""

# ruff: noqa: PLR0912 - compiled loops are split where it does not cost passing ten arrays on

from __future__ import annotations

import numpy as np

from counterpoint.science.rostering.activities.kernel import BLOCK, LONGEST, RUN, SHORTEST, Ground, compiled
from counterpoint.science.rostering.schedules.columns import Floats, Ints


@compiled
def cheapest_shifts(price: Floats, start: int, longest: int, grown: Floats, total: Floats) -> None:
    """What the first n quarter hours of a shift cost at least: ``grown[n, act]`` by last activity, ``total[n]``."""
    acts = price.shape[1]
    grown[:], total[:] = np.inf, np.inf
    total[0] = 0.0
    for n in range(BLOCK, longest + 1):
        for act in range(acts):
            fresh = total[n - BLOCK]
            for back in range(BLOCK, 0, -1):
                fresh += price[start + n - back, act]
            grown[n, act] = min(grown[n - 1, act] + price[start + n - 1, act], fresh)
            total[n] = min(total[n], grown[n, act])


@compiled
def cheapest_fill(price: Floats, start: int, length: int, grown: Floats, total: Floats, chosen: Ints) -> None:
    """The activities of the cheapest shift."""
    cheapest_shifts(price, start, length, grown, total)
    n = length
    while n > 0:
        act = np.argmin(grown[n])
        while grown[n, act] == grown[n - 1, act] + price[start + n - 1, act]:
            n -= 1
            chosen[n] = act
        chosen[n - BLOCK : n] = act
        n -= BLOCK


@compiled
def cheapest_week(ground: Ground, price: Floats, person: int, way: Ints, length: Ints, acts: Ints) -> float:
    """The cheapest legal schedule of a person, written into ``way``, ``length`` and ``acts`` by day; what it costs
    (infinite: there is none).

    States by day: days worked running, first way to start today, quarter hours so far. Exact.
    """
    days, ways = ground.first.shape
    low, high = ground.fewest[person], ground.largest[person]
    values = np.full((days, ways, LONGEST + 1), np.inf)
    grown, total = np.zeros((LONGEST + 1, price.shape[1])), np.zeros(LONGEST + 1)
    for day in range(days):
        for start in range(ways):
            if ground.room[day, start]:
                cheapest_shifts(price, ground.first[day, start], ground.room[day, start], grown, total)
                values[day, start, SHORTEST:] = total[SHORTEST:]
                values[day, start, ground.room[day, start] + 1 :] = np.inf
    cost = np.full((days + 1, RUN + 1, ways + 1, max(0, high) + 1), np.inf)
    cost[0, 0, :, 0] = 0.0
    for day in range(days):
        now, then = cost[day], cost[day + 1]
        for run in range(RUN + 1):
            for units in range(high + 1):
                then[0, 0, units] = min(then[0, 0, units], now[run, ways, units])
        for run in range(RUN):
            for start in range(ways):
                for n in range(SHORTEST, min(LONGEST, high) + 1):
                    value = values[day, start, n]
                    if value == np.inf:
                        continue
                    source, target = now[run, start], then[run + 1, ground.ready[start, n]]
                    first = max(0, low - LONGEST * (days - day))
                    for units in range(first, min(high - n, LONGEST * day) + 1):
                        target[units + n] = min(target[units + n], source[units] + value)
        for run in range(RUN + 1):
            for start in range(1, ways + 1):
                for units in range(high + 1):
                    then[run, start, units] = min(then[run, start, units], then[run, start - 1, units])
    best, run, units = np.inf, 0, 0
    for ending in range(RUN + 1):
        for n in range(max(0, low), high + 1):
            if cost[days, ending, ways, n] < best:
                best, run, units = cost[days, ending, ways, n], ending, n
    if best == np.inf:
        return best
    free = ways
    for day in range(days - 1, -1, -1):
        way[day], length[day] = -1, 0
        value = cost[day + 1, run, free, units]
        if run == 0:
            while cost[day, run, ways, units] != value:
                run += 1
            free = ways
            continue
        found = False
        for start in range(ways):
            for n in range(SHORTEST, min(LONGEST, units) + 1):
                if (
                    not found
                    and ground.ready[start, n] <= free
                    and cost[day, run - 1, start, units - n] + values[day, start, n] == value
                ):
                    found = True
                    way[day], length[day] = start, n
        run, free, units = run - 1, way[day], units - length[day]
        cheapest_fill(price, ground.first[day, way[day]], length[day], grown, total, acts[day])
    return best
