"""Did what we did move the figure? Difference in differences of branch-weeks, with an answer that owes nothing to luck.

Each treated branch is held against the untreated ones that were most like it before (mean and drift); the effect is the
mean of how much more it changed than they did. Whole branches are drawn anew as treated, with their controls matched
anew, and the same figure is computed each time: its p-value is exact whatever the distribution of the weeks and however
the weeks of a branch hang together (Fisher 1935; Rosenbaum 2002, ch. 2), and the interval holds every effect that this
test does not refute. Beside it stand the check that both went the same way before, and the smallest effect that this
comparison would find four times in five.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb, inf
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
LEVEL, POWER = 0.95, 0.80
LIKE = 3  # controls that a treated branch is held against
DRAWS = 999
LEAST_BEFORE, LEAST_AFTER = 4, 2  # weeks
NEAR = 1e-9


class TooLittle(ValueError):
    """The panel cannot answer: no treated branch, no control, or too few weeks."""


@dataclass(frozen=True)
class Panel:
    """Figures of branches by week, shape (branches, weeks), NaN where there is none; who was treated; the first week
    after the treatment (its index). Names are for people."""

    values: Floats
    treated: NDArray[np.bool_]
    since: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Effect:
    """`estimate` in the figure's unit with its interval (ends may be infinite with few branches), the p-value of no
    effect, the smallest effect that would be found, and the check of trends before. `least_p` is the smallest p-value
    that so few branches allow; `gaps` is treated less controls by week, 0 in the mean before."""

    estimate: float
    low: float
    high: float
    p: float
    detectable: float
    trend: float
    trend_p: float
    least_p: float
    treated: int
    controls: int
    weeks_before: int
    weeks_after: int
    assignments: int
    gaps: tuple[float, ...]
    matched: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def found(self) -> bool:
        """Whether the figure surely moved."""
        return self.p <= 1 - LEVEL + NEAR

    @property
    def parallel(self) -> bool:
        """Whether nothing speaks against equal trends before."""
        return self.trend_p > 1 - LEVEL

    def summary(self) -> dict[str, Any]:
        """The figures by name."""
        names = ("estimate", "low", "high", "p", "detectable", "trend", "trend_p", "treated", "controls")
        return {name: getattr(self, name) for name in names}

    def to_frame(self) -> pd.DataFrame:
        """One row a week: treated less controls."""
        import pandas as pd

        return pd.DataFrame({"week": range(len(self.gaps)), "gap": self.gaps})


def effect(panel: Panel, *, seed: int, draws: int = DRAWS) -> Effect:
    """What the treatment did. Raises `TooLittle`."""
    values, treated = _checked(panel)
    before, after = values[:, : panel.since], values[:, panel.since :]
    half = panel.since // 2
    early, late = _mean(before[:, :half]), _mean(before[:, half:])
    change = _mean(after) - _mean(before)
    likes = _distances(np.column_stack([_mean(before), late - early]))
    sets = assignments(treated, seed=seed, draws=draws)
    controls = nearest(likes, sets)
    drawn = _statistic(change, sets, controls)
    share = _statistic(treated.astype(float), sets, controls)  # how much of an effect each drawing would show
    low, high = _interval(drawn, share)
    spread = float(np.std(drawn[1:] - drawn[0] * share[1:])) if len(sets) > 1 else inf
    trends = _statistic(late - early, sets, nearest(_distances(early[:, None]), sets))
    gaps = _statistic_by_week(values, sets[0], controls[0])
    return Effect(
        estimate=float(drawn[0]), low=low, high=high, p=_p(drawn), detectable=_reach() * spread,
        trend=float(trends[0]), trend_p=_p(trends), least_p=1 / len(sets), treated=int(treated.sum()),
        controls=int((~treated).sum()), weeks_before=panel.since, weeks_after=values.shape[1] - panel.since,
        assignments=len(sets), gaps=tuple((gaps - np.nanmean(gaps[: panel.since])).tolist()),
        matched=tuple((int(one), tuple(int(c) for c in row)) for one, row in zip(sets[0], controls[0], strict=True)),
    )  # fmt: skip


def _checked(panel: Panel) -> tuple[Floats, NDArray[np.bool_]]:
    values, treated = np.asarray(panel.values, dtype=float), np.asarray(panel.treated, dtype=bool)
    if values.ndim != 2 or treated.shape != values.shape[:1]:
        raise TooLittle("values are branches by weeks, with one mark of treatment a branch")
    if not 0 < treated.sum() < len(treated):
        raise TooLittle("at least one branch is treated and one is not")
    if panel.since < LEAST_BEFORE or values.shape[1] - panel.since < LEAST_AFTER:
        raise TooLittle(f"at least {LEAST_BEFORE} weeks before and {LEAST_AFTER} after are needed")
    known, half = np.isfinite(values), panel.since // 2
    parts = (known[:, :half], known[:, half : panel.since], known[:, panel.since :])
    if not all(part.any(axis=1).all() for part in parts):
        raise TooLittle("every branch has figures early before, late before, and after")
    return values, treated


def _mean(part: Floats) -> Floats:
    found: Floats = np.nanmean(part, axis=1)
    return found


def _distances(features: Floats) -> Floats:
    """How unlike branches are: distance of features, each in its own standard deviations."""
    spread = features.std(axis=0)
    scaled = features / np.where(spread > NEAR, spread, 1.0)
    found: Floats = np.linalg.norm(scaled[:, None, :] - scaled[None, :, :], axis=2)
    return found


def assignments(treated: NDArray[np.bool_], *, seed: int, draws: int) -> NDArray[np.int64]:
    """Sets of branches that might have been treated, shape (sets, treated), the true one first: all of them where
    they are few, otherwise it and `draws` drawn ones."""
    count, size = len(treated), int(treated.sum())
    true = np.flatnonzero(treated)
    if comb(count, size) <= draws + 1:
        others = [one for one in combinations(range(count), size) if one != tuple(true)]
        return np.array([tuple(true), *others], dtype=np.int64)
    rng = np.random.default_rng(seed)
    drawn = rng.random((draws, count)).argpartition(size - 1, axis=1)[:, :size]
    return np.vstack([true, np.sort(drawn, axis=1)]).astype(np.int64)


def nearest(distances: Floats, sets: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each set and each branch in it, the most alike branches outside of it: shape (sets, treated, controls)."""
    count = len(distances)
    inside = np.zeros((len(sets), count), dtype=bool)
    np.put_along_axis(inside, sets, values=True, axis=1)
    far = np.where(inside[:, None, :], inf, distances[sets])
    kept = min(LIKE, count - sets.shape[1])
    return np.argsort(far, axis=2, kind="stable")[:, :, :kept]


