"""Options run in rounds of futures that all of them share, until they are plainly worse than the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from scipy import stats

from counterpoint.science import twin
from counterpoint.science.advice.measures import MEASURES, Loss, measures, waiting_at
from counterpoint.science.advice.options import Option
from counterpoint.science.twin.kernel.layout import FloatArray
from counterpoint.science.twin.model import require
from counterpoint.science.twin.parts import each

LOSS = MEASURES.index("loss")
FIRST_ROUND = 25


@dataclass(frozen=True)
class Setting:
    """What all trials of one question share; ``looks`` are minutes at which the tickets waiting are counted."""

    seed: int
    until: float
    loss: Loss
    looks: tuple[float, ...] = ()
    threads: int = 1


@dataclass(eq=False)
class Trial:
    """Commands in their futures. ``values`` are futures x ``MEASURES``, ``waiting`` futures x ``Setting.looks``."""

    option: Option
    commands: tuple[twin.Command, ...]
    cost: float
    begin: twin.Outset
    setting: Setting
    values: FloatArray = field(default_factory=lambda: np.empty((0, len(MEASURES))))
    waiting: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.waiting = np.empty((0, len(self.setting.looks)))
        if self.setting.threads > 1:
            self.begin = replace(self.begin, grown=[])  # room to grow is no thing to share between threads

    @property
    def done(self) -> int:
        """Futures run so far."""
        return len(self.values)

    @property
    def total(self) -> FloatArray:
        """Loss with the cost of the option, a future."""
        return self.values[:, LOSS] + self.cost

    def run(self, to: int) -> None:
        """Run the futures that are still missing up to number ``to``."""
        if to > self.done:
            own = self.setting
            result = self.begin.run(
                to - self.done, seed=own.seed, until=own.until, commands=self.commands, first=self.done
            )
            self.values = np.concatenate([self.values, measures(result, own.until, own.loss)])
            self.waiting = np.concatenate([self.waiting, waiting_at(result, own.looks)])


def cost_of(option: Option, loss: Loss) -> float:
    """Minutes that an option asks of the branch."""
    return loss.staff_minute * option.staff_minutes + loss.move * option.moves


def renumbered(commands: Sequence[twin.Command], inside: dict[int, int]) -> tuple[twin.Command, ...]:
    """Commands for an outset, which numbers the people inside anew: tickets go by their place among them."""
    return tuple(_renumbered(command, inside) for command in commands)


def _renumbered(command: twin.Command, inside: dict[int, int]) -> twin.Command:
    ticket = getattr(command, "ticket", None)
    if ticket is None:
        return command
    require(ticket in inside, f"Customer {ticket} is not in the branch.")
    changes: dict[str, Any] = {"ticket": inside[ticket]}
    return replace(command, **changes)


def race(
    trials: Sequence[Trial], futures: int, *, kept: int, total: Callable[[Trial], FloatArray] = lambda t: t.total
) -> list[int]:
    """Run all in rounds of 25, 50, 100 … futures; who is plainly worse than the leader goes. Positions of those left.

    The first ``kept`` of ``trials`` always stay: they are what the others are held against. ``total`` says by which
    loss a future is judged.
    """
    alive, done = list(range(len(trials))), 0
    while done < futures:
        done = min(futures, FIRST_ROUND if done == 0 else 2 * done)
        each([partial(trials[i].run, done) for i in alive], trials[0].setting.threads)
        alive = survivors(alive, {i: total(trials[i]) for i in alive}, kept)
        if len(alive) == kept:
            break
    return alive


def survivors(alive: list[int], total: dict[int, FloatArray], kept: int) -> list[int]:
    """Those not plainly worse than the best so far (paired difference, 99 % one-sided, shared among them)."""
    leader = min(alive, key=lambda i: total[i].mean())
    left = []
    for i in alive:
        gap = total[i] - total[leader]
        spread = gap.std(ddof=1) / np.sqrt(gap.size)
        bound = stats.t.ppf(1 - 0.01 / max(1, len(alive) - 1), gap.size - 1)
        if i < kept or i == leader or gap.mean() - bound * spread <= 0:
            left.append(i)
    return left


def interval(gap: FloatArray) -> tuple[float, float, float]:
    """Mean of paired differences and the ends of its 95 % interval."""
    half = stats.t.ppf(0.975, gap.size - 1) * gap.std(ddof=1) / np.sqrt(gap.size)
    return float(gap.mean()), float(gap.mean() - half), float(gap.mean() + half)
