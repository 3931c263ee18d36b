"""What a roster covers and costs, counted cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from counterpoint.science.rostering.problem import Person, Preference, RosterProblem
from counterpoint.science.rostering.roster import Roster, Shift


def cells(problem: RosterProblem) -> Iterator[tuple[int, int, int]]:
    """``(position, day, minute)`` of every interval of the horizon."""
    for day in range(len(problem.days)):
        for n in range(problem.intervals):
            yield day * problem.intervals + n, day, problem.start + n * problem.step


def coverage(problem: RosterProblem, roster: Roster) -> dict[str, tuple[int, ...]]:
    """People on each skill per interval. Somebody without the skill does not count."""
    found = {skill: [0] * (len(problem.days) * problem.intervals) for skill in problem.skills}
    people = {person.id: person for person in problem.people}
    for shift in roster.shifts:
        person = people.get(shift.person)
        if person is None or not 0 <= shift.day < len(problem.days):
            continue
        for n in range(problem.intervals):
            minute = problem.start + n * problem.step
            skill = shift.skill_at(minute) if shift.present(minute) else None
            if skill in found and person.can(skill, problem.levels.get(skill, 1), problem.days[shift.day].date):
                found[skill][shift.day * problem.intervals + n] += 1
    return {skill: tuple(series) for skill, series in found.items()}


def short(problem: RosterProblem, covered: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """People missing against the demand per interval."""
    nothing = (0,) * (len(problem.days) * problem.intervals)
    return {
        skill: tuple(max(0, need - have) for need, have in zip(problem.demand.get(skill, nothing), series, strict=True))
        for skill, series in covered.items()
    }


def costs(problem: RosterProblem, roster: Roster) -> dict[str, int]:
    """Points by kind; soft rules are added by the evaluator."""
    covered = coverage(problem, roster)
    known = [s for s in roster.shifts if 0 <= s.day < len(problem.days)]
    price = problem.costs
    under = sum(k + max(0, k - 1) for series in short(problem, covered).values() for k in series)
    return {
        "under": under * problem.slot(price.under),
        "under_p90": _short_p90(problem, covered) * problem.slot(price.under_p90),
        "over": _surplus(problem, known, covered) * problem.slot(price.over),
        "overtime": sum(overtime(problem, p, known) for p in problem.people) * price.overtime // 60,
        "off_target": sum(_off_target(problem, p, known) for p in problem.people) * problem.slot(price.off_target),
        "preference": sum(
            wish.weight * price.preference
            for person in problem.people
            for wish in person.preferences
            if not honoured(wish, _on(known, person.id, wish.day))
        ),
        **_fairness(problem, known),
    }


def useful(problem: RosterProblem, skill: str, position: int, day: int, minute: int) -> int:
    """People on ``skill`` that serve a purpose in this interval: demand, its P90, or a minimum post."""
    floor = sum(m.count for m in problem.minimums if skill in m.skills and m.due(problem, day, minute))
    series = [source[skill][position] for source in (problem.demand, problem.demand_p90) if skill in source]
    return max([floor, *series])


def _short_p90(problem: RosterProblem, covered: dict[str, tuple[int, ...]]) -> int:
    return sum(
        max(0, wanted - max(have, problem.demand[skill][n] if skill in problem.demand else 0))
        for skill, series in problem.demand_p90.items()
        for n, (wanted, have) in enumerate(zip(series, covered.get(skill, (0,) * len(series)), strict=True))
    )


def _surplus(problem: RosterProblem, shifts: list[Shift], covered: dict[str, tuple[int, ...]]) -> int:
    surplus = 0
    for position, day, minute in cells(problem):
        present = sum(shift.day == day and shift.present(minute) for shift in shifts)
        busy = sum(min(series[position], useful(problem, s, position, day, minute)) for s, series in covered.items())
        surplus += present - busy
    return surplus


def overtime(problem: RosterProblem, person: Person, shifts: list[Shift]) -> int:
    """Overtime minutes in the horizon: per ISO week the larger of the daily and the weekly excess."""
    total = 0
    for days in problem.weeks().values():
        daily, minutes = 0, 0
        for day in days:
            worked = sum(s.minutes for s in shifts if s.person == person.id and s.day == day)
            limit = problem.rule("day.max_minutes", day)
            daily += max(0, worked - limit.value) if limit else 0
            minutes += worked
        week = problem.rule("week.max_minutes", days[0])
        total += max(daily, minutes - week.value if week else 0)
    return total


def _off_target(problem: RosterProblem, person: Person, shifts: list[Shift]) -> int:
    """Intervals by which whole weeks stay under the contract's full hours, paid leave credited."""
    found = 0
    for days in problem.weeks().values():
        if len(days) == 7:
            worked = sum(s.minutes for s in shifts if s.person == person.id and s.day in days)
            credit = sum(w.credit for w in person.unavailable if w.day in days)
            found += max(0, person.max_week - credit - worked) // problem.step
    return found


def honoured(wish: Preference, shift: Shift | None) -> bool:
    """True when the day goes as the person wished."""
    if shift is None:
        return wish.kind != "work"
    return {
        "off": False,
        "work": True,
        "early": shift.end <= wish.time,
        "late": shift.start >= wish.time,
        "avoid": not shift.start <= wish.time < shift.end,
    }[wish.kind]


def _fairness(problem: RosterProblem, shifts: list[Shift]) -> dict[str, int]:
    least_late = min((p.history.lates for p in problem.people), default=0)
    least_weekend = min((p.history.weekends for p in problem.people), default=0)
    late, weekend = 0, 0
    for person in problem.people:
        own = [s for s in shifts if s.person == person.id]
        late += growth(person.history.lates - least_late, sum(s.end > problem.costs.late_after for s in own))
        at_weekend = sum(problem.days[s.day].weekday >= 5 for s in own)
        weekend += growth(person.history.weekends - least_weekend, at_weekend)
    return {"late": late * problem.costs.late, "weekend": weekend * problem.costs.weekend}


def growth(carried: int, added: int) -> int:
    """Squares grow faster than loads: ``(carried + added)² − carried²`` prefers whoever carried least."""
    return (carried + added) ** 2 - carried**2


def _on(shifts: list[Shift], person: str, day: int) -> Shift | None:
    return next((s for s in shifts if s.person == person and s.day == day), None)
