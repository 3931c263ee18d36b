"""Past days that nobody closed are closed by themselves, so that every day reaches the history."""

from datetime import datetime

from counterpoint.foundation.api import scoped, system_scope, tick
from counterpoint.onsite.actions.days import day_close_forgotten
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.models import BranchDay
from counterpoint.onsite.verbs import DAY, VIEW

MOST = 50


@tick.every("onsite.forgotten_days", 300)
def close_forgotten(now: datetime) -> int:
    """Close what is over at its branch; returns how many days that were."""
    with scoped(system_scope((VIEW,), label="night")):
        days = list(BranchDay.objects.filter(closed_at=None).select_related("org_unit").order_by("business_date"))
    over = [day for day in days if day.business_date < business_date(day.org_unit, now)][:MOST]
    return tick.each("forgotten day not closed", over, lambda day: _close(day, now))


def _close(day: BranchDay, now: datetime) -> None:
    place = day.org_unit
    scope = system_scope((DAY, VIEW), (place.path,), label="night")
    day_close_forgotten(scope=scope, branch=place, now=now, on=day.business_date)
