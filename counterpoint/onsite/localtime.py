"""A branch's wall clock: dates and minutes of the day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import OrgUnit


def business_date(branch: OrgUnit, now: datetime) -> date:
    """The branch's date at an instant."""
    return now.astimezone(ZoneInfo(branch.time_zone)).date()


def minute_of(branch: OrgUnit, at: datetime) -> float:
    """Minutes after local midnight."""
    local = at.astimezone(ZoneInfo(branch.time_zone))
    return local.hour * 60 + local.minute + local.second / 60


def seconds_of(zone: ZoneInfo, on: date, at: datetime | None) -> int:
    """Wall-clock seconds after the local midnight of `on`; -1 for a moment that never came."""
    if at is None:
        return -1
    wall = at.astimezone(zone).replace(tzinfo=None)
    return round((wall - datetime(on.year, on.month, on.day)).total_seconds())  # noqa: DTZ001 (wall clock)
