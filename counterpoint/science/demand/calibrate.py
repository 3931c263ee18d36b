"""Width of the intervals, checked on the branch's own past: weeks re-forecast as they would have been then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.demand import within
from counterpoint.science.demand.grid import Grid
from counterpoint.science.demand.problem import Params
from counterpoint.science.demand.total import TotalModel, fit_total

Array = NDArray[np.float64]
NORMAL_90 = 1.2815515655446004
PRIOR_WEEKS = 5.0  # the model's own width is trusted as much as this many re-forecast weeks
CALIBRATION_DAYS = 180
ENOUGH_DAYS = 28


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


def calibrate(grid: Grid, final: TotalModel, params: Params, fallback: Array) -> Calibration:
    """Compare past one-week forecasts with what came; shrink towards no change while the evidence is thin."""
    day_scores: list[float] = []
    gaps: list[Array] = []
    means: list[Array] = []
    day_vars: list[Array] = []
    noise_vars: list[Array] = []
    total, weeks = grid.total, 0
    for week in range(1, params.calibrate_weeks + 1):
        stop = len(grid.days) - 7 * week
        if stop < ENOUGH_DAYS:
            break
        weeks += 1
        asked = grid.days[stop : stop + 7]
        model = fit_total(
            grid.between(max(0, stop - CALIBRATION_DAYS), stop),
            asked,
            params,
            fallback=fallback,
            centre=None,
            variances=final.variances,
        )
        for row in range(7):
            cells = np.flatnonzero(grid.valid[stop + row] & final.valid[stop + row] & (model.profile[row] > 0))
            if not len(cells):
                continue
            where = (np.full(len(cells), row, dtype=np.intp), cells)
            mean = np.exp(model.mean[row]) * model.profile[row, cells]
            cov = cell_cov(model, where, Calibration(), grid.interval)
            actual = total[stop + row, cells]
            noise = mean.sum() + float(mean @ (cov - model.cov[row, row]) @ mean)
            spread = noise + mean.sum() ** 2 * model.cov[row, row]
            day_scores.append(float((actual.sum() - mean.sum()) / np.sqrt(spread)))
            gaps.append(np.abs(actual - mean))
            means.append(mean)
            day_vars.append(np.full(len(cells), model.cov[row, row]))
            noise_vars.append(np.diag(cov) - model.cov[row, row])
    if not day_scores:
        return Calibration()
    trust = weeks / (weeks + PRIOR_WEEKS)
    wanted = float(np.quantile(np.abs(np.array(day_scores)), 0.8)) / NORMAL_90
    day = float(np.clip(wanted, 0.4, 2.5)) ** trust
    gap, mean, day_var, noise_var = (np.concatenate(part) for part in (gaps, means, day_vars, noise_vars))
    cell = _cell_factor(gap, mean, day_var * day**2, noise_var) ** trust
    return Calibration(day=day, cell=cell, days=len(day_scores), cells=len(gap))


def _cell_factor(gap: Array, mean: Array, day_var: Array, noise_var: Array) -> float:
    """Noise factor at which 80 % of the past cells would have lain within P10 to P90."""
    grid = np.exp(np.linspace(np.log(0.1), np.log(6), 60))
    variance = mean + mean**2 * (day_var + noise_var * grid[:, None])
    inside = (gap <= NORMAL_90 * np.sqrt(variance) + 0.5).mean(axis=1)
    return float(grid[int(np.argmin(np.abs(inside - 0.8)))])
