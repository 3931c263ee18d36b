"""Drift alarms: when a branch no longer behaves as its forecasts say, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.demand.calibrate import NORMAL_90

Array = NDArray[np.float64]
# in standard deviations: a false alarm in about 465 days, a shift of one found in about ten
ALLOWANCE, LIMIT = 0.5, 5.0
WIDTH_DAYS, WIDTH_LIMIT = 30, 3.0


@dataclass(frozen=True)
class Drift:
    """`kind`: more or fewer customers than forecast, or ranges too narrow; `since`, `found`: indexes of days."""

    kind: Literal["more", "fewer", "narrow"]
    since: int
    found: int


def standardised(actual: Array, low: Array, middle: Array, high: Array) -> Array:
    """Errors in units of the forecast's own standard deviation on that side; `low`, `high` are P10 and P90."""
    side = np.where(actual >= middle, high - middle, middle - low) / NORMAL_90
    return np.asarray((actual - middle) / np.maximum(side, 0.5), dtype=float)


def drift(score: Array) -> Drift | None:
    """The first alarm in a run of standardised daily errors, or None.

    Cumulative sums to both sides (Page 1954) find a moved level; more than `WIDTH_LIMIT` standard deviations too many
    of the last `WIDTH_DAYS` days outside P10 to P90 find ranges that have become too narrow. One wild day counts as
    three standard deviations at most, so that it raises no alarm by itself.
    """
    held = np.clip(score, -3.0, 3.0)
    high = low = 0.0
    since_high = since_low = 0
    outside = np.abs(score) > NORMAL_90
    expected, spread = 0.2 * WIDTH_DAYS, np.sqrt(0.16 * WIDTH_DAYS)
    for day, one in enumerate(held):
        high, low = max(0.0, high + one - ALLOWANCE), max(0.0, low - one - ALLOWANCE)
        since_high, since_low = (since_high if high else day + 1), (since_low if low else day + 1)
        if high > LIMIT:
            return Drift("more", since_high, day)
        if low > LIMIT:
            return Drift("fewer", since_low, day)
        start = day + 1 - WIDTH_DAYS
        if start >= 0 and float(outside[start : day + 1].sum()) > expected + WIDTH_LIMIT * spread:
            return Drift("narrow", start, day)
    return None
