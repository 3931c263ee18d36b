"""The chance of meeting a limit, by playing the plan many times over measured step times.

Two loops: an outer draw says how things may truly be at this branch (Bayesian bootstrap over the measured times, a
Dirichlet draw over the answers, a prior for what nobody measured), the inner runs play that world. The mean over all
is the chance, the spread of the outer means its interval.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.response.stages import Prior, ResponseError, Stage, check

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
MOST_ROUNDS = 30  # a repeating step that is still not over then is taken as over
LEAST_LATE = 0.01  # with fewer runs over the limit, the slowest tenth tells where the time goes
BAND = (0.05, 0.95)


@dataclass(frozen=True)
class Outlook:
    """What is expected of one stage: minutes from run to run, how often it comes up, and its share of the critical
    path in runs that miss the limit."""

    key: str
    measured: int
    median: float
    p90: float
    comes_up: float
    share: float


@dataclass(frozen=True)
class Chance:
    """The answer: chance within the limit with its 5–95 % interval, minutes of the whole, and the bottleneck."""

    limit: float
    value: float
    low: float
    high: float
    median: float
    p90: float
    bottleneck: str
    stages: tuple[Outlook, ...]
    runs: int

    def summary(self) -> str:
        """One line for a log or a terminal."""
        return (
            f"within {self.limit:g} min with {self.value:.0%} ({self.low:.0%} to {self.high:.0%}), "
            f"median {self.median:.0f} min, bottleneck {self.bottleneck}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a stage."""
        import pandas as pd

        return pd.DataFrame([vars(one) for one in self.stages])


def chance(
    stages: Sequence[Stage],
    *,
    limit: float,
    measured: Mapping[str, Sequence[float]],
    answered: Mapping[str, Mapping[str, int]],
    seed: int,
    until: str = "",
    prior: Prior | None = None,
    worlds: int = 200,
    runs: int = 600,
) -> Chance:
    """The chance that the plan (or its stage `until`, in runs where it comes up) is over within `limit` minutes of its
    start.

    `measured` holds minutes of each stage from plays and drills, `answered` how often each answer was given. The same
    seed gives the same answer. Raises `ResponseError` for stages that are no plan and times that are no times.
    """
    check(stages)
    _check_numbers(limit, measured, until, {stage.key for stage in stages})
    prior = prior or Prior()
    played = _Played(stages, worlds, runs, np.random.default_rng(seed))
    for number, stage in enumerate(stages):
        played.play(number, stage, measured.get(stage.key, ()), answered.get(stage.key, {}), prior)
    total, last = played.total(until)
    met = (total <= limit).mean(axis=1)
    low, high = np.quantile(met, BAND)
    shares = played.shares(total, last, limit)
    outlooks = tuple(
        Outlook(stage.key, len(measured.get(stage.key, ())), *played.times(n), float(shares[n]))
        for n, stage in enumerate(stages)
    )
    worst = max(outlooks, key=lambda one: one.share)
    return Chance(
        limit, float(met.mean()), float(low), float(high), float(np.median(total)), float(np.quantile(total, 0.9)),
        worst.key, outlooks, worlds * runs,
    )  # fmt: skip


def _check_numbers(limit: float, measured: Mapping[str, Sequence[float]], until: str, keys: Collection[str]) -> None:
    if until and until not in keys:
        raise ResponseError(f"There is no stage {until} to wait for.")
    if not (np.isfinite(limit) and limit > 0):
        raise ResponseError("The limit must be a positive number of minutes.")
    for key, times in measured.items():
        if any(not np.isfinite(one) or one < 0 for one in times):
            raise ResponseError(f"Stage {key} has a measured time that is no time.")


