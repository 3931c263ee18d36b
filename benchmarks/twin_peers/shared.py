"""What all engines share: the numbers of the models, what a run says, and how two runs are compared."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

PROFILE = (0.5, 0.7, 1.0, 1.4, 1.7, 1.5, 1.1, 0.9, 0.8, 0.9, 1.1, 1.2, 1.1, 0.9, 0.7, 0.5)
HOURLY = {"cash": 30.0, "advice": 8.0, "vip": 4.0, "self": 36.0}
WORK = {"cash": 8.0, "advice": 20.0, "vip": 18.0, "self": 7.0}
MACHINE, MACHINE_CV, PATIENCE, FALLBACK, CV = 5.0, 0.5, 30.0, 0.12, 0.6
OPEN, CLOSE, OVERRUN = 540.0, 1020.0, 600.0
MINUTES = 6000.0


@dataclass(frozen=True)
class Done:
    """What one run says: units of work, and one (mean wait, walk-outs) a replication."""

    units: float
    waits: list[float]
    gone: list[float]


def sigma_of(cv: float) -> float:
    """Log-normal sigma of a coefficient of variation."""
    return math.sqrt(math.log1p(cv * cv))


def mu_of(mean: float, cv: float) -> float:
    """Log-normal mu of a mean and a coefficient of variation."""
    return math.log(mean) - math.log1p(cv * cv) / 2


def z_score(mine: list[float], other: list[float]) -> float:
    """Difference of two means in standard errors, the spread pooled: slow engines have few replications."""
    more = [len(values) - 1 for values in (mine, other)]
    spread = sum(n * statistics.variance(values) for n, values in zip(more, (mine, other), strict=True)) / sum(more)
    error = math.sqrt(spread * (1 / len(mine) + 1 / len(other)))
    return (statistics.fmean(other) - statistics.fmean(mine)) / error if error else 0.0
