"""Whether an item behaves as its fitted curve says: S-X² of Orlando and Thissen (2000), by score on the whole form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from counterpoint.science.psychometrics.arrays import Floats
from counterpoint.science.psychometrics.fit import Fit
from counterpoint.science.psychometrics.marginal import GRID, LOG_WEIGHTS
from counterpoint.science.psychometrics.responses import OPEN, Responses

LEAST_EXPECTED = 1.0  # right and wrong answers in a group of scores, below which it joins its neighbour


@dataclass(frozen=True)
class ItemFit:
    """`chance` is how often an item that fits would be as far off, None where too few groups of scores are left. With
    many items some are low by chance alone: look at those below 0.01, and at the curve. Degrees are groups less the
    numbers of the item's own: two with ``2pl``, one with ``1pl``."""

    name: str
    statistic: float
    degrees: int
    chance: float | None


def fit_of_items(found: Fit, answers: Responses) -> tuple[ItemFit, ...]:
    """Of the same answers the items were fitted on. Only people who answered all items count.

    ValueError when nobody did, or names differ.
    """
    if found.items.names != answers.names:
        raise ValueError("these answers are to other items")
    marks = answers.marks[(answers.marks != OPEN).all(axis=1)]
    if not len(marks):
        raise ValueError("nobody answered all items: fit by score needs whole rows")
    total = marks.sum(axis=1)
    chance = found.items.chance(GRID).T
    everything = sums(chance) @ np.exp(LOG_WEIGHTS)
    free = 2 if found.model == "2pl" else 1
    return tuple(
        _item_fit(name, _expected(chance, j, everything), marks[:, j], total, free)
        for j, name in enumerate(answers.names)
    )


def sums(chance: Floats) -> Floats:
    """How likely each number of right answers is: from items × nodes to scores × nodes (Lord and Wingersky 1984)."""
    found = np.zeros((len(chance) + 1, chance.shape[1]))
    found[0] = 1.0
    for n, own in enumerate(chance):
        found[1 : n + 2] = found[1 : n + 2] * (1 - own) + found[: n + 1] * own
        found[0] *= 1 - own
    return found


def _expected(chance: Floats, j: int, everything: Floats) -> Floats:
    """Share right on item j among people of each score 1 … J - 1."""
    others = sums(np.delete(chance, j, axis=0))
    with_item = (others * chance[j]) @ np.exp(LOG_WEIGHTS)
    return np.asarray(with_item[:-1] / everything[1:-1])


def _item_fit(name: str, expected: Floats, own: Floats, total: Floats, free: int) -> ItemFit:
    groups: list[list[float]] = []
    people = right = due = wrong_due = 0.0
    for score, share in enumerate(expected, start=1):
        here = total == score
        people, right = people + here.sum(), right + own[here].sum()
        due, wrong_due = due + here.sum() * share, wrong_due + here.sum() * (1 - share)
        if min(due, wrong_due) >= LEAST_EXPECTED:
            groups.append([people, right, due])
            people = right = due = wrong_due = 0.0
    if people and groups:
        groups[-1] = [a + b for a, b in zip(groups[-1], (people, right, due), strict=True)]
    degrees = max(0, len(groups) - free)
    n, observed, wanted = np.array(groups).reshape(-1, 3).T
    statistic = float(((observed - wanted) ** 2 / (wanted * (1 - wanted / n))).sum())
    return ItemFit(name, statistic, degrees, float(chi2.sf(statistic, degrees)) if degrees > 0 else None)
