"""Complaints whose time of keeping is over, and what erasing one would take away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from counterpoint.foundation.api import Scope, scoped
from counterpoint.primitives.cases import CaseFilter, CaseView, Told, cases
from counterpoint.service import catalogue
from counterpoint.service.actions.erasing import kept_until
from counterpoint.service.models import Complaint
from counterpoint.service.queries.complaints import Whole
from counterpoint.service.verbs import ERASE

MOST = 100
LEAST = timedelta(days=366)  # no figure keeps a file for less than a year


@dataclass(frozen=True)
class Erasable:
    """A complaint whose words may be erased, and since when."""

    complaint: UUID
    view: CaseView
    closed_at: datetime
    since: datetime


@dataclass(frozen=True)
class Personal:
    """What personal things a complaint holds, as counts; `until` is the end of keeping, None while it is open."""

    words: bool
    contact: bool
    photos: int
    notes: int
    files: int
    sections: int
    until: datetime | None


def erasable(*, scope: Scope, now: datetime, most: int = MOST) -> tuple[Erasable, ...]:
    """Complaints that the caller may erase now, the longest over first."""
    with scoped(scope):
        held = Complaint.objects.filter(erased_at=None, closed_at__lte=now - LEAST)
        held = held.filter(org_path__within=scope.grants.get(ERASE, ())).select_related("org_unit")
        years: dict[UUID, timedelta] = {}
        found = []
        for row in held.order_by("closed_at")[: 10 * most]:
            years.setdefault(row.org_unit_id, catalogue.rules(row.org_unit, now).keep)
            if row.closed_at + years[row.org_unit_id] <= now:
                found.append(row)
        found = found[:most]
    asked = CaseFilter(ids=tuple(row.case for row in found), size=max(1, len(found)))
    views = {view.id: view for view in cases(scope=scope, filters=asked, now=now).rows} if found else {}
    return tuple(
        Erasable(row.pk, views[row.case], row.closed_at, row.closed_at + years[row.org_unit_id])
        for row in found
        if row.case in views
    )


def personal(seen: Whole, told: Sequence[Told], now: datetime) -> Personal:
    """What erasing would take away of a complaint; `told` is the conversation of its case."""
    row = seen.row
    return Personal(
        words=bool(row.text), contact=bool(row.contact), photos=len(row.photos),
        notes=sum(bool(line.text) for line in told), files=sum(len(line.files) for line in told),
        sections=sum(bool(text) for text in seen.report.texts.values()) if seen.report else 0,
        until=kept_until(row.org_unit, row.closed_at, now) if row.closed_at else None,
    )  # fmt: skip
