"""A branch's wall clock: dates and minutes of the day."""

from datetime import date, datetime, time, timedelta
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


def span(branch: OrgUnit, on: date) -> tuple[datetime, datetime]:
    """First instant of the date and of the next, at the branch."""
    zone = ZoneInfo(branch.time_zone)
    return datetime.combine(on, time.min, zone), datetime.combine(on + timedelta(days=1), time.min, zone)


def wall_minute(zone: ZoneInfo, on: date, at: datetime) -> float:
    """Minutes after midnight of the date on the wall clock, to the microsecond."""
    wall = at.astimezone(zone).replace(tzinfo=None)
    return (wall - datetime(on.year, on.month, on.day)).total_seconds() / 60  # noqa: DTZ001 (wall clock)
