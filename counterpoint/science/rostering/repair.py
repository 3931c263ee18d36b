"""Local repair: somebody is ill, comes late, or the demand moved. Change as little as possible."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from counterpoint.science.rostering import candidates, search, weekwise
from counterpoint.science.rostering.problem import Person, Pin, RosterProblem, Window
from counterpoint.science.rostering.roster import Roster, Shift
from counterpoint.science.rostering.search import Limit, Search
from counterpoint.science.rostering.solve import RosterResult, built, by_weeks, result

MOVED_SHIFT = 150  # points for every person-day whose shift differs from before
MOVED_LUNCH = 20
QUICK = Limit(deterministic=4.0)
CALLED_IN = 300  # points for a free day that becomes a working day


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody cannot work on a day (from ``start`` to ``end``, the whole day unless said)."""

    person: str
    day: int
    start: int = 0
    end: int = 1440
    reason: str = "sick"
    credit: int = 480


@dataclass(frozen=True, slots=True)
class Repair:
    """The repaired roster and what it moved: ``changed`` lists ``(person, day)`` whose working times differ (the absent
    person's own day left out). ``problem`` is the problem with the absences in it."""

    problem: RosterProblem
    result: RosterResult
    changed: tuple[tuple[str, int], ...]

    def summary(self) -> str:
        """Two or more lines for a person."""
        return f"{len(self.changed)} person-days moved\n{self.result.summary()}"


def with_changes(problem: RosterProblem, changes: tuple[Absence | Pin, ...]) -> RosterProblem:
    """The problem with absences booked and pins added; a pin on an absent day gives way. KeyError: unknown person."""
    people = {person.id: person for person in problem.people}
    pins = list(problem.pins)
    for change in changes:
        if isinstance(change, Pin):
            pins.append(change)
        else:
            people[change.person] = _away(people[change.person], change)
            pins = [p for p in pins if (p.person, p.day) != (change.person, change.day) or p.kind == "off"]
    return replace(problem, people=tuple(people.values()), pins=tuple(pins))


def _away(person: Person, absence: Absence) -> Person:
    window = Window(absence.day, absence.start, absence.end, absence.reason, absence.credit)
    core = tuple(c for c in person.core if c.day != absence.day or not window.overlaps(c.start, c.end))
    return replace(person, unavailable=(*person.unavailable, window), core=core)


def repair(
    problem: RosterProblem,
    roster: Roster,
    changes: tuple[Absence | Pin, ...],
    *,
    seed: int,
    limit: Limit = QUICK,
) -> Repair:
    """Fit ``roster`` to the changes: days that no change touches stand still; on the others a moved shift costs points,
    so that only what is needed moves. If that is impossible the whole week is opened, still at a price per move."""
    problem = with_changes(problem, changes)
    days = {change.day for change in changes}
    known = {p.id for p in problem.people}
    shifts = tuple(s for s in roster.shifts if s.person in known and not _blocked(problem, s))
    kept = Roster(shifts)
    found = _search(problem, kept, days, seed, limit)
    if found.roster is None and found.status != "unknown":
        found = _search(problem, kept, set(range(len(problem.days))), seed, limit)
    gone = {(c.person, c.day) for c in changes if isinstance(c, Absence)}
    return Repair(problem, found, differences(roster, found.roster, gone) if found.roster else ())


def _blocked(problem: RosterProblem, shift: Shift) -> bool:
    """Whether the person is away then and nobody agreed that the shift stands all the same."""

    def agreed(window: Window) -> bool:
        return any(w.covers("leave", shift.person, shift.day, window.start) for w in problem.waivers)

    windows = problem.person(shift.person).unavailable
    return any(w.day == shift.day and w.overlaps(shift.start, shift.end) and not agreed(w) for w in windows)


def _search(problem: RosterProblem, kept: Roster, days: set[int], seed: int, limit: Limit) -> RosterResult:
    if candidates.choices(problem) > search.WEEKS and (found := _by_weeks(problem, kept, days, seed, limit)):
        return found
    model = built(problem)
    for (person, day), mine in model.days.items():
        before = kept.of(person, day)
        span = (before.start, before.end) if before else None
        lunch = (before.lunch.start, before.lunch.end) if before and before.lunch else None
        for at, variable in mine.shifts.items():
            if day not in days:
                model.cp.add(variable == int(at == span))
            elif at != span:
                model.price(variable, MOVED_SHIFT if span else CALLED_IN)
            model.cp.add_hint(variable, int(at == span))
        if day in days and span in mine.shifts:
            dropped = model.cp.new_bool_var("")
            model.cp.add(dropped + mine.works >= 1)
            model.price(dropped, MOVED_SHIFT)
        for at, variable in mine.lunches.items():
            if day not in days:
                model.cp.add(variable == int(at == lunch))
            elif at != lunch:
                model.price(variable, MOVED_LUNCH)
            model.cp.add_hint(variable, int(at == lunch))
    model.minimise()
    run = Search(model, seed, limit, None)
    run.run_whole()
    found = result(run)
    return replace(found, bound=min(found.bound, found.objective or 0))  # the bound counted the moves' prices too


def _by_weeks(problem: RosterProblem, kept: Roster, days: set[int], seed: int, limit: Limit) -> RosterResult | None:
    tables = weekwise.tables(problem)
    plan = weekwise.plan_of(tables, kept) if tables else None
    still = {day for day in range(len(problem.days)) if day not in days}
    if tables is None or plan is None or (plan[:, sorted(still)] >= 0).sum() < sum(s.day in still for s in kept.shifts):
        return None  # somebody's shift that must stand is none that the tables know
    arrays = tables.arrays
    price, off = arrays.price.copy(), arrays.off.copy()
    for p in range(len(problem.people)):
        for day in days:
            mine = slice(int(arrays.first[p, day]), int(arrays.last[p, day]))
            before, option = int(plan[p, day]), arrays.option[mine]
            if before < 0:
                price[mine] += CALLED_IN
                continue
            off[p, day] += MOVED_SHIFT
            was = arrays.option[before]
            price[mine] += MOVED_SHIFT * (option[:, :2] != was[:2]).any(axis=1)
            price[mine] += MOVED_LUNCH * ((option[:, 2:4] != was[2:4]).any(axis=1) & (option[:, 3] > option[:, 2]))
    narrow = weekwise.Tables(problem, arrays._replace(price=price, off=off)).narrowed(plan, days)
    found = by_weeks(problem, narrow, seed=seed, limit=limit, hint=kept)
    return found and replace(found, status="feasible")  # proven, if at all, of the days opened, moves at a price


def differences(
    before: Roster, after: Roster, without: Collection[tuple[str, int]] = ()
) -> tuple[tuple[str, int], ...]:
    """Person-days whose working times or lunch differ."""

    def times(roster: Roster) -> dict[tuple[str, int], tuple[object, ...]]:
        return {(s.person, s.day): (s.start, s.end, s.lunch) for s in roster.shifts}

    old, new = times(before), times(after)
    return tuple(sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k) and k not in without))
