"""What follows from a change of a complaint's case, in the same transaction: counted columns, alarm, the condition of
closing, the lesson request, the callbacks."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, hours_of, journal, new_id
from counterpoint.primitives.cases import CaseView, register_listener
from counterpoint.service import catalogue
from counterpoint.service.actions.taking import receipt_code
from counterpoint.service.alarming import alarm
from counterpoint.service.entry import TYPE, about, involved_of, legal_due
from counterpoint.service.errors import ReportMissing
from counterpoint.service.models import Callback, Complaint, LessonRequest, Report
from counterpoint.service.rules.settings import ComplaintRules

COUNTED = ("level", "closed", "reopened", "dropped", "merged")  # what changes a complaint's figures
SENT = ("submitted", "accepted")


def follow(event: str, view: CaseView, now: datetime) -> None:
    """The listener; the case of a complaint that is being taken in is left alone."""
    if view.type != TYPE:
        return
    row = Complaint.objects.select_related("org_unit").filter(case=view.id).first()
    if row is None:
        if event == "opened" and not view.source.startswith(f"{TYPE}:"):
            _opened_elsewhere(view, now)
        return
    figures = catalogue.rules(row.org_unit, now)
    if event == "closed":
        _may_close(row, view, figures)
    _sync(row, event, view, now)
    if event in COUNTED:
        journal.record(
            scope=None, org_unit=row.org_unit, kind="service.complaint_changed", subject=str(row.pk), at=now,
            data=about(row, event=event, level=view.level),
        )  # fmt: skip
    if event in ("level", "reopened"):
        alarm(row, view, figures, now, skip=involved_of(row, now))
    if event == "closed":
        _ask_lesson(row, view, figures, now)
        _plan_callbacks(row, view, figures, now)


def _opened_elsewhere(view: CaseView, now: datetime) -> None:
    """A complaint that somebody opened on the page of cases: without words, its level decided by that person."""
    branch = OrgUnit.objects.get(code=view.branch)
    row = Complaint(
        id=new_id(), org_unit=branch, case=view.id, channel=str(view.fields.get("channel", "counter")),
        language="zh-hans", received_at=view.opened_at, receipt=receipt_code(), key=f"case:{view.id}", digest="",
        category=str(view.fields.get("category", "other")), proposed_level=view.level, probability=0.0, sure=False,
        model="", level=view.level, confirmed_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    row.legal_due_at = legal_due(row)
    row.save(update_fields=["legal_due_at", "org_path"])
    alarm(row, view, catalogue.rules(branch, now), now)


def _may_close(row: Complaint, view: CaseView, figures: ComplaintRules) -> None:
    if view.level in figures.report_levels and not Report.objects.filter(complaint=row, state__in=SENT).exists():
        raise ReportMissing(
            _("A complaint of this level is closed after its rectification report went to the region. Submit it first.")
        )


def _sync(row: Complaint, event: str, view: CaseView, now: datetime) -> None:
    row.level, row.stage_kind, row.cycle, row.breaches = view.level, view.stage_kind, view.cycle, view.breaches
    row.category = str(view.fields.get("category") or row.category)
    row.root_cause = str(view.fields.get("root_cause") or "")
    row.satisfied = view.fields.get("satisfied")
    row.merged = row.merged or event == "merged"
    if event == "resolved":
        row.resolved_at = now
    elif view.stage_kind in ("open", "doing"):
        row.resolved_at = None
    row.closed_at = now if event in ("closed", "dropped", "merged") else row.closed_at if view.ended_at else None
    if event in ("level", "reopened", "extended", "policy"):
        row.legal_due_at = legal_due(row)
    row.save()


def _ask_lesson(row: Complaint, view: CaseView, figures: ComplaintRules, now: datetime) -> None:
    """Every closing of a level that teaches asks for a lesson; a person may decline it with a reason."""
    if view.level not in figures.lesson_levels:
        return
    if LessonRequest.objects.filter(complaint=row, cycle=view.cycle).exists():
        return
    lesson = LessonRequest(
        org_unit=row.org_unit, complaint=row, cycle=view.cycle, level=view.level, category=row.category,
        cause=row.root_cause or row.cause, asked_at=now,
    )  # fmt: skip
    lesson.save(force_insert=True)
    data = about(row, lesson=str(lesson.pk), level=view.level, cause=lesson.cause)
    journal.record(
        scope=None, org_unit=row.org_unit, kind="service.lesson_asked", subject=str(row.pk), at=now, data=data
    )


def _plan_callbacks(row: Complaint, view: CaseView, figures: ComplaintRules, now: datetime) -> None:
    """Calls on the given days after closing, each moved to the next day on which the branch is open."""
    if not row.contact:
        return
    for days in figures.callback_days:
        on = _open_day(row.org_unit, now, days)
        if not Callback.objects.filter(complaint=row, cycle=view.cycle, due_on=on).exists():
            Callback(org_unit=row.org_unit, complaint=row, cycle=view.cycle, due_on=on).save(force_insert=True)


def _open_day(branch: OrgUnit, now: datetime, days: int) -> date:
    hours, on = hours_of(branch), branch.date_at(now) + timedelta(days=days)
    for _try in range(14):
        if hours.on(on, provisional=True):
            return on
        on += timedelta(days=1)
    return on


register_listener(follow)
