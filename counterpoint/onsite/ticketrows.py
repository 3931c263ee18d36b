"""Tickets of a live day as the plain rows that a day's log is packed from."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import OrgUnit
from counterpoint.onsite.localtime import seconds_of
from counterpoint.onsite.models import Ticket
from counterpoint.onsite.rules import lifecycle

OUTCOME_OF = {
    lifecycle.SERVED: "served",
    lifecycle.ABANDONED: "abandoned",
    lifecycle.NO_SHOW: "abandoned",
    lifecycle.WAITING: "waiting",
}


def ticket_rows(tickets: list[Ticket], branch: OrgUnit, on: date) -> list[dict[str, Any]]:
    """Plain rows of a day log; a diverted, cancelled or unfinished ticket has the outcome ``unknown``."""
    zone = ZoneInfo(branch.time_zone)
    return [
        {
            "ticket": t.label, "service": t.service, "tier": t.tier, "server": t.server.staff_no if t.server else "",
            "outcome": OUTCOME_OF.get(t.state, "unknown"), "taken": seconds_of(zone, on, t.taken_at),
            "called": seconds_of(zone, on, t.called_at), "finished": seconds_of(zone, on, t.finished_at),
            "left": seconds_of(zone, on, t.left_at), "low": t.promise_low, "high": t.promise_high,
            "window": str(t.counter.number) if t.counter else "",
        }
        for t in tickets
    ]  # fmt: skip
