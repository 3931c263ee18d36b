"""The drill calendar: planning a drill, starting it at its time, and the alarm when one is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    branches,
    journal,
    nearest_holders,
    notify,
    roles,
    scoped,
    system_scope,
    tick,
)
from counterpoint.primitives.playbooks import duties, lessons
from counterpoint.primitives.playbooks.actions import play_start
from counterpoint.primitives.playbooks.definition import Playbook, playbooks
from counterpoint.primitives.playbooks.errors import AlreadyRunning
from counterpoint.primitives.playbooks.models import DrillDuty, Play
from counterpoint.primitives.playbooks.verbs import DRILL, VIEW

SOON = timedelta(days=45)
MOST = 20  # alarms and starts a round
TOLD = ("supervisor", "branch_head", "regional_manager")


@dataclass(frozen=True)
class Duty:
    """A drill that the year asks for. State: done, planned, missed, soon or open."""

    id: UUID
    playbook: str
    year: int
    number: int
    due_on: date
    planned_at: datetime | None
    play: UUID | None
    state: str


def drill_duties(*, scope: Scope, org_unit: OrgUnit, now: datetime) -> list[Duty]:
    """This year's drills of a branch, by plan and number."""
    scope.require(VIEW, org_unit.path)
    today = org_unit.date_at(now)
    with scoped(scope):
        rows = DrillDuty.objects.filter(org_unit=org_unit, year=today.year).order_by("playbook", "number")
        return [_duty(row, today) for row in rows]


@dataclass(frozen=True)
class Missing:
    """A drill of this year that a branch has not done in time."""

    branch: str
    plan: str
    number: int
    due_on: date


def drills_missing(*, scope: Scope, now: datetime, language: str, most: int = 50) -> list[Missing]:
    """Drills past their day at every branch in the caller's scope, the oldest first."""
    with scoped(scope):
        rows = DrillDuty.objects.select_related("org_unit").filter(
            org_path__within=scope.grants.get(VIEW, ()), year=now.year, play=None, due_on__lte=now.date()
        )
        late = [row for row in rows.order_by("due_on", "org_path")[:most] if row.due_on < row.org_unit.date_at(now)]
    return [Missing(row.org_unit.name, _plan_name(row, now, language), row.number, row.due_on) for row in late]


def _plan_name(row: DrillDuty, now: datetime, language: str) -> str:
    item = playbooks(row.org_unit.date_at(now), row.org_unit.rule_pack).get(row.playbook)
    return item.value.name(language) if item else row.playbook


def _duty(row: DrillDuty, today: date) -> Duty:
    if row.play_id:
        state = "done"
    elif row.due_on < today:
        state = "missed"
    elif row.planned_at:
        state = "planned"
    else:
        state = "soon" if row.due_on - today <= SOON else "open"
    return Duty(row.pk, row.playbook, row.year, row.number, row.due_on, row.planned_at, row.play_id, state)


def drill_plan(*, scope: Scope, duty: UUID, now: datetime, at: datetime) -> Duty:
    """Put a drill into the calendar; it starts by itself then. Planning again moves it."""
    if at <= now:
        raise Invalid(_("A drill is planned for a time to come."), field="at")
    with scoped(scope), transaction.atomic():
        row = DrillDuty.objects.select_for_update().select_related("org_unit").filter(pk=duty).first()
        if row is None:
            raise NotFound(_("There is no such drill here."))
        scope.require(DRILL, row.org_path)
        if row.play_id:
            raise Invalid(_("This drill is done already."), field="duty")
        row.planned_at = row.next_due_at = at
        row.save()
        journal.record(
            scope=scope, org_unit=row.org_unit, kind="primitives.drill_planned", subject=str(row.pk), at=now,
            data=_data(row),
        )  # fmt: skip
        return _duty(row, row.org_unit.date_at(now))


def _data(row: DrillDuty) -> dict[str, object]:
    return {"playbook": row.playbook, "mode": "drill", "duty": str(row.pk), "year": row.year, "number": row.number}


