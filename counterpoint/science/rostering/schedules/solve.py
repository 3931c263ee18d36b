"""``solve``: the cheapest plan that keeps every hard rule, measured by the independent judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from counterpoint.science.rostering.schedules.dayshifts import DayShifts
from counterpoint.science.rostering.schedules.judge import Verdict, judge
from counterpoint.science.rostering.schedules.problem import Plan, ScheduleProblem
from counterpoint.science.rostering.schedules.search import Search
from counterpoint.science.rostering.search import Limit, OnProgress, Outcome, Progress, Status

STANDARD = Limit(deterministic=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleResult(Outcome):
    """What :func:`solve` found. ``plan`` is None when none was found: then ``nobody`` names the person without a legal
    schedule, for certain when the status is "infeasible", else as far as the search came. ``verdict`` is the
    independent judge's; ``seconds`` are by the caller's clock, ``work`` is counted."""

    plan: Plan | None
    verdict: Verdict | None
    nobody: str | None = None

    def summary(self) -> str:
        """A few lines for a person."""
        if self.status == "unknown":
            return f"unknown: no schedule of {self.nobody} was found, nor ruled out; loosen their limits by shift type"
        if self.plan is None or self.verdict is None:
            return f"{self.status}: no schedule of {self.nobody} keeps every rule; loosen their rules or fixed days"
        return (
            f"{self.status}: within {100 * (self.gap or 0.0):.2f} % of the bound {self.bound}\n{self.verdict.summary()}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a person, one column a day; empty when there is no plan."""
        return pd.DataFrame.from_dict(dict(self.plan.days) if self.plan else {}, orient="index")


def solve(
    problem: ScheduleProblem,
    *,
    seed: int,
    limit: Limit = STANDARD,
    clock: Callable[[], float] | None = None,
    on_progress: OnProgress | None = None,
) -> ScheduleResult:
    """The cheapest plan that keeps every hard rule.

    ``limit.seconds`` needs a ``clock`` (seconds, never backwards). Equal problem, seed and work limit give an equal
    plan; a limit in seconds that strikes first breaks that, and the result says so. The problem's ``start`` is taken as
    the first plan if it is legal. ``on_progress`` hears of each better plan or bound, and stops by returning False.
    A branch and cut within a neighbourhood also ends after half a minute, which only a very large one reaches.
    """
    if limit.seconds is not None and clock is None:
        raise ValueError("a limit in seconds needs a clock; pass clock=time.monotonic, or limit the work instead")
    now = clock or (lambda: 0.0)
    began, pricer, steps = now(), DayShifts(problem), list[Progress]()

    def left() -> float:
        return float("inf") if limit.seconds is None else limit.seconds - (now() - began)

    def better() -> None:
        steps.append(Progress(search.cost, search.bound, len(steps) + 1, search.work, now() - began))
        if on_progress is not None and on_progress(steps[-1]) is False:
            search.stopped = True

    work = float("inf") if limit.deterministic is None else limit.deterministic
    search = Search(pricer, seed, limit.workers, work, limit.gap, left, better)
    nobody = search.first()
    if not search.ruled_out:
        _begin(search, pricer, problem)
    if search.best:
        nobody = None
        search.run()
    plan = pricer.plan([column.codes for column in search.best]) if nobody is None else None
    verdict = judge(problem, plan) if plan is not None else None
    return ScheduleResult(
        status=_status(search),
        plan=plan,
        verdict=verdict,
        objective=verdict.total if verdict else None,
        bound=search.bound,
        seed=seed,
        seconds=now() - began,
        work=search.work,
        reproducible=not search.stopped and not search.timed_out,
        nobody=None if nobody is None else problem.employees[nobody].key,
        progress=tuple(steps),
    )


def _status(search: Search) -> Status:
    if not search.best:
        return "infeasible" if search.ruled_out else "unknown"
    return "optimal" if search.cost <= search.bound else "feasible"


def _begin(search: Search, pricer: DayShifts, problem: ScheduleProblem) -> None:
    if problem.start is not None and judge(problem, problem.start).feasible:
        search.offer([pricer.column(person, codes) for person, codes in enumerate(pricer.codes(problem.start))])
