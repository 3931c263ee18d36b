"""The compiled heart of the search: two days of one person's week drawn again while everything else stands, and one
person's cheapest week.

A draw is exact: of all legal ways to spend both days (shift or day off, start, length, blocks of activities) each is
taken with the odds ``exp(-points / heat)``. Sums over all of them come from a forward pass by quarter hours within a
shift; the choice from walking back. At little heat this is the cheapest way, equal ones by lot.

All in one file: what is kept on disk of an entry point is renewed only when the file of the entry point changes.
"""

# ruff: noqa: PLR0912, PLR0915 - compiled loops are split where it does not cost passing ten arrays on

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from counterpoint.science.rostering.schedules.columns import Ints

compiled: Any = njit(cache=True, nogil=True)
LONGEST, SHORTEST, BLOCK, RUN = 40, 24, 4, 5  # quarter hours; days
FAR = 50.0  # logarithm of odds too small to be drawn
OVERHEAD = 4000  # steps of a draw besides the shifts
MISSING = 1 << 32  # rank of a person missing: above all points
TOP = 64  # excess from which each more costs as much


class Ground(NamedTuple):
    """What stands: cover ``least`` and ``most`` by quarter hour and activity; ``clock`` of each way to start, its
    ``first[day, way]`` quarter hour and the ``room`` there (longest shift, 0: none); ``ready[way, length]``: first way
    to start the day after; each person's ``fewest`` and ``largest`` number of quarter hours."""

    least: Ints
    most: Ints
    first: Ints
    room: Ints
    ready: Ints
    fewest: Ints
    largest: Ints


class Weeks(NamedTuple):
    """A plan: ``way[person, day]`` to start (-1: day off), ``length``, the activity of each quarter hour of the shift
    and the people ``staffed`` by quarter hour and activity."""

    way: Ints
    length: Ints
    acts: Ints
    staffed: Ints


@compiled
def level(ground: Ground, staffed: Ints, quarter: int, act: int) -> int:
    """0: one more person is needed; 1: costs nothing; 2 and up: costs 1, 3, 5 and so on."""
    people = staffed[quarter, act]
    if people < ground.least[quarter, act]:
        return 0
    over = people - ground.most[quarter, act]
    return 1 if over < 0 else 2 + min(over, TOP)


@compiled
def points(ground: Ground, staffed: Ints) -> tuple[int, int]:
    """The squared excess, and the number of people missing."""
    cost = missing = 0
    for quarter in range(staffed.shape[0]):
        for act in range(staffed.shape[1]):
            people = staffed[quarter, act]
            missing += max(0, ground.least[quarter, act] - people)
            over = max(0, people - ground.most[quarter, act])
            cost += over * over
    return cost, missing


@compiled
def put(ground: Ground, weeks: Weeks, person: int, day: int, by: int) -> tuple[int, int]:
    """Add a person's shift to the staffing (``by`` 1) or take it off (-1): change of (points, people missing)."""
    cost = missing = 0
    way = weeks.way[person, day]
    if way < 0:
        return 0, 0
    first = ground.first[day, way]
    for n in range(weeks.length[person, day]):
        quarter, act = first + n, weeks.acts[person, day, n]
        if by < 0:
            weeks.staffed[quarter, act] -= 1
        now = level(ground, weeks.staffed, quarter, act)
        if now == 0:
            missing -= by
        elif now >= 2:
            cost += by * (2 * (now - 2) + 1)
        if by > 0:
            weeks.staffed[quarter, act] += 1
    return cost, missing


@compiled
def shift_sums(odds, four, start, longest, acts, grown, total):
    """Sums over all ways to fill a shift from ``start``: ``grown[n, act]`` by last activity, ``total[n]``."""
    for n in range(BLOCK):
        total[n] = 0.0
        for act in range(acts):
            grown[n, act] = 0.0
    total[0] = 1.0
    for n in range(BLOCK, longest + 1):
        whole, base = 0.0, total[n - BLOCK]
        for act in range(acts):
            fresh = max(0.0, base - grown[n - BLOCK, act])
            value = grown[n - 1, act] * odds[start + n - 1, act] + fresh * four[start + n - BLOCK, act]
            grown[n, act] = value
            whole += value
        total[n] = whole


