"""Why this shift: what it covers and what would break without it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from counterpoint.science.rostering.checks import Violation
from counterpoint.science.rostering.evaluate import evaluate
from counterpoint.science.rostering.problem import RosterProblem
from counterpoint.science.rostering.roster import Roster, clock


@dataclass(frozen=True, slots=True)
class Explanation:
    """``covers``: (start, end, skill, needed of the interval's people at most); ``breaks``: rules that would be broken
    without the shift; ``short_hours``: person-hours of demand left open; ``cost``: points the roster would lose."""

    person: str
    day: int
    covers: tuple[tuple[int, int, str], ...]
    breaks: tuple[Violation, ...]
    short_hours: float
    cost: int
    reasons: tuple[str, ...]

    def summary(self) -> str:
        """One line a reason."""
        return "\n".join(self.reasons)

    def to_frame(self) -> pd.DataFrame:
        """One row a stretch on a post."""
        return pd.DataFrame(self.covers, columns=["start", "end", "skill"])


def explain(problem: RosterProblem, roster: Roster, person: str, day: int) -> Explanation:
    """Compare the roster with and without the person's shift of that day. KeyError: unknown person."""
    who, shift, date = problem.person(person), roster.of(person, day), problem.days[day].date
    if shift is None:
        return Explanation(person, day, (), (), 0.0, 0, tuple(_why_off(problem, roster, person, day)))
    now, without = evaluate(problem, roster), evaluate(problem, roster.without(person, day))
    known = {(v.key, v.person, v.day, v.start) for v in now.violations}
    breaks = tuple(v for v in without.violations if (v.key, v.person, v.day, v.start) not in known)
    short = without.short_hours - now.short_hours
    covers = tuple((t.start, t.end, t.skill) for t in shift.tasks)
    stretches = ", ".join(f"{skill} {clock(start)}-{clock(end)}" for start, end, skill in covers)
    reasons = [f"{who.name} works {clock(shift.start)}-{clock(shift.end)} on {date}: {stretches or 'no post'}"]
    reasons += [f"fixed by hand: {p.kind}" for p in problem.pins if (p.person, p.day) == (person, day)]
    if short > 0:
        reasons.append(f"without it {short:.1f} person-hours of demand stay open")
    reasons += [f"without it: {v.words}" for v in breaks[:5]]
    points = without.total - now.total
    if not breaks and short <= 0:
        gains = [k for k in now.costs if without.costs[k] > now.costs[k]]
        reasons.append(f"nothing breaks without it; it serves {', '.join(gains) or 'no priced aim'} ({points} points)")
    return Explanation(person, day, covers, breaks, max(0.0, short), points, tuple(reasons))


def _why_off(problem: RosterProblem, roster: Roster, person: str, day: int) -> list[str]:
    who, this = problem.person(person), problem.days[day]
    reasons = [f"{who.name} is off on {this.date}"]
    if this.open is None:
        reasons.append("the branch is closed")
    reasons += [f"away: {w.reason or 'unavailable'}" for w in who.unavailable if w.day == day]
    reasons += ["fixed by hand: off" for p in problem.pins if (p.person, p.day, p.kind) == (person, day, "off")]
    reasons += ["wished to be off" for w in who.preferences if w.day == day and w.kind == "off"]
    for days in problem.weeks().values():
        if day in days:
            own = [s for s in roster.shifts if s.person == person and s.day in days]
            minutes = sum(s.minutes for s in own)
            reasons.append(
                f"already works {len(own)} days and {minutes / 60:.1f} of {who.max_week / 60:.0f} hours this week"
            )
    return reasons
