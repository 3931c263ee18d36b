"""The planner at work for a branch of the bank: history by key, the bank's services and hours, people of the branch.

Science is imported inside the functions: only job workers need it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope, calendar, hours_of, scoped
from counterpoint.primitives.metrics import UnknownSource, fetch
from counterpoint.role.api import marks_of, service_types, tiers
from counterpoint.team import beforehand, knowing, parameters, queries, waiting, workbench
from counterpoint.team.actions import forecast_store, roster_store
from counterpoint.team.errors import NotNow
from counterpoint.team.models import Forecast, Roster
from counterpoint.team.peers import ENOUGH, Borrowed, borrowed

if TYPE_CHECKING:
    import pandas as pd

    from counterpoint.science.demand import DayInfo
    from counterpoint.science.history import TicketLog
    from counterpoint.team.planning import Note

Report = Callable[[float, str], None]
LOOK_BACK = 400
BASIC_POSTS = ("cash", "non_cash", "lobby")  # branch practice: one of each while open (handbook, lunch row, mark D)
PROMISE_SHARE = 0.9
WORK = 8.0
COLUMNS = ("branch", "ticket", "service", "tier", "arrived", "called", "finished", "left", "server", "outcome")


def quiet(share: float, words: str = "") -> None:
    """A report that nobody reads."""


def make_forecast(
    *, scope: Scope, now: datetime, branch: OrgUnit, since: date, days: int, seed: int, report: Report = quiet
) -> Forecast:
    """Forecast `days` days from `since` and keep the run; a branch with too few days of its own borrows from branches
    like it. Raises NotNow when there is nothing to learn from."""
    from counterpoint.team import planning
    from counterpoint.team.planning.festivals import unannounced

    until = since + timedelta(days=days)
    today, _minute = queries.now_at(branch, now)
    first, last = min(since, today) - timedelta(days=LOOK_BACK), min(since, today + timedelta(days=1))
    log, lent = _learnt(scope, branch, first, last)
    services = service_types(since, branch.rule_pack)
    with scoped(scope):
        hours = hours_of(branch)
        said = knowing.known_of(branch, first, until)
    start = log.usable["arrived"].min().date() if len(log.usable) else since

    def kind_on(day: date) -> calendar.CalendarDay:
        return calendar.day(day, branch.rule_pack, provisional=True)

    days_known, few = beforehand.with_known(
        planning.build_days(
            start, until - timedelta(days=1),
            hours_on=lambda day: hours.on(day, provisional=True),
            kind_on=kind_on,
            marks_on=lambda day: [mark.key for mark in marks_of(day, branch.rule_pack)],
            effects=branch.rule_pack == "cn",
        ),
        said, since,
    )  # fmt: skip
    asked = planning.PlanInput(
        log=log,
        days=days_known,
        week=tuple(since + timedelta(days=n) for n in range(days)),
        seed=seed,
        branch=branch.code,
        promise=planning.Promise(PROMISE_SHARE, promised(since, branch.rule_pack)),
        skills={key: service.skill for key, service in services.items()},
        names={key: service.name("zh-hans") for key, service in services.items()},
        defaults={key: (service.counter_minutes, service.counter_cv) for key, service in services.items()},
        shares=lent.shares if lent else {key: service.share for key, service in services.items()},
        daily=lent.daily if lent else None,
        profile=lent.profile if lent else {},
        peers=lent.branches if lent else 0,
    )  # fmt: skip
    _require_open(day for day in asked.days if day.date >= since)
    view = planning.look_ahead(asked, report)
    view = replace(view, notes=(*(_too_few(name, n) for name, n in sorted(few.items())), *view.notes))
    year = unannounced(asked.week, kind_on)
    if year:
        text = f"The holidays of {year} are not announced; plain weekends are assumed."
        view = replace(view, notes=(planning.Note("calendar_provisional", text, {"year": year}), *view.notes))
    return forecast_store(
        scope=scope, now=now, branch=branch, since=since, until=until, seed=seed, inputs_hash=asked.digest(),
        payload=view.to_dict(),
    )  # fmt: skip


def _too_few(name: str, days: int) -> Note:
    """That an amount is told of too few days to learn from."""
    from counterpoint.team import planning

    text = f"{name}: told of {days} past days; from {beforehand.ENOUGH} on the forecast learns from it."
    return planning.Note("known_few", text, {"name": name, "days": days, "enough": beforehand.ENOUGH})


def _learnt(scope: Scope, branch: OrgUnit, since: date, until: date) -> tuple[TicketLog, Borrowed | None]:
    """The branch's log, and what similar branches lend where it holds too few days."""
    try:
        log = history(scope=scope, branch=branch, since=since, until=until)
    except NotNow:
        lent = borrowed(branch, until)
        if lent is None:
            raise
        return _no_log(), lent
    few = log.usable["arrived"].dt.date.nunique() < ENOUGH
    return log, borrowed(branch, until) if few else None


