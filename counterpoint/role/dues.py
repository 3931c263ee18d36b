"""What is due tonight and on the next open day, by time and with its owner: deadlines, rounds, drills, and what rooms
above offer (calls to customers, requests for the roster)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope, calendar, roles
from counterpoint.primitives import cases, checklists, playbooks
from counterpoint.role import selfchecks
from counterpoint.role.offered import Due, dues_of
from counterpoint.role.today import Today


def due_until(*, scope: Scope, branch: OrgUnit, until: date, today: Today, language: str) -> tuple[Due, ...]:
    """Everything of the branch that is due by the end of a date and not done, in order; what is late comes first."""
    now, zone = today.now, ZoneInfo(branch.time_zone)
    midnight = calendar.local(until + timedelta(days=1), 0, zone)
    clocks = cases.clocks_due(scope=scope, branch=branch.code, before=midnight, now=now)
    found = [_of_clock(one, now, zone) for one in clocks]
    found += _rounds(scope, branch, until, today, language)
    found += _drills(scope, branch, until, now, language)
    found += dues_of(scope, branch, until, now)
    return tuple(sorted(found, key=lambda one: (one.on, one.at is None, one.at or now, one.name)))


def _of_clock(one: cases.DueClock, now: datetime, zone: ZoneInfo) -> Due:
    at, view = one.due_at.astimezone(zone), one.case
    what = f"{view.type_name} · {one.clock}"
    whole_day = (at.hour, at.minute) == (0, 0)  # midnight ends the day before
    on = at.date() - timedelta(days=1) if whole_day else at.date()
    url = _address("primitives:case", view.id)
    return Due(on, None if whole_day else at, what, view.title, view.owner_name, url, one.late(now))


def _rounds(scope: Scope, branch: OrgUnit, until: date, today: Today, language: str) -> Iterator[Due]:
    """Rounds on the list that nobody handed in, and those that schedules ask for up to the date."""
    if not scope.may(checklists.VIEW, branch.path):
        return
    now, zone = today.now, ZoneInfo(branch.time_zone)
    told = set()
    for one in checklists.rounds_due(scope=scope, org_unit=branch, now=now):
        told.add((one.view.checklist, one.view.business_date))
        if one.view.due_at is not None and (at := one.view.due_at.astimezone(zone)).date() <= until:
            name = f"{one.definition.name(language)} {one.view.asset}".strip()
            owner = one.assignee or _role(one.view.role)
            url = _address("primitives:round", one.view.id)
            yield Due(at.date(), at, _kind(one.view.checklist), name, owner, url, one.late)
    ahead = checklists.planned(
        scope=scope, org_unit=branch, since=today.date, until=until + timedelta(days=1)
    )  # fmt: skip
    for row in ahead:
        at = row.due_at.astimezone(zone)
        done = row.round is not None and row.round.state == "submitted"
        if not done and at > now and (row.definition.key, row.date) not in told:
            owner = row.assignee or _role(row.schedule.role)
            yield Due(at.date(), at, _kind(row.definition.key), row.definition.name(language), owner, "", False)


def _drills(scope: Scope, branch: OrgUnit, until: date, now: datetime, language: str) -> Iterator[Due]:
    """Drills of the year up to the date: at their planned time, else by their day."""
    if not scope.may(playbooks.VIEW, branch.path):
        return
    zone = ZoneInfo(branch.time_zone)
    books = playbooks.playbooks(branch.date_at(now), branch.rule_pack)
    for duty in playbooks.drill_duties(scope=scope, org_unit=branch, now=now):
        at = duty.planned_at.astimezone(zone) if duty.planned_at and duty.planned_at > now else None
        on = at.date() if at else duty.due_on
        if duty.state != "done" and on <= until:
            name = books[duty.playbook].value.name(language) if duty.playbook in books else duty.playbook
            late, url = duty.state == "missed", _address("risk:emergencies")
            yield Due(on, None if late else at, _("Drill"), name, _role("supervisor"), url, late)


def _kind(checklist: str) -> str:
    return _("Self-check") if checklist.startswith(selfchecks.PREFIX) else _("Round")


def _role(key: str) -> str:
    return str(roles.ROLES[key].label) if key in roles.ROLES else key


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
