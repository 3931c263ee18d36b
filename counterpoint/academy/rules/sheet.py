"""The sheet of a played day: four parts from 0 to 100, each from one amount where less is better. Published formulas.

A part is 100 at what the best found run needed and 0 at what doing nothing needed. Where doing nothing needs no more
than the best (who orders nothing moves nobody), 100 is at the best's amount and 0 at `ROOM` beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PARTS = ("service", "risk", "people", "cost")
WEIGHTS = {"service": 0.4, "risk": 0.3, "people": 0.15, "cost": 0.15}
ROOM = {"service": 120.0, "risk": 60.0, "people": 60.0, "cost": 120.0}  # minutes


@dataclass(frozen=True, slots=True)
class Part:
    """One part: 0–100, None when the day asked nothing of that kind; the amounts that it comes from, in minutes."""

    key: str
    score: int | None
    mine: float
    best: float
    nothing: float


def part(key: str, mine: float, best: float, nothing: float) -> Part:
    """One part from its three amounts."""
    zero = nothing if nothing > best else best + ROOM[key]
    share = (zero - mine) / (zero - best)
    return Part(key, round(100 * min(1.0, max(0.0, share))), mine, best, nothing)


def sheet(amounts: Mapping[str, tuple[float, float, float] | None]) -> tuple[Part, ...]:
    """All parts from (mine, best found, nothing) each; None for a part that the day did not ask for."""
    found = []
    for key in PARTS:
        held = amounts.get(key)
        found.append(part(key, *held) if held is not None else Part(key, None, 0.0, 0.0, 0.0))
    return tuple(found)


def total(parts: tuple[Part, ...]) -> int:
    """The weighted mean of the parts that there are."""
    known = [(WEIGHTS[one.key], one.score) for one in parts if one.score is not None]
    weight = sum(share for share, _score in known)
    return round(sum(share * score for share, score in known) / weight) if weight else 0