def _require_open(days: Iterable[DayInfo]) -> None:
    if not any(day.is_open for day in days):
        raise NotNow(_("The branch is closed on all of these days: there is nothing to plan. Choose another week."))


def promised(on: date, pack: str) -> float:
    """Minutes promised to the tier with most customers."""
    found = tiers(on, pack).values()
    return max(found, key=lambda tier: tier.share).promise_minutes if found else 15.0


def history(*, scope: Scope, branch: OrgUnit, since: date, until: date) -> TicketLog:
    """The branch's tickets by key from the hall, as a clean log."""
    from counterpoint.science.history import Mapping, normalise

    frame = _tickets(scope, branch, since, until)
    if frame is None or frame.empty:
        raise NotNow(_("There is no ticket history yet. Import a ticket file, or wait until tickets were taken."))
    log = normalise(frame.reset_index(drop=True), Mapping.from_dict({name: name for name in COLUMNS}))
    if not len(log.usable):
        raise NotNow(_("None of the recorded tickets can be used. Look at the import's list of problems."))
    return log


def _tickets(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame | None:
    try:
        return fetch("onsite.tickets", scope=scope, branch=branch, since=since, until=until)
    except UnknownSource:
        return None


def draft_roster(
    *, scope: Scope, now: datetime, branch: OrgUnit, week: date, seed: int, report: Report = quiet
) -> Roster:
    """Draft a week: the newest forecast that covers it (or a new one), people, rules; stored as the next version."""
    from counterpoint.team import planning

    forecast = _covering(scope, branch, week)
    if forecast is None:
        forecast = make_forecast(
            scope=scope, now=now, branch=branch, since=week, days=7, seed=seed,
            report=lambda share, words: report(0.4 * share, words),
        )  # fmt: skip
    report(0.4, "roster")
    dates = [week + timedelta(days=n) for n in range(7)]
    with scoped(scope):
        people = workbench.people_of(branch, dates)
        speeds = waiting.speeds_of(branch)
        last = Roster.objects.filter(
            org_unit=branch, week=week - timedelta(days=7), state=Roster.State.PUBLISHED
        ).first()
        baseline = workbench.schedule_of(last) if last else None
    if not people:
        raise NotNow(_("Nobody has a staff profile here. Set up skills and contracts on the staff page first."))
    view = planning.Outlook.from_dict(forecast.payload).only(tuple(dates))
    _require_open(view.days)
    held = {skill.key for person in people for skill in person.skills}
    asked = planning.PlanInput(
        log=_no_log(), days=view.days, week=tuple(dates), seed=seed, branch=branch.code, promise=view.promise,
        people=people, speeds=speeds, rules=parameters.rules_of(branch.rule_pack, week),
        minimums={post: 1 for post in BASIC_POSTS if post in held}, baseline=baseline, work=WORK,
    )  # fmt: skip
    plan = planning.plan_from(view, asked, report)
    digest = hashlib.sha256(json.dumps([forecast.inputs_hash, plan.problem.to_dict(), seed], sort_keys=True).encode())
    return roster_store(
        scope=scope, now=now, branch=branch, week=week, problem=plan.problem.to_dict(), solution=plan.solution(),
        waits=plan.waits_dict(), conflict=[*({"type": "conflict", **c} for c in plan.conflicts),
                                           *({"type": "way", **w} for w in plan.ways_out)],
        forecast=forecast, seed=seed, inputs_hash=digest.hexdigest(),
    )  # fmt: skip


def _covering(scope: Scope, branch: OrgUnit, week: date) -> Forecast | None:
    with scoped(scope):
        rows = Forecast.objects.filter(org_unit=branch, since__lte=week, until__gte=week + timedelta(days=7))
        return rows.order_by("-made_at").first()


def _no_log() -> TicketLog:
    import pandas as pd

    from counterpoint.science.history import TicketLog

    issues = pd.DataFrame({name: [] for name in ("row", "column", "value", "code", "severity", "message")})
    return TicketLog(pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS}), issues)
