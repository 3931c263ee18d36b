"""A quick first roster for the solver to start from: shifts are laid, one by one, where most people are missing.

It keeps leave, weekly hours and days of rest; whatever it overlooks the solver repairs or discards. Deterministic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.rostering import Break, Person, Roster, RosterProblem, Shift, Window

Ints = NDArray[np.int64]
WORTH = 0.35  # share of a shift's intervals that must help before it is laid
SOFT = 0.3  # worth of an interval that only the P90 target asks for


@dataclass(frozen=True)
class _Option:
    start: int
    end: int
    lunch: tuple[int, int] | None
    minutes: int
    present: NDArray[np.bool_]


def sketch(problem: RosterProblem) -> Roster:
    """Shifts with lunches and without posts; the solver finds the posts."""
    missing = {skill: _cells(problem, series) for skill, series in problem.demand.items()}
    spare = {
        skill: np.maximum(_cells(problem, problem.demand_p90.get(skill, series)) - missing[skill], 0)
        for skill, series in problem.demand.items()
    }
    for minimum in problem.minimums:
        _raise_to(problem, missing, minimum.skills[0], minimum.count)
    options = {day: _options(problem, day) for day in range(len(problem.days))}
    left = {p.id: p.max_week for p in problem.people}
    days = {p.id: max(0, 6 - p.history.run_days // 6) for p in problem.people}
    laid: dict[tuple[str, int], Shift] = {}
    while (found := _best(problem, options, missing, spare, left, days, laid)) is not None:
        person, day, option = found
        _fill(person, problem, missing, spare, day, option)
        lunch = Break(*option.lunch) if option.lunch else None
        laid[person.id, day] = Shift(person.id, day, option.start, option.end, lunch)
        left[person.id] -= option.minutes
        days[person.id] -= 1
    _fill_contracts(problem, options, left, days, laid)
    return Roster(tuple(sorted(laid.values(), key=lambda s: (s.day, s.person))))


def _cells(problem: RosterProblem, series: tuple[int, ...]) -> Ints:
    return np.array(series, dtype=np.int64).reshape(len(problem.days), problem.intervals)


def _raise_to(problem: RosterProblem, missing: dict[str, Ints], skill: str, count: int) -> None:
    table = missing.setdefault(skill, np.zeros((len(problem.days), problem.intervals), dtype=np.int64))
    for day in range(len(problem.days)):
        for n in range(problem.intervals):
            if problem.open_at(day, problem.start + n * problem.step):
                table[day, n] = max(table[day, n], count)


def _options(problem: RosterProblem, day: int) -> list[_Option]:
    """Allowed shifts of a day with each of their lunches."""
    this = problem.days[day]
    if this.open is None or this.close is None:
        return []
    rule, found = problem.lunch, []
    first, last = (
        max(problem.start, this.open - problem.shifts.lead),
        min(problem.end, this.close + problem.shifts.tail),
    )
    grid = problem.start + np.arange(problem.intervals) * problem.step
    for shift in problem.shifts.templates:
        if shift.start < first or shift.end > last:
            continue
        lunches: list[tuple[int, int] | None] = [None]
        if rule is not None and shift.end - shift.start >= rule.from_span:
            begin, stop = max(rule.earliest, shift.start + rule.edge), min(rule.latest, shift.end - rule.edge)
            begin += (problem.start - begin) % problem.step
            size = rule.lengths[0]
            lunches = [(a, a + size) for a in range(begin, stop - size + 1, problem.step)]
        for lunch in lunches:
            present = (grid >= shift.start) & (grid < shift.end)
            if lunch:
                present &= ~((grid >= lunch[0]) & (grid < lunch[1]))
            minutes = shift.end - shift.start - (lunch[1] - lunch[0] if lunch else 0)
            found.append(_Option(shift.start, shift.end, lunch, minutes, present))
    return found


def _able(person: Person, problem: RosterProblem, day: int) -> tuple[str, ...]:
    date = problem.days[day].date
    return tuple(s.key for s in person.skills if person.can(s.key, problem.levels.get(s.key, 1), date))


def _best(
    problem: RosterProblem, options: dict[int, list[_Option]], missing: dict[str, Ints], spare: dict[str, Ints],
    left: dict[str, int], days: dict[str, int], laid: dict[tuple[str, int], Shift],
) -> tuple[Person, int, _Option] | None:  # fmt: skip
    """The shift that helps most; among equally skilled people the one with most hours left."""
    best: tuple[float, Person, int, _Option] | None = None
    seen: set[tuple[tuple[str, ...], int, int, tuple[Window, ...]]] = set()
    for person in sorted(problem.people, key=lambda p: (-left[p.id], p.history.lates, p.id)):
        for day, choices in options.items():
            if (person.id, day) in laid or days[person.id] <= 0:
                continue
            skills = _able(person, problem, day)
            away = tuple(w for w in person.unavailable if w.day == day)
            key = (skills, day, min(person.max_day, left[person.id]), away)
            if key in seen:
                continue
            seen.add(key)
            gain = _gain(skills, missing, spare, day)
            for option in _fitting(person, choices, left[person.id], away):
                worth = float(gain[option.present].sum()) / max(1, int(option.present.sum()))
                score = worth * option.minutes**0.5
                if worth >= WORTH and (best is None or score > best[0] + 1e-9):
                    best = (score, person, day, option)
    return best[1:] if best else None


def _fitting(person: Person, options: list[_Option], left: int, away: tuple[Window, ...]) -> list[_Option]:
    """Shifts as long as the person may work that day, and clear of leave."""
    most = min(person.max_day, left)
    return [
        option for option in options
        if person.min_day <= option.minutes <= most and not any(w.overlaps(option.start, option.end) for w in away)
    ]  # fmt: skip


def _gain(skills: tuple[str, ...], missing: dict[str, Ints], spare: dict[str, Ints], day: int) -> NDArray[np.float64]:
    width = next(iter(missing.values())).shape[1] if missing else 0
    gain = np.zeros(width)
    for skill in skills:
        if skill in missing:
            gain = np.maximum(gain, np.minimum(missing[skill][day], 3) * 0.5 + 0.5 * (missing[skill][day] > 0))
        if skill in spare:
            gain = np.maximum(gain, SOFT * (spare[skill][day] > 0))
    return gain


def _fill(
    person: Person, problem: RosterProblem, missing: dict[str, Ints], spare: dict[str, Ints], day: int,
    option: _Option,
) -> None:  # fmt: skip
    """Count the person on the post that lacks most, interval by interval."""
    skills = [s for s in _able(person, problem, day) if s in missing]
    for n in np.flatnonzero(option.present):
        wanted = max(skills, key=lambda s: missing[s][day, n], default=None)
        if wanted is not None and missing[wanted][day, n] > 0:
            missing[wanted][day, n] -= 1
            continue
        extra = next((s for s in skills if s in spare and spare[s][day, n] > 0), None)
        if extra is not None:
            spare[extra][day, n] -= 1


def _fill_contracts(
    problem: RosterProblem, options: dict[int, list[_Option]], left: dict[str, int], days: dict[str, int],
    laid: dict[tuple[str, int], Shift],
) -> None:  # fmt: skip
    """People under their contract's weekly minimum get further days."""
    for person in problem.people:
        owed = person.min_week - sum(w.credit for w in person.unavailable)
        for day, choices in options.items():
            if person.max_week - left[person.id] >= owed or days[person.id] <= 0:
                break
            if (person.id, day) in laid:
                continue
            away = tuple(w for w in person.unavailable if w.day == day)
            if fitting := _fitting(person, choices, left[person.id], away):
                option = max(fitting, key=lambda o: o.minutes)
                lunch = Break(*option.lunch) if option.lunch else None
                laid[person.id, day] = Shift(person.id, day, option.start, option.end, lunch)
                left[person.id] -= option.minutes
                days[person.id] -= 1
