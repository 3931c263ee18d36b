"""The shadow licence: when one is asked, what kind of day it was, and whether the licence holds. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from counterpoint.academy.science import playing

EVERY, JITTER, OPEN_FOR, MOST = 30, 10, 20, 16  # minutes, minutes, minutes, points a day
CROWDED = 1.2  # times as many customers as expected
REGIMES = ("usual", "marked", "crowded", "machine_out", "short")


def points(user: UUID, on: date, opens: int, closes: int) -> tuple[int, ...]:
    """Minutes of a person's day at which they are asked: each half hour, moved by up to `JITTER` minutes by a draw that
    is named by person, day and number, so that nobody can know them before and everybody gets the same again."""
    found = []
    for number, start in enumerate(range(opens + EVERY, closes - EVERY, EVERY)):
        draw = hashlib.sha256(f"shadow {user} {on.isoformat()} {number}".encode()).digest()
        found.append(start + int.from_bytes(draw[:4]) % (2 * JITTER + 1) - JITTER)
    return tuple(found[:MOST])


def asked_now(all_points: Sequence[int], minute: int, answered: Sequence[int]) -> int | None:
    """The point that is open at a minute of the day and not answered yet: a new one takes the place of the one before,
    so that nobody answers for a minute that is further back than another question."""
    last = max((point for point in all_points if point <= minute), default=None)
    return None if last is None or last in answered or minute >= last + OPEN_FOR else last


def regimes(
    *, marked: bool, machine_out: bool, came: int, expected: float, there: int, planned: int
) -> tuple[str, ...]:
    """What kind of day it was; a usual one when nothing else is said of it. `planned` 0: no roster."""
    found = []
    if marked:
        found.append("marked")
    if expected > 0 and came >= CROWDED * expected:
        found.append("crowded")
    if machine_out:
        found.append("machine_out")
    if planned and there < planned:
        found.append("short")
    return tuple(found) or ("usual",)


@dataclass(frozen=True)
class Terms:
    """What a licence asks for: days, kinds of days, answered points a day, minutes of regret a point."""

    days: int
    regimes: int
    points: int
    limit: float


@dataclass(frozen=True)
class Licence:
    """How far a person is. `mean`, `low`, `high` are minutes a point over the newest days (None before two days)."""

    days: int
    regimes: tuple[str, ...]
    mean: float | None
    low: float | None
    high: float | None
    holds: bool


def licence(rows: Sequence[tuple[int, float, Sequence[str]]], terms: Terms) -> Licence:
    """From (points judged, mean regret, kinds) of each day, the newest first; days with too few points do not count.

    Days and their kinds are gathered over all time. The regret is that of the newest `terms.days`, so that the licence
    falls when somebody gets worse and old mistakes are over some day. The interval is over days: points of one day
    depend on each other and count as one.
    """
    counted = [row for row in rows if row[0] >= terms.points]
    kinds = tuple(key for key in REGIMES if any(key in row[2] for row in counted))
    if len(counted) < 2:
        return Licence(len(counted), kinds, None, None, None, False)
    mean = playing.Mean.of([row[1] for row in counted[: max(terms.days, 2)]])
    enough = len(counted) >= terms.days and len(kinds) >= terms.regimes
    return Licence(len(counted), kinds, mean.value, mean.low, mean.high, enough and mean.high <= terms.limit)
