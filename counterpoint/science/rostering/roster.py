"""A roster: who works when, eats when and stands where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from counterpoint.science.rostering import serial


def clock(minute: int) -> str:
    """``540`` → ``09:00``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class Task:
    """One stretch on one post, half open, minutes after midnight."""

    start: int
    end: int
    skill: str


@dataclass(frozen=True, slots=True)
class Break:
    """The lunch break, half open, minutes after midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's working day, lunch and tasks inside it."""

    person: str
    day: int
    start: int
    end: int
    lunch: Break | None = None
    tasks: tuple[Task, ...] = ()

    @property
    def minutes(self) -> int:
        """Working minutes: the span less lunch."""
        return self.end - self.start - (self.lunch.end - self.lunch.start if self.lunch else 0)

    def present(self, minute: int) -> bool:
        """At work and not at lunch in the interval beginning at ``minute``."""
        at_lunch = self.lunch is not None and self.lunch.start <= minute < self.lunch.end
        return self.start <= minute < self.end and not at_lunch

    def skill_at(self, minute: int) -> str | None:
        """The post held in the interval beginning at ``minute``."""
        return next((task.skill for task in self.tasks if task.start <= minute < task.end), None)


@dataclass(frozen=True, slots=True)
class Roster:
    """Shifts sorted by day and person."""

    shifts: tuple[Shift, ...]

    def of(self, person: str, day: int) -> Shift | None:
        """The shift of a person on a day, or None when off."""
        return next((s for s in self.shifts if s.person == person and s.day == day), None)

    def replaced(self, shift: Shift) -> Roster:
        """This roster with one person's day exchanged."""
        rest = [s for s in self.shifts if (s.person, s.day) != (shift.person, shift.day)]
        return Roster(tuple(sorted([*rest, shift], key=lambda s: (s.day, s.person))))

    def without(self, person: str, day: int) -> Roster:
        """This roster with one person's day free."""
        return Roster(tuple(s for s in self.shifts if (s.person, s.day) != (person, day)))

    def to_frame(self) -> pd.DataFrame:
        """One row a task: person, day, shift_start, shift_end, lunch_start, lunch_end, start, end, skill."""
        columns = ["person", "day", "shift_start", "shift_end", "lunch_start", "lunch_end", "start", "end", "skill"]
        rows = [
            (
                s.person,
                s.day,
                s.start,
                s.end,
                s.lunch and s.lunch.start,
                s.lunch and s.lunch.end,
                t.start,
                t.end,
                t.skill,
            )
            for s in self.shifts
            for t in s.tasks
        ]
        return pd.DataFrame(rows, columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        found: dict[str, Any] = serial.plain(self)
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Roster:
        """Read :meth:`to_dict`'s form; ValueError names the field that misfits."""
        found: Roster = serial.build(cls, data, "roster")
        return found
