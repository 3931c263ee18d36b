"""Tries every roster of a small branch by the rulebook: the second answer to what the solver finds.

People's weeks are listed one by one and the posts of each interval tried in every way; nothing of the product is used
but the values of a problem. A person's rules and prices depend on own days only, a cell's on who is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product

from counterpoint.science.rostering import Break, Person, Roster, RosterProblem, Shift, Task
from counterpoint.science.rostering.tests import rulebook

Week = dict[int, Shift]
Toll = Callable[[Person, Week], int | None]


def days_of(problem: RosterProblem, person: Person, day: int) -> list[Shift | None]:
    """Off, or any span of the grid with any lunch on it; whether it is allowed, the rulebook says."""
    grid = range(problem.start, problem.end + 1, problem.step)
    options: list[Shift | None] = [None]
    for start, end in ((a, b) for a in grid for b in grid if a < b):
        options.append(Shift(person.id, day, start, end))
        if problem.lunch and end - start >= problem.lunch.from_span:
            options += [
                Shift(person.id, day, start, end, Break(at, at + length))
                for length in problem.lunch.lengths
                for at in grid
                if start < at and at + length < end
            ]
    return options


def weeks_of(problem: RosterProblem, person: Person) -> list[tuple[Week, int]]:
    """Every sequence of days that breaks no hard rule of the person, with its price."""
    each = [
        [s for s in days_of(problem, person, day) if s is None or _possible_alone(problem, person, s)]
        for day in range(len(problem.days))
    ]
    found = []
    for chosen in product(*each):
        own = {s.day: s for s in chosen if s is not None}
        broken = _of_times(problem, person, own)
        if not any(b.hard for b in broken):
            points = sum(rulebook.personal_price(problem, person, own).values()) + sum(b.cost for b in broken)
            found.append((own, points))
    return found


def _of_times(problem: RosterProblem, person: Person, own: Week) -> list[rulebook.Breach]:
    """Breaches of working times; posts are settled cell by cell, so task pins are left to the cells."""
    plan = Roster(tuple(own.values()))
    alone = [b for b in rulebook.breaches(problem, plan) if b.person == person.id]
    tasks = [(p.day, p.start) for p in problem.pins if (p.person, p.kind) == (person.id, "task")]
    return [b for b in alone if not (b.key == "pin" and (b.day, b.start) in tasks and _there(problem, own, b))]


def _there(problem: RosterProblem, own: Week, breach: rulebook.Breach) -> bool:
    pin = next(p for p in problem.pins if (p.person, p.day, p.start) == (breach.person, breach.day, breach.start))
    return pin.day in own and set(range(pin.start, pin.end)) <= rulebook.at_work(own[pin.day])


def _possible_alone(problem: RosterProblem, person: Person, s: Shift) -> bool:
    keys = {"shift.grid", "shift.closed", "shift.shape", "lunch", "leave", "contract.min_day", "contract.max_day"}
    return not any(b.hard and b.key in keys for b in _of_times(problem, person, {s.day: s}))


def cheapest(problem: RosterProblem, toll: Toll = lambda person, own: 0) -> int | None:
    """The least points of any roster that keeps every hard rule; None when there is none.

    ``toll`` are further points of a person's days, None where those days may not be.
    """
    best: int | None = None
    every = []
    for person in problem.people:
        tolled = [(own, points, toll(person, own)) for own, points in weeks_of(problem, person)]
        every.append([(own, points + more) for own, points, more in tolled if more is not None])
    price = _cells(problem)
    for chosen in product(*every):
        total = sum(points for _, points in chosen)
        for n, (day, minute) in enumerate(rulebook.cells(problem)):
            here = frozenset(k for k, (own, _) in enumerate(chosen) if day in own and minute in _minutes(own[day]))
            points = price(n, here)
            if points is None or (best is not None and total + points >= best):
                break
            total += points
        else:
            best = total
    return best


@cache
def _minutes(shift: Shift) -> frozenset[int]:
    return frozenset(rulebook.at_work(shift))


def _cells(problem: RosterProblem):  # type: ignore[no-untyped-def]
    where = rulebook.cells(problem)

    @cache
    def price(n: int, here: frozenset[int]) -> int | None:
        """The least points of one interval over all ways to man the posts; None if a hard rule breaks in each."""
        day, minute = where[n]
        crew = [problem.people[k] for k in sorted(here)]
        found = [_cell(problem, n, crew, manned) for manned in _manned(problem, crew, day, minute)]
        return min((points for points in found if points is not None), default=None)

    return price


def _manned(problem: RosterProblem, crew: list[Person], day: int, minute: int) -> Iterator[tuple[str | None, ...]]:
    asked = {*problem.demand, *problem.demand_p90, *(s for m in problem.minimums for s in m.skills)}
    asked |= {p.skill for p in problem.pins if p.kind == "task" and p.skill}
    options: list[list[str | None]] = []
    for person in crew:
        able: list[str | None] = [None, *(s for s in asked if rulebook.qualified(problem, person, s, day))]
        for pin in problem.pins:
            waived = any(w.key == "pin" and w.day in (None, pin.day) for w in problem.waivers)
            mine = (pin.kind, pin.person, pin.day) == ("task", person.id, day) and pin.start <= minute < pin.end
            if mine and not waived:
                able = [s for s in able if s == pin.skill]
        options.append(able)
    return product(*options)


def _cell(problem: RosterProblem, n: int, crew: list[Person], manned: tuple[str | None, ...]) -> int | None:
    day, minute = rulebook.cells(problem)[n]
    tasks = {p.id: skill for p, skill in zip(crew, manned, strict=True)}
    end = minute + problem.step
    plan = Roster(
        tuple(
            Shift(who, day, minute, end, None, (Task(minute, end, skill),) if skill else ())
            for who, skill in tasks.items()
        )
    )
    broken = [b for b in rulebook.breaches(problem, plan) if b.person is None and (b.day, b.start) == (day, minute)]
    if any(b.hard for b in broken):
        return None
    on: dict[str, int] = {}
    for skill in manned:
        if skill:
            on[skill] = on.get(skill, 0) + 1
    return sum(b.cost for b in broken) + sum(rulebook.cell_price(problem, n, on, len(crew)).values())
