"""A small simulated branch for the planner's tests: five weeks, three open days a week, two services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd

from counterpoint.foundation import calendar
from counterpoint.science.history import Mapping, normalise
from counterpoint.team import planning

WEEK = tuple(date(2026, 11, 30) + timedelta(days=n) for n in range(7))
HOURS = calendar.Hours(dict.fromkeys((0, 1, 2), ((540, 720),)), pack="intl")
MAPPING = {name: name for name in ("ticket", "service", "arrived", "called", "finished", "server")}
FIRST, LAST = date(2026, 10, 26), date(2026, 11, 29)
OPEN_DAYS = (0, 1, 2)


def tickets(seed: int = 1) -> pd.DataFrame:
    """About forty tickets a day between 9 and 12; cash takes five minutes, transfers eight."""
    random = np.random.default_rng(seed)
    rows = []
    day = FIRST
    while day <= LAST:
        if day.weekday() in OPEN_DAYS:
            for number, minute in enumerate(sorted(random.uniform(0, 178, random.poisson(42)))):
                arrived = datetime(day.year, day.month, day.day, 9) + timedelta(minutes=float(minute))
                service = "cash" if random.random() < 0.6 else "transfer"
                called = arrived + timedelta(minutes=float(random.exponential(3)))
                done = called + timedelta(minutes=float(random.lognormal(1.5, 0.5)) * (1 if service == "cash" else 1.6))
                rows.append((f"A{number:03d}", service, arrived, called, done, f"K{1 + number % 3}"))
        day += timedelta(days=1)
    frame = pd.DataFrame(rows, columns=["ticket", "service", "arrived", "called", "finished", "server"])
    for name in ("arrived", "called", "finished"):
        frame[name] = frame[name].dt.strftime("%Y-%m-%d %H:%M:%S")
    return frame


def days_until(last: date) -> object:
    """The branch's days from the first ticket on."""
    return planning.build_days(
        FIRST, last, hours_on=HOURS.on, kind_on=lambda day: calendar.day(day, "intl"), effects=False
    )


@cache
def asked() -> planning.PlanInput:
    """A week to plan from the small branch's tickets."""
    log = normalise(tickets(), Mapping.from_dict(MAPPING))
    return planning.PlanInput(
        log=log, days=days_until(WEEK[-1]), week=WEEK, seed=3, promise=planning.Promise(0.9, 10), work=1.0,
        replications=20, skills={"cash": "cash", "transfer": "desk"},
    )  # fmt: skip


@cache
def plan() -> planning.PlanOutput:
    """That week, planned once a process."""
    return planning.plan_week(asked())
