"""How long customers bear to wait: those who were called only tell that they would have borne longer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special

from counterpoint.science.calibration.laws import FloatArray, Law
from counterpoint.science.calibration.problem import Params
from counterpoint.science.calibration.tickets import spread_of

FAMILIES = ("lognormal", "exponential", "weibull")


def kaplan_meier(minutes: FloatArray, gone: FloatArray, weights: FloatArray | None = None) -> pd.DataFrame:
    """Kaplan–Meier estimate of patience: index `minutes` (of walk-outs), columns at_risk, events, survival, low, high.

    `gone` is 1 for a walk-out (event) and 0 for a customer called then (censored; called after a walk-out at the same
    minute). The 95 % band is Greenwood's on the log(-log) scale.
    """
    weight = np.ones(len(minutes)) if weights is None else weights
    times, where = np.unique(minutes, return_inverse=True)
    events = np.bincount(where, weight * gone, minlength=len(times))
    risk = np.bincount(where, weight, minlength=len(times))[::-1].cumsum()[::-1]
    keep = events > 0
    times, events, risk = times[keep], events[keep], risk[keep]
    survival = np.cumprod(1 - events / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (risk * (risk - events)))
        half = 1.96 * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = survival ** np.exp(half), survival ** np.exp(-half)
    return pd.DataFrame(
        {"at_risk": risk, "events": events, "survival": survival, "low": low, "high": high},
        index=pd.Index(times, name="minutes"),
    )


@dataclass(frozen=True)
class PatienceFit:
    """Patience of those who did not leave at once, minutes.

    `law` is that of the tier `reference`; `factors` multiply it for the other tiers (1 when `tier_origin` is pooled).
    `laws` has a row a family: mean, median, aic, ks (largest distance to Kaplan–Meier where a twentieth is still at
    risk). `naive_mean` is the mean wait of those who left: what censoring makes too low. `origin` is default when there
    are too few walk-outs; then `law` is None.
    """

    origin: str
    walkouts: int
    censored: int
    law: Law | None
    best: str
    mean_interval: tuple[float, float]
    median_interval: tuple[float, float]
    laws: pd.DataFrame
    curve: pd.DataFrame
    naive_mean: float
    reference: str
    factors: dict[str, float]
    factor_intervals: dict[str, tuple[float, float]]
    tier_origin: dict[str, str]


@dataclass(frozen=True)
class _Grouped:
    """Waits rounded to seconds, with counts: minutes, gone (0 or 1), tier number, count."""

    minutes: FloatArray
    gone: FloatArray
    tier: FloatArray
    count: FloatArray


def fit_patience(table: pd.DataFrame, params: Params, rng: np.random.Generator) -> PatienceFit:
    """Patience from `tickets`: walk-outs are events, calls are censored; leaving at once is not patience."""
    known = table[(table["waited"] * 60 > params.at_once_seconds) & table["outcome"].isin(("served", "abandoned"))]
    gone = (known["outcome"] == "abandoned").to_numpy(dtype=np.float64)
    minutes = known["waited"].to_numpy(dtype=np.float64)
    tiers = known["tier"].fillna("").to_numpy(dtype=object)
    curve = kaplan_meier(minutes, gone)
    naive = float(minutes[gone == 1].mean()) if gone.any() else math.nan
    walkouts = int(gone.sum())
    nothing = (math.nan, math.nan)
    if walkouts < params.min_walkouts:
        empty = pd.DataFrame(columns=["mean", "median", "aic", "ks"], dtype=np.float64).rename_axis("family")
        return PatienceFit(
            "default", walkouts, len(known) - walkouts, None, "", nothing, nothing, empty, curve, naive, "", {}, {}, {}
        )
    names, number = _tier_numbers(tiers, gone, params)
    grouped = _group(minutes, gone, number)
    fitted = {family: _fit(family, grouped, len(names)) for family in FAMILIES}
    rows = {
        family: (law.mean, float(law.frozen.ppf(0.5)), law.aic, _gap(family, grouped, curve, len(known)))
        for family, (law, _) in fitted.items()
    }
    laws = pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "median", "aic", "ks"]).rename_axis("family")
    twin = min(("lognormal", "exponential"), key=lambda family: fitted[family][0].aic)
    law, factors = fitted[twin]
    means, medians, drawn = _bootstrap(twin, grouped, len(names), params, rng)
    thin = sorted(set(tiers) - set(names) - {""})
    return PatienceFit(
        "fitted", walkouts, len(known) - walkouts, law, str(laws["aic"].idxmin()),
        spread_of(means, params.confidence), spread_of(medians, params.confidence), laws, curve, naive, names[0],
        dict(zip(names, map(float, factors), strict=True)) | dict.fromkeys(thin, 1.0),
        {name: spread_of(drawn[:, i], params.confidence) for i, name in enumerate(names)},
        dict.fromkeys(names, "fitted") | dict.fromkeys(thin, "pooled"),
    )  # fmt: skip


def _tier_numbers(tiers: FloatArray, gone: FloatArray, params: Params) -> tuple[list[str], FloatArray]:
    """Tiers with walk-outs enough, the one with most first, and the number of each ticket's (thin tiers count as 0)."""
    names, where = np.unique(tiers.astype(str), return_inverse=True)
    events = np.bincount(where, gone, minlength=len(names))
    order = [i for i in np.argsort(-events, kind="stable") if events[i] >= params.min_walkouts] or [
        int(np.argmax(events))
    ]
    number = np.zeros(len(names))
    number[order] = np.arange(len(order))
    return [str(names[i]) for i in order], number[where]


