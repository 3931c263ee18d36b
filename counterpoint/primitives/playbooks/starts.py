"""Plans put on a date: a leader chooses day and minute, the tick starts the play then, in earnest or as a drill.

The drills that a year asks for have a calendar of their own (`drills`): their date belongs to a duty that any passed
drill fulfils and whose missing is the alarm, so it is moved, never cancelled, and never too late to start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    User,
    journal,
    nearest_holders,
    notify,
    scoped,
    system_scope,
    tick,
)
from counterpoint.primitives.content import ContentError
from counterpoint.primitives.playbooks.actions import play_start
from counterpoint.primitives.playbooks.definition import Playbook, playbook
from counterpoint.primitives.playbooks.errors import AlreadyRunning
from counterpoint.primitives.playbooks.models import PlannedStart, Play
from counterpoint.primitives.playbooks.verbs import DRILL, LEAD, START, VIEW

LATEST = timedelta(hours=1)  # a start that the server could not make within this is no longer wanted
FURTHEST = timedelta(days=400)
REMEMBERED = timedelta(days=7)  # how long a start that failed is shown
MOST = 20  # starts a round
LATE, RUNNING, GONE = "late", "running", "gone"


@dataclass(frozen=True)
class Start:
    """A plan on a date. `failed` says why it did not start: late, running or gone; empty while it is to come."""

    id: UUID
    branch: str
    playbook: str
    mode: str
    at: datetime
    failed: str = ""


def _view(row: PlannedStart) -> Start:
    return Start(row.pk, row.org_unit.code, row.playbook, row.mode, row.at, row.failed)


def start_list(*, scope: Scope, now: datetime, org_unit: OrgUnit | None = None, playbook: str = "") -> list[Start]:
    """What is to start, and what failed to lately, in order of time; of a unit and everything below when given."""
    with scoped(scope):
        rows = PlannedStart.objects.select_related("org_unit").filter(
            Q(next_due_at__isnull=False) | ~Q(failed="") & Q(at__gte=now - REMEMBERED),
            org_path__within=scope.grants.get(VIEW, ()), cancelled_at=None,
        )  # fmt: skip
        if org_unit is not None:
            rows = rows.filter(org_path__startswith=org_unit.path)
        if playbook:
            rows = rows.filter(playbook=playbook)
        return [_view(row) for row in rows[:200]]


def start_plan(
    *, scope: Scope, org_unit: OrgUnit, playbook: str, at: datetime, now: datetime, mode: str = "real"
) -> Start:
    """Put a plan on a date; it starts by itself then. The same date again answers the first. Raises `NotFound`,
    `Forbidden`, `Invalid` (a past time, a plan without `schedule`, a drill that the year asks for)."""
    if mode not in Play.Mode.values:
        raise Invalid(_("A play is real or a drill."), field="mode")
    scope.require(_verb(mode), org_unit.path)
    _may_be_dated(_book(playbook, org_unit, now), mode)
    _to_come(at, now)
    with scoped(scope), transaction.atomic():
        unit = OrgUnit.objects.select_for_update().get(pk=org_unit.pk)
        known = PlannedStart.objects.select_related("org_unit").filter(
            org_unit=unit, playbook=playbook, mode=mode, at=at, cancelled_at=None
        )
        if (held := known.first()) is not None:
            return _view(held)
        row = PlannedStart(
            org_unit=unit, playbook=playbook, mode=mode, at=at, next_due_at=at, planned_at=now, planned_by=scope.actor
        )
        row.save(force_insert=True)
        _note(scope, row, "start_planned", now)
        return _view(row)


def _verb(mode: str) -> str:
    return DRILL if mode == Play.Mode.DRILL else LEAD


def _book(key: str, unit: OrgUnit, now: datetime) -> Playbook:
    try:
        found: Playbook = playbook(key, unit.date_at(now), unit.rule_pack).value
    except ContentError as absent:
        raise NotFound(_("There is no playbook “%(key)s” in force.") % {"key": key}) from absent
    return found


def _may_be_dated(book: Playbook, mode: str) -> None:
    if not book.trigger.schedule:
        raise Invalid(_("This plan is not started on a date: its definition does not allow it."), field="playbook")
    if mode == Play.Mode.DRILL and book.drill_per_year:
        raise Invalid(_("Plan one of the drills that the year asks of this plan."), field="mode")


def _to_come(at: datetime, now: datetime) -> None:
    if not now < at <= now + FURTHEST:
        raise Invalid(_("Choose a time to come, within a year."), field="at")


def start_move(*, scope: Scope, start: UUID, at: datetime, now: datetime) -> Start:
    """Another date for a start that is still to come."""
    _to_come(at, now)
    with scoped(scope), transaction.atomic():
        row = _to_start(scope, start)
        same = {"org_unit": row.org_unit, "playbook": row.playbook, "mode": row.mode, "at": at, "cancelled_at": None}
        if PlannedStart.objects.filter(**same).exclude(pk=row.pk).exists():
            raise Invalid(_("The plan is on this date already."), field="at")
        row.at = row.next_due_at = at
        row.save()
        _note(scope, row, "start_moved", now)
        return _view(row)


def start_cancel(*, scope: Scope, start: UUID, now: datetime) -> None:
    """Nothing starts on that date after all."""
    with scoped(scope), transaction.atomic():
        row = _to_start(scope, start)
        row.cancelled_at, row.next_due_at = now, None
        row.save()
        _note(scope, row, "start_cancelled", now)


def _to_start(scope: Scope, start: UUID) -> PlannedStart:
    row = PlannedStart.objects.select_for_update().select_related("org_unit").filter(pk=start).first()
    if row is None:
        raise NotFound(_("There is no such date here."))
    scope.require(_verb(row.mode), row.org_path)
    if row.next_due_at is None:
        raise Invalid(_("This date is over or cancelled."), field="start")
    return row


def _note(scope: Scope | None, row: PlannedStart, what: str, now: datetime, **more: str) -> None:
    journal.record(
        scope=scope, org_unit=row.org_unit, kind=f"primitives.{what}", subject=str(row.pk), at=now,
        data={"playbook": row.playbook, "mode": row.mode, "at": row.at.isoformat(), **more},
    )  # fmt: skip


@tick.every("primitives.starts", 5, atomic=False)
def starts_tick(now: datetime) -> int:
    """Start what is due; one that fails is tried again while it is not too late. Returns how many plays began."""
    with scoped(system_scope((VIEW,), label="tick")):
        due = PlannedStart.objects.filter(next_due_at__lte=now).select_related("org_unit").order_by("next_due_at")
        rows = list(due[:MOST])
    return tick.each("plan not started on its date", rows, lambda row: _start(row.pk, row.org_unit, now))


def _start(pk: UUID, unit: OrgUnit, now: datetime) -> int:
    scope = system_scope((START, DRILL, VIEW), (unit.path,), label="calendar")
    with scoped(scope), transaction.atomic():
        rows = PlannedStart.objects.select_for_update().select_related("org_unit")
        row = rows.filter(pk=pk, next_due_at__lte=now).first()
        if row is None:
            return 0
        row.next_due_at = None
        try:
            row.failed = LATE if now - row.at > LATEST else ""
            if not row.failed:
                row.play_id = _begun(scope, row, now)
        except AlreadyRunning:
            row.failed = RUNNING
        except (NotFound, Invalid):
            row.failed = GONE
        row.save()
        if row.failed:
            _note(None, row, "start_failed", now, why=row.failed)
            _tell(row, now)
        return int(not row.failed)


def _begun(scope: Scope, row: PlannedStart, now: datetime) -> UUID:
    _may_be_dated(_book(row.playbook, row.org_unit, now), row.mode)
    return play_start(
        scope=scope, org_unit=row.org_unit, playbook=row.playbook, now=now, mode=row.mode, trigger=f"schedule:{row.pk}",
        key=f"start:{row.pk}",
    ).id  # fmt: skip


def why(failed: str) -> str:
    """Why nothing started, in the reader's language."""
    return {
        LATE: _("the server was not running at that time"), RUNNING: _("the plan was running already"),
        GONE: _("the plan is no longer in force, or is no longer started on a date"),
    }.get(failed, "")  # fmt: skip


def _tell(row: PlannedStart, now: datetime) -> None:
    """Whoever planned it and the supervisor hear that nothing started."""
    people = {one.pk: one for one in nearest_holders(role="supervisor", org_unit=row.org_unit, on=now)}
    if row.planned_by is not None:
        people |= {one.pk: one for one in User.objects.filter(pk=row.planned_by)}
    for person in people.values():
        with translation.override(person.language):
            try:
                name = _book(row.playbook, row.org_unit, now).name(person.language)
            except NotFound:
                name = row.playbook
            notify.send(
                org_unit=row.org_unit, dedupe=f"primitives.start:{row.pk}:{person.pk}", recipient=person, now=now,
                title=_("Did not start: %(plan)s") % {"plan": name},
                body=_("Nothing was started on the planned date: %(why)s.") % {"why": why(row.failed)},
                link=reverse("primitives:plays"),
            )  # fmt: skip
