"""When the demo plays: fixed, so that documents, screenshots and tests speak of the same payday."""

from datetime import date, datetime, timedelta

from counterpoint.foundation.api import calendar, clock

ON = date(2026, 11, 25)  # a Wednesday, payday
MINUTE = 10 * 60 + 30
ZONE = "Asia/Shanghai"
BRANCH = "b01"
SEED = 20261125
HISTORY = timedelta(days=365)
ROSTERED_WEEKS = 20  # published rosters of the first branch: two quarters of its ledger
SPEEDS = (0.0, 1.0, 5.0, 20.0, 60.0)


def start() -> datetime:
    """10:30 of the payday as a UTC instant."""
    from zoneinfo import ZoneInfo

    return calendar.local(ON, MINUTE, ZoneInfo(ZONE))


def opening_pace(real: datetime, speed: float) -> clock.Pace:
    """The pace with which the story begins."""
    return clock.Pace(real, start(), speed)
