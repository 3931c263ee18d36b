"""The compiled heart of pricing: the cheapest walks through one person's automaton of legal days.

A state is a run of shifts (its length, the class of its last shift) or of days off; beside it stand the counts of the
tracked shift types, the weekends worked and the units of minutes so far. Exact: every legal schedule is a walk.
"""

# ruff: noqa: PLR0912, PLR0915 - compiled loops are split where it does not cost passing ten arrays on

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from counterpoint.science.rostering.schedules.columns import Bools, Floats, Ints

FAR = 1 << 28
OPENS, CLOSES = 1, 2  # a day that begins a weekend; a second day, which counts only when the day before was off
compiled: Any = njit(cache=True, nogil=True)


class Rules(NamedTuple):
    """One person's rules. ``kind_of[type]`` groups types that the rules treat alike; a kind has ``units`` of minutes
    and the position in ``limits`` of the count it uses (−1: none). ``off_next[state]`` and ``work_next[state, kind]``
    are the automaton (−1: forbidden, state 0: before day 0), ``works[state]`` tells shifts from days off.
    ``weekend[day]`` is ``OPENS``, ``CLOSES`` or 0; at most ``weekends``; ``least`` to ``most`` units in all. Units may
    stray from an even pace by ``corridor``: no limit when it is ``FAR``, else some legal schedules are left out."""

    kind_of: Ints
    units: Ints
    track: Ints
    off_next: Ints
    work_next: Ints
    works: Bools
    weekend: Ints
    weekends: int
    least: int
    most: int
    limits: Ints
    corridor: int = FAR


class Trellis(NamedTuple):
    """All cheapest ways. ``cost[day modulo depth, state, tally, weekends, unit − base[day]]``; ``origin`` likewise by
    day, as ``state * (kinds + 1) + kind`` (the last kind: a day off); the best type by day and kind; the ``strides``
    of tallies."""

    cost: Floats
    origin: Ints
    chosen: Ints
    base: Ints
    strides: Ints
    steps: int


@compiled
def bands(rules: Rules, chosen: Ints, off_open: Bools) -> tuple[Ints, Ints]:
    """Per day and state the fewest and most units from which a legal end is in reach; low > high when none is."""
    days, kinds = chosen.shape
    states = rules.off_next.shape[0]
    low = np.full((days + 1, states), FAR, np.int64)
    high = np.full((days + 1, states), -FAR, np.int64)
    low[0, 0] = high[0, 0] = 0
    for day in range(days):
        for state in range(states):
            if low[day, state] > high[day, state]:
                continue
            to = rules.off_next[state]
            if off_open[day] and to >= 0:
                low[day + 1, to] = min(low[day + 1, to], low[day, state])
                high[day + 1, to] = max(high[day + 1, to], high[day, state])
            for kind in range(kinds):
                to = rules.work_next[state, kind]
                if chosen[day, kind] >= 0 and to >= 0:
                    low[day + 1, to] = min(low[day + 1, to], low[day, state] + rules.units[kind])
                    high[day + 1, to] = max(high[day + 1, to], high[day, state] + rules.units[kind])
    fewest, largest = np.zeros(states, np.int64), np.zeros(states, np.int64)  # still to come
    for day in range(days, -1, -1):
        if day < days:
            after_few, after_large = fewest.copy(), largest.copy()
            for state in range(states):
                few, large, to = FAR, -FAR, rules.off_next[state]
                if off_open[day] and to >= 0:
                    few, large = after_few[to], after_large[to]
                for kind in range(kinds):
                    to = rules.work_next[state, kind]
                    if chosen[day, kind] >= 0 and to >= 0:
                        few = min(few, after_few[to] + rules.units[kind])
                        large = max(large, after_large[to] + rules.units[kind])
                fewest[state], largest[state] = few, large
        for state in range(states):
            low[day, state] = max(low[day, state], rules.least - largest[state])
            high[day, state] = min(high[day, state], rules.most - fewest[state])
            if rules.corridor < FAR:
                pace = (rules.least + rules.most) * day // (2 * days)
                low[day, state] = max(low[day, state], pace - rules.corridor)
                high[day, state] = min(high[day, state], pace + rules.corridor)
    return low, high


