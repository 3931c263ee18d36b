"""A small week made by hand: no forecast, no solver, so that every number can be checked in the head.

Monday 9–12, Tuesday 9:30–11:30, Wednesday closed; cash takes five minutes, transfers and advice share the desk.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from counterpoint.science.demand import DayInfo
from counterpoint.science.rostering import Break, Person, Roster, Shift, Skill, Task, Window
from counterpoint.team.planning import crew, pipeline
from counterpoint.team.planning.tests import files
from counterpoint.team.planning.values import (
    Note,
    Outlook,
    Patience,
    PlanInput,
    PlanOutput,
    Promise,
    ServiceSpec,
    WaitCell,
    WaitDay,
    Waits,
)

MONDAY = date(2026, 11, 30)
WEEK = tuple(MONDAY + timedelta(days=n) for n in range(3))
HOURS = (((540, 720),), ((570, 690),), ())
SERVICES = (
    ServiceSpec("cash", "现金", "cash", 5.0, 0.5, "log", 300, 280),
    ServiceSpec("transfer", "转账", "desk", 8.0, 0.6, "pooled", 90, 12),
    ServiceSpec("advice", "理财", "desk", 20.0, 0.4, "default", 10, 0),
)
PATIENCE = Patience(28.0, 0.6, "lognormal", "default")
HISTORY = {
    "first": "2026-10-26", "last": "2026-11-29", "days": 15, "tickets": 400, "served": 380, "abandoned": 20,
    "wait_mean": 3.2, "wait_p90": 8.1,
}  # fmt: skip


def days(hours=HOURS):
    """The days of the week from Monday on with these hours."""
    return tuple(
        DayInfo(MONDAY + timedelta(days=n), spans, "workday" if spans else "closed") for n, spans in enumerate(hours)
    )


def outlook(hours=HOURS, *, cash=2, desk=1, **changes):
    """Six half hours from nine; four cash customers, one transfer and half an advice in each that is open."""
    info = days(hours)
    is_open = np.array(
        [[any(a <= 540 + 30 * n < b for a, b in day.open) for n in range(6)] for day in info], dtype=float
    )
    mean = np.stack([4.0 * is_open, 1.0 * is_open, 0.5 * is_open])
    total, by_day = mean.sum(axis=0), mean.sum(axis=(0, 2))
    need = {"cash": cash * is_open, "desk": desk * is_open}
    whole = {
        "days": info, "services": SERVICES, "patience": PATIENCE, "promise": Promise(0.9, 15.0), "start": 540,
        "mean": mean, "p10": 0.5 * mean, "p50": mean, "p90": 1.5 * mean,
        "total_mean": total, "total_p10": 0.5 * total, "total_p50": total, "total_p90": 1.5 * total,
        "day_mean": by_day, "day_p10": 0.8 * by_day, "day_p50": by_day, "day_p90": 1.2 * by_day,
        "need": need, "need_p90": {skill: series + is_open for skill, series in need.items()},
        "why": {skill: [["load" if x else "closed" for x in row] for row in is_open] for skill in need},
        "notes": (Note("patience", "Patience is assumed.", {"mean": 28.0, "events": 0, "source": "default"}),),
        "scores": {"wape": 0.25, "coverage": 0.8, "weeks": 3.0}, "history": HISTORY,
    }  # fmt: skip
    return Outlook(**{**whole, **changes})


def people():
    """Mei and Omar on cash, Sun at the desk and on cash; Ada has Monday off."""
    return (
        Person("mei", "Mei", (Skill("cash", 3),), min_day=120),
        Person("omar", "Omar", (Skill("cash"),), min_day=120),
        Person("sun", "孙", (Skill("desk"), Skill("cash")), min_day=120),
        Person("ada", "Ada", (Skill("desk"),), min_day=120, unavailable=(Window(0, 0, 1440, "annual"),)),
    )


def shift(person, day, start, end, *posts, lunch=None):
    """A shift with its posts in turn: `("cash", 600)` is cash until ten."""
    tasks, begin = [], start
    for skill, until in posts:
        tasks.append(Task(begin, until, skill))
        begin = until
    return Shift(person, day, start, end, Break(*lunch) if lunch else None, tuple(tasks))


def roster():
    """Two people on cash and one at the desk on Monday; one of each on Tuesday."""
    return Roster(
        (
            shift("mei", 0, 510, 750, ("cash", 720)),
            shift("omar", 0, 540, 720, ("cash", 720)),
            shift("sun", 0, 540, 720, ("desk", 630), ("cash", 660), ("desk", 720)),
            shift("ada", 1, 540, 720, ("desk", 690)),
            shift("mei", 1, 540, 720, ("cash", 690)),
        )
    )


def asked(**changes):
    """The question that belongs to the week, with a log of one ticket a day."""
    log = files.log(*(files.ticket(n, f"2026-11-{9 + n} 09:05") for n in range(3)))
    whole = {"log": log, "days": days(), "week": WEEK, "seed": 3, "people": people(), "replications": 20, "work": 0.5}
    return PlanInput(**{**whole, **changes})


def waits(mean=2.0, customers=(33.0, 22.0, 0.0)):
    """Waits of the week: one cell a day that is open."""
    found = []
    for number, count in enumerate(customers):
        cell = (WaitCell(540, count, mean, mean / 2, 2 * mean, 0.95),) if count else ()
        day = MONDAY + timedelta(days=number)
        figures = (mean, 2 * mean, 0.95, 0.02, 0.7) if count else (0.0, 0.0, 1.0, 0.0, 0.0)
        found.append(WaitDay(day.isoformat(), cell, count, *figures))
    return Waits(tuple(found))


def plan(**changes):
    """The whole plan of the week with the roster above, as the judge sees it."""
    view = changes.pop("outlook", None) or outlook()
    problem = crew.week_problem(view, people())
    schedule = changes.pop("roster", roster())
    whole = PlanOutput(
        branch="人民路支行", week=WEEK, seed=3, inputs_hash="0123456789abcdef", language="zh-hans", anonymous=False,
        outlook=view, problem=problem, roster=schedule, status="optimal", objective=0, gap=0.0,
        judgement=pipeline.judge(problem, schedule)[1] if schedule else {}, conflicts=(), ways_out=(), waits=waits(),
        baseline=waits(4.0), baseline_kind="flat", issues=(),
    )  # fmt: skip
    return replace(whole, **changes)
