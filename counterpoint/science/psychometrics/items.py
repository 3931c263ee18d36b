"""What is known of items: how steeply and where the chance of a right answer rises with ability.

The chance is 1 / (1 + exp(-slope · (ability - difficulty))), without the factor 1.7. Ability is measured in standard
deviations of the people the items were fitted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from counterpoint.science.psychometrics.arrays import Counts, Floats

if TYPE_CHECKING:
    import pandas as pd

MOST_STEEP = 10.0


@dataclass(frozen=True, eq=False)
class Items:
    """Items by name, with slope, difficulty and the standard errors of both (nan where they are not known).

    ValueError for a slope that is not in (0, 10], or lengths that differ.
    """

    names: tuple[str, ...]
    slope: Floats
    difficulty: Floats
    slope_error: Floats
    difficulty_error: Floats

    def __post_init__(self) -> None:
        for name in ("slope", "difficulty", "slope_error", "difficulty_error"):
            values = np.asarray(getattr(self, name), dtype=float)
            if values.shape != (len(self.names),):
                raise ValueError(f"{name} has shape {values.shape} for {len(self.names)} items")
            object.__setattr__(self, name, values)
        if not ((self.slope > 0) & (self.slope <= MOST_STEEP)).all():
            raise ValueError(f"slopes lie above 0 and not above {MOST_STEEP:g}")
        if not np.isfinite(self.difficulty).all():
            raise ValueError("a difficulty is not a number")

    def __len__(self) -> int:
        return len(self.names)

    def take(self, which: Sequence[int] | Counts) -> Items:
        """Some of them, by position."""
        at = np.asarray(which, dtype=int)
        return Items(
            tuple(self.names[i] for i in at),
            self.slope[at],
            self.difficulty[at],
            self.slope_error[at],
            self.difficulty_error[at],
        )

    def chance(self, ability: float | Floats) -> Floats:
        """Of a right answer: shape of `ability` × items."""
        theta = np.asarray(ability, dtype=float)[..., None]
        return np.asarray(expit(self.slope * (theta - self.difficulty)))

    def information(self, ability: float | Floats) -> Floats:
        """Fisher information on ability: slope² · chance · (1 - chance); shape of `ability` × items."""
        chance = self.chance(ability)
        return np.asarray(self.slope**2 * chance * (1 - chance))

    def to_frame(self) -> pd.DataFrame:
        """A row an item."""
        import pandas as pd

        columns = ("slope", "slope_error", "difficulty", "difficulty_error")
        return pd.DataFrame({name: getattr(self, name) for name in columns}, index=list(self.names))


def items(slope: Sequence[float], difficulty: Sequence[float], names: Sequence[str] | None = None) -> Items:
    """Known items, without errors; they are called 1, 2, … unless named."""
    unknown = np.full(len(slope), np.nan)
    called = tuple(names or (str(j + 1) for j in range(len(slope))))
    return Items(called, np.asarray(slope, float), np.asarray(difficulty, float), unknown, unknown)
