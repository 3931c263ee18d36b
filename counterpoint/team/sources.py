"""Series of the team that other rooms read by key: published shifts, and the newest forecast of each date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.primitives.metrics import Source, register
from counterpoint.team import queries

if TYPE_CHECKING:
    import pandas as pd

SHIFT_COLUMNS = ("date", "user", "name", "start", "end", "lunch_start", "lunch_end", "segments")
FORECAST_COLUMNS = ("date", "minute", "service", "mean", "p10", "p50", "p90")
GRAIN = 30


def shifts(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row a published shift; minutes after local midnight."""
    import pandas as pd

    rows = [
        (s.date, s.user, s.name, s.start, s.end, *(s.lunch or (None, None)), _segments(s))
        for s in queries.shifts_between(scope=scope, branch=branch, since=since, until=until)
    ]
    return pd.DataFrame(rows, columns=list(SHIFT_COLUMNS), dtype="object")


def _segments(shift: queries.ShiftView) -> list[dict[str, object]]:
    return [{"start": start, "end": end, "skill": skill} for start, end, skill in shift.segments]


def forecast(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row a date, half hour and service with the quantiles of the newest forecast that covers the date."""
    import pandas as pd

    rows: list[tuple[object, ...]] = []
    for n in range((until - since).days):
        day = since + timedelta(days=n)
        found = queries.forecast_latest(scope=scope, branch=branch, on=day)
        if found is None:
            continue
        payload = found.payload
        number = (day - found.since).days
        for s, service in enumerate(payload["services"]):
            for k, mean in enumerate(payload["mean"][s][number]):
                if mean > 0:
                    cells = (payload[name][s][number][k] for name in ("p10", "p50", "p90"))
                    rows.append((day, payload["start"] + k * GRAIN, service["code"], mean, *cells))
    return pd.DataFrame(rows, columns=list(FORECAST_COLUMNS))


register(Source("team.shifts", SHIFT_COLUMNS, "shifts", shifts))
register(Source("team.forecast", FORECAST_COLUMNS, "customers", forecast))
