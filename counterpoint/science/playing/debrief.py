"""Everything that is said about a played day, from one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from counterpoint.science import advice
from counterpoint.science.playing.foresight import FUTURES, Foresight, foresight
from counterpoint.science.playing.game import Game
from counterpoint.science.playing.hindsight import EACH, Hindsight, hindsight
from counterpoint.science.playing.loss import DayLoss
from counterpoint.science.playing.orders import Order
from counterpoint.science.playing.play import play
from counterpoint.science.playing.policies import EVERY, Policy, advised, follow
from counterpoint.science.playing.search import Best
from counterpoint.science.playing.skill import Mean, Split


@dataclass(frozen=True)
class Debrief:
    """A day judged twice: ``hindsight`` on the people who came, ``foresight`` on what could be known.

    ``reference`` is the best found on these people, this day's own orders included; ``split`` is None when no
    expectation was given.
    """

    loss: DayLoss
    reference: Best
    hindsight: Hindsight
    foresight: tuple[Foresight, ...]
    split: Split | None

    @property
    def regret(self) -> float:
        """Minutes beyond the best found; 0 or more."""
        return self.loss.total - self.reference.loss

    def summary(self) -> dict[str, float]:
        """The figures of the day, in minutes."""
        found = {"loss": self.loss.total, "best": self.reference.loss, "regret": self.regret}
        found["nothing"] = self.reference.nothing
        if self.split is not None:
            found |= {"expected": self.split.expected.value, "skill": self.split.skill, "luck": self.split.luck}
        return found

    def to_frame(self) -> pd.DataFrame:
        """One row a point: second, done, better, regret before the event (with interval) and after it."""
        rows = [
            (f.second, f.done, f.better, f.regret.value, f.regret.low, f.regret.high, after)
            for f, after in zip(self.foresight, self.hindsight.regrets, strict=True)
        ]
        return pd.DataFrame(rows, columns=["second", "done", "better", "before", "low", "high", "after"])


def judge(
    game: Game, orders: Sequence[Order], reference: Best, *, seed: int, expected: Mean | None = None,
    futures: int = FUTURES, replans: int = 12, each: int = EACH, rules: advice.Rules | None = None,
) -> Debrief:  # fmt: skip
    """Judge a day. A ``reference`` that this day beats is replaced by it, so regret is never below 0."""
    loss = play(game, orders, log=False).loss
    if loss.total < reference.loss:
        reference = Best(tuple(orders), loss.total, reference.nothing, reference.tried, "own")
    after = hindsight(game, orders, reference, replans=replans, each=each, rules=rules)
    if after.reachable[0] < reference.loss:
        reference = Best(reference.orders, after.reachable[0], reference.nothing, reference.tried, "replanned")
    ahead = foresight(game, orders, seed=seed, futures=futures, rules=rules, points=after.points)
    split = None
    if expected is not None:
        split = Split(loss.total, expected, sum(one.counted for one in ahead))
    return Debrief(loss, reference, after, ahead, split)


def expectation(
    game: Game, *, seed: int, days: int = 200, policy: Policy | None = None, every: int = EVERY, futures: int = 50
) -> Mean:
    """The mean loss over ``days`` redraws of the plan by a ``policy`` (default: the advisor)."""
    losses = []
    for number in range(days):
        chosen = policy or advised(seed, futures=futures)
        losses.append(follow(game.again(seed=seed, number=number), chosen, every=every, log=False).loss.total)
    return Mean.of(losses)
