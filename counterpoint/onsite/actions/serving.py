"""What a counter does with tickets: call, start, hold, resume, hand over, finish, no-show."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Counter, DomainError, Forbidden, Invalid, NotFound, OrgUnit, Scope
from counterpoint.onsite.actions.tickets import LAST, about, find, issue, next_number, open_day, step
from counterpoint.onsite.codes import public_code
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import Duty, Ticket, Window
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.rules.promise import kept, waited_minutes
from counterpoint.onsite.state import Post, hall_of, post_of
from counterpoint.onsite.values import TicketView, ticket_view
from counterpoint.onsite.verbs import CALL, INGEST, RUN

TRIES = 50


class WindowShut(DomainError):
    """The window is closed or nobody sits there."""

    code = "window_closed"


class CounterBusy(DomainError):
    """The counter still has a ticket."""

    code = "counter_busy"


class NothingWaiting(DomainError):
    """Nobody waits for what this counter can do."""

    code = "nothing_waiting"


def ticket_call_next(*, scope: Scope, branch: OrgUnit, now: datetime, counter: int, key: str = "") -> TicketView:
    """Call the next ticket to a counter (by number): highest priority first, then seniority, within its services.

    Two counters never get the same ticket, and no ticket that may be called is passed over.
    """
    return Call(scope, branch, now, key).run(CALL, TicketView, _call_next, counter=counter)


def ticket_call(
    *, scope: Scope, branch: OrgUnit, now: datetime, counter: int, ticket: UUID, key: str = ""
) -> TicketView:
    """Call one certain waiting ticket, or call the counter's present ticket again."""
    return Call(scope, branch, now, key).run(CALL, TicketView, _call, counter=counter, ticket=ticket)


def call_undo(*, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, key: str = "") -> TicketView:
    """Take back a call that was a slip; the ticket waits again in its old place."""
    return Call(scope, branch, now, key).run(CALL, TicketView, _undo, ticket=ticket)


def ticket_start(*, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, key: str = "") -> TicketView:
    """The customer has come to the counter."""
    return Call(scope, branch, now, key).run(CALL, TicketView, _start, ticket=ticket)


def ticket_hold(*, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, key: str = "") -> TicketView:
    """The customer steps aside (a form, a document); the counter is free for the next."""
    return Call(scope, branch, now, key).run(CALL, TicketView, _hold, ticket=ticket)


def ticket_resume(
    *, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, counter: int, key: str = ""
) -> TicketView:
    """The customer comes back, to this or another free counter."""
    return Call(scope, branch, now, key).run(CALL, TicketView, _resume, ticket=ticket, counter=counter)


def ticket_hand_over(
    *, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, service: str, key: str = ""
) -> TicketView:
    """End here and wait for another service with a new ticket that keeps the seniority of the arrival; answers the new
    ticket."""
    return Call(scope, branch, now, key).run(CALL, TicketView, _hand_over, ticket=ticket, service=service)


def ticket_finish(*, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, key: str = "") -> TicketView:
    """The service is done."""
    return Call(scope, branch, now, key).run(CALL, TicketView, _finish, ticket=ticket)


def ticket_no_show(*, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, key: str = "") -> TicketView:
    """The called customer did not come."""
    return Call(scope, branch, now, key).run(CALL, TicketView, _no_show, ticket=ticket)


def ready_post(call: Call, number: int) -> Post:
    """The counter, locked, if it may call now: open, staffed, free, and the caller's own unless they run the hall."""
    counter = Counter.objects.filter(org_unit=call.branch, number=number).first()
    if counter is None:
        raise NotFound(_("There is no counter %(number)s here.") % {"number": number})
    window = Window.objects.select_for_update().filter(org_unit=call.branch, counter=counter).first()
    duty = Duty.objects.filter(org_unit=call.branch, business_date=call.on, counter=counter, place="counter").first()
    if window is None or not window.open or duty is None:
        raise WindowShut(_("Window %(number)s is not open. Open it first.") % {"number": number})
    own_post(call, duty)
    held = Ticket.objects.filter(org_unit=call.branch, counter=counter, state__in=lifecycle.AT_COUNTER).first()
    if held is not None:
        raise CounterBusy(
            _("%(label)s is still at window %(number)s. Finish it first.") % {"label": held.label, "number": number},
            ticket=str(held.pk),
        )
    return post_of(counter, window, duty, call.content, None)


