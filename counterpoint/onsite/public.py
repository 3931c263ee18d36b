"""The ticket on the customer's own phone, opened by an unguessable code: no account, no personal data."""

from dataclasses import dataclass
from datetime import datetime

from counterpoint.foundation.api import NotFound, OrgUnit, Scope, scoped, system_scope, unscoped
from counterpoint.onsite import futures
from counterpoint.onsite.actions.tickets import ticket_cancel, ticket_delay
from counterpoint.onsite.codes import CODE
from counterpoint.onsite.models import Ticket
from counterpoint.onsite.rules import calling, lifecycle
from counterpoint.onsite.state import hall_of, order_of
from counterpoint.onsite.values import TicketView
from counterpoint.onsite.verbs import LEAVE, VIEW


@dataclass(frozen=True)
class PhoneTicket:
    """What the phone shows. `low`–`high` are minutes from now; None once the ticket is called or over."""

    ticket: Ticket
    branch: OrgUnit
    service: str
    ahead: int
    low: float | None
    high: float | None
    by: str

    @property
    def over(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self.ticket.state in lifecycle.OVER


def _found(code: str) -> tuple[Ticket, Scope]:
    if not CODE.match(code):
        raise NotFound("There is no such ticket.")
    with unscoped("a customer's phone opens its ticket by an unguessable code"):
        rows = Ticket.objects.select_related("org_unit", "counter")
        ticket = rows.filter(public_code=code).first()
    if ticket is None:
        raise NotFound("There is no such ticket.")
    return ticket, system_scope((VIEW, LEAVE), (ticket.org_unit.path,), label="phone")


def phone_ticket(*, code: str, now: datetime, language: str) -> PhoneTicket:
    """The ticket with people ahead and the range as it is now; `NotFound` for an unknown code."""
    ticket, scope = _found(code)
    with scoped(scope):
        return _shown(ticket, scope, now, language)


def _shown(ticket: Ticket, scope: Scope, now: datetime, language: str) -> PhoneTicket:
    branch = ticket.org_unit
    hall = hall_of(scope=scope, branch=branch, now=now)
    known = hall.content.services.get(ticket.service)
    name = known.name(language) if known else ticket.service
    if ticket.state != lifecycle.WAITING or ticket.business_date != hall.on:
        return PhoneTicket(ticket, branch, name, 0, None, None, "")
    rivals = calling.rivals_of(ticket.service, [p.services for p in hall.posts if p.able])
    ahead = sum(1 for t in hall.waiting if t.service in rivals and order_of(t) < order_of(ticket))
    found = futures.promise(hall, ticket.service, order_of(ticket))
    return PhoneTicket(ticket, branch, name, ahead, found.low, found.high, found.by)


def cancel(*, code: str, now: datetime) -> TicketView:
    """The customer gives the ticket back."""
    ticket, scope = _found(code)
    return ticket_cancel(scope=scope, branch=ticket.org_unit, now=now, ticket=ticket.pk)


def delay(*, code: str, now: datetime, minutes: int = 5) -> TicketView:
    """The customer comes some minutes later; the place in the queue stays."""
    ticket, scope = _found(code)
    return ticket_delay(scope=scope, branch=ticket.org_unit, now=now, ticket=ticket.pk, minutes=minutes)
