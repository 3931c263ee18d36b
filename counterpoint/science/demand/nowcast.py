"""Correct the running day (and the days after it) by what has come so far."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.demand.grid import ALL, Array, number_column
from counterpoint.science.demand.problem import DAY_MINUTES, DemandInputError
from counterpoint.science.demand.result import Assumption, DemandForecast, Latent, assemble
from counterpoint.science.demand.shares import ShareModel


def nowcast(
    result: DemandForecast, observed: pd.DataFrame, *, day: date, at: int, seed: int, paths: int = 1000
) -> DemandForecast:
    """Forecast given the tickets of `day` up to minute `at`.

    `observed` has `minute`, `count` and, with several services, `service`; an elapsed open interval without a row is
    zero. Only intervals that end by `at` count. Elapsed intervals come back as recorded; the rest is the posterior of
    the log-Gaussian rate under Poisson counts (Laplace approximation), so a busy morning lifts the afternoon as far
    as past days moved together.
    """
    if day not in result.dates:
        raise DemandInputError(f"{day} is not in this forecast; nowcast one of its days.")
    latent = result.latent
    row = result.dates.index(day)
    over = (latent.day == row) & ((latent.interval + 1) * result.interval <= at) & ~np.isfinite(latent.known[0])
    if not over.any():
        return result
    counts = _counts(result, observed, row)[:, latent.interval[over]]
    mean, cov = laplace(latent.mean, latent.cov, np.flatnonzero(over), counts.sum(axis=0))
    today = np.where((latent.day == row) & ~over, result.calibration.rest, 1.0)
    cov = cov * np.outer(today, today)
    known = latent.known.copy()
    known[:, over] = counts
    updated = replace(latent, mean=mean, cov=cov, known=known, shares=_shares(latent, counts, over, row))
    note = Assumption("nowcast", f"Corrected by {counts.sum():.0f} tickets recorded by {at // 60:02d}:{at % 60:02d}.")
    return assemble(
        updated,
        days=result.days,
        services=result.services,
        interval=result.interval,
        width=result.mean.shape[2],
        levels=result.levels,
        paths=paths,
        seed=seed,
        assumptions=(*result.assumptions, note),
        calibration=result.calibration,
        choice=result.choice,
    )


def _counts(result: DemandForecast, observed: pd.DataFrame, row: int) -> Array:
    out = np.zeros((len(result.services), result.mean.shape[2]))
    if not len(observed):
        return out
    absent = {"minute", "count"} - set(observed.columns)
    if absent:
        raise DemandInputError(f"observed lacks the column(s) {', '.join(sorted(absent))}.")
    names = observed["service"].astype(str) if "service" in observed.columns else pd.Series(ALL, index=observed.index)
    strange = sorted(set(names) - set(result.services))
    if strange:
        raise DemandInputError(f"service {strange[0]!r} is not in this forecast of {result.dates[row]}.")
    place = names.map({name: k for k, name in enumerate(result.services)}).to_numpy()
    column = number_column(observed, "minute", "observed", DAY_MINUTES).astype(int) // result.interval
    np.add.at(out, (place, column), number_column(observed, "count", "observed"))
    return out


def laplace(mean: Array, cov: Array, at: NDArray[np.intp], count: Array) -> tuple[Array, Array]:
    """Posterior mean and covariance of a Gaussian log rate after Poisson counts at the cells `at`.

    Newton to the mode in the observed block, at most one unit of the log rate a step, then Gaussian conditioning of
    the rest.
    """
    block = cov[np.ix_(at, at)] + 1e-9 * np.eye(len(at))
    prior, mode = mean[at], mean[at].copy()
    for _ in range(30):
        rate = np.exp(np.clip(mode, -20, 20))
        response = mode + (count - rate) / rate
        gain = np.linalg.solve(block + np.diag(1 / rate), response - prior)
        step = prior + block @ gain - mode
        far = float(np.abs(step).max())
        mode = mode + step / max(far, 1.0)
        if far < 1e-8:
            break
    rate = np.exp(np.clip(mode, -20, 20))
    noisy = block + np.diag(1 / rate)
    cross = cov[:, at]
    working = mode + (count - rate) / rate - prior
    solved = np.linalg.solve(noisy, np.column_stack([working, cross.T]))
    return mean + cross @ solved[:, 0], cov - cross @ solved[:, 1:]


def _shares(latent: Latent, counts: Array, over: NDArray[np.bool_], row: int) -> ShareModel:
    share = latent.shares
    if len(share.spread) == 1:
        return share
    mean, cov = share.mean.copy(), share.cov.copy()
    weight = np.exp(share.shape[:, latent.day[over], latent.interval[over]] + share.mean[:, [row]])
    weight /= np.maximum(weight.sum(axis=0, keepdims=True), 1e-12)
    expected = (weight * counts.sum(axis=0)).sum(axis=1)
    for s in range(len(mean)):
        if expected[s] > 0.05:
            seen = counts[s].sum() / expected[s]
            level = mean[s] + 0.0
            base = np.log(expected[s]) - level[row]
            mode, post = laplace(level + base, cov[s], np.array([row]), np.array([seen * expected[s]]))
            mean[s], cov[s] = mode - base, post
    return replace(share, mean=mean, cov=cov)
