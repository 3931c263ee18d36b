"""Opening and closing a business day; a closed day's tickets are folded into one compact row."""

import hashlib
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, OrgUnit, Scope
from counterpoint.onsite import daylog
from counterpoint.onsite.actions.tickets import open_day
from counterpoint.onsite.entry import Call
from counterpoint.onsite.localtime import seconds_of
from counterpoint.onsite.models import BranchDay, DayLog, Duty, Ticket, Window
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.values import DayView
from counterpoint.onsite.verbs import DAY

OUTCOME_OF = {
    lifecycle.SERVED: "served",
    lifecycle.ABANDONED: "abandoned",
    lifecycle.NO_SHOW: "abandoned",
    lifecycle.WAITING: "waiting",
}


class StillServing(DomainError):
    """A customer is still at a counter."""

    code = "still_serving"


def day_open(*, scope: Scope, branch: OrgUnit, now: datetime, key: str = "") -> DayView:
    """Open today; refused when today was closed already. Opening twice changes nothing."""
    return Call(scope, branch, now, key).run(DAY, DayView, _open)


def day_close(*, scope: Scope, branch: OrgUnit, now: datetime, key: str = "") -> DayView:
    """Close today: whoever still waits is counted as gone, windows close, tickets become the day's log."""
    return Call(scope, branch, now, key).run(DAY, DayView, _close)


def _open(call: Call) -> DayView:
    fresh = not BranchDay.objects.filter(org_unit=call.branch, business_date=call.on).exists()
    open_day(call)
    if fresh:
        call.note("onsite.day_opened", call.on.isoformat(), date=call.on.isoformat())
    return DayView(business_date=call.on, open=True)


def _close(call: Call) -> DayView:
    day = open_day(call)
    inside = Ticket.objects.filter(org_unit=call.branch, business_date=call.on)
    busy = inside.filter(state__in=lifecycle.AT_COUNTER, vendor_ref="").order_by("label").first()
    if busy is not None:
        raise StillServing(_("%(label)s is still at a counter. Finish it, then close the day.") % {"label": busy.label})
    left_over = inside.filter(state__in=[lifecycle.WAITING, lifecycle.HELD, *lifecycle.AT_COUNTER])
    left_over.update(state=lifecycle.ABANDONED, left_at=call.now, reason="closing")
    Window.objects.filter(org_unit=call.branch, open=True).update(open=False, since=call.now)
    Duty.objects.filter(org_unit=call.branch, business_date=call.on).update(
        place="gone", counter=None, break_until=None, since=call.now
    )
    day.closed_at = call.now
    day.save(update_fields=["closed_at", "org_path"])
    log = fold(call.branch, call.on, call.now)
    numbers = log.summary
    left = numbers["arrivals"] - numbers["served"]
    call.note(
        "onsite.day_closed", call.on.isoformat(), date=call.on.isoformat(), arrivals=numbers["arrivals"],
        served=numbers["served"], left=left,
    )  # fmt: skip
    return DayView(business_date=call.on, open=False, arrivals=numbers["arrivals"], served=numbers["served"], left=left)


def fold(branch: OrgUnit, on: date, now: datetime) -> DayLog:
    """Write the log of a live day from its tickets; they win over a history that was brought in for the same date."""
    tickets = Ticket.objects.filter(org_unit=branch, business_date=on).select_related("server").order_by("taken_at")
    columns = daylog.from_rows(ticket_rows(list(tickets), branch, on))
    payload = daylog.pack(columns)
    DayLog.objects.filter(org_unit=branch, business_date=on).delete()
    row = DayLog(
        org_unit=branch, business_date=on, source="live", digest=hashlib.sha256(payload).hexdigest(),
        tickets=len(columns), summary=daylog.summary(columns), payload=payload, written_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def ticket_rows(tickets: list[Ticket], branch: OrgUnit, on: date) -> list[dict[str, Any]]:
    """Plain rows of a day log; a diverted, cancelled or unfinished ticket has the outcome ``unknown``."""
    zone = ZoneInfo(branch.time_zone)
    return [
        {
            "ticket": t.label, "service": t.service, "tier": t.tier, "server": t.server.staff_no if t.server else "",
            "outcome": OUTCOME_OF.get(t.state, "unknown"), "taken": seconds_of(zone, on, t.taken_at),
            "called": seconds_of(zone, on, t.called_at), "finished": seconds_of(zone, on, t.finished_at),
            "left": seconds_of(zone, on, t.left_at), "low": t.promise_low, "high": t.promise_high,
        }
        for t in tickets
    ]  # fmt: skip
