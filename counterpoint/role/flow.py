"""Is today's flow normal? Arrivals so far beside the same weekday of the last weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.primitives import metrics
from counterpoint.role import desk
from counterpoint.role.sheets import HalfHour, Plan
from counterpoint.role.today import Today

if TYPE_CHECKING:
    import pandas as pd

ARRIVALS = "onsite.arrivals"
WEEKS = 8
FEWEST = 3  # earlier days of the same weekday below which nothing is called usual
SLOT = 30


@dataclass(frozen=True)
class Flow:
    """Arrivals of today by half hour beside the mean of `days` earlier days; `usual` is that mean up to now."""

    plan: Plan
    came: int
    usual: float | None
    days: int

    @property
    def change(self) -> float | None:
        """Relative difference from usual so far; None when there is too little to compare with."""
        return self.came / self.usual - 1 if self.usual else None


def flow_of(*, scope: Scope, branch: OrgUnit, today: Today) -> Flow | None:
    """None when no room offers arrivals or the branch is closed today."""
    if not desk.available(ARRIVALS) or not today.spans:
        return None
    own = _slots(scope, branch, today.date)
    past = [_slots(scope, branch, today.date - timedelta(weeks=week)) for week in range(1, WEEKS + 1)]
    return beside(today, own, [day for day in past if day])


def beside(today: Today, own: dict[int, int], past: list[dict[int, int]]) -> Flow:
    """Lay today over the mean of earlier days. The running half hour counts by the part of it that is over."""
    now = today.now.hour * 60 + today.now.minute
    mean = (
        {slot: sum(day.get(slot, 0) for day in past) / len(past) for slot in sorted({s for d in past for s in d})}
        if past
        else {}
    )
    slots = {slot for a, b in today.spans for slot in range(_minute(a) // SLOT * SLOT, _minute(b), SLOT)} | set(own)
    hours = tuple(
        HalfHour(slot, mean.get(slot) if past else None, own.get(slot, 0) if slot <= now else None)
        for slot in sorted(slots)
    )
    usual = sum(value * min(max((now - slot) / SLOT, 0.0), 1.0) for slot, value in mean.items())
    enough = len(past) >= FEWEST and usual > 0
    return Flow(Plan(today, hours, None), sum(own.values()), usual if enough else None, len(past))


def _slots(scope: Scope, branch: OrgUnit, on: date) -> dict[int, int]:
    rows: pd.DataFrame = metrics.fetch(ARRIVALS, scope=scope, branch=branch, since=on, until=on + timedelta(days=1))
    if rows.empty:
        return {}
    return {int(slot): int(n) for slot, n in rows["arrivals"].groupby(rows["minute"] // SLOT * SLOT).sum().items()}


def _minute(at: object) -> int:
    return at.hour * 60 + at.minute  # type: ignore[attr-defined]
