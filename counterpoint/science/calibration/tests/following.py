"""Halls whose people are not just there: some come when customers wait, or leave the counter now and then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from counterpoint.science import twin
from counterpoint.science.calibration import Params
from counterpoint.science.calibration.datasets import MAPPING, simulated_log, simulated_rows
from counterpoint.science.calibration.tests.branches import FIRST
from counterpoint.science.history import TicketLog, normalise
from counterpoint.science.twin.kernel import layout as lay

ALWAYS, MORE, CALLED_AT = 3, 2, 3
DAY = 540.0, 1020.0
BLIND = Params(absence_minutes=600.0)  # knows no absence: everybody seems to be there from the first call to the last


def cash_branch(counters: int) -> twin.BranchModel:
    """Cash of five minutes at each counter, customers who wait half an hour, 90 minutes to end the day."""
    return twin.BranchModel(
        (twin.Service("cash", twin.Duration(5.0, 0.8)),),
        tuple(twin.Counter(f"K{i + 1}", ("cash",)) for i in range(counters)),
        patience=twin.Duration(30.0, 0.8), balking=None, overrun_minutes=90.0,
    )  # fmt: skip


def now_and_then(model: twin.BranchModel, on: float, off: float, seed: int) -> twin.Staffing:
    """Everybody at a counter for `on` minutes on average, then away for `off`: who looks free is not always ready."""
    rng = np.random.default_rng(seed)
    people = []
    for counter in model.counters:
        at, shifts = DAY[0] + off * rng.exponential(), []
        while at < DAY[1]:
            end = at + on * rng.exponential() + 0.01
            shifts.append((at, end))
            at = end + off * rng.exponential() + 0.01
        people.append(twin.Person(counter.code, ("cash",), tuple(shifts), (), counter.code))
    return twin.Staffing(tuple(people))


@cache
def now_and_then_log(
    days: int, on: float = 12.0, off: float = 5.0, rates: tuple[float, ...] = (15.0,) * 16
) -> TicketLog:
    """Days of five counters, each day with other absences: `on` minutes there, `off` away, `rates` each half hour."""
    model, frames = cash_branch(5), []
    for number in range(days):
        day = FIRST + timedelta(days=number)
        result = twin.simulate(model, now_and_then(model, on, off, number), np.array([rates]), 1, seed=number)
        frames.append(simulated_rows(result, day).assign(ticket=lambda rows, day=day: f"{day}-" + rows["ticket"]))
    return normalise(pd.concat(frames, ignore_index=True), MAPPING)


def now_and_then_duty(days: int, on: float = 12.0, off: float = 5.0) -> pd.DataFrame:
    """Who was there on the days of such a log: day, server, start, end."""
    model = cash_branch(5)
    rows = [
        (FIRST + timedelta(days=number), person.post, *shift)
        for number in range(days)
        for person in now_and_then(model, on, off, number).people
        for shift in person.shifts
    ]
    return pd.DataFrame(rows, columns=["day", "server", "start", "end"])


def not_ready_branch(counters: int, chance: float, minutes: float) -> twin.BranchModel:
    """Each who is free is not ready with this chance; somebody is `minutes` later on average."""
    return replace(cash_branch(counters), pickup=twin.Pickup(chance, twin.Duration(minutes, 1.0)))


@cache
def not_ready_log(
    days: int, counters: int = 3, chance: float = 0.35, minutes: float = 0.7, half_hour: float = 9.0
) -> TicketLog:
    """Days of such a hall, always manned, with so many customers each half hour."""
    model = not_ready_branch(counters, chance, minutes)
    rates = np.full((1, 16), half_hour)
    return simulated_log(model, twin.one_person_a_counter(model), rates, days, first=FIRST, seed=3)


def following_branch() -> tuple[twin.BranchModel, twin.Staffing]:
    """ALWAYS people at the counters and MORE who may be called to them."""
    model = cash_branch(ALWAYS + MORE)
    return model, twin.Staffing(tuple(twin.Person(c.code, ("cash",), (DAY,), (), c.code) for c in model.counters))


@cache
def following_log(days: int, seed: int = 7) -> TicketLog:
    """Every minute: with CALLED_AT or more waiting one of the MORE comes, with nobody waiting one goes."""
    model, staffing = following_branch()
    frames = []
    for number in range(days):
        day = FIRST + timedelta(days=number)
        people = twin.replication(model, np.full((1, 16), 17.0), number, seed=seed)
        frames.append(_day(model, staffing, people, day))
    return normalise(pd.concat(frames, ignore_index=True), MAPPING)


def _day(model: twin.BranchModel, staffing: twin.Staffing, people: twin.CustomerTable, day: date) -> pd.DataFrame:
    state = twin.initial_state(model, staffing, people)
    more = [person.code for person in staffing.people[ALWAYS:]]
    away: list[str] = []
    for minute in np.arange(DAY[0], DAY[1]):
        state, _ = twin.advance(state, float(minute), log=False)
        waiting = int(state.st[lay.WAITING])
        here = [code for code in more if code not in away]
        if waiting >= CALLED_AT and away:
            code = away.pop()
            state, _ = twin.advance(state, float(minute), [twin.EndBreak(float(minute), code)], log=False)
        elif waiting == 0 and here:
            away.append(here[-1])
            order = twin.StartBreak(float(minute), here[-1], DAY[1] - float(minute))
            state, _ = twin.advance(state, float(minute), [order], log=False)
    state, _ = twin.advance(state, np.inf, log=False)
    return simulated_rows(twin.outcome(state), day).assign(ticket=lambda rows: f"{day}-" + rows["ticket"])
