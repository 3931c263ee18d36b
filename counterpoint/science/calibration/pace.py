"""Do people work faster when tickets wait? Minutes at the counter against how many waited when the turn began."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from counterpoint.science.calibration.problem import Params
from counterpoint.science.calibration.services import ServiceFit
from counterpoint.science.calibration.tickets import FloatArray
from counterpoint.science.twin.model import MOST_PACES

PRIOR = 50.0  # tickets that a pace of 1 counts for
PLAIN = 3.0  # standard errors beyond which a pace is no chance


@dataclass(frozen=True)
class PaceFit:
    """How many times as fast as on average people work with 0, 1, 2 … tickets waiting, the last for more.

    `speeds` are shrunk towards 1, with `intervals`; `tickets` says how many turns each rests on. `used` says
    whether any differs from 1 by more than chance; otherwise the twin works at one pace.
    """

    speeds: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    tickets: tuple[int, ...]
    used: bool


def waiting_at_call(table: pd.DataFrame) -> NDArray[np.int64]:
    """Tickets waiting at each ticket's call, itself left out; -1 for those who were not called."""
    seen = np.full(len(table), -1, dtype=np.int64)
    for _, rows in table.groupby("day", sort=False).indices.items():
        arrived, until = table["arrived"].to_numpy()[rows], table["until"].to_numpy()[rows]
        called = table["called"].to_numpy()[rows]
        known = ~np.isnan(until)
        came, went = np.sort(arrived[known]), np.sort(until[known])
        count = np.searchsorted(came, called, side="right") - np.searchsorted(went, called, side="right")
        seen[rows] = np.where(np.isnan(called), -1, np.maximum(count, 0))
    return seen


def fit_pace(table: pd.DataFrame, services: tuple[ServiceFit, ...], gap: float, params: Params) -> PaceFit:
    """From service minutes (servers' speeds taken out) over their service's mean, `gap` minutes of turnaround added.

    With the turnaround the pace speaks of what the twin calls counter time.
    """
    means = {fit.service: fit.mean for fit in services if fit.origin == "fitted"}
    mean = table["service"].map(means).to_numpy(dtype=np.float64)
    minutes = table["minutes"].to_numpy(dtype=np.float64)
    seen = waiting_at_call(table)
    good = (minutes * 60 > params.short_seconds) & ~np.isnan(mean) & (seen >= 0)
    expected, taken = mean[good] + gap, minutes[good] + gap
    level = np.minimum(seen[good], MOST_PACES - 1)
    count = np.bincount(level, minlength=MOST_PACES)
    if good.sum() < params.min_server or (count > 0).sum() < 2:
        return PaceFit((), (), (), False)
    ratios = taken / expected
    overall = float(ratios.mean())
    last = int(np.flatnonzero(count)[-1]) + 1
    rows = [_level(ratios[level == n] / overall) for n in range(last)]
    used = any(abs(ratio - 1) > PLAIN * error for ratio, error, n in rows if n >= PRIOR)
    z = float(special.ndtri(0.5 + params.confidence / 2))
    shrunk = [((n * ratio + PRIOR) / (n + PRIOR), error * n / (n + PRIOR)) for ratio, error, n in rows]
    bands = tuple((1 / (ratio + z * error), 1 / max(ratio - z * error, 1e-3)) for ratio, error in shrunk)
    return PaceFit(tuple(1 / ratio for ratio, _ in shrunk), bands, tuple(n for _, _, n in rows), used)


def _level(ratios: FloatArray) -> tuple[float, float, int]:
    """Mean ratio of one number of tickets waiting, its standard error, and from how many turns."""
    n = len(ratios)
    if n < 2:
        return 1.0, 0.0, 0  # one turn says nothing
    return float(ratios.mean()), float(ratios.std(ddof=1) / math.sqrt(n)), n