@compiled
def frame(low: Ints, high: Ints) -> tuple[Ints, int]:
    """First unit of each day, and the width that holds every day's units; width 0 when a day has no legal state."""
    base = np.zeros(low.shape[0], np.int64)
    width = 1
    for day in range(low.shape[0]):
        lowest, highest = FAR, -FAR
        for state in range(low.shape[1]):
            if low[day, state] <= high[day, state]:
                lowest, highest = min(lowest, low[day, state]), max(highest, high[day, state])
        if lowest > highest:
            return base, 0
        base[day] = lowest
        width = max(width, highest - lowest + 1)
    return base, width


@compiled
def forward(rules: Rules, values: Floats, off_open: Bools, depth: int) -> Trellis:
    """The cheapest way to every state, day after day. ``values[day, type]``: a shift's cost (infinite: not allowed)."""
    days, types = values.shape
    kinds, states = rules.units.shape[0], rules.off_next.shape[0]
    price = np.full((days, kinds), np.inf)
    chosen = np.full((days, kinds), -1, np.int64)
    for day in range(days):
        for shift in range(types):
            kind = rules.kind_of[shift]
            if values[day, shift] < price[day, kind]:
                price[day, kind] = values[day, shift]
                chosen[day, kind] = shift
    low, high = bands(rules, chosen, off_open)
    base, width = frame(low, high)
    strides = np.ones(rules.limits.shape[0] + 1, np.int64)
    for track in range(rules.limits.shape[0]):
        strides[track + 1] = strides[track] * (rules.limits[track] + 1)
    counts, ends = strides[-1], rules.weekends + 1
    cost = np.full((depth, states, counts, ends, width), np.inf)
    origin = np.empty((days + 1, states, counts, ends, width), np.int16)
    live = np.zeros((2, states), np.bool_)
    steps = 0
    if width:
        live[0, 0] = True
        cost[0, 0, 0, 0, -base[0]] = 0.0
    for day in range(days if width else 0):
        now, then = day % depth, (day + 1) % depth
        for state in range(states):  # what stands there from two days before
            if live[(day + 1) % 2, state]:
                cost[then, state] = np.inf
        live[(day + 1) % 2] = False
        for state in range(states):
            if not live[day % 2, state] or low[day, state] > high[day, state]:
                continue
            for act in range(kinds + 1):
                if act == kinds:
                    to, units, track, gain, weight = rules.off_next[state], 0, -1, 0, 0.0
                    if not off_open[day]:
                        continue
                else:
                    to, units, track = rules.work_next[state, act], rules.units[act], rules.track[act]
                    gain, weight = gained(rules, day, state), price[day, act]
                    if chosen[day, act] < 0:
                        continue
                if to < 0 or low[day + 1, to] > high[day + 1, to]:
                    continue
                first = max(low[day, state], low[day + 1, to] - units)
                last = min(high[day, state], high[day + 1, to] - units)
                if first > last:
                    continue
                live[(day + 1) % 2, to] = True
                shift = units + base[day] - base[day + 1]
                code = state * (kinds + 1) + act
                for tally in range(counts):
                    tally_to = tally
                    if track >= 0:
                        if (tally // strides[track]) % (rules.limits[track] + 1) == rules.limits[track]:
                            continue
                        tally_to = tally + strides[track]
                    for end in range(ends - gain):
                        source = cost[now, state, tally, end]
                        target = cost[then, to, tally_to, end + gain]
                        back = origin[day + 1, to, tally_to, end + gain]
                        for at in range(first - base[day], last - base[day] + 1):
                            value = source[at] + weight
                            if value < target[at + shift]:
                                target[at + shift] = value
                                back[at + shift] = code
                    steps += (ends - gain) * (last - first + 1)
    return Trellis(cost, origin, chosen, base, strides, steps)


@compiled
def gained(rules: Rules, day: int, before: int) -> int:
    """1 when a shift on the day makes one more weekend worked, coming from the state ``before``."""
    opens = rules.weekend[day] == OPENS
    return 1 if opens or (rules.weekend[day] == CLOSES and not rules.works[before]) else 0


@compiled
def cheapest(rules: Rules, values: Floats, off_open: Bools, count: int) -> tuple[Floats, Ints, int]:
    """The ``count`` cheapest walks that end differently: (costs, shift type a day or −1, steps taken)."""
    days, kinds = values.shape[0], rules.units.shape[0]
    ways = forward(rules, values, off_open, 2)
    _, _, counts, ends, width = ways.cost.shape
    flat = ways.cost[days % 2].ravel()
    finite = np.flatnonzero(flat < np.inf)
    order = finite[np.argsort(flat[finite], kind="mergesort")][:count]
    plans = np.full((order.shape[0], days), -1, np.int64)
    for number in range(order.shape[0]):
        spot = order[number]
        at, end = spot % width, (spot // width) % ends
        tally, state = (spot // (width * ends)) % counts, spot // (width * ends * counts)
        for day in range(days, 0, -1):
            code = ways.origin[day, state, tally, end, at]
            before, act = code // (kinds + 1), code % (kinds + 1)
            at += ways.base[day] - ways.base[day - 1]
            if act < kinds:
                plans[number, day - 1] = ways.chosen[day - 1, act]
                at -= rules.units[act]
                end -= gained(rules, day - 1, before)
                if rules.track[act] >= 0:
                    tally -= ways.strides[rules.track[act]]
            state = before
    return flat[order], plans, ways.steps


@compiled
def moves_into(rules: Rules, types: int) -> tuple[Ints, Ints, Ints]:
    """Moves by the state they lead to: first move of each state, state before, shift type (``types``: a day off)."""
    states = rules.off_next.shape[0]
    first = np.zeros(states + 1, np.int64)
    before = np.empty(states * (types + 1), np.int64)
    moved = np.empty(states * (types + 1), np.int64)
    n = 0
    for to in range(states):
        for state in range(states):
            for shift in range(types):
                if rules.work_next[state, rules.kind_of[shift]] == to:
                    before[n], moved[n] = state, shift
                    n += 1
            if rules.off_next[state] == to:
                before[n], moved[n] = state, types
                n += 1
        first[to + 1] = n
    return first, before, moved


@compiled
def within(rules: Rules, values: Floats, off_open: Bools, bar: float, count: int) -> tuple[Ints, bool]:
    """All walks that cost at most ``bar``, types alike told apart: (plans, complete). Gives up beyond ``count``.

    Backwards in depth: a move is followed when the cheapest way to where it comes from keeps the bar.
    """
    days, types = values.shape
    ways = forward(rules, values, off_open, days + 1)
    states, counts, ends, width = ways.cost.shape[1:]
    first, before, moved = moves_into(rules, types)
    plans = np.full((count, days), -1, np.int64)
    found = 0
    spots = np.zeros((days + 1, 4), np.int64)  # state, tally, weekends, unit
    turn = np.zeros(days + 1, np.int64)
    after = np.zeros(days + 1)  # cost of the days behind
    path = np.full(days, -1, np.int64)
    for spot in range(states * counts * ends * width):
        unit, end = spot % width, (spot // width) % ends
        tally, state = (spot // (width * ends)) % counts, spot // (width * ends * counts)
        if not ways.cost[days, state, tally, end, unit] <= bar:
            continue
        day = days
        spots[day, 0], spots[day, 1], spots[day, 2], spots[day, 3] = state, tally, end, unit
        turn[day], after[day] = first[state], 0.0
        while day <= days:
            if day == 0:
                if found == count:
                    return plans, False
                plans[found] = path
                found += 1
                day += 1
                continue
            if turn[day] == first[spots[day, 0] + 1]:
                day += 1
                continue
            move = turn[day]
            turn[day] += 1
            prior, shift = before[move], moved[move]
            tally, end, unit = spots[day, 1], spots[day, 2], spots[day, 3] + ways.base[day] - ways.base[day - 1]
            extra = 0.0
            if shift == types:
                if not off_open[day - 1]:
                    continue
            else:
                kind = rules.kind_of[shift]
                extra = values[day - 1, shift]
                unit -= rules.units[kind]
                end -= gained(rules, day - 1, prior)
                track = rules.track[kind]
                if track >= 0:
                    if (tally // ways.strides[track]) % (rules.limits[track] + 1) == 0:
                        continue
                    tally -= ways.strides[track]
            if unit < 0 or unit >= width or end < 0:
                continue
            if ways.cost[day - 1, prior, tally, end, unit] + extra + after[day] <= bar:
                path[day - 1] = -1 if shift == types else shift
                after[day - 1] = after[day] + extra
                day -= 1
                spots[day, 0], spots[day, 1], spots[day, 2], spots[day, 3] = prior, tally, end, unit
                turn[day] = first[prior]
    return plans[:found], True
