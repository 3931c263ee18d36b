"""The one verb: from a ticket history to the week's roster and the waits it would bring."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from counterpoint.science.rostering import (
    Diagnosis,
    Evaluation,
    Limit,
    Roster,
    RosterProblem,
    RosterResult,
    diagnose,
    evaluate,
    solve,
)
from counterpoint.team.planning import crew, outlook, priced, reading, waits
from counterpoint.team.planning.sketch import sketch
from counterpoint.team.planning.values import Note, Outlook, PlanInput, PlanOutput, Report

GAP = 0.01
ROUNDS = 24


def plan_week(given: PlanInput, report: Report = lambda share, words: None) -> PlanOutput:
    """Forecast, need, roster (or the conflict with priced ways out), predicted waits. Deterministic by its seed."""
    view = outlook.look_ahead(given, report)
    report(0.4, "roster")
    return plan_from(view, given, report)


def plan_from(view: Outlook, given: PlanInput, report: Report = lambda share, words: None) -> PlanOutput:
    """The same from an outlook that is already known (the web keeps forecasts)."""
    people = given.people
    notes: tuple[Note, ...] = ()
    if not people:
        people, notes = crew.anonymous(view, given.headcount, given.language)
    view = _told(view, (*notes, *given.notes))
    problem = crew.week_problem(
        view, people, rules=given.rules, minimums=given.minimums, two_person=given.two_person, pins=given.pins
    )
    result, diagnosis = roster_of(problem, seed=given.seed, work=given.work)
    report(0.8, "waits")
    predicted = baseline = None
    kind = ""
    if result.roster is not None:
        predicted = waits.predict(
            view, result.roster, seed=given.seed, speeds=given.speeds, replications=given.replications
        )
        baseline, kind = _baseline(view, problem, result.roster, given)
    report(1.0, "done")
    return PlanOutput(
        branch=given.branch,
        week=given.week,
        seed=given.seed,
        inputs_hash=given.digest(),
        language=given.language,
        anonymous=not given.people,
        outlook=view,
        problem=problem,
        roster=result.roster,
        status=result.status,
        objective=result.objective,
        gap=result.gap,
        judgement=judgement_dict(result.evaluation) if result.evaluation else {},
        conflicts=conflict_dicts(diagnosis),
        ways_out=tuple(
            {**way, "waits": found}
            for way, found in zip(
                way_dicts(diagnosis),
                priced.predicted(
                    view, diagnosis, seed=given.seed, speeds=given.speeds, replications=given.replications
                ),
                strict=True,
            )
        ),
        waits=predicted,
        baseline=baseline,
        baseline_kind=kind,
        issues=reading.issue_rows(given.log),
    )


def _told(view: Outlook, notes: tuple[Any, ...]) -> Outlook:
    return replace(view, notes=(*notes, *view.notes)) if notes else view


def roster_of(problem: RosterProblem, *, seed: int, work: float) -> tuple[RosterResult, Diagnosis | None]:
    """Solve from a quick sketch; when hard rules contradict each other, say which and what could be done.

    The search stops after `work` units of the solver or ROUNDS reports, whichever is first: both are reproducible.
    """
    reports = itertools.count(1)
    result = solve(
        problem,
        seed=seed,
        limit=Limit(deterministic=work, gap=GAP),
        on_progress=lambda _step: next(reports) < ROUNDS,
        hint=sketch(problem),
    )
    return result, diagnose(problem, seed=seed) if result.status == "infeasible" else None


def _baseline(view: Outlook, problem: RosterProblem, roster: Roster, given: PlanInput) -> tuple[waits.Waits, str]:
    if given.baseline is not None and given.baseline.shifts:
        known = {person.id for person in problem.people}
        last = Roster(tuple(s for s in given.baseline.shifts if s.person in known and s.day < len(problem.days)))
        played = waits.predict(view, last, seed=given.seed, speeds=given.speeds, replications=given.replications)
        return played, "last_week"
    return waits.flat_baseline(view, roster, seed=given.seed, replications=given.replications), "flat"


def judgement_dict(found: Evaluation) -> dict[str, Any]:
    """The judge's view as plain JSON."""
    return {
        "feasible": found.feasible,
        "total": found.total,
        "costs": dict(found.costs),
        "short_hours": round(found.short_hours, 2),
        "coverage": {skill: list(series) for skill, series in found.coverage.items()},
        "violations": [
            {
                "key": v.key, "person": v.person, "day": v.day, "start": v.start, "amount": v.amount,
                "words": v.words, "source": v.source, "mark": v.mark, "hard": v.hard, "cost": v.cost,
            }
            for v in found.violations
        ],
    }  # fmt: skip


def judge(problem: RosterProblem, roster: Roster) -> tuple[Evaluation, dict[str, Any]]:
    """Evaluate a roster that somebody changed."""
    found = evaluate(problem, roster)
    return found, judgement_dict(found)


def conflict_dicts(diagnosis: Diagnosis | None) -> tuple[Mapping[str, Any], ...]:
    """Each restriction of each conflict, in words with source and mark."""
    if diagnosis is None:
        return ()
    return tuple(
        {
            "number": number,
            "restrictions": [
                {"kind": i.kind, "key": i.key, "words": i.words, "source": i.source, "mark": i.mark,
                 "person": i.person, "day": i.day, "start": i.start}
                for i in conflict.items
            ],
        }
        for number, conflict in enumerate(diagnosis.conflicts, 1)
    )  # fmt: skip


def way_dicts(diagnosis: Diagnosis | None) -> tuple[Mapping[str, Any], ...]:
    """Ways out, cheapest first, each with the changed problem and the roster that proves it works."""
    if diagnosis is None:
        return ()
    return tuple(
        {
            "kind": way.kind, "words": way.words, "cost": way.cost, "uncovered": way.uncovered,
            "problem": way.problem.to_dict(), "roster": way.roster.to_dict(),
        }
        for way in priced.chosen(diagnosis)
    )  # fmt: skip
