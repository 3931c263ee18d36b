"""Shifts made of activities in quarter hours (multi-activity retail, Strandmark and others 2020): problem and judge.

Times are minutes after midnight of day 0; the horizon runs from 06:00 of day 0 for ``days`` times 24 hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from counterpoint.science.rostering import serial

FORMAT = "counterpoint.activities/1"
STEP, DAY, OPENING = 15, 24 * 60, 6 * 60
SHIFT, REST, BLOCK, RUN = (6 * 60, 10 * 60), 14 * 60, 60, 5
STARTS = ((0, 0), (6 * 60, 10 * 60), (14 * 60, 18 * 60), (20 * 60, DAY - STEP))  # first and last minutes of the day


@dataclass(frozen=True, slots=True)
class Contract:
    """A person and the minutes they work in all."""

    key: str
    min_minutes: int
    max_minutes: int


@dataclass(frozen=True, slots=True)
class ActivityCover:
    """People on an activity in the quarter hour from ``start``: ``least`` is a hard rule, each above ``most`` is
    dearer than the last (the excess squared)."""

    start: int
    activity: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Block:
    """One activity without a pause."""

    activity: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ActivityShift:
    """One person's shift from ``start``, block after block."""

    employee: str
    start: int
    blocks: tuple[Block, ...]

    @property
    def end(self) -> int:
        """The first minute after the shift."""
        return self.start + sum(block.minutes for block in self.blocks)


@dataclass(frozen=True, slots=True)
class ActivityProblem:
    """People, activities and cover over ``days`` times 24 hours from 06:00 of day 0."""

    days: int
    activities: tuple[str, ...]
    contracts: tuple[Contract, ...]
    cover: tuple[ActivityCover, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values, with the format's name."""
        return serial.tagged(self, FORMAT)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ActivityProblem:
        """What :meth:`to_dict` wrote. ValueError says where it misfits."""
        found: ActivityProblem = serial.untagged(cls, value, FORMAT)
        return found


@dataclass(frozen=True, slots=True)
class ActivityVerdict:
    """Every broken hard rule in words, and the points: the sum of squared excess over ``most``."""

    breaches: tuple[str, ...]
    total: int

    @property
    def feasible(self) -> bool:
        """True when no hard rule is broken."""
        return not self.breaches


def judge(problem: ActivityProblem, shifts: tuple[ActivityShift, ...]) -> ActivityVerdict:
    """Measure shifts. ValueError when one is of an unknown person or activity, or off the grid of quarter hours."""
    people = {one.key for one in problem.contracts}
    at: Counter[tuple[int, str]] = Counter()
    for shift in shifts:
        if shift.employee not in people or not {b.activity for b in shift.blocks} <= set(problem.activities):
            raise ValueError(f"a shift of {shift.employee!r} names an unknown person or activity")
        if shift.start % STEP or any(block.minutes % STEP for block in shift.blocks):
            raise ValueError(f"a shift of {shift.employee!r} is not in quarter hours")
        now = shift.start
        for block in shift.blocks:
            at.update((minute, block.activity) for minute in range(now, now + block.minutes, STEP))
            now += block.minutes
    breaches = [words for one in problem.contracts for words in _breaches(problem, one, shifts)]
    for cell in problem.cover:
        if at[cell.start, cell.activity] < cell.least:
            breaches.append(
                f"{at[cell.start, cell.activity]} on {cell.activity} at {_words(cell.start)}, {cell.least} needed"
            )
    excess = (max(0, at[cell.start, cell.activity] - cell.most) for cell in problem.cover)
    return ActivityVerdict(tuple(breaches), sum(people * people for people in excess))


def _breaches(problem: ActivityProblem, one: Contract, shifts: tuple[ActivityShift, ...]) -> list[str]:
    mine = sorted((s for s in shifts if s.employee == one.key), key=lambda s: s.start)
    found = []
    for shift in mine:
        length, clock = shift.end - shift.start, shift.start % DAY
        if not SHIFT[0] <= length <= SHIFT[1]:
            found.append(f"the shift at {_words(shift.start)} lasts {length} minutes")
        if not any(first <= clock <= last for first, last in STARTS):
            found.append(f"no shift may start at {_words(shift.start)}")
        if shift.start < OPENING or shift.end > problem.days * DAY + OPENING:
            found.append(f"the shift at {_words(shift.start)} leaves the horizon")
        found += [f"{b.minutes} minutes on {b.activity}, at least {BLOCK}" for b in shift.blocks if b.minutes < BLOCK]
    for before, after in pairwise(mine):
        if after.start // DAY == before.start // DAY:
            found.append(f"two shifts start on day {after.start // DAY}")
        elif after.start - before.end < REST:
            found.append(f"{after.start - before.end} minutes of rest before {_words(after.start)}, at least {REST}")
    worked = {shift.start // DAY for shift in mine}
    for day in range(problem.days + 1 - RUN):
        if set(range(day, day + RUN + 1)) <= worked:
            found.append(f"{RUN + 1} days running from day {day}")
    minutes = sum(shift.end - shift.start for shift in mine)
    if not one.min_minutes <= minutes <= one.max_minutes:
        found.append(f"{minutes} minutes, {one.min_minutes} to {one.max_minutes} agreed")
    return [f"{one.key}: {words}" for words in found]


def _words(minute: int) -> str:
    return f"day {minute // DAY} {minute % DAY // 60:02d}:{minute % 60:02d}"
