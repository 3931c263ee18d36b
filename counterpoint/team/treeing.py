"""The forecast of a whole bank from those of its branches, for the job. Science is imported where it is used."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope, calendar, scoped
from counterpoint.role.api import marks_of
from counterpoint.team import queries
from counterpoint.team.actions import tree_store
from counterpoint.team.errors import NotNow
from counterpoint.team.models import TreeForecast

if TYPE_CHECKING:
    from counterpoint.science.demand import DayInfo
    from counterpoint.team.planning.tree import Leaf

DAYS = 7
LOOK_BACK = timedelta(days=200)


def make_tree(*, scope: Scope, now: datetime, unit: OrgUnit, seed: int = 1) -> TreeForecast:
    """Reconcile the newest forecasts of all branches below the unit for the next seven days and keep the rows: all at
    the unit, and each region's own part at the region. Raises NotNow while no branch has a forecast of these days."""
    from counterpoint.team.planning import tree

    with scoped(scope):
        branches = list(
            OrgUnit.objects.filter(kind="branch", path__startswith=unit.path).select_related("parent").order_by("path")
        )
    since = max((queries.now_at(branch, now)[0] for branch in branches), default=now.date())
    dates = [since + timedelta(days=n) for n in range(DAYS)]
    leaves, missing = [], []
    for branch in branches:
        leaf = _leaf(scope, branch, dates, unit)
        leaves.append(leaf) if leaf else missing.append(branch.code)
    if not leaves:
        raise NotNow(_("No branch has a forecast of the coming days yet. They are made every night."))
    first = min((day for leaf in leaves for day in leaf.came), default=since)
    rows = tree.coherent(leaves, tree.whole_days(leaves, first, dates, _calendar(first, dates, unit)), dates, seed=seed)
    payload = {
        "days": [day.isoformat() for day in dates],
        "rows": [
            {"path": list(row.path), "expected": list(row.expected), "low": list(row.low), "high": list(row.high),
             "usual": list(row.usual)}
            for row in rows
        ],
        "missing": missing,
    }  # fmt: skip
    return tree_store(scope=scope, now=now, unit=unit, since=since, until=since + timedelta(days=DAYS), payload=payload)


def _leaf(scope: Scope, branch: OrgUnit, dates: list[date], unit: OrgUnit) -> Leaf | None:
    import numpy as np

    from counterpoint.team.planning.tree import Leaf

    row = queries.forecast_latest(scope=scope, branch=branch, on=dates[-1])
    if row is None or row.since > dates[0]:
        return None
    rows = [(day - row.since).days for day in dates]
    mean, low, high = (np.array([row.payload[f"day_{n}"][k] for k in rows]) for n in ("mean", "p10", "p90"))
    came = queries.customers_by_day(scope=scope, branch=branch, since=dates[0] - LOOK_BACK, until=dates[0])
    parent = branch.parent.code if branch.parent else unit.code
    return Leaf((unit.code, parent, branch.code), came, mean, low, high)


def _calendar(first: date, dates: list[date], unit: OrgUnit) -> dict[date, DayInfo]:
    from counterpoint.team.planning import build_days

    days = build_days(
        first, dates[-1], hours_on=lambda _day: ((540, 600),),
        kind_on=lambda day: calendar.day(day, unit.rule_pack, provisional=True),
        marks_on=lambda day: [mark.key for mark in marks_of(day, unit.rule_pack)],
        effects=unit.rule_pack == "cn",
    )  # fmt: skip
    return {day.date: day for day in days}
