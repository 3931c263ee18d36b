"""The compiled heart of the search: two days of one person's week drawn again while everything else stands.

A draw is exact: of all legal ways to spend both days (shift or day off, start, length, blocks of activities) each is
taken with the odds ``exp(-points / heat)``. Sums over all of them come from a forward pass by quarter hours within a
shift; the choice from walking back. At little heat this is the cheapest way, equal ones by lot.

All in one file: what is kept on disk of an entry point is renewed only when the file of the entry point changes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from counterpoint.science.rostering.schedules.columns import Floats, Ints

# ruff: noqa: PLR0912 - compiled loops are split where it does not cost passing ten arrays on

Chance = np.random.Generator
compiled: Any = njit(cache=True, nogil=True)
LONGEST, SHORTEST, BLOCK, RUN = 40, 24, 4, 5  # quarter hours; days
FAR = 50.0  # logarithm of odds too small to be drawn
OVERHEAD = 10000  # steps of a draw besides the shifts
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


class Odds(NamedTuple):
    """At some heat: ``price[level]`` in units of the heat, and ``ratio[to, level]`` of the odds of two levels."""

    price: Floats
    ratio: Floats


class Slate(NamedTuple):
    """Working figures of a day: the odds of each activity ``now`` and for ``four`` quarter hours in a row, against the
    cheapest there; ``base``: the cheapest's prices summed up; ``grown[n, act]`` and ``total[n]``: sums over all ways to
    fill the first n quarter hours of a shift, by last activity and in all; ``values[way, length - SHORTEST]``: over all
    shifts."""

    now: Floats
    four: Floats
    base: Floats
    grown: Floats
    total: Floats
    values: Floats


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
def slate(ground: Ground) -> Slate:
    """An empty one."""
    quarters, acts = ground.least.shape
    return Slate(
        np.zeros((quarters, acts)), np.zeros((quarters, acts)), np.zeros(quarters + 1),
        np.zeros((LONGEST + 1, acts)), np.zeros(LONGEST + 1),
        np.zeros((ground.first.shape[1], LONGEST - SHORTEST + 1)),
    )  # fmt: skip


@compiled
def shift_sums(slate: Slate, start: int, longest: int) -> None:
    """Fill ``grown`` and ``total`` for a shift from ``start``. A block follows one of another activity."""
    now, four, grown, total = slate.now, slate.four, slate.grown, slate.total
    acts = now.shape[1]
    for n in range(BLOCK):
        total[n] = 0.0
        for act in range(acts):
            grown[n, act] = 0.0
    total[0] = 1.0
    for n in range(BLOCK, longest + 1):
        whole, base = 0.0, total[n - BLOCK]
        for act in range(acts):
            fresh = max(0.0, base - grown[n - BLOCK, act])
            value = grown[n - 1, act] * now[start + n - 1, act] + fresh * four[start + n - BLOCK, act]
            grown[n, act] = value
            whole += value
        total[n] = whole


@compiled
def reach(ground: Ground, weeks: Weeks, person: int, day: int, other: int) -> tuple[int, int]:
    """First way to start that keeps the rest after the day before, and the way that the day after starts by: as far as
    those days stand, which the ``other`` one does not."""
    earliest, latest = 0, 1 << 30
    if day > 0 and day - 1 != other and weeks.way[person, day - 1] >= 0:
        earliest = ground.ready[weeks.way[person, day - 1], weeks.length[person, day - 1]]
    if day + 1 < weeks.way.shape[1] and day + 1 != other and weeks.way[person, day + 1] >= 0:
        latest = weeks.way[person, day + 1]
    return earliest, latest


@compiled
def weigh(ground: Ground, staffed: Ints, begin: int, end: int, odds: Odds, slate: Slate) -> None:
    """Fill ``now``, ``four`` and ``base`` of the slate between two quarter hours."""
    now = slate.now
    acts = now.shape[1]
    slate.base[begin] = 0.0
    for quarter in range(begin, end):
        lowest = TOP + 2
        for act in range(acts):
            lowest = min(lowest, level(ground, staffed, quarter, act))
        for act in range(acts):
            now[quarter, act] = odds.ratio[lowest, level(ground, staffed, quarter, act)]
        slate.base[quarter + 1] = slate.base[quarter] + odds.price[lowest]
    for quarter in range(begin, end - BLOCK + 1):
        for act in range(acts):
            slate.four[quarter, act] = (
                now[quarter, act] * now[quarter + 1, act] * now[quarter + 2, act] * now[quarter + 3, act]
            )


@compiled
def day_sums(
    ground: Ground, weeks: Weeks, person: int, day: int, other: int, odds: Odds, slate: Slate
) -> tuple[float, int]:
    """Fill the slate's ``values`` with the day's shifts that keep the rest to the days that stand, divided by the
    exponential of the number given; that number and the steps taken."""
    values, ways = slate.values, ground.first.shape[1]
    earliest, latest = reach(ground, weeks, person, day, other)
    begin, end = 1 << 30, 0
    for way in range(earliest, ways):
        if ground.room[day, way] and ground.ready[way, SHORTEST] <= latest:
            begin = min(begin, ground.first[day, way])
            end = max(end, ground.first[day, way] + ground.room[day, way])
    values[:] = -np.inf
    best, steps = -np.inf, 0
    if end > 0:
        weigh(ground, weeks.staffed, begin, end, odds, slate)
    for way in range(earliest, ways if end > 0 else 0):
        longest, start = ground.room[day, way], ground.first[day, way]
        while longest >= SHORTEST and ground.ready[way, longest] > latest:
            longest -= 1
        if longest < SHORTEST:
            continue
        shift_sums(slate, start, longest)
        steps += longest * slate.now.shape[1]
        for length in range(SHORTEST, longest + 1):
            if slate.total[length] > 0.0:
                value = np.log(slate.total[length]) - (slate.base[start + length] - slate.base[start])
                values[way, length - SHORTEST] = value
                best = max(best, value)
    for way in range(ways):
        for n in range(LONGEST - SHORTEST + 1):
            value = values[way, n] - best
            values[way, n] = np.exp(value) if value > -FAR else 0.0
    return best, steps


@compiled
def fill(chance: Chance, slate: Slate, start: int, length: int, chosen: Ints) -> None:
    """Draw the activities of a shift, backwards."""
    shift_sums(slate, start, length)
    grown, acts = slate.grown, slate.now.shape[1]
    n, last = length, -1
    while n > 0:
        ticket = chance.random() * (slate.total[n] - (grown[n, last] if last >= 0 else 0.0))
        block = -1
        for act in range(acts):
            if act == last or grown[n, act] <= 0.0:
                continue
            block = act
            ticket -= grown[n, act]
            if ticket < 0:
                break
        while chance.random() * grown[n, block] < grown[n - 1, block] * slate.now[start + n - 1, block]:
            n -= 1
            chosen[n] = block
        chosen[n - BLOCK : n] = block
        n, last = n - BLOCK, block


@compiled
def legal_runs(weeks: Weeks, person: int, first: int, second: int, on_first: bool, on_second: bool) -> bool:
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
def pick(chance: Chance, values: Floats) -> int:
    """An index drawn by its value; -1 when all are 0."""
    whole = values.sum()
    if not whole > 0.0:
        return -1
    ticket, chosen = chance.random() * whole, -1
    for n in range(values.shape[0]):
        if values[n] > 0.0:
            chosen = n
            ticket -= values[n]
            if ticket < 0:
                break
    return chosen


@compiled
def pair_sums(ground: Ground, one: Floats, other: Floats, low: int, high: int, close: bool) -> tuple[Floats, Floats]:
    """``pairs[length, other length]``: sums over two shifts of ``low`` to ``high`` quarter hours in all; when the days
    are ``close``, one after the other, with the rest between, from ``before[way, length]``: the first day's shifts
    after which the second may start that way."""
    ways, spread = one.shape
    pairs, before = np.zeros((spread, spread)), np.zeros((ways + 1, spread))
    if close:
        for way in range(ways):
            for n in range(spread):
                before[ground.ready[way, n + SHORTEST], n] += one[way, n]
        for way in range(1, ways + 1):
            before[way] += before[way - 1]
        for way in range(ways):
            for b in range(spread):
                if other[way, b] > 0.0:
                    for a in range(spread):
                        pairs[a, b] += before[way, a] * other[way, b]
    else:
        by_one, by_other = one.sum(axis=0), other.sum(axis=0)
        for a in range(spread):
            for b in range(spread):
                pairs[a, b] = by_one[a] * by_other[b]
    for a in range(spread):
        for b in range(spread):
            if not low <= a + b + 2 * SHORTEST <= high:
                pairs[a, b] = 0.0
    return pairs, before


@compiled
def draw_spans(
    chance: Chance, ground: Ground, weeks: Weeks, person: int, first: int, second: int, one: Floats, other: Floats,
    scale: float, other_scale: float, spans: Ints,
) -> bool:  # fmt: skip
    """Draw way and length of both days into ``spans``, by their values and scales; False when nothing has odds."""
    spread, ways = LONGEST - SHORTEST + 1, one.shape[0]
    rest = weeks.length[person].sum() - weeks.length[person, first] - weeks.length[person, second]
    low, high = ground.fewest[person] - rest, ground.largest[person] - rest
    by_one, by_other = one.sum(axis=0), other.sum(axis=0)
    for n in range(spread):
        if not low <= n + SHORTEST <= high:
            by_one[n] = by_other[n] = 0.0
    close = second == first + 1
    pairs, before = pair_sums(ground, one, other, low, high, close)
    kinds = np.full(4, -np.inf)  # both off, first only, second only, both
    if low <= 0 <= high and legal_runs(weeks, person, first, second, False, False):
        kinds[0] = 0.0
    if by_one.sum() > 0.0 and legal_runs(weeks, person, first, second, True, False):
        kinds[1] = scale + np.log(by_one.sum())
    if by_other.sum() > 0.0 and legal_runs(weeks, person, first, second, False, True):
        kinds[2] = other_scale + np.log(by_other.sum())
    if pairs.sum() > 0.0 and legal_runs(weeks, person, first, second, True, True):
        kinds[3] = scale + other_scale + np.log(pairs.sum())
    if kinds.max() == -np.inf:
        return False
    kind = pick(chance, np.exp(kinds - kinds.max()))
    spans[:] = 0
    spans[0] = spans[2] = -1
    if kind == 1:
        n = pick(chance, by_one)
        spans[0], spans[1] = pick(chance, one[:, n].copy()), n + SHORTEST
    elif kind == 2:
        n = pick(chance, by_other)
        spans[2], spans[3] = pick(chance, other[:, n].copy()), n + SHORTEST
    elif kind == 3:
        both = pick(chance, pairs.ravel())
        a, b = both // spread, both % spread
        early, late = one[:, a].copy(), other[:, b].copy()
        if close:
            spans[2] = pick(chance, late * before[:ways, a])
            for way in range(ways):
                if ground.ready[way, a + SHORTEST] > spans[2]:
                    early[way] = 0.0
        else:
            spans[2] = pick(chance, late)
        spans[0], spans[1], spans[3] = pick(chance, early), a + SHORTEST, b + SHORTEST
    return True


@compiled
def redraw(
    ground: Ground, weeks: Weeks, best: Weeks, record: int, chance: Chance, count: int, heat: float, lack: float
) -> tuple[int, int]:
    """``count`` draws at one ``heat`` when a missing person costs ``lack`` points: the best rank and the steps taken.

    Plans that rank below ``record`` are copied to ``best``.
    """
    people, days = weeks.way.shape
    one, other, spans = slate(ground), slate(ground), np.zeros(4, np.int64)
    price = np.zeros(TOP + 3)
    price[0] = -lack / heat
    price[2:] = (2 * np.arange(TOP + 1) + 1) / heat
    odds = Odds(price, np.exp(price.reshape(-1, 1) - price.reshape(1, -1)))
    cost, missing = points(ground, weeks.staffed)
    steps = 0
    for _ in range(count):
        person, first, second = chance.integers(0, people), chance.integers(0, days), chance.integers(0, days - 1)
        if second >= first:
            second += 1
        else:
            first, second = second, first
        if weeks.way[person, first] < 0 and weeks.way[person, second] < 0:
            continue
        for day in (first, second):
            more, lacks = put(ground, weeks, person, day, -1)
            cost, missing = cost + more, missing + lacks
        scale, spent = day_sums(ground, weeks, person, first, second, odds, one)
        other_scale, also = day_sums(ground, weeks, person, second, first, odds, other)
        steps += OVERHEAD + spent + also
        if draw_spans(
            chance, ground, weeks, person, first, second, one.values, other.values, scale, other_scale, spans
        ):
            weeks.way[person, first], weeks.length[person, first] = spans[0], spans[1]
            weeks.way[person, second], weeks.length[person, second] = spans[2], spans[3]
            if spans[0] >= 0:
                fill(chance, one, ground.first[first, spans[0]], spans[1], weeks.acts[person, first])
            if spans[2] >= 0:
                fill(chance, other, ground.first[second, spans[2]], spans[3], weeks.acts[person, second])
        for day in (first, second):
            more, lacks = put(ground, weeks, person, day, 1)
            cost, missing = cost + more, missing + lacks
        if missing * MISSING + cost < record:
            record = missing * MISSING + cost
            best.way[:], best.length[:] = weeks.way, weeks.length
            best.acts[:], best.staffed[:] = weeks.acts, weeks.staffed
    return record, steps
