"""Scheduling whole shifts to days as one typed, JSON-serialisable value.

Days are numbered from 0; ``first_weekday`` is the weekday of day 0 (Monday 0). Lengths are minutes, weights are integer
points. A plan gives each person one entry a day: a shift's key, or ``OFF``. Beyond the horizon the person is assumed to
be neither short nor full of anything: a run of shifts or days off that touches an end is long enough, and the run of
shifts before day 0 counts nothing (Curtois & Qu 2014).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from counterpoint.science.rostering import serial

FORMAT = "counterpoint.schedules/1"
OFF = ""
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class ShiftType:
    """A shift of ``minutes`` paid; a shift in ``not_next`` may not follow it on the next day."""

    key: str
    minutes: int
    not_next: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Employee:
    """A person and the rules that bind them. ``most`` limits shifts by type (a type not named: no limit); runs are of
    consecutive days; a weekend counts when its Saturday or Sunday is worked."""

    key: str
    min_minutes: int
    max_minutes: int
    most: Mapping[str, int] = field(default_factory=dict)
    max_run: int = 7
    min_run: int = 1
    min_rest: int = 1
    max_weekends: int = 99
    days_off: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A wish to work (``on``) or not to work (``off``) a shift; ``weight`` points when it is not granted."""

    employee: str
    day: int
    shift: str
    weight: int
    kind: Literal["on", "off"]


@dataclass(frozen=True, slots=True)
class Cover:
    """People wanted on a shift; each one missing costs ``under`` points, each one too many ``over``."""

    day: int
    shift: str
    needed: int
    under: int
    over: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """A day already settled: the person works ``shift``, or is ``OFF``."""

    employee: str
    day: int
    shift: str = OFF


@dataclass(frozen=True, slots=True)
class Plan:
    """Who works what: per person one entry a day, a shift's key or ``OFF``."""

    days: Mapping[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"days": {key: list(row) for key, row in self.days.items()}}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Plan:
        """What :meth:`to_dict` wrote. ValueError says where it misfits."""
        found: Plan = serial.build(cls, value, "plan")
        return found


@dataclass(frozen=True, slots=True)
class ScheduleProblem:
    """Who may work what, and what is wanted. ``start`` is a plan to begin from (yesterday's, or an edited one).

    ValueError when a day, shift or person does not exist, appears twice, or a length or weight is out of range.
    """

    days: int
    shifts: tuple[ShiftType, ...]
    employees: tuple[Employee, ...]
    requests: tuple[Request, ...] = ()
    cover: tuple[Cover, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    first_weekday: int = 0
    start: Plan | None = None

    def __post_init__(self) -> None:
        shifts = _unique([s.key for s in self.shifts], "shift")
        people = _unique([e.key for e in self.employees], "employee")
        _refuse(self.days < 1, f"a horizon of {self.days} days")
        for shift in self.shifts:
            _refuse(shift.key == OFF or shift.minutes < 1, f"shift {shift.key!r} of {shift.minutes} minutes")
            _refuse(not set(shift.not_next) <= shifts, f"shift {shift.key!r} names an unknown next shift")
        for one in self.employees:
            _refuse(not set(one.most) <= shifts, f"employee {one.key!r} limits an unknown shift")
            _refuse(min(one.max_run, one.min_run, one.min_rest) < 1, f"employee {one.key!r} has a run below one day")
            _refuse(
                not all(0 <= d < self.days for d in one.days_off), f"employee {one.key!r} is off beyond the horizon"
            )
        for wish in self.requests:
            self._known(wish.employee, people, wish.shift, shifts, wish.day, "request")
            _refuse(wish.weight < 0, f"a request of {wish.employee!r} has weight {wish.weight}")
        _unique([f"{c.shift} on day {c.day}" for c in self.cover], "cover")
        for cell in self.cover:
            self._known(None, people, cell.shift, shifts, cell.day, "cover")
            _refuse(min(cell.needed, cell.under, cell.over) < 0, f"cover of day {cell.day} has a negative number")
        for pin in self.fixed:
            self._known(pin.employee, people, pin.shift, shifts | {OFF}, pin.day, "fixed day")

    def _known(self, who: str | None, people: set[str], shift: str, shifts: set[str], day: int, what: str) -> None:
        _refuse(who is not None and who not in people, f"a {what} names the unknown employee {who!r}")
        _refuse(shift not in shifts, f"a {what} names the unknown shift {shift!r}")
        _refuse(not 0 <= day < self.days, f"a {what} lies on day {day} of {self.days}")

    def weekend(self, day: int) -> int | None:
        """Which weekend a day belongs to, numbered from 0; None on weekdays."""
        weekday = (self.first_weekday + day) % 7
        return (self.first_weekday + day) // 7 if weekday in (SATURDAY, SUNDAY) else None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values, with the format's name."""
        return serial.tagged(self, FORMAT)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ScheduleProblem:
        """What :meth:`to_dict` wrote. ValueError says where it misfits."""
        found: ScheduleProblem = serial.untagged(cls, value, FORMAT)
        return found


def _unique(keys: list[str], what: str) -> set[str]:
    known = set(keys)
    twice = next((key for key in keys if keys.count(key) > 1), None) if len(known) < len(keys) else None
    _refuse(twice is not None, f"{what} {twice!r} appears twice")
    return known


def _refuse(wrong: bool, words: str) -> None:
    if wrong:
        raise ValueError(words)
