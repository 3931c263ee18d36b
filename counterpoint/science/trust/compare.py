"""Logged days beside simulated ones: histograms of waits, bootstrap over days and replications, arrays for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.trust.replay import Lived

FloatArray = NDArray[np.float64]
MOST_BINS = 3600


@dataclass(frozen=True, eq=False)
class Counts:
    """Of one day lived R ways (the log: R = 1): `bins` R x bins of waits of those called after queueing; R long sums:
    tickets, left, queued, waited (minutes of all who queued)."""

    bins: FloatArray
    tickets: FloatArray
    left: FloatArray
    queued: FloatArray
    waited: FloatArray


def queued(lived: Lived, seconds: float) -> NDArray[np.bool_]:
    """Tickets that waited longer than `seconds`; an unknown wait did not."""
    with np.errstate(invalid="ignore"):
        return np.asarray(lived.waited * 60 > seconds)


def edges(days: Sequence[Sequence[Lived]]) -> FloatArray:
    """Bin edges in minutes, of one second or, for very long waits, MOST_BINS wide steps."""
    top = max((float(np.nanmax(one.waited, initial=0.0)) for day in days for one in day), default=1.0)
    width = max(1 / 60, top / MOST_BINS)
    return np.arange(0.0, top + 2 * width, width)


def count(ways: Sequence[Lived], cuts: FloatArray, seconds: float) -> Counts:
    """Counts of one day."""
    where = [queued(one, seconds) for one in ways]
    bins = np.array([np.histogram(one.waited[at & one.called], cuts)[0] for one, at in zip(ways, where, strict=True)])
    waited = np.array([float(one.waited[at].sum()) for one, at in zip(ways, where, strict=True)])
    tickets = np.array([len(one.arrived) for one in ways], dtype=np.float64)
    left = np.array([one.left.sum() for one in ways], dtype=np.float64)
    return Counts(
        bins.astype(np.float64), tickets, left, np.array([at.sum() for at in where], dtype=np.float64), waited
    )


def quantile(bins: FloatArray, cuts: FloatArray, q: float) -> FloatArray:
    """Quantile of each row of binned waits, linear within the bin; NaN where a row is empty."""
    total = bins.sum(axis=1)
    rising = bins.cumsum(axis=1)
    target = q * total
    at = np.minimum((rising < target[:, None]).sum(axis=1), bins.shape[1] - 1)
    row = np.arange(len(bins))
    before = rising[row, at] - bins[row, at]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(bins[row, at] > 0, (target - before) / bins[row, at], 0.0)
    return np.where(total > 0, cuts[at] + part * (cuts[at + 1] - cuts[at]), np.nan)


def statistics(
    weights: FloatArray, inner: FloatArray, days: Sequence[Counts], cuts: FloatArray
) -> dict[str, FloatArray]:
    """Median, p90, mean, walkout and queued share of days pooled with `weights` (draws x days), ways with `inner`
    (draws x R)."""
    bins = np.zeros((len(weights), len(cuts) - 1))
    sums = np.zeros((4, len(weights)))
    for k, day in enumerate(days):
        bins += weights[:, k, None] * (inner @ day.bins)
        for row, values in enumerate((day.tickets, day.left, day.queued, day.waited)):
            sums[row] += weights[:, k] * (inner @ values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "median": quantile(bins, cuts, 0.5),
            "p90": quantile(bins, cuts, 0.9),
            "mean": sums[3] / sums[2],
            "walkout": sums[1] / sums[0],
            "queued": sums[2] / sums[0],
        }


def resample(
    actual: Sequence[Counts], simulated: Sequence[Counts], cuts: FloatArray, resamples: int, rng: np.random.Generator
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Statistics of log and simulation: row 0 as they are, then `resamples` draws of days (the same for both) and of
    replications."""
    days, ways = len(actual), len(simulated[0].tickets)
    weights = np.vstack([np.ones(days), rng.multinomial(days, np.full(days, 1 / days), resamples)])
    inner = np.vstack([np.ones(ways), rng.multinomial(ways, np.full(ways, 1 / ways), resamples)]) / ways
    one = np.ones((len(weights), 1))
    return statistics(weights, one, actual, cuts), statistics(weights, inner, simulated, cuts)


