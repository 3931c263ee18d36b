"""Which moves to try together: a small whole-number programme (HiGHS)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from highspy import HighsVarType, ObjSense

from counterpoint.science.rostering.linear import quiet
from counterpoint.science.rostering.network.problem import Move


def choose(worth: Mapping[Move, float], homes: Mapping[str, str], left: Mapping[str, int], alone: bool) -> list[Move]:
    """The moves of greatest worth that may be tried together, sorted.

    One place a person and day, ``left[person]`` moves a person; one guest more or one colleague less a branch and day,
    since worths do not add up; and a branch either lends or borrows in one round. ``alone``: one move a branch.
    """
    moves = sorted((move for move, points in worth.items() if points > 0), key=_order)
    if not moves:
        return []
    branches = sorted({move.branch for move in moves} | {homes[move.person] for move in moves})
    column = {name: len(moves) + n for n, name in enumerate(branches)}
    rows: dict[tuple[Any, ...], tuple[float, dict[int, float]]] = {}

    def count(key: tuple[Any, ...], most: float, n: int) -> None:
        rows.setdefault(key, (most, {}))[1][n] = 1.0

    for n, move in enumerate(moves):
        home = homes[move.person]
        count(("place", move.person, move.day), 1, n)
        count(("moves", move.person), left[move.person], n)
        count(("in", move.branch, move.day), 1, n)
        count(("out", home, move.day), 1, n)
        if alone:
            count(("busy", move.branch), 1, n)
            count(("busy", home), 1, n)
        rows["borrows", n] = (0.0, {n: 1.0, column[move.branch]: -1.0})
        rows["lends", n] = (1.0, {n: 1.0, column[home]: 1.0})
    values = _solved([worth[move] for move in moves] + [0.0] * len(branches), list(rows.values()))
    return [move for n, move in enumerate(moves) if values[n] > 0.5]


def _order(move: Move) -> tuple[str, int, str]:
    return move.person, move.day, move.branch


def _solved(points: list[float], rows: list[tuple[float, dict[int, float]]]) -> Any:
    """The best 0-1 values under ``row ≤ most``."""
    highs, n = quiet(), len(points)
    highs.setOptionValue("solver", "choose")
    highs.setOptionValue("presolve", "on")
    none = np.zeros(0, dtype=np.int32)
    highs.addCols(n, np.array(points), np.zeros(n), np.ones(n), 0, np.zeros(n, dtype=np.int32), none, np.zeros(0))
    highs.changeObjectiveSense(ObjSense.kMaximize)
    kinds = np.array([HighsVarType.kInteger] * n)
    highs.changeColsIntegrality(n, np.arange(n, dtype=np.int32), kinds)
    starts = np.cumsum([0, *(len(entries) for _, entries in rows[:-1])]).astype(np.int32)
    index = np.array([column for _, entries in rows for column in entries], dtype=np.int32)
    value = np.array([each for _, entries in rows for each in entries.values()])
    most = np.array([upper for upper, _ in rows], dtype=float)
    highs.addRows(len(rows), np.full(len(rows), -np.inf), most, len(index), starts, index, value)
    highs.run()
    return np.array(highs.getSolution().col_value)
