"""Cases in words: values of fields, rules of clocks, why a deadline is when it is."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.foundation.api import calendar
from counterpoint.primitives.cases import readings
from counterpoint.primitives.cases.clocks import Hours
from counterpoint.primitives.cases.readings import Reading
from counterpoint.primitives.cases.state import State
from counterpoint.primitives.cases.types import CaseType, ClockType, FieldType, Span


def value(field: FieldType, held: Any) -> str:
    """A field's value as people read it; "" when empty."""
    if held is None:
        return ""
    if field.kind == "yes_no":
        return _("Yes") if held else _("No")
    if field.kind == "choice":
        return next((choice.name() for choice in field.choices if choice.slug == held), str(held))
    return str(held)


def length(amount: timedelta) -> str:
    """An amount of time, exact to the minute: 1 h 30 min."""
    minutes = max(0, round(amount.total_seconds() / 60))
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(_("%(hours)s h") % {"hours": hours})
    if rest or not hours:
        parts.append(_("%(minutes)s min") % {"minutes": rest})
    return " ".join(parts)


def span(limit: Span) -> str:
    """A limit as its rule says it."""
    if limit.end_of_day:
        return _("the same day")
    if limit.working_days:
        days = limit.working_days
        return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}
    if limit.calendar_days:
        days = limit.calendar_days
        return ngettext("%(days)s calendar day", "%(days)s calendar days", days) % {"days": days}
    return length(limit.running)


def runs(kind: str) -> str:
    """In which hours a clock runs."""
    return {
        "opening": _("during opening hours"),
        "working_days": _("on working days, day and night"),
        "always": _("day and night"),
        "calendar": _("on every day of the calendar"),
    }[kind]


def rule(limit: Span, kind: str, *, by_hand: bool) -> str:
    """Limit and hours of a clock in one phrase."""
    if by_hand:
        return _("set by hand")
    return _("%(limit)s, counted %(hours)s") % {"limit": span(limit), "hours": runs(kind)}


def local(at: datetime, hours: Hours) -> str:
    """A local time as 11-23 10:30."""
    return f"{at.astimezone(ZoneInfo(hours.time_zone)):%m-%d %H:%M}"


def provisional(hours: Hours, reading: Reading, end: datetime) -> bool:
    """Whether a year counts whose holidays are not announced yet."""
    years: set[int] = {hours.today(reading.start).year, hours.today(end).year}
    return hours.pack == "cn" and reading.runs in ("opening", "working_days") and not all(
        calendar.announced(year) for year in years
    )  # fmt: skip


def sentence(kind: CaseType, state: State, clock: ClockType, reading: Reading, hours: Hours) -> str:
    """The whole explanation in one or two sentences."""
    by_hand = bool(readings.by_hand(state, clock.slug, reading.cycle))
    level = kind.level(state.level)
    told = _("Level “%(level)s” allows %(rule)s. Start %(start)s.")
    if clock.starts_at == "level":
        told = _("Level “%(level)s” allows %(rule)s, from when the case got there. Start %(start)s.")
    words = told % {
        "level": level.name() if level else state.level,
        "rule": rule(clock.within[state.level], reading.runs, by_hand=by_hand),
        "start": local(reading.start, hours),
    }
    if reading.due_at is None:
        return words + " " + _("The clock is paused; no deadline until it runs again.")
    return words + " " + _("Due %(due)s.") % {"due": local(reading.due_at, hours)}


def day(on: date) -> str:
    """A date as 11-23."""
    return f"{on:%m-%d}"
