"""Who does which post: from heads per skill and interval to tasks per person, with few changes.

Forward in time by minimum-cost assignment (stay where you are; the more skilled first), then pairs exchange stretches
as long as that removes changes. The heads per skill never fall.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from counterpoint.science.rostering.problem import Person, RosterProblem
from counterpoint.science.rostering.roster import Roster, Shift, Task

_FORBIDDEN = 10_000.0


def assign(problem: RosterProblem, shifts: list[Shift], heads: Mapping[tuple[str, int], int]) -> Roster:
    """Give every shift its tasks. ``heads[skill, position]`` people are wanted on a skill; whoever is left over stays
    on the post held before (or takes the best-held skill), which only adds people."""
    people = {person.id: person for person in problem.people}
    done: list[Shift] = []
    for day in range(len(problem.days)):
        crew = sorted((s for s in shifts if s.day == day), key=lambda s: s.person)
        if crew:
            plan = _forward(problem, crew, people, heads, day)
            _smooth(problem, crew, people, plan)
            done += [_with_tasks(problem, shift, plan[n]) for n, shift in enumerate(crew)]
    return Roster(tuple(sorted(done, key=lambda s: (s.day, s.person))))


Plan = list[list[str | None]]  # person × interval of the day: the post, or None when absent


def _level(problem: RosterProblem, person: Person, skill: str, day: int) -> int:
    """Level held, 0 when it does not suffice."""
    if not person.can(skill, problem.levels.get(skill, 1), problem.days[day].date):
        return 0
    return max(s.level for s in person.skills if s.key == skill)


def _pins(problem: RosterProblem, day: int) -> dict[tuple[str, int], str]:
    return {
        (pin.person, minute): pin.skill
        for pin in problem.pins
        if pin.kind == "task" and pin.day == day and pin.skill
        for minute in problem.ticks(pin.start, pin.end)
    }


def _forward(
    problem: RosterProblem,
    crew: list[Shift],
    people: Mapping[str, Person],
    heads: Mapping[tuple[str, int], int],
    day: int,
) -> Plan:
    skills, pins = problem.skills, _pins(problem, day)
    levels = np.array([[_level(problem, people[s.person], k, day) for k in skills] for s in crew])
    plan: Plan = [[None] * problem.intervals for _ in crew]
    last: list[int] = [-1] * len(crew)
    for n in range(problem.intervals):
        minute = problem.start + n * problem.step
        here = [i for i, s in enumerate(crew) if s.present(minute)]
        posts = [k for k, skill in enumerate(skills) for _ in range(heads.get((skill, day * problem.intervals + n), 0))]
        if not here:
            continue
        cost = np.zeros((len(here), max(len(posts), len(here))))
        for row, i in enumerate(here):
            for column, k in enumerate(posts):
                fixed = pins.get((crew[i].person, minute))
                wrong = levels[i, k] == 0 or (fixed is not None and fixed != skills[k])
                held = 0.0 if last[i] in (-1, k) else 20.0
                cost[row, column] = _FORBIDDEN if wrong else held - levels[i, k]
            cost[row, len(posts) :] = 10.0 if (crew[i].person, minute) not in pins else _FORBIDDEN / 2
        rows, columns = linear_sum_assignment(cost)
        for row, column in zip(rows, columns, strict=True):
            i = here[row]
            if column < len(posts) and cost[row, column] < _FORBIDDEN / 2:
                last[i] = posts[column]
            elif (crew[i].person, minute) in pins and pins[crew[i].person, minute] in skills:
                last[i] = skills.index(pins[crew[i].person, minute])
            elif last[i] == -1 or levels[i, last[i]] == 0:
                last[i] = int(levels[i].argmax()) if levels[i].any() else -1
            plan[i][n] = skills[last[i]] if last[i] >= 0 else None
    return plan


def _changes(row: list[str | None]) -> int:
    """Changes of post of one person, absence left out."""
    held = [skill for skill in row if skill is not None]
    return sum(a != b for a, b in pairwise(held))


def _smooth(problem: RosterProblem, crew: list[Shift], people: Mapping[str, Person], plan: Plan) -> None:
    """Exchange stretches between two people while that removes changes."""
    fixed = {person for pin in problem.pins if pin.kind == "task" and pin.day == crew[0].day for person in [pin.person]}
    able = [
        {k for k in problem.skills if _level(problem, people[s.person], k, s.day)} if s.person not in fixed else set()
        for s in crew
    ]
    improved = True
    while improved:
        improved = False
        for i, j in combinations(range(len(crew)), 2):
            if _changes(plan[i]) + _changes(plan[j]) and _exchange(plan, i, j, able):
                improved = True


def _exchange(plan: Plan, i: int, j: int, able: list[set[str]]) -> bool:
    both = [
        n for n in range(len(plan[i])) if plan[i][n] in able[j] and plan[j][n] in able[i] and plan[i][n] != plan[j][n]
    ]
    if not both:
        return False
    before = _changes(plan[i]) + _changes(plan[j])
    edges = sorted(
        {n for row in (plan[i], plan[j]) for n in range(1, len(row)) if row[n] != row[n - 1]} | {0, len(plan[i])}
    )
    for first, last in combinations(edges, 2):
        inside = [n for n in both if first <= n < last]
        if not inside:
            continue
        for n in inside:
            plan[i][n], plan[j][n] = plan[j][n], plan[i][n]
        if _changes(plan[i]) + _changes(plan[j]) < before:
            return True
        for n in inside:
            plan[i][n], plan[j][n] = plan[j][n], plan[i][n]
    return False


def _with_tasks(problem: RosterProblem, shift: Shift, row: list[str | None]) -> Shift:
    tasks: list[Task] = []
    for n, skill in enumerate(row):
        if skill is None:
            continue
        start = problem.start + n * problem.step
        if tasks and tasks[-1].skill == skill and tasks[-1].end == start:
            tasks[-1] = Task(tasks[-1].start, start + problem.step, skill)
        else:
            tasks.append(Task(start, start + problem.step, skill))
    return Shift(shift.person, shift.day, shift.start, shift.end, shift.lunch, tuple(tasks))
