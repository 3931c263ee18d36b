"""Writes the cast into the database through the rooms' actions, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.contrib.auth.hashers import make_password
from django.db import transaction

from counterpoint.config.demo import cast
from counterpoint.config.demo.cast import BranchPlan, PersonPlan
from counterpoint.foundation.api import (
    OrgUnit,
    Scope,
    User,
    counter_create,
    device_create,
    hours_set,
    org_unit_create,
    person_add,
    post_grant,
    roles,
    scoped,
    system_scope,
    zone_create,
)
from counterpoint.team import api as team

PASSWORD = "branch-day-1030"  # noqa: S105 (printed on purpose: everything here is invented)
BANK = "对位银行"
NAMES = UUID("0c0b5a64-7f43-4d7f-9a55-2c9f5d1e8b10")  # of people by their staff number


@dataclass(frozen=True)
class Built:
    """What was written: units by code, people by staff number."""

    units: dict[str, OrgUnit]
    people: dict[str, User]


def demo_scope() -> Scope:
    """Everything, everywhere: the seeder writes on the server itself."""
    return system_scope(tuple(roles.table()), label="demo")


def build(plans: Sequence[BranchPlan], *, now: datetime, since: date) -> Built:
    """The tree with places, people, posts from `since`, and staff profiles. Everybody has the printed password."""
    scope = demo_scope()
    built = Built({}, {})
    with scoped(scope), transaction.atomic():
        _tree(built, scope, plans, now)
        for plan in plans:
            _places(built.units[plan.code], scope, plan, now)
            for person in plan.people:
                _employ(built, scope, built.units[plan.code], person, now, since)
        for staff_no, name, role, where in cast.ABOVE:
            if where in built.units:
                _employ(built, scope, built.units[where], PersonPlan(staff_no, name, role), now, since)
        User.objects.filter(pk__in=[user.pk for user in built.people.values()]).update(password=make_password(PASSWORD))
    return built


def _tree(built: Built, scope: Scope, plans: Sequence[BranchPlan], now: datetime) -> None:
    _unit(built, scope, now, kind="headquarters", code="hq", name=f"{BANK}总行")
    used = {plan.region for plan in plans}
    for code, name in cast.REGIONS:
        if code in used:
            _unit(built, scope, now, kind="region", code=code, name=name, above="hq")
    for plan in plans:
        address = f"云州市{plan.address}"
        _unit(built, scope, now, kind="branch", code=plan.code, name=plan.name, above=plan.region, address=address)


def _unit(built: Built, scope: Scope, now: datetime, *, code: str, above: str = "", **fields: str) -> None:
    """A unit that is there already is used as it is."""
    held = OrgUnit.objects.filter(code=code).first()
    parent = built.units.get(above)
    built.units[code] = held or org_unit_create(scope=scope, now=now, code=code, parent=parent, **fields)


def _places(branch: OrgUnit, scope: Scope, plan: BranchPlan, now: datetime) -> None:
    hours_set(scope=scope, now=now, branch=branch, weekly=dict(plan.hours))
    zones = {
        code: zone_create(scope=scope, now=now, branch=branch, code=code, name=name, kind=kind)
        for code, name, kind in cast.ZONES
    }
    for number, kind in enumerate(plan.counters, 1):
        zone = zones[cast.ZONE_OF[kind]]
        counter_create(scope=scope, now=now, branch=branch, number=number, kind=kind, zone=zone)
    for code, name, kind in plan.devices:
        zone = zones["entrance" if kind == "kiosk" else "waiting" if kind == "screen" else "self"]
        device_create(scope=scope, now=now, branch=branch, code=code, name=name, kind=kind, zone=zone)


def _employ(built: Built, scope: Scope, unit: OrgUnit, person: PersonPlan, now: datetime, since: date) -> None:
    user = person_add(
        scope=scope, now=now, org_unit=unit, staff_no=person.staff_no, name=person.name,
        id=uuid5(NAMES, person.staff_no),  # what is drawn by the person is the same in every demo
    )  # fmt: skip
    post_grant(scope=scope, now=now, org_unit=unit, user=user, role=person.role, since=since)
    built.people[person.staff_no] = user
    if person.skills:
        team.staff_profile_set(
            scope=scope, now=now, branch=unit, user=user,
            skills=[team.SkillInput(skill, level) for skill, level in person.skills],
            contract_minutes=person.contract_minutes, speed=person.speed,
            floats=person.role == "teller" and {"cash", "non_cash"} <= {skill for skill, _level in person.skills},
        )  # fmt: skip
