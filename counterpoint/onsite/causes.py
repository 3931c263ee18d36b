"""Why customers wait longer than usual: more of them, fewer people at windows, or machines out of order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.onsite import counted
from counterpoint.primitives.metrics import Period, register_cause

if TYPE_CHECKING:
    import pandas as pd

WEEKS = 4  # like days that make the usual
LEAST = 0.1  # a change smaller than this explains nothing

Asked = tuple[Scope, OrgUnit]


def found(scope: Scope, branch: OrgUnit, period: Period) -> tuple[str, Mapping[str, float]] | None:
    """The leading cause and all three changes as shares of the usual; None without like days to compare with."""
    here, past = (scope, branch), _like(period)
    usual = [_customers(here, days, period) for days in past]
    known = [count for count in usual if count]
    if not known:
        return None
    now = _customers(here, (period.since, period.until), period)
    demand = now / (sum(known) / len(known)) - 1
    before = [minutes for days in past if (minutes := _windows(here, days, period))]
    windows = _windows(here, (period.since, period.until), period)
    roster = windows / (sum(before) / len(before)) - 1 if before and windows else 0.0
    down = _down(here, period)
    numbers = {"demand": round(demand, 3), "roster": round(roster, 3), "equipment": round(down, 3)}
    kind, size = max({"demand": demand, "roster": -roster, "equipment": down}.items(), key=lambda pair: pair[1])
    return (kind if size >= LEAST else "other"), numbers


def _like(period: Period) -> list[tuple[date, date]]:
    """The same days of the weeks before; of longer periods the one before."""
    if period.days == 1:
        return [(day := period.since - timedelta(days=7 * n), day + timedelta(days=1)) for n in range(1, WEEKS + 1)]
    past = period.back()
    return [(past.since, past.until)]


def _hour(frame: pd.DataFrame, period: Period) -> pd.DataFrame:
    return frame if period.hour is None else frame[frame["hour"] == period.hour]


def _customers(here: Asked, days: tuple[date, date], period: Period) -> int:
    scope, branch = here
    return len(_hour(counted.tickets(scope, [branch], *days)[branch.pk], period))


def _windows(here: Asked, days: tuple[date, date], period: Period) -> float:
    scope, branch = here
    return float(_hour(counted.windows(scope, [branch], *days)[branch.pk], period)["open_minutes"].sum())


def _down(here: Asked, period: Period) -> float:
    """Share of the customers' machines' time lost."""
    frame = counted.machines(*here, period.since, period.until)
    open_minutes = float(frame["open_minutes"].sum())
    return float(frame["down_minutes"].sum()) / open_minutes if open_minutes else 0.0


register_cause("onsite.customers", found)
