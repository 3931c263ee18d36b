"""When to show a question again that was missed: the seam to the scheduler FSRS.

The scheduler itself is the library `fsrs`, which the product does not yet depend on: `repetition` asks for it when it
is called and says what to install. Its own fuzz is off, so that the same answers give the same days.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

Grade = Literal["again", "hard", "good", "easy"]


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
    """The scheduler; `retention` is how likely a card should still be known when it comes.

    RuntimeError without fsrs.
    """
    try:
        library = importlib.import_module("fsrs")
    except ImportError as missing:
        raise RuntimeError("spaced repetition needs the package fsrs (6.x): pip install 'fsrs>=6,<7'") from missing
    return _Fsrs(library, retention, most_days)


class _Fsrs:
    def __init__(self, library: Any, retention: float, most_days: int) -> None:
        self.library = library
        self.scheduler = library.Scheduler(
            desired_retention=retention, maximum_interval=most_days, enable_fuzzing=False
        )

    def first(self, at: datetime) -> Card:
        return self._card(self.library.Card(card_id=1, due=at))

    def after(self, card: Card, grade: Grade, at: datetime) -> Card:
        rating = getattr(self.library.Rating, grade.capitalize())
        answered, _ = self.scheduler.review_card(self.library.Card.from_dict(dict(card.kept)), rating, at)
        return self._card(answered)

    @staticmethod
    def _card(card: Any) -> Card:
        return Card(card.due, card.to_dict())
