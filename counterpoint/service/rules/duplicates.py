"""Complaints that may tell of the same thing: same customer and cause within some days, or nearly the same words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from counterpoint.service.rules.grams import grams
from counterpoint.service.rules.reading import plain

NEAR = 0.45  # share of common grams (Jaccard) from which texts count as nearly the same
FEW = 12  # grams below which a text is too short to compare


@dataclass(frozen=True)
class Told:
    """A complaint as it is compared. `customer` is a keyed digest of the contact, never the contact itself."""

    id: UUID
    at: datetime
    customer: str
    cause: str
    category: str
    text: str


@dataclass(frozen=True)
class Twin:
    """A possible duplicate: why ("customer" or "words") and how alike the words are, 0 to 1."""

    id: UUID
    why: str
    alike: float


def alike(one: str, other: str) -> float:
    """Share of common grams of two texts, 0 to 1; 0 when either is too short.

    >>> round(alike("空调坏了太热了大厅里面受不了", "大厅里面空调坏了太热了受不了"), 1) > 0.5
    True
    """
    first, second = set(grams(one)), set(grams(other))
    if len(first) < FEW or len(second) < FEW:
        return 1.0 if plain(one).strip() == plain(other).strip() and one.strip() else 0.0
    return len(first & second) / len(first | second)


def suggest(new: Told, others: Iterable[Told], within: timedelta, most: int = 5) -> list[Twin]:
    """Likely duplicates among the others of that time before or after, same customer first, then by likeness."""
    found = []
    for other in others:
        if other.id == new.id or abs(new.at - other.at) > within:
            continue
        share = alike(new.text, other.text)
        same = bool(new.customer) and new.customer == other.customer
        if same and (new.cause == other.cause or new.category == other.category):
            found.append(Twin(other.id, "customer", share))
        elif share >= NEAR:
            found.append(Twin(other.id, "words", share))
    return sorted(found, key=lambda twin: (twin.why != "customer", -twin.alike, str(twin.id)))[:most]


def repeats(new: Told, others: Iterable[Told], within: timedelta) -> int:
    """Earlier complaints of the same customer and category in that time before."""
    return sum(
        1
        for other in others
        if new.customer
        and other.customer == new.customer
        and other.category == new.category
        and other.id != new.id
        and timedelta() <= new.at - other.at <= within
    )
