"""Which item next, and when it is enough: the most informative one, within the content wanted, and not always the same.

Pure: the ability so far, what was given and a draw in [0, 1) go in. Whoever holds the sitting keeps the state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from counterpoint.science.psychometrics.ability import Ability
from counterpoint.science.psychometrics.arrays import Counts
from counterpoint.science.psychometrics.items import Items

Reason = Literal["sure", "long", "empty"]


@dataclass(frozen=True, eq=False)
class Bank:
    """Items, the cell of content each belongs to, and its family: of one family only one item stands in a sitting.

    Without families every item is its own. ValueError where lengths differ.
    """

    items: Items
    cells: tuple[str, ...]
    families: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.families:
            object.__setattr__(self, "families", self.items.names)
        if not len(self.items) == len(self.cells) == len(self.families):
            raise ValueError("every item has one cell and one family")

    def free(self, given: Sequence[int]) -> Counts:
        """Positions of items whose family was not given."""
        used = {self.families[i] for i in given}
        return np.array([i for i, family in enumerate(self.families) if family not in used], dtype=int)


@dataclass(frozen=True)
class Plan:
    """Shares of content by cell (they add up to 1), the fewest and most items, the sd that is enough, among how many of
    the best one is drawn, and the share of sittings in which an item may stand. ValueError for a plan that contradicts
    itself."""

    shares: Mapping[str, float]
    fewest: int = 5
    most: int = 40
    enough: float = 0.32
    among: int = 5
    cap: float = 1.0

    def __post_init__(self) -> None:
        if not self.shares or min(self.shares.values()) < 0 or abs(sum(self.shares.values()) - 1) > 1e-6:
            raise ValueError(f"shares of content must add up to 1: {dict(self.shares)}")
        if not 0 < self.fewest <= self.most or self.among < 1 or self.enough <= 0 or not 0 < self.cap <= 1:
            raise ValueError("a plan needs 0 < fewest <= most, among >= 1, enough > 0 and a cap in (0, 1]")


@dataclass(frozen=True, eq=False)
class Exposure:
    """In how many of `sittings` each item stood, counted before this sitting began."""

    shown: Counts
    sittings: int


def choose(
    bank: Bank, plan: Plan, given: Sequence[int], now: Ability, *, draw: float, exposure: Exposure | None = None
) -> int | None:
    """Position of the next item, or None when none is left.

    The cell that lags most behind its share comes first. Items at their cap are passed over, unless the cell has no
    other: then the least shown ones stand in. Sittings that run at the same time do not see one another's items, so the
    cap can be passed by as many as run at once.
    """
    free = bank.free(given)
    cell = _neediest(bank, plan, given, {bank.cells[i] for i in free})
    if cell is None:
        return None
    inside = np.array([i for i in free if bank.cells[i] == cell], dtype=int)
    if exposure is not None and plan.cap < 1:
        inside = _under_cap(inside, exposure, plan.cap)
    told = bank.items.take(inside).information(now.mean)
    best = inside[np.lexsort((inside, -told))][: plan.among]
    return int(best[min(int(draw * len(best)), len(best) - 1)])


def _neediest(bank: Bank, plan: Plan, given: Sequence[int], there: set[str]) -> str | None:
    counts = dict.fromkeys(plan.shares, 0)
    for i in given:
        if bank.cells[i] in counts:
            counts[bank.cells[i]] += 1
    gaps = {
        cell: share * (len(given) + 1) - counts[cell]
        for cell, share in plan.shares.items()
        if cell in there and share > 0
    }
    return max(gaps, key=lambda cell: gaps[cell]) if gaps else None


def _under_cap(inside: Counts, exposure: Exposure, cap: float) -> Counts:
    shown = np.asarray(exposure.shown)[inside]
    under = inside[shown < cap * (exposure.sittings + 1)]
    return under if len(under) else inside[shown == shown.min()]


def stopped(plan: Plan, given: int, now: Ability, *, left: bool = True) -> Reason | None:
    """Why the sitting is over: ``sure`` enough, ``long`` enough, bank ``empty``; None while it goes on."""
    if not left:
        return "empty"
    if given >= plan.most:
        return "long"
    return "sure" if given >= plan.fewest and now.sd <= plan.enough else None
