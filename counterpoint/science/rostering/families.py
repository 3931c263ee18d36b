"""One door to every family of roster problems: read it, solve it, judge it, write it down.

Three families share people, contracts, days, demand, rest rules, limits, progress and answers; they differ in what a
working day is made of: posts and a lunch by quarter hours under rules with sources (``RosterProblem``), a whole shift
of a kind (``ScheduleProblem``), or blocks of activities (``ActivityProblem``). Each is a typed value with a JSON form
that names its format, its own exact day model for the search, and a judge in plain Python that shares nothing with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from counterpoint.science.rostering import activities, schedules, serial
from counterpoint.science.rostering.activities import ActivityProblem, ActivityShift, retail
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.evaluate import evaluate
from counterpoint.science.rostering.problem import FORMAT as WEEK
from counterpoint.science.rostering.problem import RosterProblem
from counterpoint.science.rostering.roster import Roster
from counterpoint.science.rostering.schedules import Plan, ScheduleProblem, curtois_qu
from counterpoint.science.rostering.search import STANDARD, Limit, OnProgress, Outcome, Progress
from counterpoint.science.rostering.solve import solve as solve_week

FORMAT = "counterpoint.answer/1"
Problem = RosterProblem | ScheduleProblem | ActivityProblem
Answer = Roster | Plan | tuple[ActivityShift, ...]
Clock = Callable[[], float]
KINDS: dict[str, type[RosterProblem] | type[ScheduleProblem] | type[ActivityProblem]] = {
    WEEK: RosterProblem,
    schedules.problem.FORMAT: ScheduleProblem,
    activities.problem.FORMAT: ActivityProblem,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every broken hard rule in words, and the points."""

    broken: tuple[str, ...]
    total: int

    @property
    def feasible(self) -> bool:
        """True when no hard rule is broken."""
        return not self.broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution(Outcome):
    """What :func:`solve` found: ``answer`` and its ``judgement`` (None: there is none)."""

    answer: Answer | None
    judgement: Judgement | None

    def summary(self) -> str:
        """Two lines for a person."""
        if self.judgement is None:
            return f"{self.status}: no answer keeps every hard rule, or none was found within the limit"
        head = f"{self.status}: cost {self.judgement.total}, proven at least {self.bound}"
        broken = self.judgement.broken
        words = f"{len(broken)} hard rules broken: {'; '.join(broken[:3])}" if broken else "every hard rule is kept"
        return f"{head}\n{words}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; :func:`read_answer` takes the answer from them."""
        found = self.judgement
        return {
            "format": FORMAT, "status": self.status, "answer": serial.plain(self.answer),
            "total": found.total if found else None, "broken": list(found.broken) if found else [],
            "bound": self.bound, "seed": self.seed, "seconds": round(self.seconds, 3), "work": round(self.work, 3),
            "reproducible": self.reproducible,
        }  # fmt: skip


def read(text: str) -> Problem:
    """The problem that ``text`` holds: a problem's JSON, or a file of one of the two public benchmarks.

    ValueError says what it is not, or where it misfits.
    """
    if not text.lstrip().startswith("{"):
        if "SECTION_SHIFTS" in text:
            return curtois_qu.read(text)
        if "SECTION_TASKS" in text:
            return retail.read(text)
        raise ValueError("this is neither a roster problem's JSON nor an instance with SECTION_SHIFTS or SECTION_TASKS")
    value = _object(text)
    kind = KINDS.get(str(value.get("format")))
    if kind is None:
        raise ValueError(f"the format {value.get('format')!r} is none of {', '.join(KINDS)}")
    return kind.from_dict(value)


def read_answer(problem: Problem, text: str) -> Answer:
    """An answer to ``problem``: what :meth:`Solution.to_dict` wrote, its ``answer`` alone, or retail's XML."""
    if isinstance(problem, ActivityProblem) and text.lstrip().startswith("<"):
        return retail.read_solution(text)
    value = _json(text)
    if isinstance(value, Mapping) and value.get("format") == FORMAT:
        value = value.get("answer")
    if value is None:
        raise ValueError("the file holds no answer: none was found when it was written")
    if isinstance(problem, ActivityProblem):
        found: tuple[ActivityShift, ...] = serial.build(tuple[ActivityShift, ...], value, "answer")
        return found
    return Roster.from_dict(value) if isinstance(problem, RosterProblem) else Plan.from_dict(value)


