"""The second stage: something now, and something else some minutes later if it is still needed then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from counterpoint.science import twin
from counterpoint.science.advice.options import NOTHING, Option
from counterpoint.science.advice.trial import Trial, cost_of, interval, race
from counterpoint.science.twin.kernel.layout import FloatArray

LATER = frozenset({"call", "from_lobby", "swap", "guide"})  # what means the same thing some minutes later
SHARES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Lookahead:
    """How far and how widely to look (design defaults): so many ``minutes`` ahead, the ``few`` best options."""

    minutes: tuple[float, ...] = (15.0,)
    few: int = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """``first`` now (doing nothing: wait), ``then`` in ``minutes`` if ``waiting`` tickets or more wait by then.

    ``likely`` is the share of futures in which it comes to that. ``saved`` is minutes of loss against doing nothing,
    ``gain`` against the best single step, each a mean with its 95 % interval; on futures that did not choose
    ``waiting``.
    """

    first: Option
    then: Option
    minutes: float
    waiting: int
    likely: float
    saved: tuple[float, float, float]
    gain: tuple[float, float, float]

    @property
    def pays(self) -> bool:
        """Whether even the cautious end says that it saves something, and more than the best single step."""
        return self.saved[1] > 0 and self.gain[1] > 0


@dataclass(eq=False)
class _Arm:
    """A second step after ``base``, tried in the futures of ``base``; ``look`` is the position of its minute."""

    base: Trial
    trial: Trial
    then: Option
    look: int

    def policy(self, waiting: float, part: slice = slice(None)) -> FloatArray:
        """Loss a future when the second step is taken only where so many wait; base and step meet the same people."""
        n = self.trial.done
        needed = self.base.waiting[:n, self.look][part] >= waiting
        return np.where(needed, self.trial.total[part], self.base.total[:n][part])

    def threshold(self, part: slice) -> float:
        """The number waiting from which the second step pays best in a part of the futures."""
        seen = self.base.waiting[: self.trial.done, self.look][part]
        tried = sorted({0.0, *(float(np.ceil(q)) for q in np.quantile(seen, SHARES))})
        return min(tried, key=lambda k: self.policy(k, part).mean())


def later(option: Option, minutes: float, horizon: float) -> Option:
    """The option ``minutes`` later; people are needed for that much less of the ``horizon``."""
    commands = tuple(replace(c, minute=c.minute + minutes) for c in option.commands)
    return replace(option, commands=commands, staff_minutes=option.staff_minutes * (1 - minutes / horizon))


def look(
    trials: Sequence[Trial], ranked: Sequence[Trial], chosen: Trial, lookahead: Lookahead, now: float, futures: int
) -> tuple[Plan, ...]:
    """Plans of two stages, best first: each of the few best options later, after nothing and after ``chosen``.

    ``trials`` begin with doing nothing; ``ranked`` are the others, best first. All have met the same people.
    """
    nothing, horizon = trials[0], trials[0].setting.until - now
    few = [t for t in ranked if t.option.kind in LATER][: lookahead.few]
    bases = [nothing] if chosen is nothing else [nothing, chosen]
    arms = [
        _arm(base, one, minutes, number, horizon)
        for number, minutes in enumerate(lookahead.minutes)
        for base in bases
        for one in few
        if base is nothing or _beside(base.option, one.option)
    ]
    if not arms:
        return ()
    by_trial = {id(arm.trial): arm for arm in arms}

    def total(trial: Trial) -> FloatArray:
        arm = by_trial.get(id(trial))
        return trial.total[: max(a.trial.done for a in arms)] if arm is None else arm.policy(arm.threshold(slice(None)))

    left = race([nothing, chosen, *(arm.trial for arm in arms)], futures, kept=2, total=total)
    plans = [_plan(arms[i - 2], nothing, chosen, lookahead) for i in left if i >= 2]
    return tuple(sorted(plans, key=lambda plan: -plan.gain[0]))


def _arm(base: Trial, one: Trial, minutes: float, number: int, horizon: float) -> _Arm:
    then = later(one.option, minutes, horizon)
    commands: tuple[twin.Command, ...] = tuple(replace(c, minute=c.minute + minutes) for c in one.commands)
    cost = base.cost + cost_of(then, base.setting.loss)
    return _Arm(base, Trial(then, (*base.commands, *commands), cost, base.begin, base.setting), then, number)


def _beside(first: Option, then: Option) -> bool:
    """Whether both can be done: other people, other windows, not the same thing."""
    done = first.steps or (first,)
    people, counters, kinds = {o.person for o in done}, {o.counter for o in done}, {o.kind for o in done}
    clash = (then.person in people - {None}) or (then.counter in counters - {None})
    return not clash and not (then.kind == "guide" and "guide" in kinds)


def _plan(arm: _Arm, nothing: Trial, chosen: Trial, lookahead: Lookahead) -> Plan:
    """The threshold is chosen on every second future, what it is worth read off the others."""
    choose, judge = slice(0, None, 2), slice(1, None, 2)
    k, n = arm.threshold(choose), arm.trial.done
    mine = arm.policy(k, judge)
    first = NOTHING if arm.base is nothing else arm.base.option
    likely = float((arm.base.waiting[:n, arm.look][judge] >= k).mean())
    return Plan(
        first, arm.then, lookahead.minutes[arm.look], int(k), likely,
        interval(nothing.total[:n][judge] - mine), interval(chosen.total[:n][judge] - mine),
    )  # fmt: skip
