"""Reads of advice: the one that counts now, how good the advisor has been, and what really came."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from counterpoint.foundation.api import OrgUnit, Scope, User, enter, scoped
from counterpoint.onsite.calibrated import newest
from counterpoint.onsite.models import Advice, Ticket
from counterpoint.onsite.models.advice import TAKEN
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.verbs import VIEW

SHOWN_FOR = timedelta(minutes=15)
RECORD = 50


@dataclass(frozen=True)
class Record:
    """The last advice whose hour is over: how many, how many came as predicted, how many were taken."""

    scored: int
    hits: int
    taken: int


@dataclass(frozen=True)
class Current:
    """The newest advice (None: none in the last quarter hour), the names of people it speaks of, the track record, and
    the status of the newest check of the twin (None: never checked)."""

    advice: Advice | None
    names: dict[str, str]
    record: Record
    trust: str | None = None


def current(*, scope: Scope, branch: OrgUnit, now: datetime) -> Current:
    """What the hall's screen shows of the advisor (four statements)."""
    enter(scope, branch, VIEW)
    with scoped(scope):
        mine = Advice.objects.filter(org_unit=branch).select_related("user", "counter")
        row = mine.filter(at__gt=now - SHOWN_FOR, at__lte=now).order_by("-at").first()
        scored = mine.filter(scored_at__isnull=False).order_by("-at").values_list("hit", "state")[:RECORD]
        done = list(scored)
        people = {o["user"] for o in _options(row) if o["user"]}
        check = newest(branch, "id", "status")
        names = {str(pk): name for pk, name in User.objects.filter(pk__in=people).values_list("pk", "name")}
    record = Record(len(done), sum(1 for hit, _s in done if hit), sum(1 for _h, s in done if s == TAKEN))
    return Current(row, names, record, check.status if check else None)


def _options(row: Advice | None) -> list[dict[str, Any]]:
    if row is None:
        return []
    found = [row.predicted["chosen"], row.predicted["nothing"], *row.predicted["others"]]
    return [*found, *(step for option in found for step in option.get("steps", ()))]


def realised(branch: OrgUnit, on: date, at: datetime, until: datetime) -> dict[str, float]:
    """P90 of the waits and the walk-outs among those who waited at `at` or came until `until`; in the caller's scope.

    A wait that goes on at `until` counts as far as it got; guided and cancelled tickets are left out.
    """
    rows = Ticket.objects.filter(org_unit=branch, business_date=on, taken_at__lt=until)
    import numpy as np

    waits: list[float] = []
    gone = 0
    for state, since, called, left in rows.exclude(state=lifecycle.CANCELLED).values_list(
        "state", "seniority_at", "called_at", "left_at"
    ):
        end = min(until, called or left or until)
        if end < at:
            continue
        waits.append(max(0.0, (end - since).total_seconds() / 60))
        gone += state == lifecycle.ABANDONED and left is not None and at <= left < until
    p90 = round(float(np.quantile(waits, 0.9)), 2) if waits else 0.0
    return {"p90_wait": p90, "walkouts": float(gone), "people": len(waits)}
