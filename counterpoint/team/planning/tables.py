"""The plan as rows: what the workbook, the printed report and the pages' exports all show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

from counterpoint.science.rostering import RosterProblem, Shift
from counterpoint.team.planning.values import INTERVAL, PlanOutput
from counterpoint.team.planning.words import Speech, clock, percent

Row = list[Any]


def summary(plan: PlanOutput, say: Speech) -> list[Row]:
    """The plan in a dozen lines."""
    view = plan.outlook
    worked = sum(s.minutes for s in plan.roster.shifts) / 60 if plan.roster else 0.0
    used = len({s.person for s in plan.roster.shifts}) if plan.roster else 0
    base = say(plan.baseline_kind) if plan.baseline_kind else ""
    history = {k: view.history[k] for k in ("first", "last", "tickets", "days")}
    rows: list[Row] = [
        [say("branch"), plan.branch or say("this_branch")],
        [say("history"), say("history_value", **history)],
        [say("expected"), round(float(view.day_mean.sum()))],
        [say("promise"), say("promise_value", share=percent(view.promise.share), minutes=f"{view.promise.minutes:g}")],
        [say("record"), record(plan, say)],
        [say("status"), status(plan, say)],
        [say("people"), f"{used} / {len(plan.problem.people)}"],
        [say("hours"), round(worked, 1)],
        [say("short"), plan.judgement.get("short_hours", "")],
    ]
    if plan.waits and plan.baseline:
        ours, other = plan.waits.overall(), plan.baseline.overall()
        rows += [
            [say("kept"), percent(ours["within"])],
            [say("kept_base", baseline=base), percent(other["within"])],
            [say("mean_wait"), minutes(ours["wait_mean"], 2, "–")],
            [say("mean_base", baseline=base), minutes(other["wait_mean"], 2, "–")],
            [say("walkouts"), percent(ours["walkouts"])],
        ]
    return rows


def record(plan: PlanOutput, say: Speech) -> str:
    """The forecast's own record on past weeks."""
    scores = plan.outlook.scores
    if not scores:
        return say("record_none")
    return say(
        "record_value", wape=percent(scores["wape"]), coverage=percent(scores["coverage"]), weeks=f"{scores['weeks']:g}"
    )


def status(plan: PlanOutput, say: Speech) -> str:
    """What the solver can promise."""
    return say(plan.status, gap=percent(plan.gap or 0)) if plan.status == "feasible" else say(plan.status)


def forecast(plan: PlanOutput) -> Iterator[Row]:
    """Date, time, service, mean, P10, P50, P90 of every open half hour; all services together last."""
    view = plan.outlook
    for day, info in enumerate(view.days):
        for n, minute in enumerate(view.minutes):
            if view.total_mean[day, n] <= 0:
                continue
            for s, spec in enumerate(view.services):
                cells = (view.mean, view.p10, view.p50, view.p90)
                yield [info.date, clock(minute), spec.name, *(round(float(c[s, day, n]), 2) for c in cells)]
            cells = (view.total_mean, view.total_p10, view.total_p50, view.total_p90)
            yield [info.date, clock(minute), None, *(round(float(c[day, n]), 2) for c in cells)]


def need(plan: PlanOutput) -> Iterator[Row]:
    """Date, time, skill, people at expected arrivals, people at their P90, people on posts, missing."""
    view, problem = plan.outlook, plan.problem
    coverage = plan.judgement.get("coverage", {})
    for day, info in enumerate(view.days):
        for n, minute in enumerate(view.minutes):
            for skill in view.skills:
                wanted = int(view.need[skill][day, n])
                if wanted == 0 and view.total_mean[day, n] <= 0:
                    continue
                at = day * problem.intervals + (minute - problem.start) // INTERVAL
                have = coverage.get(skill, ())
                there = have[at] if at < len(have) else None
                missing = max(0, wanted - there) if there is not None else None
                yield [info.date, clock(minute), skill, wanted, int(view.need_p90[skill][day, n]), there, missing]


