"""The calendar of self-checks: what a branch checks of itself, when, by whom, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from counterpoint.foundation.api import OrgUnit, Scope, roles
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.checklists import Planned
from counterpoint.role.today import Today

PREFIX = "role.self."
CASES = "role.self_check"
MOST_CASES = 50

# a check's state → how loud it is
DONE, FAILED, LATE, LATE_DONE, DUE, COMING, UNKNOWN = "done", "failed", "late", "late_done", "due", "coming", "unknown"
LEVELS = {DONE: "fine", FAILED: "watch", LATE: "act", LATE_DONE: "watch", DUE: "info", COMING: "calm", UNKNOWN: "calm"}


@dataclass(frozen=True)
class SelfCheck:
    """One check of one period. `who` did it, or has it; else `role` names whose it is."""

    key: str
    name: str
    every: str
    role: str
    date: date
    due: str
    state: str
    who: str
    round: UUID | None
    percent: float | None
    due_at: datetime

    @property
    def level(self) -> str:
        """How loud it is."""
        return LEVELS[self.state]

    @property
    def url(self) -> str:
        """The page of its round, once it is on the list."""
        return _address("primitives:round", self.round) if self.round else ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.state in {LATE, DUE, COMING}


@dataclass(frozen=True)
class Day:
    """A date of the calendar with its checks; `inside` the month that is shown."""

    date: date
    inside: bool
    today: bool
    checks: tuple[SelfCheck, ...]


@dataclass(frozen=True)
class OpenCase:
    """A finding or a missed check that is not put right yet."""

    id: UUID
    label: str
    title: str
    level: str
    owner: str
    due: str
    late: bool

    @property
    def url(self) -> str:
        """The page of the case."""
        return _address("primitives:case", self.id)


@dataclass(frozen=True)
class Month:
    """A month by weeks from Monday, what has to be done now, and the open cases."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    checks: tuple[SelfCheck, ...]
    cases: tuple[OpenCase, ...]

    def count(self, *states: str) -> int:
        """How many checks of the month are in one of these states."""
        return sum(1 for one in self.checks if one.state in states)

    @property
    def done(self) -> int:
        """Done in time or late, with or without findings."""
        return self.count(DONE, FAILED, LATE_DONE)

    @property
    def late(self) -> int:
        """Overdue and not done."""
        return self.count(LATE)

    @property
    def failed(self) -> int:
        """Done with findings."""
        return self.count(FAILED)

    @property
    def listed(self) -> tuple[Day, ...]:
        """Dates of the month with checks, for a narrow screen."""
        return tuple(day for week in self.weeks for day in week if day.inside and day.checks)


@dataclass(frozen=True)
class Cell:
    """A check's month: how many were done of how many, and the worst of them."""

    month: int
    done: int
    total: int
    state: str

    @property
    def level(self) -> str:
        """How loud it is; quiet when there is nothing."""
        return LEVELS.get(self.state, "calm")


@dataclass(frozen=True)
class Line:
    """A check's year. `streak` counts the last ones that were done in time, one after the other."""

    key: str
    name: str
    every: str
    role: str
    cells: tuple[Cell, ...]
    streak: int


def month_of(*, scope: Scope, branch: OrgUnit, first: date, today: Today, language: str) -> Month:
    """The month that begins on `first`, in whole weeks."""
    last = _next_month(first) - timedelta(days=1)
    since = first - timedelta(days=first.weekday())
    until = last + timedelta(days=7 - last.weekday())
    found = between(scope=scope, branch=branch, since=since, until=until, today=today, language=language)
    by_day: dict[date, list[SelfCheck]] = {}
    for one in found:
        by_day.setdefault(one.date, []).append(one)
    days = [since + timedelta(days=n) for n in range((until - since).days)]
    shown = [Day(day, day.month == first.month, day == today.date, tuple(by_day.get(day, ()))) for day in days]
    weeks = tuple(tuple(shown[n : n + 7]) for n in range(0, len(shown), 7))
    inside = tuple(one for one in found if first <= one.date <= last)
    return Month(first, weeks, inside, open_cases(scope=scope, branch=branch, today=today))


