"""A waiting ticket taken before others, within the rules of fairness, and put back."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, Invalid, OrgUnit, Scope
from counterpoint.onsite import ordering
from counterpoint.onsite.actions.tickets import about, find, step
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import BranchDay, Ticket
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.values import TicketView, ticket_view
from counterpoint.onsite.verbs import RUN

REASONS = frozenset({"by_hand", "promise", "patience"})


class Unfair(DomainError):
    """The rules of fairness forbid that this ticket goes before others."""

    code = "unfair"
    status = 409


def ticket_first(
    *, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, reason: str = "by_hand", key: str = ""
) -> TicketView:
    """Let the next free window that can serve it call this ticket before the others of its priority.

    `reason` is by_hand, promise (kept only so) or patience (the customer would likely leave); `Unfair` when content's
    rules of fairness forbid it.
    """
    return Call(scope, branch, now, key).run(RUN, TicketView, take_first, ticket=ticket, reason=reason)


def ticket_put_back(*, scope: Scope, branch: OrgUnit, now: datetime, ticket: UUID, key: str = "") -> TicketView:
    """Undo: the ticket waits in its old place again."""
    return Call(scope, branch, now, key).run(RUN, TicketView, _put_back, ticket=ticket)


def take_first(call: Call, *, ticket: UUID, reason: str) -> TicketView:
    """Judge and move; part of a call that has begun."""
    if reason not in REASONS:
        raise Invalid(_("There is no reason “%(key)s”.") % {"key": reason}, field="reason")
    row = find(call, ticket)
    overtaken = 0
    if row.state == lifecycle.WAITING:
        days = BranchDay.objects.filter(org_unit=call.branch, business_date=call.on)
        days.select_for_update().first()  # one at a time: two tickets first would not see each other
        hall = hall_of(scope=call.scope, branch=call.branch, now=call.now)
        why, overtaken = ordering.refusal(hall, row)
        if why:
            rules = call.content.advice.fairness
            raise Unfair(_words(why, row, rules.places, rules.longer), why=why)
    step(row, "first", first=True)
    call.note("onsite.ticket_put_first", row.pk, **about(row), reason=reason, overtaken=overtaken)
    return ticket_view(row)


def _words(why: str, ticket: Ticket, places: int, longer: float) -> str:
    texts = {
        "unknown": _("No open window can serve %(label)s now."),
        "later": _("%(label)s asked to be called later."),
        "twice": _("%(label)s was already taken first."),
        "another": _("Another ticket that was taken first still waits for the same windows."),
        "ahead": _("%(label)s is the first in its order anyway."),
        "care": _("%(label)s would go before a customer who needs care."),
        "places": _("%(label)s would go before more than %(places)d others."),
        "longer": _("Somebody would have to wait more than %(longer)d minutes longer."),
        "late": _("%(label)s would go before somebody who waits beyond the promise already."),
        "promise": _("The promise to somebody else would be broken."),
    }
    return texts[why] % {"label": ticket.label, "places": places, "longer": round(longer)}


def _put_back(call: Call, *, ticket: UUID) -> TicketView:
    row = find(call, ticket)
    if row.state == lifecycle.WAITING and not row.first:
        raise Invalid(_("%(label)s was not taken first.") % {"label": row.label})
    step(row, "put_back", first=False)
    call.note("onsite.ticket_put_back", row.pk, **about(row))
    return ticket_view(row)
