"""``solve``: shifts of activities that keep every rule, at the least squared excess found, measured by the judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from counterpoint.science.rostering.activities.problem import ActivityProblem, ActivityShift, ActivityVerdict, judge
from counterpoint.science.rostering.activities.search import ActivitySearch
from counterpoint.science.rostering.activities.tables import ground, shifts, weeks_of
from counterpoint.science.rostering.search import Limit, OnProgress, Outcome, Progress, Status

STANDARD = Limit(deterministic=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityResult(Outcome):
    """What :func:`solve` found. ``shifts`` is None when ``nobody``, a person, has no legal schedule. ``verdict`` is the
    independent judge's; with status ``unknown`` it says where people are missing still. ``seconds`` are by the
    caller's clock, ``work`` is counted."""

    shifts: tuple[ActivityShift, ...] | None
    verdict: ActivityVerdict | None
    nobody: str | None = None


def solve(
    problem: ActivityProblem,
    *,
    seed: int,
    start: tuple[ActivityShift, ...] | None = None,
    limit: Limit = STANDARD,
    clock: Callable[[], float] | None = None,
    on_progress: OnProgress | None = None,
) -> ActivityResult:
    """The cheapest plan found that keeps every hard rule.

    Either limit must be there; ``limit.seconds`` needs a ``clock`` (seconds, never backwards). The search cools down
    with the share of the budget spent: equal problem, seed, workers and work limit give an equal plan, a limit in
    seconds does not, and the result says so. ``start`` is the first plan if each person's shifts in it are legal; the
    result is never worse. ``on_progress`` hears of each better plan, and stops by returning False.
    """
    if limit.seconds is not None and clock is None:
        raise ValueError("a limit in seconds needs a clock; pass clock=time.monotonic, or limit the work instead")
    if limit.seconds is None and limit.deterministic is None:
        raise ValueError("the search cools down with its budget: give a limit of work or of seconds")
    now = clock or (lambda: 0.0)
    began, table, steps = now(), ground(problem), list[Progress]()

    def share() -> float:
        timed = 0.0 if limit.seconds is None else (now() - began) / limit.seconds
        return max(timed, 0.0 if limit.deterministic is None else search.work / limit.deterministic)

    def better() -> None:
        steps.append(Progress(search.cost, search.bound, len(steps) + 1, search.work, now() - began))
        if on_progress is not None and on_progress(steps[-1]) is False:
            search.stopped = True

    search = ActivitySearch(table, seed, limit.workers, limit.gap, share, better)
    warm = start is not None and _legal(problem, start)
    if warm:
        search.offer(weeks_of(problem, table, start or ()))
    nobody = None if warm else search.first()
    if nobody is None:
        search.run(warm)
    plan = shifts(problem, table, search.best) if nobody is None else None
    verdict = judge(problem, plan) if plan is not None else None
    return ActivityResult(
        status=_status(search, verdict),
        shifts=plan,
        verdict=verdict,
        objective=verdict.total if verdict else None,
        bound=search.bound,
        seed=seed,
        seconds=now() - began,
        work=search.work,
        reproducible=not search.stopped and limit.seconds is None,
        nobody=None if nobody is None else problem.contracts[nobody].key,
        progress=tuple(steps),
    )


def _status(search: ActivitySearch, verdict: ActivityVerdict | None) -> Status:
    if verdict is None:
        return "infeasible"
    if not verdict.feasible:
        return "unknown"
    return "optimal" if verdict.total <= search.bound else "feasible"


def _legal(problem: ActivityProblem, given: tuple[ActivityShift, ...]) -> bool:
    """Whether every person's shifts are legal, whoever may be missing."""
    return judge(replace(problem, cover=()), given).feasible
