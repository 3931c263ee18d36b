"""The morning and the evening sheet as data: they write themselves from what the rooms know, by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterpoint.foundation.api import Device, OrgUnit, Scope, calendar, devices
from counterpoint.role import desk, dues, numbers, readiness
from counterpoint.role.numbers import DayNumbers
from counterpoint.role.offered import Due, MorningLesson, lesson_of
from counterpoint.role.today import Today, last_open_day, next_open_day
from counterpoint.ui.levels import rank

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class HalfHour:
    """Customers of one half hour: expected (mean over all services), and what came once it has begun."""

    minute: int
    expected: float | None
    came: int | None

    @property
    def clock(self) -> str:
        """The half hour's beginning as HH:MM."""
        return calendar.wall(self.minute)


@dataclass(frozen=True)
class Shift:
    """A person's day on the published roster, local minutes as HH:MM."""

    name: str
    start: str
    end: str
    lunch: str
    posts: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What is expected of a date and who works then. `shifts` is None when no room knows rosters."""

    today: Today
    hours: tuple[HalfHour, ...]
    shifts: tuple[Shift, ...] | None

    @property
    def expected(self) -> float | None:
        """Customers expected over the day; None without a forecast."""
        known = [hour.expected for hour in self.hours if hour.expected is not None]
        return sum(known) if known else None

    @property
    def peak(self) -> HalfHour | None:
        """The half hour with most customers expected."""
        known = [hour for hour in self.hours if hour.expected]
        return max(known, key=lambda hour: hour.expected or 0.0, default=None)

    @property
    def ceiling(self) -> float:
        """The highest value to draw, at least 1."""
        return max([1.0, *(max(h.expected or 0, h.came or 0) for h in self.hours)])


@dataclass(frozen=True)
class MorningSheet:
    """What the ten minutes before opening need."""

    today: Today
    before: Today | None
    yesterday: DayNumbers | None
    plan: Plan
    machines: tuple[Device, ...]
    checks: tuple[readiness.Check, ...]
    lesson: MorningLesson | None = None


@dataclass(frozen=True)
class EveningSheet:
    """What the ten minutes after closing need."""

    today: Today
    numbers: DayNumbers | None
    plan: Plan
    tomorrow: Plan | None
    open_items: tuple[readiness.Check, ...]
    dues: tuple[Due, ...] = ()


def morning_sheet(*, scope: Scope, branch: OrgUnit, today: Today) -> MorningSheet:
    """The sheet of a date: the last open day before it, and what is planned for it."""
    before = last_open_day(branch, today.date, today.now)
    past = desk.ticket_day(scope=scope, branch=branch, today=before) if before else None
    return MorningSheet(
        today,
        before,
        past.numbers if past and past.known else None,
        plan_of(scope=scope, branch=branch, today=today),
        tuple(devices(scope=scope, branch=branch)),
        readiness.checks(scope=scope, branch=branch, today=today),
        lesson_of(branch, today.date),
    )


def evening_sheet(*, scope: Scope, branch: OrgUnit, today: Today, language: str = "zh-hans") -> EveningSheet:
    """The sheet of a date: its tickets against its forecast, the next open day, and all that is due up to its end."""
    day = desk.ticket_day(scope=scope, branch=branch, today=today)
    following = next_open_day(branch, today.date, today.now)
    left = [
        *readiness.left_open(scope=scope, branch=branch, day=day, following=following),
        *readiness.self_checks(scope=scope, branch=branch, today=today, language=language),
    ]
    return EveningSheet(
        today,
        day.numbers if day.known else None,
        plan_of(scope=scope, branch=branch, today=today, frame=day.frame),
        plan_of(scope=scope, branch=branch, today=following) if following else None,
        tuple(sorted(left, key=lambda check: rank(check.level))),
        dues.due_until(
            scope=scope,
            branch=branch,
            until=following.date if following else today.date,
            today=today,
            language=language,
        ),
    )


def plan_of(*, scope: Scope, branch: OrgUnit, today: Today, frame: pd.DataFrame | None = None) -> Plan:
    """Forecast and roster of a date; with `frame` also what came in each half hour."""
    forecast = desk.fetch(desk.FORECAST, scope=scope, branch=branch, today=today)
    shifts = desk.fetch(desk.SHIFTS, scope=scope, branch=branch, today=today)
    return Plan(today, half_hours(today, forecast, frame), None if shifts is None else shifts_of(shifts))


def half_hours(today: Today, forecast: pd.DataFrame | None, frame: pd.DataFrame | None) -> tuple[HalfHour, ...]:
    """Half hours from opening to closing, and any outside in which somebody came."""
    expected = _totals(forecast, "mean")
    came = numbers.by_half_hour(frame) if frame is not None else {}
    now = (
        today.now.hour * 60 + today.now.minute
        if today.now.date() == today.date
        else (0, 1440)[today.now.date() > today.date]
    )
    slots = {slot for opens, closes in today.spans for slot in range(_minute(opens) // 30 * 30, _minute(closes), 30)}
    found = []
    for slot in sorted(slots | set(came)):
        count = came.get(slot, 0) if frame is not None and slot <= now else None
        found.append(HalfHour(slot, expected.get(slot), count))
    return tuple(found)


def shifts_of(rows: pd.DataFrame) -> tuple[Shift, ...]:
    """Shifts by start, then name."""
    found = []
    for row in rows.sort_values(["start", "name"]).itertuples():
        lunch = (
            ""
            if row.lunch_start is None or row.lunch_start != row.lunch_start
            else f"{calendar.wall(row.lunch_start)}–{calendar.wall(row.lunch_end)}"
        )
        posts = tuple(dict.fromkeys(segment["skill"] for segment in row.segments))
        found.append(Shift(row.name, calendar.wall(row.start), calendar.wall(row.end), lunch, posts))
    return tuple(found)


def _totals(rows: pd.DataFrame | None, column: str) -> dict[int, float]:
    if rows is None or rows.empty or column not in rows:
        return {}
    slots = rows["minute"] // 30 * 30
    return {int(slot): float(value) for slot, value in rows[column].groupby(slots).sum().items()}


def _minute(at: object) -> int:
    return at.hour * 60 + at.minute  # type: ignore[attr-defined]