@compiled
def reach(ground, weeks, person, day, other):
    """First way to start that keeps the rest after the day before, and the way that the day after starts by: days that
    stand, not the ``other`` one."""
    earliest, latest = 0, 1 << 30
    if day > 0 and day - 1 != other and weeks.way[person, day - 1] >= 0:
        earliest = ground.ready[weeks.way[person, day - 1], weeks.length[person, day - 1]]
    if day + 1 < weeks.way.shape[1] and day + 1 != other and weeks.way[person, day + 1] >= 0:
        latest = weeks.way[person, day + 1]
    return earliest, latest


@compiled
def day_sums(ground, weeks, person, day, other, odds_of, price, odds, four, base, grown, total, values):
    """``values[way, length - SHORTEST]``: the sum over the day's shifts that keep the rest to the days that stand,
    divided by the exponential of the number given."""
    acts, ways = odds.shape[1], ground.first.shape[1]
    earliest, latest = reach(ground, weeks, person, day, other)
    begin, end = 1 << 30, 0
    for way in range(earliest, ways):
        if ground.room[day, way] and ground.ready[way, SHORTEST] <= latest:
            begin = min(begin, ground.first[day, way])
            end = max(end, ground.first[day, way] + ground.room[day, way])
    values[:] = -np.inf
    best, steps = -np.inf, 0
    if end > 0:
        weigh(ground, weeks.staffed, begin, end, odds_of, price, odds, four, base)
    for way in range(earliest, ways if end > 0 else 0):
        longest, start = ground.room[day, way], ground.first[day, way]
        while longest >= SHORTEST and ground.ready[way, longest] > latest:
            longest -= 1
        if longest < SHORTEST:
            continue
        shift_sums(odds, four, start, longest, acts, grown, total)
        steps += longest * acts
        for length in range(SHORTEST, longest + 1):
            if total[length] > 0.0:
                value = np.log(total[length]) - (base[start + length] - base[start])
                values[way, length - SHORTEST] = value
                best = max(best, value)
    for way in range(ways):
        for n in range(LONGEST - SHORTEST + 1):
            value = values[way, n] - best
            values[way, n] = np.exp(value) if value > -FAR else 0.0
    return best, steps


@compiled
def weigh(ground, staffed, begin, end, odds_of, price, odds, four, base):
    """Odds of each activity by quarter hour against the cheapest there, products of four in a row, and the sums
    ``base`` of the cheapest prices."""
    acts = odds.shape[1]
    base[begin] = 0.0
    for quarter in range(begin, end):
        lowest = TOP + 2
        for act in range(acts):
            lowest = min(lowest, level(ground, staffed, quarter, act))
        for act in range(acts):
            odds[quarter, act] = odds_of[lowest, level(ground, staffed, quarter, act)]
        base[quarter + 1] = base[quarter] + price[lowest]
    for quarter in range(begin, end - BLOCK + 1):
        for act in range(acts):
            four[quarter, act] = (
                odds[quarter, act] * odds[quarter + 1, act] * odds[quarter + 2, act] * odds[quarter + 3, act]
            )


@compiled
def fill(odds, four, start, length, grown, total, acts_out):
    """Draw the activities of a shift."""
    acts = odds.shape[1]
    shift_sums(odds, four, start, length, acts, grown, total)
    n, last = length, -1
    while n > 0:
        whole = total[n] - (grown[n, last] if last >= 0 else 0.0)
        ticket = np.random.random() * whole
        chosen = -1
        for act in range(acts):
            if act == last or grown[n, act] <= 0.0:
                continue
            chosen = act
            ticket -= grown[n, act]
            if ticket < 0:
                break
        while True:
            longer = grown[n - 1, chosen] * odds[start + n - 1, chosen]
            if np.random.random() * grown[n, chosen] < longer:
                acts_out[n - 1] = chosen
                n -= 1
            else:
                acts_out[n - BLOCK : n] = chosen
                n -= BLOCK
                break
        last = chosen


