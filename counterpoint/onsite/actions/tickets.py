"""What happens to a ticket before and beside the counter: taken, cancelled, left, delayed, marked, guided away."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, Invalid, NotFound, OrgUnit, Scope
from counterpoint.onsite import futures
from counterpoint.onsite.codes import public_code
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import BranchDay, Series, Ticket
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.rules.promise import Promise
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.values import TicketView, ticket_view
from counterpoint.onsite.verbs import LEAVE, RUN, TAKE

CHANNELS = frozenset({"kiosk", "phone", "api", "staff", "simulated"})
LAST = "~"  # sorts behind every id


class DayClosed(DomainError):
    """The business day is closed: no more tickets."""

    code = "day_closed"


class WrongStep(DomainError):
    """The ticket is in a state from which this step does not lead."""

    code = "wrong_step"


def ticket_take(
    *,
    scope: Scope,
    branch: OrgUnit,
    now: datetime,
    service: str,
    tier: str = "standard",
    vulnerable: bool = False,
    channel: str = "kiosk",
    key: str = "",
) -> TicketView:
    """Give out a ticket with a number, a promise and the number of people ahead."""
    call = Call(scope, branch, now, key)

    def offer() -> Promise | None:
        content = call.content
        if service not in content.services or tier not in content.tiers:
            return None
        priority = lifecycle.priority_of(content.tiers[tier].priority, vulnerable, content.first_priority)
        return futures.promise(hall_of(scope=scope, branch=branch, now=now), service, (priority, now, LAST))

    inputs = {"service": service, "tier": tier, "vulnerable": vulnerable, "channel": channel}
    return call.run(TAKE, TicketView, _take, first=offer, **inputs)


def ticket_cancel(
    *, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, reason: str = "by_customer", key: str = ""
) -> TicketView:
    """The customer gives the ticket back."""
    return Call(scope, branch, now, key).run(LEAVE, TicketView, _cancel, ticket=ticket, reason=reason)


def ticket_abandon(*, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, key: str = "") -> TicketView:
    """The customer walked out."""
    return Call(scope, branch, now, key).run(LEAVE, TicketView, _abandon, ticket=ticket)


def ticket_delay(
    *, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, minutes: int = 5, key: str = ""
) -> TicketView:
    """The customer asks not to be called for some minutes; the place in the order stays."""
    return Call(scope, branch, now, key).run(LEAVE, TicketView, _delay, ticket=ticket, minutes=minutes)


def ticket_flag(
    *, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, vulnerable: bool = True, key: str = ""
) -> TicketView:
    """Mark a customer who needs care: called with the first tier, never guided to a machine."""
    return Call(scope, branch, now, key).run(RUN, TicketView, _flag, ticket=ticket, vulnerable=vulnerable)


def ticket_divert(*, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, key: str = "") -> TicketView:
    """Guide a waiting customer to a machine; refused for vulnerable customers and when no machine works."""
    return Call(scope, branch, now, key).run(RUN, TicketView, _divert, ticket=ticket)


def _take(
    call: Call, *, service: str, tier: str, vulnerable: bool, channel: str, prepared: Promise | None
) -> TicketView:
    content = call.content
    if service not in content.services:
        raise Invalid(_("There is no service “%(key)s”.") % {"key": service}, field="service")
    if tier not in content.tiers or prepared is None:
        raise Invalid(_("There is no tier “%(key)s”.") % {"key": tier}, field="tier")
    if channel not in CHANNELS:
        raise Invalid(_("There is no channel “%(key)s”.") % {"key": channel}, field="channel")
    open_day(call)
    priority = lifecycle.priority_of(content.tiers[tier].priority, vulnerable, content.first_priority)
    letter = content.services[service].letter
    ticket = Ticket(
        org_unit=call.branch, business_date=call.on, letter=letter, number=next_number(call, letter), service=service,
        tier=tier, vulnerable=vulnerable, priority=priority, channel=channel, taken_at=call.now, seniority_at=call.now,
        public_code=public_code(),
    )  # fmt: skip
    issue(ticket, prepared)
    call.note(
        "onsite.ticket_taken", ticket.pk, ticket=str(ticket.pk), label=ticket.label, service=service, tier=tier,
        channel=channel, low=prepared.low, high=prepared.high, by=prepared.by,
    )  # fmt: skip
    return ticket_view(ticket, ahead=prepared.ahead)


def issue(ticket: Ticket, promise: Promise) -> None:
    """Label, promise and insert a new ticket."""
    ticket.label = lifecycle.label_of(ticket.letter, ticket.number)
    ticket.promise_low, ticket.promise_high, ticket.promised_by = promise.low, promise.high, promise.by
    ticket.save(force_insert=True)


def open_day(call: Call) -> BranchDay:
    """Today's row, begun by the first thing that happens; refuses a day that was closed."""
    day = BranchDay.objects.filter(org_unit=call.branch, business_date=call.on).first()
    if day is None:
        day = BranchDay(org_unit=call.branch, business_date=call.on, opened_at=call.now)
        try:
            with transaction.atomic():
                day.save(force_insert=True)
        except IntegrityError:
            day = BranchDay.objects.get(org_unit=call.branch, business_date=call.on)
    if day.closed_at is not None:
        raise DayClosed(_("The day is closed; tickets are given out again tomorrow."))
    return day


