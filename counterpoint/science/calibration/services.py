"""How long each service takes at a counter: laws compared, the one the twin takes, and what that costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from counterpoint.science.calibration import laws
from counterpoint.science.calibration.laws import FloatArray
from counterpoint.science.calibration.problem import Params
from counterpoint.science.calibration.tickets import spread_of


@dataclass(frozen=True)
class ServiceFit:
    """Counter time of one service with a server of speed 1, minutes.

    `origin`: fitted (own tickets), pooled (`from_others` says whose), default (no ticket). `mean`, `cv` with bootstrap
    intervals hold all minutes a counter was busy, short ones included. `log_sd` is of services that are not short.
    `laws` has a row a family: mean, p90, aic, ks (held out). `best` has the smallest AIC; `twin` is the better of those
    that the twin takes, with mean and cv matched, and `mean_cost`, `p90_cost` its relative error to the log.
    """

    service: str
    origin: str
    tickets: int
    short_share: float
    mean: float
    mean_interval: tuple[float, float]
    cv: float
    cv_interval: tuple[float, float]
    log_sd: float
    best: str
    twin: str
    mean_cost: float
    p90_cost: float
    laws: pd.DataFrame
    from_others: str = ""

    @property
    def reason(self) -> str:
        """Why this law, in one sentence."""
        if self.origin == "pooled":
            return f"{self.tickets} tickets are too few; cv, shape and part of the mean come from {self.from_others}."
        if self.best == self.twin:
            return f"{self.best} has the smallest AIC."
        return (
            f"{self.best} has the smallest AIC; the twin takes {self.twin} of the same mean and spread, "
            f"which moves the P90 by {self.p90_cost:+.1%}."
        )


def fit_services(table: pd.DataFrame, params: Params, rng: np.random.Generator) -> tuple[ServiceFit, ...]:
    """A fit for every service of the log, sorted by code; services that no ticket names have none.

    `table` is of `tickets`, with `minutes` as a server of speed 1 would have taken. Durations of 0 or less are
    impossible and left out everywhere.
    """
    served = table[(table["outcome"] == "served") & (table["minutes"] > 0) & table["service"].notna()]
    every = {code: part["minutes"].to_numpy() for code, part in served.groupby("service", sort=True)}
    servers = {code: frozenset(part["server"].dropna()) for code, part in served.groupby("service", sort=True)}
    own = {code: one(code, minutes, params, rng) for code, minutes in every.items() if enough(minutes, params)}
    fits = []
    for code, minutes in every.items():
        if code in own:
            fits.append(own[code])
            continue
        group = [other for other in every if other != code and servers[other] & servers[code]]
        pool = np.concatenate([every[other] for other in group]) if group else np.empty(0)
        whose = "services of the same servers"
        if not enough(pool, params):
            pool, whose = np.concatenate(list(every.values())), "all services"
        if enough(pool, params):
            fits.append(borrowed(code, minutes, pool, whose, params, rng))
    return tuple(fits)


def enough(minutes: FloatArray, params: Params) -> bool:
    """Enough services that are not short, and not all alike."""
    long = minutes[minutes * 60 >= params.short_seconds]
    return len(long) >= params.min_service and len(np.unique(long)) > 1


def one(code: str, minutes: FloatArray, params: Params, rng: np.random.Generator) -> ServiceFit:
    """The fit of one service from its own tickets."""
    long = minutes[minutes * 60 >= params.short_seconds]
    fitted = {family: laws.fit(family, long) for family in laws.FAMILIES}
    rows = {
        family: (law.mean, float(law.frozen.ppf(0.9)), law.aic, laws.held_out_distance(family, long))
        for family, law in fitted.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "p90", "aic", "ks"]).rename_axis("family")
    twin = min(laws.TWIN_FAMILIES, key=lambda family: fitted[family].aic)
    means, cvs = resampled(minutes, params, rng)
    mean, cv = float(minutes.mean()), float(minutes.std() / minutes.mean())
    law = laws.by_moments(twin, mean, cv)
    return ServiceFit(
        code, "fitted", len(minutes), 1 - len(long) / len(minutes), mean, spread_of(means, params.confidence), cv,
        spread_of(cvs, params.confidence), float(np.log(long).std()), str(table["aic"].idxmin()), twin,
        law.mean / mean - 1, float(law.frozen.ppf(0.9) / np.quantile(minutes, 0.9)) - 1, table,
    )  # fmt: skip


def borrowed(
    code: str, minutes: FloatArray, pool: FloatArray, whose: str, params: Params, rng: np.random.Generator
) -> ServiceFit:
    """A service with few tickets: its mean weighs own tickets against the pool's, cv and law are the pool's."""
    base = one(code, pool, params, rng)
    n = len(minutes)
    weight = n / (n + params.min_service)
    mean = weight * float(minutes.mean()) + (1 - weight) * base.mean
    half = math.sqrt(weight**2 * (base.cv * mean) ** 2 / max(n, 1) + ((1 - weight) * (base.cv * base.mean)) ** 2 / 4)
    return ServiceFit(
        code, "pooled", n, base.short_share, mean, (max(mean - 2 * half, 0.0), mean + 2 * half), base.cv,
        base.cv_interval, base.log_sd, base.best, base.twin, base.mean_cost, base.p90_cost, base.laws, whose,
    )  # fmt: skip


def resampled(minutes: FloatArray, params: Params, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Means and coefficients of variation of bootstrap resamples."""
    means, cvs = np.empty(params.bootstrap), np.empty(params.bootstrap)
    for i in range(params.bootstrap):
        drawn = minutes[rng.integers(0, len(minutes), len(minutes))]
        means[i] = drawn.mean()
        cvs[i] = drawn.std() / means[i]
    return means, cvs
