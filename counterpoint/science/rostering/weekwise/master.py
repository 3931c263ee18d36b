"""The linear relaxation over whole weeks: choose one week a person, people stand on posts they can hold (HiGHS)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from highspy import HighsModelStatus

from counterpoint.science.rostering.linear import DUAL, PRIMAL, quiet
from counterpoint.science.rostering.weekwise.kernel import NOBODY, Floats, Ints, week_at
from counterpoint.science.rostering.weekwise.tables import Tables

SIMPLEX_WORK = 1e4  # simplex iterations that make one work unit, about a second


class Week(NamedTuple):
    """One person's whole week: the row of the option of each day, NOBODY when off, and what it costs by itself."""

    person: int
    rows: tuple[int, ...]
    cost: float


class Relaxed(NamedTuple):
    """Value, what presence costs (people x positions), the wage of each person, the share of each week."""

    value: float
    prices: Floats
    wages: Floats
    shares: Floats


class Master:
    """Rows: each kind of people at each position, each skill there, each pair there, each person."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.weeks: list[Week] = []
        self.work = 0.0
        self.known: set[tuple[int, tuple[int, ...]]] = set()
        problem = tables.problem
        self.days, self.intervals = len(problem.days), problem.intervals
        self.positions = self.days * self.intervals
        self.people = len(problem.people)
        self.of: list[list[int]] = [[] for _ in problem.people]  # numbers of a person's weeks
        self.kinds = [sorted({int(m) for m in tables.arrays.skills[:, day]}) for day in range(self.days)]
        self.kind_row: dict[tuple[int, int], int] = {}
        for position in range(self.positions):
            for mask in self.kinds[position // self.intervals]:
                self.kind_row[position, mask] = len(self.kind_row)
        self.skill_first = len(self.kind_row)
        self.pair_first = self.skill_first + self.positions * len(problem.skills)
        self.pair_rows = {
            (int(position), int(q)): self.pair_first + n
            for n, (position, q) in enumerate(np.argwhere(tables.arrays.pair_need))
        }
        self.person_first = self.pair_first + len(self.pair_rows)
        self._highs = self._empty()
        self._first = self._posts()
        self._kind_rows, self._pair_rows = self._rows_of_presence()

    def _empty(self) -> Any:
        highs = quiet()
        n = self.person_first + self.people
        lower, upper = np.zeros(n), np.zeros(n)
        for (position, q), row in self.pair_rows.items():
            lower[row], upper[row] = self.tables.arrays.pair_need[position, q], np.inf
        lower[self.person_first :] = upper[self.person_first :] = 1.0
        none = np.zeros(0, dtype=np.int32)
        highs.addRows(n, lower, upper, 0, np.zeros(n, dtype=np.int32), none, np.zeros(0))
        highs.changeObjectiveOffset(float(self.tables.arrays.base.sum()))
        return highs

    def _posts(self) -> int:
        """Columns of people on posts, of idle people, of units of worth, and of people missing from pairs."""
        tables, skills = self.tables.arrays, len(self.tables.problem.skills)
        cost: list[float] = []
        upper: list[float] = []
        entries: list[list[tuple[int, float]]] = []

        def column(points: float, most: float, *rows: tuple[int, float]) -> None:
            cost.append(points)
            upper.append(most)
            entries.append(list(rows))

        for (position, mask), row in self.kind_row.items():
            column(0.0, np.inf, (row, -1.0))
            for k in range(skills):
                if (mask >> k) & 1:
                    column(0.0, np.inf, (row, -1.0), (self.skill_first + position * skills + k, 1.0))
        for position in range(self.positions):
            for unit in range(int(tables.unit_first[position]), int(tables.unit_first[position + 1])):
                row = self.skill_first + position * skills + int(tables.units[unit])
                column(-float(tables.worth[unit]), 1.0, (row, -1.0))
        for (_, q), row in self.pair_rows.items():
            column(float(tables.pair_worth[q]), np.inf, (row, 1.0))
        starts = np.cumsum([0, *(len(e) for e in entries[:-1])]).astype(np.int32)
        flat = [entry for each in entries for entry in each]
        self._highs.addCols(
            len(cost), np.array(cost), np.zeros(len(cost)), np.array(upper), len(flat), starts,
            np.array([row for row, _ in flat], dtype=np.int32), np.array([value for _, value in flat]),
        )  # fmt: skip
        return len(cost)

    def _rows_of_presence(self) -> tuple[Ints, Ints]:
        """Rows that the presence of a person at a position counts in: its kind's, and its pairs' (-1: none)."""
        tables = self.tables.arrays
        kinds = np.empty((self.people, self.positions), dtype=np.int64)
        pairs = np.full((self.people, self.positions, tables.pair_worth.size), -1, dtype=np.int64)
        for person in range(self.people):
            for position in range(self.positions):
                day = position // self.intervals
                kinds[person, position] = self.kind_row[position, int(tables.skills[person, day])]
        for (position, q), row in self.pair_rows.items():
            able = (tables.pairs[:, position // self.intervals] >> q) & 1 == 1
            pairs[able, position, q] = row
        return kinds, pairs

    def add(self, weeks: list[Week]) -> int:
        """Take in the weeks that are not known yet; how many they were."""
        fresh = [w for w in weeks if (w.person, w.rows) not in self.known]
        fresh = list({(w.person, w.rows): w for w in fresh}.values())
        if not fresh:
            return 0
        index: list[int] = []
        starts: list[int] = []
        cost = []
        for week in fresh:
            self.known.add((week.person, week.rows))
            self.of[week.person].append(len(self.weeks) + len(starts))
            starts.append(len(index))
            at = self.present(week)
            index += self._kind_rows[week.person, at].tolist()
            index += [row for row in self._pair_rows[week.person, at].ravel().tolist() if row >= 0]
            index.append(self.person_first + week.person)
            cost.append(week.cost + self.tables.arrays.over * len(at))
        n = len(fresh)
        self._highs.addCols(
            n, np.array(cost), np.zeros(n), np.full(n, np.inf), len(index), np.array(starts, dtype=np.int32),
            np.array(index, dtype=np.int32), np.ones(len(index)),
        )  # fmt: skip
        self.weeks += fresh
        return n

    def present(self, week: Week) -> list[int]:
        """Positions at which the person of a week is at work."""
        found = []
        for day, row in enumerate(week.rows):
            if row != NOBODY:
                a, b, la, lb = self.tables.arrays.option[row, :4].tolist()
                found += [day * self.intervals + n for n in range(a, b) if not la <= n < lb]
        return found

    def solve(self) -> Relaxed:
        """The relaxation's optimum. RuntimeError when there is none."""
        self._highs.run()
        if self._highs.getModelStatus() != HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS ended with {self._highs.getModelStatus()}; every person needs a week")
        self.work += max(0, self._highs.getInfo().simplex_iteration_count) / SIMPLEX_WORK
        self._highs.setOptionValue("simplex_strategy", PRIMAL)
        found = self._highs.getSolution()
        duals = np.array(found.row_dual)
        prices = self.tables.arrays.over - duals[self._kind_rows]
        for q in range(self._pair_rows.shape[2]):
            prices -= np.where(self._pair_rows[:, :, q] >= 0, duals[self._pair_rows[:, :, q]], 0.0)
        return Relaxed(
            float(self._highs.getInfo().objective_function_value), prices, duals[self.person_first :],
            np.array(found.col_value)[self._first :],
        )  # fmt: skip

    def open(self, plan: Ints, people: Iterable[int], days: Iterable[int]) -> None:
        """These people may have any known week that keeps to the plan outside these days; all others keep theirs."""
        rows, who = np.array([w.rows for w in self.weeks]), np.array([w.person for w in self.weeks])
        same = rows == plan[who]
        fixed = [day for day in range(self.days) if day not in set(days)]
        kept, whole = same[:, fixed].all(axis=1), same.all(axis=1)
        free = np.isin(who, list(people))
        upper = np.where(np.where(free, kept, whole), np.inf, 0.0)
        self._bounds(np.arange(len(who)), np.zeros(len(who)), upper)

    def settle(self, chosen: dict[int, int]) -> None:
        """These people get exactly the week of this number."""
        for person, number in chosen.items():
            mine = np.array(self.of[person])
            share = (mine == number).astype(float)
            self._bounds(mine, share, share)

    def _bounds(self, weeks: Ints, lower: Floats, upper: Floats) -> None:
        self._highs.setOptionValue("simplex_strategy", DUAL)
        self._highs.changeColsBounds(len(weeks), (weeks + self._first).astype(np.int32), lower, upper)

    def price(self, relaxed: Relaxed, people: Iterable[int], tables: Tables | None = None) -> tuple[list[Week], float]:
        """The cheapest week of each person at the relaxation's prices, and by how much they lie below their wages.

        ``tables`` may be narrower than the master's.
        """
        t, found, below = (tables or self.tables).arrays, [], 0.0
        answer = np.empty(self.days, dtype=np.int64)
        for p in people:
            least = week_at(t, p, relaxed.prices[p], answer)
            gap = least - float(relaxed.wages[p])
            below += min(gap, 0.0)
            if gap < -1e-6:
                week = Week(p, tuple(answer.tolist()), 0.0)
                own = least - float(relaxed.prices[p][self.present(week)].sum())
                found.append(week._replace(cost=own))
        return found, below
