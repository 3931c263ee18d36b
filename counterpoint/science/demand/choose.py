"""Which of a few models forecasts this branch's days best, by the errors of past forecasts alone.

Candidates: the branch's own model (day effects by variance components); the mean of the last four or thirteen days of
the same kind and weekday, calendar adjusted; and the even mix of either with the own model. Every candidate uses the
same time-of-day shape. The own model stays unless another was clearly better, since few weeks cannot tell near ties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.demand.daylevel import Past
from counterpoint.science.demand.replay import Replay

Array = NDArray[np.float64]
OWN = "own"
# name: days of the same kind that are averaged, and their weight beside the own model
CANDIDATES: dict[str, tuple[int, float]] = {
    "last_4": (4, 1.0),
    "last_13": (13, 1.0),
    "own_and_last_4": (4, 0.5),
    "own_and_last_13": (13, 0.5),
}
MARGIN = 0.03  # the own model is left only for an error that was at least so much smaller
LEAST_DAYS = 28


@dataclass(frozen=True)
class Choice:
    """`name` of the model taken; `scores`: WAPE of whole days of every candidate on `days` past forecasts."""

    name: str = OWN
    scores: Mapping[str, float] = field(default_factory=dict)
    days: int = 0


def choose(past: Replay | None, days: Past) -> Choice:
    """The candidate with the smallest sum of absolute errors on replayed days; own, where there are too few."""
    if past is None or len(past.row) < LEAST_DAYS:
        return Choice()
    size = (past.shape * past.use).sum(axis=1)
    came = (past.actual * past.use).sum(axis=1)
    told = {OWN: past.mean, **{name: past.mean + one for name, one in shifts(past, days).items()}}
    score = {
        name: float(np.abs(came - np.exp(mean) * size).sum() / max(came.sum(), 1.0)) for name, mean in told.items()
    }
    best = min(score, key=lambda name: score[name])
    taken = best if score[best] < score[OWN] * (1 - MARGIN) else OWN
    return Choice(taken, score, len(past.row))


def moved(past: Replay, name: str, days: Past) -> Replay:
    """The replayed days as the named candidate would have forecast them."""
    return past if name == OWN else replace(past, mean=past.mean + shifts(past, days)[name])


def shifts(past: Replay, days: Past) -> dict[str, Array]:
    """What every candidate but the own model adds to the log effects of the replayed days."""
    out = {name: np.zeros(len(past.row)) for name in CANDIDATES}
    for stop in np.unique(past.origin):
        rows = past.origin == stop
        for name, one in shift(days, int(stop), past.row[rows], past.mean[rows]).items():
            out[name][rows] = one
    return out


def shift(days: Past, stop: int, rows: NDArray[np.intp], own: Array) -> dict[str, Array]:
    """What each candidate adds to the own model's log effects `own` of the days `rows`, from the first `stop` days."""
    lasts = sorted({last for last, _ in CANDIDATES.values()})
    away = days.usual(stop, rows, lasts) - own
    away = np.where(np.isfinite(away), away, 0.0)
    return {name: weight * away[lasts.index(last)] for name, (last, weight) in CANDIDATES.items()}
