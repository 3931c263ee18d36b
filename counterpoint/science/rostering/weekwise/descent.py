"""Compiled: take a few people out of the hall, let each come back with the best week, keep what is no worse."""

from __future__ import annotations

import numpy as np

from counterpoint.science.rostering.weekwise.kernel import (
    Arrays,
    Floats,
    Ints,
    come_or_go,
    compiled,
    marginal_prices,
    own_cost,
    settle,
    week_at,
)

ABSENT = -2  # first number of a person who is not in the hall yet


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
