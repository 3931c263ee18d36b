"""Rectification reports for who decides them: those of a state, the longest waiting first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from counterpoint.foundation.api import Scope, User, scoped
from counterpoint.primitives.cases import CaseFilter, CaseView, cases
from counterpoint.service.models import Report
from counterpoint.service.verbs import DECIDE_REPORT

MOST = 200


@dataclass(frozen=True)
class ReportLine:
    """A report in a list: its complaint and case, who wrote it, and how long it has waited (until it was decided)."""

    complaint: UUID
    view: CaseView
    category: str
    author_name: str
    submitted_at: datetime
    decided_at: datetime | None
    age: timedelta


@dataclass(frozen=True)
class Reports:
    """Reports of one state: `total` counts all of them, `rows` holds the first ones, `oldest` is the longest wait."""

    rows: tuple[ReportLine, ...] = ()
    total: int = 0

    @property
    def oldest(self) -> timedelta | None:
        """The longest wait; None without a report."""
        return self.rows[0].age if self.rows else None


def reports_to_decide(*, scope: Scope, now: datetime, most: int = MOST) -> Reports:
    """Submitted reports that wait for the caller's decision; without the right, and of the caller's own, none."""
    return reports(scope=scope, state="submitted", now=now, most=most)


def reports(*, scope: Scope, state: str, now: datetime, most: int = MOST) -> Reports:
    """Reports of a state where the caller decides them: submitted ones longest waiting first, decided ones newest."""
    with scoped(scope):
        held = Report.objects.filter(state=state, org_path__within=scope.grants.get(DECIDE_REPORT, ()))
        held = held.exclude(submitted_at=None)
        if state == "submitted":
            held = held.exclude(author=scope.actor) if scope.actor else held
        total = held.count()
        order = "submitted_at" if state == "submitted" else "-decided_at"
        rows = list(held.select_related("complaint").order_by(order)[:most]) if total else []
        authors = dict(User.objects.filter(pk__in={one.author for one in rows}).values_list("pk", "name"))
    asked = CaseFilter(ids=tuple(one.complaint.case for one in rows), size=max(1, len(rows)))
    views = {view.id: view for view in cases(scope=scope, filters=asked, now=now).rows} if rows else {}
    lines = [_line(one, views[one.complaint.case], authors, now) for one in rows if one.complaint.case in views]
    return Reports(tuple(lines), total)


def _line(one: Report, view: CaseView, authors: dict[UUID, str], now: datetime) -> ReportLine:
    assert one.submitted_at is not None
    return ReportLine(
        complaint=one.complaint.pk, view=view, category=one.complaint.category, author_name=authors.get(one.author, ""),
        submitted_at=one.submitted_at, decided_at=one.decided_at, age=(one.decided_at or now) - one.submitted_at,
    )  # fmt: skip
