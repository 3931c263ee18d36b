"""Which server does what and how fast, which tiers come, who turns round at once, and the minutes between customers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from counterpoint.science import inference
from counterpoint.science.calibration.laws import FloatArray
from counterpoint.science.calibration.patience import kaplan_meier
from counterpoint.science.calibration.presence import Presence, turnarounds
from counterpoint.science.calibration.problem import Params
from counterpoint.science.calibration.tickets import spread_of, waiting_seen


@dataclass(frozen=True)
class ServerFit:
    """One server: tickets, `skills` (services), `speed` (1.1 = a tenth faster than the mean server, shrunk towards 1)
    with interval, `raw_speed` before shrinking; `origin` pooled when there are too few tickets (skills are then those
    of the typical server)."""

    server: str
    origin: str
    tickets: int
    skills: tuple[str, ...]
    speed: float
    interval: tuple[float, float]
    raw_speed: float


@dataclass(frozen=True)
class Share:
    """A share with its interval (Wilson), and what it was counted from."""

    value: float
    interval: tuple[float, float]
    count: int
    of: int


@dataclass(frozen=True)
class Turnaround:
    """Minutes from a finish to the next call while somebody waited, absences left out: Kaplan–Meier, cut at
    `longest_turnaround`. `origin` is default (0 minutes) when too few were seen."""

    origin: str
    seen: int
    mean: float
    interval: tuple[float, float]
    sd: float
    median: float


def share(count: int, of: int, confidence: float) -> Share:
    """Share and Wilson interval; NaN when counted from nothing."""
    if of == 0:
        return Share(math.nan, (math.nan, math.nan), 0, 0)
    return Share(count / of, inference.share_limits(count, of, confidence), count, of)


Pace = tuple[float, float, float]


def fit_paces(table: pd.DataFrame, rounds: int = 12) -> dict[str, Pace]:
    """Pace of each server: minutes over the service's mean, shrunk by empirical Bayes, with sd, and before shrinking.

    Service means and paces explain each other (who serves what is no accident), so they are fitted in turn.
    """
    served = table[(table["outcome"] == "served") & table["server"].notna() & table["service"].notna()]
    timed = served[served["minutes"] > 0]
    groups = timed.groupby(["server", "service"], sort=True)["minutes"]
    total, count = groups.sum().unstack(fill_value=0.0), groups.size().unstack(fill_value=0)
    squares = (timed["minutes"] ** 2).groupby([timed["server"], timed["service"]]).sum().unstack(fill_value=0.0)
    if total.empty:
        return {}
    n, minutes, square = count.to_numpy(float), total.to_numpy(float), squares.to_numpy(float)
    pace = np.ones(len(n))
    for _ in range(rounds):
        mean = minutes.sum(axis=0) / np.maximum((n * pace[:, None]).sum(axis=0), 1e-9)
        second = (square / pace[:, None] ** 2).sum(axis=0) / n.sum(axis=0)
        expected = (n * mean).sum(axis=1)
        ratio = minutes.sum(axis=1) / expected
        variance = (n * np.maximum(second - mean**2, 0)).sum(axis=1) / expected**2
        pace, sd = _shrink(ratio, variance, expected)
    return {str(server): (float(pace[i]), float(sd[i]), float(ratio[i])) for i, server in enumerate(total.index)}


def fit_servers(table: pd.DataFrame, paces: Mapping[str, Pace], params: Params) -> tuple[ServerFit, ...]:
    """Skills, and speeds as the inverse of paces."""
    served = table[(table["outcome"] == "served") & table["server"].notna() & table["service"].notna()]
    counts = served.groupby(["server", "service"], sort=True).size().unstack(fill_value=0)
    able = counts >= params.skill_tickets
    busy = counts.sum(axis=1)
    rich = able[busy >= params.min_server]
    usual = tuple(str(code) for code in counts.columns[rich.mean() >= 0.5]) if len(rich) else ()
    usual = usual or tuple(str(code) for code in counts.columns)
    z = float(special.ndtri(0.5 + params.confidence / 2))
    fits = []
    for server in counts.index:
        enough = bool(busy[server] >= params.min_server)
        own = tuple(str(code) for code in counts.columns[able.loc[server]])
        ratio, sigma, raw = paces.get(str(server), (1.0, 0.0, 1.0))
        band = 1 / (ratio + z * sigma), 1 / max(ratio - z * sigma, 1e-3)
        skills = own if enough and own else tuple(sorted({*usual, *own}))
        fits.append(
            ServerFit(
                str(server), "fitted" if enough else "pooled", int(busy[server]), skills, 1 / ratio, band, 1 / raw
            )
        )
    return tuple(fits)


def _shrink(ratio: FloatArray, variance: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Ratios drawn towards 1 by their noise against the spread between servers (DerSimonian–Laird), with their sd."""
    precision = 1 / np.maximum(variance, 1e-12)
    centre = float((precision * ratio).sum() / precision.sum())
    excess = float((precision * (ratio - centre) ** 2).sum()) - (len(ratio) - 1)
    scale = float(precision.sum() - (precision**2).sum() / precision.sum())
    between = max(excess / scale, 0.0) if scale > 0 else 0.0
    trust = between / (between + variance) if between > 0 else np.zeros_like(ratio)
    value = 1 + trust * (ratio - 1)
    value = value / float((weight * value).sum() / weight.sum())  # the mean server keeps pace 1
    return value, np.sqrt(trust * variance)


