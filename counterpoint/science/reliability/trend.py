"""Whether faults come more and more often: Laplace's test on when they came (Cox and Lewis 1966)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5
SURE = 1.645  # two-sided 10 %


@dataclass(frozen=True)
class Trend:
    """`score` is standard normal when nothing changes; above it faults come more often. `verdict`: worse, better,
    steady or unknown (too few faults)."""

    score: float
    n: int

    @property
    def verdict(self) -> str:
        """In one word."""
        if self.n < FEWEST:
            return "unknown"
        return "worse" if self.score > SURE else "better" if self.score < -SURE else "steady"


def trend(times: Sequence[Sequence[float]], lengths: Sequence[float]) -> Trend:
    """Times of failures of each machine since its record began, and the length of each record, in the same unit.

    Machines of different lengths are pooled: under no change every time is uniform on its own record.
    """
    gap = spread = 0.0
    n = 0
    for own, length in zip(times, lengths, strict=True):
        gap += sum(time - length / 2 for time in own)
        spread += len(own) * length**2 / 12
        n += len(own)
    return Trend(gap / math.sqrt(spread) if spread > 0 else 0.0, n)
