"""Opening hours as people write them or as the log shows them, and days as the forecast wants them."""

from __future__ import annotations

import calendar as months
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, cast

import numpy as np

from counterpoint.science.demand import DayInfo
from counterpoint.science.history import TicketLog
from counterpoint.team.planning.festivals import CalendarWord, with_festivals
from counterpoint.team.planning.values import INTERVAL, PlanInputError

Interval = tuple[int, int]
Weekly = dict[int, tuple[Interval, ...]]
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHINESE = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
PART = re.compile(
    r"(?P<days>\S+)\s+(?P<spans>\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}(?:\s+\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2})*)\Z"
)
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
PAYDAYS = (10, 15, 25)  # design default of the branch handbook
QUIET = 0.06  # share of the busiest half hour below which the branch is taken as closed


def parse_hours(text: str) -> Weekly:
    """From "mon-fri 09:00-17:00, sat 09:30-16:00" (or 周一-周五); a weekday that is not named is closed."""
    weekly: Weekly = {}
    for part in (p.strip() for p in re.split(r"[,;，；]", text) if p.strip()):
        found = PART.match(part)
        if not found:
            raise PlanInputError(
                f'The hours {part!r} are not understood. Write "mon-fri 09:00-17:00, sat 09:30-16:00".'
            )
        spans = tuple(sorted(_span(part, *map(int, numbers)) for numbers in SPAN.findall(found["spans"])))
        if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans)):
            raise PlanInputError(f"The hours {part!r}: two spans of a day overlap.")
        for weekday in _weekdays(found["days"], part):
            weekly[weekday] = spans
    if not weekly:
        raise PlanInputError('The hours are empty. Write "mon-fri 09:00-17:00".')
    return weekly


def _span(part: str, a: int, b: int, c: int, d: int) -> Interval:
    opens, closes = a * 60 + b, c * 60 + d
    if not 0 <= opens < closes <= 1440 or b > 59 or d > 59:
        raise PlanInputError(f"The hours {part!r}: a day opens before it closes, at 24:00 at the latest.")
    return opens, closes


def _weekdays(text: str, part: str) -> list[int]:
    ends = [_weekday(word, part) for word in re.split(r"[-–至到]", text.lower())]
    if len(ends) == 1:
        return ends
    if len(ends) > 2:
        raise PlanInputError(
            f"The hours {part!r}: name one day or a range; separate more with commas, each with hours."
        )
    first, last = ends[0], ends[-1]
    return [day % 7 for day in range(first, (last if last >= first else last + 7) + 1)]


def _weekday(word: str, part: str) -> int:
    plain = word.removeprefix("周").removeprefix("星期")
    if plain in CHINESE:
        return CHINESE[plain]
    if word[:3] in NAMES:
        return NAMES.index(word[:3])
    raise PlanInputError(f"The hours {part!r}: {word!r} is no weekday; use mon, tue, wed, thu, fri, sat, sun.")


def hours_text(weekly: Weekly) -> str:
    """The same in the form that `parse_hours` reads."""
    parts = []
    for weekday in sorted(weekly):
        spans = " ".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in weekly[weekday])
        parts.append(f"{NAMES[weekday]} {spans}")
    return ", ".join(parts)


def inferred_hours(log: TicketLog) -> Weekly:
    """One opening interval per weekday, from the half hours in which tickets really came."""
    arrived = log.usable["arrived"]
    if not len(arrived):
        raise PlanInputError("The log has no usable ticket, so that opening hours cannot be read from it.")
    weekday, slot = arrived.dt.dayofweek.to_numpy(), (arrived.dt.hour * 60 + arrived.dt.minute).to_numpy() // INTERVAL
    dates = arrived.dt.date
    weekly: Weekly = {}
    busiest = len(arrived) / max(1, dates.nunique())
    for day in range(7):
        seen = max(1, dates[weekday == day].nunique())
        counts = np.bincount(slot[weekday == day], minlength=48) / seen
        if counts.sum() < 0.05 * busiest:
            continue
        span = _longest_run(counts >= max(QUIET * counts.max(), 0.34))
        if span[0] < span[1]:
            weekly[day] = (span,)
    if not weekly:
        raise PlanInputError("The log holds too few tickets to read opening hours from it. Say the hours.")
    return weekly


def _longest_run(busy: np.ndarray) -> Interval:
    best, start = (0, 0), None
    for n, flag in enumerate([*busy, False]):
        if flag and start is None:
            start = n
        if not flag and start is not None:
            if n - start > best[1] - best[0]:
                best = (start, n)
            start = None
    return best[0] * INTERVAL, best[1] * INTERVAL


def build_days(
    first: date,
    last: date,
    *,
    hours_on: Callable[[date], tuple[Interval, ...]],
    kind_on: Callable[[date], CalendarWord],
    marks_on: Callable[[date], Iterable[str]] | None = None,
    effects: bool = True,
) -> tuple[DayInfo, ...]:
    """Every date from `first` to `last` with hours, kind, known effects and the distance to moving festivals.

    `marks_on` names the effects of a date (payday, month_end, pension_day ...); without it those of the branch
    handbook hold.
    """
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    kinds = {day: str(kind_on(day).kind) for day in [*dates, last + timedelta(days=1), first - timedelta(days=1)]}
    found = []
    for day in dates:
        spans = hours_on(day)
        kind = cast(Any, kinds[day] if spans or kinds[day] == "holiday" else "closed")
        tags = frozenset(marks_on(day) if marks_on else _tags(day, kinds)) if effects and spans else frozenset()
        found.append(DayInfo(day, spans, kind, tags))
    return with_festivals(found, kind_on) if effects else tuple(found)


def _tags(day: date, kinds: Mapping[date, str]) -> frozenset[str]:
    tags = set()
    if day.day in PAYDAYS:
        tags.add("payday")
    if day.day > months.monthrange(day.year, day.month)[1] - 3:
        tags.add("month_end")
    if kinds.get(day) != "holiday" and kinds.get(day - timedelta(days=1)) == "holiday":
        tags.add("after_holiday")
    if kinds.get(day) != "holiday" and kinds.get(day + timedelta(days=1)) == "holiday":
        tags.add("before_festival")
    return frozenset(tags)
