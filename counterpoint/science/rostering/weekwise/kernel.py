"""Compiled: what a hall with so many people of each kind costs, the cheapest week of one person, and the descent: a few
people leave the hall, each comes back with the best week, what is no worse is kept.

All in one file: what is kept on disk of an entry point is renewed only when the file of the entry point changes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
compiled: Any = njit(cache=True, nogil=True)
NOBODY = -1
ABSENT = -2  # first number of a person who is not in the hall yet
STAYS_FREE = -2  # a day off that is not counted any more


class Arrays(NamedTuple):
    """The problem as numbers; points are costs, lengths are intervals, masks have a bit a skill (or a pair).

    ``option``: a row a possible day: first and end interval, lunch's first and end (equal: none), intervals worked,
    late or not. ``price`` is what an option costs by itself; a person's options of a day are ``first[person, day]`` up
    to before ``last``; ``off`` is the cost of a day off (infinite where it is no choice).
    ``week[p, n]``: the cost of n intervals worked; ``late``, ``weekend``: of so many days. ``streak[p, day]``: the cost
    of working that day when no day before it was free; ``rests[p]``: how many days must be free.
    ``skills``, ``pairs``: masks of person x day.
    ``units``, ``worth``: skill and points of the units of worth, dearest first; those of position p (interval of the
    week) are ``unit_first[p]`` up to before the next one's. ``base``: a position's cost with nobody there; ``over``:
    that of one more person. ``pair_need``: positions x pairs, able people due; a missing one costs ``pair_worth``.
    """

    intervals: int
    option: Ints
    price: Floats
    first: Ints
    last: Ints
    off: Floats
    week: Floats
    late: Floats
    weekend: Floats
    is_weekend: Ints
    streak: Floats
    rests: Ints
    skills: Ints
    pairs: Ints
    units: Ints
    worth: Floats
    unit_first: Ints
    base: Floats
    over: float
    pair_need: Ints
    pair_worth: Floats


@compiled
def man(there: Ints, units: Ints, begin: int, end: int, taken: Ints) -> int:
    """Which units of worth can be manned by ``there[mask]`` people of each set of skills; how many people there are.

    Units are taken dearest first as long as the people suffice for what is taken already: by Hall's condition, any set
    of skills must have at least as many able people as units taken from it. That is best: the sets of units that can be
    manned are the independent sets of a matroid (transversal; Edmonds and Fulkerson 1965). ``taken[unit - begin]``
    becomes 1 or 0.
    """
    sets = there.size
    room = np.zeros(sets, dtype=np.int64)
    present = 0
    for mask in range(sets):
        n = there[mask]
        if n:
            present += n
            for chosen in range(1, sets):
                if chosen & mask:
                    room[chosen] += n
    for unit in range(begin, end):
        bit = 1 << units[unit]
        fits = True
        for chosen in range(1, sets):
            if chosen & bit and room[chosen] == 0:
                fits = False
                break
        taken[unit - begin] = int(fits)
        if fits:
            for chosen in range(1, sets):
                if chosen & bit:
                    room[chosen] -= 1
    return present


@compiled
def heads_at(t: Arrays, there: Ints, position: int, skills: int) -> Ints:
    """People on each of so many ``skills`` at one position."""
    begin, end = t.unit_first[position], t.unit_first[position + 1]
    taken = np.zeros(max(1, end - begin), dtype=np.int64)
    man(there, t.units, begin, end, taken)
    heads = np.zeros(skills, dtype=np.int64)
    for unit in range(begin, end):
        heads[t.units[unit]] += taken[unit - begin]
    return heads


@compiled
def position_cost(t: Arrays, there: Ints, able: Ints, position: int) -> float:
    """The cost of one interval with ``there[mask]`` people of each set of skills and ``able`` people for each pair."""
    begin, end = t.unit_first[position], t.unit_first[position + 1]
    taken = np.zeros(max(1, end - begin), dtype=np.int64)
    cost = t.base[position] + t.over * man(there, t.units, begin, end, taken)
    for unit in range(begin, end):
        if taken[unit - begin]:
            cost -= t.worth[unit]
    for q in range(t.pair_worth.size):
        lack = t.pair_need[position, q] - able[q]
        if lack > 0:
            cost += lack * t.pair_worth[q]
    return cost


@compiled
def come_or_go(t: Arrays, person: int, rows: Ints, sign: int, there: Ints, able: Ints, touched: Ints) -> None:
    """Put a person with these days into the hall (sign 1) or take the person out (sign -1)."""
    for day in range(rows.size):
        row = rows[day]
        if row < 0:
            continue
        mask, pairs = t.skills[person, day], t.pairs[person, day]
        for n in range(t.option[row, 0], t.option[row, 1]):
            if t.option[row, 2] <= n < t.option[row, 3]:
                continue
            position = day * t.intervals + n
            there[position, mask] += sign
            touched[position] = 1
            for q in range(able.shape[1]):
                able[position, q] += sign * ((pairs >> q) & 1)


@compiled
def settle(t: Arrays, there: Ints, able: Ints, touched: Ints, cost: Floats) -> None:
    """Work out anew the cost of the positions that were touched."""
    for position in range(touched.size):
        if touched[position]:
            touched[position] = 0
            cost[position] = position_cost(t, there[position], able[position], position)


@compiled
def marginal_prices(t: Arrays, person: int, there: Ints, able: Ints, cost: Floats, prices: Floats) -> None:
    """What the hall would cost more, at each position, with this person in it, who is not there now."""
    for day in range(t.off.shape[1]):
        begin, end = t.intervals, 0
        for row in range(t.first[person, day], t.last[person, day]):
            begin, end = min(begin, t.option[row, 0]), max(end, t.option[row, 1])
        mask, pairs = t.skills[person, day], t.pairs[person, day]
        for n in range(begin, end):
            position = day * t.intervals + n
            there[position, mask] += 1
            for q in range(able.shape[1]):
                able[position, q] += (pairs >> q) & 1
            prices[position] = position_cost(t, there[position], able[position], position) - cost[position]
            there[position, mask] -= 1
            for q in range(able.shape[1]):
                able[position, q] -= (pairs >> q) & 1


@compiled
def best_days(t: Arrays, person: int, day: int, prices: Floats, best: Floats, chosen: Ints) -> None:
    """The best option of one day for each length and lateness: ``best[length, late]`` and its row ``chosen``."""
    sums = np.zeros(t.intervals + 1)
    for n in range(t.intervals):
        sums[n + 1] = sums[n] + prices[day * t.intervals + n]
    for row in range(t.first[person, day], t.last[person, day]):
        value = t.price[row] + sums[t.option[row, 1]] - sums[t.option[row, 0]]
        value -= sums[t.option[row, 3]] - sums[t.option[row, 2]]
        length, late = t.option[row, 4], t.option[row, 5]
        if value < best[length, late]:
            best[length, late] = value
            chosen[length, late] = row


@compiled
def kinds_of(best: Floats) -> Ints:
    """The lengths and latenesses of a day that anybody can choose, shorter first, as 2 x length + late."""
    kinds = np.empty(best.size, dtype=np.int64)
    n = 0
    for length in range(1, best.shape[0]):
        for late in range(2):
            if best[length, late] < np.inf:
                kinds[n] = 2 * length + late
                n += 1
    return kinds[:n]


@compiled
def one_day_on(now: Floats, later: Floats, move: Ints, best: Floats, off: float, streak: float, weekend: int) -> None:
    """One day of the dynamic programme: values by days off, late days, weekend days and intervals worked so far."""
    frees, lates, ends, most = now.shape
    kinds = kinds_of(best)
    for free in range(frees):
        for late in range(lates):
            for end in range(ends):
                for n in range(most):
                    value = now[free, late, end, n]
                    if value == np.inf:
                        continue
                    rest = min(free + 1, frees - 1)
                    if value + off < later[rest, late, end, n]:
                        later[rest, late, end, n] = value + off
                        move[rest, late, end, n] = NOBODY if free < rest else STAYS_FREE
                    value += streak if free == 0 else 0.0
                    if end + weekend >= ends or value == np.inf:
                        continue
                    for kind in kinds:
                        length, is_late = kind // 2, kind % 2
                        if n + length >= most:
                            break
                        cost = value + best[length, is_late]
                        if cost < later[free, late + is_late, end + weekend, n + length]:
                            later[free, late + is_late, end + weekend, n + length] = cost
                            move[free, late + is_late, end + weekend, n + length] = kind


@compiled
def week_at(t: Arrays, person: int, prices: Floats, answer: Ints) -> float:
    """The cheapest legal week when presence at a position costs ``prices``, exact; infinite when there is none.

    Writes the option of each day (or NOBODY) to ``answer``.
    """
    days, most = t.off.shape[1], t.week.shape[1]
    lengths = 1
    for day in range(days):
        for row in range(t.first[person, day], t.last[person, day]):
            lengths = max(lengths, t.option[row, 4] + 1)
    best = np.full((days, lengths, 2), np.inf)
    chosen = np.zeros((days, lengths, 2), dtype=np.int64)
    frees, ends = max(1, t.rests[person]) + 1, 1 + t.is_weekend.sum()
    value = np.full((days + 1, frees, days + 1, ends, most), np.inf)
    move = np.full(value.shape, STAYS_FREE, dtype=np.int64)
    value[0, 0, 0, 0, 0] = 0.0
    for day in range(days):
        best_days(t, person, day, prices, best[day], chosen[day])
        one_day_on(
            value[day], value[day + 1], move[day + 1], best[day], t.off[person, day], t.streak[person, day],
            t.is_weekend[day],
        )  # fmt: skip
    total, at = np.inf, (0, 0, 0, 0)
    for free in range(t.rests[person], frees):
        for late in range(days + 1):
            for end in range(ends):
                for n in range(most):
                    cost = value[days, free, late, end, n]
                    if cost == np.inf:
                        continue
                    cost += t.week[person, n] + t.late[person, late] + t.weekend[person, end]
                    if cost < total:
                        total, at = cost, (free, late, end, n)
    if total < np.inf:
        read_back(t, move, chosen, at, answer)
    return total


@compiled
def read_back(t: Arrays, move: Ints, chosen: Ints, at: tuple[int, int, int, int], answer: Ints) -> None:
    """The days that led to the end ``at`` of the dynamic programme."""
    free, late, end, n = at
    for back in range(answer.size):
        day = answer.size - 1 - back
        step = move[day + 1, free, late, end, n]
        if step < 0:
            answer[day] = NOBODY
            free -= int(step == NOBODY)
        else:
            length, is_late = step // 2, step % 2
            answer[day] = chosen[day, length, is_late]
            late -= is_late
            end -= t.is_weekend[day]
            n -= length


@compiled
def own_cost(t: Arrays, person: int, rows: Ints) -> float:
    """What one person's week costs by itself; infinite when its hours are not legal."""
    total, n, late, end, unbroken = 0.0, 0, 0, 0, True
    for day in range(rows.size):
        row = rows[day]
        if row < 0:
            total += t.off[person, day]
            unbroken = False
            continue
        total += t.price[row] + (t.streak[person, day] if unbroken else 0.0)
        n += t.option[row, 4]
        late += t.option[row, 5]
        end += t.is_weekend[day]
    hours = t.week[person, n] if n < t.week.shape[1] else np.inf
    return total + hours + t.late[person, late] + t.weekend[person, end]


