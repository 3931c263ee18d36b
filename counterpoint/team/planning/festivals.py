"""How far each day is from the official holidays, whose dates move. Nothing that is not announced is guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from counterpoint.science.demand import DayInfo, near_festivals

# Days around a holiday in which customers shift their errands: weeks at Spring Festival, days at the others.
REACH = {
    "Spring Festival": 21,
    "National Day": 7,
    "Labour Day": 4,
    "Mid-autumn Festival": 3,
    "Dragon Boat Festival": 3,
    "Tomb-sweeping Day": 3,
    "New Year's Day": 3,
}
LOOK_AHEAD = timedelta(days=max(REACH.values()))


class CalendarWord(Protocol):
    """What a calendar says of a date: `kind` (workday, weekend, holiday, makeup), the holiday's English `name`, and
    whether the year is assumed because its holidays are not announced."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def provisional(self) -> bool: ...


def with_festivals(days: Sequence[DayInfo], kind_on: Callable[[date], CalendarWord]) -> tuple[DayInfo, ...]:
    """The days with their distance to the nearest holiday of each name: negative before its first day off, positive
    after its last. Holidays of a year that is not announced do not exist here."""
    if not days:
        return ()
    near: dict[date, dict[str, int]] = {day.date: {} for day in days}
    for name, dates in _dates(days[0].date - LOOK_AHEAD, days[-1].date + LOOK_AHEAD, kind_on).items():
        for day in near_festivals(days, {name: dates}, reach=REACH[name]):
            near[day.date] |= day.festivals
    return tuple(replace(day, festivals=near[day.date]) for day in days)


def _dates(first: date, last: date, kind_on: Callable[[date], CalendarWord]) -> Mapping[str, list[date]]:
    found: dict[str, list[date]] = {}
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        word = kind_on(day)
        if str(word.kind) == "holiday" and word.name in REACH:
            found.setdefault(word.name, []).append(day)
    return found


def unannounced(week: Sequence[date], kind_on: Callable[[date], CalendarWord]) -> int | None:
    """The first year, on these days or so soon after them that its holidays would matter, which is only assumed."""
    last = max(week) + LOOK_AHEAD
    steps = range((last - min(week)).days + 1)
    return next((day.year for day in (min(week) + timedelta(days=n) for n in steps) if kind_on(day).provisional), None)
