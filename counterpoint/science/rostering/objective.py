"""Wishes and fairness as costs of the CP-SAT model; coverage costs live with the posts in ``model``."""

from __future__ import annotations

from typing import Any

from ortools.sat.python import cp_model

from counterpoint.science.rostering.model import RosterModel
from counterpoint.science.rostering.problem import Person, Preference


def add(model: RosterModel) -> None:
    """Preferences, late shifts and weekends."""
    people, costs = model.problem.people, model.problem.costs
    least_late = min((p.history.lates for p in people), default=0)
    least_weekend = min((p.history.weekends for p in people), default=0)
    for person in people:
        for wish in person.preferences:
            _wish(model, person, wish)
        days = [model.days[person.id, d] for d in range(len(model.problem.days))]
        late = [[v for (_, end), v in mine.shifts.items() if end > costs.late_after] for mine in days]
        weekend = [
            [mine.works] for mine, day in zip(days, model.problem.days, strict=True) if day.weekday >= 5 and mine.shifts
        ]
        _growing(model, late, person.history.lates - least_late, costs.late)
        _growing(model, weekend, person.history.weekends - least_weekend, costs.weekend)


def _wish(model: RosterModel, person: Person, wish: Preference) -> None:
    mine, points = model.days[person.id, wish.day], wish.weight * model.problem.costs.preference
    if wish.kind == "work":
        missed = model.cp.new_bool_var("")
        model.cp.add(missed + mine.works >= 1)
        model.price(missed, points)
        return
    for (start, end), variable in mine.shifts.items():
        spoils = {
            "off": True,
            "early": end > wish.time,
            "late": start < wish.time,
            "avoid": start <= wish.time < end,
        }[wish.kind]
        if spoils:
            model.price(variable, points)


def _growing(model: RosterModel, per_day: list[list[Any]], carried: int, points: int) -> None:
    """Price the n-th further load at ``(carried + n)² − (carried + n − 1)²``; convex, so no order is needed."""
    loads = [v for variables in per_day for v in variables]
    most = sum(bool(variables) for variables in per_day)
    if not loads or not points:
        return
    steps = [model.cp.new_bool_var("") for _ in range(most)]
    model.cp.add(cp_model.LinearExpr.sum(steps) >= cp_model.LinearExpr.sum(loads))
    for n, step in enumerate(steps):
        model.price(step, points * (2 * (carried + n) + 1))
