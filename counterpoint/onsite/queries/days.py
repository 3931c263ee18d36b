"""What ticket history a branch has, and whether today is over."""

from dataclasses import dataclass
from datetime import date, datetime

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.models import BranchDay, DayLog
from counterpoint.role.api import day_at

SHOWN = 14


@dataclass(frozen=True)
class PastDay:
    """A closed or imported day in one line. Waits in minutes."""

    date: date
    source: str
    label: str
    arrivals: int
    served: int
    abandoned: int
    mean_wait: float | None
    p90_wait: float | None


@dataclass(frozen=True)
class History:
    """Number of days and tickets, first and last date, the newest days."""

    days: int
    tickets: int
    since: date | None
    until: date | None
    newest: tuple[PastDay, ...]


def history(*, scope: Scope, branch: OrgUnit) -> History:
    """The branch's days, newest first."""
    with scoped(scope):
        rows = DayLog.objects.filter(org_unit=branch).order_by("-business_date").defer("payload")
        counts = list(rows.values_list("business_date", "tickets"))
        newest = tuple(_day(row) for row in rows[:SHOWN])
    dates = [on for on, _n in counts]
    return History(len(counts), sum(n for _on, n in counts), min(dates, default=None), max(dates, default=None), newest)


def _day(row: DayLog) -> PastDay:
    s = row.summary
    return PastDay(
        row.business_date, row.source, row.label, s["arrivals"], s["served"], s["abandoned"], s["mean_wait"],
        s["p90_wait"],
    )  # fmt: skip


def over(*, scope: Scope, branch: OrgUnit, now: datetime) -> str:
    """Of today: ``closed``, or ``open`` although closing time has passed; empty before that and on a day off."""
    with scoped(scope):
        day = BranchDay.objects.filter(org_unit=branch, business_date=business_date(branch, now)).first()
        if day is None:
            return ""
        if day.closed_at is not None:
            return "closed"
        today = day_at(branch, now)
    return "open" if today.is_over or not today.spans else ""