def year_of(*, scope: Scope, branch: OrgUnit, year: int, today: Today, language: str) -> tuple[Line, ...]:
    """Every check's months, in the order of their rhythm."""
    since, until = date(year, 1, 1), date(year + 1, 1, 1)
    found = between(scope=scope, branch=branch, since=since, until=until, today=today, language=language)
    by_key: dict[str, list[SelfCheck]] = {}
    for one in found:
        by_key.setdefault(one.key, []).append(one)
    order = ("day", "week", "month", "quarter", "year")
    lines = [
        Line(key, held[0].name, held[0].every, held[0].role, tuple(_cell(n, held) for n in range(1, 13)), streak(held))
        for key, held in by_key.items()
    ]
    return tuple(sorted(lines, key=lambda line: (order.index(line.every), line.name)))


def streak(held: Sequence[SelfCheck]) -> int:
    """How many of one check were done in time up to now without a gap; what is due or to come says nothing yet."""
    count = 0
    for one in sorted(held, key=lambda check: check.date, reverse=True):
        if one.state in {DONE, FAILED}:
            count += 1
        elif one.state not in {DUE, COMING}:
            break
    return count


def _cell(month: int, held: list[SelfCheck]) -> Cell:
    mine = [one for one in held if one.date.month == month]
    states = {one.state for one in mine}
    worst = next((state for state in (LATE, FAILED, LATE_DONE, DUE, COMING, DONE, UNKNOWN) if state in states), "")
    done = sum(1 for one in mine if one.state in {DONE, FAILED, LATE_DONE})
    return Cell(month, done, len(mine), worst)


def between(
    *, scope: Scope, branch: OrgUnit, since: date, until: date, today: Today, language: str
) -> tuple[SelfCheck, ...]:
    """Self-checks that are due from `since` to before `until`, by due time."""
    if not scope.may(checklists.VIEW, branch.path):
        return ()
    rows = checklists.planned(scope=scope, org_unit=branch, since=since, until=until, prefix=PREFIX)
    return tuple(_check(row, today, language) for row in rows)


def due_on(*, scope: Scope, branch: OrgUnit, on: date, today: Today, language: str) -> tuple[SelfCheck, ...]:
    """Self-checks of one date that nobody has done yet."""
    found = between(scope=scope, branch=branch, since=on, until=on + timedelta(days=1), today=today, language=language)
    return tuple(one for one in found if one.is_open)


def overdue(*, scope: Scope, branch: OrgUnit, today: Today, language: str, days: int = 31) -> tuple[SelfCheck, ...]:
    """Self-checks of the last days that are on the list and past their time."""
    since, until = today.date - timedelta(days=days), today.date + timedelta(days=1)
    found = between(scope=scope, branch=branch, since=since, until=until, today=today, language=language)
    return tuple(one for one in found if one.state == LATE)


def open_cases(*, scope: Scope, branch: OrgUnit, today: Today) -> tuple[OpenCase, ...]:
    """Cases of self-checks that are not ended, nearest deadline first."""
    filters = cases.CaseFilter(type=CASES, stage="unfinished", branch=branch.code, size=MOST_CASES)
    page = cases.cases(scope=scope, filters=filters, now=today.now)
    return tuple(
        OpenCase(
            one.id, one.label, one.title, one.level_name, one.owner_name,
            f"{one.due_at.astimezone(today.now.tzinfo):%m-%d %H:%M}" if one.due_at else "", one.late,
        )
        for one in page.rows
    )  # fmt: skip


def _check(row: Planned, today: Today, language: str) -> SelfCheck:
    view = row.round
    role = str(roles.ROLES[row.schedule.role].label) if row.schedule.role in roles.ROLES else row.schedule.role
    due = f"{row.due_at.astimezone(today.now.tzinfo):%H:%M}"
    return SelfCheck(
        row.definition.key, row.definition.name(language), row.schedule.every, role, row.date, due,
        _state(row, today), row.done_by or row.assignee, view.id if view else None, view.percent if view else None,
        row.due_at,
    )  # fmt: skip


def _state(row: Planned, today: Today) -> str:
    """Without a round on the list, a date in the past says nothing: the branch may not have worked with it then."""
    view = row.round
    if view is None:
        return COMING if row.due_at > today.now else UNKNOWN
    if view.state == "submitted":
        if not view.passed:
            return FAILED
        return LATE_DONE if view.done_at and view.done_at > row.due_at else DONE
    if row.due_at <= today.now:
        return LATE
    return DUE if row.date <= today.date else COMING


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _address(name: str, key: UUID) -> str:
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return ""