def judge(problem: Problem, answer: Answer) -> Judgement:
    """Measure an answer without any solver. ValueError when it is an answer to another kind of problem."""
    if isinstance(problem, RosterProblem) and isinstance(answer, Roster):
        week = evaluate(problem, answer)
        return Judgement(tuple(violation.words for violation in week.hard), week.total)
    if isinstance(problem, ScheduleProblem) and isinstance(answer, Plan):
        plan = schedules.judge(problem, answer)
        return Judgement(tuple(breach.words for breach in plan.breaches), plan.total)
    if isinstance(problem, ActivityProblem) and isinstance(answer, tuple):
        shifts = activities.judge(problem, answer)
        return Judgement(shifts.breaches, shifts.total)
    raise ValueError(f"a {type(answer).__name__} is no answer to a {type(problem).__name__}")


def prepare(problem: Problem) -> None:
    """Compile what the search for this kind of problem needs (a minute once on a machine), before a clock runs."""
    limit = Limit(deterministic=0.01)
    if isinstance(problem, RosterProblem):
        solve_week(branch_week(5), seed=1, limit=limit)
    elif isinstance(problem, ScheduleProblem):
        tiny = ScheduleProblem(7, (schedules.ShiftType("E", 480),), (schedules.Employee("A", 0, 960),))
        schedules.solve(tiny, seed=1, limit=limit)
    else:
        one = activities.Contract("A", 0, 2400)
        activities.solve(ActivityProblem(7, ("1",), (one,), ()), seed=1, limit=limit)


def solve(
    problem: Problem,
    *,
    seed: int,
    limit: Limit = STANDARD,
    clock: Clock | None = None,
    on_progress: OnProgress | None = None,
    start: Answer | None = None,
) -> Solution:
    """The best answer found within ``limit``, judged.

    ``limit.seconds`` needs a ``clock`` (seconds, never backwards); equal problem, seed and limit of work give an equal
    answer. ``on_progress`` hears of each better answer or bound, and stops by returning False. ``start`` (yesterday's
    or an edited answer) is where the search begins.
    """
    if limit.seconds is not None and clock is None:
        raise ValueError("a limit in seconds needs a clock; pass clock=time.monotonic, or limit the work instead")
    if start is not None:
        judge(problem, start)
    if isinstance(problem, RosterProblem):
        return _week(problem, seed, limit, clock, on_progress, start)
    if isinstance(problem, ScheduleProblem):
        given = replace(problem, start=start) if isinstance(start, Plan) else problem
        plan = schedules.solve(given, seed=seed, limit=limit, clock=clock, on_progress=on_progress)
        return _solution(problem, plan, plan.plan)
    first = start if isinstance(start, tuple) else None
    shifts = activities.solve(problem, seed=seed, start=first, limit=limit, clock=clock, on_progress=on_progress)
    return _solution(problem, shifts, shifts.shifts)


def _week(
    problem: RosterProblem, seed: int, limit: Limit, clock: Clock | None, on_progress: OnProgress | None,
    start: Answer | None,
) -> Solution:  # fmt: skip
    """The branch week counts work only, so the caller's clock ends it between two reports."""
    began = clock() if clock else 0.0

    def tell(step: Progress) -> bool:
        late = limit.seconds is not None and clock is not None and clock() - began >= limit.seconds
        return (on_progress is None or on_progress(step) is not False) and not late

    hint = start if isinstance(start, Roster) else None
    found = solve_week(problem, seed=seed, limit=limit, on_progress=tell, hint=hint)
    seconds = clock() - began if clock else found.seconds
    return replace(_solution(problem, found, found.roster), seconds=seconds)


def _solution(problem: Problem, found: Outcome, answer: Answer | None) -> Solution:
    shared = {field.name: getattr(found, field.name) for field in fields(Outcome)}
    return Solution(**shared, answer=answer, judgement=judge(problem, answer) if answer is not None else None)


def _object(text: str) -> dict[str, Any]:
    value = _json(text)
    if not isinstance(value, dict):
        raise ValueError("a problem is an object with a format")
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as wrong:
        raise ValueError(f"this is no JSON: {wrong}") from None
