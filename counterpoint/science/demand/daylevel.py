"""Day effects as a Gaussian variance-components model on the log scale.

log(day rate) = constant + kind + weekday + drifting weekday + tags + weather + place in the month + slow level
                + short memory + break before the day + distance to a moving festival + this year's own festival
                + day noise.
Each term is Gaussian with its own variance, so an effect seen on few days is shrunk towards zero by the data's own
measure. Counts enter through penalised quasi-likelihood (Breslow and Clayton 1993): a working response with variance
1/mean. Unusual days lose weight as under a Student-t with four degrees of freedom.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, lapack, solve_triangular
from scipy.optimize import minimize

from counterpoint.science.demand.problem import DayInfo

Array = NDArray[np.float64]
TERMS = (
    "kind",
    "weekday",
    "drift",
    "tags",
    "weather",
    "month",
    "level",
    "short",
    "break",
    "festival",
    "occasion",
    "noise",
)
OCCASIONAL = (3, 4, 5, 8, 9, 10)  # terms of single days: tags, weather, month, break, festival, occasion
# Prior medians of the variances (log scale, so 0.01 is about ±10 %) and the spread of their logarithms.
PRIOR_TOTAL = np.array([0.15, 0.04, 0.002, 0.03, 0.005, 0.006, 0.02, 0.006, 0.01, 0.06, 0.01, 0.006])
PRIOR_SHARE = np.array([0.30, 0.03, 0.001, 0.02, 0.002, 0.003, 0.01, 0.002, 0.002, 0.02, 0.006, 0.006])
PRIOR_SPREAD = 1.0
CONSTANT = 1.0
STUDENT = 4.0
FESTIVAL_DAYS = 1.5  # how alike days at unlike distance from a festival are
OCCASION_DAYS = 60  # days of one year's festival; those of another year are further apart
LONGEST_BREAK = 16


@dataclass(frozen=True, eq=False)
class Past:
    """What was seen, kept so that any day can be forecast from the days before it without fitting anew.

    `terms` (see `kernels`), `smooth` (their mixture by `variances`) and `known` (seen days with evidence) cover seen
    then asked days; `response` and `root` (lower Cholesky factor of their covariance) have the known days in order, so
    the leading block of `root` is the factor of the first ones.
    """

    terms: Array
    variances: Array
    smooth: Array
    known: NDArray[np.bool_]
    centre: float
    response: Array
    root: Array

    def ahead(self, stop: int, days: NDArray[np.intp]) -> tuple[Array, Array]:
        """Mean and covariance of the log effects of `days` given the first `stop` days; day noise included."""
        cov = self.smooth[np.ix_(days, days)] + self.variances[-1] * np.eye(len(days))
        seen = np.flatnonzero(self.known[:stop])
        if not len(seen):
            return np.full(len(days), self.centre), cov
        sides = np.column_stack([self.response[: len(seen)], self.smooth[np.ix_(seen, days)]])
        half = solve_triangular(self.root[: len(seen), : len(seen)], sides, lower=True, check_finite=False)
        return self.centre + half[:, 1:].T @ half[:, 0], np.asarray(cov - half[:, 1:].T @ half[:, 1:], dtype=float)

    @cached_property
    def _occasional(self) -> Array:
        return mixed(np.append(self.variances[list(OCCASIONAL)], 0.0), self.terms[list(OCCASIONAL)], constant=0.0)

    def usual(self, stop: int, days: NDArray[np.intp], lasts: Sequence[int]) -> Array:
        """Log effects of `days` as the mean of the last days of their label before `stop`, calendar adjusted.

        One row for each number of days in `lasts`. What the model ascribes to tags, weather, the place in the month,
        breaks and festivals is taken from the seen days and added to the asked ones. NaN for a label seen on fewer
        than three days.
        """
        seen = np.flatnonzero(self.known[:stop])
        out = np.full((len(lasts), len(days)), np.nan)
        if len(seen) < 3:
            return out
        factor = (self.root[: len(seen), : len(seen)], True)
        pull = cho_solve(factor, self.response[: len(seen)], check_finite=False)
        plain = self.response[: len(seen)] - self._occasional[np.ix_(seen, seen)] @ pull
        extra = self.centre + self._occasional[np.ix_(days, seen)] @ pull
        alike = self.terms[1][np.ix_(days, seen)] > 0
        order = np.cumsum(alike[:, ::-1], axis=1)[:, ::-1]  # 1 for the latest day of the label, 2 for the one before
        for row, last in enumerate(lasts):
            near = alike & (order <= last)
            count = near.sum(axis=1)
            out[row] = np.where(count >= min(3, last), near @ plain / np.maximum(count, 1), np.nan) + extra
        return out


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
    past: Past


def label(day: DayInfo) -> str:
    """Days with the same label share a weekday effect and a profile."""
    return f"{day.kind}:{day.date.weekday()}" if day.kind in ("workday", "weekend") else day.kind


def kernels(days: Sequence[DayInfo]) -> Array:
    """Unit-variance covariance of every term but the noise, shape (terms - 1, days, days)."""
    size = len(days)
    time = np.array([day.date.toordinal() for day in days], dtype=int)
    gap = np.abs(time[:, None] - time[None, :])
    kind, named = _codes(["workday" if d.kind == "makeup" else d.kind for d in days]), _codes([label(d) for d in days])
    same = (named[:, None] == named[None, :]).astype(float)
    turn = np.array([(d.date.day - 1) / calendar.monthrange(d.date.year, d.date.month)[1] for d in days]) * 2 * np.pi
    nearness = np.outer(np.cos(turn), np.cos(turn)) + np.outer(np.sin(turn), np.sin(turn))  # 1 - 2 sin² of half the gap
    away = np.arange(int(gap.max(initial=0)) + 1, dtype=float)
    out = np.empty((len(TERMS) - 1, size, size))
    out[0] = kind[:, None] == kind[None, :]
    out[1] = same
    out[2] = same * np.exp(-away / 60)[gap]
    out[3] = _linear([dict.fromkeys(d.tags, 1.0) for d in days])
    out[4] = _linear([dict(d.weather or {}) for d in days])
    out[5] = np.exp((nearness - 1) / 0.45**2)
    out[6] = np.exp(-away / 40)[gap]
    out[7] = np.exp(-away / 4)[gap]
    out[8] = np.outer(*[breaks(days)] * 2)
    out[9] = near_festival(days)
    out[10] = out[9] * same_occasion(days)
    return out


def same_occasion(days: Sequence[DayInfo]) -> Array:
    """1 where two days are near enough to belong to the same year's festival, else 0; shape (days, days)."""
    time = np.array([day.date.toordinal() for day in days])
    return np.asarray(np.abs(time[:, None] - time[None, :]) <= OCCASION_DAYS, dtype=float)


