"""Forecasts and drafts: asked for as jobs, stored as immutable runs and numbered versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, JobRun, OrgUnit, Scope, jobs, journal, scoped
from counterpoint.team.actions.known import stamp
from counterpoint.team.models import Forecast, Roster

FORECAST_DAYS = 14


def forecast_make(
    *, scope: Scope, now: datetime, branch: OrgUnit, since: date, days: int = FORECAST_DAYS, seed: int = 1,
    key: str = "",
) -> JobRun:  # fmt: skip
    """Ask for a forecast of `days` days from `since`; asking again within the same minute while nothing more is known,
    or with the same `key`, returns the same job."""
    scope.require("team.forecast.make", branch.path)
    if not 1 <= days <= 35:
        raise Invalid(_("A forecast covers 1 to 35 days."), field="days")
    payload = {"branch": branch.code, "since": since.isoformat(), "days": days, "seed": seed}
    with scoped(scope):
        key = key or f"team.forecast:{branch.pk}:{since}:{days}:{seed}:{now:%Y%m%d%H%M}:{stamp(branch)}"
        return jobs.enqueue(scope=scope, org_unit=branch, kind="team.forecast", key=key, payload=payload, now=now)


def roster_draft(*, scope: Scope, now: datetime, branch: OrgUnit, week: date, seed: int = 1) -> JobRun:
    """Ask for a drafted roster of the week (its Monday); the newest forecast is used, or made when none covers it."""
    scope.require("team.roster.edit", branch.path)
    if week.weekday():
        raise Invalid(_("A roster week begins on a Monday."), field="week")
    key = f"team.roster_draft:{branch.pk}:{week}:{seed}:{now:%Y%m%d%H%M}"
    payload = {"branch": branch.code, "week": week.isoformat(), "seed": seed}
    with scoped(scope):
        return jobs.enqueue(scope=scope, org_unit=branch, kind="team.roster_draft", key=key, payload=payload, now=now)


@transaction.atomic
def forecast_store(
    *,
    scope: Scope,
    now: datetime,
    branch: OrgUnit,
    since: date,
    until: date,
    seed: int,
    inputs_hash: str,
    payload: Mapping[str, Any],
) -> Forecast:
    """Keep a forecast run. The same inputs and seed again return the stored run instead of a copy."""
    scope.require("team.forecast.make", branch.path)
    with scoped(scope):
        same = Forecast.objects.filter(
            org_unit=branch, since=since, until=until, seed=seed, inputs_hash=inputs_hash
        ).first()
        if same is not None:
            return same
        row = Forecast(
            org_unit=branch, since=since, until=until, made_at=now, made_by=scope.actor, seed=seed,
            inputs_hash=inputs_hash, payload=dict(payload),
        )  # fmt: skip
        row.save(force_insert=True)
        data = {"since": since.isoformat(), "until": until.isoformat(), "seed": seed, "inputs_hash": inputs_hash}
        journal.record(scope=scope, org_unit=branch, kind="team.forecast_made", subject=str(row.pk), at=now, data=data)
    return row


@transaction.atomic
def roster_store(
    *,
    scope: Scope,
    now: datetime,
    branch: OrgUnit,
    week: date,
    problem: Mapping[str, Any],
    solution: Mapping[str, Any],
    waits: Mapping[str, Any] | None = None,
    conflict: Sequence[Mapping[str, Any]] = (),
    forecast: Forecast | None = None,
    seed: int = 0,
    inputs_hash: str = "",
) -> Roster:
    """Store a new draft version of the week, standing on what is published now."""
    scope.require("team.roster.edit", branch.path)
    with scoped(scope):
        row = new_version(
            branch, week, now=now, actor=scope.actor, base=published(branch, week), problem=dict(problem),
            solution=dict(solution), waits=dict(waits or {}), conflict=[dict(c) for c in conflict],
            forecast=forecast, seed=seed, inputs_hash=inputs_hash,
        )  # fmt: skip
        data = {
            "week": week.isoformat(),
            "version": row.version,
            "seed": seed,
            "inputs_hash": inputs_hash,
            "status": str(solution.get("status", "")),
            "based_on": row.based_on.version if row.based_on else None,
        }
        journal.record(scope=scope, org_unit=branch, kind="team.roster_drafted", subject=str(row.pk), at=now, data=data)
    return row


def published(branch: OrgUnit, week: date, *, lock: bool = False) -> Roster | None:
    """The published version of a week, locked for the transaction when asked."""
    rows = Roster.objects.filter(org_unit=branch, week=week, state=Roster.State.PUBLISHED)
    return (rows.select_for_update() if lock else rows).first()


def new_version(
    branch: OrgUnit, week: date, *, now: datetime, actor: UUID | None, base: Roster | None, **values: Any
) -> Roster:
    """The next numbered draft; the unique (branch, week, version) stops two writers from taking one number."""
    last = Roster.objects.filter(org_unit=branch, week=week).aggregate(last=Max("version"))["last"] or 0
    row = Roster(org_unit=branch, week=week, version=last + 1, based_on=base, made_at=now, made_by=actor, **values)
    row.save(force_insert=True)
    return row


def week_end(week: date) -> date:
    """The Monday after the week."""
    return week + timedelta(days=7)
