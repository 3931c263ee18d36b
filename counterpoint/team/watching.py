"""After a day's actuals: does the branch still behave as its forecasts say? Science is imported where it is used."""

from __future__ import annotations

from datetime import date, datetime

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.team import queries, record
from counterpoint.team.actions import drift_raise
from counterpoint.team.models import DriftAlarm
from counterpoint.team.record import RecordDay


def watch(*, scope: Scope, now: datetime, branch: OrgUnit) -> DriftAlarm | None:
    """Judge the branch's record up to yesterday and raise the alarm that it holds, if any."""
    today, _minute = queries.now_at(branch, now)
    days = record.track_record(scope=scope, branch=branch, today=today)
    last = queries.drift_latest(scope=scope, branch=branch)
    found = alarm_in(fresh(days, last.found if last else None))
    if found is None:
        return None
    kind, since, on, share = found
    return drift_raise(scope=scope, now=now, branch=branch, kind=kind, since=since, found=on, share=share)


def fresh(days: tuple[RecordDay, ...], found: date | None) -> tuple[RecordDay, ...]:
    """The days that tell something new after an alarm: those whose forecast was made after it, so knows of it."""
    return days if found is None else tuple(day for day in days if day.made_on is not None and day.made_on > found)


def alarm_in(days: tuple[RecordDay, ...]) -> tuple[str, date, date, float] | None:
    """Kind, first and last day and what came over what was forecast between them; None while all is as expected."""
    import numpy as np

    from counterpoint.science.demand import drift, standardised

    if not days:
        return None
    actual, low, middle, high = (
        np.array([getattr(day, name) for day in days], dtype=float) for name in ("actual", "low", "forecast", "high")
    )
    found = drift(standardised(actual, low, middle, high))
    if found is None:
        return None
    part = slice(found.since, found.found + 1)
    share = float(actual[part].sum() / max(1.0, middle[part].sum()))
    return found.kind, days[found.since].date, days[found.found].date, share