@compiled
def legal_runs(weeks, person, first, second, on_first, on_second):
    """Whether no more than ``RUN`` days are worked running."""
    run = 0
    for day in range(weeks.way.shape[1]):
        works = weeks.way[person, day] >= 0
        if day == first:
            works = on_first
        elif day == second:
            works = on_second
        run = run + 1 if works else 0
        if run > RUN:
            return False
    return True


@compiled
def pick(values):
    """An index drawn by its value; -1 when all are 0."""
    whole = values.sum()
    if not whole > 0.0:
        return -1
    ticket, chosen = np.random.random() * whole, -1
    for n in range(values.shape[0]):
        if values[n] > 0.0:
            chosen = n
            ticket -= values[n]
            if ticket < 0:
                break
    return chosen


@compiled
def draw_spans(ground, weeks, person, first, second, one, other, scale_one, scale_other, spans):
    """Draw (way, length) of both days into ``spans``; False when nothing has any odds."""
    spread = LONGEST - SHORTEST + 1
    ways = ground.first.shape[1]
    rest = 0
    for day in range(weeks.way.shape[1]):
        if day != first and day != second:
            rest += weeks.length[person, day]
    low, high = ground.fewest[person] - rest, ground.largest[person] - rest
    close = second == first + 1
    odds = np.full(4, -np.inf)  # both off, first only, second only, both
    if low <= 0 <= high and legal_runs(weeks, person, first, second, False, False):
        odds[0] = 0.0
    by_one, by_other = np.zeros(spread), np.zeros(spread)
    for n in range(spread):
        for way in range(ways):
            by_one[n] += one[way, n]
            by_other[n] += other[way, n]
    fits = np.zeros(spread, np.bool_)
    for n in range(spread):
        fits[n] = low <= n + SHORTEST <= high
    if legal_runs(weeks, person, first, second, True, False):
        whole = 0.0
        for n in range(spread):
            whole += by_one[n] if fits[n] else 0.0
        if whole > 0.0:
            odds[1] = scale_one + np.log(whole)
    if legal_runs(weeks, person, first, second, False, True):
        whole = 0.0
        for n in range(spread):
            whole += by_other[n] if fits[n] else 0.0
        if whole > 0.0:
            odds[2] = scale_other + np.log(whole)
    pairs = np.zeros((spread, spread))
    before = np.zeros((ways + 2, spread))
    if legal_runs(weeks, person, first, second, True, True):
        if close:
            for way in range(ways):
                for n in range(spread):
                    before[ground.ready[way, n + SHORTEST], n] += one[way, n]
            for way in range(1, ways + 1):
                for n in range(spread):
                    before[way, n] += before[way - 1, n]
            for way in range(ways):
                for b in range(spread):
                    value = other[way, b]
                    if value > 0.0:
                        for a in range(spread):
                            pairs[a, b] += before[way, a] * value
        else:
            for a in range(spread):
                for b in range(spread):
                    pairs[a, b] = by_one[a] * by_other[b]
        whole = 0.0
        for a in range(spread):
            for b in range(spread):
                if low <= a + b + 2 * SHORTEST <= high:
                    whole += pairs[a, b]
                else:
                    pairs[a, b] = 0.0
        if whole > 0.0:
            odds[3] = scale_one + scale_other + np.log(whole)
    top = odds.max()
    if top == -np.inf:
        return False
    kind = pick(np.exp(odds - top))
    spans[:] = 0
    spans[0] = spans[2] = -1
    if kind == 1:
        n = pick(np.where(fits, by_one, 0.0))
        spans[0], spans[1] = pick(one[:, n].copy()), n + SHORTEST
    elif kind == 2:
        n = pick(np.where(fits, by_other, 0.0))
        spans[2], spans[3] = pick(other[:, n].copy()), n + SHORTEST
    elif kind == 3:
        both = pick(pairs.ravel())
        a, b = both // spread, both % spread
        if close:
            late = pick(other[:, b] * before[:ways, a])
            early = one[:, a].copy()
            for way in range(ways):
                if ground.ready[way, a + SHORTEST] > late:
                    early[way] = 0.0
            spans[0] = pick(early)
            spans[2] = late
        else:
            spans[0], spans[2] = pick(one[:, a].copy()), pick(other[:, b].copy())
        spans[1], spans[3] = a + SHORTEST, b + SHORTEST
    return True


