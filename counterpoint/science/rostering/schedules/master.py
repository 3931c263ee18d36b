"""The restricted master problem: one known schedule a person; linear relaxation by HiGHS, warm from step to step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from counterpoint.science.rostering.linear import DUAL, PRIMAL, quiet
from counterpoint.science.rostering.schedules.columns import Codes, Column, Demand, Floats, Ints

SIMPLEX_WORK = 2e4  # simplex iterations that make one work unit (about a second)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The relaxation over the known columns: value, prices of rows, wages of persons, shares of columns."""

    value: float
    prices: Floats
    wages: dict[int, float]
    shares: Floats


class Master:
    """Columns of ``people`` over ``demand`` (what is left of it when others are settled)."""

    def __init__(self, demand: Demand, people: Sequence[int]) -> None:
        self.demand, self.people = demand, list(people)
        self.columns: list[Column] = []
        self.known: set[tuple[int, Codes]] = set()
        self.table = demand.table(len(people))
        self.work = 0.0
        self._moved = False  # bounds have changed: the basis may be infeasible but is good for the dual simplex
        self._line = {person: demand.rows + n for n, person in enumerate(people)}
        self._highs = quiet()
        rows, last = demand.rows, demand.over.shape[1]
        lower = np.concatenate([demand.least, np.ones(len(people))]).astype(float)
        upper = np.concatenate([demand.most, np.ones(len(people))]).astype(float)
        empty = np.zeros(0, dtype=np.int32)
        self._highs.addRows(len(lower), lower, upper, 0, np.zeros(len(lower), dtype=np.int32), empty, np.zeros(0))
        self._slack(demand.under, np.inf, 1.0)
        for n in range(last):
            self._slack(demand.over[:, n], 1.0 if n < last - 1 else np.inf, -1.0)
        self._first = rows * (1 + last)

    def _slack(self, cost: Ints, upper: float, sign: float) -> None:
        rows = self.demand.rows
        at = np.arange(rows, dtype=np.int32)
        self._highs.addCols(
            rows, cost.astype(float), np.zeros(rows), np.full(rows, upper), rows, at, at, np.full(rows, sign)
        )

    def add(self, columns: Iterable[Column]) -> int:
        """Take in the columns that are not known yet; how many they were."""
        fresh = []
        for column in columns:
            key = (column.person, column.codes)
            if key not in self.known:
                self.known.add(key)
                fresh.append(column)
        if fresh:
            starts = np.cumsum([0, *(len(c.rows) + 1 for c in fresh[:-1])]).astype(np.int32)
            index = np.concatenate([(*c.rows, self._line[c.person]) for c in fresh]).astype(np.int32)
            n = len(fresh)
            cost = np.array([c.cost for c in fresh], dtype=float)
            self._highs.addCols(
                n, cost, np.zeros(n), np.full(n, np.inf), len(index), starts, index, np.ones(len(index))
            )
            self.columns += fresh
        return len(fresh)

    def solve(self) -> Relaxed:
        """The relaxation's optimum. RuntimeError when HiGHS finds none (a person without a column)."""
        self._highs.setOptionValue("simplex_strategy", DUAL if self._moved else PRIMAL)
        self._moved = False
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS ended with {self._highs.getModelStatus()}; every person needs a column")
        info, found = self._highs.getInfo(), self._highs.getSolution()
        self.work += max(0, info.simplex_iteration_count) / SIMPLEX_WORK
        duals = np.array(found.row_dual)
        wages = {person: float(duals[line]) for person, line in self._line.items()}
        shares = np.array(found.col_value)[self._first :]
        return Relaxed(float(info.objective_function_value), duals[: self.demand.rows], wages, shares)

    def solve_whole(
        self, dearer: Sequence[int], by: float, most: float, nodes: int, seconds: float
    ) -> tuple[bool, Floats | None, int]:
        """Whole schedules only, at most ``most`` points, the ``dearer`` columns by some points dearer.

        Gives whether the search came to its end, the shares (None when nothing was found), and simplex iterations.
        """
        n, highs = len(self.columns), self._highs
        index = np.arange(n, dtype=np.int32) + self._first
        cost = np.array([c.cost for c in self.columns], dtype=float)
        cost[list(dearer)] += by
        highs.changeColsCost(n, index, cost)
        highs.changeColsIntegrality(n, index, np.full(n, highspy.HighsVarType.kInteger))
        for option, value in (
            ("presolve", "on"), ("simplex_strategy", DUAL), ("objective_bound", most), ("mip_max_nodes", nodes),
            ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.9), ("time_limit", seconds),
        ):  # fmt: skip
            highs.setOptionValue(option, value)
        highs.run()
        info, status = highs.getInfo(), highs.getModelStatus()
        ends = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
        bounded = status in (*ends, highspy.HighsModelStatus.kObjectiveBound)
        value, shares = info.objective_function_value, None
        if np.isfinite(value) and value <= most:
            shares = np.array(highs.getSolution().col_value)[self._first :]
        return bounded, shares, max(0, info.simplex_iteration_count)

    def forbid(self, columns: Sequence[int]) -> None:
        """Let nobody take these columns."""
        n, self._moved = len(columns), True
        index = (np.array(columns, dtype=np.int64) + self._first).astype(np.int32)
        self._highs.changeColsBounds(n, index, np.zeros(n), np.zeros(n))

    def least_cost(self, prices: Floats) -> float:
        """The rows' part of the Lagrangian bound at these prices."""
        staffed = np.arange(self.table.shape[1])[None, :]
        return float((self.table + prices[:, None] * staffed).min(axis=1).sum())
