"""Why this shift: what it covers, what would break without it, what else the day could be, and what holds its ends."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from counterpoint.science.rostering import candidates
from counterpoint.science.rostering.byhand import moved_ends, pinned, unpinned
from counterpoint.science.rostering.checks import Violation
from counterpoint.science.rostering.evaluate import Evaluation, evaluate
from counterpoint.science.rostering.problem import RosterProblem
from counterpoint.science.rostering.roster import Break, Roster, Shift, Task, clock
from counterpoint.science.rostering.scoring import coverage


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


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another day for the person: ``shift`` (None: off), ``change`` in points of the whole roster, and the rules that
    it would break and that are kept now."""

    shift: Shift | None
    change: int
    breaks: tuple[Violation, ...]

    @property
    def hard(self) -> int:
        """How many hard rules it would break."""
        return sum(v.hard for v in self.breaks)


@dataclass(frozen=True, slots=True)
class Bound:
    """What one step more at one end would do. ``side``: earlier, later (the start), shorter, longer (the end);
    ``change`` in points of the whole roster; ``breaks`` rules that are kept now."""

    side: str
    change: int
    breaks: tuple[Violation, ...]


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


def fresh(before: Evaluation, after: Evaluation) -> tuple[Violation, ...]:
    """Rules broken in the second that are kept, or broken by less, in the first; hard ones first."""
    known = {(v.key, v.person, v.day, v.start): v.amount for v in before.violations}
    found = [v for v in after.violations if v.amount > known.get((v.key, v.person, v.day, v.start), 0)]
    return tuple(sorted(found, key=lambda v: not v.hard))


def alternatives(problem: RosterProblem, roster: Roster, person: str, day: int, *, most: int = 3) -> list[Alternative]:
    """The next best days of one person, all else as it is: fewest hard rules broken, then points, then little change.

    Every allowed shift is tried, each with the posts that lack most and the lunch that costs least coverage, and a day
    off. KeyError: unknown person.
    """
    problem.person(person)
    held = roster.of(person, day)
    free = unpinned(problem, [(person, day)])
    now, rest = evaluate(problem, roster), roster.without(person, day)
    missing, days = _missing(problem, rest, day), []
    for span in candidates.spans(free, person, day):
        shift = _manned(problem, missing, person, day, span)
        if shift != held:
            days.append(shift)
    options: list[Shift | None] = [*days, None] if held else list(days)
    found = []
    for option in options:
        changed = rest if option is None else rest.replaced(option)
        after = evaluate(free, changed)
        found.append(Alternative(option, after.total - now.total, fresh(now, after)))
    return sorted(found, key=lambda a: (a.hard, a.change, _moved(held, a.shift)))[:most]


def _moved(held: Shift | None, shift: Shift | None) -> int:
    if held is None or shift is None:
        return 1440
    return abs(held.start - shift.start) + abs(held.end - shift.end)


def _missing(problem: RosterProblem, roster: Roster, day: int) -> dict[str, list[int]]:
    """People missing per skill and interval of one day; below zero where there are more than needed."""
    first, last = day * problem.intervals, (day + 1) * problem.intervals
    found = {}
    for skill, series in coverage(problem, roster).items():
        asked = list(problem.demand.get(skill, (0,) * len(series)))[first:last]
        for post in problem.minimums:
            if post.skills[0] == skill:
                due = [post.due(problem, day, problem.start + n * problem.step) for n in range(problem.intervals)]
                asked = [max(need, post.count) if is_due else need for need, is_due in zip(asked, due, strict=True)]
        found[skill] = [need - have for need, have in zip(asked, series[first:last], strict=True)]
    return found


def _manned(
    problem: RosterProblem, missing: dict[str, list[int]], person: str, day: int, span: tuple[int, int]
) -> Shift:
    """The span with the lunch that leaves least open and, interval by interval, the post that lacks most."""
    who, date = problem.person(person), problem.days[day].date
    able = [s for s in missing if who.can(s, problem.levels.get(s, 1), date)]
    grid = range(span[0], span[1], problem.step)
    at = {minute: (minute - problem.start) // problem.step for minute in grid}
    worth = {minute: max((missing[s][at[minute]] for s in able), default=0) for minute in grid}
    lunch = None
    if candidates.needs_lunch(problem, span):
        fitting = [eaten for eaten in candidates.lunches(problem) if candidates.fits(problem, span, eaten)]
        lunch = min(fitting, key=lambda e: (sum(worth[m] for m in grid if e[0] <= m < e[1]), e), default=None)
    tasks: list[Task] = []
    for minute in grid:
        if not able or (lunch and lunch[0] <= minute < lunch[1]):
            continue
        previous = tasks[-1].skill if tasks and tasks[-1].end == minute else ""
        skill = max(able, key=lambda s: (missing[s][at[minute]], s == previous))
        if skill == previous:
            tasks[-1] = Task(tasks[-1].start, minute + problem.step, skill)
        else:
            tasks.append(Task(minute, minute + problem.step, skill))
    return Shift(person, day, *span, Break(*lunch) if lunch else None, tuple(tasks))


def bounds(problem: RosterProblem, roster: Roster, person: str, day: int) -> list[Bound]:
    """What holds the ends of a shift: a start or an end one step away, fixed by hand so that any times are allowed."""
    held = roster.of(person, day)
    if held is None:
        return []
    now, step, found = evaluate(problem, roster), problem.step, []
    for side, start, end in (("earlier", -step, 0), ("later", step, 0), ("shorter", 0, -step), ("longer", 0, step)):
        moved = moved_ends(held, start, end)
        if not 0 <= moved.start < moved.end <= 1440:
            continue
        changed = roster.replaced(moved)
        after = evaluate(pinned(problem, changed, [(person, day)]), changed)
        found.append(Bound(side, after.total - now.total, fresh(now, after)))
    return found