def own_post(call: Call, duty: Duty | None) -> None:
    """A teller acts at the own counter only; hall management, machines and the system act anywhere in the branch."""
    path = call.branch.path
    free = call.scope.actor is None or call.scope.may(RUN, path) or call.scope.may(INGEST, path)
    if not free and (duty is None or duty.user_id != call.scope.actor):
        raise Forbidden(_("This is another person's window. Ask the supervisor to move you there."))


def _candidates(call: Call, post: Post) -> list[Ticket]:
    ready = Q(not_before__isnull=True) | Q(not_before__lte=call.now)
    rows = Ticket.objects.filter(
        ready, org_unit=call.branch, business_date=call.on, state=lifecycle.WAITING, service__in=post.services
    )
    return list(rows[:3])


def _call_next(call: Call, *, counter: int) -> TicketView:
    post = ready_post(call, counter)
    for _try in range(TRIES):
        candidates = _candidates(call, post)
        if not candidates:
            raise NothingWaiting(_("Nobody waits for this window."))
        for ticket in candidates:
            if _claim(call, ticket, post):
                return _called(call, ticket, post)
    raise NothingWaiting(_("Other windows were faster. Press again."))


def _claim(call: Call, ticket: Ticket, post: Post) -> bool:
    """One guarded update decides between counters that call at the same time."""
    waiting = Ticket.objects.filter(pk=ticket.pk, state=lifecycle.WAITING)
    changes = {"called_at": call.now, "calls": ticket.calls + 1, "counter": post.counter, "not_before": None}
    server = post.duty.user_id if post.duty else None
    if not waiting.update(state=lifecycle.CALLED, server_id=server, **changes):
        return False
    for field, value in {**changes, "state": lifecycle.CALLED, "server_id": server}.items():
        setattr(ticket, field, value)
    return True


def _called(call: Call, ticket: Ticket, post: Post) -> TicketView:
    waited = waited_minutes(ticket.taken_at, call.now)
    call.note(
        "onsite.ticket_called", ticket.pk, **about(ticket), counter=post.counter.number, calls=ticket.calls,
        waited=round(waited, 1), kept=kept(waited, ticket.promise_high),
    )  # fmt: skip
    return ticket_view(ticket)


def _call(call: Call, *, counter: int, ticket: UUID) -> TicketView:
    row = find(call, ticket)
    if row.state == lifecycle.CALLED and row.counter is not None and row.counter.number == counter:
        own_post(call, _duty_of(call, row))
        step(row, "recall", calls=row.calls + 1)
        call.note("onsite.ticket_recalled", row.pk, **about(row), counter=counter, calls=row.calls)
        return ticket_view(row)
    post = ready_post(call, counter)
    if row.service not in post.services:
        raise Invalid(_("Window %(number)s cannot do this service.") % {"number": counter}, field="counter")
    if row.state != lifecycle.WAITING or not _claim(call, row, post):
        step(row, "call")
    return _called(call, row, post)


def _duty_of(call: Call, ticket: Ticket) -> Duty | None:
    return Duty.objects.filter(
        org_unit=call.branch, business_date=call.on, user_id=ticket.server_id, counter_id=ticket.counter_id
    ).first()


def _mine(call: Call, ticket: UUID) -> Ticket:
    row = find(call, ticket)
    own_post(call, _duty_of(call, row))
    return row


def _number(ticket: Ticket) -> int | None:
    return ticket.counter.number if ticket.counter else None


def _undo(call: Call, *, ticket: UUID) -> TicketView:
    row = _mine(call, ticket)
    number = _number(row)
    step(row, "undo_call", called_at=None, counter=None, server=None, calls=max(0, row.calls - 1))
    call.note("onsite.ticket_call_undone", row.pk, **about(row), counter=number)
    return ticket_view(row)


