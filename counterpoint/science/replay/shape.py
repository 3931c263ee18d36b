"""The course of a recorded day: who came, who waited, for how long, half hour by half hour."""

from __future__ import annotations

import numpy as np
import pandas as pd

from counterpoint.science.replay.scenario import Leg, Scenario
from counterpoint.science.twin.kernel.layout import FloatArray


def spans_of(scenario: Scenario) -> tuple[FloatArray, FloatArray]:
    """Minutes at which each ticket began and ceased to wait (infinite while it waits)."""
    mine = [leg for leg in scenario.legs if leg.first]
    ended = [leg.call if leg.call is not None else leg.gone for leg in mine]
    arrival = np.array([leg.arrival for leg in mine], dtype=float)
    return arrival, np.array([np.inf if end is None else end for end in ended], dtype=float)


def waiting_at(arrival: FloatArray, left: FloatArray, grid: FloatArray) -> FloatArray:
    """How many wait at each minute of ``grid``; NaN arrivals never waited."""
    return ((arrival[None, :] <= grid[:, None]) & (left[None, :] > grid[:, None])).sum(axis=1).astype(float)


def shape(scenario: Scenario, step: float = 30.0) -> pd.DataFrame:
    """One row an interval of ``step`` minutes, indexed by its first minute.

    ``came``; ``called``, ``left`` (all leaving without a call); ``longest`` queue; ``p90_wait`` and ``mean_wait`` in
    minutes of those who came in the interval and were called (NaN when nobody was).
    """
    mine = [leg for leg in scenario.legs if leg.first]
    begun, ended = spans_of(scenario)
    first = step * np.floor(begun.min() / step)
    finite = ended[np.isfinite(ended)]
    last = max(float(begun.max()), float(finite.max()) if finite.size else first)
    starts = np.arange(first, last + 1e-9, step)
    rows = [_interval(mine, begun, ended, start, start + step) for start in starts]
    return pd.DataFrame(rows, index=pd.Index(starts, name="minute"))


def _interval(legs: list[Leg], begun: FloatArray, ended: FloatArray, start: float, end: float) -> dict[str, float]:
    moments = np.concatenate([[start], begun[(begun >= start) & (begun < end)]])
    waits = np.array([leg.waited for leg in legs if leg.call is not None and start <= leg.arrival < end], dtype=float)
    return {
        "came": float(((begun >= start) & (begun < end)).sum()),
        "called": float(sum(leg.call is not None and start <= leg.call < end for leg in legs)),
        "left": float(sum(leg.gone is not None and start <= leg.gone < end for leg in legs)),
        "longest": float(waiting_at(begun, ended, moments).max()),
        "p90_wait": float(np.quantile(waits, 0.9)) if waits.size else float("nan"),
        "mean_wait": float(waits.mean()) if waits.size else float("nan"),
    }