def next_number(call: Call, letter: str) -> int:
    """The next number under a letter today: one guarded increment, safe against a parallel kiosk."""
    mine = Series.objects.filter(org_unit=call.branch, business_date=call.on, letter=letter)
    if not mine.update(last=F("last") + 1):
        try:
            with transaction.atomic():
                Series(org_unit=call.branch, business_date=call.on, letter=letter, last=1).save(force_insert=True)
            return 1
        except IntegrityError:
            mine.update(last=F("last") + 1)
    return mine.values_list("last", flat=True).get()


def find(call: Call, ticket: UUID) -> Ticket:
    """The branch's ticket, its row locked; `NotFound` when it is absent or another branch's."""
    rows = Ticket.objects.filter(org_unit=call.branch, pk=ticket)
    row = rows.select_for_update(of=("self",)).select_related("counter").first()
    if row is None:
        raise NotFound(_("There is no such ticket here."))
    return row


def step(ticket: Ticket, name: str, **changes: object) -> Ticket:
    """Move a ticket on by a guarded update; `WrongStep` when its state does not allow it (any more)."""
    target = lifecycle.next_state(name, ticket.state)
    moved = target is not None and Ticket.objects.filter(pk=ticket.pk, state=ticket.state).update(
        state=target, **changes
    )
    if not moved:
        raise WrongStep(
            _("%(label)s is %(state)s; this step is not possible now.")
            % {"label": ticket.label, "state": state_words()[ticket.state]},
            state=ticket.state,
            step=name,
        )
    for field, value in {**changes, "state": target}.items():
        setattr(ticket, field, value)
    return ticket


def state_words() -> dict[str, str]:
    """States in the reader's language."""
    return {
        "waiting": _("waiting"), "called": _("called"), "serving": _("being served"), "held": _("on hold"),
        "served": _("served"), "abandoned": _("gone"), "cancelled": _("cancelled"), "no_show": _("not come"),
    }  # fmt: skip


def _cancel(call: Call, *, ticket: UUID, reason: str) -> TicketView:
    row = step(find(call, ticket), "cancel", left_at=call.now, reason=reason)
    call.note("onsite.ticket_cancelled", row.pk, **about(row), reason=reason)
    return ticket_view(row)


def _abandon(call: Call, *, ticket: UUID) -> TicketView:
    row = step(find(call, ticket), "abandon", left_at=call.now)
    minutes = round((call.now - row.taken_at).total_seconds() / 60, 1)
    call.note("onsite.ticket_abandoned", row.pk, **about(row), minutes=minutes)
    return ticket_view(row)


def _delay(call: Call, *, ticket: UUID, minutes: int) -> TicketView:
    if not 1 <= minutes <= 30:
        raise Invalid(_("Between 1 and 30 minutes are possible."), field="minutes")
    row = step(find(call, ticket), "delay", not_before=call.now + timedelta(minutes=minutes))
    call.note("onsite.ticket_delayed", row.pk, **about(row), minutes=minutes)
    return ticket_view(row)


def _flag(call: Call, *, ticket: UUID, vulnerable: bool) -> TicketView:
    row = find(call, ticket)
    own = call.content.tiers[row.tier].priority if row.tier in call.content.tiers else row.priority
    priority = lifecycle.priority_of(own, vulnerable, call.content.first_priority)
    step(row, "flag", vulnerable=vulnerable, priority=priority, first=False)
    call.note("onsite.ticket_flagged", row.pk, **about(row), vulnerable=vulnerable)
    return ticket_view(row)


def _divert(call: Call, *, ticket: UUID) -> TicketView:
    row = find(call, ticket)
    if row.vulnerable:
        raise Invalid(_("%(label)s is marked for care and is never sent to a machine.") % {"label": row.label})
    service = call.content.services.get(row.service)
    hall = hall_of(scope=call.scope, branch=call.branch, now=call.now)
    works = service is not None and any(d.kind == service.device and d.in_service for d in hall.devices)
    if service is None or service.device is None or not works:
        raise Invalid(_("No machine here can do this service now."))
    step(row, "divert", left_at=call.now, reason="diverted")
    call.note("onsite.ticket_diverted", row.pk, **about(row), device_kind=service.device)
    return ticket_view(row)


def about(ticket: Ticket) -> dict[str, str]:
    """What every entry says about its ticket."""
    return {"ticket": str(ticket.pk), "label": ticket.label, "service": ticket.service}
