"""Which option is best: the same people meet each of them, losers are dropped early, nothing wins when nothing pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from counterpoint.science import twin
from counterpoint.science.advice.measures import MEASURES, Loss, measures
from counterpoint.science.advice.options import NOTHING, Option, Rules, options
from counterpoint.science.twin.customers import Rates
from counterpoint.science.twin.kernel.layout import FloatArray
from counterpoint.science.twin.model import require
from counterpoint.science.twin.parts import cores, each

LOSS = MEASURES.index("loss")
FIRST_ROUND = 25
BAND = (10.0, 90.0)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one option did.

    ``values`` are futures x ``MEASURES``; ``cost`` in minutes is what the option asks of the branch. ``difference`` and
    its 95 % interval (``low``, ``high``) are by measure, against doing nothing for the same people; the loss includes
    the cost. ``dropped`` tells that it was plainly worse before all futures were run.
    """

    option: Option
    values: FloatArray
    cost: float
    difference: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    dropped: bool

    @property
    def pays(self) -> bool:
        """Whether even the cautious end of the interval saves something."""
        return self.high["loss"] < 0.0

    def band(self, measure: str) -> tuple[float, float]:
        """P10 and P90 of a measure over the futures: what is predicted to come about."""
        low, high = np.percentile(self.values[:, MEASURES.index(measure)], BAND)
        return float(low), float(high)


@dataclass(frozen=True)
class Advice:
    """The options in order, best first; ``best`` is None when none pays."""

    minute: float
    until: float
    futures: int
    standings: tuple[Standing, ...]
    best: Option | None

    @property
    def nothing(self) -> Standing:
        """How doing nothing would do."""
        return next(s for s in self.standings if s.option.kind == "nothing")

    @property
    def chosen(self) -> Standing:
        """The standing of the best option, or of doing nothing."""
        return next(s for s in self.standings if s.option == (self.best or self.nothing.option))

    def summary(self) -> dict[str, object]:
        """The choice and what it is expected to change."""
        chosen = self.chosen
        return {"option": chosen.option.key, **chosen.difference, "futures": len(chosen.values)}

    def to_frame(self) -> pd.DataFrame:
        """One row an option: differences to doing nothing, ends of the interval of the loss, cost, futures run."""
        rows = {
            s.option.key: {
                **s.difference, "low": s.low["loss"], "high": s.high["loss"], "cost": s.cost,
                "futures": len(s.values), "dropped": s.dropped,
            }
            for s in self.standings
        }  # fmt: skip
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("option")


def advise(
    state: twin.State,
    choices: Sequence[Option] | None = None,
    *,
    seed: int,
    horizon: float = 60.0,
    futures: int = 200,
    rates: Rates | None = None,
    rules: Rules | None = None,
    loss: Loss | None = None,
    workers: int | None = 1,
) -> Advice:
    """Rank what could be done in ``state`` by the loss of the coming ``horizon`` minutes; ``state`` is not touched.

    ``choices`` default to :func:`options`; doing nothing is always among them. Every option meets the same people
    (common random numbers). After 25, 50, 100 ... futures an option is dropped once it is plainly worse than the best
    so far (paired difference, 99 % one-sided, shared among the options). The best one is advised only when its 95 %
    interval lies below zero and it saves at least ``loss.least`` minutes; otherwise ``best`` is None. ``workers``
    threads share the options (None: all cores), which changes no bit of the advice.
    Raises ModelError (a ValueError) when an option does not fit the branch.
    """
    require(futures >= 2, f"Advice needs at least two futures, not {futures}.")
    loss = loss or Loss()
    until = state.now + horizon
    tried = _with_nothing(options(state, rules, horizon=horizon) if choices is None else choices)
    threads = cores(workers)
    begin = [twin.outset(state, rates)] * len(tried)
    if threads > 1:
        begin = [replace(outset, grown=[]) for outset in begin]  # room to grow is no thing to share between threads
    values: list[FloatArray] = [np.empty((0, len(MEASURES)))] * len(tried)
    cost = np.array([loss.staff_minute * o.staff_minutes + loss.move * o.moves for o in tried])
    alive = list(range(len(tried)))
    done = 0
    while done < futures:
        fresh = range(done, min(futures, FIRST_ROUND if done == 0 else 2 * done))
        ask = [partial(_measured, begin[i], tried[i], fresh, seed, until, loss) for i in alive]
        for i, measured in zip(alive, each(ask, threads), strict=True):
            values[i] = np.concatenate([values[i], measured])
        done = fresh.stop
        alive = _survivors(alive, values, cost)
        if len(alive) == 1:
            break
    kept = set(alive) | {0}
    standings = [_standing(tried[i], values[i], cost[i], values[0], i not in kept) for i in range(len(tried))]
    ranked = sorted(standings, key=lambda s: (s.dropped, s.difference["loss"]))
    paying = [s for s in ranked if s.option is not tried[0] and not s.dropped and s.pays]
    worth = [s for s in paying if -s.difference["loss"] >= loss.least]
    return Advice(state.now, until, futures, tuple(ranked), worth[0].option if worth else None)


def _measured(
    begin: twin.Outset, option: Option, futures: range, seed: int, until: float, loss: Loss
) -> FloatArray:  # fmt: skip
    result = begin.run(len(futures), seed=seed, until=until, commands=option.commands, first=futures.start)
    return measures(result, until, loss)


def _with_nothing(choices: Sequence[Option]) -> list[Option]:
    return [NOTHING, *(o for o in choices if o.kind != "nothing")]


def _survivors(alive: list[int], values: list[FloatArray], cost: FloatArray) -> list[int]:
    """Options not plainly worse than the best so far; doing nothing (number 0) stays as the yardstick."""
    total = {i: values[i][:, LOSS] + cost[i] for i in alive}
    leader = min(alive, key=lambda i: total[i].mean())
    kept = []
    for i in alive:
        gap = total[i] - total[leader]
        spread = gap.std(ddof=1) / np.sqrt(gap.size)
        bound = stats.t.ppf(1 - 0.01 / max(1, len(alive) - 1), gap.size - 1)
        if i in (0, leader) or gap.mean() - bound * spread <= 0:
            kept.append(i)
    return kept


def _standing(option: Option, mine: FloatArray, cost: float, nothing: FloatArray, dropped: bool) -> Standing:
    n = min(len(mine), len(nothing))
    gap = mine[:n] - nothing[:n]
    gap[:, LOSS] += cost
    mean = gap.mean(axis=0)
    half = stats.t.ppf(0.975, n - 1) * gap.std(axis=0, ddof=1) / np.sqrt(n)
    names = dict(zip(MEASURES, range(len(MEASURES)), strict=True))
    return Standing(
        option, mine, cost, {m: float(mean[i]) for m, i in names.items()},
        {m: float(mean[i] - half[i]) for m, i in names.items()},
        {m: float(mean[i] + half[i]) for m, i in names.items()}, dropped,
    )  # fmt: skip
