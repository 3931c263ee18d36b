"""The whole problem as one CP-SAT model, a Boolean a person, quarter hour and activity: baseline, second opinion."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ortools.sat.python import cp_model

from counterpoint.science.rostering.activities.problem import (
    BLOCK,
    DAY,
    OPENING,
    REST,
    RUN,
    SHIFT,
    STARTS,
    STEP,
    ActivityProblem,
    ActivityShift,
    Block,
)

SHORTEST, LONGEST = SHIFT[0] // STEP, SHIFT[1] // STEP


@dataclass(frozen=True, slots=True)
class Compact:
    """The model and its choices: ``on[person, quarter hour, activity]``."""

    model: Any
    on: dict[tuple[int, int, str], Any]
    problem: ActivityProblem

    def shifts(self, solver: Any) -> tuple[ActivityShift, ...]:
        """What the solver found."""
        quarters, found = self.problem.days * DAY // STEP, []
        for person, one in enumerate(self.problem.contracts):
            on = [
                next((a for a in self.problem.activities if solver.boolean_value(self.on[person, q, a])), None)
                for q in range(quarters)
            ]
            first = 0
            for works, run in groupby(on, lambda act: act is not None):
                mine = list(run)
                if works:
                    blocks = tuple(Block(str(act), len(list(same)) * STEP) for act, same in groupby(mine))
                    found.append(ActivityShift(one.key, first * STEP + OPENING, blocks))
                first += len(mine)
        return tuple(found)


def build(problem: ActivityProblem) -> Compact:
    """The model with all rules and points."""
    model = cp_model.CpModel()
    quarters, acts = problem.days * DAY // STEP, problem.activities
    on = {
        (p, q, a): model.new_bool_var(f"{p} {q} {a}")
        for p in range(len(problem.contracts))
        for q in range(quarters)
        for a in acts
    }
    for person, one in enumerate(problem.contracts):
        works = [model.new_bool_var(f"{person} works {q}") for q in range(quarters)]
        for q in range(quarters):
            model.add(sum(on[person, q, a] for a in acts) == works[q])
        _shifts(model, problem, works)
        model.add_linear_constraint(sum(works), -(-one.min_minutes // STEP), one.max_minutes // STEP)
        for a in acts:
            _blocks(model, [on[person, q, a] for q in range(quarters)])
    _cover(model, problem, on)
    return Compact(model, on, problem)


def _shifts(model: Any, problem: ActivityProblem, works: list[Any]) -> None:
    quarters, by_day = len(works), dict[int, list[Any]]()
    for q in range(quarters):
        minute = q * STEP + OPENING
        before = works[q - 1] if q else 0
        allowed = any(first <= minute % DAY <= last for first, last in STARTS) and q + SHORTEST <= quarters
        if not allowed:
            model.add(works[q] <= before)
            continue
        starts = model.new_bool_var("")
        model.add(starts >= works[q] - before)
        model.add(starts <= works[q])
        model.add(starts + before <= 1)
        model.add(sum(works[q : q + SHORTEST]) >= SHORTEST * starts)
        for n in range(max(0, q - REST // STEP), q):
            model.add_implication(starts, works[n].negated())
        by_day.setdefault(minute // DAY, []).append(starts)
    for q in range(quarters - LONGEST):
        model.add(sum(works[q : q + LONGEST + 1]) <= LONGEST)
    for starts_of_day in by_day.values():
        model.add_at_most_one(starts_of_day)
    for day in range(problem.days + 1 - RUN):
        model.add(sum(v for d in range(day, day + RUN + 1) for v in by_day.get(d, [])) <= RUN)


def _blocks(model: Any, mine: list[Any]) -> None:
    """A block lasts: what begins at a quarter hour goes on, and nothing begins too late for that."""
    least = BLOCK // STEP
    for q, here in enumerate(mine):
        before = mine[q - 1] if q else 0
        for later in range(q + 1, q + least):
            model.add(here - before <= (mine[later] if later < len(mine) else 0))


def _cover(model: Any, problem: ActivityProblem, on: dict[tuple[int, int, str], Any]) -> None:
    points: list[Any] = []
    for cell in problem.cover:
        q, a = (cell.start - OPENING) // STEP, cell.activity
        there = [on[p, q, a] for p in range(len(problem.contracts)) if (p, q, a) in on]
        model.add(sum(there) >= cell.least)
        over = [model.new_bool_var("") for _ in range(max(0, len(there) - cell.most))]
        model.add(sum(there) <= cell.most + sum(over))
        points += [(2 * n + 1) * one for n, one in enumerate(over)]
    model.minimize(sum(points))
