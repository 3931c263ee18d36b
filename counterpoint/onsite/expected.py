"""How many customers are expected today: the same weekday of the last four weeks, scaled by how today began.

A plain expectation for the live hall; the forecasts that rosters are made from live in chapter 2.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from counterpoint.foundation.api import OrgUnit
from counterpoint.onsite import daylog
from counterpoint.onsite.localtime import minute_of
from counterpoint.onsite.models import DayLog, Ticket
from counterpoint.onsite.state import Hall

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRAIN = 30
SLOTS = 24 * 60 // GRAIN
WEEKS = 4
STEADY = 20.0  # customers of prior weight: a quiet first half hour does not halve the day


def rates(hall: Hall) -> "dict[str, NDArray] | None":
    """Expected customers per service and half hour from midnight on; None when neither history nor today knows any."""
    import numpy as np

    usual = _usual(hall.branch.pk, hall.on, _newest(hall.branch))
    so_far = _today(hall)
    slot = min(SLOTS - 1, int(minute_of(hall.branch, hall.now)) // GRAIN)
    if usual:
        before = sum(float(v[:slot].sum()) for v in usual.values())
        factor = (sum(so_far.values()) + STEADY) / (before + STEADY)
        return {key: usual.get(key, np.zeros(SLOTS)) * min(2.0, max(0.5, factor)) for key in hall.content.services}
    if not so_far:
        return None
    elapsed = max(1, slot + 1 - _first_slot(hall))
    return {key: np.full(SLOTS, so_far.get(key, 0) / elapsed) for key in hall.content.services}


def usual(branch: OrgUnit, on: date, today: date) -> "dict[str, NDArray]":
    """Mean customers a service and half hour from midnight, of the newest four days of that weekday; empty if none."""
    back = max(0, (on - today).days) // 7 * 7
    return _usual(branch.pk, on - timedelta(days=back), _newest(branch))


def _newest(branch: OrgUnit) -> int:
    return DayLog.objects.filter(org_unit=branch).order_by("-id").values_list("id", flat=True).first() or 0


def _today(hall: Hall) -> dict[str, int]:
    from django.db.models import Count

    mine = Ticket.objects.filter(org_unit=hall.branch, business_date=hall.on, taken_at__lte=hall.now)
    rows = mine.values("service")
    return {row["service"]: row["n"] for row in rows.annotate(n=Count("id")).order_by("service")}


def _first_slot(hall: Hall) -> int:
    first = Ticket.objects.filter(org_unit=hall.branch, business_date=hall.on).order_by("taken_at").first()
    if first is None:
        return 0
    return int(minute_of(hall.branch, first.taken_at)) // GRAIN


@lru_cache(maxsize=64)
def _usual(branch: UUID, on: date, newest: int) -> "dict[str, NDArray]":
    """Mean counts of the same weekday; read once a day, branch and newest log, in the scope of whoever asks first."""
    import numpy as np

    wanted = [on - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    logs = DayLog.objects.filter(org_unit_id=branch, business_date__in=wanted, id__lte=newest)
    totals: dict[str, NDArray] = {}
    days = 0
    for payload in logs.values_list("payload", flat=True):
        day = daylog.unpack(payload)
        days += 1
        slots = np.clip(day.columns["taken"] // (60 * GRAIN), 0, SLOTS - 1)
        for index, key in enumerate(day.services):
            counts = np.bincount(slots[day.columns["service"] == index], minlength=SLOTS)
            totals[key] = totals.get(key, np.zeros(SLOTS)) + counts
    return {key: values / days for key, values in totals.items()} if days else {}