def roster_days(plan: PlanOutput, say: Speech) -> Iterator[Row]:
    """One row a person: a cell per day, hours of the week."""
    for person in plan.problem.people:
        own = {s.day: s for s in plan.roster.shifts if s.person == person.id} if plan.roster else {}
        cells = [shift_words(own[d], say) if d in own else say("off") for d in range(len(plan.problem.days))]
        yield [person.name, *cells, round(sum(s.minutes for s in own.values()) / 60, 1)]


def shift_words(shift: Shift, say: Speech) -> str:
    """``09:00-17:30 (lunch 12:00) cash 09:00, lobby 14:00``."""
    lunch = f" ({say('lunch')} {clock(shift.lunch.start)})" if shift.lunch else ""
    posts: list[str] = []
    last = ""
    for task in sorted(shift.tasks, key=lambda t: t.start):
        if task.skill != last:
            posts.append(f"{task.skill} {clock(task.start)}")
        last = task.skill
    return f"{clock(shift.start)}-{clock(shift.end)}{lunch} {', '.join(posts)}".strip()


def half_hours(problem: RosterProblem) -> list[int]:
    """Starts of the roster's intervals."""
    return [problem.start + n * problem.step for n in range(problem.intervals)]


def roster_halves(plan: PlanOutput, say: Speech) -> Iterator[Row]:
    """One row a person and day: the post in each half hour, ``·`` present without a post."""
    if plan.roster is None:
        return
    names = {p.id: p.name for p in plan.problem.people}
    for shift in plan.roster.shifts:
        cells = []
        for minute in half_hours(plan.problem):
            at_lunch = shift.lunch is not None and shift.lunch.start <= minute < shift.lunch.end
            there = shift.start <= minute < shift.end
            cells.append(say("lunch") if at_lunch else (shift.skill_at(minute) or "·") if there else "")
        yield [plan.problem.days[shift.day].date, names[shift.person], *cells]


def waits(plan: PlanOutput, say: Speech) -> Iterator[Row]:
    """Plan, date, time, customers, mean, median, P90, within promise; the whole day first."""
    for name, found in ((say("this_plan"), plan.waits), (say(plan.baseline_kind or "flat"), plan.baseline)):
        for day in found.days if found else ():
            yield [
                name,
                day.date,
                say("day"),
                round(day.customers, 1),
                minutes(day.wait_mean, 2),
                None,
                minutes(day.wait_p90, 2),
                round(day.within, 3),
            ]
            for cell in day.cells:
                yield [
                    name, day.date, clock(cell.minute), round(cell.customers, 1), minutes(cell.mean, 2),
                    minutes(cell.median, 2), minutes(cell.p90, 2), round(cell.within, 3),
                ]  # fmt: skip


def minutes(value: float, digits: int, endless: str | None = None) -> float | str | None:
    """A rounded wait; `endless` where nobody serves and it never ends."""
    return round(value, digits) if math.isfinite(value) else endless


def rules(plan: PlanOutput, say: Speech) -> Iterator[Row]:
    """Broken rules, conflicts and ways out: kind, words, source, mark, hard, cost."""
    for v in plan.judgement.get("violations", ()):
        yield [say("violation"), v["words"], v["source"], v["mark"], say("yes" if v["hard"] else "no"), v["cost"]]
    for conflict in plan.conflicts:
        for item in conflict["restrictions"]:
            kind = f"{say('conflict')} {conflict['number']}"
            yield [kind, item["words"], item["source"], item["mark"], say("yes"), None]
    for number, way in enumerate(plan.ways_out, 1):
        yield [f"{say('way_out')} {number}", way["words"], way["kind"], "", say("no"), way["cost"]]


def services(plan: PlanOutput, say: Speech) -> Iterator[Row]:
    """What each service was taken to need."""
    for s in plan.outlook.services:
        yield [s.name, s.skill, s.tickets, s.measured, round(s.minutes, 2), round(s.cv, 2), say(s.source)]


def day_name(text: str, say: Speech) -> str:
    """``2026-11-30`` → ``11-30 Mon``."""
    day = date.fromisoformat(text)
    return f"{day:%m-%d} {say.weekday(day.weekday())}"
