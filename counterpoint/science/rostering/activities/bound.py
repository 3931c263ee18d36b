"""A proven bound: how cheap shifts could be if they were nobody's, and every quarter hour freely divided up.

A linear programme over the number of shifts by day, start and length, with everybody's agreed minutes in all. What it
leaves out: rest, days running, each person's own minutes, blocks of activities. Rows are the change of presence from
quarter hour to quarter hour, so that a shift is in two of them only.
"""

from __future__ import annotations

import math

import highspy
import numpy as np

from counterpoint.science.rostering.activities.kernel import SHORTEST, Ground
from counterpoint.science.rostering.activities.tables import NO_LIMIT
from counterpoint.science.rostering.linear import quiet
from counterpoint.science.rostering.schedules.columns import Floats, Ints

SLOPES = 8  # the last slope of a surplus goes on
SAFE = 1e-4  # points that the programme may be off
Entries = list[tuple[Ints, Ints | float]]


def lowest(table: Ground) -> int:
    """No plan costs less; 0 where the programme has no answer (then no plan keeps the cover either)."""
    quarters, people = len(table.least), len(table.fewest)
    highs, infinite = quiet(), highspy.kHighsInf
    least = table.least.sum(axis=1).astype(float)
    days = len(table.first)
    # rows: presence at q less presence at q - 1, beyond the least; shifts of a day; quarter hours in all
    change = -np.diff(least, prepend=0.0)
    lower = np.concatenate([-change, np.zeros(days), [float(table.fewest.sum())]])
    upper = np.concatenate([-change, np.full(days, float(people)), [float(table.largest.sum())]])
    none = np.zeros(0, np.int32)
    highs.addRows(len(lower), lower, upper, 0, np.zeros(len(lower), np.int32), none, np.zeros(0))
    day, way, length = _shifts(table)
    begin = table.first[day, way]
    rows: Entries = [(begin, 1.0), (quarters + day, 1.0), (np.full_like(day, quarters + days), length)]
    _add(highs, np.zeros(len(day)), infinite, rows, (begin + length, -1.0), quarters)
    _surplus(highs, table, least)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return 0
    return max(0, math.ceil(highs.getInfo().objective_function_value - SAFE))


def _shifts(table: Ground) -> tuple[Ints, Ints, Ints]:
    """Day, way to start and length of every possible shift."""
    lengths = np.arange(table.ready.shape[1])
    fits = (lengths >= SHORTEST) & (lengths <= table.room[:, :, None])
    day, way, length = np.nonzero(fits)
    return day, way, length


def _surplus(highs: object, table: Ground, least: Floats) -> None:
    """People present beyond the least: free up to the most in all, then evenly over the activities."""
    quarters, acts = table.least.shape
    at = np.arange(quarters)
    most = table.most.sum(axis=1).astype(float)
    spare = np.where(most >= NO_LIMIT, highspy.kHighsInf, most - least)
    for n in range(SLOPES + 1):
        room = spare if n == 0 else np.full(quarters, float(acts) if n < SLOPES else highspy.kHighsInf)
        _add(highs, np.full(quarters, max(0.0, 2.0 * n - 1)), room, [(at, -1.0)], (at + 1, 1.0), quarters)


def _add(
    highs: object, cost: Floats, upper: Floats | float, entries: Entries,
    last: tuple[Ints, float], quarters: int,
) -> None:  # fmt: skip
    """Columns with entries (row, value); the ``last`` one is left out beyond the horizon."""
    n = len(cost)
    rows = np.stack([row for row, _ in entries] + [last[0]], axis=1)
    values = np.stack([np.broadcast_to(value, n).astype(float) for _, value in entries] + [np.full(n, last[1])], axis=1)
    keep = np.ones(rows.shape, np.bool_)
    keep[:, -1] = last[0] < quarters
    starts = np.concatenate([[0], np.cumsum(keep.sum(axis=1))[:-1]]).astype(np.int32)
    highs.addCols(  # type: ignore[attr-defined]
        n, cost, np.zeros(n), np.broadcast_to(upper, n).astype(float), int(keep.sum()), starts,
        rows[keep].astype(np.int32), values[keep],
    )  # fmt: skip
