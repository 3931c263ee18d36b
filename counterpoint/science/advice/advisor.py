"""Which option is best: the same people meet each of them, losers are dropped early, nothing wins when nothing pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from counterpoint.science import twin
from counterpoint.science.advice.lookahead import Lookahead, Plan, look
from counterpoint.science.advice.measures import MEASURES, Loss
from counterpoint.science.advice.options import NOTHING, Option, Rules, options
from counterpoint.science.advice.trial import LOSS, Setting, Trial, cost_of, interval, race, renumbered
from counterpoint.science.twin.customers import Rates
from counterpoint.science.twin.kernel.layout import FloatArray
from counterpoint.science.twin.model import require
from counterpoint.science.twin.parts import cores

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
    """The options in order, best first; ``best`` is None when none pays.

    With a look ahead ``plans`` are the two-stage plans that were left, best first, and ``then`` the one that belongs to
    the advice: after ``best``, or, when that is None, "wait, then …".
    """

    minute: float
    until: float
    futures: int
    standings: tuple[Standing, ...]
    best: Option | None
    plans: tuple[Plan, ...] = ()
    then: Plan | None = None

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
    lookahead: Lookahead | None = None,
    workers: int | None = 1,
) -> Advice:
    """Rank what could be done in ``state`` by the loss of the coming ``horizon`` minutes; ``state`` is not touched.

    ``choices`` default to :func:`options`; doing nothing is always among them. Every option meets the same people
    (common random numbers). After 25, 50, 100 ... futures an option is dropped once it is plainly worse than the best
    so far (paired difference, 99 % one-sided, shared among the options). The best one is advised only when its 95 %
    interval lies below zero and it saves at least ``loss.least`` minutes; otherwise ``best`` is None. With
    ``lookahead`` the few best are tried once more some minutes later, after nothing and after the best one, in the same
    futures (:func:`look`); a plan takes the place of the best single step only when it plainly saves more.
    ``workers`` threads share the options (None: all cores), which changes no bit of the advice.
    Raises ModelError (a ValueError) when an option does not fit the branch.
    """
    require(futures >= 2, f"Advice needs at least two futures, not {futures}.")
    loss = loss or Loss()
    looks = tuple(state.now + minutes for minutes in lookahead.minutes) if lookahead else ()
    setting = Setting(seed, state.now + horizon, loss, looks, cores(workers))
    tried = _with_nothing(options(state, rules, horizon=horizon) if choices is None else choices)
    begin, inside = twin.outset(state, rates), {c: i for i, c in enumerate(twin.inside(state))}
    trials = [Trial(o, renumbered(o.commands, inside), cost_of(o, loss), begin, setting) for o in tried]
    kept = set(race(trials, futures, kept=1))
    standings = [_standing(trial, trials[0], i not in kept) for i, trial in enumerate(trials)]
    order = sorted(range(len(trials)), key=lambda i: (standings[i].dropped, standings[i].difference["loss"]))
    worth = [i for i in order if i > 0 and not standings[i].dropped and _worth(standings[i], loss)]
    chosen = worth[0] if worth else 0
    best = tried[chosen] if worth else None
    found = Advice(state.now, setting.until, futures, tuple(standings[i] for i in order), best)
    if lookahead is None:
        return found
    ranked = [trials[i] for i in order if i > 0]
    plans = look(trials, ranked, trials[chosen], lookahead, state.now, futures)
    return _with_plans(found, plans, loss)


def _worth(standing: Standing, loss: Loss) -> bool:
    return standing.pays and -standing.difference["loss"] >= loss.least


def _with_plans(found: Advice, plans: tuple[Plan, ...], loss: Loss) -> Advice:
    """The advice with the plan that plainly saves more than the best single step, if there is one."""
    worth = [plan for plan in plans if plan.pays and plan.saved[0] >= loss.least]
    if not worth:
        return replace(found, plans=plans)
    then = worth[0]
    return replace(found, plans=plans, then=then, best=None if then.first.kind == "nothing" else then.first)


def _with_nothing(choices: Sequence[Option]) -> list[Option]:
    return [NOTHING, *(o for o in choices if o.kind != "nothing")]


def _standing(trial: Trial, nothing: Trial, dropped: bool) -> Standing:
    n = min(trial.done, nothing.done)
    gap = trial.values[:n] - nothing.values[:n]
    gap[:, LOSS] += trial.cost
    told = {m: interval(gap[:, i]) for i, m in enumerate(MEASURES)}
    mean, low, high = ({m: three[i] for m, three in told.items()} for i in range(3))
    return Standing(trial.option, trial.values, trial.cost, mean, low, high, dropped)
