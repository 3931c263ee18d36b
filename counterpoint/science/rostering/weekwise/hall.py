"""A plan as the rest of the topic reads it: its cost, its shifts, and how many people stand on each post."""

from __future__ import annotations

import numpy as np

from counterpoint.science.rostering.roster import Roster, Shift
from counterpoint.science.rostering.weekwise.kernel import (
    ABSENT,
    NOBODY,
    Ints,
    come_or_go,
    descend,
    heads_at,
    own_cost,
)
from counterpoint.science.rostering.weekwise.master import Week
from counterpoint.science.rostering.weekwise.tables import DEAR, Tables


def nobody(tables: Tables) -> Ints:
    """A plan with nobody in it."""
    return np.full(tables.arrays.off.shape, ABSENT, dtype=np.int64)


def plan_of(tables: Tables, roster: Roster) -> Ints:
    """The plan of a roster (people x days); a day that is no option is off."""
    plan = np.full(tables.arrays.off.shape, NOBODY, dtype=np.int64)
    number = {person.id: n for n, person in enumerate(tables.problem.people)}
    for shift in roster.shifts:
        if shift.person in number and 0 <= shift.day < len(tables.problem.days):
            plan[number[shift.person], shift.day] = tables.row_of(number[shift.person], shift)
    return plan


def descent(tables: Tables, plan: Ints, seed: int, rounds: int, most: int, heat: float) -> tuple[float, int]:
    """Improve a plan in place (see :func:`descend`): its cost, and how many weeks were asked for."""
    chance = np.random.default_rng(seed).random((rounds, most + 1))
    cost, asked = descend(tables.arrays, chance, most, heat, plan, tables.sets)
    return float(cost), int(asked)


def weeks_of(tables: Tables, plan: Ints) -> list[Week]:
    """The weeks of a plan, priced."""
    return [Week(p, tuple(rows.tolist()), float(own_cost(tables.arrays, p, rows))) for p, rows in enumerate(plan)]


def usable(cost: float) -> bool:
    """Whether a plan of this cost leaves no post empty that must be held."""
    return cost < DEAR / 2


def shifts_of(tables: Tables, plan: Ints) -> list[Shift]:
    """The shifts of a plan, without tasks."""
    return [tables.shift(int(p), int(d), int(plan[p, d])) for p, d in np.argwhere(plan >= 0)]


def heads_of(tables: Tables, plan: Ints) -> dict[tuple[str, int], int]:
    """People on each skill at each position, as the cost counts them."""
    arrays, positions = tables.arrays, len(tables.arrays.base)
    there = np.zeros((positions, tables.sets), dtype=np.int64)
    able = np.zeros((positions, arrays.pair_worth.size), dtype=np.int64)
    touched = np.zeros(positions, dtype=np.int64)
    for p, rows in enumerate(plan):
        come_or_go(arrays, p, rows, 1, there, able, touched)
    skills = tables.problem.skills
    return {
        (skill, position): int(n)
        for position in range(positions)
        for skill, n in zip(skills, heads_at(arrays, there[position], position, len(skills)), strict=True)
        if n
    }
