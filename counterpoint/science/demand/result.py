"""The forecast: joint sample paths, their quantiles, and what was assumed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.demand.calibrate import Calibration
from counterpoint.science.demand.choose import Choice
from counterpoint.science.demand.drivers import Drivers
from counterpoint.science.demand.grid import Array
from counterpoint.science.demand.problem import DayInfo
from counterpoint.science.demand.shares import ShareModel

Counts = NDArray[np.int32]


@dataclass(frozen=True)
class Assumption:
    """One plain statement about what the forecast took for granted, with a stable code."""

    code: str
    text: str


@dataclass(frozen=True, eq=False)
class Latent:
    """Gaussian log rate of the open cells and the split among services.

    `day`, `interval`: index of each open cell; `mean` (cells,), `cov` (cells, cells): log expected count of the branch.
    `known` (services, cells): recorded counts of cells already over, NaN for cells still to come.
    """

    day: NDArray[np.intp]
    interval: NDArray[np.intp]
    mean: Array
    cov: Array
    shares: ShareModel
    known: Array


def factor_of(cov: Array) -> Array:
    """Square root of a covariance that may be singular."""
    try:
        return np.asarray(np.linalg.cholesky(cov), dtype=float)
    except np.linalg.LinAlgError:
        pass
    values, vectors = np.linalg.eigh((cov + np.swapaxes(cov, -1, -2)) / 2)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0, None))[..., None, :], dtype=float)


def draw(latent: Latent, n: int, seed: int) -> Counts:
    """Sample paths over open cells, shape (n, services, cells)."""
    rng = np.random.default_rng(seed)
    share = latent.shares
    size, cells = len(share.spread), len(latent.mean)
    half = rng.standard_normal(((n + 1) // 2, cells)) @ factor_of(latent.cov).T
    rate = np.exp(latent.mean + np.concatenate([half, -half])[:n])  # each path and its mirror: a calmer median
    weights = np.ones((n, size, cells), dtype=np.float32)
    if size > 1:
        for s in range(size):
            effect = share.mean[s] + rng.standard_normal((n, share.mean.shape[1])) @ factor_of(share.cov[s]).T
            own = rng.standard_normal((n, cells), dtype=np.float32) * np.float32(np.sqrt(share.spread[s]))
            weights[:, s] = np.exp(effect[:, latent.day] + share.shape[s, latent.day, latent.interval] + own)
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    out = rng.poisson(np.minimum(rate, 1e6)[:, None, :] * weights).astype(np.int32)
    past = np.isfinite(latent.known)
    if past.any():
        out[:, past] = np.rint(latent.known[past]).astype(np.int32)
    return out


@dataclass(frozen=True, eq=False)
class DemandForecast:
    """Arrivals per service and interval for the asked days.

    `quantile` (levels, services, days, intervals) and `mean` (services, days, intervals) describe single services;
    `total_quantile`, `total_mean` all services together; `day_quantile` (levels, services + 1, days) whole days, the
    last row the branch. All come from the same joint paths, so they agree with each other. Closed cells are exactly 0.
    `drivers` says why each day differs from a usual one; None without history.
    `choice` names the model that was taken and how every candidate did on past weeks.
    """

    days: tuple[DayInfo, ...]
    services: tuple[str, ...]
    interval: int
    levels: tuple[float, ...]
    mean: Array
    quantile: Array
    total_mean: Array
    total_quantile: Array
    day_mean: Array
    day_quantile: Array
    assumptions: tuple[Assumption, ...]
    calibration: Calibration
    latent: Latent
    choice: Choice = field(default_factory=Choice)
    drivers: Drivers | None = None

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(day.date for day in self.days)

    def sample(self, n: int, seed: int) -> Counts:
        """Joint sample paths, shape (n, services, days, intervals); closed cells are 0."""
        paths = draw(self.latent, n, seed)
        out = np.zeros((n, *self.mean.shape), dtype=np.int32)
        out[:, :, self.latent.day, self.latent.interval] = paths
        return out

    def summary(self) -> dict[str, Any]:
        """Per day: expected customers and the outer quantiles; busiest interval; assumptions in plain words."""
        low, high = self.day_quantile[0, -1], self.day_quantile[-1, -1]
        rows = []
        for row, day in enumerate(self.days):
            peak = int(np.argmax(self.total_mean[row])) * self.interval
            rows.append(
                {
                    "date": day.date.isoformat(),
                    "expected": round(float(self.day_mean[-1, row]), 1),
                    "low": float(low[row]),
                    "high": float(high[row]),
                    "peak": f"{peak // 60:02d}:{peak % 60:02d}" if day.is_open else None,
                }
            )
        return {
            "days": rows,
            "levels": self.levels,
            "services": len(self.services),
            "assumptions": [f"{one.code}: {one.text}" for one in self.assumptions],
            "model": self.choice.name,
            "scores": {name: round(score, 4) for name, score in self.choice.scores.items()},
        }

    def to_frame(self, level: str = "service") -> pd.DataFrame:
        """Tidy table of the open intervals.

        `level`: "service" (date, minute, service), "total" (date, minute) or "day" (date, service, "all" last);
        then `mean` and one column per quantile, p10 and so on.
        """
        names = [f"p{round(100 * one, 1):g}" for one in self.levels]
        stamps = np.array(self.dates, dtype=object)
        if level == "day":
            who = (*self.services, "all")
            index = pd.MultiIndex.from_product([self.dates, who], names=["date", "service"])
            body = {"mean": self.day_mean.T.ravel()} | {n: self.day_quantile[k].T.ravel() for k, n in enumerate(names)}
            return pd.DataFrame(body, index=index).reset_index()
        day, interval = self.latent.day, self.latent.interval
        if level == "total":
            head: dict[str, Any] = {"date": stamps[day], "minute": interval * self.interval}
            body = {"mean": self.total_mean[day, interval]}
            body |= {n: self.total_quantile[k][day, interval] for k, n in enumerate(names)}
            return pd.DataFrame(head | body)
        size, cells = len(self.services), len(day)
        head = {
            "date": np.tile(stamps[day], size),
            "minute": np.tile(interval * self.interval, size),
            "service": np.repeat(np.array(self.services, dtype=object), cells),
        }
        body = {"mean": self.mean[:, day, interval].ravel()}
        body |= {n: self.quantile[k][:, day, interval].ravel() for k, n in enumerate(names)}
        return pd.DataFrame(head | body).sort_values(["date", "minute", "service"], ignore_index=True)


def assemble(
    latent: Latent,
    *,
    days: tuple[DayInfo, ...],
    services: tuple[str, ...],
    interval: int,
    width: int,
    levels: tuple[float, ...],
    paths: int,
    seed: int,
    assumptions: tuple[Assumption, ...],
    calibration: Calibration,
    choice: Choice | None = None,
) -> DemandForecast:
    """Draw the paths once and read every quantile and mean from them."""
    drawn = draw(latent, paths, seed)
    levels = tuple(sorted(levels))
    size, place = len(services), (latent.day, latent.interval)
    mean, quantile = np.zeros((size, len(days), width)), np.zeros((len(levels), size, len(days), width))
    total_mean, total_quantile = np.zeros((len(days), width)), np.zeros((len(levels), len(days), width))
    mean[:, place[0], place[1]] = drawn.mean(axis=0)
    quantile[:, :, place[0], place[1]] = quantiles(drawn, levels)
    together = drawn.sum(axis=1)
    total_mean[place] = together.mean(axis=0)
    total_quantile[:, place[0], place[1]] = (
        quantiles(together, levels) if size > 1 else quantile[:, 0, place[0], place[1]]
    )
    whole = np.zeros((paths, size + 1, len(days)))
    for row in range(len(days)):
        whole[:, :size, row] = drawn[:, :, latent.day == row].sum(axis=2)
    whole[:, size] = whole[:, :size].sum(axis=1)
    return DemandForecast(
        days, services, interval, levels, mean, quantile, total_mean, total_quantile,
        whole.mean(axis=0), quantiles(whole, levels), assumptions, calibration, latent,
        choice or Choice(),
    )  # fmt: skip


def quantiles(paths: NDArray, levels: tuple[float, ...]) -> Array:
    """Empirical quantiles over the first axis: whole customers, the smallest count with enough paths at or below."""
    if paths.size == 0:
        return np.zeros((len(levels), *paths.shape[1:]))
    ranks = [min(len(paths) - 1, max(0, int(np.ceil(level * len(paths))) - 1)) for level in levels]
    ordered = np.partition(paths, ranks, axis=0)
    return ordered[ranks].astype(float)
