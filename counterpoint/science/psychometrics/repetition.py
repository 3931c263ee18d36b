"""When to show a question again that was missed: the published model FSRS-6 in whole days.

Two numbers of a card are kept: its stability (days until it is known with 90 % chance only) and its difficulty (1–10).
Formulas and weights are those of the open library `fsrs` 6.3 without learning steps and without fuzz, so that the same
answers give the same days; the tests hold the two against each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

Grade = Literal["again", "hard", "good", "easy"]
GRADES: tuple[Grade, ...] = ("again", "hard", "good", "easy")
WEIGHTS = (
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629, 1.6483,
    0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
)  # fmt: skip
DECAY = -WEIGHTS[20]
FACTOR = 0.9 ** (1 / DECAY) - 1
LEAST = 0.001


@dataclass(frozen=True)
class Card:
    """A question family of one person: when it is due, and what the scheduler keeps (plain values, to be stored)."""

    due: datetime
    kept: Mapping[str, Any]


class Scheduler(Protocol):
    """Whatever says when a card is due next."""

    def first(self, at: datetime) -> Card:
        """A card that was never answered; due at once."""

    def after(self, card: Card, grade: Grade, at: datetime) -> Card:
        """The card when it was answered at that time."""


def grade(right: bool, sure: bool | None = None) -> Grade:
    """Wrong is again, whatever the person thought; right but unsure is hard, right is good."""
    if not right:
        return "again"
    return "hard" if sure is False else "good"


def repetition(retention: float = 0.9, most_days: int = 365) -> Scheduler:
    """The scheduler; `retention` is how likely a card should still be known when it comes. ValueError for a chance that
    is none."""
    if not 0 < retention < 1 or most_days < 1:
        raise ValueError("retention lies between 0 and 1, and a pause is at least a day")
    return _InDays(retention, most_days)


@dataclass(frozen=True)
class _InDays:
    retention: float
    most_days: int

    def first(self, at: datetime) -> Card:
        return Card(at, {})

    def after(self, card: Card, grade: Grade, at: datetime) -> Card:
        rating = GRADES.index(grade) + 1
        if "stability" in card.kept:
            stability, difficulty = _later(card.kept, rating, at)
        else:
            stability, difficulty = WEIGHTS[rating - 1], _within(_first_difficulty(rating))
        days = round(stability / FACTOR * (self.retention ** (1 / DECAY) - 1))
        kept = {"stability": stability, "difficulty": difficulty, "last": at.isoformat()}
        return Card(at + timedelta(days=min(max(days, 1), self.most_days)), kept)


def _later(kept: Mapping[str, Any], rating: int, at: datetime) -> tuple[float, float]:
    stability, difficulty = float(kept["stability"]), float(kept["difficulty"])
    gone = at - datetime.fromisoformat(kept["last"])
    if gone < timedelta(days=1):
        grown = math.exp(WEIGHTS[17] * (rating - 3 + WEIGHTS[18])) * stability ** -WEIGHTS[19]
        new = stability * (max(grown, 1.0) if rating >= 2 else grown)
    else:
        known = (1 + FACTOR * max(0, gone.days) / stability) ** DECAY
        new = (
            _forgotten(stability, difficulty, known) if rating == 1 else _recalled(stability, difficulty, known, rating)
        )
    return max(new, LEAST), _next_difficulty(difficulty, rating)


def _recalled(stability: float, difficulty: float, known: float, rating: int) -> float:
    w = WEIGHTS
    grown = math.exp(w[8]) * (11 - difficulty) * stability ** -w[9] * (math.exp((1 - known) * w[10]) - 1)
    return stability * (1 + grown * {2: w[15], 4: w[16]}.get(rating, 1.0))


def _forgotten(stability: float, difficulty: float, known: float) -> float:
    w = WEIGHTS
    long = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1) * math.exp((1 - known) * w[14])
    return min(long, stability / math.exp(w[17] * w[18]))


def _first_difficulty(rating: int) -> float:
    return WEIGHTS[4] - math.exp(WEIGHTS[5] * (rating - 1)) + 1


def _next_difficulty(difficulty: float, rating: int) -> float:
    moved = difficulty - WEIGHTS[6] * (rating - 3) * (10 - difficulty) / 9
    return _within(WEIGHTS[7] * _first_difficulty(4) + (1 - WEIGHTS[7]) * moved)


def _within(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)
