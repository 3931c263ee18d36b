"""The desk of people above the branch: every branch in one line, worst first, by numbers that rooms offer by key."""

from dataclasses import dataclass
from datetime import datetime

from counterpoint.foundation.api import OrgUnit, Scope, unit_names
from counterpoint.role import desk
from counterpoint.role.numbers import DayNumbers
from counterpoint.role.panels import ENOUGH, GOAL
from counterpoint.role.today import Today, day_at
from counterpoint.ui.levels import rank


@dataclass(frozen=True)
class BranchLine:
    """One branch now. `rostered` is None when no room knows rosters; numbers are None when no room has tickets."""

    branch: OrgUnit
    region: str
    today: Today
    numbers: DayNumbers | None
    rostered: int | None
    level: str

    @property
    def kept_percent(self) -> int | None:
        """Promise kept in whole per cent; None before the first call."""
        share = self.numbers.kept_share if self.numbers else None
        return None if share is None else round(share * 100)


def lines(*, scope: Scope, branches: list[OrgUnit], now: datetime) -> tuple[BranchLine, ...]:
    """All branches of the caller, the loudest first, else by path."""
    regions = unit_names(scope=scope, units=[branch.parent_id for branch in branches if branch.parent_id])
    found = [_line(scope, branch, regions.get(branch.parent_id or branch.pk, ""), now) for branch in branches]
    return tuple(sorted(found, key=lambda line: rank(line.level)))


def _line(scope: Scope, branch: OrgUnit, region: str, now: datetime) -> BranchLine:
    today = day_at(branch, now)
    day = desk.ticket_day(scope=scope, branch=branch, today=today)
    shifts = desk.fetch(desk.SHIFTS, scope=scope, branch=branch, today=today)
    rostered = None if shifts is None else int(shifts["user"].nunique())
    numbers = day.numbers if day.known else None
    return BranchLine(branch, region, today, numbers, rostered, level_of(today, numbers, rostered))


def level_of(today: Today, numbers: DayNumbers | None, rostered: int | None) -> str:
    """How loud a branch is: no roster on an open day or a badly broken promise is for a person to act on."""
    if not today.spans:
        return "calm"
    if rostered == 0:
        return "act"
    share = numbers.kept_share if numbers and numbers.called >= ENOUGH else None
    if share is None:
        return "calm"
    if share < GOAL - 0.15:
        return "act"
    return "watch" if share < GOAL else "fine"
