"""From the gap to a way: what to learn next, so that needed levels are reached in the fewest minutes.

Every offer (a lesson, a drill) brings points towards some competencies; a gap is closed when its points are covered,
and points beyond it are worth nothing. Greedy: always the offer that covers most points a minute. For such covers the
chosen ones are worth at least 1 − 1/e of the best choice of as many minutes (Nemhauser, Wolsey and Fisher 1978;
Khuller, Moss and Naor 1999).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST = 8
NOTHING = 1e-9


@dataclass(frozen=True)
class Offer:
    """Something to do: its minutes, and the points that it is expected to bring by competency."""

    key: str
    minutes: float
    gains: Mapping[str, float]


@dataclass(frozen=True)
class Step:
    """An offer of the way, with the points that it covers of each gap that was still open."""

    offer: Offer
    covers: Mapping[str, float]


def worth(gaps: Mapping[str, float], chosen: Sequence[Offer]) -> float:
    """Points of the gaps that the chosen ones cover together."""
    return sum(min(gap, sum(one.gains.get(key, 0.0) for one in chosen)) for key, gap in gaps.items())


def path(gaps: Mapping[str, float], offers: Sequence[Offer], most: int = MOST) -> list[Step]:
    """The way, best first; of equal ones the shorter, then the earlier key. Ends when nothing covers anything."""
    left = {key: gap for key, gap in gaps.items() if gap > NOTHING}
    open_ = sorted(offers, key=lambda one: (one.minutes, one.key))
    found: list[Step] = []
    while open_ and left and len(found) < most:
        best = max(open_, key=lambda one: sum(_covers(left, one).values()) / one.minutes)
        covers = _covers(left, best)
        if sum(covers.values()) <= NOTHING:
            break
        found.append(Step(best, covers))
        open_.remove(best)
        left = {key: gap - covers.get(key, 0.0) for key, gap in left.items() if gap - covers.get(key, 0.0) > NOTHING}
    return found


def _covers(left: Mapping[str, float], offer: Offer) -> dict[str, float]:
    return {key: min(gap, offer.gains[key]) for key, gap in left.items() if offer.gains.get(key, 0.0) > 0}