def _codes(names: Sequence[str]) -> NDArray[np.intp]:
    """A number for every different name, so that names compare at the speed of numbers."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.intp)


def mixed(variances: Array, terms: Array, *, constant: float = CONSTANT) -> Array:
    """Covariance of the smooth part: the terms by their variances, and the constant; shape (days, days)."""
    flat = np.asarray(variances[:-1], dtype=float) @ terms.reshape(len(terms), -1)
    return np.asarray(flat.reshape(terms.shape[1:]) + constant, dtype=float)


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
    return np.asarray(design @ design.T, dtype=float)


def _objective(
    theta: Array, terms: Array, response: Array, weights: Array, working: Array, prior: Array
) -> tuple[float, Array]:
    """Negative log posterior of the log variances and its gradient; responses have shape (sets, days)."""
    variances = np.exp(theta)
    value = 0.5 * float(np.sum((theta - np.log(prior)) ** 2)) / PRIOR_SPREAD**2
    slope = (theta - np.log(prior)) / PRIOR_SPREAD**2
    smooth = mixed(variances, terms)
    for one, weight, noise in zip(response, weights, working, strict=True):
        known = np.isfinite(noise)
        if not known.any():
            continue
        full = bool(known.all())
        cov = smooth.copy() if full else smooth[np.ix_(known, known)]
        cov[np.diag_indices(len(cov))] += noise[known] + variances[-1] / weight[known]
        root, inverse = _inverse(cov)
        alpha = inverse @ one[known]
        value += 0.5 * float(one[known] @ alpha) + float(np.log(np.diag(root)).sum())
        outer = np.outer(alpha, alpha) - inverse
        slope[-1] -= 0.5 * variances[-1] * float(np.sum(np.diag(outer) / weight[known]))
        if not full:  # days without evidence count for nothing
            whole = np.zeros_like(smooth)
            whole[np.ix_(known, known)] = outer
            outer = whole
        slope[:-1] -= 0.5 * variances[:-1] * (terms.reshape(len(terms), -1) @ outer.ravel())
    return value, slope


def _inverse(cov: Array) -> tuple[Array, Array]:
    """Lower Cholesky factor and inverse of a positive definite matrix; LinAlgError when it is none."""
    root, failed = lapack.dpotrf(cov, lower=1, clean=1)
    half, odd = lapack.dpotri(root, lower=1)
    if failed or odd:
        raise np.linalg.LinAlgError("The covariance of the days is not positive definite.")
    return root, half + np.tril(half, -1).T


def tune(
    terms: Array,
    response: Array,
    weights: Array,
    working: Array,
    prior: Array,
    *,
    steps: int = 25,
    start: Array | None = None,
) -> Array:
    """Variances with the highest posterior density (type-II maximum likelihood with a log-normal prior).

    Terms that none of the days have (no weather, no festival) keep their prior and are left out of the search.
    """
    live = np.append(terms.any(axis=(1, 2)), True)
    first = (prior if start is None else start)[live]
    found = minimize(
        _objective,
        np.log(first),
        args=(np.ascontiguousarray(terms[live[:-1]]), response, weights, working, prior[live]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(v) - 4.5, np.log(v) + 3.0) for v in prior[live]],
        options={"maxiter": steps},
    )
    out = prior.copy()
    out[live] = np.exp(found.x)
    return out


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
    smooth = mixed(tuned, terms)
    if not known.any():
        return DayPosterior(
            np.full(asked, centre), smooth[seen:, seen:] + tuned[-1] * np.eye(asked), effect, tuned, np.zeros(seen),
            Past(terms, tuned, smooth, known, centre, np.zeros(0), np.zeros((0, 0))),
        )  # fmt: skip
    own = smooth[:seen, :seen][:, known]
    for step in range(rounds):
        response, noise = working_response(data, effect)
        response = np.where(known, response - centre, 0.0)
        if variances is None and step in (0, 2):
            cut = slice(max(0, seen - tune_days), seen)
            tuned = tune(
                terms[:, cut, cut], response[None, cut], weight[None, cut], noise[None, cut], prior,
                start=tuned if step else None,
            )  # fmt: skip
            smooth = mixed(tuned, terms)
            own = smooth[:seen, :seen][:, known]
        day_noise = tuned[-1] / weight[known]
        seen_cov = own[known]
        seen_cov[np.diag_indices(len(seen_cov))] += noise[known] + day_noise
        root = cholesky(seen_cov, lower=True, check_finite=False)
        alpha = cho_solve((root, True), response[known], check_finite=False)
        fitted = own @ alpha
        own_noise = np.zeros(seen)
        own_noise[known] = day_noise * alpha
        effect = centre + fitted + own_noise
        gone = (response - fitted)[known] ** 2 / (tuned[-1] + noise[known])
        weight = weight.copy()
        weight[known] = np.minimum(1.0, (STUDENT + 1) / (STUDENT + gone))
    past = Past(terms, tuned, smooth, known, centre, response[known], root)
    mean, cov = past.ahead(seen, np.arange(seen, seen + asked))
    weights = np.zeros(seen)
    weights[known] = alpha
    return DayPosterior(mean, cov, effect, tuned, weights, past)
