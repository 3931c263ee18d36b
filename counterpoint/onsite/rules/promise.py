"""The promise made with a ticket: a range of minutes from a formula, and whether it was kept.

The formula is the fallback for the twin's futures: a walk through the queue with mean service times, with the spread of
a sum of independent service times (normal approximation of the 20 % and 80 % quantiles).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
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


@dataclass(frozen=True)
class Desk:
    """A counter that calls: the services it can do, and (service, minutes already spent) when it is serving."""

    services: frozenset[str]
    busy: tuple[str, float] | None = None


def range_by_formula(service: str, ahead: Iterable[str], works: Mapping[str, Work], desks: Sequence[Desk]) -> Promise:
    """Minutes until the call of somebody for `service` who stands behind the services `ahead`.

    Walks the queue with mean times: whichever desk is free first calls the first ticket that it can do. The spread is
    that of the work done until then at the desks that can do the service.
    """
    queue = [*ahead]
    able = {n for n, desk in enumerate(desks) if service in desk.services}
    if not able:
        return Promise(LONGEST, LONGEST, "closed", len(queue))
    free: list[tuple[float, int]] = []
    spread = [0.0] * len(desks)
    for n, desk in enumerate(desks):
        left = 0.0
        if desk.busy is not None:
            work = works[desk.busy[0]]
            left, spread[n] = max(work.mean - desk.busy[1], 0.25 * work.mean), work.sd**2
        free.append((left, n))
    heapify(free)
    waiting = [*queue, service]
    while free:
        at, n = heappop(free)
        place = next((k for k, wanted in enumerate(waiting) if wanted in desks[n].services), None)
        if place is None:
            continue
        if place == len(waiting) - 1:
            if at == 0.0:
                return Promise(0.0, 1.0, "formula", len(queue))
            sd = sqrt(sum(spread[k] for k in able)) / len(able)
            return rounded(at - Z80 * sd, at + Z80 * sd, "formula", len(queue))
        work = works[waiting.pop(place)]
        spread[n] += work.sd**2
        heappush(free, (at + work.mean, n))
    raise AssertionError("an able desk always comes to call")


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
