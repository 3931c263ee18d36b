"""What kind of day it is at a branch: calendar, marks, opening hours, phase. Reads the branch's hours, nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import OrgUnit, calendar, hours_of
from counterpoint.role.marks import DayMark, marks_of
from counterpoint.ui.dayline import BranchDay, phase_of


@dataclass(frozen=True)
class Today:
    """A branch's date with everything its calendar says. Times are in the branch's zone; no spans on a closed day."""

    date: date
    kind: calendar.DayKind
    holiday: str
    provisional: bool
    marks: tuple[DayMark, ...]
    spans: tuple[tuple[datetime, datetime], ...]
    now: datetime

    @property
    def branch_day(self) -> BranchDay:
        """What the day-line is drawn from. A midday closure belongs to the day."""
        opens = self.spans[0][0] if self.spans else None
        closes = self.spans[-1][1] if self.spans else None
        return BranchDay(self.now, opens, closes)

    @property
    def phase(self) -> str:
        """The phase that the desk serves."""
        return phase_of(self.branch_day)

    @property
    def is_over(self) -> bool:
        """Whether the doors have closed for the day."""
        return bool(self.spans) and self.now >= self.spans[-1][1]

    @property
    def is_open(self) -> bool:
        """Whether the doors are open now."""
        return any(opens <= self.now < closes for opens, closes in self.spans)


def day_at(branch: OrgUnit, now: datetime) -> Today:
    """The branch's date at a UTC instant, in the caller's scope."""
    zone = ZoneInfo(branch.time_zone)
    return day_of(branch, now.astimezone(zone).date(), now)


def day_of(branch: OrgUnit, on: date, now: datetime) -> Today:
    """A given date of the branch, seen at `now` (UTC), in the caller's scope."""
    zone, hours = ZoneInfo(branch.time_zone), hours_of(branch)
    known = calendar.day(on, branch.rule_pack, provisional=True)
    spans = tuple((a.astimezone(zone), b.astimezone(zone)) for a, b in hours.spans(on, provisional=True))
    marks = marks_of(on, branch.rule_pack)
    return Today(on, known.kind, known.name, known.provisional, marks, spans, now.astimezone(zone))


def next_open_day(branch: OrgUnit, after: date, now: datetime, within: int = 30) -> Today | None:
    """The first later date on which the branch opens; None when none lies within so many days."""
    hours = hours_of(branch)
    for step in range(1, within + 1):
        on = date.fromordinal(after.toordinal() + step)
        if hours.on(on, provisional=True):
            return day_of(branch, on, now)
    return None


def last_open_day(branch: OrgUnit, before: date, now: datetime, within: int = 30) -> Today | None:
    """The last earlier date on which the branch was open; None when none lies within so many days."""
    hours = hours_of(branch)
    for step in range(1, within + 1):
        on = date.fromordinal(before.toordinal() - step)
        if hours.on(on, provisional=True):
            return day_of(branch, on, now)
    return None
