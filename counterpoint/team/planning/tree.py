"""Branch, region and bank told so that the rows add up: every level's own forecast, reconciled. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from counterpoint.science.demand import (
    DayInfo,
    DemandProblem,
    Hierarchy,
    Params,
    error_cov,
    forecast,
    hierarchy,
    reconcile,
)
from counterpoint.team.planning.values import Array

MEMORY = 8  # weeks of errors that say how far each level may be trusted
LIKE = 4  # weeks whose same weekday makes the usual number
OPEN = ((540, 600),)  # whole days are forecast: one cell a day
QUICK = Params(paths=400, calibrate_weeks=4)


@dataclass(frozen=True, eq=False)
class Leaf:
    """A branch: its path (bank, region, branch), customers of past days, and its own forecast of each asked day."""

    path: tuple[str, ...]
    came: Mapping[date, int]
    mean: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class Node:
    """A row: customers of each asked day in whole numbers, the range, and what usually comes on that weekday.

    `expected` and `usual` of a node are the sums of those below it; ranges do not add up and are the row's own.
    """

    path: tuple[str, ...]
    expected: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    usual: tuple[int, ...]


def coherent(leaves: Sequence[Leaf], days: Sequence[DayInfo], dates: Sequence[date], *, seed: int) -> tuple[Node, ...]:
    """Rows of every node, the top first. `days` cover history and `dates`; levels above get a forecast of their own.

    Deterministic by its seed. With fewer than three common past days the branches are simply added up.
    """
    tree = hierarchy([leaf.path for leaf in leaves])
    came = _summed(tree, leaves, min(dates))
    base = {leaf.path: np.stack([leaf.mean, leaf.low, leaf.high]) for leaf in leaves}
    for node in tree.nodes:
        if node not in base:
            base[node] = _own(came[node], days, dates, seed)
    mean = np.stack([base[node][0] for node in tree.nodes])
    errors = _errors(tree, came, min(dates))
    fitted = reconcile(tree, mean, error_cov(errors)) if len(errors) >= 3 else tree.sums @ mean[-len(leaves) :]
    count = len(tree.nodes) - len(leaves)
    whole = tree.sums @ np.rint(fitted[count:])
    usual = tree.sums @ np.array([[_usual(leaf.came, day) for day in dates] for leaf in leaves])
    rows = []
    for n, node in enumerate(tree.nodes):
        scale = whole[n] / np.maximum(base[node][0], 1e-9)
        low, high = base[node][1] * scale, base[node][2] * scale
        rows.append(
            Node(node, _ints(whole[n]), _ints(np.minimum(low, whole[n])), _ints(np.maximum(high, whole[n])),
                 _ints(usual[n]))
        )  # fmt: skip
    return tuple(rows)


def _ints(values: Array) -> tuple[int, ...]:
    return tuple(round(float(value)) for value in values)


def _summed(tree: Hierarchy, leaves: Sequence[Leaf], before: date) -> dict[tuple[str, ...], dict[date, int]]:
    """Customers of every node on the past days."""
    out: dict[tuple[str, ...], dict[date, int]] = {node: {} for node in tree.nodes}
    for leaf in leaves:
        for depth in range(1, len(leaf.path) + 1):
            held = out[leaf.path[:depth]]
            for day, n in leaf.came.items():
                if day < before:
                    held[day] = held.get(day, 0) + n
    return out


def _own(came: Mapping[date, int], days: Sequence[DayInfo], dates: Sequence[date], seed: int) -> Array:
    """A level's own forecast of whole days: mean, P10 and P90."""
    history = pd.DataFrame(
        [(day, OPEN[0][0], n) for day, n in sorted(came.items())], columns=["date", "minute", "count"]
    )
    found = forecast(DemandProblem(history, days, list(dates), 60), QUICK, seed=seed)
    return np.stack([found.day_mean[-1], found.day_quantile[0, -1], found.day_quantile[-1, -1]])


def _usual(came: Mapping[date, int], day: date) -> int:
    """Mean of the same weekday of the last four weeks that are known; 0 without any."""
    last = max(came, default=day)
    back = [day - timedelta(weeks=n) for n in range(1, LIKE + MEMORY)]
    known = [came[one] for one in back if one <= last and one in came][:LIKE]
    return round(sum(known) / len(known)) if known else 0


def _errors(tree: Hierarchy, came: Mapping[tuple[str, ...], Mapping[date, int]], before: date) -> Array:
    """What came less the same weekday's mean, on the past days on which every branch was open; (days, nodes)."""
    bottom = [node for node in tree.nodes if len(node) == len(tree.nodes[-1])]
    past = [before - timedelta(days=n) for n in range(1, 7 * MEMORY + 1)]
    shared = [day for day in past if all(day in came[node] for node in bottom)]
    rows = []
    for day in shared:
        earlier = {node: {d: n for d, n in came[node].items() if d < day} for node in tree.nodes}
        rows.append([came[node][day] - _usual(earlier[node], day) for node in tree.nodes])
    return np.array(rows, dtype=float).reshape(len(rows), len(tree.nodes))


def whole_days(
    leaves: Sequence[Leaf], first: date, dates: Sequence[date], given: Mapping[date, DayInfo]
) -> tuple[DayInfo, ...]:
    """The calendar of the levels above: open wherever a branch has customers, with that day's kind and marks."""
    some = {day for leaf in leaves for day in leaf.came}
    some |= {day for n, day in enumerate(dates) if any(leaf.mean[n] > 0 for leaf in leaves)}
    out = []
    for step in range((max(dates) - first).days + 1):
        day = first + timedelta(days=step)
        known = given[day]
        kind = known.kind if known.kind != "closed" else ("weekend" if day.weekday() >= 5 else "workday")
        if day in some:
            out.append(DayInfo(day, OPEN, kind, known.tags, festivals=known.festivals))
        else:
            out.append(DayInfo(day, (), "holiday" if kind == "holiday" else "closed"))
    return tuple(out)
