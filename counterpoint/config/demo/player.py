"""The process that plays every branch of the demo, day after day, in demo time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from counterpoint.config.demo import year
from counterpoint.config.demo.bank import demo_scope
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.play import Play
from counterpoint.config.demo.script import Shift, script_of
from counterpoint.foundation.api import OrgUnit, User, colleagues, scoped
from counterpoint.onsite import api as hall
from counterpoint.onsite.models import BranchDay, DayLog
from counterpoint.team import api as team

log = logging.getLogger("counterpoint.demo")
SLICE = 0.25  # real seconds of play for a branch before the next one has its turn
POST_SKILLS = frozenset({"cash", "non_cash", "wealth", "corporate", "lobby"})


class House:
    """One branch over days: yesterday is closed before today begins, and days that nobody played are simulated."""

    def __init__(self, plan: BranchPlan, branch: OrgUnit, *, seed: int) -> None:
        self.plan, self.branch, self.seed = plan, branch, seed
        self.play: Play | None = None
        self._checked: date | None = None

    def today(self, now: datetime) -> date:
        """The branch's date."""
        return now.astimezone(ZoneInfo(self.branch.time_zone)).date()

    def step(self, now: datetime, real: datetime, enough: Callable[[], bool] = lambda: False) -> int:
        """Play on up to now."""
        today = self.today(now)
        if self.play is None or (self.play.stage.closed and self.play.script.on < today):
            self.play = self._next(today, now)
        return self.play.step(now, real, enough) if self.play else 0

    def _next(self, today: date, now: datetime) -> Play | None:
        with scoped(demo_scope()):
            left = BranchDay.objects.filter(org_unit=self.branch, closed_at=None, business_date__lt=today)
            unfinished = left.order_by("business_date").values_list("business_date", flat=True).first()
        on = unfinished or today
        if unfinished is None:
            self._fill(today, now)
        return play_of(self.plan, self.branch, on, seed=self.seed) if year.open_days(self.plan, on, after(on)) else None

    def _fill(self, today: date, now: datetime) -> None:
        """Simulate the open days since the last known one; the clock may have been moved over them."""
        if self._checked == today:
            return
        self._checked = today
        with scoped(demo_scope()):
            last = DayLog.objects.filter(org_unit=self.branch).order_by("-business_date").first()
        if last is None or last.business_date >= today - timedelta(days=1):
            return
        missing = year.open_days(self.plan, after(last.business_date), today)
        if missing:
            frame = year.history(self.plan, missing[0], after(missing[-1]), seed=self.seed)
            hall.history_import(
                scope=demo_scope(), branches=[self.branch], log=frame, label=year.LABEL, now=now, source="simulated"
            )


def after(on: date) -> date:
    """The next date."""
    return on + timedelta(days=1)


def play_of(plan: BranchPlan, branch: OrgUnit, on: date, *, seed: int) -> Play:
    """The play of a branch day, on its published roster when there is one."""
    scope = demo_scope()
    posted = colleagues(scope=scope, org_unit=branch, on=on)
    users = User.objects.in_bulk([person.id for person in posted])
    people = {person.staff_no: users[person.id] for person in posted}
    return Play(branch, script_of(plan, on, seed=seed, shifts=shifts_of(branch, on, people)), people)


def shifts_of(branch: OrgUnit, on: date, people: dict[str, User]) -> list[Shift]:
    """Published shifts of people at counters and in the lobby."""
    names = {user.pk: staff_no for staff_no, user in people.items()}
    found = []
    for shift in team.shifts_on(scope=demo_scope(), branch=branch, day=on):
        posts = [skill for _start, _end, skill in shift.segments if skill in POST_SKILLS]
        if posts and shift.user in names:
            lunch = (float(shift.lunch[0]), float(shift.lunch[1] - shift.lunch[0])) if shift.lunch else None
            most = max(sorted(set(posts)), key=posts.count)
            found.append(Shift(names[shift.user], float(shift.start), float(shift.end), lunch, most))
    return found


def _slice(seconds: float) -> Callable[[], bool]:
    """True once so many seconds of the host's time have passed."""
    began = monotonic()
    return lambda: monotonic() - began > seconds


class Player:
    """All branches, the first one always up to date, the others as time allows."""

    def __init__(self, plans: Sequence[BranchPlan], *, seed: int) -> None:
        with scoped(demo_scope()):
            units = {unit.code: unit for unit in OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH)}
        self.houses = [House(plan, units[plan.code], seed=seed) for plan in plans if plan.code in units]

    def round(self, now: datetime, real: datetime) -> int:
        """One turn for every branch; returns how much was done. A branch that fails does not stop the others."""
        count = 0
        for place, house in enumerate(self.houses):
            try:
                count += house.step(now, real, _slice(SLICE * (8 if place == 0 else 1)))
            except Exception:
                log.exception("the demo could not play a branch", extra={"branch": house.branch.code})
                house.play = None
        return count
