"""The desk as data: whose it is, what day it is, and what this hour asks for. Composes; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import OrgUnit, Scope, roles, roles_of
from counterpoint.primitives import metrics
from counterpoint.role import numbers
from counterpoint.role.services import tiers
from counterpoint.role.today import Today, day_at

if TYPE_CHECKING:
    import pandas as pd
    from django.http import HttpRequest

    from counterpoint.foundation.api import User

TICKETS = "onsite.tickets"
SHIFTS = "team.shifts"
FORECAST = "team.forecast"

ASKS: dict[str, tuple[Promise, Promise]] = {
    "pre_open": (_("Is the branch ready to open?"), _("People, machines, forecast, morning sheet.")),
    "open": (_("Does everybody get served in time?"), _("Who waits, what the next two hours bring, one best step.")),
    "lunch": (_("Does the lunch rotation hold?"), _("Counters that stay open while people eat in turn.")),
    "peak": (_("Does the afternoon peak stay within the promise?"), _("Waits against promise, counters to open.")),
    "close": (_("Is everybody served by closing?"), _("Who still waits, what has to be finished today.")),
    "evening": (_("How was the day, and is tomorrow prepared?"), _("Evening sheet, tomorrow's peak and roster.")),
}

OWN_PAGES = {"teller": "onsite:console", "lobby_manager": "onsite:lobby"}
CHOICE = "desk-choice"


@dataclass(frozen=True)
class TicketDay:
    """Tickets of one business date with the numbers read off them; `known` is False when no room offers tickets."""

    frame: pd.DataFrame | None
    numbers: numbers.DayNumbers

    @property
    def known(self) -> bool:
        """Whether there was a source to ask."""
        return self.frame is not None


def fetch(key: str, *, scope: Scope, branch: OrgUnit, today: Today) -> pd.DataFrame | None:
    """A source's rows of one business date; None when no room registered the key."""
    if not available(key):
        return None
    until = type(today.date).fromordinal(today.date.toordinal() + 1)
    return metrics.fetch(key, scope=scope, branch=branch, since=today.date, until=until)


def available(key: str) -> bool:
    """Whether some room offers the series."""
    return any(source.key == key for source in metrics.sources())


def promises_of(today: Today, pack: str) -> dict[str, float]:
    """Promised minutes by tier, the one called first first."""
    return {key: tier.promise_minutes for key, tier in tiers(today.date, pack).items()}


def ticket_day(*, scope: Scope, branch: OrgUnit, today: Today) -> TicketDay:
    """The tickets of a date and their numbers."""
    frame = fetch(TICKETS, scope=scope, branch=branch, today=today)
    if frame is None:
        return TicketDay(None, numbers.EMPTY)
    return TicketDay(frame, numbers.numbers_of(frame, promises_of(today, branch.rule_pack)))


def prepare(request: HttpRequest, now: datetime) -> Today | None:
    """Give the shell the branch's day-line and live stream; the day of the request's branch, None without one."""
    branch: Any = request.branch  # type: ignore[attr-defined]
    if not branch:
        return None
    today = day_at(branch, now)
    request.branch_day = today.branch_day  # type: ignore[attr-defined]
    request.live_url = reverse("foundation:live", args=[branch.code])  # type: ignore[attr-defined]
    return today


def own_page(user: User, today: Today) -> str:
    """The working page of somebody who stands in the hall rather than at the desk; empty for everybody else."""
    held = roles_of(user, today.date) - roles.MEMBERS
    for role in sorted(held):
        if role not in OWN_PAGES:
            return ""
    for role, name in OWN_PAGES.items():
        if role in held:
            try:
                return reverse(name)
            except NoReverseMatch:
                return ""
    return ""
