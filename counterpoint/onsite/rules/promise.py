"""The promise made with a ticket: a range of minutes from a formula, and whether it was kept.

The formula is the fallback for the twin's futures: the work ahead, shared by the counters that can do it, with the
spread of a sum of independent service times (normal approximation of the 20 % and 80 % quantiles).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor, sqrt

Z80 = 0.8416212335729143  # standard normal quantile of 80 %
LONGEST = 240.0


@dataclass(frozen=True)
class Promise:
    """Minutes to the call, P20–P80, and what they come from: ``twin``, ``formula``, or ``closed`` (nobody serves)."""

    low: float
    high: float
    by: str
    ahead: int


@dataclass(frozen=True)
class Work:
    """Service time of a service at the counter: mean and standard deviation in minutes."""

    mean: float
    sd: float


def range_by_formula(
    ahead: Iterable[str], works: Mapping[str, Work], counters: int, busy: Iterable[tuple[str, float]]
) -> Promise:
    """Minutes until the call of somebody behind the services `ahead`, with `counters` able counters.

    `busy` holds (service, minutes already spent) of each able counter that is serving now; idle counters are not in it.
    """
    queue = list(ahead)
    occupied = list(busy)
    if counters <= 0:
        return Promise(LONGEST, LONGEST, "closed", len(queue))
    if not queue and len(occupied) < counters:
        return Promise(0.0, 1.0, "formula", 0)
    left = [max(works[s].mean - spent, 0.25 * works[s].mean) for s, spent in occupied]
    spread = [works[s].sd for s, _ in occupied]
    first_free = min(left, default=0.0) if not queue and len(occupied) >= counters else None
    mean = first_free if first_free is not None else (sum(left) + sum(works[s].mean for s in queue)) / counters
    variance = sum(sd**2 for sd in spread) + sum(works[s].sd ** 2 for s in queue)
    sd = sqrt(variance) / counters
    return rounded(mean - Z80 * sd, mean + Z80 * sd, "formula", len(queue))


def rounded(low: float, high: float, by: str, ahead: int) -> Promise:
    """Whole minutes outwards; never below zero, never a range of zero width."""
    bottom = float(max(0, floor(min(low, LONGEST))))
    top = float(min(LONGEST, max(ceil(high), bottom + 1)))
    return Promise(min(bottom, top), top, by, ahead)


def waited_minutes(taken_at: datetime, called_at: datetime) -> float:
    """Minutes from ticket to call."""
    return (called_at - taken_at).total_seconds() / 60


def kept(waited: float, high: float | None) -> bool | None:
    """Whether the call came by the upper end of the promise (shown in whole minutes); None when none was made."""
    return None if high is None else waited <= high + 0.5
