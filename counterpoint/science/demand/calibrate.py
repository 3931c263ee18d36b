"""Width of the intervals, checked on the branch's own past: weeks re-forecast as they would have been then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.demand import within
from counterpoint.science.demand.replay import Replay
from counterpoint.science.demand.total import TotalModel

Array = NDArray[np.float64]
NORMAL_90 = 1.2815515655446004
PRIOR_WEEKS = 5.0  # the model's own width is trusted as much as this many re-forecast weeks


@dataclass(frozen=True)
class Calibration:
    """Factors on the standard deviation of day effects and on the variance of interval noise, with their evidence."""

    day: float = 1.0
    cell: float = 1.0
    days: int = 0
    cells: int = 0


def cell_cov(
    model: TotalModel, cells: tuple[NDArray[np.intp], NDArray[np.intp]], factor: Calibration, interval: int
) -> Array:
    """Covariance of the log rate over open cells: shared day effects plus noise remembered within the day."""
    day, place = cells
    cov = np.asarray(model.cov[np.ix_(day, day)] * factor.day**2, dtype=float)
    for row in np.unique(day):
        own = np.flatnonzero(day == row)
        spread = np.asarray(model.spread[place[own]] * factor.cell, dtype=float)
        starts = np.asarray(place[own] * float(interval), dtype=float)
        noise = within.day_cov(spread, model.mixture, starts, model.profile[row, place[own]])
        cov[np.ix_(own, own)] = cov[np.ix_(own, own)] + noise
    return cov


def calibrate(past: Replay | None) -> Calibration:
    """Compare forecasts of past days with what came; shrink towards no change while the evidence is thin."""
    if past is None:
        return Calibration()
    mean, use = past.expected, past.use
    total, came = mean.sum(axis=1), (past.actual * use).sum(axis=1)
    score = np.abs(came - total) / np.sqrt(total + total**2 * past.var)
    near = past.ahead <= 7
    trust = past.weeks / (past.weeks + PRIOR_WEEKS)
    wanted = float(np.quantile(score[near], 0.8)) / NORMAL_90
    day = float(np.clip(wanted, 0.4, 2.5)) ** trust
    use = use & near[:, None]
    gap, day_var = np.abs(past.actual - mean)[use], np.broadcast_to(past.var[:, None], use.shape)[use]
    cell = _cell_factor(gap, mean[use], day_var * day**2, past.noise[use]) ** trust
    return Calibration(day=day, cell=cell, days=int(near.sum()), cells=len(gap))


def _cell_factor(gap: Array, mean: Array, day_var: Array, noise_var: Array) -> float:
    """Noise factor at which 80 % of the past cells would have lain within P10 to P90."""
    grid = np.exp(np.linspace(np.log(0.1), np.log(6), 60))
    variance = mean + mean**2 * (day_var + noise_var * grid[:, None])
    inside = (gap <= NORMAL_90 * np.sqrt(variance) + 0.5).mean(axis=1)
    return float(grid[int(np.argmin(np.abs(inside - 0.8)))])