def day_rows(
    days: Sequence[date], actual: Sequence[Counts], simulated: Sequence[Counts], cuts: FloatArray
) -> pd.DataFrame:
    """One row a day: tickets, and logged and simulated median, p90, mean, walkout, queued (a name with _twin)."""
    rows = []
    for day, here, there in zip(days, actual, simulated, strict=True):
        ways = len(there.tickets)
        logged = statistics(np.ones((1, 1)), np.ones((1, 1)), [here], cuts)
        twin = statistics(np.ones((1, 1)), np.full((1, ways), 1 / ways), [there], cuts)
        pairs = {
            f"{name}{end}": float(values[name][0]) for name in logged for end, values in (("", logged), ("_twin", twin))
        }
        rows.append({"day": day, "tickets": int(here.tickets[0]), **pairs})
    return pd.DataFrame(rows).set_index("day")


def curves(
    days: Sequence[date], actual: Sequence[Counts], simulated: Sequence[Counts], cuts: FloatArray, points: int = 60
) -> pd.DataFrame:
    """Cumulative shares of waits a day: day, minutes, logged, simulated, low, high (P5, P95 of replications)."""
    parts = []
    for day, here, there in zip(days, actual, simulated, strict=True):
        both = here.bins + there.bins.mean(axis=0)
        stop = int(quantile(both, cuts, 0.995)[0] / (cuts[1] - cuts[0])) + 1 if both.sum() else 1
        at = np.unique(np.linspace(0, min(stop, len(cuts) - 2), points).astype(int))
        share = there.bins.cumsum(axis=1)[:, at] / np.maximum(there.bins.sum(axis=1, keepdims=True), 1)
        low, high = np.quantile(share, [0.05, 0.95], axis=0)
        logged = here.bins[0].cumsum()[at] / max(here.bins.sum(), 1)
        parts.append(
            pd.DataFrame(
                {"day": day, "minutes": cuts[at + 1], "logged": logged, "simulated": share.mean(axis=0), "low": low,
                 "high": high}
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def half_hours(
    days: Sequence[date], actual: Sequence[Lived], simulated: Sequence[Sequence[Lived]], seconds: float
) -> pd.DataFrame:
    """Mean minutes waited by those who queued, by half hour of arrival: day, minute, tickets, logged, simulated, low,
    high."""
    rows = []
    for day, here, ways in zip(days, actual, simulated, strict=True):
        slots = np.unique(here.arrived // 30).astype(int)
        logged, tickets = _by_slot(here, slots, seconds)
        each = np.array([_by_slot(one, slots, seconds)[0] for one in ways])
        empty = np.isnan(each).all(axis=0)
        each[:, empty] = 0.0
        low, high = np.nanquantile(each, [0.05, 0.95], axis=0)
        mean = np.where(empty, np.nan, np.nanmean(each, axis=0))
        rows.append(
            pd.DataFrame(
                {"day": day, "minute": slots * 30, "tickets": tickets, "logged": logged, "simulated": mean,
                 "low": np.where(empty, np.nan, low), "high": np.where(empty, np.nan, high)}
            )
        )  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def _by_slot(lived: Lived, slots: NDArray[np.int64], seconds: float) -> tuple[FloatArray, NDArray[np.int64]]:
    place = np.searchsorted(slots, (lived.arrived // 30).astype(int))
    at = queued(lived, seconds)
    waited = np.bincount(place[at], lived.waited[at], minlength=len(slots))
    number = np.bincount(place[at], minlength=len(slots))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(number > 0, waited / number, np.nan), np.bincount(place, minlength=len(slots))
