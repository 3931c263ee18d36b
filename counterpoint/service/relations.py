"""Complaints as rows for counting: one a complaint, on the branch's date of receipt, without a word of the customer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import OrgUnit, Scope, calendar, scoped
from counterpoint.primitives.metrics import Relation, Touch, register_relation
from counterpoint.service.models import Complaint
from counterpoint.service.verbs import STATS

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "level": "word", "category": "word", "cause": "word", "channel": "word", "hour": "number", "closed": "yes_no",
    "on_time": "yes_no", "satisfied": "yes_no", "repeated": "yes_no", "again_soon": "yes_no", "days": "number",
}  # fmt: skip
SOON = timedelta(days=7)


def read(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """Rows of complaints received from `since` (inclusive) to `until` (exclusive), branch-local dates."""
    import pandas as pd

    zone = ZoneInfo(branch.time_zone)
    begin, end = calendar.local(since, 0, zone), calendar.local(until, 0, zone)
    with scoped(scope):
        found = Complaint.objects.filter(org_unit=branch, received_at__gte=begin, received_at__lt=end)
        rows = [_row(one, zone, _soon(one)) for one in found.order_by("received_at")]
    return pd.DataFrame(rows, columns=["date", *COLUMNS])


def _row(one: Complaint, zone: ZoneInfo, again_soon: bool) -> dict[str, Any]:
    closed = one.stage_kind == "closed"
    at = one.received_at.astimezone(zone)
    return {
        "date": at.date(), "level": one.level, "category": one.category, "cause": one.root_cause or one.cause,
        "channel": one.channel, "hour": at.hour, "closed": closed, "on_time": one.breaches == 0 if closed else None,
        "satisfied": one.satisfied if closed else None, "repeated": one.repeats > 0, "again_soon": again_soon,
        "days": _days(one.received_at, one.closed_at) if closed else None,
    }  # fmt: skip


def _soon(one: Complaint) -> bool:
    """Whether the same customer complained of the same within seven days after."""
    if not one.customer:
        return False
    later = Complaint.objects.filter(org_unit=one.org_unit_id, customer=one.customer, category=one.category)
    return bool(later.filter(received_at__gt=one.received_at, received_at__lte=one.received_at + SOON).exists())


def _days(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else round((until - since) / timedelta(days=1), 3)


def days(touch: Touch) -> list[date]:
    """The date of receipt, and the week before it, whose rows learn of a repeat."""
    try:
        on = date.fromisoformat(str(touch.data.get("on", "")))
    except ValueError:
        on = touch.on
    return [on - timedelta(days=back) for back in range(SOON.days + 1)]


register_relation(
    Relation(
        key="service.complaints",
        columns=COLUMNS,
        read=read,
        names={"zh-hans": "客户投诉", "zh-hant": "客戶投訴", "en": "Complaints"},
        column_names={
            "level": _("Level"), "category": _("Category"), "cause": _("Root cause"), "channel": _("Channel"),
            "hour": _("Hour"), "closed": _("Closed"), "on_time": _("Share in time"), "satisfied": _("Customer accepts"),
            "repeated": _("Repeated within 30 days"), "again_soon": _("Again within 7 days"),
            "days": _("Days until closed"),
        },
        facts=("service.",),
        days=days,
        verb=STATS,
    )
)  # fmt: skip
