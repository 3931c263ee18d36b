"""When the advisor is asked by itself: every ten minutes in every open hall; and scoring, when the hour is over."""

from datetime import datetime, timedelta
from typing import Any

from counterpoint.foundation.api import DomainError, Scope, branch, jobs, scoped, system_scope, tick
from counterpoint.onsite import futures
from counterpoint.onsite.actions.advice import advice_ask, advice_score
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.models import Advice, BranchDay
from counterpoint.onsite.verbs import RUN, VIEW
from counterpoint.role.api import day_at

KIND = "onsite.advise"
EVERY = timedelta(minutes=10)
MOST = 50


@tick.every("onsite.advise", 30)
def ask_everywhere(now: datetime) -> int:
    """Queue one question for every branch that is open now; returns how many branches that are."""
    with scoped(system_scope((VIEW,), label="advisor")):
        days = list(
            BranchDay.objects.filter(closed_at=None, business_date__gte=(now - timedelta(days=1)).date())
            .select_related("org_unit")
            .order_by("org_path")
        )
    return tick.each("no advice asked for", days, lambda day: _ask(day, now))


def _ask(day: BranchDay, now: datetime) -> bool:
    place = day.org_unit
    scope = system_scope((RUN, VIEW), (place.path,), label="advisor")
    with scoped(scope):
        if day.business_date != business_date(place, now) or not day_at(place, now).is_open:
            return False
        key = f"{KIND}:{place.code}:{int(now.timestamp() // EVERY.total_seconds())}"
        jobs.enqueue(scope=scope, org_unit=place, kind=KIND, key=key, payload={"branch": place.code}, now=now)
    return True


@jobs.job(KIND)
def ask(payload: dict[str, Any], *, scope: Scope, now: datetime, **_more: Any) -> dict[str, Any]:
    """The job: load the twin if need be, ask, keep the answer. A hall that cannot be pictured is no failure."""
    futures.warm(wait=True)
    place = branch(scope=scope, code=payload["branch"])
    try:
        given = advice_ask(scope=scope, branch=place, now=now)
    except DomainError as refused:
        return {"refused": refused.code}
    return {"advice": str(given.id), "option": given.kind}


@tick.every("onsite.score_advice", 30)
def score_everywhere(now: datetime) -> int:
    """Score what is over, the oldest first."""
    with scoped(system_scope((VIEW,), label="advisor")):
        due = list(
            Advice.objects.filter(scored_at=None, until__lte=now).select_related("org_unit").order_by("until")[:MOST]
        )
    return tick.each("advice not scored", due, lambda row: _score(row, now))


def _score(row: Advice, now: datetime) -> None:
    scope = system_scope((RUN, VIEW), (row.org_unit.path,), label="advisor")
    advice_score(scope=scope, branch=row.org_unit, now=now, advice=row.pk)
