"""The business calendar, pure: working days, opening intervals, and working time between two instants.

China's holidays and make-up workdays come from `chinesecalendar`. A year that the State Council has not announced is
never guessed: ask with `provisional=True` and every day of it is marked, or get `UnannouncedYear`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import chinese_calendar

Interval = tuple[int, int]  # branch-local minutes after midnight, half-open, up to 1440


class DayKind(StrEnum):
    """What the calendar says of a date."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "makeup"


class UnannouncedYear(ValueError):
    """The year's holidays are not announced yet."""


@dataclass(frozen=True)
class CalendarDay:
    """A date's kind, the holiday's English name if any, and whether the year is only assumed."""

    date: date
    kind: DayKind
    name: str = ""
    provisional: bool = False

    @property
    def is_working(self) -> bool:
        """Whether offices work: workdays and make-up days."""
        return self.kind in (DayKind.WORKDAY, DayKind.MAKE_UP)


def announced(year: int) -> bool:
    """Whether China's holidays of the year are in the installed package."""
    return year in _announced_years()


def announced_until() -> int:
    """The last year whose holidays in China are known."""
    return _announced_years()[-1]


def _announced_years() -> range:
    days = chinese_calendar.constants.holidays
    return range(min(days).year, max(days).year + 1)


def day(date_: date, pack: str = "cn", *, provisional: bool = False) -> CalendarDay:
    """The calendar's word on a date. Pack ``intl`` knows weekends only."""
    weekend = date_.weekday() >= 5
    plain = DayKind.WEEKEND if weekend else DayKind.WORKDAY
    if pack != "cn":
        return CalendarDay(date_, plain)
    if not announced(date_.year):
        if not provisional:
            raise UnannouncedYear(
                f"China's holidays of {date_.year} are not announced. "
                "Update the calendar package, or plan provisionally."
            )
        return CalendarDay(date_, plain, provisional=True)
    name = chinese_calendar.constants.holidays.get(date_, "")
    if name:
        return CalendarDay(date_, DayKind.HOLIDAY, name)
    if date_ in chinese_calendar.constants.workdays:
        return CalendarDay(date_, DayKind.MAKE_UP, chinese_calendar.constants.workdays[date_])
    return CalendarDay(date_, plain)


@dataclass(frozen=True)
class Hours:
    """A branch's opening hours: weekly intervals per weekday, dated exceptions, time zone and rule pack.

    On a make-up workday the branch keeps Monday's hours; on a holiday it is closed unless an exception opens it.
    """

    weekly: Mapping[int, tuple[Interval, ...]]
    special: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    time_zone: str = "Asia/Shanghai"
    pack: str = "cn"

    def on(self, date_: date, *, provisional: bool = False) -> tuple[Interval, ...]:
        """Open intervals of a date in local minutes; empty when closed."""
        if date_ in self.special:
            return self.special[date_]
        known = day(date_, self.pack, provisional=provisional)
        if known.kind is DayKind.HOLIDAY:
            return ()
        if known.kind is DayKind.MAKE_UP:
            return self.weekly.get(0, ())
        return self.weekly.get(date_.weekday(), ())

    def spans(self, date_: date, *, provisional: bool = False) -> list[tuple[datetime, datetime]]:
        """The same intervals as UTC instants, right across a DST change."""
        zone = ZoneInfo(self.time_zone)
        return [(local(date_, a, zone), local(date_, b, zone)) for a, b in self.on(date_, provisional=provisional)]

    def today(self, now: datetime) -> date:
        """The branch's date at a UTC instant."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def is_open(self, now: datetime, *, provisional: bool = False) -> bool:
        """Whether the branch is open at a UTC instant."""
        return any(a <= now < b for a, b in self.spans(self.today(now), provisional=provisional))


def wall(minute: float) -> str:
    """A minute of the day as a clock shows it: 605 → 10:05."""
    return f"{int(minute) // 60:02d}:{int(minute) % 60:02d}"


def local(date_: date, minute: int, zone: ZoneInfo) -> datetime:
    """UTC instant at which the wall of a date first shows this minute; 1440 is the next midnight. A minute that the
    clocks skip is the instant at which they are put forward."""
    at = datetime.combine(date_ + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60), zone)
    instant = at.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == at.replace(tzinfo=None):
        return instant
    return _put_forward(at.replace(fold=1).astimezone(UTC), instant, zone)


def _put_forward(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the zone's clocks change."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds()) // 60
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(minutes=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(minutes=high)


MAX_DAYS = 800


def _span_stream(hours: Hours, start: datetime, step: int, provisional: bool) -> Iterator[tuple[datetime, datetime]]:
    date_ = hours.today(start)
    for _ in range(MAX_DAYS):
        spans = hours.spans(date_, provisional=provisional)
        yield from spans if step > 0 else reversed(spans)
        date_ += timedelta(days=step)
    raise ValueError(f"No opening hours within {MAX_DAYS} days of {start:%Y-%m-%d}.")


def add_working(hours: Hours, start: datetime, amount: timedelta, *, provisional: bool = False) -> datetime:
    """The instant when `amount` of opening time has passed since `start` (UTC). Zero gives the next open instant's
    lower bound: `start` itself when open, else the next opening."""
    left = amount
    for opens, closes in _span_stream(hours, start, 1, provisional):
        begin = max(opens, start)
        if begin >= closes:
            continue
        if left <= closes - begin:
            return begin + left
        left -= closes - begin
    raise AssertionError("unreachable")


def working_between(hours: Hours, start: datetime, end: datetime, *, provisional: bool = False) -> timedelta:
    """Opening time between two UTC instants; zero when `end` is not after `start`. Additive over split points."""
    total = timedelta()
    date_, last = hours.today(start), hours.today(end)
    while date_ <= last:
        for opens, closes in hours.spans(date_, provisional=provisional):
            overlap = min(closes, end) - max(opens, start)
            total += max(overlap, timedelta())
        date_ += timedelta(days=1)
    return total


def working_days_from(date_: date, count: int, pack: str = "cn", *, provisional: bool = False) -> date:
    """The date `count` working days after `date_` (which itself does not count)."""
    while count > 0:
        date_ += timedelta(days=1)
        if day(date_, pack, provisional=provisional).is_working:
            count -= 1
    return date_
