"""When scheduled rounds are due, pure: from a schedule and the branch's hours to dates and instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import calendar
from counterpoint.primitives.checklists.definition import Schedule
from counterpoint.primitives.content import minute_of

LEAD = {"day": 0, "week": 2, "month": 7, "quarter": 14, "year": 30}  # days before the due date that a round shows up


@dataclass(frozen=True)
class Slot:
    """One round that is due: the period it is for, the date it belongs to, and the instant it must be done by."""

    period: str
    date: date
    due_at: datetime


def slots(schedule: Schedule, hours: calendar.Hours, today: date) -> list[Slot]:
    """The rounds to have on the list today. A daily round is left out on a closed day; a round of a longer period whose
    day is closed moves to the next open day of the period, else to the last one before."""
    found = []
    for first, last, period in _periods(schedule.every, today, LEAD[schedule.every]):
        due = due_of(schedule, hours, first, last)
        if due is not None and today <= due[0] <= today + timedelta(days=LEAD[schedule.every]):
            found.append(Slot(period, *due))
    return found


def due_of(schedule: Schedule, hours: calendar.Hours, first: date, last: date) -> tuple[date, datetime] | None:
    """Date and instant of the round of one period; None when the branch is closed on all its days."""
    on = first if schedule.every == "day" else _open_day(schedule, hours, first, last)
    due = _due(schedule, hours, on) if on is not None else None
    return (on, due) if on is not None and due is not None else None


def _periods(every: str, today: date, lead: int) -> Iterator[tuple[date, date, str]]:
    """First day, last day and name of the periods that touch today and the days of lead."""
    seen = set()
    for ahead in range(lead + 1):
        first, last, name = period_of(every, today + timedelta(days=ahead))
        if name not in seen:
            seen.add(name)
            yield first, last, name


def period_of(every: str, on: date) -> tuple[date, date, str]:
    """The period of a date: first day, last day, name such as 2026-W48."""
    if every == "day":
        return on, on, on.isoformat()
    if every == "week":
        first = on - timedelta(days=on.weekday())
        year, week, _day = on.isocalendar()
        return first, first + timedelta(days=6), f"{year}-W{week:02d}"
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    start = (on.month - 1) // months * months
    first = date(on.year, start + 1, 1)
    end = date(on.year + (start + months) // 12, (start + months) % 12 + 1, 1) - timedelta(days=1)
    names = {"month": f"{on.year}-{on.month:02d}", "quarter": f"{on.year}-Q{start // 3 + 1}", "year": str(on.year)}
    return first, end, names[every]


def _open_day(schedule: Schedule, hours: calendar.Hours, first: date, last: date) -> date | None:
    wished = min(first + timedelta(days=(schedule.due.day or 1) - 1), last)
    later = [wished + timedelta(days=n) for n in range((last - wished).days + 1)]
    earlier = [wished - timedelta(days=n) for n in range(1, (wished - first).days + 1)]
    return next((day for day in (*later, *earlier) if hours.on(day, provisional=True)), None)


def _due(schedule: Schedule, hours: calendar.Hours, on: date) -> datetime | None:
    spans = hours.spans(on, provisional=True)
    if not spans:
        return None
    due = schedule.due
    if due.before_open_minutes is not None:
        return spans[0][0] - timedelta(minutes=due.before_open_minutes)
    if due.after_close_minutes is not None:
        return spans[-1][1] + timedelta(minutes=due.after_close_minutes)
    assert due.by is not None
    return calendar.local(on, minute_of(due.by), ZoneInfo(hours.time_zone))