def _statistic(change: Floats, sets: NDArray[np.int64], controls: NDArray[np.int64]) -> Floats:
    found: Floats = (change[sets] - change[controls].mean(axis=2)).mean(axis=1)
    return found


def _statistic_by_week(values: Floats, treated: NDArray[np.int64], controls: NDArray[np.int64]) -> Floats:
    others = values[controls].reshape(-1, values.shape[1])
    found: Floats = np.nanmean(values[treated], axis=0) - np.nanmean(others, axis=0)
    return found


def _p(drawn: Floats) -> float:
    return float(np.mean(np.abs(drawn) >= abs(drawn[0]) - NEAR))


def _interval(drawn: Floats, share: Floats) -> tuple[float, float]:
    """Every constant effect δ that the test does not refute. Under δ a drawing gives drawn − δ·share, the true one
    drawn[0] − δ; a drawing speaks for δ between the two values where both are equally far from 0."""
    true = drawn[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (true - drawn) / (1 - share), (true + drawn) / (1 + share)
    low, high = np.fmin(one, other), np.fmax(one, other)
    same = share >= 1 - NEAR  # the true set itself speaks for every effect
    low[same], high[same] = -inf, inf
    mirrored = share <= -1 + NEAR  # treated and controls change places: one side is open
    middle, up = (true - drawn) / 2, true + drawn >= 0
    low[mirrored] = np.where(up, middle, -inf)[mirrored]
    high[mirrored] = np.where(up, inf, middle)[mirrored]
    place = int((1 - LEVEL) * len(drawn) + NEAR)
    return float(np.sort(low)[place]), float(np.sort(high)[::-1][place])


def _reach() -> float:
    """Standard deviations between nothing and an effect that is found with the promised power."""
    normal = NormalDist()
    return normal.inv_cdf(0.5 + LEVEL / 2) + normal.inv_cdf(POWER)
