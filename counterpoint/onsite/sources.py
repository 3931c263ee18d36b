"""Series that other rooms read by key: arrivals a service and half hour, and the tickets themselves."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.onsite import daylog
from counterpoint.onsite.daylog import DayTickets
from counterpoint.onsite.models import DayLog, Ticket
from counterpoint.onsite.ticketrows import ticket_rows
from counterpoint.primitives.metrics import Source, register

if TYPE_CHECKING:
    import pandas as pd

GRAIN = 30
TICKET_COLUMNS = (
    "branch", "ticket", "service", "tier", "arrived", "called", "finished", "left", "server", "outcome",
    "window",
)  # fmt: skip
ARRIVAL_COLUMNS = ("date", "service", "minute", "arrivals", "abandoned")


def days(scope: Scope, branch: OrgUnit, since: date, until: date) -> dict[date, DayTickets]:
    """Every day with tickets from `since` to `until` (exclusive): folded days from their log, others from tickets."""
    return days_of(scope, [branch], since, until)[branch.pk]


def days_of(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> dict[Any, dict[date, DayTickets]]:
    """The days of several branches, by branch id, in two queries."""
    known = {branch.pk: branch for branch in branches}
    found: dict[Any, dict[date, DayTickets]] = {pk: {} for pk in known}
    window = {"org_unit__in": list(known), "business_date__gte": since, "business_date__lt": until}
    with scoped(scope):
        logs = DayLog.objects.filter(**window)
        for pk, on, payload in logs.order_by().values_list("org_unit_id", "business_date", "payload"):
            found[pk][on] = daylog.unpack(payload)
        folded = DayLog.objects.filter(org_unit=OuterRef("org_unit"), business_date=OuterRef("business_date"))
        rows: dict[tuple[Any, date], list[Ticket]] = {}
        live = Ticket.objects.filter(~Exists(folded), **window).select_related("server", "counter")
        for ticket in live.order_by("taken_at", "id"):
            rows.setdefault((ticket.org_unit_id, ticket.business_date), []).append(ticket)
    for (pk, on), tickets in rows.items():
        found[pk][on] = daylog.from_rows(ticket_rows(tickets, known[pk], on))
    return {pk: dict(sorted(mine.items())) for pk, mine in found.items()}


def arrivals(scope: Scope, branch: OrgUnit, since: date, until: date, grain: int = GRAIN) -> "pd.DataFrame":
    """Counts per date, service and interval of `grain` minutes; `minute` is the interval's start after midnight.

    Days on which the branch gave out no ticket have no rows; intervals without a ticket have none either.
    """
    import pandas as pd

    parts = [
        pd.DataFrame(
            {
                "date": on,
                "service": day.words("service"),
                "minute": day.columns["taken"] // (60 * grain) * grain,
                "arrivals": 1,
                "abandoned": (day.columns["outcome"] == daylog.OUTCOMES.index("abandoned")).astype("int64"),
            }
        )
        for on, day in days(scope, branch, since, until).items()
    ]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in ARRIVAL_COLUMNS})
    table = pd.concat(parts, ignore_index=True)
    return table.groupby(["date", "service", "minute"], as_index=False)[["arrivals", "abandoned"]].sum()


def tickets(scope: Scope, branch: OrgUnit, since: date, until: date) -> "pd.DataFrame":
    """One row a ticket in the columns of `counterpoint.science.history` (branch-local wall clock)."""
    import pandas as pd

    parts = [daylog.frame(day, on, branch.code) for on, day in days(scope, branch, since, until).items()]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in TICKET_COLUMNS})
    return pd.concat(parts, ignore_index=True)


def closings(scope: Scope, branch: OrgUnit, since: date, until: date) -> "pd.DataFrame":
    """One row a business day with tickets: date, closed (or imported), tickets."""
    import pandas as pd

    with scoped(scope):
        window = {"org_unit": branch, "business_date__gte": since, "business_date__lt": until}
        logs = dict(DayLog.objects.filter(**window).values_list("business_date", "tickets"))
        counts = Ticket.objects.filter(**window).values("business_date").annotate(n=Count("id")).order_by()
        live = {row["business_date"]: row["n"] for row in counts}
    dates = sorted(set(logs) | set(live))
    return pd.DataFrame(
        {"date": dates, "closed": [on in logs for on in dates], "tickets": [logs.get(on, live.get(on)) for on in dates]}
    )


register(Source("onsite.days", ("date", "closed", "tickets"), "days", closings))
register(Source("onsite.arrivals", ARRIVAL_COLUMNS, "customers", arrivals))
register(Source("onsite.tickets", TICKET_COLUMNS, "tickets", tickets))
