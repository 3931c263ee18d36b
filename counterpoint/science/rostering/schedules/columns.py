"""What the master problem knows of a family of rosters: people's whole schedules as columns over rows of demand.

A family (day shifts, multi-activity days, branch days in quarter hours) gives a :class:`Pricer`; column generation,
dives and neighbourhoods are the same for all. A schedule is a tuple with one code a day, whose meaning is the family's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = tuple[int, ...]


class Column(NamedTuple):
    """One whole schedule of a person: its own points and the rows of demand that it serves (once each)."""

    person: int
    cost: int
    rows: tuple[int, ...]
    codes: Codes


class Part(NamedTuple):
    """What a neighbourhood leaves open: the days where ``open`` is True; elsewhere ``codes`` stays."""

    codes: Codes
    open: Bools


class Priced(NamedTuple):
    """Answer of a pricer: columns, cheapest first; a lower bound on any schedule's reduced cost (the person's own price
    not counted), infinite when it is certain that there is none; work units. Without a column none was found."""

    columns: list[Column]
    least: float
    work: float


@dataclass(frozen=True)
class Demand:
    """Rows of demand: ``least`` to ``most`` people cost nothing; each below costs ``under``; the n-th above costs
    ``over[row, n]`` (the last slope repeats). Slopes must not fall, so that the cost is convex."""

    least: Ints
    most: Ints
    under: Ints
    over: Ints

    def __post_init__(self) -> None:
        if self.over.ndim != 2 or np.any(np.diff(self.over, axis=1) < 0) or np.any(self.under < 0):
            raise ValueError("the price of people too many must not fall with their number")

    @cached_property
    def rows(self) -> int:
        """How many rows."""
        return len(self.least)

    def table(self, people: int) -> Floats:
        """Cost by row and number of people on it, 0 … ``people``."""
        staffed = np.arange(people + 1)[None, :]
        cost = self.under[:, None] * np.maximum(0, self.least[:, None] - staffed)
        beyond = np.maximum(0, staffed - self.most[:, None])
        last = self.over.shape[1]
        for n in range(last - 1):
            cost = cost + self.over[:, n : n + 1] * (beyond > n)
        return (cost + self.over[:, -1:] * np.maximum(0, beyond - (last - 1))).astype(np.float64)

    def cost(self, staffed: Ints) -> int:
        """Points of the numbers of people on the rows."""
        return int(self.table(int(staffed.max(initial=0)))[np.arange(self.rows), staffed].sum())

    def less(self, staffed: Ints) -> Demand:
        """What is left to serve when ``staffed`` people are settled; bounds may become negative."""
        return Demand(self.least - staffed, self.most - staffed, self.under, self.over)


def staffed(demand: Demand, columns: Iterable[Column]) -> Ints:
    """How many people the columns put on each row."""
    rows = [row for column in columns for row in column.rows]
    return np.bincount(np.array(rows, dtype=np.int64), minlength=demand.rows)


def total(demand: Demand, columns: Sequence[Column]) -> int:
    """Points of the columns and of the demand that they leave."""
    return sum(column.cost for column in columns) + demand.cost(staffed(demand, columns))


def reduced(column: Column, prices: Floats) -> float:
    """A column's cost less what its rows earn (the person's own price not counted)."""
    return float(column.cost - prices[list(column.rows)].sum())


class Pricer(Protocol):
    """A family of problems as the master sees it. Equal arguments give equal answers; threads may call it."""

    @property
    def people(self) -> int:
        """How many people."""
        ...

    @property
    def days(self) -> int:
        """Length of every schedule."""
        ...

    @property
    def demand(self) -> Demand:
        """The rows that schedules serve."""
        ...

    def price(self, person: int, prices: Floats, part: Part | None, count: int) -> Priced:
        """The cheapest schedules when serving a row earns its price."""
        ...

    def near(self, person: int, prices: Floats, part: Part | None, bar: float, count: int) -> list[Column] | None:
        """Every legal schedule of reduced cost (own price not counted) at most ``bar``; None beyond ``count``."""
        ...

    def column(self, person: int, codes: Codes) -> Column:
        """The column of a given schedule."""
        ...
