"""What a person is shown to be able to do: a Beta posterior over pieces of evidence that fade with time.

A piece of evidence has a score 0–1, a weight and an age. With h the half-life of the competency in days,
``alpha = 1 + Σ w·s·2^(−age/h)`` and ``beta = 1 + Σ w·(1 − s)·2^(−age/h)``, where w = 10 × weight of the source × size
of the piece. The estimate is the mean in points (0–100), the interval holds 90 %, and the shown level is read off the
lower quartile: little or old evidence shows a lower level, never a higher one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

FLOORS = (60.0, 70.0, 80.0, 90.0)  # points from which levels 2, 3, 4, 5 are shown (handbook §11)
FULL = 10.0  # what a full piece of a source of weight 1 counts
STEPS = 40  # halvings when a day is looked for: far below a minute


@dataclass(frozen=True)
class Piece:
    """One piece of evidence: score 0–1, weight of its source 0–1, size 0–1 (1: a full exam, a drill day, a quarter of
    live figures; 0.2: a lesson), and its age in days."""

    score: float
    weight: float
    size: float
    age: float

    @property
    def counts(self) -> float:
        """What it counts while it is new."""
        return FULL * self.weight * self.size

    def left(self, half_life: float, later: float = 0.0) -> float:
        """What it counts `later` days from now."""
        return float(self.counts * 2.0 ** (-max(0.0, self.age + later) / half_life))


@dataclass(frozen=True)
class Estimate:
    """Where a person stands with one competency, in points 0–100; `low`–`high` holds 90 %; `level` is the shown one,
    1–5, read off `quartile`."""

    alpha: float
    beta: float
    value: float
    low: float
    high: float
    quartile: float
    level: int


def posterior(pieces: Sequence[Piece], half_life: float, later: float = 0.0) -> tuple[float, float]:
    """(alpha, beta) `later` days from now. Sums are exact, so that the order of the evidence cannot matter."""
    held = [(piece.left(half_life, later), piece.score) for piece in pieces]
    return 1.0 + fsum(w * s for w, s in held), 1.0 + fsum(w * (1.0 - s) for w, s in held)


def estimate(pieces: Sequence[Piece], half_life: float, later: float = 0.0) -> Estimate:
    """The posterior in points; without evidence 50, from 5 to 95."""
    alpha, beta = posterior(pieces, half_life, later)
    low, quartile, high = (points(alpha, beta, share) for share in (0.05, 0.25, 0.95))
    return Estimate(alpha, beta, 100 * alpha / (alpha + beta), low, high, quartile, level_of(quartile))


def points(alpha: float, beta: float, share: float) -> float:
    """The points below which the posterior holds this share."""
    from scipy.special import betaincinv

    return 100.0 * float(betaincinv(alpha, beta, share))


def level_of(quartile: float) -> int:
    """The level that a lower quartile in points shows: 1–5."""
    return 1 + sum(quartile >= floor for floor in FLOORS)


def floor_of(level: int) -> float:
    """Points that a level needs; 0 for the first."""
    return FLOORS[level - 2] if level > 1 else 0.0


def shown(pieces: Sequence[Piece], half_life: float, later: float = 0.0) -> int:
    """The shown level alone."""
    return level_of(points(*posterior(pieces, half_life, later), 0.25))


def best_before(pieces: Sequence[Piece], half_life: float) -> tuple[int, float] | None:
    """The highest level ever shown and how many days ago it was shown last; None when it is shown now.

    Between two pieces a shown level only falls, so the highest stands at the moment of some piece.
    """
    ages = sorted({piece.age for piece in pieces})
    then = [shown([one for one in pieces if one.age >= age], half_life, -age) for age in ages]
    best, now = max(then, default=1), shown(pieces, half_life)
    if best <= now:
        return None
    at = then.index(best)  # the newest moment of that level
    known = [one for one in pieces if one.age >= ages[at]]
    held, gone = ages[at], ages[at - 1] if at else 0.0
    for _step in range(STEPS):
        middle = (held + gone) / 2
        if shown(known, half_life, -middle) >= best:
            held = middle
        else:
            gone = middle
    return best, held


def falls_in(pieces: Sequence[Piece], half_life: float, level: int, within: float) -> float | None:
    """Days until less than `level` is shown when nothing new comes; 0 when it is less now, None beyond `within`."""
    if shown(pieces, half_life) < level:
        return 0.0
    if level <= 1 or shown(pieces, half_life, within) >= level:
        return None
    held, gone = 0.0, within
    for _step in range(STEPS):
        middle = (held + gone) / 2
        if shown(pieces, half_life, middle) >= level:
            held = middle
        else:
            gone = middle
    return gone


def together(values: Sequence[tuple[float, float]]) -> float:
    """Mean of (value, weight); the plain one when every weight is 0. Of nothing: 0."""
    total = fsum(weight for _value, weight in values)
    if total > 0:
        return fsum(value * weight for value, weight in values) / total
    return fsum(value for value, _weight in values) / len(values) if values else 0.0
