"""People who think along beside this morning's hall: the first choices of a shadow licence that takes twenty days."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from counterpoint.academy.debrief import shadow
from counterpoint.config.demo.bank import demo_scope
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.foundation.api import OrgUnit, User, calendar, colleagues, scope_of, scoped

WHO = ("supervisor", "lobby_manager", "teller")  # the first of each
LEFT_OPEN = timedelta(minutes=25)  # before now: the newest question is for whoever looks at the page


def due(plan: BranchPlan, branch: OrgUnit, until: datetime) -> list[tuple[datetime, User]]:
    """When each of them is asked this morning, the newest question left out; in the order of time."""
    found = []
    known = {one.staff_no: one.id for one in colleagues(scope=demo_scope(), org_unit=branch, on=branch.date_at(until))}
    hours = calendar.Hours(plan.hours).on(branch.date_at(until), provisional=True)
    for role in WHO:
        person = plan.of_role(role)[0]
        with scoped(demo_scope()):
            user = User.objects.get(pk=known[person.staff_no])
        for point in shadow.rules.points(user.pk, branch.date_at(until), hours[0][0], hours[-1][1]):
            at = calendar.local(branch.date_at(until), point + 2, ZoneInfo(branch.time_zone))
            if at <= until - LEFT_OPEN:
                found.append((at, user))
    return sorted(found, key=lambda row: row[0])


def choose(branch: OrgUnit, user: User, at: datetime) -> None:
    """What the person would do: open a window when many wait, else nothing."""
    scope = scope_of(user, at)
    told = shadow.asked(scope=scope, branch=branch, now=at, language="zh-hans")
    if told.open is None:
        return
    given = {"kind": "nothing"}
    if told.there.waiting > 6 and told.there.windows and told.there.people:
        given = {"kind": "open", "counter": told.there.windows[-1][0], "user": told.there.people[0][0]}
    shadow.shadow_choose(scope=scope, branch=branch, given=given, now=at)
