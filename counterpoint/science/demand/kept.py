"""One day of a forecast in plain numbers, kept so that the running day can be corrected later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from counterpoint.science.demand.calibrate import Calibration
from counterpoint.science.demand.grid import ALL
from counterpoint.science.demand.problem import DAY_MINUTES, DayInfo
from counterpoint.science.demand.result import DemandForecast, Latent, assemble
from counterpoint.science.demand.shares import ShareModel


def keep(found: DemandForecast, row: int) -> dict[str, Any]:
    """Log rates of the open intervals of one day: their positions, means and covariance, as plain JSON."""
    own = np.flatnonzero(found.latent.day == row)
    return {
        "interval": found.latent.interval[own].tolist(),
        "mean": np.round(found.latent.mean[own], 5).tolist(),
        "cov": np.round(found.latent.cov[np.ix_(own, own)], 6).tolist(),
    }


def restore(kept: Mapping[str, Any], day: DayInfo, interval: int, *, seed: int, paths: int = 1000) -> DemandForecast:
    """The same day as a forecast of all services together, ready for `nowcast`."""
    place = np.array(kept["interval"], dtype=np.intp)
    size, width = len(place), DAY_MINUTES // interval
    shares = ShareModel(np.zeros((1, 1, width)), np.zeros((1, 1)), np.zeros((1, 1, 1)), np.zeros(1))
    cov = np.array(kept["cov"], dtype=float).reshape(size, size)
    latent = Latent(
        np.zeros(size, dtype=np.intp), place, np.array(kept["mean"], dtype=float), cov, shares,
        np.full((1, size), np.nan),
    )  # fmt: skip
    return assemble(
        latent, days=(day,), services=(ALL,), interval=interval, width=width, levels=(0.1, 0.5, 0.9), paths=paths,
        seed=seed, assumptions=(), calibration=Calibration(),
    )  # fmt: skip