@compiled
def redraw(ground, weeks, best, record, seed, count, heat, lack):
    """``count`` draws at one ``heat`` when a missing person costs ``lack`` points: the best rank and the steps taken.

    Plans that rank below ``record`` are copied to ``best``.
    """
    np.random.seed(seed)
    people, days = weeks.way.shape
    quarters, acts = weeks.staffed.shape
    ways, spread = ground.first.shape[1], LONGEST - SHORTEST + 1
    odds, other_odds = np.zeros((quarters, acts)), np.zeros((quarters, acts))
    four, other_four = np.zeros((quarters, acts)), np.zeros((quarters, acts))
    base, total = np.zeros(quarters + 1), np.zeros(LONGEST + 1)
    grown = np.zeros((LONGEST + 1, acts))
    one, other = np.zeros((ways, spread)), np.zeros((ways, spread))
    spans = np.zeros(4, np.int64)
    price = np.zeros(TOP + 3)
    price[0] = -lack / heat
    price[2:] = (2 * np.arange(TOP + 1) + 1) / heat
    odds_of = np.exp(price.reshape(-1, 1) - price.reshape(1, -1))
    cost, missing = points(ground, weeks.staffed)
    steps = 0
    for _ in range(count):
        person, first, second = np.random.randint(people), np.random.randint(days), np.random.randint(days - 1)
        if second >= first:
            second += 1
        else:
            first, second = second, first
        if weeks.way[person, first] < 0 and weeks.way[person, second] < 0:
            continue
        for day in (first, second):
            more, lacks = put(ground, weeks, person, day, -1)
            cost, missing = cost + more, missing + lacks
        scale, spent = day_sums(
            ground, weeks, person, first, second, odds_of, price, odds, four, base, grown, total, one
        )  # fmt: skip
        other_scale, also = day_sums(
            ground, weeks, person, second, first, odds_of, price, other_odds, other_four, base, grown, total, other
        )
        steps += OVERHEAD + spent + also
        if draw_spans(ground, weeks, person, first, second, one, other, scale, other_scale, spans):
            weeks.way[person, first], weeks.length[person, first] = spans[0], spans[1]
            weeks.way[person, second], weeks.length[person, second] = spans[2], spans[3]
            if spans[0] >= 0:
                fill(odds, four, ground.first[first, spans[0]], spans[1], grown, total, weeks.acts[person, first])
            if spans[2] >= 0:
                start = ground.first[second, spans[2]]
                fill(other_odds, other_four, start, spans[3], grown, total, weeks.acts[person, second])
        for day in (first, second):
            more, lacks = put(ground, weeks, person, day, 1)
            cost, missing = cost + more, missing + lacks
        if missing * MISSING + cost < record:
            record = missing * MISSING + cost
            best.way[:], best.length[:] = weeks.way, weeks.length
            best.acts[:], best.staffed[:] = weeks.acts, weeks.staffed
    return record, steps


@compiled
def cheapest_shifts(price, start, longest, grown, total):
    """As :func:`shift_sums`, but the cheapest way: ``price`` of one person by quarter hour and activity."""
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
def cheapest_fill(price, start, length, grown, total, acts_out):
    """The activities of the cheapest shift."""
    cheapest_shifts(price, start, length, grown, total)
    n = length
    while n > 0:
        act = np.argmin(grown[n])
        while grown[n, act] == grown[n - 1, act] + price[start + n - 1, act]:
            n -= 1
            acts_out[n] = act
        acts_out[n - BLOCK : n] = act
        n -= BLOCK


@compiled
def cheapest_week(ground, price, person, way, length, acts):
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
