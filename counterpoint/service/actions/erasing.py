"""Erasing what is personal of a complaint once its file need not be kept any more. Figures and the journal stay."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, StoredFile, journal, system_scope
from counterpoint.primitives.cases import case_erase
from counterpoint.service import catalogue
from counterpoint.service.entry import about, entered, person_of
from counterpoint.service.errors import MustBeKept, Over
from counterpoint.service.verbs import ERASE, MANAGE, VIEW

REASONS = ("time_over", "customer_asked", "authority")


def kept_until(branch: OrgUnit, closed_at: datetime, now: datetime) -> datetime:
    """Until when the file of a complaint closed at that time is kept, by the figures in force now."""
    return closed_at + catalogue.rules(branch, now).keep


def complaint_erase(*, scope: Scope, complaint: UUID, reason: str, now: datetime) -> None:
    """Erase the customer's words, contact and photos, what colleagues wrote about it, and its evidence; figures, times
    and the journal stay. A person does it, once, for one of `REASONS`. Raises `MustBeKept`, `Over`, `Invalid`."""
    with entered(scope, complaint, now, ERASE) as (row, _detail):
        person_of(scope)
        if reason not in REASONS:
            raise Invalid(_("Say why the words are erased."), field="reason")
        if row.erased_at is not None:
            raise Over(_("The words were erased already."))
        if row.closed_at is None or now < kept_until(row.org_unit, row.closed_at, now):
            years = catalogue.rules(row.org_unit, now).keep_years
            raise MustBeKept(_("A complaint's file is kept for %(years)s years after closing.") % {"years": years})
        for photo in StoredFile.objects.filter(pk__in=row.photos):
            photo.delete()
        row.text, row.contact, row.words, row.photos, row.customer, row.digest = "", "", [], [], "", ""
        row.erased_at = now
        case_erase(scope=system_scope((VIEW, MANAGE), (row.org_path,), label="erase"), case=row.case, now=now)
        row.save()
        row.reports.update(texts={}, reason="")
        row.extensions.update(reason="")
        row.lessons.update(reason="")
        journal.record(
            scope=scope, org_unit=row.org_unit, kind="service.complaint_erased", subject=str(row.pk), at=now,
            data=about(row, reason=reason),
        )  # fmt: skip