@tick.every("primitives.drills", 300, atomic=False)
def drills_tick(now: datetime) -> int:
    """Make the year's duties, start planned drills, raise an alarm for each missing one. Returns starts and alarms."""
    everywhere = system_scope((VIEW,), label="tick")
    with scoped(everywhere):
        tick.each("drills of a branch not counted", branches(scope=everywhere), lambda unit: _make_duties(unit, now))
        planned = list(DrillDuty.objects.filter(next_due_at__lte=now, play=None).select_related("org_unit")[:MOST])
        started = tick.each("drill not started", planned, lambda row: _start(row, now))
        today = now.date() + timedelta(days=1)  # a branch ahead of UTC; each is judged by its own date below
        late = DrillDuty.objects.filter(due_on__lt=today, play=None, alarmed_at=None).select_related("org_unit")
        missed = [row for row in late[: 5 * MOST] if row.due_on < row.org_unit.date_at(now)][:MOST]
    return started + tick.each("missing drill not told", missed, lambda row: _alarm(row.pk, row.org_unit, now))


def _make_duties(unit: OrgUnit, now: datetime) -> None:
    today = unit.date_at(now)
    asked = {
        key: item.value for key, item in playbooks(today, unit.rule_pack).items() if item.value.drill_per_year
    }  # fmt: skip
    held = DrillDuty.objects.filter(org_unit=unit, year=today.year, playbook__in=asked).count()
    if held < sum(book.drill_per_year for book in asked.values()):
        with transaction.atomic():
            for book in asked.values():
                duties.ensure(unit, book, today.year, now)


def _start(row: DrillDuty, now: datetime) -> int:
    unit, key = row.org_unit, f"drill:{row.pk}:{row.planned_at:%Y%m%d%H%M}"
    scope = system_scope((DRILL, VIEW), (unit.path,), label="drill calendar")
    with transaction.atomic():
        mine = DrillDuty.objects.filter(pk=row.pk, next_due_at=row.next_due_at).update(next_due_at=None)
        if not mine:
            return 0
        try:
            play_start(
                scope=scope, org_unit=unit, playbook=row.playbook, now=now, mode=Play.Mode.DRILL,
                trigger=f"schedule:{row.pk}", key=key,
            )  # fmt: skip
        except (AlreadyRunning, NotFound):
            return 0
    return 1


def _alarm(duty: UUID, unit: OrgUnit, now: datetime) -> int:
    """Once for each missing drill: people hear of it, the journal keeps it, and it becomes a case to catch up."""
    scope = system_scope(tuple(roles.table()), (unit.path,), label="drill calendar")
    with scoped(scope), transaction.atomic():
        if not DrillDuty.objects.filter(pk=duty, alarmed_at=None, play=None).update(alarmed_at=now):
            return 0
        row = DrillDuty.objects.select_related("org_unit").get(pk=duty)
        book: Playbook | None = None
        if (item := playbooks(unit.date_at(now), unit.rule_pack).get(row.playbook)) is not None:
            book = item.value
        people = {one.pk: one for role in TOLD for one in nearest_holders(role=role, org_unit=unit, on=now)}
        for person in people.values():
            with translation.override(person.language):
                name = book.name(person.language) if book else row.playbook
                notify.send(
                    org_unit=unit, dedupe=f"primitives.drill:{row.pk}:{person.pk}", recipient=person, now=now,
                    title=_("Drill missing: %(plan)s") % {"plan": name},
                    body=_("Drill %(number)d of %(year)d was due on %(date)s.")
                    % {"number": row.number, "year": row.year, "date": row.due_on.isoformat()},
                    link=reverse("risk:emergencies"),
                )  # fmt: skip
        journal.record(
            scope=None, org_unit=unit, kind="primitives.drill_missed", subject=str(row.pk), at=now, data=_data(row)
        )
        if book is not None and book.lesson:
            lessons.missed_drill(scope, unit, book, row, now)
    return 1
