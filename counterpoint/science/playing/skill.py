"""Figures over days: means with intervals, what is skill and what luck, who is plainly better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from counterpoint.science.twin.model import require


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its 95 % t-interval over ``n`` independent pieces."""

    value: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        """The mean of values; of a single one the interval is infinite. Raises ModelError without any."""
        require(len(values) > 0, "A mean needs at least one value.")
        found = np.asarray(values, dtype=np.float64)
        mean, n = float(found.mean()), found.size
        if n == 1:
            return cls(mean, -np.inf, np.inf, 1)
        half = float(stats.t.ppf(0.975, n - 1) * found.std(ddof=1) / np.sqrt(n))
        return cls(mean, mean - half, mean + half, n)

    def overlaps(self, other: Mean) -> bool:
        """Whether the two intervals have a point in common."""
        return self.low <= other.high and other.low <= self.high


def ranking(days: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """One row a player, least regret first: mean minutes an hour, 95 % t-interval, days, and the ``tied`` ones.

    ``days`` holds a figure a day (:func:`day_regret`), so points of one day, which depend on each other, count as one.
    ``tied`` says that the interval meets that of the first.
    """
    means = sorted(((Mean.of(values), name) for name, values in days.items()), key=lambda one: (one[0].value, one[1]))
    first = means[0][0]
    rows = {name: [m.value, m.low, m.high, m.n, m.overlaps(first)] for m, name in means}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["regret", "low", "high", "days", "tied"])


def paired(one: Sequence[float], other: Sequence[float]) -> Mean:
    """How much more regret ``one`` has than ``other`` on the same days, day by day."""
    require(len(one) == len(other), "Pairs need as many days of one as of the other.")
    return Mean.of(np.subtract(one, other).tolist())


@dataclass(frozen=True, slots=True)
class Split:
    """``loss = expected + skill + luck``, in minutes.

    ``expected`` is the advisor's mean loss over redraws of the same plan, ``skill`` the sum of the ex-ante regrets of
    the day, each weighed by how long its point lasts, ``luck`` the rest: who came, and what an hour ahead does not see.
    """

    loss: float
    expected: Mean
    skill: float

    @property
    def luck(self) -> float:
        """What neither the plan nor the decisions explain; positive is bad luck."""
        return self.loss - self.expected.value - self.skill
