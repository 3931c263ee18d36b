"""A day to be played in an exam: where a loss stands between two players, what that is worth, and how hard the day is.

Pure. Losses are minutes (`docs/explanation/regret.md`); the formulas stand in `docs/explanation/exams.md`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SPREAD = 300.0  # minutes that skill can save, else the day is no measure of it
GLANCE, RULE, ADVISED = "glance", "rule", "advised"
ABILITY = {GLANCE: -1.0, RULE: 0.0, ADVISED: 1.0}  # by convention, on the scale of abilities
NEAREST = 0.02  # of 0 and 1, that a share is taken to be when it becomes a difficulty


@dataclass(frozen=True)
class Measured:
    """A day as scripted players found it: losses in minutes, shares of the way by player, difficulty with its error."""

    nothing: float
    reference: float
    ladder: Mapping[str, Sequence[float]]
    difficulty: float
    error: float

    @property
    def spread(self) -> float:
        """Minutes between doing nothing and the reference."""
        return self.nothing - self.reference

    def mean(self, player: str) -> float:
        """A player's mean share of the way."""
        return sum(self.ladder[player]) / len(self.ladder[player])


def position(loss: float, nothing: float, reference: float) -> float:
    """0 at the loss of doing nothing or more, 1 at that of the reference or less, in between the share of the way."""
    if nothing <= reference:
        return 0.0
    return min(1.0, max(0.0, (nothing - loss) / (nothing - reference)))


def worth(found: float, standard: float, asked: float) -> float:
    """A position as a share of points: the pass standard is worth what the exam asks for, straight lines to both
    sides."""
    if found < standard:
        return asked * found / standard
    return 1.0 if standard >= 1 else asked + (1 - asked) * (found - standard) / (1 - standard)


def together(questions: float, day: float, weight: float) -> float:
    """Questions' and day's shares of points by the day's weight."""
    return (1 - weight) * questions + weight * day


def measured(nothing: float, reference: float, losses: Mapping[str, Sequence[float]]) -> Measured:
    """Shares from losses by player, and the difficulty: the mean over players of ability less the logit of the share,
    with the standard error of that mean."""
    ladder = {name: tuple(position(one, nothing, reference) for one in losses[name]) for name in ABILITY}
    points = [ABILITY[name] - _logit(sum(some) / len(some)) for name, some in ladder.items()]
    mean = sum(points) / len(points)
    spread = sum((one - mean) ** 2 for one in points) / (len(points) - 1)
    return Measured(nothing, reference, ladder, mean, math.sqrt(spread / len(points)))


def _logit(share: float) -> float:
    held = min(1 - NEAREST, max(NEAREST, share))
    return math.log(held / (1 - held))


def unfit(found: Measured, standard: float) -> str:
    """Why a day is no item of an exam with this pass standard: `flat` (too little to be saved), `easy` (a glance each
    half hour passes), `hard` (what the live hall's advisor proposes does not pass); empty when it is one."""
    if found.spread < SPREAD:
        return "flat"
    if found.mean(GLANCE) >= standard:
        return "easy"
    return "hard" if found.mean(ADVISED) < standard else ""
