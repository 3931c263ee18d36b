"""``solve``: the cheapest roster that keeps every hard rule, measured by the independent judge.

Determinism: equal problem, seed and ``Limit.deterministic`` give an equal roster on any machine. A limit in seconds
that strikes first breaks that promise, and the result says so (``reproducible``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from counterpoint.science.rostering import candidates, decode, limits, objective, search, weekwise
from counterpoint.science.rostering.evaluate import Evaluation, evaluate
from counterpoint.science.rostering.model import RosterModel
from counterpoint.science.rostering.problem import RosterProblem
from counterpoint.science.rostering.roster import Roster
from counterpoint.science.rostering.search import STANDARD, Limit, OnProgress, Outcome, Progress, Search


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterResult(Outcome):
    """What :func:`solve` found. ``roster`` is None when there is none; ``evaluation`` is the independent judge's;
    ``work`` and ``seconds`` are what CP-SAT used (the linear relaxation comes on top); the search by whole weeks counts
    work units of about a second, reads a limit in seconds as such, and gives them as both."""

    roster: Roster | None
    evaluation: Evaluation | None

    def summary(self) -> str:
        """A few lines for a person."""
        if self.status == "unknown":
            return "unknown: the limit struck before a roster was found or ruled out; give more work units"
        if self.roster is None or self.evaluation is None:
            return f"{self.status}: no roster keeps every hard rule; ask diagnose() for the conflict and ways out"
        gap = 100 * (self.gap or 0.0)
        head = (
            f"{self.status}: {len(self.roster.shifts)} shifts, cost {self.objective}, within {gap:.1f} % of the bound"
        )
        return f"{head}\n{self.evaluation.summary()}"

    def to_frame(self) -> pd.DataFrame:
        """The roster's tasks; empty when there is none."""
        return (self.roster or Roster(())).to_frame()


def solve(
    problem: RosterProblem,
    *,
    seed: int,
    limit: Limit = STANDARD,
    on_progress: OnProgress | None = None,
    hint: Roster | None = None,
) -> RosterResult:
    """The cheapest roster that keeps every hard rule.

    ``on_progress`` is told of better rosters and of every round, and stops the search by returning False. ``hint``
    (yesterday's or the edited roster) is where the search starts. An infeasible problem is a result, not an exception.
    """
    if candidates.choices(problem) > search.WEEKS:
        found = by_weeks(problem, weekwise.tables(problem), seed=seed, limit=limit, on_progress=on_progress, hint=hint)
        if found is not None:
            return found
    return finish(built(problem), seed=seed, limit=limit, on_progress=on_progress, hint=hint)


def by_weeks(
    problem: RosterProblem,
    tables: weekwise.Tables | None,
    *,
    seed: int,
    limit: Limit,
    on_progress: OnProgress | None = None,
    hint: Roster | None = None,
) -> RosterResult | None:
    """The search by whole weeks; None when it cannot picture the problem or finds no roster that keeps every rule."""
    if tables is None:
        return None
    told: list[Progress] = []

    def tell(cost: float, bound: int) -> bool:
        now = Progress(round(cost), bound, len(told) + 1, run.work, run.work)
        if not told or now.objective < told[-1].objective:
            told.append(now)
        return on_progress is None or on_progress(now) is not False

    most = min(unit for unit in (limit.deterministic, limit.seconds, math.inf) if unit is not None)
    run = weekwise.WeekSearch(tables, seed, most, limit.gap, tell)
    run.run(hint)
    if not weekwise.usable(run.cost):
        return None
    roster = decode.assign(problem, weekwise.shifts_of(tables, run.plan), weekwise.heads_of(tables, run.plan))
    found = evaluate(problem, roster)
    if found.hard:
        return None
    return RosterResult(
        status="optimal" if found.total <= run.bound else "feasible",
        roster=roster,
        evaluation=found,
        objective=found.total,
        bound=min(run.bound, found.total),
        seed=seed,
        seconds=run.work,
        work=run.work,
        reproducible=not run.stopped,
        progress=tuple(told),
    )


def built(problem: RosterProblem) -> RosterModel:
    """The complete model of a problem, objective not yet installed."""
    model = RosterModel(problem)
    limits.add(model)
    objective.add(model)
    return model


def finish(
    model: RosterModel,
    *,
    seed: int,
    limit: Limit,
    on_progress: OnProgress | None = None,
    hint: Roster | None = None,
) -> RosterResult:
    """Install the objective, search, and have the judge measure what comes out."""
    model.minimise()
    search = Search(model, seed, limit, on_progress)
    search.run(hint)
    return result(search)


def result(search: Search) -> RosterResult:
    """What a finished search found, measured by the judge."""
    problem, best, limit = search.model.problem, search.best, search.limit
    roster = decode.assign(problem, search.shifts(), best.heads) if best else None
    found = evaluate(problem, roster) if roster is not None else None
    struck = limit.seconds is not None and search.seconds >= 0.98 * limit.seconds and search.status != "optimal"
    return RosterResult(
        status=search.status,
        roster=roster,
        evaluation=found,
        objective=found.total if found else None,
        bound=search.bound,
        seed=search.seed,
        seconds=search.seconds,
        work=search.work,
        reproducible=not struck and not search.stopped,
        progress=tuple(search.progress),
    )
