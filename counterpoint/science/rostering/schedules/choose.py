"""Choosing among known columns exactly: one a person, by HiGHS' branch and cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from counterpoint.science.rostering.schedules.columns import Column, Demand
from counterpoint.science.rostering.schedules.master import SIMPLEX_WORK, Master

STAY = 0.004  # points by which a schedule of the plan so far is made dearer, so that an equal other plan is preferred


class Choice(NamedTuple):
    """The columns chosen (None: there is nothing of that price among them, or none was found), whether that is proven,
    and the work units spent."""

    columns: list[Column] | None
    proven: bool
    work: float


def choose(
    demand: Demand, people: Sequence[int], columns: Sequence[Column], most: int, *, nodes: int, seconds: float,
    now: Sequence[Column] = (),
) -> Choice:  # fmt: skip
    """The cheapest choice of at most ``most`` points within ``nodes`` of the search tree; of equal ones not ``now``."""
    if {c.person for c in columns} != set(people):
        return Choice(None, True, 0.0)
    master = Master(demand, people)
    master.add(columns)
    stay = {(c.person, c.codes) for c in now}
    dearer = [n for n, c in enumerate(master.columns) if (c.person, c.codes) in stay]
    each = min(STAY, 0.4 / max(1, len(stay)))
    status, shares, work = master.solve_whole(dearer, each, most + each * (len(stay) - 0.5), nodes, seconds)
    found = [master.columns[n] for n in np.flatnonzero(shares > 0.5)] if shares is not None else []
    if len(found) != len(people):
        return Choice(None, status, work / SIMPLEX_WORK)
    return Choice(found, status, work / SIMPLEX_WORK)
