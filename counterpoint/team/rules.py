"""Pure decisions of the team: what changed between two rosters, whether one may be published, whether a swap is fair.

Values in, frozen values out: no database, no clock. Rosters are `science.rostering` values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import log1p, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterpoint.science.rostering import Evaluation, Roster, RosterProblem, Shift, Violation

HALVES = ("morning", "afternoon")
HALF_DAY, WHOLE_DAY = 300, 480  # minutes that people work at most in a day
WORKDAYS = 5  # a week, by which a contract's hours are dealt out
MIDDAY = 780  # where a closed day would be halved
P10_TO_P90 = 2.5631  # of a normal distribution, in standard deviations


@dataclass(frozen=True)
class ShiftChange:
    """One person's day that differs between two rosters; None means off."""

    person: str
    day: int
    before: Shift | None
    after: Shift | None


@dataclass(frozen=True)
class Hole:
    """People missing on a post in one interval after a change that were there before."""

    skill: str
    day: int
    minute: int
    missing: int


@dataclass(frozen=True)
class SwapVerdict:
    """What a swap would break: hard rules that did not break before, and posts emptier than before below their need."""

    violations: tuple[Violation, ...]
    holes: tuple[Hole, ...]

    @property
    def clean(self) -> bool:
        """True when neither a hard rule nor coverage suffers."""
        return not self.violations and not self.holes


@dataclass(frozen=True)
class DayLimits:
    """Minutes that a person works at least and at most in a day, and at least in a week."""

    min_day: int = 240
    max_day: int = WHOLE_DAY
    min_week: int = 0

    @property
    def half_days(self) -> bool:
        """True for who never works longer than half a day."""
        return self.max_day <= HALF_DAY


def day_limits(before: DayLimits, *, half_days: bool, week: int) -> DayLimits:
    """The limits of somebody who from now on works half days or whole ones under a contract of `week` minutes.

    What already fits stays: shorter half days, shorter whole days. Who works half days owes no more a week than its
    workdays hold.
    """
    if half_days:
        most = min(before.max_day, HALF_DAY)
    else:
        most = WHOLE_DAY if before.half_days else before.max_day
    owed = min(before.min_week, week, WORKDAYS * most) if half_days else min(before.min_week, week)
    return DayLimits(min(before.min_day, most), most, owed)


def monday_of(day: date) -> date:
    """The Monday of the ISO week."""
    return day - timedelta(days=day.weekday())


def midday(opens: int | None, closes: int | None) -> int:
    """Minute, on the half hour, at which a day open from `opens` to `closes` falls into a morning and an afternoon."""
    return MIDDAY if opens is None or closes is None else (opens + closes) // 60 * 30


def half_of(half: str, opens: int | None, closes: int | None) -> tuple[int, int]:
    """Minutes of the day that a half takes: up to midday, or from midday on."""
    middle = midday(opens, closes)
    return (0, middle) if half == "morning" else (middle, 1440)


def day_spread(mean: float, low: float, high: float) -> float:
    """Log-normal spread of a whole day's customers that P10 to P90 show beyond Poisson chance; 0 when none."""
    if mean <= 0:
        return 0.0
    beyond = max(0.0, ((high - low) / P10_TO_P90) ** 2 - mean)
    return sqrt(log1p(beyond / mean**2))


def changes(before: Roster, after: Roster) -> tuple[ShiftChange, ...]:
    """Days of people that differ, by day and person."""
    old = {(s.day, s.person): s for s in before.shifts}
    new = {(s.day, s.person): s for s in after.shifts}
    return tuple(
        ShiftChange(person, day, old.get((day, person)), new.get((day, person)))
        for day, person in sorted(old.keys() | new.keys())
        if old.get((day, person)) != new.get((day, person))
    )


def unwaived(violations: Iterable[Violation], waivers: Mapping[str, str]) -> tuple[Violation, ...]:
    """Hard violations without a reason. A waiver names the rule's key and holds only for rules that are not law (V)."""
    return tuple(v for v in violations if v.hard and (v.mark == "V" or not waivers.get(v.key, "").strip()))


def swapped(roster: Roster, giver: str, taker: str, day: int, back_day: int | None = None) -> Roster | None:
    """The roster after the swap; None when the giver has no shift to hand over.

    Without `back_day` the taker takes over and the giver is off; on the same day two shifts are exchanged.
    """
    given = roster.of(giver, day)
    if given is None:
        return None
    taken = roster.of(taker, day)
    after = roster.without(giver, day).without(taker, day).replaced(replace(given, person=taker))
    if back_day is None or back_day == day:
        if taken is not None:
            after = after.replaced(replace(taken, person=giver))
        return after
    back = roster.of(taker, back_day)
    if back is None or taken is not None or roster.of(giver, back_day) is not None:
        return None
    return after.without(taker, back_day).replaced(replace(back, person=giver))


def judge_swap(problem: RosterProblem, before: Evaluation, after: Evaluation) -> SwapVerdict:
    """Compare two evaluations: new hard violations, and intervals that lose people below their need."""
    had = {(v.key, v.person, v.day, v.start) for v in before.hard}
    fresh = tuple(v for v in after.hard if (v.key, v.person, v.day, v.start) not in had)
    holes = []
    for skill, series in after.short.items():
        for position, short in enumerate(series):
            lost = short - before.short.get(skill, series)[position]
            if lost > 0:
                day, interval = divmod(position, problem.intervals)
                holes.append(Hole(skill, day, problem.start + interval * problem.step, lost))
    return SwapVerdict(fresh, tuple(holes))


def expiring(
    grants: Sequence[tuple[str, str, date | None]], on: date, within: timedelta
) -> tuple[tuple[str, str], ...]:
    """(person, skill) whose certificate ends before `on + within`, soonest first."""
    due = sorted((until, person, skill) for person, skill, until in grants if until and until < on + within)
    return tuple((person, skill) for _, person, skill in due)


@dataclass(frozen=True)
class CoverageHole:
    """A post that needs more qualified people than are left once certificates have run out."""

    skill: str
    day: date
    minute: int
    needed: int
    qualified: int


def certificate_holes(
    need: Mapping[str, Sequence[int]],
    days: Sequence[date],
    start: int,
    step: int,
    grants: Sequence[tuple[str, str, date | None]],
) -> tuple[CoverageHole, ...]:
    """Half hours in which fewer people hold a valid certificate than the need asks for."""
    found = []
    for skill, series in need.items():
        per_day = len(series) // max(1, len(days))
        for number, day in enumerate(days):
            able = {person for person, held, until in grants if held == skill and (until is None or day <= until)}
            for interval in range(per_day):
                wanted = series[number * per_day + interval]
                if wanted > len(able):
                    found.append(CoverageHole(skill, day, start + interval * step, wanted, len(able)))
    return tuple(found)
