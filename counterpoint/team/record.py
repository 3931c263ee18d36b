"""The forecast's own track record: past forecasts against what really came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.science import inference
from counterpoint.team import queries
from counterpoint.team.models import Forecast

Day = date  # the field `date` below hides the name
LOOK_BACK = timedelta(days=42)
AIM = 0.8  # share of days that P10 to P90 is meant to hold
FEWEST = 10  # days below which no share is judged


@dataclass(frozen=True)
class RecordDay:
    """One past date: customers forecast and come, error by half hour as a share, share of half hours in the band, and
    the day on which the forecast was made."""

    date: date
    forecast: float
    low: float
    high: float
    actual: int
    error: float
    inside: float
    made_on: Day | None = None


def track_record(*, scope: Scope, branch: OrgUnit, today: date) -> tuple[RecordDay, ...]:
    """Past dates of the last six weeks, each judged by the newest forecast made before it began; oldest first."""
    since = today - LOOK_BACK
    frame = queries.actual_arrivals(scope=scope, branch=branch, since=since, until=today)
    if frame is None or frame.empty:
        return ()
    came: dict[date, dict[int, int]] = {}
    for row in frame.itertuples():
        halves = came.setdefault(row.date, {})
        halves[int(row.minute)] = halves.get(int(row.minute), 0) + int(row.arrivals)
    found: dict[date, RecordDay] = {}
    for run in queries.forecasts_before(scope=scope, branch=branch, before=today):
        for day, halves in came.items():
            if run.since <= day < run.until and day not in found and run.made_at.date() <= day:
                judged = judge(run, day, halves)
                if judged:
                    found[day] = replace(judged, made_on=run.made_at.date())
    return tuple(found[day] for day in sorted(found))


def judge(run: Forecast, day: date, came: Mapping[int, int]) -> RecordDay | None:
    """Compare one forecast day with the arrivals per half hour; None when it forecast no open half hour."""
    payload: dict[str, Any] = run.payload
    number = (day - run.since).days
    cells = [
        (payload["start"] + 30 * k, payload["total_p50"][number][k], payload["total_p10"][number][k],
         payload["total_p90"][number][k])
        for k, mean in enumerate(payload["total_mean"][number])
        if mean > 0
    ]  # fmt: skip
    if not cells:
        return None
    actual = sum(came.get(minute, 0) for minute, *_rest in cells)
    error = sum(abs(came.get(minute, 0) - middle) for minute, middle, _low, _high in cells)
    inside = sum(low <= came.get(minute, 0) <= high for minute, _middle, low, high in cells) / len(cells)
    return RecordDay(
        day, payload["day_p50"][number], payload["day_p10"][number], payload["day_p90"][number], actual,
        error / max(1, actual), inside,
    )  # fmt: skip


def summary_of(days: tuple[RecordDay, ...]) -> dict[str, float] | None:
    """Error per half hour weighted by customers, and coverage; None without a judged day."""
    total = sum(day.actual for day in days)
    if not days or not total:
        return None
    return {
        "days": len(days),
        "wape": sum(day.error * day.actual for day in days) / total,
        "coverage": sum(day.inside for day in days) / len(days),
    }


@dataclass(frozen=True)
class Coverage:
    """How many of the past days lay inside P10 to P90, and between which shares the truth lies with 95 %; `verdict` is
    few, narrow, wide or fine."""

    days: int
    inside: int
    verdict: str
    low: float = 0.0
    high: float = 1.0


def coverage_of(days: tuple[RecordDay, ...]) -> Coverage:
    """Days inside their range, judged only where the Wilson interval (1927) of the share leaves out the aim."""
    count, inside = len(days), sum(day.low <= day.actual <= day.high for day in days)
    if count < FEWEST:
        return Coverage(count, inside, "few")
    low, high = inference.share_limits(inside, count)
    return Coverage(count, inside, "narrow" if high < AIM else "wide" if low > AIM else "fine", low, high)
