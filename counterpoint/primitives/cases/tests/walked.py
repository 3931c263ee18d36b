"""The oracle of the clock engine: walk the minutes, look at the wall, count. Shares nothing with the engine but the
calendar's word on a date.

An interval is open from the first minute in which the date's wall shows its start, to the first in which it shows its
end, so a skipped hour and a repeated one have one meaning. The walk goes a UTC day of 1440 minutes at a time.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from counterpoint.foundation import calendar
from counterpoint.foundation.calendar import Hours
from counterpoint.primitives.cases.types import Span

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
QUARTER = 15  # clocks change at quarters of an hour; `test_clocks_change_at_quarters` looks
LIMIT = 400  # days
Holes = list[tuple[datetime, datetime]]


@lru_cache(maxsize=4000)
def wall_of(zone: str, day: date) -> tuple[np.ndarray, np.ndarray]:
    """For each minute of a UTC day: the local date (as an ordinal), and the latest wall minute it has shown so far."""
    place = ZoneInfo(zone)
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - 2 * DAY
    walls = []
    for quarter in range(3 * 1440 // QUARTER):
        shown = (begin + quarter * QUARTER * MINUTE).astimezone(place)
        first = shown.toordinal() * 1440 + shown.hour * 60 + shown.minute
        walls.append(np.arange(first, first + QUARTER))
    wall = np.concatenate(walls)
    dates, seen = wall // 1440, wall % 1440
    for on in np.unique(dates):
        seen[dates == on] = np.maximum.accumulate(seen[dates == on])
    return dates[-1440:], seen[-1440:]


def days(hours: Hours, runs: str, start: datetime) -> Iterator[tuple[datetime, np.ndarray, np.ndarray]]:
    """UTC day by day from `start` on: the instant of the first minute, each minute's date, whether the clock runs."""
    day, first = start.date(), start.hour * 60 + start.minute
    for _ in range(LIMIT):
        dates, seen = (part[first:] for part in wall_of(hours.time_zone, day))
        running = np.zeros(len(dates), bool)
        for on in np.unique(dates):
            for opens, closes in intervals(hours, runs, date.fromordinal(int(on))):
                running |= (dates == on) & (seen >= opens) & (seen < closes)
        yield datetime(day.year, day.month, day.day, tzinfo=UTC) + first * MINUTE, dates, running
        day, first = day + DAY, 0
    raise AssertionError("the walk does not end")


def intervals(hours: Hours, runs: str, on: date) -> tuple[tuple[int, int], ...]:
    """Wall minutes of a date in which the clock runs."""
    if runs == "opening":
        return tuple(hours.on(on, provisional=True))
    if runs == "working_days" and not calendar.day(on, hours.pack, provisional=True).is_working:
        return ()
    return ((0, 1440),)


def counting(at: datetime, running: np.ndarray, holes: Holes) -> np.ndarray:
    """The running minutes that no pause holds."""
    kept = running.copy()
    for since, until in holes:
        low, high = (max(0, int((edge - at) / MINUTE)) for edge in (since, until))
        kept[low:high] = False
    return kept


def allowance(hours: Hours, runs: str, span: Span, start: datetime) -> int:
    """Running minutes that a limit allows."""
    if span.minutes:
        return span.minutes
    used, done, seen, first = 0, 0, [], 0
    for _at, dates, running in days(hours, runs, start):
        first = first or int(dates[0])
        for on, runs_then in zip(dates.tolist(), running.tolist(), strict=True):
            if span.calendar_days and on > first + span.calendar_days:
                return used
            if runs_then and (span.end_of_day or (span.working_days and on != first)) and on not in seen:
                if len(seen) == (span.working_days or 1):
                    return done
                seen.append(on)
            used += runs_then
            done = used if runs_then else done
    raise AssertionError


def deadline(hours: Hours, runs: str, start: datetime, allowed: int, holes: Holes) -> datetime:
    """The end of the minute in which the last allowed one is used up."""
    left = allowed
    if not left:
        return start
    for at, _dates, running in days(hours, runs, start):
        minutes = np.flatnonzero(counting(at, running, holes))
        if len(minutes) >= left:
            return at + (int(minutes[left - 1]) + 1) * MINUTE
        left -= len(minutes)
    raise AssertionError


def on_levels(hours: Hours, runs: str, span: Span, stays: list[tuple[datetime, str]], levels: set[str], holes: Holes):
    """When a clock of some levels is due: walk to the minute in which the case first has one of them; from there on a
    minute counts when the case has one of them in that very minute, the clock runs and no pause holds it."""
    begin = next(at for at, level in stays if level in levels)
    left = allowance(hours, runs, span, begin)
    has = np.array([level in levels for _at, level in stays])
    for at, _dates, running in days(hours, runs, begin):
        since = [int((when - at) / MINUTE) for when, _level in stays]
        latest = np.searchsorted(since, np.arange(len(running)), side="right") - 1
        minutes = np.flatnonzero(counting(at, running, holes) & has[latest])
        if len(minutes) >= left:
            return begin, at + (int(minutes[left - 1]) + 1) * MINUTE
        left -= len(minutes)
    raise AssertionError


def consumed(hours: Hours, runs: str, start: datetime, end: datetime, holes: Holes) -> int:
    """Running minutes that counted between two instants."""
    used = 0
    for at, _dates, running in days(hours, runs, start):
        used += int(counting(at, running, [*holes, (end, at + 2 * DAY)]).sum())
        if at + len(running) * MINUTE >= end:
            return used
    raise AssertionError
