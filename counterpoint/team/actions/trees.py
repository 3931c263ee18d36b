"""Forecasts of a bank or region: asked for as a job, kept as immutable runs at the unit and at each region below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from counterpoint.foundation.api import JobRun, OrgUnit, Scope, jobs, journal, scoped
from counterpoint.team.models import TreeForecast

VERB, KIND = "team.tree.make", "team.tree"


def tree_make(*, scope: Scope, now: datetime, unit: OrgUnit, key: str = "") -> JobRun:
    """Ask for the rows of everything below the unit; asking again within the same minute returns the same job."""
    scope.require(VERB, unit.path)
    with scoped(scope):
        return jobs.enqueue(
            scope=scope, org_unit=unit, kind=KIND, key=key or f"{KIND}:{unit.code}:{now:%Y%m%d%H%M}",
            payload={"unit": unit.code}, now=now,
        )  # fmt: skip


@transaction.atomic
def tree_store(
    *, scope: Scope, now: datetime, unit: OrgUnit, since: date, until: date, payload: Mapping[str, Any]
) -> TreeForecast:
    """Keep the rows at the unit, and at each region those that belong to it, so that both tell the same numbers."""
    scope.require(VERB, unit.path)
    with scoped(scope):
        row = _kept(unit, since, until, now, payload)
        for region in OrgUnit.objects.filter(parent=unit, kind="region"):
            mine = [one for one in payload["rows"] if len(one["path"]) > 1 and one["path"][1] == region.code]
            if mine:
                part = {**payload, "rows": [{**one, "path": one["path"][1:]} for one in mine], "missing": []}
                _kept(region, since, until, now, part)
        data = {"since": since.isoformat(), "until": until.isoformat(), "branches": _branches(payload)}
        journal.record(scope=scope, org_unit=unit, kind="team.tree_made", subject=str(row.pk), at=now, data=data)
    return row


def _kept(unit: OrgUnit, since: date, until: date, now: datetime, payload: Mapping[str, Any]) -> TreeForecast:
    row = TreeForecast(org_unit=unit, since=since, until=until, made_at=now, payload=dict(payload))
    row.save(force_insert=True)
    return row


def _branches(payload: Mapping[str, Any]) -> int:
    return sum(len(one["path"]) == 3 for one in payload["rows"])
