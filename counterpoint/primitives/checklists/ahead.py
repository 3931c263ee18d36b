"""The rounds that schedules ask for over a span of dates, past and to come, beside those that are on the list."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Scope, calendar, hours_of, scoped
from counterpoint.primitives.checklists import catalogue
from counterpoint.primitives.checklists.definition import Checklist, Schedule
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.checklists.queries import names_of
from counterpoint.primitives.checklists.scheduling import due_of, period_of
from counterpoint.primitives.checklists.values import RoundView, view
from counterpoint.primitives.checklists.verbs import VIEW
from counterpoint.primitives.content import Item


@dataclass(frozen=True)
class Planned:
    """A round of a schedule. `round` is None while it is not on the list yet, or never was."""

    definition: Checklist
    schedule: Schedule
    date: date
    due_at: datetime
    round: RoundView | None
    assignee: str
    done_by: str


def planned(*, scope: Scope, org_unit: OrgUnit, since: date, until: date, prefix: str = "") -> list[Planned]:
    """What is due at the branch from `since` to before `until`, by due time: each date by the version in force then.

    Only checklists whose key begins with `prefix`, and of those the ones that are not walked per machine.
    """
    scope.require(VIEW, org_unit.path)
    with scoped(scope):
        hours: calendar.Hours = hours_of(org_unit)
        rows = Round.objects.filter(org_unit=org_unit, slot__startswith=prefix).exclude(slot="")
        near = rows.filter(business_date__gte=since, business_date__lt=until).select_related("assignee")
        held = {row.slot: row for row in near}
        people = names_of({row.done_by for row in held.values()})
        wanted = _wanted(org_unit, hours, since, until, prefix)
        found = []
        for slot, (item, on, due) in wanted.items():
            row = held.pop(slot, None)
            schedule: Schedule = item.value.schedule
            if row is None:
                found.append(Planned(item.value, schedule, on, due, None, "", ""))
            else:
                found.append(_of_row(row, item.value, schedule, due, people))
        for row in held.values():  # put on the list by a version that no longer rules
            told = catalogue.told(row)
            if not row.asset and told.schedule and row.due_at:
                found.append(_of_row(row, told, told.schedule, row.due_at, people))
    return sorted(found, key=lambda one: (one.due_at, one.definition.key))


def _of_row(row: Round, definition: Checklist, schedule: Schedule, due: datetime, people: dict[UUID, str]) -> Planned:
    assignee = row.assignee.name if row.assignee else ""
    done_by = people.get(row.done_by, "") if row.done_by else ""
    return Planned(definition, schedule, row.business_date, row.due_at or due, view(row), assignee, done_by)


def _wanted(
    org_unit: OrgUnit, hours: calendar.Hours, since: date, until: date, prefix: str
) -> dict[str, tuple[Item, date, datetime]]:
    found: dict[str, tuple[Item, date, datetime]] = {}
    for item in catalogue.versions(org_unit, prefix):
        checklist: Checklist = item.value
        if checklist.schedule is None or checklist.asset_kind:
            continue
        day = since
        while day < until:
            first, last, period = period_of(checklist.schedule.every, day)
            slot = due_of(checklist.schedule, hours, first, last)
            if slot is not None and since <= slot[0] < until and item.in_force(slot[0]):
                found[f"{item.key}::{period}"] = (item, *slot)
            day = last + timedelta(days=1)
    return found