@compiled
def answer(
    t: Arrays, who: Ints, plan: Ints, own: Floats, there: Ints, able: Ints, touched: Ints, cost: Floats, prices: Floats
) -> float:
    """Each of these people in turn leaves, if there, and comes back with the best week; the cost of everything then."""
    for p in who:
        if plan[p, 0] != ABSENT:
            come_or_go(t, p, plan[p], -1, there, able, touched)
        settle(t, there, able, touched, cost)
        marginal_prices(t, p, there, able, cost, prices)
        if week_at(t, p, prices, plan[p]) == np.inf:
            return np.inf
        come_or_go(t, p, plan[p], 1, there, able, touched)
        own[p] = own_cost(t, p, plan[p])
    settle(t, there, able, touched, cost)
    return cost.sum() + own.sum()


@compiled
def shuffle(order: Ints, leaving: int, chance: Floats) -> None:
    """Draw who leaves, in which order, into the first places; ``chance`` are uniforms."""
    for i in range(leaving):
        j = i + int(chance[i] * (order.size - i))
        order[i], order[j] = order[j], order[i]


@compiled
def descend(t: Arrays, chance: Floats, most: int, heat: float, plan: Ints, sets: int) -> tuple[float, int]:
    """Improve ``plan`` (people x days: row of the option, NOBODY when off) in place; its cost and the weeks asked for.

    People whose plan begins with ABSENT are not in the hall yet. First everybody answers in turn until nobody can do
    better alone; then, for each row of ``chance`` (uniforms, ``most`` + 1 a row), two to ``most`` people leave together
    and come back in another order. A worse hall is kept while it is less than a threshold above the best, which falls
    from ``heat`` to nothing; the best is returned. ``sets`` is 2 to the number of skills.
    """
    people, positions, rounds = plan.shape[0], t.base.size, chance.shape[0]
    there = np.zeros((positions, sets), dtype=np.int64)
    able = np.zeros((positions, t.pair_worth.size), dtype=np.int64)
    touched, cost = np.ones(positions, dtype=np.int64), np.zeros(positions)
    own, prices = np.zeros(people), np.zeros(positions)
    order = np.arange(people)
    for p in range(people):
        if plan[p, 0] != ABSENT:
            come_or_go(t, p, plan[p], 1, there, able, touched)
            own[p] = own_cost(t, p, plan[p])
    asked, total, before = 0, np.inf, np.inf
    while True:
        total = answer(t, order, plan, own, there, able, touched, cost, prices)
        asked += people
        if total == np.inf:
            return total, asked
        if total >= before - 1e-6:
            break
        before = total
    best_total, best_plan = total, plan.copy()
    for turn in range(rounds):
        before, kept, kept_own = total, plan.copy(), own.copy()
        leaving = min(people, 2 + int(chance[turn, 0] * max(1, most - 1)))
        shuffle(order, leaving, chance[turn, 1:])
        for p in order[:leaving]:
            come_or_go(t, p, plan[p], -1, there, able, touched)
            plan[p, 0] = ABSENT
            own[p] = 0.0
        total = answer(t, order[:leaving], plan, own, there, able, touched, cost, prices)
        asked += leaving
        if total < best_total - 1e-6:
            best_total, best_plan[:] = total, plan
        elif total > before + 1e-6 and total > best_total + heat * (1.0 - (turn + 1.0) / rounds):
            for p in order[:leaving]:
                come_or_go(t, p, plan[p], -1, there, able, touched)
                plan[p] = kept[p]
                come_or_go(t, p, plan[p], 1, there, able, touched)
                own[p] = kept_own[p]
            settle(t, there, able, touched, cost)
            total = before
    plan[:] = best_plan
    return best_total, asked
