"""The clock engine, pure: when is it due, how much is used, and why.

A clock runs inside spans of time: the branch's opening hours, whole working days, or always. Every limit becomes an
amount of running time once, at the start (a day limit is the running time until the end of its last day), and a pause
is time that does not count. So all limits add up, a split pause changes nothing, and one function answers for all.
Instants are UTC; intervals are half-open: who acts at the deadline is late.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import calendar
from counterpoint.primitives.cases.types import Span

Hours = calendar.Hours
Spans = tuple[tuple[datetime, datetime], ...]
NEVER_ENDS = datetime(9000, 1, 1, tzinfo=UTC)
MAX_DAYS = 4000
DAY = timedelta(days=1)
ZERO = timedelta()


class NeverDue(ValueError):
    """The clock does not run on any of the next days: the branch has no hours."""


def spans_of(hours: Hours, runs: str, day: date) -> list[tuple[datetime, datetime]]:
    """When a clock of this kind runs on a local date. A year nobody announced counts as plain weeks."""
    if runs == "opening":
        return [(opens, closes) for opens, closes in hours.spans(day, provisional=True) if opens < closes]
    if runs == "working_days" and not calendar.day(day, hours.pack, provisional=True).is_working:
        return []
    zone = ZoneInfo(hours.time_zone)
    return [(calendar.local(day, 0, zone), calendar.local(day, 1440, zone))]


def stream(hours: Hours, runs: str, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Running spans from an instant on, in order; the first one is cut at `start`."""
    if runs in ("always", "calendar"):
        yield start, NEVER_ENDS
        return
    day = hours.today(start)
    for _ in range(MAX_DAYS):
        for opens, closes in spans_of(hours, runs, day):
            if closes > start:
                yield max(opens, start), closes
        day += DAY
    raise NeverDue(f"No running time within {MAX_DAYS} days of {start:%Y-%m-%d}.")


def allowance(hours: Hours, runs: str, span: Span, start: datetime) -> timedelta:
    """The running time that a limit allows from `start` on."""
    first = hours.today(start)
    if span.end_of_day:
        end = _end_of(hours, runs, first, start)
    elif span.calendar_days:
        end = _end_of(hours, runs, first + span.calendar_days * DAY, start)
    elif span.working_days:
        end = _after_days(hours, runs, first, span.working_days)
    else:
        return span.running
    return consumed(hours, runs, start, end)


def _end_of(hours: Hours, runs: str, day: date, start: datetime) -> datetime:
    """The last running instant of a date, or of the next that has one after `start`."""
    for _ in range(MAX_DAYS):
        spans = spans_of(hours, runs, day)
        if spans and spans[-1][1] > start:
            return spans[-1][1]
        day += DAY
    raise NeverDue(f"No running time within {MAX_DAYS} days of {start:%Y-%m-%d}.")


def _after_days(hours: Hours, runs: str, day: date, count: int) -> datetime:
    """The last running instant of the `count`-th running day after `day`, which itself does not count."""
    for _ in range(MAX_DAYS):
        day += DAY
        spans = spans_of(hours, runs, day)
        count -= bool(spans)
        if spans and count <= 0:
            return spans[-1][1]
    raise NeverDue(f"No running day within {MAX_DAYS} days of {day}.")


def merged(holes: Iterable[tuple[datetime, datetime]]) -> Spans:
    """Pauses in order, without overlap, without empty ones."""
    kept: list[tuple[datetime, datetime]] = []
    for since, until in sorted(holes):
        if until <= since:
            continue
        if kept and since <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], until))
        else:
            kept.append((since, until))
    return tuple(kept)


def _without(spans: Iterable[tuple[datetime, datetime]], holes: Spans) -> Iterator[tuple[datetime, datetime]]:
    for opens, closes in spans:
        at = opens
        for since, until in holes:
            if until <= at or since >= closes:
                continue
            if since > at:
                yield at, since
            at = until
        if at < closes:
            yield at, closes


def counted(hours: Hours, runs: str, start: datetime, holes: Spans = ()) -> Iterator[tuple[datetime, datetime]]:
    """The spans that count: running, not paused; they end where a pause without end begins."""
    last = holes[-1][0] if holes and holes[-1][1] >= NEVER_ENDS else NEVER_ENDS
    return _without(takewhile(lambda span: span[0] < last, stream(hours, runs, start)), holes)


def deadline(hours: Hours, runs: str, start: datetime, allowed: timedelta, holes: Spans = ()) -> datetime | None:
    """The first instant at which `allowed` running time is used up; None while a pause without end holds it."""
    left = allowed
    if left <= ZERO:
        return start
    for opens, closes in counted(hours, runs, start, holes):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return None


def consumed(hours: Hours, runs: str, start: datetime, end: datetime, holes: Spans = ()) -> timedelta:
    """Running time that counted between two instants."""
    total = ZERO
    if end <= start:
        return total
    for opens, closes in counted(hours, runs, start, holes):
        if opens >= end:
            break
        total += min(closes, end) - opens
        if closes >= end:
            break
    return total


def service_time(hours: Hours, at: datetime) -> datetime:
    """The instant itself when people are there (up to and with the closing bell), else the next opening."""
    day = hours.today(at)
    for _ in range(MAX_DAYS):
        for opens, closes in spans_of(hours, "opening", day):
            if at <= closes:
                return max(at, opens)
        day += DAY
    return at


@dataclass(frozen=True)
class Counted:
    """One line of the explanation: an interval that counted, and what was used up at its end."""

    since: datetime
    until: datetime
    used: timedelta
    total: timedelta


def explained(hours: Hours, runs: str, start: datetime, end: datetime, holes: Spans = ()) -> list[Counted]:
    """Every interval that counted from `start` to `end`."""
    lines: list[Counted] = []
    total = ZERO
    for opens, closes in counted(hours, runs, start, holes):
        if opens >= end:
            break
        until = min(closes, end)
        total += until - opens
        lines.append(Counted(opens, until, until - opens, total))
        if closes >= end:
            break
    return lines