def _group(minutes: FloatArray, gone: FloatArray, tier: FloatArray) -> _Grouped:
    key = np.column_stack([np.maximum(np.rint(minutes * 60), 1), gone, tier])
    values, counts = np.unique(key, axis=0, return_counts=True)
    return _Grouped(values[:, 0] / 60, values[:, 1], values[:, 2], counts.astype(np.float64))


def _slopes(
    family: str, shape: float, minutes: FloatArray, scale: FloatArray, gone: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log-likelihood of each wait (density when gone, survival when called), its slopes in log shape and log scale."""
    away = np.log(minutes) - np.log(scale)
    if family == "lognormal":
        z = away / shape
        density = -0.5 * z**2 - np.log(shape * minutes) - 0.5 * math.log(2 * math.pi)
        beyond = special.log_ndtr(-z)
        hazard = np.exp(-0.5 * z**2 - 0.5 * math.log(2 * math.pi) - beyond)
        return (
            np.where(gone == 1, density, beyond),
            np.where(gone == 1, z**2 - 1, hazard * z),
            np.where(gone == 1, z, hazard) / shape,
        )
    power = np.exp(np.minimum(shape * away, 500.0))
    value = gone * (math.log(shape) + shape * away - np.log(minutes)) - power
    return value, gone * (1 + shape * away) - power * shape * away, shape * (power - gone)


def _fit(family: str, data: _Grouped, tiers: int, start: FloatArray | None = None) -> tuple[Law, FloatArray]:
    """Censored maximum likelihood: one shape, one scale a tier. Returns the first tier's law and all scale ratios.

    The law's log-likelihood is reduced by the further tiers' parameters, so that its AIC counts them.
    """
    tier = data.tier.astype(np.int64)
    exposure = np.bincount(tier, data.count * data.minutes, minlength=tiers)
    events = np.bincount(tier, data.count * data.gone, minlength=tiers)
    rates = np.log(exposure / np.maximum(events, 0.5))

    def loss(x: FloatArray) -> tuple[float, FloatArray]:
        value, by_shape, by_scale = _slopes(family, math.exp(x[0]), data.minutes, np.exp(x[1:])[tier], data.gone)
        slopes = np.concatenate(
            [[float((data.count * by_shape).sum())], np.bincount(tier, data.count * by_scale, minlength=tiers)]
        )
        return -float((data.count * value).sum()), -slopes

    if family == "exponential":
        x = np.concatenate([[0.0], rates])
        best = loss(x)[0]
    else:
        begin = np.concatenate([[0.3 if family == "lognormal" else 0.0], rates]) if start is None else start
        found = optimize.minimize(loss, begin, method="BFGS", jac=True, options={"gtol": 1e-3})
        best, x = float(found.fun), found.x
    return Law(family, math.exp(x[0]), math.exp(x[1]), -best - (tiers - 1)), np.exp(x[1:] - x[1])


def _gap(family: str, data: _Grouped, curve: pd.DataFrame, tickets: int) -> float:
    """Largest distance between Kaplan–Meier and the law of all tiers together, where a twentieth is still at risk."""
    law, _ = _fit(family, _Grouped(data.minutes, data.gone, np.zeros_like(data.tier), data.count), 1)
    shown = curve[curve["at_risk"] >= 0.05 * tickets]
    if shown.empty:
        return math.nan
    before = np.concatenate([[1.0], shown["survival"].to_numpy()[:-1]])
    model = law.survival(shown.index.to_numpy(dtype=np.float64))
    return float(max(np.abs(model - shown["survival"]).max(), np.abs(model - before).max()))


def _bootstrap(
    family: str, data: _Grouped, tiers: int, params: Params, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Means, medians and tier factors of resampled tickets."""
    law, ratios = _fit(family, data, tiers)
    start = np.concatenate([[math.log(law.shape)], np.log(law.scale * ratios)])
    total = int(data.count.sum())
    share = data.count / total
    means, medians = np.empty(params.bootstrap), np.empty(params.bootstrap)
    factors = np.empty((params.bootstrap, tiers))
    for i in range(params.bootstrap):
        counts = rng.multinomial(total, share).astype(np.float64)
        drawn, factors[i] = _fit(family, _Grouped(data.minutes, data.gone, data.tier, counts), tiers, start)
        means[i], medians[i] = drawn.mean, float(drawn.frozen.ppf(0.5))
    return means, medians, factors
