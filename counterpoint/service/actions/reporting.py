"""The written rectification report: started from the case, edited, submitted to the region, accepted or returned."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, journal
from counterpoint.primitives.cases import case_milestone
from counterpoint.service import catalogue, telling
from counterpoint.service.entry import about, entered, person_of
from counterpoint.service.errors import Over, SecondPersonNeeded
from counterpoint.service.known import facts_of
from counterpoint.service.models import Complaint, Report
from counterpoint.service.rules.reading import written
from counterpoint.service.rules.reports import Template, filled, missing
from counterpoint.service.verbs import DECIDE_REPORT, WRITE_REPORT
from counterpoint.ui.punctuation import listed

MILESTONE = "reported"
LONGEST = 4000


def report_start(*, scope: Scope, complaint: UUID, now: datetime, language: str = "zh-hans") -> UUID:
    """The complaint's report; when there is none, a draft by today's template with the facts of the case filled in."""
    with entered(scope, complaint, now, WRITE_REPORT) as (row, detail):
        held = row.reports.first()
        if held is not None:
            return UUID(str(held.pk))
        item = catalogue.template_now(row.org_unit, now)
        texts = filled(item.value, facts_of(scope, row, detail), language)
        report = Report(
            org_unit=row.org_unit, complaint=row, template=item.key, version=item.version, texts=texts,
            author=person_of(scope), saved_at=now,
        )  # fmt: skip
        report.save(force_insert=True)
        _record(scope, row, "report_saved", now, report, template=f"{item.key}@{item.version}")
        return UUID(str(report.pk))


def template(report: Report, branch: OrgUnit) -> Template:
    """The template that the report keeps."""
    return catalogue.template_of(report.template, report.version, branch)


def _open(row: Complaint, *states: str) -> Report:
    report: Report | None = row.reports.first()
    if report is None or report.state not in states:
        raise Over(_("The report cannot be changed as it stands. Load the page again."))
    return report


def report_save(*, scope: Scope, complaint: UUID, texts: Mapping[str, str], now: datetime) -> None:
    """Keep the sections as written; only while it is a draft or returned."""
    with entered(scope, complaint, now, WRITE_REPORT) as (row, _detail):
        report = _open(row, "draft", "returned")
        _keep(report, row, texts, scope, now)
        _record(scope, row, "report_saved", now, report, template=f"{report.template}@{report.version}")


def _keep(report: Report, row: Complaint, texts: Mapping[str, str], scope: Scope, now: datetime) -> None:
    texts = {slug: written(text).strip() for slug, text in texts.items()}
    known = {section.slug for section in template(report, row.org_unit).sections}
    if set(texts) - known or any(len(text) > LONGEST for text in texts.values()):
        raise Invalid(_("A section is not known or too long."), field="texts")
    report.texts = {**report.texts, **texts}
    report.author, report.saved_at = person_of(scope), now
    report.save()


def report_submit(*, scope: Scope, complaint: UUID, texts: Mapping[str, str], now: datetime) -> None:
    """Keep and submit to the region; every section must be written. Stops the report's clock."""
    with entered(scope, complaint, now, WRITE_REPORT) as (row, detail):
        report = _open(row, "draft", "returned")
        _keep(report, row, texts, scope, now)
        form = template(report, row.org_unit)
        empty = missing(form, report.texts)
        if empty:
            names = listed(s.name("zh-hans") for s in form.sections if s.slug in empty)
            raise Invalid(_("Write these sections first: %(names)s.") % {"names": names}, field=empty[0])
        report.state, report.submitted_at = "submitted", now
        report.save()
        if any(clock.clock == "report" for clock in detail.clocks):
            case_milestone(scope=scope, case=row.case, slug=MILESTONE, now=now)
        _record(scope, row, "report_submitted", now, report)
        telling.submitted(row, report, detail.case, now)


def report_decide(*, scope: Scope, complaint: UUID, accepted: bool, reason: str = "", now: datetime) -> None:
    """The region accepts the report, or returns it with a reason; not who wrote it."""
    with entered(scope, complaint, now, DECIDE_REPORT) as (row, detail):
        report = _open(row, "submitted")
        if report.author == scope.actor:
            raise SecondPersonNeeded(_("Somebody else than who wrote the report has to decide it."))
        if not accepted and not reason.strip():
            raise Invalid(_("Say what is missing."), field="reason")
        report.state = "accepted" if accepted else "returned"
        report.decided_by, report.decided_at, report.reason = scope.actor, now, reason.strip()
        report.save()
        _record(scope, row, "report_decided", now, report, accepted=accepted)
        telling.decided(row, report, detail.case, now)


def _record(scope: Scope, row: Complaint, kind: str, now: datetime, report: Report, **data: object) -> None:
    journal.record(
        scope=scope, org_unit=row.org_unit, kind=f"service.{kind}", subject=str(row.pk), at=now,
        data=about(row, report=str(report.pk), **data),
    )  # fmt: skip
