"""A problem as numbers for the compiled search, and plans from and to shifts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import numpy as np

from counterpoint.science.rostering.activities import problem as rules
from counterpoint.science.rostering.activities.problem import STEP, ActivityProblem, ActivityShift, Block
from counterpoint.science.rostering.activities.kernel import LONGEST, SHORTEST, Ground, Weeks
from counterpoint.science.rostering.schedules.columns import Ints

NO_LIMIT = 1 << 20  # people an activity may have where no cover is told
PER_DAY = rules.DAY // STEP
CLOCKS = np.array([minute // STEP for a, b in rules.STARTS for minute in range(a, b + 1, STEP)])


def ground(problem: ActivityProblem) -> Ground:
    """The problem as numbers. ValueError when a quarter hour's cover is told twice."""
    quarters, days = problem.days * PER_DAY, problem.days + 1
    least = np.zeros((quarters, len(problem.activities)), np.int64)
    most = np.full_like(least, NO_LIMIT)
    number = {activity: n for n, activity in enumerate(problem.activities)}
    for cell in problem.cover:
        quarter, act = (cell.start - rules.OPENING) // STEP, number[cell.activity]
        if not 0 <= quarter < quarters:
            continue  # nobody can be there
        if most[quarter, act] != NO_LIMIT:
            raise ValueError(f"the cover of {cell.activity} at minute {cell.start} is told twice")
        least[quarter, act], most[quarter, act] = cell.least, cell.most
    first = PER_DAY * np.arange(days)[:, None] - rules.OPENING // STEP + CLOCKS[None, :]
    room = np.where(first >= 0, np.clip(quarters - first, 0, LONGEST), 0)
    room[room < SHORTEST] = 0
    free = CLOCKS[:, None] + np.arange(LONGEST + 1)[None, :] + rules.REST // STEP - PER_DAY
    return Ground(
        least=least,
        most=most,
        first=np.where(room > 0, first, 0),
        room=room,
        ready=np.searchsorted(CLOCKS, free).astype(np.int64),
        fewest=np.array([-(-one.min_minutes // STEP) for one in problem.contracts], np.int64),
        largest=np.array([one.max_minutes // STEP for one in problem.contracts], np.int64),
    )


def nobody(table: Ground) -> Weeks:
    """The plan without any shift."""
    people, days = len(table.fewest), len(table.first)
    return Weeks(
        way=np.full((people, days), -1, np.int64),
        length=np.zeros((people, days), np.int64),
        acts=np.zeros((people, days, LONGEST), np.int64),
        staffed=np.zeros_like(table.least),
    )


def shifts(problem: ActivityProblem, table: Ground, weeks: Weeks) -> tuple[ActivityShift, ...]:
    """The plan as shifts, person by person."""
    found = []
    for person, day in zip(*map(np.ndarray.tolist, np.nonzero(weeks.way >= 0)), strict=True):
        start = int(table.first[day, weeks.way[person, day]]) * STEP + rules.OPENING
        acts = weeks.acts[person, day, : weeks.length[person, day]].tolist()
        blocks = tuple(Block(problem.activities[act], STEP * len(list(run))) for act, run in groupby(acts))
        found.append(ActivityShift(problem.contracts[person].key, start, blocks))
    return tuple(found)


def weeks_of(problem: ActivityProblem, table: Ground, given: Iterable[ActivityShift]) -> Weeks:
    """Legal shifts as a plan."""
    weeks = nobody(table)
    person_of = {one.key: n for n, one in enumerate(problem.contracts)}
    number = {activity: n for n, activity in enumerate(problem.activities)}
    for shift in given:
        person, day = person_of[shift.employee], shift.start // rules.DAY
        acts = [number[b.activity] for b in shift.blocks for _ in range(b.minutes // STEP)]
        weeks.way[person, day] = int(np.searchsorted(CLOCKS, shift.start % rules.DAY // STEP))
        weeks.length[person, day] = len(acts)
        weeks.acts[person, day, : len(acts)] = acts
        first = (shift.start - rules.OPENING) // STEP
        np.add.at(weeks.staffed, (np.arange(first, first + len(acts)), np.array(acts)), 1)
    return weeks


def lowest(table: Ground) -> int:
    """A bound: everybody works at least the agreed minutes, and people beyond ``most`` cost least spread evenly.

    People on the cells without limit cost nothing, which makes the bound 0 as soon as there is one.
    """
    room = table.most.ravel()
    over = int(table.fewest.sum() - room.sum())
    if over <= 0:
        return 0
    share, more = divmod(over, len(room))
    return share * share * (len(room) - more) + (share + 1) ** 2 * more


def copied(weeks: Weeks) -> Weeks:
    """A copy that may be changed."""
    return Weeks(*(array.copy() for array in weeks))


def total_of(acts: Ints) -> int:
    """Quarter hours worked."""
    return int((acts >= 0).sum())
