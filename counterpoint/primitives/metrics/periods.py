"""Periods: an hour, a day, an ISO week, a month, a quarter. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

HOUR, DAY, WEEK, MONTH, QUARTER = "hour", "day", "week", "month", "quarter"
GRAINS = (HOUR, DAY, WEEK, MONTH, QUARTER)


@dataclass(frozen=True, order=True)
class Period:
    """A span of business dates from `since` to `until` (exclusive); of grain hour, one hour of a date."""

    since: date
    grain: str
    hour: int | None = None

    @property
    def until(self) -> date:
        """The first date after it."""
        if self.grain in (HOUR, DAY):
            return self.since + timedelta(days=1)
        if self.grain == WEEK:
            return self.since + timedelta(days=7)
        return _months_on(self.since, 1 if self.grain == MONTH else 3)

    @property
    def days(self) -> int:
        """Calendar days in it."""
        return (self.until - self.since).days

    @property
    def slug(self) -> str:
        """Names it for ever: 2026-11-23, 2026-11-23T10, 2026-W48, 2026-11, 2026-Q4."""
        if self.grain == HOUR:
            return f"{self.since.isoformat()}T{self.hour:02d}"
        if self.grain == DAY:
            return self.since.isoformat()
        if self.grain == WEEK:
            year, week, _day = self.since.isocalendar()
            return f"{year}-W{week:02d}"
        if self.grain == MONTH:
            return f"{self.since:%Y-%m}"
        return f"{self.since.year}-Q{(self.since.month + 2) // 3}"

    def back(self, count: int = 1) -> "Period":
        """The period `count` of its grain earlier; an hour goes back by days, to the same hour."""
        if self.grain in (HOUR, DAY):
            return Period(self.since - timedelta(days=count), self.grain, self.hour)
        if self.grain == WEEK:
            return Period(self.since - timedelta(days=7 * count), self.grain)
        return Period(_months_on(self.since, -count * (1 if self.grain == MONTH else 3)), self.grain)

    @property
    def week_before(self) -> "Period":
        """The same hour or weekday of the week before; for longer grains the period before."""
        return self.back(7) if self.grain in (HOUR, DAY) else self.back()


def of(grain: str, on: date, hour: int | None = None) -> Period:
    """The period of a grain that holds the date."""
    if grain not in GRAINS:
        raise ValueError(f"Unknown grain {grain}: use one of {', '.join(GRAINS)}.")
    if grain == HOUR:
        return Period(on, HOUR, 0 if hour is None else hour)
    if grain == DAY:
        return Period(on, DAY)
    if grain == WEEK:
        return Period(on - timedelta(days=on.weekday()), WEEK)
    if grain == MONTH:
        return Period(on.replace(day=1), MONTH)
    return Period(date(on.year, (on.month - 1) // 3 * 3 + 1, 1), QUARTER)


def last(grain: str, on: date, count: int) -> list[Period]:
    """The `count` periods up to the one that holds the date, oldest first."""
    newest = of(grain, on)
    return [newest.back(back) for back in range(count - 1, -1, -1)]


def _months_on(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
