"""Day effects as a Gaussian variance-components model on the log scale.

log(day rate) = constant + kind + weekday + drifting weekday + tags + weather + place in the month + slow level
                + short memory + break before the day + distance to a moving festival + day noise.
Each term is Gaussian with its own variance, so an effect seen on few days is shrunk towards zero by the data's own
measure. Counts enter through penalised quasi-likelihood (Breslow and Clayton 1993): a working response with variance
1/mean. Unusual days lose weight as under a Student-t with four degrees of freedom.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from counterpoint.science.demand.problem import DayInfo

Array = NDArray[np.float64]
TERMS = ("kind", "weekday", "drift", "tags", "weather", "month", "level", "short", "break", "festival", "noise")
# Prior medians of the variances (log scale, so 0.01 is about ±10 %) and the spread of their logarithms.
PRIOR_TOTAL = np.array([0.15, 0.04, 0.002, 0.03, 0.005, 0.006, 0.02, 0.006, 0.01, 0.06, 0.006])
PRIOR_SHARE = np.array([0.30, 0.03, 0.001, 0.02, 0.002, 0.003, 0.01, 0.002, 0.002, 0.02, 0.006])
PRIOR_SPREAD = 1.0
CONSTANT = 1.0
STUDENT = 4.0
FESTIVAL_DAYS = 1.5  # how alike days at unlike distance from a festival are
LONGEST_BREAK = 16


@dataclass(frozen=True, eq=False)
class DayPosterior:
    """Log day effect of the asked days (mean, covariance with day noise) and of the seen days (mean).

    `weights` (seen days,): evidence of each day; any term's mean is its variance times its kernel times these.
    """

    mean: Array
    cov: Array
    seen: Array
    variances: Array
    weights: Array


def label(day: DayInfo) -> str:
    """Days with the same label share a weekday effect and a profile."""
    return f"{day.kind}:{day.date.weekday()}" if day.kind in ("workday", "weekend") else day.kind


def kernels(days: Sequence[DayInfo]) -> Array:
    """Unit-variance covariance of every term but the noise, shape (terms - 1, days, days)."""
    time = np.array([day.date.toordinal() for day in days], dtype=float)
    gap = np.abs(time[:, None] - time[None, :])
    kind = np.array(["workday" if d.kind == "makeup" else d.kind for d in days])
    labels = np.array([label(d) for d in days])
    same_kind = (kind[:, None] == kind[None, :]).astype(float)
    same = (labels[:, None] == labels[None, :]).astype(float)
    place = np.array([(d.date.day - 1) / calendar.monthrange(d.date.year, d.date.month)[1] for d in days])
    month = np.exp(-2 * np.sin(np.pi * (place[:, None] - place[None, :])) ** 2 / 0.45**2)
    return np.stack(
        [
            same_kind,
            same,
            same * np.exp(-gap / 60),
            _linear([dict.fromkeys(d.tags, 1.0) for d in days]),
            _linear([dict(d.weather or {}) for d in days]),
            month,
            np.exp(-gap / 40),
            np.exp(-gap / 4),
            np.outer(*[breaks(days)] * 2),
            near_festival(days),
        ]
    )


def breaks(days: Sequence[DayInfo]) -> Array:
    """log2 of the days since the branch was last open: 0 after an open day, 1.6 on a Monday, more after a holiday.

    What people put off comes at once, whatever the weekday. Only days listed as closed make a break; where the day
    before is not listed, the usual break of the weekday is taken.
    """
    opened = {day.date.toordinal(): day.is_open for day in days}
    out = np.zeros(len(days))
    for place, day in enumerate(days):
        last = day.date.toordinal() - 1
        while opened.get(last) is False:
            last -= 1
        known = last in opened and day.is_open
        out[place] = np.log2(min(day.date.toordinal() - last, LONGEST_BREAK)) if known else np.nan
    told = ~np.isnan(out)
    weekday = np.array([day.date.weekday() for day in days])
    for unknown in map(int, np.flatnonzero(~told)):
        usual = out[told & (weekday == weekday[unknown])]
        out[unknown] = np.median(usual) if len(usual) and days[unknown].is_open else 0.0
    return out


def near_festival(days: Sequence[DayInfo]) -> Array:
    """Unit-variance covariance of the distances to moving festivals."""
    out = np.zeros((len(days), len(days)))
    for name in sorted({name for day in days for name in day.festivals}):
        away = np.array([day.festivals.get(name, np.nan) for day in days], dtype=float)
        alike = np.exp(-0.5 * ((away[:, None] - away[None, :]) / FESTIVAL_DAYS) ** 2)
        out += np.where(np.isfinite(alike), alike, 0.0)
    return out


def _linear(rows: list[dict[str, float]]) -> Array:
    names = sorted({name for row in rows for name in row})
    design = np.array([[row.get(name, 0.0) for name in names] for row in rows]).reshape(len(rows), len(names))
    return cast(Array, design @ design.T)


def _objective(
    theta: Array, terms: Array, response: Array, weights: Array, working: Array, prior: Array
) -> tuple[float, Array]:
    """Negative log posterior of the log variances and its gradient; responses have shape (sets, days)."""
    variances = np.exp(theta)
    value = 0.5 * float(np.sum((theta - np.log(prior)) ** 2)) / PRIOR_SPREAD**2
    slope = (theta - np.log(prior)) / PRIOR_SPREAD**2
    smooth = np.tensordot(variances[:-1], terms, axes=1) + CONSTANT
    for one, weight, noise in zip(response, weights, working, strict=True):
        known = np.isfinite(noise)
        part = np.ix_(known, known)
        cov = smooth[part] + np.diag(noise[known] + variances[-1] / weight[known])
        inverse = np.linalg.inv(cov)
        alpha = inverse @ one[known]
        value += 0.5 * float(one[known] @ alpha) + 0.5 * float(np.linalg.slogdet(cov)[1])
        outer = np.outer(alpha, alpha) - inverse
        slope[:-1] -= 0.5 * variances[:-1] * np.array([np.sum(outer * term[part]) for term in terms])
        slope[-1] -= 0.5 * variances[-1] * float(np.sum(np.diag(outer) / weight[known]))
    return value, slope


def tune(terms: Array, response: Array, weights: Array, working: Array, prior: Array, *, steps: int = 25) -> Array:
    """Variances with the highest posterior density (type-II maximum likelihood with a log-normal prior)."""
    found = minimize(
        _objective,
        np.log(prior),
        args=(terms, response, weights, working, prior),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(v) - 4.5, np.log(v) + 3.0) for v in prior],
        options={"maxiter": steps},
    )
    return cast(Array, np.exp(found.x))


@dataclass(frozen=True, eq=False)
class DayData:
    """Day sums: `count` tickets against `scale` expected at log effect zero; scale 0 marks a day without evidence."""

    count: Array
    scale: Array


def centre_of(data: DayData) -> float:
    """Log of the median day rate, the point the Gaussian terms scatter around."""
    known = data.scale > 0
    return float(np.log(np.median((data.count[known] + 0.5) / data.scale[known]))) if known.any() else 0.0


def working_response(data: DayData, effect: Array) -> tuple[Array, Array]:
    """Penalised quasi-likelihood step: response and its variance (infinite without evidence)."""
    mean = np.maximum(data.scale * np.exp(effect), 0.05)
    response = effect + (data.count - mean) / mean
    noise = np.where(data.scale > 0, 1 / mean, np.inf)
    return np.where(data.scale > 0, response, 0.0), noise


def fit(
    terms: Array,
    data: DayData,
    *,
    centre: float,
    prior: Array,
    variances: Array | None = None,
    tune_days: int = 160,
    rounds: int = 4,
) -> DayPosterior:
    """Posterior of the asked days given the seen ones.

    `terms` covers seen then asked days; `data` only the seen ones. With `variances` given nothing is tuned.
    """
    seen = len(data.count)
    asked = terms.shape[1] - seen
    effect = np.where(data.scale > 0, np.log((data.count + 0.5) / np.maximum(data.scale, 1e-9)), centre)
    weight = np.ones(seen)
    tuned = prior if variances is None else variances
    known = data.scale > 0
    own = np.ix_(known, known)
    if not known.any():
        smooth = np.tensordot(tuned[:-1], terms, axes=1)[seen:, seen:] + CONSTANT
        return DayPosterior(np.full(asked, centre), smooth + tuned[-1] * np.eye(asked), effect, tuned, np.zeros(seen))
    for step in range(rounds):
        response, noise = working_response(data, effect)
        response = np.where(known, response - centre, 0.0)
        if variances is None and step in (0, 2):
            cut = slice(max(0, seen - tune_days), seen)
            tuned = tune(terms[:, cut, cut], response[None, cut], weight[None, cut], noise[None, cut], prior)
        smooth = np.tensordot(tuned[:-1], terms, axes=1) + CONSTANT
        day_noise = tuned[-1] / weight[known]
        seen_cov = smooth[:seen, :seen][own] + np.diag(noise[known] + day_noise)
        alpha = np.linalg.solve(seen_cov, response[known])
        fitted = smooth[:seen, :seen][:, known] @ alpha
        own_noise = np.zeros(seen)
        own_noise[known] = day_noise * alpha
        effect = centre + fitted + own_noise
        gone = (response - fitted)[known] ** 2 / (tuned[-1] + noise[known])
        weight = weight.copy()
        weight[known] = np.minimum(1.0, (STUDENT + 1) / (STUDENT + gone))
    cross = smooth[seen:, :seen][:, known]
    mean = centre + cross @ alpha
    cov = smooth[seen:, seen:] - cross @ np.linalg.solve(seen_cov, cross.T) + tuned[-1] * np.eye(asked)
    weights = np.zeros(seen)
    weights[known] = alpha
    return DayPosterior(mean, (cov + cov.T) / 2, effect, tuned, weights)
