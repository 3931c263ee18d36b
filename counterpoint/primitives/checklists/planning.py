"""Scheduled rounds, by the tick: put the due ones on the branch's list, and speak up once when one is overdue."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    Device,
    OrgUnit,
    Scope,
    User,
    branches,
    calendar,
    colleagues,
    devices,
    hours_of,
    new_id,
    practice,
    roles,
    scoped,
    system_scope,
    tick,
)  # fmt: skip
from counterpoint.primitives.checklists import catalogue, effects
from counterpoint.primitives.checklists.actions import in_use
from counterpoint.primitives.checklists.calling import Call
from counterpoint.primitives.checklists.definition import Checklist, Schedule
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.checklists.scheduling import Slot, slots
from counterpoint.primitives.checklists.telling import tell_leaders
from counterpoint.primitives.content import Item

LATE_BATCH = 200


@tick.every("primitives.rounds", 60, atomic=False, practice=True)
def _plan(now: datetime) -> int:
    return plan_rounds(now=now) + escalate_late(now=now)


def _system() -> Scope:
    return system_scope(tuple(roles.table()), label="schedule")


def plan_rounds(*, now: datetime) -> int:
    """Create the rounds that are due and not on the list yet, at every branch. Returns how many."""
    scope = _system()
    return tick.each(
        "rounds not planned", branches(scope=scope), lambda one: plan_branch(scope=scope, org_unit=one, now=now)
    )


def plan_branch(*, scope: Scope, org_unit: OrgUnit, now: datetime) -> int:
    """The branch's due rounds; asking again creates nothing. Of a practice branch those due since it began."""
    on = org_unit.date_at(now)
    found = [(item, item.value.schedule) for item in catalogue.in_force(org_unit, on).values() if item.value.schedule]
    if not found:
        return 0
    with scoped(scope):
        wanted, began = _wanted(scope, org_unit, on, found), practice.begins_at(org_unit)
        if began is not None:
            wanted = {name: one for name, one in wanted.items() if one[2].due_at >= began}
        known = set(Round.objects.filter(org_unit=org_unit, slot__in=list(wanted)).values_list("slot", flat=True))
        call = Call(scope, org_unit, now)
        return sum(_planned(call, name, *wanted[name]) for name in wanted if name not in known)


Wanted = tuple[Item, Schedule, Slot, str]


def _wanted(scope: Scope, org_unit: OrgUnit, on: date, found: list[tuple[Item, Schedule]]) -> dict[str, Wanted]:
    """Every slot that should have its round today, by its name."""
    hours: calendar.Hours = hours_of(org_unit)
    machines: list[Device] = devices(scope=scope, branch=org_unit)
    wanted: dict[str, Wanted] = {}
    for item, schedule in found:
        for slot in slots(schedule, hours, on):
            for asset in _assets(item.value, machines):
                wanted[f"{item.key}:{asset}:{slot.period}"] = (item, schedule, slot, asset)
    return wanted


def _assets(checklist: Checklist, machines: list[Device]) -> list[str]:
    if not checklist.asset_kind:
        return [""]
    return [one.code for one in machines if one.kind == checklist.asset_kind]


def _planned(call: Call, name: str, item: Item, schedule: Schedule, slot: Slot, asset: str) -> bool:
    """One round, pinned to the version in force; of two ticks one writes it."""
    row = Round(
        id=new_id(), org_unit=call.org_unit, checklist=item.key, version=item.version, pack=item.pack, asset=asset,
        business_date=slot.date, slot=name, phase=schedule.phase, role=schedule.role, state=Round.State.DUE,
        due_at=slot.due_at, next_due_at=slot.due_at, assignee=_only_holder(call, schedule.role),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            call.note(
                "round_planned", row.pk, round=str(row.pk), checklist=item.key, version=item.version, asset=asset,
                slot=name, due=slot.due_at.isoformat(),
            )  # fmt: skip
    except IntegrityError:
        return False
    return True


def _only_holder(call: Call, role: str) -> User | None:
    """The person, when exactly one at the branch has the role; else the round belongs to the role."""
    holders = [one for one in colleagues(scope=call.scope, org_unit=call.org_unit, on=call.on) if role in one.roles]
    return User.objects.filter(pk=holders[0].id).first() if len(holders) == 1 else None


def escalate_late(*, now: datetime) -> int:
    """Rounds whose time is over and that nobody submitted: a case or messages, once for each. Returns how many."""
    scope = _system()
    with scoped(scope):
        late = Round.objects.filter(next_due_at__lte=now).exclude(state=Round.State.SUBMITTED)
        rows = list(late.select_related("org_unit", "assignee").order_by("next_due_at")[:LATE_BATCH])
        return tick.each("late round not told", rows, lambda row: _escalate(Call(scope, row.org_unit, now), row))


def _escalate(call: Call, row: Round) -> bool:
    """Of two ticks one speaks up: who clears the due time first. Nobody asks for a machine that is out of use."""
    mine = Round.objects.filter(pk=row.pk, next_due_at=row.next_due_at).exclude(state=Round.State.SUBMITTED)
    if not in_use(call.scope, call.org_unit, row.asset):
        mine.update(next_due_at=None)
        return False
    if not mine.update(next_due_at=None, late_at=call.now):
        return False
    checklist = catalogue.told(row)
    effect = checklist.schedule.late if checklist.schedule else None
    case, told = None, 0
    if effect:
        text = f"{checklist.name('zh-hans')} {row.asset}".strip()
        case = effects.open_case(
            call, effect, key=f"round-late:{row.pk}", source=f"primitives.round:{row.pk}", text=text
        )
    else:
        told = _tell(call, row, checklist)
    call.note(
        "round_late", row.pk, round=str(row.pk), checklist=row.checklist, version=row.version, asset=row.asset,
        due=row.due_at.isoformat() if row.due_at else "", case=str(case or ""), told=told,
    )  # fmt: skip
    return True


def _tell(call: Call, row: Round, checklist: Checklist) -> int:
    """A message to the person it is assigned to and to the leaders of the branch."""

    def words(language: str) -> tuple[str, str]:
        body = _("The round was due at %(time)s and has not been submitted.") % {"time": _wall(call, row)}
        return _("Overdue: %(name)s") % {"name": checklist.name(language)}, body

    link = reverse("primitives:round", args=[row.pk])
    return tell_leaders(call, f"round-late:{row.pk}", link, words, row.assignee_id)


def _wall(call: Call, row: Round) -> str:
    return f"{row.due_at.astimezone(ZoneInfo(call.org_unit.time_zone)):%H:%M}" if row.due_at else ""