def _start(call: Call, *, ticket: UUID) -> TicketView:
    row = step(_mine(call, ticket), "start", started_at=call.now)
    call.note("onsite.ticket_started", row.pk, **about(row), counter=_number(row))
    return ticket_view(row)


def _hold(call: Call, *, ticket: UUID) -> TicketView:
    row = _mine(call, ticket)
    number = _number(row)
    step(row, "hold", held_at=call.now)
    call.note("onsite.ticket_held", row.pk, **about(row), counter=number)
    return ticket_view(row)


def _resume(call: Call, *, ticket: UUID, counter: int) -> TicketView:
    row = find(call, ticket)
    post = ready_post(call, counter)
    held = row.held_seconds + _seconds_held(row, call.now)
    server = post.duty.user if post.duty else None
    step(row, "resume", held_at=None, held_seconds=held, counter=post.counter, server=server)
    call.note("onsite.ticket_resumed", row.pk, **about(row), counter=counter)
    return ticket_view(row)


def _seconds_held(ticket: Ticket, now: datetime) -> int:
    return max(0, int((now - ticket.held_at).total_seconds())) if ticket.held_at else 0


def _hand_over(call: Call, *, ticket: UUID, service: str) -> TicketView:
    row = _mine(call, ticket)
    content = call.content
    if service not in content.services:
        raise Invalid(_("There is no service “%(key)s”.") % {"key": service}, field="service")
    open_day(call)
    started = row.started_at or call.now
    held = row.held_seconds + _seconds_held(row, call.now)
    step(row, "hand_over", started_at=started, finished_at=call.now, held_seconds=held, reason="handed_over")
    letter = content.services[service].letter
    onward = Ticket(
        org_unit=call.branch, business_date=call.on, letter=letter, number=next_number(call, letter),
        service=service, tier=row.tier, vulnerable=row.vulnerable, priority=row.priority, channel=row.channel,
        taken_at=call.now, seniority_at=row.seniority_at, previous=row, public_code=public_code(),
    )  # fmt: skip
    hall = hall_of(scope=call.scope, branch=call.branch, now=call.now)
    promise = hall.promise(service, (row.priority, row.seniority_at, LAST))
    issue(onward, promise)
    call.note(
        "onsite.ticket_handed_over", row.pk, **about(row), counter=_number(row), to_ticket=str(onward.pk),
        to_service=service,
    )  # fmt: skip
    _leave_closed_window(call, row)
    return ticket_view(onward, ahead=promise.ahead)


def _finish(call: Call, *, ticket: UUID) -> TicketView:
    row = step(_mine(call, ticket), "finish", finished_at=call.now)
    minutes = round((call.now - (row.started_at or call.now)).total_seconds() / 60, 1)
    call.note("onsite.ticket_finished", row.pk, **about(row), counter=_number(row), minutes=minutes)
    _leave_closed_window(call, row)
    return ticket_view(row)


def _no_show(call: Call, *, ticket: UUID) -> TicketView:
    row = step(_mine(call, ticket), "no_show", left_at=call.now)
    call.note("onsite.ticket_no_show", row.pk, **about(row), counter=_number(row))
    _leave_closed_window(call, row)
    return ticket_view(row)


def _leave_closed_window(call: Call, ticket: Ticket) -> None:
    """After the last customer of a closed window its person goes to the back office."""
    closed = Window.objects.filter(org_unit=call.branch, counter_id=ticket.counter_id, open=False).exists()
    busy = Ticket.objects.filter(
        org_unit=call.branch, counter_id=ticket.counter_id, state__in=lifecycle.AT_COUNTER, vendor_ref=""
    ).exists()
    if closed and not busy:
        Duty.objects.filter(
            org_unit=call.branch, business_date=call.on, counter_id=ticket.counter_id, place="counter"
        ).update(place="back_office", counter=None, since=call.now)
