"""People who think along beside the hall, on their way to a shadow licence that takes twenty days: some days before
this one with what their choices were worth, and this morning's choices.

What a choice of an earlier day was worth is simulated on that day as it was recorded, like everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from counterpoint.academy.debrief import shadow
from counterpoint.config.demo.bank import Built, demo_scope
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.foundation.api import OrgUnit, User, calendar, colleagues, scope_of, scoped
from counterpoint.onsite import api as onsite
from counterpoint.role import api as role

DAYS: Mapping[str, int] = {"supervisor": 8, "lobby_manager": 3}  # days thought along before this one
ANSWERED = slice(2, 10)  # of the points of such a day
BUSY = range(10 * 60, 11 * 60 + 30)  # minutes at which the supervisor sends more people to the machines, by habit
LUNCH = range(12 * 60, 12 * 60 + 40)  # when the lobby manager once shut a window too many
WHO = ("supervisor", "lobby_manager", "teller")  # the first of each
LEFT_OPEN = timedelta(minutes=25)  # before now: the newest question is for whoever looks at the page


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, **_more: object) -> int:
    """The earlier days of each, judged as in the night after; returns how many. Call in a transaction."""
    plan, count = plans[0], 0
    branch = built.units[plan.code]
    zone = ZoneInfo(branch.time_zone)
    for name, days in DAYS.items():
        user = _user(plan, branch, name, until)
        for place, on in enumerate(_days(plan, branch, since, until, days)):
            for minute in _points(plan, user, on)[ANSWERED]:
                now = calendar.local(on, minute + 2, zone)
                decision = onsite.Decision("nothing")
                if name == WHO[0] and minute in BUSY:
                    decision = _guided(branch, on)
                elif name == WHO[1] and place == 0 and minute in LUNCH:
                    decision = _shut(branch, on, until)
                shadow.keep(scope=scope_of(user, now), branch=branch, minute=minute, decision=decision, now=now)
            night = datetime.combine(on + timedelta(days=1), time(2), zone)
            shadow.judged(scope=demo_scope(), branch=branch, user=user.pk, on=on, now=night)
            count += 1
    return count


def _days(plan: BranchPlan, branch: OrgUnit, since: date, until: datetime, count: int) -> list[date]:
    """Every second of the last days on which the branch was open, the earliest first: not of one kind only."""
    today, hours = branch.date_at(until), calendar.Hours(plan.hours)
    past = (today - timedelta(days=back) for back in range(1, (today - since).days))
    opened = (on for on in past if hours.on(on, provisional=True))
    return list(islice(opened, 1, 2 * count, 2))[::-1]


def _guided(branch: OrgUnit, on: date) -> onsite.Decision:
    """More people to the machines, for what they take most of."""
    most = max(role.service_types(on, branch.rule_pack).values(), key=lambda one: one.divertible)
    return onsite.Decision("guide", service=most.key, share=most.divertible)


def _shut(branch: OrgUnit, on: date, until: datetime) -> onsite.Decision:
    """The window that was opened first; nothing when none was."""
    day = onsite.recorded_day(scope=demo_scope(), branch=branch, on=on, now=until).recorded
    opened = [one.counter for one in day.events if one.kind == "open"]
    return onsite.Decision("close", counter=opened[0]) if opened else onsite.Decision("nothing")


def _points(plan: BranchPlan, user: User, on: date) -> tuple[int, ...]:
    hours = calendar.Hours(plan.hours).on(on, provisional=True)
    return shadow.rules.points(user.pk, on, hours[0][0], hours[-1][1])


def _user(plan: BranchPlan, branch: OrgUnit, role_name: str, until: datetime) -> User:
    """The first of a role at the branch."""
    known = {one.staff_no: one.id for one in colleagues(scope=demo_scope(), org_unit=branch, on=branch.date_at(until))}
    with scoped(demo_scope()):
        return User.objects.get(pk=known[plan.of_role(role_name)[0].staff_no])


def due(plan: BranchPlan, branch: OrgUnit, until: datetime) -> list[tuple[datetime, User]]:
    """When each of them is asked this morning, the newest question left out; in the order of time."""
    found = []
    for name in WHO:
        user = _user(plan, branch, name, until)
        for point in _points(plan, user, branch.date_at(until)):
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
