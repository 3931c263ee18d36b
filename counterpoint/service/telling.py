"""Who hears of a rectification report: the region when it was submitted, its author when it was decided. Messages are
in the receiver's language and name the case by its short name, never a word of the customer or of the report."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.foundation.api import User, nearest_holders, notify
from counterpoint.primitives.cases import CaseView
from counterpoint.service.entry import involved_of
from counterpoint.service.models import Complaint, Report
from counterpoint.service.verbs import DECIDE_REPORT, DECIDERS


def deciders(row: Complaint, report: Report, now: datetime) -> list[User]:
    """Who may decide the report, nearest to the branch first found: neither its author nor who is involved."""
    skip = involved_of(row, now) | {report.author}
    for role in DECIDERS:
        people = nearest_holders(role=role, org_unit=row.org_unit, on=now, skip=skip, verb=DECIDE_REPORT)
        if people:
            return people
    return []


def submitted(row: Complaint, report: Report, view: CaseView, now: datetime) -> int:
    """Tell the region that a report waits for its decision; returns how many people heard of it."""
    people = deciders(row, report, now)
    for person in people:
        _send(
            row, report, person, now,
            lambda: (
                _("A rectification report waits for your decision"),
                _("%(label)s at %(branch)s. Accept it, or return it with what is missing.")
                % {"label": view.label, "branch": row.org_unit.name},
            ),
        )  # fmt: skip
    return len(people)


def decided(row: Complaint, report: Report, view: CaseView, now: datetime) -> None:
    """Tell the author what the region decided."""
    author = User.objects.filter(pk=report.author, is_active=True).first()
    if author is None:
        return

    def words() -> tuple[str, str]:
        about = {"label": view.label, "branch": row.org_unit.name}
        if report.state == "accepted":
            return _("The region accepted your report"), _("%(label)s at %(branch)s.") % about
        return (
            _("The region returned your report"),
            _("%(label)s at %(branch)s. Read what is missing, write it and submit again.") % about,
        )

    _send(row, report, author, now, words)


def _send(row: Complaint, report: Report, person: User, now: datetime, words: Callable[[], tuple[str, str]]) -> None:
    with translation.override(person.language):
        title, body = words()
    notify.send(
        org_unit=row.org_unit, dedupe=f"report:{report.pk}:{report.state}:{now.isoformat()}:{person.pk}", title=title,
        body=body, link=reverse("service:report", args=[row.pk]), now=now, recipient=person,
    )  # fmt: skip
