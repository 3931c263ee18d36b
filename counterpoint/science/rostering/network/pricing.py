"""What a colleague more or less is worth to a branch on each day, while everybody else stands still.

Read off the compiled picture of the week (``weekwise``): what each interval would cost with one head more of those
skills, by Hall's condition, and the best shift at these prices. A branch that rearranges itself gains at least as much.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from counterpoint.science.rostering import weekwise
from counterpoint.science.rostering.problem import Person, RosterProblem
from counterpoint.science.rostering.roster import Roster
from counterpoint.science.rostering.weekwise.kernel import Floats, Ints, come_or_go, marginal_prices, settle

Worth = dict[str, list[float]]  # points a day, by person


def prices(
    problem: RosterProblem, roster: Roster, guests: tuple[Person, ...], own: tuple[str, ...]
) -> tuple[Worth, Worth]:
    """What each guest would save on each day, and what each of the branch's own people would be missed; zeros when the
    week cannot be pictured."""
    days = len(problem.days)
    tables = weekwise.tables(replace(problem, people=(*problem.people, *guests)))
    if tables is None:
        return {guest.id: [0.0] * days for guest in guests}, {who: [0.0] * days for who in own}
    hall = _Hall(tables, roster, len(problem.people))
    number = {person.id: n for n, person in enumerate(tables.problem.people)}
    return (
        {guest.id: [hall.gain(number[guest.id], day) for day in range(days)] for guest in guests},
        {who: [hall.loss(number[who], day) for day in range(days)] for who in own},
    )


class _Hall:
    """The branch with its roster, and the cost of every interval."""

    def __init__(self, tables: weekwise.Tables, roster: Roster, staff: int) -> None:
        arrays = self.arrays = tables.arrays
        self.plan: Ints = weekwise.plan_of(tables, roster)
        positions = len(arrays.base)
        self.there = np.zeros((positions, tables.sets), dtype=np.int64)
        self.able = np.zeros((positions, arrays.pair_worth.size), dtype=np.int64)
        self.touched = np.ones(positions, dtype=np.int64)
        self.cost: Floats = np.zeros(positions)
        for person in range(staff):
            come_or_go(arrays, person, self.plan[person], 1, self.there, self.able, self.touched)
        settle(arrays, self.there, self.able, self.touched, self.cost)
        self._prices: dict[int, Floats] = {}

    def gain(self, guest: int, day: int) -> float:
        """What the best shift of somebody who is not there would save."""
        t = self.arrays
        if guest not in self._prices:
            self._prices[guest] = np.zeros(len(t.base))
            marginal_prices(t, guest, self.there, self.able, self.cost, self._prices[guest])
        rows = slice(int(t.first[guest, day]), int(t.last[guest, day]))
        option = t.option[rows]
        if not len(option):
            return 0.0
        sums = np.concatenate([[0.0], np.cumsum(self._prices[guest][day * t.intervals : (day + 1) * t.intervals])])
        value = t.price[rows] - t.off[guest, day] + sums[option[:, 1]] - sums[option[:, 0]]
        value -= sums[option[:, 3]] - sums[option[:, 2]]
        value += t.late[guest, option[:, 5]] + t.weekend[guest, t.is_weekend[day]]
        return max(0.0, -float(value.min()))

    def loss(self, person: int, day: int) -> float:
        """What the day of somebody who is there saves now."""
        t, row = self.arrays, int(self.plan[person, day])
        if row < 0 or not np.isfinite(t.off[person, day]):
            return 0.0
        only = np.full(self.plan.shape[1], -1, dtype=np.int64)
        only[day] = row
        before = self.cost.copy()
        come_or_go(t, person, only, -1, self.there, self.able, self.touched)
        settle(t, self.there, self.able, self.touched, self.cost)
        missed = float(self.cost.sum() - before.sum() - t.price[row] + t.off[person, day])
        come_or_go(t, person, only, 1, self.there, self.able, self.touched)
        self.cost[:] = before
        self.touched[:] = 0
        return missed
