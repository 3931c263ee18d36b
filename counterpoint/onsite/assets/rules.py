"""What is due on a thing, from its dates alone. Pure: dates in, dates out."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

SERVICE, SCRAP, EXPIRY = "service", "scrap", "expiry"
WORKS, FAILED, RETIRED = "works", "failed", "retired"
UNNAMED = "unnamed"  # a machine of several is out of order, nobody said which
DOWN = frozenset({FAILED, "partial", "reported", UNNAMED})
LATE, SOON, FINE, UNKNOWN = "late", "soon", "fine", "unknown"
STOPS = frozenset({"full", "network"})  # extents with which a machine serves nobody
LEVELS = ((30, "half_hour"), (60, "one_hour"), (120, "two_hours"), (240, "four_hours"))
OTHERWISE = "day"


@dataclass(frozen=True)
class Service:
    """Months to the first service, counted from `since` (made or installed), and between services."""

    first_months: int
    then_months: int
    since: str = "made"

    def __post_init__(self) -> None:
        if self.since not in ("made", "installed"):
            raise ValueError(f"since must be made or installed, not {self.since!r}")
        if min(self.first_months, self.then_months) < 1:
            raise ValueError("months between services must be 1 or more")


@dataclass(frozen=True)
class Dates:
    """What stands on a thing and in its papers; None where it is not known. `expires` is the date on its label."""

    made: date | None = None
    installed: date | None = None
    serviced: date | None = None
    expires: date | None = None


@dataclass(frozen=True)
class Due:
    """The next date and why: service, scrap or expiry."""

    on: date
    why: str


def add_months(day: date, months: int) -> date:
    """The same day months later, or the last day of a month that has fewer."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def every_due(service: Service | None, scrap_months: int | None, dates: Dates) -> tuple[Due, ...]:
    """All dates that are known, the earliest first; of one day the gravest first (scrap, expiry, service)."""
    found = []
    begun = dates.made or dates.installed
    if scrap_months is not None and begun is not None:
        found.append(Due(add_months(begun, scrap_months), SCRAP))
    if dates.expires is not None:
        found.append(Due(dates.expires, EXPIRY))
    if service is not None:
        first = (dates.made or dates.installed) if service.since == "made" else (dates.installed or dates.made)
        if dates.serviced is not None:
            found.append(Due(add_months(dates.serviced, service.then_months), SERVICE))
        elif first is not None:
            found.append(Due(add_months(first, service.first_months), SERVICE))
    return tuple(sorted(found, key=lambda due: due.on))


def next_due(service: Service | None, scrap_months: int | None, dates: Dates) -> Due | None:
    """What comes first; None where no date is known or nothing is ever due."""
    return next(iter(every_due(service, scrap_months, dates)), None)


def state_of(due: Due | None, on: date, warn_days: int, *, needs_dates: bool) -> str:
    """Late from the day after the date, soon within the warning, unknown where dates should be known and are not."""
    if due is None:
        return UNKNOWN if needs_dates else FINE
    if due.on < on:
        return LATE
    return SOON if due.on - timedelta(days=warn_days) <= on else FINE


def steps(due: Due, warn_days: int) -> tuple[date, date]:
    """The two days on which somebody is told: when the warning begins, and the day after the date."""
    return due.on - timedelta(days=warn_days), due.on + timedelta(days=1)


def impossible(dates: Dates, on: date) -> str:
    """What cannot be true of the dates; a slug, empty when all can."""
    past: Iterable[tuple[str, date | None]] = (
        ("made", dates.made), ("installed", dates.installed), ("serviced", dates.serviced),
    )  # fmt: skip
    if any(day is not None and day > on for _, day in past):
        return "future"
    if dates.made and any(day is not None and day < dates.made for day in (dates.installed, dates.serviced)):
        return "before_made"
    return ""


def level_for(fix_minutes: int) -> str:
    """The rectification level whose time is the fault time of a kind, or the next shorter one."""
    return next((level for minutes, level in LEVELS if fix_minutes <= minutes), OTHERWISE)
