"""What the clock does by itself here: late disputes go up a level, virtual teams end on their day."""

from __future__ import annotations

from datetime import datetime

from counterpoint.foundation.api import tick
from counterpoint.team.actions import climb_late, dissolve_due


@tick.every("team.disputes", 20, atomic=False, practice=True)
def disputes(now: datetime) -> int:
    """Pass up what was not settled in time; returns how many."""
    return climb_late(now=now)


@tick.every("team.groups", 600, atomic=False)
def groups(now: datetime) -> int:
    """Dissolve teams whose last day is over; returns how many."""
    return dissolve_due(now=now)
