"""Reads of single tickets and of the people who may be seated."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, OrgUnit, Scope, colleagues, scoped
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.models import Duty, Ticket
from counterpoint.onsite.rules import calling
from counterpoint.onsite.state import hall_of, order_of, plans_of
from counterpoint.onsite.values import TicketView, ticket_view


@dataclass(frozen=True)
class Staff:
    """A person of the branch and where they are now."""

    id: UUID
    name: str
    place: str
    counter: int | None
    lunch: tuple[int, int] | None = None


def ticket(*, scope: Scope, branch: OrgUnit, ticket: UUID, now: datetime) -> TicketView:
    """One ticket with the number of people ahead now; `NotFound` outside the branch or scope."""
    with scoped(scope):
        row = Ticket.objects.filter(org_unit=branch, pk=ticket).select_related("counter").first()
        if row is None:
            raise NotFound(_("There is no such ticket here."))
        if row.state != "waiting":
            return ticket_view(row)
        hall = hall_of(scope=scope, branch=branch, now=now)
    rivals = calling.rivals_of(row.service, [p.services for p in hall.posts if p.able])
    ahead = sum(1 for t in hall.waiting if t.service in rivals and order_of(t) < order_of(row))
    return ticket_view(row, ahead=ahead)


def people(*, scope: Scope, branch: OrgUnit, now: datetime) -> tuple[Staff, ...]:
    """Everybody with a post at the branch today, by name, with where they are and the lunch still planned."""
    on = business_date(branch, now)
    with scoped(scope):
        rows = Duty.objects.filter(org_unit=branch, business_date=on).select_related("counter")
        places = {d.user_id: (d.place, d.counter.number if d.counter else None) for d in rows}
    plans = plans_of(scope=scope, branch=branch, on=on, now=now)
    return tuple(
        Staff(c.id, c.name, *places.get(c.id, ("", None)), plans[c.id].lunch if c.id in plans else None)
        for c in colleagues(scope=scope, org_unit=branch, on=on)
    )
