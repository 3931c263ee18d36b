"""Width of the intervals, checked on the branch's own past: weeks re-forecast as they would have been then."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from counterpoint.science.demand import within
from counterpoint.science.demand.replay import FARTHEST, Replay
from counterpoint.science.demand.total import TotalModel

Array = NDArray[np.float64]
NORMAL_90 = 1.2815515655446004
SHARE = 0.8  # what P10 to P90 promises
PRIOR_WEEKS = 5.0  # the model's own width is trusted as much as this many re-forecast weeks
LATER = (8, 29)  # days ahead from which a factor of its own holds: weeks two to four, and beyond
LEAST_DAYS = 14
NARROWEST, WIDEST = 0.4, 2.5


@dataclass(frozen=True)
class Calibration:
    """Factors on the standard deviation of day effects and on the variance of interval noise, with their evidence.

    `day` holds for the first week; `later` lists (first day ahead, factor) of the horizon groups beyond it. `rest` is
    the factor on the standard deviation of what is left of a day once it is corrected by what came (`nowcast`).
    """

    day: float = 1.0
    cell: float = 1.0
    days: int = 0
    cells: int = 0
    later: tuple[tuple[int, float], ...] = ()
    rest: float = 1.0

    def width(self, ahead: NDArray[np.intp]) -> Array:
        """Factor of the day effect of days so many days ahead (1 is the first day of the horizon)."""
        out = np.full(len(ahead), self.day)
        for first, factor in self.later:
            out[ahead >= first] = factor
        return out


def cell_cov(
    model: TotalModel,
    cells: tuple[NDArray[np.intp], NDArray[np.intp]],
    factor: Calibration,
    interval: int,
    ahead: NDArray[np.intp] | None = None,
) -> Array:
    """Covariance of the log rate over open cells: shared day effects plus noise remembered within the day.

    `ahead` says how many days ahead the asked days are; without it all lie in the first week.
    """
    day, place = cells
    width = factor.width(np.ones(len(model.cov), dtype=np.intp) if ahead is None else ahead)
    cov = np.asarray((model.cov * np.outer(width, width))[np.ix_(day, day)], dtype=float)
    for row in np.unique(day):
        own = np.flatnonzero(day == row)
        spread = np.asarray(model.spread[place[own]] * factor.cell, dtype=float)
        starts = np.asarray(place[own] * float(interval), dtype=float)
        noise = within.day_cov(spread, model.mixture, starts, model.profile[row, place[own]])
        cov[np.ix_(own, own)] = cov[np.ix_(own, own)] + noise
    return cov


def conformal_scale(score: Array, share: float = SHARE) -> float:
    """Factor on the width at which `share` of new scores lie inside, by the split-conformal rank.

    `score`: absolute errors in standard deviations of the model, exchangeable with those to come. The ceil((n + 1)
    share)-th smallest of them (the largest, where n is too small for that) over the normal quantile of the same share.
    """
    rank = min(int(np.ceil((len(score) + 1) * share - 1e-9)), len(score))
    return float(np.partition(score, rank - 1)[rank - 1] / norm.ppf((1 + share) / 2))


def calibrate(past: Replay | None) -> Calibration:
    """Compare forecasts of past days with what came, by how far ahead they were made.

    Days of one week move together, so a group's factor is trusted by its weeks: weeks / (weeks + 5).
    """
    if past is None:
        return Calibration()
    mean, use = past.expected, past.use
    total, came = mean.sum(axis=1), (past.actual * use).sum(axis=1)
    score = np.abs(came - total) / np.sqrt(total + total**2 * past.var)
    edges = (1, *LATER, FARTHEST + 1)
    factors = []
    for first, last in pairwise(edges):
        group = (past.ahead >= first) & (past.ahead < last)
        weeks = len(np.unique(past.row[group] // 7))
        wanted = float(np.clip(conformal_scale(score[group]), NARROWEST, WIDEST)) if weeks else 1.0
        factors.append(wanted ** (weeks / (weeks + PRIOR_WEEKS)))
    near = np.flatnonzero(past.ahead < LATER[0])
    use, mean, cov = use[near], mean[near], past.noise(near)
    var = past.var[near] * factors[0] ** 2
    gap, day_var = np.abs(past.actual[near] - mean)[use], np.broadcast_to(var[:, None], use.shape)[use]
    weeks = len(np.unique(past.origin[near]))
    trust = weeks / (weeks + PRIOR_WEEKS)
    noise = _cell_factor(gap, mean[use], day_var, np.diagonal(cov, axis1=1, axis2=2)[use]) ** trust
    rest = _rest_factor(past, near, cov * noise + var[:, None, None]) ** trust
    return Calibration(factors[0], noise, len(near), len(gap), tuple(zip(LATER, factors[1:], strict=True)), rest)


def _rest_factor(past: Replay, rows: NDArray[np.intp], cov: Array) -> float:
    """Factor on the standard deviation of the rest of a day that is corrected by its first half, from past days.

    The first half of the customers expected are taken as seen (Gaussian update with the variance of Poisson counts);
    the sum of the others is compared with what came.
    """
    mean, use = past.expected[rows], past.use[rows]
    part = np.cumsum(mean, axis=1) / mean.sum(axis=1, keepdims=True)
    seen, rest = use & (part <= 0.5), use & (part > 0.5)
    both = np.flatnonzero(seen.any(axis=1) & rest.any(axis=1))
    if len(both) < LEAST_DAYS:
        return 1.0
    mean, seen, rest, cov = mean[both], seen[both], rest[both], cov[both]
    safe = np.maximum(mean, 0.05)
    off = np.where(seen, (past.actual[rows][both] - mean) / safe, 0.0)
    noisy = cov + np.where(seen, 1 / safe, 1e9)[:, :, None] * np.eye(mean.shape[1])
    solved = np.linalg.solve(noisy, np.concatenate([off[:, :, None], cov], axis=2))
    moved = np.where(rest, mean * np.exp((cov @ solved[:, :, :1])[:, :, 0]), 0.0)
    left = (moved[:, None, :] @ (cov - cov @ solved[:, :, 1:]) @ moved[:, :, None])[:, 0, 0]
    came = (past.actual[rows][both] * rest).sum(axis=1)
    score = np.abs(came - moved.sum(axis=1)) / np.sqrt(moved.sum(axis=1) + left)
    return float(np.clip(conformal_scale(score), NARROWEST, WIDEST))


def _cell_factor(gap: Array, mean: Array, day_var: Array, noise_var: Array) -> float:
    """Noise factor at which 80 % of the past cells would have lain within P10 to P90."""
    grid = np.exp(np.linspace(np.log(0.1), np.log(6), 60))
    variance = mean + mean**2 * (day_var + noise_var * grid[:, None])
    inside = (gap <= NORMAL_90 * np.sqrt(variance) + 0.5).mean(axis=1)
    return float(grid[int(np.argmin(np.abs(inside - 0.8)))])
