"""At night: yesterday's actuals are held against the forecasts, then every branch with people gets a fresh forecast."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import JobRun, OrgUnit, Scope, branch, jobs, roles, scoped, system_scope, tick
from counterpoint.team import record
from counterpoint.team.actions import forecast_make, tree_make
from counterpoint.team.models import Forecast, StaffProfile

RECORD, RENEW = "team.record", "team.forecast"
AFTER = 1  # local hour by which the days that nobody closed are closed
NIGHT = range(1, 6)  # local hours in which nobody waits for the machine
MOST = 20  # branches a round


@tick.every("team.record", 300)
def watch_everywhere(now: datetime) -> int:
    """Once a day and branch with forecasts: ask for the record to be looked at; returns how many were asked."""
    with scoped(_everywhere()):
        since = (now - record.LOOK_BACK).date()
        made = Forecast.objects.filter(until__gte=since).values("org_unit_id")
        due = _due(RECORD, made, now, range(AFTER, 24))
    for place in due:
        scope = _at(place)
        with scoped(scope):
            jobs.enqueue(
                scope=scope, org_unit=place, kind=RECORD, key=_key(RECORD, place, now), payload={"branch": place.code},
                now=now,
            )  # fmt: skip
    return len(due)


@tick.every("team.renew", 300)
def renew_everywhere(now: datetime) -> int:
    """Every night a forecast from today on for each branch with people, so that each day is told before it begins."""
    with scoped(_everywhere()):
        staffed = StaffProfile.objects.filter(active=True).values("org_unit_id")
        fresh = Forecast.objects.filter(made_at__gt=now - timedelta(hours=12)).values("org_unit_id")
        due = _due("team.renew", staffed, now, NIGHT, without=fresh)
    return tick.each("forecast not renewed", due, lambda place: _renew(place, now))


def _renew(place: OrgUnit, now: datetime) -> None:
    since, key = _local(place, now).date(), _key("team.renew", place, now)
    forecast_make(scope=_at(place), now=now, branch=place, since=since, key=key)


@tick.every("team.tree", 300)
def add_up(now: datetime) -> int:
    """Every morning, when the branches' forecasts are made, they are added up once for headquarters and regions."""
    with scoped(_everywhere()):
        top = OrgUnit.objects.filter(kind="headquarters").first()
        if top is None or not Forecast.objects.filter(made_at__gt=now - timedelta(hours=24)).exists():
            return 0
        key = _key("team.tree", top, now)
        if JobRun.objects.filter(kind=RENEW, state__in=("queued", "running")).exists():
            return 0
        if _local(top, now).hour < NIGHT.stop or JobRun.objects.filter(key=key).exists():
            return 0
    tree_make(scope=_at(top), now=now, unit=top, key=key)
    return 1


def _everywhere() -> Scope:
    return system_scope(tuple(roles.table()), label="night")


def _at(place: OrgUnit) -> Scope:
    return system_scope(tuple(roles.table()), (place.path,), label="night")


def _due(kind: str, among: Any, now: datetime, hours: range, without: Any = ()) -> list[OrgUnit]:
    """Branches at whose local hour it is time and for which nobody has asked today; by path, at most so many."""
    places = OrgUnit.objects.filter(pk__in=among, kind="branch").exclude(pk__in=without).order_by("path")
    ready = [place for place in places if _local(place, now).hour in hours]
    asked = set(JobRun.objects.filter(key__in=[_key(kind, p, now) for p in ready]).values_list("key", flat=True))
    return [place for place in ready if _key(kind, place, now) not in asked][:MOST]


def _local(place: OrgUnit, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(place.time_zone))


def _key(kind: str, place: OrgUnit, now: datetime) -> str:
    return f"{kind}:{place.code}:{_local(place, now):%Y-%m-%d}"


@jobs.job(RECORD)
def record_job(payload: dict[str, Any], *, scope: Scope, now: datetime, **_more: Any) -> dict[str, Any]:
    """The job: look at the record, raise the alarm it holds. Runs again harmlessly."""
    from counterpoint.team import watching

    found = watching.watch(scope=scope, now=now, branch=branch(scope=scope, code=payload["branch"]))
    return {"alarm": str(found.pk) if found else ""}
