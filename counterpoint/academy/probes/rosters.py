"""Probe of the roster that is being made."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.probes.registry import Args, Found, Look, probe
from counterpoint.primitives.content import minute_of
from counterpoint.team import api as team

WEEKS = 6
STEP = 15


@probe(
    "roster", verb="team.roster.view", takes=frozenset({"of", "since", "until"}),
    gives={"fewest": _("Fewest people on the post")},
)  # fmt: skip
def roster(look: Look, args: Args) -> Found:
    """The first day of the newest roster of the coming weeks: the fewest people on the post `of` at any time from
    `since` to `until`."""
    on = _coming(look)
    if on is None:
        return {}
    planned = team.planned_day(scope=look.scope, branch=look.branch, day=on)
    shifts: Any = planned.shifts if planned else ()
    minutes = range(minute_of(str(args.get("since", "11:00"))), minute_of(str(args.get("until", "14:00"))), STEP)
    posted = [
        sum(a <= at < b and skill == args.get("of") for one in shifts for a, b, skill in one.segments)
        for at in minutes
    ]  # fmt: skip
    return {"fewest": min(posted, default=0)}


def _coming(look: Look) -> date | None:
    """The first day on which somebody works by the newest roster of the first week from now on that has one."""
    monday = look.today - timedelta(days=look.today.weekday())
    for ahead in range(WEEKS):
        week = monday + timedelta(weeks=ahead)
        row: Any = team.roster_latest(scope=look.scope, branch=look.branch, week=week)
        held = row.solution.get("roster") if row else None
        days = [week + timedelta(days=one["day"]) for one in held["shifts"]] if held else []
        coming = min((day for day in days if day > look.today), default=None)
        if coming is not None:
            return coming
    return None
