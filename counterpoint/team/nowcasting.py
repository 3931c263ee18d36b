"""The running day: its forecast corrected by the customers who have come. Science is imported where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.team import queries

INTERVAL = 30
SEED = 1


@dataclass(frozen=True)
class Corrected:
    """The day at minute `at`, the end of the last half hour counted: who came, who was expected by then, and the whole
    day as it looks now beside how it was forecast, each (P10, P50, P90); `cells` the half hours still to come."""

    at: int
    came: int
    expected: float
    now: tuple[int, int, int]
    before: tuple[int, int, int]
    cells: Mapping[int, tuple[float, float, float]]

    @property
    def level(self) -> str:
        """``watch`` when the day has left the range that it was forecast in."""
        return "watch" if self.now[0] > self.before[2] or self.now[2] < self.before[0] else "calm"


def today(*, scope: Scope, branch: OrgUnit, now: datetime) -> Corrected | None:
    """Today's correction; None without a forecast of today, before the first half hour is over and after the last."""
    day, minute = queries.now_at(branch, now)
    row = queries.forecast_latest(scope=scope, branch=branch, on=day)
    if row is None or not row.payload.get("latent"):
        return None
    frame = queries.actual_arrivals(scope=scope, branch=branch, since=day, until=day + timedelta(days=1))
    came = {} if frame is None or frame.empty else frame.groupby("minute")["arrivals"].sum().to_dict()
    return corrected(row.payload, (day - row.since).days, {int(k): int(n) for k, n in came.items()}, minute)


def corrected(payload: Mapping[str, Any], number: int, came: Mapping[int, int], minute: int) -> Corrected | None:
    """One day of a stored forecast at a minute after midnight, given customers per half hour."""
    kept, info = payload["latent"][number], payload["days"][number]
    starts = [k * INTERVAL for k in kept["interval"]]
    over = [start for start in starts if start + INTERVAL <= minute]
    if not over or len(over) == len(starts):
        return None
    import pandas as pd

    from counterpoint.science.demand import DayInfo, nowcast, restore

    day = DayInfo(date.fromisoformat(info["date"]), tuple((a, b) for a, b in info["open"]))
    seen = pd.DataFrame([(start, came.get(start, 0)) for start in over], columns=["minute", "count"])
    found = nowcast(restore(kept, day, INTERVAL, seed=SEED), seen, day=day.date, at=minute, seed=SEED)
    low, middle, high = found.total_quantile[:, 0]
    least, half, most = (round(float(value)) for value in found.day_quantile[:, -1, 0])
    p10, p50, p90 = (round(payload[f"day_{name}"][number]) for name in ("p10", "p50", "p90"))
    rest = {start: start // INTERVAL for start in starts if start not in over}
    first = payload["start"] // INTERVAL
    return Corrected(
        at=over[-1] + INTERVAL,
        came=int(seen["count"].sum()),
        expected=sum(payload["total_mean"][number][start // INTERVAL - first] for start in over),
        now=(least, half, most),
        before=(p10, p50, p90),
        cells={start: (float(low[k]), float(middle[k]), float(high[k])) for start, k in rest.items()},
    )
