"""The branch total: day effect × profile × correlated interval noise, fitted to the grid of counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.demand import daylevel, within
from counterpoint.science.demand.grid import Grid, exposure_of
from counterpoint.science.demand.problem import DayInfo, Params
from counterpoint.science.demand.profile import Evidence, normalised, shrunk_ratios, smoothed

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TotalModel:
    """Latent model of the asked days.

    `mean`, `cov`: log day effect; `profile`: expected count per interval at log effect zero (0 = closed), shape
    (days, intervals); `spread`: variance of the log interval noise per interval; `mixture`: how it hangs together
    within a day (see `within`).
    """

    mean: Array
    cov: Array
    profile: Array
    spread: Array
    mixture: Array
    variances: Array
    cleaned: Array  # history with wild cells pulled in, shape (seen days, intervals)
    fitted: Array  # its expectation given the realised day effects
    valid: NDArray[np.bool_]
    suspected: int
    pulled: int
    effect: Array  # realised log day effect of the seen days
    weights: Array  # their evidence, see `daylevel.DayPosterior`
    past: daylevel.Past
    shape_at: Callable[[int, NDArray[np.intp]], Array]  # shape of some seen days, estimated from the first days only


def recency(days: tuple[DayInfo, ...], origin: int, half_life: float) -> Array:
    """Weight 0.5^(age / half-life) of each seen day."""
    age = np.array([origin - day.date.toordinal() for day in days], dtype=float)
    return np.asarray(0.5 ** (age / half_life), dtype=float)


@dataclass(frozen=True, eq=False)
class _Kinds:
    """Days sorted by label and by tag once: `named` (labels, days) and `tagged` (tags, days) say which belong."""

    labels: tuple[str, ...]
    tags: tuple[str, ...]
    named: NDArray[np.bool_]
    tagged: NDArray[np.bool_]

    @classmethod
    def of(cls, days: tuple[DayInfo, ...]) -> _Kinds:
        names = [daylevel.label(day) for day in days]
        labels, tags = sorted(set(names)), sorted({tag for day in days for tag in day.tags})
        named = np.array([[name == one for name in names] for one in labels], dtype=bool)
        tagged = np.array([[tag in day.tags for day in days] for tag in tags], dtype=bool)
        return cls(
            tuple(labels), tuple(tags), named.reshape(len(labels), len(days)), tagged.reshape(len(tags), len(days))
        )

    def first(self, stop: int) -> _Kinds:
        """The first days alone; kinds that none of them is are left out."""
        named, tagged = self.named[:, :stop], self.tagged[:, :stop]
        has, with_tag = np.flatnonzero(named.any(axis=1)), np.flatnonzero(tagged.any(axis=1))
        return _Kinds(
            tuple(self.labels[place] for place in has),
            tuple(self.tags[place] for place in with_tag),
            named[has], tagged[with_tag],
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Shape:
    pooled: Array
    labels: dict[str, Array]
    tags: dict[str, Array]

    def of(self, day: DayInfo) -> Array:
        shape = self.pooled * self.labels.get(daylevel.label(day), np.ones_like(self.pooled))
        for tag in sorted(day.tags):
            shape = shape * self.tags.get(tag, 1.0)
        return shape

    def rows(self, days: tuple[DayInfo, ...]) -> Array:
        """The shapes of the days, each kind of day worked out once."""
        keys = [(daylevel.label(day), day.tags) for day in days]
        places: dict[tuple[str, frozenset[str]], int] = {}
        at = [places.setdefault(key, len(places)) for key in keys]
        firsts = dict(zip(reversed(at), reversed(days), strict=True))
        known = np.array([self.of(firsts[place]) for place in range(len(places))]).reshape(-1, len(self.pooled))
        return np.asarray(known[at], dtype=float)


def _pooled(
    cells: Array, effect: Array, exposure: Array, valid: NDArray[np.bool_], weight: Array, fallback: Array
) -> Array:
    """Counts per unit day effect and open time, adding up to one; unseen intervals follow `fallback`."""
    base = (weight * np.exp(effect))[:, None] * exposure * valid
    open_time = base.sum(axis=0)
    known = open_time > 0
    if not known.any():
        return fallback
    seen = (weight[:, None] * cells * valid).sum(axis=0)
    shape = np.where(known, seen / np.where(known, open_time, 1.0), 0.0)
    effective = np.maximum((cells * valid).sum(axis=0), 0.5)
    shape = smoothed(shape, known, 1 / effective)
    mean_level = shape[known].mean()
    if (~known).any():
        shape = np.where(known, shape, fallback / max(fallback[known].mean(), 1e-12) * mean_level)
    return cast(Array, shape / shape.sum())


def _shapes(grid: Grid, kinds: _Kinds, known: _Known, weight: Array, spread: Array, fallback: Array) -> _Shape:
    cells, valid = known.cells, known.valid
    pooled = _pooled(cells, known.effect, grid.exposure, valid, weight, fallback)
    mean = np.exp(known.effect)[:, None] * pooled[None, :] * grid.exposure
    ratios = shrunk_ratios(Evidence(cells, mean, valid, weight, spread), kinds.named)
    support = (kinds.named.astype(float) @ valid) > 0
    labels = {
        name: normalised(ratio * pooled, pooled, held) / np.maximum(pooled, 1e-12) if held.any() else ratio
        for name, ratio, held in zip(kinds.labels, ratios, support, strict=True)
    }
    if not len(kinds.tags):
        return _Shape(pooled, labels, {})
    if labels:
        mean = mean * np.stack(list(labels.values()))[np.argmax(kinds.named, axis=0)]
    tags = shrunk_ratios(Evidence(cells, mean, valid, weight, spread), kinds.tagged, prior=0.003)
    return _Shape(pooled, labels, dict(zip(kinds.tags, tags, strict=True)))


@dataclass(frozen=True, eq=False)
class _Known:
    """Counts with wild cells pulled in, which of them count, and the log effect of each day."""

    cells: Array
    valid: NDArray[np.bool_]
    effect: Array


def interval_noise(cells: Array, mean: Array, valid: NDArray[np.bool_], weight: Array) -> Array:
    """Variance beyond Poisson relative to the squared mean, per interval, shrunk towards that of all intervals."""
    use = valid & (mean > 1e-9)
    if use.sum() < 20:
        return np.full(mean.shape[1], 0.02)
    beyond = np.where(use, (cells - mean) ** 2 - mean, 0.0) * weight[:, None]
    square = np.where(use, mean**2, 0.0) * weight[:, None]
    overall = max(float(beyond.sum() / max(square.sum(), 1e-9)), 0.002)
    days = use.sum(axis=0)
    own = np.where(square.sum(axis=0) > 0, beyond.sum(axis=0) / np.maximum(square.sum(axis=0), 1e-9), overall)
    return cast(Array, np.maximum((np.maximum(own, 0.0) * days + overall * 15) / (days + 15), 0.3 * overall))


def _pull_in(
    raw: Array, mean: Array, spread: Array, valid: NDArray[np.bool_], limit: float
) -> tuple[Array, NDArray[np.bool_], int]:
    """Cells beyond `limit` standard deviations are set to the limit; impossible silences become missing."""
    width = limit * np.sqrt(mean + np.maximum(spread, 0.01) * mean**2 + 0.25)
    silent = valid & (raw == 0) & (mean > 12)
    cells = np.clip(raw, mean - width, mean + width)
    pulled = int((valid & ~silent & (np.abs(raw - mean) > width)).sum())
    return np.maximum(cells, 0.0), valid & ~silent, pulled


def fit_total(
    grid: Grid,
    asked: tuple[DayInfo, ...],
    params: Params,
    *,
    fallback: Array,
    centre: float | None,
    variances: Array | None = None,
) -> TotalModel:
    """Fit the branch total and predict the asked days; deterministic."""
    raw, valid = grid.total, grid.valid.copy()
    origin = min(day.date for day in asked).toordinal()
    weight = recency(grid.days, origin, params.profile_half_life)
    seen = len(grid.days)
    shape = _Shape(fallback, {}, {})
    spread, pulled = np.full(raw.shape[1], 0.03), 0
    cells = raw.copy()
    if seen:  # one wild interval in a day is found against the median share of that interval
        busy = np.flatnonzero(valid.any(axis=1))
        rough = np.asarray(np.median(raw[busy], axis=0) if len(busy) else raw[0], dtype=float)
        shape = _Shape((rough + 0.25) / (rough + 0.25).sum(), {}, {})
    terms, kinds = daylevel.kernels((*grid.days, *asked)), _Kinds.of(grid.days)
    tuned = variances
    mean = np.zeros_like(raw)
    for turn in range(4):
        base = shape.rows(grid.days) * grid.exposure if seen else np.zeros_like(raw)
        data = daylevel.DayData((cells * valid).sum(axis=1), (base * valid).sum(axis=1))
        middle = daylevel.centre_of(data) if seen and valid.any() else (centre or 0.0)
        if turn < 2 and seen:  # robust first guess of each day's level: the median of its interval ratios
            effect = _median_effect(cells, base, valid, middle)
        else:
            day = daylevel.fit(
                terms, data, centre=middle, prior=daylevel.PRIOR_TOTAL, variances=tuned, tune_days=params.tune_days
            )
            effect, tuned = day.seen, day.variances
        if not seen:
            continue
        mean = np.exp(effect)[:, None] * base
        cells, valid, pulled = _pull_in(raw, mean, spread, grid.valid, params.outlier_sd)
        shape = _shapes(grid, kinds, _Known(cells, valid, effect), weight, spread, fallback)
        mean = np.exp(effect)[:, None] * shape.rows(grid.days) * grid.exposure
        spread = interval_noise(cells, mean, valid, weight)
    profile = shape.rows(asked) * exposure_of(asked, grid.interval)
    gone = int((grid.valid & ~valid).sum())
    mixture = within.mixture_of(cells, mean, valid, spread, grid.interval)

    def shape_at(stop: int, rows: NDArray[np.intp]) -> Array:
        first = _Known(cells[:stop], valid[:stop], effect[:stop])
        now = recency(grid.days[:stop], grid.days[stop].date.toordinal(), params.profile_half_life)
        then = _shapes(grid.between(0, stop), kinds.first(stop), first, now, spread, fallback)
        return then.rows(tuple(grid.days[row] for row in rows)) * grid.exposure[rows]

    return TotalModel(
        day.mean, day.cov, profile, np.log1p(spread), mixture, day.variances, cells, mean, valid, gone, pulled,
        day.seen, day.weights, day.past, shape_at,
    )  # fmt: skip


def _median_effect(cells: Array, base: Array, valid: NDArray[np.bool_], middle: float) -> Array:
    use = np.asarray(valid & (base > 0), dtype=bool)
    count = np.where(use, cells, 0.0).sum(axis=1)
    ratio = np.where(use, cells / np.maximum(base, 1e-9), np.nan)
    plain = np.asarray(use.any(axis=1), dtype=bool)
    dense = np.asarray(plain & (count > 8 * np.maximum(use.sum(axis=1), 1)), dtype=bool)
    out = np.full(len(cells), middle)
    out[plain] = np.log((count[plain] + 0.5) / np.maximum((base * use).sum(axis=1)[plain], 1e-9))
    if dense.any():
        ordered, size = np.sort(ratio[dense], axis=1), use[dense].sum(axis=1)  # NaN stands last
        row = np.arange(len(size))
        median = (ordered[row, (size - 1) // 2] + ordered[row, size // 2]) / 2
        out[dense] = np.log(np.maximum(median, 0.05 * np.exp(out[dense])))
    return out