def fit_tiers(table: pd.DataFrame, params: Params) -> dict[str, Share]:
    """Share of each tier among tickets with a tier."""
    counts = table["tier"].dropna().value_counts().sort_index()
    return {str(name): share(int(n), int(counts.sum()), params.confidence) for name, n in counts.items()}


def fit_at_once(table: pd.DataFrame, params: Params, rows: pd.Index | None = None) -> tuple[Share, Share]:
    """Share who leave at once when nobody waits, and when somebody does; of the given `rows` (default: all)."""
    seen = np.where(table.index.isin(table.index if rows is None else rows), waiting_seen(table), -1)
    gone = ((table["outcome"] == "abandoned") & (table["waited"] * 60 <= params.at_once_seconds)).to_numpy()
    quiet, queue = seen == 0, seen >= 1
    return (
        share(int((gone & quiet).sum()), int(quiet.sum()), params.confidence),
        share(int((gone & queue).sum()), int(queue.sum()), params.confidence),
    )


def fit_turnaround(found: Presence, params: Params, rng: np.random.Generator) -> Turnaround:
    """Turnaround from pauses that began while a ticket waited."""
    length, called = turnarounds(found)
    if called.sum() < params.min_turnarounds:
        return Turnaround("default", int(called.sum()), 0.0, (0.0, 0.0), 0.0, 0.0)
    seconds, where = np.unique(np.column_stack([np.rint(length * 60) / 60, called]), axis=0, return_inverse=True)
    count = np.bincount(where.ravel(), minlength=len(seconds)).astype(np.float64)
    cut, share_of = params.longest_turnaround, count / len(length)
    mean, sd, median = _moments(seconds, count, cut)
    counts = rng.multinomial(len(length), share_of, params.bootstrap).astype(np.float64)
    drawn = [_moments(seconds, one, cut)[0] for one in counts]
    band = spread_of(np.array(drawn), params.confidence)
    return Turnaround("fitted", int(called.sum()), mean, band, sd, median)


def _moments(seconds: np.ndarray, count: np.ndarray, cut: float) -> tuple[float, float, float]:
    """Mean, sd and median of the Kaplan–Meier estimate, whatever is left beyond `cut` put at `cut`."""
    curve = kaplan_meier(seconds[:, 0], seconds[:, 1], count)
    times = np.minimum(np.concatenate([curve.index.to_numpy(dtype=np.float64), [cut]]), cut)
    left = np.concatenate([[1.0], curve["survival"].to_numpy(dtype=np.float64), [0.0]])
    mass = left[:-1] - left[1:]
    mean = float((mass * times).sum())
    median = float(times[np.searchsorted(np.cumsum(mass), 0.5)])
    return mean, math.sqrt(max(float((mass * times**2).sum()) - mean**2, 0.0)), median
