"""What a person decides about a complaint: its level, a longer legal time, no lesson, a call made."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    Invalid,
    OrgUnit,
    Scope,
    calendar,
    journal,
    nearest_holders,
    scoped,
    system_scope,
)
from counterpoint.primitives.cases import CaseView, case_assign, case_extend, case_level
from counterpoint.service import catalogue
from counterpoint.service.entry import LEGAL, about, entered, involved_of, legal_due, person_of
from counterpoint.service.errors import Over, SecondPersonNeeded
from counterpoint.service.models import Callback, Complaint, Extension, LessonRequest
from counterpoint.service.verbs import EXTEND, HANDLE, MANAGE, VIEW

TRIES = 3
OUTCOMES = ("satisfied", "unsatisfied", "unreached")


def level_confirm(*, scope: Scope, complaint: UUID, level: str, reason: str = "", now: datetime) -> CaseView:
    """A person decides the level: keeps the proposed one, or sets another with a reason. Lowering it needs a second
    person, who calls this with the same level."""
    with entered(scope, complaint, now, HANDLE) as (row, detail):
        view = detail.case
        if level != view.level:
            view = case_level(scope=scope, case=row.case, level=level, reason=reason, now=now)
            row.refresh_from_db()
            if view.level == level:
                view = _hand_up(row, view, now)
        if view.level == level:
            row.confirmed_by, row.confirmed_at = scope.actor, now
            row.save()
        _record(scope, row, "level_confirmed", now, level=level, proposed=row.proposed_level)
        return view


def _hand_up(row: Complaint, view: CaseView, now: datetime) -> CaseView:
    """Give the case to who owns cases of its new level, unless the present owner is one of them."""
    wanted = catalogue.rules(row.org_unit, now).first_owner.get(view.level, ())
    involved = involved_of(row, now)
    for role in wanted:
        near = nearest_holders(role=role, org_unit=row.org_unit, on=now, skip=involved, verb=HANDLE)
        people = [one.pk for one in near]
        if view.owner in people:
            return view
        if people:
            house = system_scope((VIEW, MANAGE), (row.org_path,), label="level")
            return case_assign(scope=house, case=row.case, owner=people[0], now=now)
    return view


def legal_end(branch: OrgUnit, received: datetime, days: int) -> datetime:
    """The end of the last calendar day of a legal time of `days` from receipt."""
    return calendar.local(branch.date_at(received) + timedelta(days=days), 1440, ZoneInfo(branch.time_zone))


def extension_ask(*, scope: Scope, complaint: UUID, days: int, reason: str, now: datetime) -> UUID:
    """Ask for `days` of legal time in all. Raises `Invalid` for days that the law does not know or no reason, `Over`
    when one is asked for already."""
    with entered(scope, complaint, now, HANDLE) as (row, _detail):
        branch = row.org_unit
        allowed = catalogue.rules(branch, now).extensions
        granted = [one.days for one in row.extensions.filter(state="granted")]
        following = next((one for one in allowed if one > max(granted, default=0)), None)
        if days != following:
            raise Invalid(_("The law does not know this extension at this point."), field="days")
        if not reason.strip():
            raise Invalid(_("Say why."), field="reason")
        if row.extensions.filter(state="asked").exists():
            raise Over(_("An extension is asked for already and not decided yet."))
        due = legal_end(branch, row.received_at, days)
        asked = Extension(
            org_unit=branch, complaint=row, days=days, due_at=due, reason=reason.strip(), asked_by=person_of(scope),
            asked_at=now,
        )  # fmt: skip
        asked.save(force_insert=True)
        _record(scope, row, "extension_asked", now, extension=str(asked.pk), days=days)
        return UUID(str(asked.pk))


def extension_decide(*, scope: Scope, complaint: UUID, granted: bool, now: datetime) -> None:
    """Grant or refuse the extension asked for; somebody else than who asked."""
    with entered(scope, complaint, now, EXTEND) as (row, _detail):
        asked = row.extensions.filter(state="asked").first()
        if asked is None:
            raise Over(_("No extension waits for a decision."))
        if asked.asked_by == scope.actor:
            raise SecondPersonNeeded(_("Somebody else than who asked for it has to decide it."))
        if granted:
            case_extend(scope=scope, case=row.case, clock=LEGAL, until=asked.due_at, asked_by=asked.asked_by, now=now)
            row.refresh_from_db()
            row.legal_due_at = legal_due(row)
            row.save()
        asked.state, asked.decided_by, asked.decided_at = "granted" if granted else "refused", scope.actor, now
        asked.save()
        due = asked.due_at.isoformat()
        _record(scope, row, "extension_decided", now, extension=str(asked.pk), granted=granted, due=due)


def lesson_decline(*, scope: Scope, complaint: UUID, reason: str, now: datetime) -> None:
    """Say why training makes nothing of the newest closing. Raises `Over` when the lesson is taken up already."""
    with entered(scope, complaint, now, MANAGE) as (row, _detail):
        lesson = row.lessons.filter(state="asked").first()
        if lesson is None:
            raise Over(_("No lesson request waits here."))
        if not reason.strip():
            raise Invalid(_("Say why."), field="reason")
        lesson.state, lesson.reason, lesson.declined_by = "declined", reason.strip(), scope.actor
        lesson.save()
        _record(scope, row, "lesson_declined", now, lesson=str(lesson.pk))


def lesson_take(*, scope: Scope, lesson: UUID, taken_as: str, now: datetime) -> None:
    """Training takes a request up; `taken_as` names what it made of it, "<room>.<noun>:<id>"."""
    with scoped(scope):
        held = LessonRequest.objects.filter(pk=lesson).values_list("complaint", flat=True).first()
    with entered(scope, held or lesson, now) as (row, _detail):
        request = row.lessons.filter(pk=lesson).first()
        if request is None or request.state != "asked":
            raise Over(_("No lesson request waits here."))
        request.state, request.taken_at, request.taken_as = "taken", now, taken_as[:120]
        request.save()
        _record(scope, row, "lesson_taken", now, lesson=str(request.pk))


def callback_record(*, scope: Scope, callback: UUID, outcome: str, now: datetime) -> None:
    """What came of a call after closing. After three tries without an answer the call is over."""
    if outcome not in OUTCOMES:
        raise Invalid(_("Say what came of the call."), field="outcome")
    with scoped(scope):
        held = Callback.objects.filter(pk=callback).values_list("complaint", flat=True).first()
    with entered(scope, held or callback, now, HANDLE) as (row, _detail):
        call = Callback.objects.get(pk=callback)
        if call.outcome:
            raise Over(_("This call is done."))
        call.tries += 1
        call.at, call.by = now, scope.actor
        if outcome != "unreached" or call.tries >= TRIES:
            call.outcome = outcome
        call.save()
        _record(scope, row, "called_back", now, callback=str(call.pk), outcome=outcome)


def _record(scope: Scope, row: Complaint, kind: str, now: datetime, **data: object) -> None:
    journal.record(
        scope=scope, org_unit=row.org_unit, kind=f"service.{kind}", subject=str(row.pk), at=now,
        data=about(row, **data),
    )  # fmt: skip
