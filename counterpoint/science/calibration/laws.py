"""Laws of a duration fitted by maximum likelihood: log-normal, exponential, gamma, Weibull."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

FloatArray = NDArray[np.float64]
FAMILIES = ("lognormal", "exponential", "gamma", "weibull")
TWIN_FAMILIES = ("lognormal", "exponential")
MOST_CV = 5.0  # a wilder law has no mean that a simulation of days would show


@dataclass(frozen=True)
class Law:
    """A fitted law: `family`, `shape` (log-sd, 1, gamma k or Weibull k) and `scale` (median, mean, gamma or Weibull
    scale) in minutes, and its log-likelihood."""

    family: str
    shape: float
    scale: float
    loglik: float

    @property
    def aic(self) -> float:
        """Akaike's criterion; smaller is better."""
        return 2 * (1 if self.family == "exponential" else 2) - 2 * self.loglik

    @property
    def frozen(self) -> stats.rv_continuous:
        """The law as scipy knows it."""
        if self.family == "lognormal":
            return stats.lognorm(self.shape, scale=self.scale)
        if self.family == "exponential":
            return stats.expon(scale=self.scale)
        return (stats.gamma if self.family == "gamma" else stats.weibull_min)(self.shape, scale=self.scale)

    @property
    def mean(self) -> float:
        """Mean in minutes."""
        return float(self.frozen.mean())

    @property
    def cv(self) -> float:
        """Standard deviation over mean."""
        return float(self.frozen.std() / self.frozen.mean())

    def survival(self, minutes: FloatArray) -> FloatArray:
        """Share still going after `minutes`."""
        return np.asarray(self.frozen.sf(minutes), dtype=np.float64)


def fit(family: str, minutes: FloatArray) -> Law:
    """Maximum-likelihood law of positive durations (at least two different ones)."""
    logs = np.log(minutes)
    mean, mean_log = float(minutes.mean()), float(logs.mean())
    if family == "lognormal":
        shape, scale = max(float(logs.std()), 1e-9), math.exp(mean_log)
    elif family == "exponential":
        shape, scale = 1.0, mean
    elif family == "gamma":
        gap = max(math.log(mean) - mean_log, 1e-12)
        shape = _root(lambda k: math.log(k) - float(special.digamma(k)) - gap)
        scale = mean / shape
    elif family == "weibull":
        top = minutes.max()  # powers of values over the largest stay finite

        def score(k: float) -> float:
            power = (minutes / top) ** k
            return 1 / k + mean_log - float((power * logs).sum() / power.sum())

        shape = _root(score)
        scale = float(top * np.mean((minutes / top) ** shape) ** (1 / shape))
    else:
        raise ValueError(f"Unknown family {family!r}; use one of {', '.join(FAMILIES)}.")
    law = Law(family, shape, scale, 0.0)
    return Law(family, shape, scale, float(law.frozen.logpdf(minutes).sum()))


def _root(falling: Callable[[float], float]) -> float:
    """Where a falling function of a positive number crosses zero, within 1e-3 to 1e4."""
    low, high = 1e-3, 1e4
    if falling(low) <= 0:
        return low
    if falling(high) >= 0:
        return high
    return float(optimize.brentq(falling, low, high, xtol=1e-10))


def distance(law: Law, minutes: FloatArray) -> float:
    """Kolmogorov–Smirnov distance between a law and durations it was not fitted to."""
    return float(stats.kstest(minutes, law.frozen.cdf).statistic) if len(minutes) else math.nan


def held_out_distance(family: str, minutes: FloatArray) -> float:
    """Distance over two halves, each judged by the law of the other; the halves alternate in the given order."""
    halves = minutes[::2], minutes[1::2]
    if min(len(np.unique(half)) for half in halves) < 2:
        return math.nan
    return float(np.mean([distance(fit(family, halves[1 - i]), halves[i]) for i in (0, 1)]))


def by_moments(family: str, mean: float, cv: float) -> Law:
    """The law of a family the twin takes with the given mean and coefficient of variation (exponential: mean only)."""
    if family == "exponential":
        return Law(family, 1.0, mean, math.nan)
    sigma = math.sqrt(math.log1p(max(cv, 1e-9) ** 2))
    return Law("lognormal", sigma, mean * math.exp(-(sigma**2) / 2), math.nan)
