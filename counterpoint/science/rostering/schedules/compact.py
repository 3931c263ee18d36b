"""The whole problem as one CP-SAT model, a Boolean per person, day and shift: baseline and second opinion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from counterpoint.science.rostering.schedules.columns import Codes
from counterpoint.science.rostering.schedules.dayshifts import REST
from counterpoint.science.rostering.schedules.problem import OFF, Employee, ScheduleProblem


@dataclass(frozen=True, slots=True)
class Compact:
    """The model and its choices: ``works[person, day, shift]`` by numbers (absent: not allowed)."""

    model: Any
    works: dict[tuple[int, int, int], Any]
    problem: ScheduleProblem

    def schedules(self, taken: Callable[[Any], bool]) -> list[Codes]:
        """The schedules in which those choices are made that are ``taken``."""
        rows = [[REST] * self.problem.days for _ in self.problem.employees]
        for (person, day, shift), choice in self.works.items():
            if taken(choice):
                rows[person][day] = shift
        return [tuple(row) for row in rows]


def build(problem: ScheduleProblem) -> Compact:
    """The model with all rules and points."""
    model = cp_model.CpModel()
    works: dict[tuple[int, int, int], Any] = {}
    for person, one in enumerate(problem.employees):
        for day in range(problem.days):
            for shift, kind in enumerate(problem.shifts):
                if day not in one.days_off and one.most.get(kind.key, 1) > 0:
                    works[person, day, shift] = model.new_bool_var(f"{one.key} {day} {kind.key}")
    for person, one in enumerate(problem.employees):
        _rules(model, problem, person, one, works)
    numbers = {one.key: n for n, one in enumerate(problem.employees)}
    types = {s.key: n for n, s in enumerate(problem.shifts)}
    for pin in problem.fixed:
        chosen = [works.get((numbers[pin.employee], pin.day, n)) for n in range(len(problem.shifts))]
        wanted = types[pin.shift] if pin.shift != OFF else REST
        for n, choice in enumerate(chosen):
            if choice is not None:
                model.add(choice == int(n == wanted))
        if wanted != REST and chosen[wanted] is None:
            model.add_bool_or([])
    costs: list[Any] = []
    for wish in problem.requests:
        choice = works.get((numbers[wish.employee], wish.day, types[wish.shift]), 0)
        costs.append(wish.weight * (1 - choice) if wish.kind == "on" else wish.weight * choice)
    for cell in problem.cover:
        who = [
            works[p, cell.day, types[cell.shift]] for p in numbers.values() if (p, cell.day, types[cell.shift]) in works
        ]
        short = model.new_int_var(0, cell.needed, f"short {cell.day} {cell.shift}")
        over = model.new_int_var(0, len(numbers), f"over {cell.day} {cell.shift}")
        model.add(sum(who) + short - over == cell.needed)
        costs += [cell.under * short, cell.over * over]
    model.minimize(sum(costs))
    return Compact(model, works, problem)


def _rules(
    model: Any, problem: ScheduleProblem, person: int, one: Employee, works: dict[tuple[int, int, int], Any]
) -> None:
    days, types = problem.days, range(len(problem.shifts))
    at = [[works[person, d, t] for t in types if (person, d, t) in works] for d in range(days)]
    on = [model.new_bool_var(f"{one.key} works {day}") for day in range(days)]
    for day in range(days):
        model.add(sum(at[day]) == on[day])
    for shift, kind in enumerate(problem.shifts):
        mine = [works[person, d, shift] for d in range(days) if (person, d, shift) in works]
        if kind.key in one.most:
            model.add(sum(mine) <= one.most[kind.key])
        for after, other in enumerate(problem.shifts):
            for day in range(days - 1):
                first, second = works.get((person, day, shift)), works.get((person, day + 1, after))
                if other.key in kind.not_next and first is not None and second is not None:
                    model.add_bool_or([first.negated(), second.negated()])
    minutes = sum(
        problem.shifts[t].minutes * works[person, d, t] for d in range(days) for t in types if (person, d, t) in works
    )
    model.add_linear_constraint(minutes, one.min_minutes, one.max_minutes)
    _runs(model, one, on)
    _weekends(model, problem, one, on)


def _runs(model: Any, one: Employee, on: list[Any]) -> None:
    days = len(on)
    for day in range(days - one.max_run):
        model.add(sum(on[day : day + one.max_run + 1]) <= one.max_run)
    for length in range(1, one.min_run):
        for day in range(1, days - length):
            model.add_bool_or([on[day - 1], *(v.negated() for v in on[day : day + length]), on[day + length]])
    for length in range(1, one.min_rest):
        for day in range(1, days - length):
            model.add_bool_or([on[day - 1].negated(), *on[day : day + length], on[day + length].negated()])


def _weekends(model: Any, problem: ScheduleProblem, one: Employee, on: list[Any]) -> None:
    weekends: dict[int, list[Any]] = {}
    for day, choice in enumerate(on):
        weekend = problem.weekend(day)
        if weekend is not None:
            weekends.setdefault(weekend, []).append(choice)
    taken = []
    for number, members in weekends.items():
        taken.append(model.new_bool_var(f"{one.key} weekend {number}"))
        for member in members:
            model.add_implication(member, taken[-1])
    model.add(sum(taken) <= one.max_weekends)
