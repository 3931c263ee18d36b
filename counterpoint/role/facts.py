"""What chapter 1 offers by key: the calendar of a branch, so that forecasts and KPIs tell like days from unlike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from counterpoint.foundation.api import OrgUnit, Scope, calendar, hours_of, scoped
from counterpoint.primitives.metrics import Source, register
from counterpoint.role.marks import marks_of

if TYPE_CHECKING:
    import pandas as pd


def calendar_days(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row a date: kind, holiday name, marks joined by blanks, minutes open, whether the year is only assumed."""
    import pandas as pd

    with scoped(scope):
        hours = hours_of(branch)
    rows = []
    for step in range((until - since).days):
        on = since + timedelta(days=step)
        known = calendar.day(on, branch.rule_pack, provisional=True)
        minutes = sum(closes - opens for opens, closes in hours.on(on, provisional=True))
        marks = " ".join(mark.key for mark in marks_of(on, branch.rule_pack))
        rows.append((on, known.kind.value, known.name, marks, minutes, known.provisional))
    return pd.DataFrame(rows, columns=list(COLUMNS))


COLUMNS = ("date", "kind", "holiday", "marks", "open_minutes", "provisional")
register(Source("role.calendar", COLUMNS, "min", calendar_days))
