"""Opening and closing a business day; a closed day's tickets are folded into one compact row."""

import hashlib
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, Invalid, OrgUnit, Scope
from counterpoint.onsite import daylog
from counterpoint.onsite.actions.tickets import open_day
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import BranchDay, DayLog, Duty, Ticket, Window
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.ticketrows import ticket_rows
from counterpoint.onsite.values import DayView
from counterpoint.onsite.verbs import DAY


class StillServing(DomainError):
    """A customer is still at a counter."""

    code = "still_serving"


def day_open(*, scope: Scope, branch: OrgUnit, now: datetime, key: str = "") -> DayView:
    """Open today; refused when today was closed already. Opening twice changes nothing."""
    return Call(scope, branch, now, key).run(DAY, DayView, _open)


def day_close(*, scope: Scope, branch: OrgUnit, now: datetime, key: str = "") -> DayView:
    """Close today: whoever still waits is counted as gone, windows close, tickets become the day's log."""
    return Call(scope, branch, now, key).run(DAY, DayView, _close)


def day_close_forgotten(*, scope: Scope, branch: OrgUnit, now: datetime, on: date) -> DayView:
    """Close a past day that nobody closed, as of its last second; what was still at a counter ends as unknown.

    Refused for today. A day that is closed already, or never was, is left as it is.
    """
    call = Call(scope, branch, now)
    if on >= call.on:
        raise Invalid(_("Only a past day can have been forgotten."), field="on")
    return call.run(DAY, DayView, _close_forgotten, on=on)


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
    Window.objects.filter(org_unit=call.branch, open=True).update(open=False, since=call.now)
    return _end(call, day, call.now)


def _close_forgotten(call: Call, *, on: date) -> DayView:
    day = BranchDay.objects.select_for_update().filter(org_unit=call.branch, business_date=on).first()
    if day is None or day.closed_at is not None:
        return DayView(business_date=on, open=False)
    last = datetime.combine(on + timedelta(days=1), time.min, ZoneInfo(call.branch.time_zone)) - timedelta(seconds=1)
    unfinished = Ticket.objects.filter(org_unit=call.branch, business_date=on, state__in=lifecycle.AT_COUNTER)
    unfinished.filter(vendor_ref="").update(state=lifecycle.CANCELLED, reason="unfinished")
    began = Window.objects.filter(org_unit=call.branch, open=True, since__lte=last)
    began.update(open=False, since=last)
    return _end(call, day, last)


def _end(call: Call, day: BranchDay, at: datetime) -> DayView:
    """Whoever still waits is gone, people are off duty, tickets become the day's log."""
    on = day.business_date
    left_over = Ticket.objects.filter(
        org_unit=call.branch, business_date=on, state__in=[lifecycle.WAITING, lifecycle.HELD, *lifecycle.AT_COUNTER]
    )
    left_over.update(state=lifecycle.ABANDONED, left_at=at, reason="closing")
    Duty.objects.filter(org_unit=call.branch, business_date=on).update(
        place="gone", counter=None, break_until=None, since=at
    )
    day.closed_at = at
    day.save(update_fields=["closed_at", "org_path"])
    numbers = fold(call.branch, on, call.now).summary
    left = numbers["arrivals"] - numbers["served"]
    call.note(
        "onsite.day_closed", on.isoformat(), date=on.isoformat(), arrivals=numbers["arrivals"],
        served=numbers["served"], left=left,
    )  # fmt: skip
    return DayView(business_date=on, open=False, arrivals=numbers["arrivals"], served=numbers["served"], left=left)


def fold(branch: OrgUnit, on: date, now: datetime) -> DayLog:
    """Write the log of a live day from its tickets; they win over a history that was brought in for the same date."""
    tickets = Ticket.objects.filter(org_unit=branch, business_date=on).select_related("server", "counter")
    columns = daylog.from_rows(ticket_rows(list(tickets.order_by("taken_at", "id")), branch, on))
    payload = daylog.pack(columns)
    DayLog.objects.filter(org_unit=branch, business_date=on).delete()
    row = DayLog(
        org_unit=branch, business_date=on, source="live", digest=hashlib.sha256(payload).hexdigest(),
        tickets=len(columns), summary=daylog.summary(columns), payload=payload, written_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    return row
