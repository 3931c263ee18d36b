"""Predicted waits of one day of a stored roster, and of a change to it that nobody has saved. Simulated, never written.

Days once played are kept in memory: the saved roster is played once while a shift is dragged. Science is imported
inside the functions: web processes start without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from counterpoint.foundation.api import OrgUnit
from counterpoint.team.models import Roster, StaffProfile

if TYPE_CHECKING:
    from counterpoint.science.rostering import Roster as Schedule
    from counterpoint.science.rostering import RosterProblem
    from counterpoint.team.planning import DayChange, Outlook, Played, Post, Remedy

QUICK = 60  # simulated days while something moves
FULL = 200  # simulated days of everything that is stored
KEPT = 128


@dataclass(frozen=True)
class Ground:
    """A forecast of one week, known by its key."""

    key: str
    outlook: Outlook = field(compare=False, repr=False)


@dataclass(frozen=True)
class Compared:
    """The day as saved and as tried, and what that changes. `days` were simulated."""

    saved: Played
    tried: Played
    change: DayChange
    days: int


def speeds_of(branch: OrgUnit) -> dict[str, float]:
    """Speed factors by person id."""
    rows = StaffProfile.objects.filter(org_unit=branch, active=True).values_list("user_id", "speed")
    return {str(user): speed for user, speed in rows}


def outlook_of(row: Roster) -> Outlook | None:
    """The forecast that a roster stands on, for the roster's days."""
    from counterpoint.team.planning import Outlook

    if row.forecast is None:
        return None
    return Outlook.from_dict(row.forecast.payload).only(tuple(row.week + timedelta(days=n) for n in range(7)))


def compared(row: Roster, saved: Schedule, tried: Schedule, day: int, *, days: int = FULL) -> Compared | None:
    """Both rosters of a day on the same simulated customers; None where no forecast is known."""
    from counterpoint.team.planning import change, posts_of

    view = outlook_of(row)
    if view is None:
        return None
    speeds, ground = speeds_of(row.org_unit), Ground(f"{row.forecast_id} {row.week}", view)
    before, after = (
        _played(ground, day, tuple(posts_of(view, one, day, speeds)), row.seed, days) for one in (saved, tried)
    )
    return Compared(before, after, change(before, after), days)


@lru_cache(maxsize=KEPT)
def _played(ground: Ground, day: int, posts: tuple[Post, ...], seed: int, days: int) -> Played:
    from counterpoint.team.planning import play

    return play(ground.outlook, day, posts, seed=seed, replications=days)


def remedies(row: Roster, problem: RosterProblem, schedule: Schedule, day: int) -> list[Remedy]:
    """Single steps that would shorten the wait of a day; none where no forecast is known."""
    from counterpoint.team import planning

    view = outlook_of(row)
    if view is None:
        return []
    speeds, ground = speeds_of(row.org_unit), Ground(f"{row.forecast_id} {row.week}", view)

    def play(roster: Schedule, *, quick: bool) -> Played:
        posts = tuple(planning.posts_of(view, roster, day, speeds))
        return _played(ground, day, posts, row.seed, QUICK if quick else FULL)

    return planning.shorter_waits(problem, schedule, day, view.skills, play)


def renewed(row: Roster, schedule: Schedule, days: Iterable[int]) -> dict[str, Any]:
    """The roster's stored waits with these days played anew; as they are where no forecast or no waits are known."""
    from counterpoint.team.planning import Waits

    held = (row.waits or {}).get("plan")
    fresh = {}
    for day in days if held else ():
        found = compared(row, schedule, schedule, day)
        if found is not None:
            fresh[found.tried.day.date] = found.tried.day
    if held is None or not fresh:
        return dict(row.waits or {})
    whole = Waits(tuple(fresh.get(day.date, day) for day in Waits.from_dict(held).days))
    return {**row.waits, "plan": whole.to_dict()}