class _Played:
    """All runs of all worlds at once: arrays of (worlds, runs), one a stage."""

    def __init__(self, stages: Sequence[Stage], worlds: int, runs: int, rng: np.random.Generator) -> None:
        self.keys = {stage.key: n for n, stage in enumerate(stages)}
        self.shape, self.rng = (worlds, runs), rng
        count = len(stages)
        self.active = np.zeros((count, worlds, runs), dtype=bool)
        self.active[0] = True
        self.ready = np.zeros((count, worlds, runs))
        self.took = np.zeros((count, worlds, runs))
        self.before = np.full((count, worlds, runs), -1, dtype=np.int16)

    def play(
        self, number: int, stage: Stage, measured: Sequence[float], answered: Mapping[str, int], prior: Prior
    ) -> None:
        """Play one stage in every run where it comes up, and open what it leads to."""
        took, answer = self._known(stage) if stage.took is not None else self._drawn(stage, measured, answered, prior)
        if stage.ready is not None:
            self.ready[number] = stage.ready
        active = self.active[number]
        self.took[number] = np.where(active, took, 0.0)
        finish = self.ready[number] + self.took[number]
        for position, targets in enumerate(stage.opens.values()):
            leads = active & (answer == position)
            for target in targets:
                self._open(self.keys[target], number, leads, finish)

    def _known(self, stage: Stage) -> tuple[Array, NDArray[np.intp]]:
        given = list(stage.opens).index(stage.answer or "")
        return np.full(self.shape, stage.took), np.full(self.shape, given)

    def _drawn(
        self, stage: Stage, measured: Sequence[float], answered: Mapping[str, int], prior: Prior
    ) -> tuple[Array, NDArray[np.intp]]:
        draw = _Times(stage, measured, prior, self.shape[0], self.rng)
        likely = _answers(stage, answered, self.shape[0], self.rng)
        repeats = [n for n, one in enumerate(stage.opens) if one in stage.again]
        took, answer = draw.longer_than(stage.so_far, self.shape), self._answer(likely)
        coming = np.isin(answer, repeats)
        for _round in range(MOST_ROUNDS if repeats else 0):
            if not coming.any():
                break
            took = np.where(coming, took + stage.again_minutes + draw.minutes(self.shape), took)
            answer = np.where(coming, self._answer(likely), answer)
            coming &= np.isin(answer, repeats)
        return took, answer

    def _answer(self, likely: Array) -> NDArray[np.intp]:
        edges = np.cumsum(likely, axis=1)[:, None, :-1]
        found: NDArray[np.intp] = (self.rng.random(self.shape)[..., None] > edges).sum(axis=2)
        return found

    def _open(self, target: int, source: int, leads: NDArray[np.bool_], finish: Array) -> None:
        later = leads & (~self.active[target] | (finish >= self.ready[target]))
        self.ready[target] = np.where(later, finish, self.ready[target])
        self.before[target] = np.where(later, source, self.before[target])
        self.active[target] |= leads

    def finish(self) -> Array:
        """When each stage is over; minus infinity where it does not come up."""
        return np.where(self.active, self.ready + self.took, -np.inf)

    def total(self, until: str) -> tuple[Array, NDArray[np.intp]]:
        """Minutes until the last stage (or the one asked for) is over, and which stage that is, (worlds, runs)."""
        finish = self.finish()
        last = finish.argmax(axis=0)
        if until:
            last = np.where(self.active[self.keys[until]], self.keys[until], last)
        found: Array = np.take_along_axis(finish, last[None], axis=0)[0]
        return found, last

    def times(self, number: int) -> tuple[float, float, float]:
        """Median and P90 of a stage's minutes where it comes up, and how often it does."""
        active = self.active[number]
        held = self.took[number][active]
        if not held.size:
            return 0.0, 0.0, 0.0
        return float(np.median(held)), float(np.quantile(held, 0.9)), float(active.mean())

    def shares(self, total: Array, last: NDArray[np.intp], limit: float) -> Array:
        """Each stage's share of the time on the critical path, in runs over the limit (or the slowest tenth)."""
        late = total > limit
        if late.mean() < LEAST_LATE:
            late = total >= np.quantile(total, 0.9)
        at = last[late]
        took, before = self.took[:, late], self.before[:, late]
        spent, every = np.zeros(len(self.keys)), np.arange(at.size)
        for _step in range(len(self.keys)):
            on = at >= 0
            np.add.at(spent, at[on], took[at[on], every[on]])
            at = np.where(on, before[np.maximum(at, 0), every], -1)
        whole = spent.sum()
        return spent / whole if whole > 0 else spent


class _Times:
    """Minutes of one stage: measured ones by a Bayesian bootstrap, the prior by its weight."""

    def __init__(
        self, stage: Stage, measured: Sequence[float], prior: Prior, worlds: int, rng: np.random.Generator
    ) -> None:
        self.rng, self.spread = rng, prior.spread
        self.known = np.asarray(measured, dtype=float)
        weight = prior.weight if self.known.size else max(prior.weight, 1.0)
        heaps = np.concatenate([np.ones(self.known.size), [weight] if weight > 0 else []])
        drawn = rng.gamma(np.broadcast_to(heaps, (worlds, heaps.size)))
        self.edges = np.cumsum(drawn / drawn.sum(axis=1, keepdims=True), axis=1)[:, :-1]
        self.median = prior.median(stage) * np.exp(prior.doubt * rng.standard_normal(worlds))

    def minutes(self, shape: tuple[int, int]) -> Array:
        """Draws of shape (worlds, runs)."""
        guess = self.median[:, None] * np.exp(self.spread * self.rng.standard_normal(shape))
        if not self.known.size:
            return guess
        pick = np.stack(
            [np.searchsorted(edges, u) for edges, u in zip(self.edges, self.rng.random(shape), strict=True)]
        )
        held = self.known[np.minimum(pick, self.known.size - 1)]
        return np.where(pick < self.known.size, held, guess)

    def longer_than(self, so_far: float, shape: tuple[int, int]) -> Array:
        """Draws given that the stage already lasts `so_far` minutes: those that are longer, drawn again among
        themselves; a world that knows no longer one adds a fresh draw to what has passed."""
        drawn = self.minutes(shape)
        if so_far <= 0:
            return drawn
        rows = []
        for row in drawn:
            longer = row[row > so_far]
            rows.append(self.rng.choice(longer, row.size) if longer.size else so_far + row)
        return np.stack(rows)


def _answers(stage: Stage, answered: Mapping[str, int], worlds: int, rng: np.random.Generator) -> Array:
    """Probabilities of the answers in each world: one imagined answer of each kind, and those that were given."""
    counts = np.array([1.0 + answered.get(one, 0) for one in stage.opens])
    found: Array = rng.dirichlet(counts, size=worlds)
    return found
