"""When the twin is checked by itself: at night, once a week a branch; and the job that does it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.urls import reverse

from counterpoint.foundation.api import JobRun, OrgUnit, Scope, branch, jobs, scoped, system_scope, tick
from counterpoint.onsite.actions.trust import twin_check
from counterpoint.onsite.checking import FEWEST, HISTORY
from counterpoint.onsite.models import DayLog, TwinCheck
from counterpoint.onsite.verbs import DAY, VIEW

KIND = "onsite.check_twin"
AGAIN = timedelta(days=7)
TRIED = timedelta(hours=20)  # a branch whose check failed tonight is left alone until tomorrow
NIGHT = (21, 6)  # local hours in which nobody waits for the machine
MOST = 20  # branches a tick


@tick.every("onsite.check_twin", 900)
def check_everywhere(now: datetime) -> int:
    """Queue a check for every branch that has enough days and none of the last week; returns how many were queued."""
    with scoped(system_scope((VIEW,), label="night")):
        fresh = TwinCheck.objects.filter(made_at__gt=now - AGAIN).values("org_unit_id")
        logged = DayLog.objects.filter(business_date__gte=(now - HISTORY).date()).exclude(org_unit_id__in=fresh)
        tried = JobRun.objects.filter(kind=KIND, requested_at__gt=now - TRIED).values("org_unit_id")
        left = logged.exclude(org_unit_id__in=tried)
        counted = left.values("org_unit_id").annotate(days=Count("pk")).filter(days__gte=FEWEST).order_by()
        known = OrgUnit.objects.filter(pk__in=[row["org_unit_id"] for row in counted]).order_by("path")
        due = [place for place in known if _night(place, now)]
    for place in due[:MOST]:
        request(system_scope((DAY, VIEW), (place.path,), label="night"), place, now, f"{now:%Y-%m-%d}")
    return len(due[:MOST])


def _night(place: OrgUnit, now: datetime) -> bool:
    hour = now.astimezone(ZoneInfo(place.time_zone)).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


def request(scope: Scope, place: OrgUnit, now: datetime, key: str) -> JobRun:
    """Queue a check; the same key twice is one check."""
    with scoped(scope):
        return jobs.enqueue(
            scope=scope, org_unit=place, kind=KIND, key=f"{KIND}:{place.code}:{key}", payload={"branch": place.code},
            now=now,
        )  # fmt: skip


@jobs.job(KIND)
def run(payload: dict[str, Any], *, scope: Scope, now: datetime, **_more: Any) -> dict[str, Any]:
    """The job: fit, judge, keep. It fails with the reason when there is too little to go by."""
    place = branch(scope=scope, code=payload["branch"])
    found = twin_check(scope=scope, branch=place, now=now)
    return {"check": str(found.id), "status": found.status, "url": reverse("onsite:trust")}
