"""How the branch total divides among services: log shares with day effects and intraday ratios, summing to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.demand import daylevel
from counterpoint.science.demand.grid import Grid
from counterpoint.science.demand.problem import DayInfo, Params
from counterpoint.science.demand.profile import Evidence, shrunk_ratio
from counterpoint.science.demand.total import interval_noise, recency

Array = NDArray[np.float64]
SHARE_DAYS = 210
RECENT_SHARE_DAYS = 60.0
TUNED_SERVICES = 6


@dataclass(frozen=True, eq=False)
class ShareModel:
    """Log weights of the services on the asked days; weights are divided by their sum in every path.

    `shape` (services, days, intervals): log share before day effects, -inf where a service is closed.
    `mean` (services, days), `cov` (services, days, days): log day effect.
    `spread` (services,): extra interval variance.
    """

    shape: Array
    mean: Array
    cov: Array
    spread: Array


def base_shares(grid: Grid, weight: Array, defaults: Mapping[str, float]) -> Array:
    """Recency-weighted share per service, mixed with the defaults worth fifty tickets."""
    seen = (grid.counts * grid.valid * weight[None, :, None]).sum(axis=(1, 2))
    given = np.array([max(defaults.get(name, 0.0), 0.0) for name in grid.services])
    if given.sum() > 0:
        prior = given / given.sum() * 50
    elif seen.sum() > 0:
        prior = np.full(len(seen), 0.05)
    else:
        prior = np.ones(len(seen))
    mixed = seen + prior
    return np.asarray(mixed / mixed.sum(), dtype=float)


def fit_shares(grid: Grid, asked: tuple[DayInfo, ...], params: Params, defaults: Mapping[str, float]) -> ShareModel:
    """Fit every service against the recorded branch total; deterministic."""
    keep = max(0, len(grid.days) - SHARE_DAYS)
    days = grid.days[keep:]
    counts, valid = grid.counts[:, keep:], grid.valid[keep:]
    weight = recency(days, min(d.date for d in asked).toordinal(), RECENT_SHARE_DAYS)
    base = base_shares(grid, recency(grid.days, min(d.date for d in asked).toordinal(), RECENT_SHARE_DAYS), defaults)
    size, width = len(grid.services), counts.shape[2]
    shape = np.repeat(np.log(base)[:, None, None], len(asked), axis=1) * np.ones((1, 1, width))
    closed = np.array([[name in d.services_closed for d in asked] for name in grid.services])
    shape[closed] = -np.inf
    if size == 1:
        zero = np.zeros((1, len(asked)))
        return ShareModel(shape, zero, np.zeros((1, len(asked), len(asked))), np.zeros(1))
    everything = np.where(valid, counts.sum(axis=0), 0.0)
    running = np.array([[name not in d.services_closed for d in days] for name in grid.services], dtype=bool).reshape(
        size, len(days)
    )
    data = [
        daylevel.DayData((counts[s] * valid).sum(axis=1) * running[s], base[s] * everything.sum(axis=1) * running[s])
        for s in range(size)
    ]
    terms = daylevel.kernels((*days, *asked))
    variances = _pooled_variances(terms[:, : len(days), : len(days)], data, params)
    mean, cov, spread = np.zeros((size, len(asked))), np.zeros((size, len(asked), len(asked))), np.zeros(size)
    names = np.array([daylevel.label(d) for d in days])
    for s in range(size):
        day = daylevel.fit(terms, data[s], centre=0.0, prior=daylevel.PRIOR_SHARE, variances=variances, rounds=3)
        mean[s], cov[s] = day.mean, day.cov
        use = valid & running[s][:, None]
        expected = base[s] * np.exp(day.seen)[:, None] * everything
        pooled, by_label = _ratios(counts[s], expected, use, weight, names)
        for row, one in enumerate(asked):
            shape[s, row] += np.log(pooled * by_label.get(daylevel.label(one), 1.0))
        fitted = expected * pooled
        spread[s] = float(np.median(interval_noise(counts[s], fitted, use, weight)))
    return ShareModel(shape, mean, cov, np.log1p(np.minimum(spread, 0.5)))


def _ratios(
    count: Array, expected: Array, use: NDArray[np.bool_], weight: Array, names: NDArray[np.str_]
) -> tuple[Array, dict[str, Array]]:
    if not len(count):
        return np.ones(count.shape[1]), {}
    noise = np.full(count.shape[1], 0.02)
    everyone = np.ones(len(count), bool)
    pooled = shrunk_ratio(Evidence(count, expected, use, weight, noise), everyone)
    labels = {}
    for name in sorted(set(names)):
        evidence = Evidence(count, expected * pooled, use, weight, noise)
        labels[name] = shrunk_ratio(evidence, names == name, prior=0.003)
    return pooled, labels


def _pooled_variances(terms: Array, data: list[daylevel.DayData], params: Params) -> Array:
    """One set of variances for all services, from the largest ones."""
    seen = terms.shape[1]
    largest = sorted(data, key=lambda d: -d.count.sum())[:TUNED_SERVICES]
    cut = slice(max(0, seen - params.tune_days * 3 // 4), seen)
    if seen < 10 or not largest:
        return daylevel.PRIOR_SHARE
    pairs = []
    for one in largest:
        level = one.count.sum() / max(one.scale.sum(), 1e-9)
        pairs.append(daylevel.working_response(one, np.full(seen, np.log(max(level, 1e-3)))))
    response, noise = np.stack([p[0][cut] for p in pairs]), np.stack([p[1][cut] for p in pairs])
    return daylevel.tune(terms[:, cut, cut], response, np.ones_like(response), noise, daylevel.PRIOR_SHARE, steps=12)
