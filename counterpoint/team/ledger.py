"""The fairness ledger: what everybody carried in each quarter, and how many of their wishes were met.

From published rosters only. A week belongs to the quarter that holds its Thursday, as ISO weeks belong to years.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from statistics import median
from typing import Any

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.team import workbench
from counterpoint.team.models import Roster

KEPT = 512


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year."""

    year: int
    number: int

    @property
    def label(self) -> str:
        """``2026-Q4``."""
        return f"{self.year}-Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    def back(self, count: int) -> Quarter:
        """The quarter so many before."""
        position = 4 * self.year + self.number - 1 - count
        return Quarter(position // 4, position % 4 + 1)


@dataclass(frozen=True)
class Line:
    """One person's quarter. Hours of work and of overtime; `granted` of `asked` wishes were met, one an open day."""

    user: str
    name: str
    weeks: int
    shifts: int
    hours: float
    lates: int
    weekends: int
    overtime: float
    asked: int
    granted: int

    @property
    def share(self) -> float | None:
        """Share of wishes met; None without wishes."""
        return self.granted / self.asked if self.asked else None


@dataclass(frozen=True)
class _Week:
    """A published version, known by its key: it never changes, so that it is counted once."""

    key: str
    row: Roster = field(compare=False, repr=False)


def quarter_of(day: date) -> Quarter:
    """The quarter of a date."""
    return Quarter(day.year, (day.month + 2) // 3)


def quarter_of_week(monday: date) -> Quarter:
    """The quarter that holds the week's Thursday."""
    return quarter_of(monday + timedelta(days=3))


def quarter_in(text: str) -> Quarter | None:
    """``2026-Q4`` as a quarter; None on anything else."""
    year, _dash, number = text.partition("-Q")
    if len(year) != 4 or not year.isascii() or not year.isdigit() or number not in ("1", "2", "3", "4"):
        return None
    return Quarter(int(year), int(number))


def quarters(*, scope: Scope, branch: OrgUnit, until: Quarter, count: int) -> dict[Quarter, tuple[Line, ...]]:
    """The last `count` quarters up to one, oldest first, each with its people by name; quarters without are empty."""
    found: dict[Quarter, list[Roster]] = {until.back(n): [] for n in reversed(range(count))}
    first, last = until.back(count - 1).first - timedelta(days=6), until.back(-1).first
    with scoped(scope):
        rows = Roster.objects.filter(
            org_unit=branch, state=Roster.State.PUBLISHED, week__gte=first, week__lt=last
        ).only("id", "week", "problem", "solution", "org_path")
        for row in rows.order_by("week"):
            found.get(quarter_of_week(row.week), []).append(row)
    return {quarter: _lines(_counted(_Week(str(row.pk), row)) for row in rows) for quarter, rows in found.items()}


def _lines(weeks: Iterable[tuple[Line, ...]]) -> tuple[Line, ...]:
    """Weeks added up by person; the newest name counts."""
    found: dict[str, Line] = {}
    for week in weeks:
        for one in week:
            held = found.get(one.user)
            found[one.user] = one if held is None else _sum(held, one)
    return tuple(sorted((line for line in found.values() if line.shifts or line.asked), key=lambda line: line.name))


def _sum(held: Line, one: Line) -> Line:
    return Line(
        one.user, one.name, held.weeks + one.weeks, held.shifts + one.shifts, round(held.hours + one.hours, 2),
        held.lates + one.lates, held.weekends + one.weekends, round(held.overtime + one.overtime, 2),
        held.asked + one.asked, held.granted + one.granted,
    )  # fmt: skip


@lru_cache(maxsize=KEPT)
def _counted(week: _Week) -> tuple[Line, ...]:
    """One published week by person, counted by science; people from outside are left out."""
    from counterpoint.science.rostering import ledger

    problem, schedule = workbench.problem_of(week.row), workbench.schedule_of(week.row)
    own: dict[str, int] = {}
    for shift in schedule.shifts:
        own[shift.person] = own.get(shift.person, 0) + 1
    return tuple(
        Line(
            e.person, e.name, 1, own.get(e.person, 0), e.minutes / 60, e.lates, e.weekends, e.overtime / 60, e.wishes,
            e.wishes_met,
        )
        for e in ledger(problem, schedule).entries
        if workbench.is_person(e.person)
    )  # fmt: skip


def middle(values: Iterable[float]) -> float:
    """The team's median; 0 without people."""
    found = list(values)
    return float(median(found)) if found else 0.0


def by_person(found: Mapping[Quarter, tuple[Line, ...]]) -> dict[str, dict[Quarter, Line]]:
    """Every person's quarters, people by their newest name."""
    people: dict[str, dict[Quarter, Line]] = {}
    for quarter, lines in found.items():
        for line in lines:
            people.setdefault(line.user, {})[quarter] = line
    return dict(sorted(people.items(), key=lambda item: list(item[1].values())[-1].name))


def measures(line: Line) -> dict[str, Any]:
    """What the charts compare."""
    share = line.share
    return {
        "lates": line.lates, "weekends": line.weekends, "overtime": line.overtime,
        "wishes": None if share is None else round(100 * share),
    }  # fmt: skip
