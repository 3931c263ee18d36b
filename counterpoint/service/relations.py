"""Complaints as rows for counting: one a complaint, on the branch's date of receipt, without a word of the customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import OrgUnit, Scope, calendar, scoped
from counterpoint.primitives.cases import case_types
from counterpoint.primitives.metrics import Relation, Touch, by_branch, register_relation
from counterpoint.service.entry import TYPE
from counterpoint.service.models import Complaint
from counterpoint.service.verbs import STATS

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "level": "word", "category": "word", "cause": "word", "channel": "word", "hour": "number", "closed": "yes_no",
    "on_time": "yes_no", "satisfied": "yes_no", "repeated": "yes_no", "again_soon": "yes_no", "days": "number",
}  # fmt: skip
FIELDS = {"cause": "root_cause"}  # columns that have another name than the field of the case
SOON = timedelta(days=7)


def read(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> Mapping[Any, pd.DataFrame]:
    """Rows of complaints received from `since` (inclusive) to `until` (exclusive), branch-local dates."""
    zones = {branch.pk: ZoneInfo(branch.time_zone) for branch in branches}
    begin = min(calendar.local(since, 0, zone) for zone in zones.values())
    end = max(calendar.local(until, 0, zone) for zone in zones.values())
    with scoped(scope):
        mine = Complaint.objects.filter(org_unit__in=list(zones)).order_by("received_at")
        found = list(mine.filter(received_at__gte=begin, received_at__lt=end))
        again = _again(mine.filter(received_at__gte=begin, received_at__lte=end + SOON))
    rows = [(one.org_unit_id, _row(one, zones[one.org_unit_id], one.pk in again)) for one in found]
    return by_branch(branches, ((unit, row) for unit, row in rows if since <= row[0] < until), COLUMNS)


def _row(one: Complaint, zone: ZoneInfo, again_soon: bool) -> tuple[Any, ...]:
    closed = one.stage_kind == "closed"
    at = one.received_at.astimezone(zone)
    told = {
        "level": one.level, "category": one.category, "cause": one.root_cause or one.cause, "channel": one.channel,
        "hour": at.hour, "closed": closed, "on_time": one.breaches == 0 if closed else None,
        "satisfied": one.satisfied if closed else None, "repeated": one.repeats > 0, "again_soon": again_soon,
        "days": _days(one.received_at, one.closed_at) if closed else None,
    }  # fmt: skip
    return (at.date(), *(told[name] for name in COLUMNS))


def _again(later: Iterable[Complaint]) -> set[Any]:
    """Complaints after which the same customer complained of the same within seven days; given by time."""
    found: set[Any] = set()
    before: dict[tuple[Any, ...], list[Complaint]] = {}
    for one in later:
        if not one.customer:
            continue
        same = before.setdefault((one.org_unit_id, one.customer, one.category), [])
        found |= {old.pk for old in same if old.received_at < one.received_at <= old.received_at + SOON}
        same.append(one)
    return found


def _days(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else round((until - since) / timedelta(days=1), 3)


def days(touch: Touch) -> list[date]:
    """The date of receipt, and the week before it, whose rows learn of a repeat."""
    try:
        on = date.fromisoformat(str(touch.data.get("on", "")))
    except ValueError:
        on = touch.on
    return [on - timedelta(days=back) for back in range(SOON.days + 1)]


def value_name(column: str, value: Any) -> str:
    """Levels, categories, causes and channels in the reader's words; other values as they are."""
    return case_types(date(2100, 1, 1), "cn")[TYPE].said(FIELDS.get(column, column), str(value))


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
        value_name=value_name,
        facts=("service.",),
        days=days,
        verb=STATS,
    )
)  # fmt: skip
