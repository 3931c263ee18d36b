"""Background work of the team, registered under its keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from counterpoint.foundation.api import Scope, branch, jobs
from counterpoint.foundation.api import jobs as _jobs

Report = _jobs.Report


@jobs.job("team.forecast")
def forecast_job(payload: dict[str, Any], *, scope: Scope, report: Report, now: datetime) -> dict[str, Any]:
    """Make and store a forecast. Runs again harmlessly: equal inputs give the stored run."""
    from counterpoint.team import planner

    unit = branch(scope=scope, code=payload["branch"])
    row = planner.make_forecast(
        scope=scope, now=now, branch=unit, since=date.fromisoformat(payload["since"]), days=int(payload["days"]),
        seed=int(payload["seed"]), report=report,
    )  # fmt: skip
    return {"forecast": str(row.pk), "url": f"{reverse('team:forecast')}?day={row.since.isoformat()}"}


@jobs.job("team.tree")
def tree_job(payload: dict[str, Any], *, scope: Scope, now: datetime, **_more: Any) -> dict[str, Any]:
    """Add up the forecasts of all branches below a unit and store the rows."""
    from counterpoint.team import queries, treeing

    unit = queries.units_by_code(scope=scope, codes=[payload["unit"]])[payload["unit"]]
    row = treeing.make_tree(scope=scope, now=now, unit=unit)
    return {"tree": str(row.pk), "url": f"{reverse('team:bank')}?day={row.since.isoformat()}"}


@jobs.job("team.roster_draft")
def draft_job(payload: dict[str, Any], *, scope: Scope, report: Report, now: datetime) -> dict[str, Any]:
    """Draft a week's roster from the newest forecast and store it as a new version."""
    from counterpoint.team import planner

    unit = branch(scope=scope, code=payload["branch"])
    row = planner.draft_roster(
        scope=scope, now=now, branch=unit, week=date.fromisoformat(payload["week"]), seed=int(payload["seed"]),
        report=report,
    )  # fmt: skip
    return {"roster": str(row.pk), "version": row.version, "url": reverse("team:roster-version", args=[row.pk])}


@jobs.job("team.floating")
def floating_job(payload: dict[str, Any], *, scope: Scope, report: Report, now: datetime) -> dict[str, Any]:
    """Work out who could help at which near branch, and store it."""
    from counterpoint.team import floating, queries

    unit = queries.units_by_code(scope=scope, codes=[payload["unit"]])[payload["unit"]]
    week = date.fromisoformat(payload["week"])
    row = floating.make_floating(scope=scope, now=now, unit=unit, week=week, seed=int(payload["seed"]), report=report)
    return {"plan": str(row.pk), "url": f"{reverse('team:floating')}?week={week.isoformat()}"}
