"""Answers drawn from known items and abilities, and a whole adaptive sitting."""

from __future__ import annotations

import numpy as np

from counterpoint.science import psychometrics as p


def drawn_items(count, seed, spread=0.3):
    """Slopes around 1.1, difficulties as wide as the population."""
    rng = np.random.default_rng(seed)
    return p.items(1.1 * np.exp(rng.normal(0, spread, count)), rng.normal(0, 1, count))


def answered(known, abilities, seed):
    """Marks of people × items."""
    chance = known.chance(np.asarray(abilities, dtype=float))
    return (np.random.default_rng(seed).random(chance.shape) < chance).astype(int)


def sitting(bank, plan, marks, name, *, exposure=None):
    """(given, abilities after each item, why it ended) of a person who would answer the bank with `marks`."""
    given, after, now = [], [], p.EVERYBODY
    while True:
        reason = p.stopped(plan, len(given), now)
        item = None
        if reason is None:
            item = p.choose(bank, plan, given, now, draw=p.chance(1, name, len(given)), exposure=exposure)
            reason = "empty" if item is None else None
        if reason is not None:
            return given, after, reason
        given.append(item)
        now = p.ability(bank.items.take(given), marks[given])
        after.append(now)
