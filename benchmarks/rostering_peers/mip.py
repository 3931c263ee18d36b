"""Other solvers on whole-shift problems, for the tables: HiGHS' branch and cut on the plain model."""

from __future__ import annotations

from typing import Any

import numpy as np
from highspy import Highs, HighsVarType

from counterpoint.science.rostering.linear import quiet
from counterpoint.science.rostering.schedules import Plan, ScheduleProblem, compact
from counterpoint.science.rostering.schedules.dayshifts import DayShifts

INFINITE = 2**60  # bounds beyond are none
Row = tuple[float, float, dict[int, float]]  # least, most, coefficients by variable


def highs(problem: ScheduleProblem, seconds: float, workers: int, seed: int) -> tuple[Plan | None, float, bool]:
    """HiGHS on the same model that plain CP-SAT gets: plan, lower bound, and whether the plan is proven best."""
    built = compact.build(problem)
    proto = built.model.proto
    rows = [row for constraint in proto.constraints for row in _rows(constraint)]
    Highs.resetGlobalScheduler(True)  # it keeps the number of threads of the first run in the process
    solver = quiet()
    for option, value in (("time_limit", seconds), ("threads", workers), ("random_seed", seed), ("parallel", "on")):
        solver.setOptionValue(option, value)
    _variables(solver, proto)
    for least, most, terms in rows:
        solver.addRow(least, most, len(terms), np.array(list(terms), dtype=np.int32), np.array(list(terms.values())))
    solver.run()
    Highs.resetGlobalScheduler(True)
    info = solver.getInfo()
    values = np.array(solver.getSolution().col_value)
    if info.primal_solution_status != 2 or not values.size:
        return None, float(info.mip_dual_bound), False
    codes = built.schedules(lambda choice: values[choice.index] > 0.5)
    return DayShifts(problem).plan(codes), float(info.mip_dual_bound), info.mip_gap < 1e-9


def _variables(solver: Any, proto: Any) -> None:
    cost = np.zeros(len(proto.variables))
    for variable, points in zip(proto.objective.vars, proto.objective.coeffs, strict=True):
        cost[variable] += points
    domains = np.array([list(v.domain) for v in proto.variables], dtype=np.float64)
    none = np.zeros(0, dtype=np.int32)
    n = len(cost)
    solver.addCols(n, cost, domains[:, 0], domains[:, 1], 0, np.zeros(n, dtype=np.int32), none, np.zeros(0))
    solver.changeColsIntegrality(n, np.arange(n, dtype=np.int32), np.full(n, HighsVarType.kInteger))
    solver.changeObjectiveOffset(float(proto.objective.offset))


def _rows(constraint: Any) -> list[Row]:
    """A linear constraint as it is; a clause as: its literals less the negated ones make at least one."""
    given = [-1 - literal for literal in constraint.enforcement_literal]
    if constraint.has_bool_or():
        return [_clause([*given, *constraint.bool_or.literals])]
    if constraint.has_bool_and():
        return [_clause([*given, literal]) for literal in constraint.bool_and.literals]
    if not constraint.has_linear() or given:
        raise ValueError(f"the plain model holds a constraint of another kind: {constraint}")
    terms: dict[int, float] = {}
    for variable, factor in zip(constraint.linear.vars, constraint.linear.coeffs, strict=True):
        terms[variable] = terms.get(variable, 0.0) + factor
    domain = list(constraint.linear.domain)
    return [(domain[0] if domain[0] > -INFINITE else -np.inf, domain[-1] if domain[-1] < INFINITE else np.inf, terms)]


def _clause(literals: list[int]) -> Row:
    terms: dict[int, float] = {}
    for literal in literals:
        variable, sign = (literal, 1.0) if literal >= 0 else (-1 - literal, -1.0)
        terms[variable] = terms.get(variable, 0.0) + sign
    return 1.0 - sum(literal < 0 for literal in literals), np.inf, terms
