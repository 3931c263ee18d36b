"""Held-out days lived again: logged arrivals and staff, drawn services and patience."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.calibration import Calibration, Presence
from counterpoint.science.twin import (
    STATUS_NAMES,
    BranchModel,
    Command,
    Counter,
    CustomerTable,
    Person,
    SetPriority,
    Staffing,
    day_seed,
    draw_customers,
    run_day,
)
from counterpoint.science.twin.customers import DRAW_NAMES

FloatArray = NDArray[np.float64]
Skills = Mapping[str, frozenset[str]]
SERVED, AT_COUNTER = STATUS_NAMES.index("served"), STATUS_NAMES.index("at_counter")
LEFT = tuple(STATUS_NAMES.index(name) for name in ("abandoned", "balked", "dismissed"))
DAY_MINUTES, OVERRUN = 1440.0, 180.0
WORK = DRAW_NAMES.index("counter_minutes")
MOMENT = 1e-7  # minutes: after the arrival, before anything else


@dataclass(frozen=True, eq=False)
class Lived:
    """One way a day went: per ticket the arrival minute, minutes waited (NaN unknown), called and left flags."""

    arrived: FloatArray
    waited: FloatArray
    called: NDArray[np.bool_]
    left: NDArray[np.bool_]


def logged(today: pd.DataFrame) -> Lived:
    """A day as the log has it."""
    return Lived(
        today["arrived"].to_numpy(dtype=np.float64), today["waited"].to_numpy(dtype=np.float64),
        (today["outcome"] == "served").to_numpy(), (today["outcome"] == "abandoned").to_numpy(),
    )  # fmt: skip


def own_minutes(today: pd.DataFrame, turnaround: float) -> FloatArray:
    """Logged minutes of service of each ticket and a mean turnaround; NaN for those not served."""
    minutes = today["minutes"].to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        return np.where(minutes > 0, minutes + turnaround, np.nan)


def staff_trace(day: date, found: Presence, calibration: Calibration) -> Staffing:
    """The people of a day: for every server a person at their own place, on duty when `found` says, at fitted speed.

    Servers unknown to the calibration work at speed 1. Nothing of how long anybody waited enters.
    """
    duty = found.duty[found.duty["day"] == day]
    speeds = calibration.speeds
    people = []
    for server, rows in duty.groupby("server", sort=True):
        shifts = tuple((float(a), float(b)) for a, b in zip(rows["start"], rows["end"], strict=True))
        people.append(Person(str(server), (), shifts, (), str(server), speeds.get(str(server), 1.0)))
    return Staffing(tuple(people))


def skills_of_day(today: pd.DataFrame, skills: Skills) -> dict[str, frozenset[str]]:
    """What each server of a day can do: the calibrated skills, and whatever it did that day."""
    served = today[(today["outcome"] == "served") & today["server"].notna()]
    return {
        str(server): skills.get(str(server), frozenset()) | frozenset(part["service"].dropna())
        for server, part in served.groupby("server", sort=True)
    }


def counters_of(staffing: Staffing, skills: Skills, model: BranchModel) -> tuple[BranchModel, Staffing]:
    """`model` cut to what a ticket log shows (tickets; no machines, no lobby) with a counter for each server."""
    codes = set(model.service_codes)
    able = {person.code: tuple(sorted(skills[person.code] & codes)) for person in staffing.people}
    counters = tuple(Counter(code, services) for code, services in able.items())
    people = tuple(replace(p, skills=able[p.code]) for p in staffing.people)
    last = max((p.shifts[-1][1] for p in staffing.people), default=DAY_MINUTES)
    bare = replace(
        model, counters=counters, devices=(), triage=None, open_minute=0.0, close_minute=DAY_MINUTES,
        overrun_minutes=max(last - DAY_MINUTES, 0.0) + OVERRUN, stay_after_close=False, calling="auto",
        services=tuple(replace(one, device=None, self_service=None, divertible=0.0) for one in model.services),
    )  # fmt: skip
    return bare, Staffing(people)


def seniority(model: BranchModel, customers: CustomerTable, head_start: Mapping[str, float]) -> list[Command]:
    """Queue by arrival less the `head_start` minutes of the tier, whatever the tiers' own priorities.

    Every ticket gets its seniority in seconds as its priority, a moment after it is taken.
    """
    minutes = np.array([head_start.get(code, 0.0) for code in model.tier_codes])[customers.tier]
    order = np.rint((customers.arrival - minutes) * 60).astype(int)
    return [
        SetPriority(float(at) + MOMENT, int(rank), ticket=number)
        for number, (at, rank) in enumerate(zip(customers.arrival, order, strict=True))
    ]


def live_again(
    model: BranchModel, staffing: Staffing, today: pd.DataFrame, leave_quiet: float, head_start: Mapping[str, float],
    replications: int, seed: int, own: FloatArray | None = None,
) -> list[Lived]:  # fmt: skip
    """`replications` simulated days with the arrivals of `today` (services and tiers as logged).

    A share `leave_quiet` of arrivals leaves at once whatever the queue; who that is, service times and patience are
    drawn anew each time. For `head_start` see :func:`seniority`. `own` gives minutes at the counter of each ticket, NaN
    where they are to be drawn.
    """
    tiers = set(model.tier_codes)
    arrivals = [
        (minute, service, tier) if tier in tiers else (minute, service)
        for minute, service, tier in zip(today["arrived"], today["service"], today["tier"], strict=True)
    ]
    out = []
    for number in range(replications):
        one = day_seed(seed, number)
        stays = np.random.default_rng(one).random(len(arrivals)) >= leave_quiet
        people = [arrival for arrival, stay in zip(arrivals, stays, strict=True) if stay]
        customers = draw_customers(model, arrivals=people, seed=one)
        if own is not None:
            known = ~np.isnan(own[stays])
            customers.draws[known, WORK] = own[stays][known]
        commands = seniority(model, customers, head_start) if head_start else ()
        result = run_day(model, staffing, customers, commands).result
        status = result.codes[:, 4]
        gone = today["arrived"].to_numpy(dtype=np.float64)[~stays]
        called = (status == SERVED) | (status == AT_COUNTER)
        out.append(
            Lived(
                np.concatenate([result.times[:, 0], gone]),
                np.concatenate([result.times[:, 1], np.zeros(len(gone))]),
                np.concatenate([called, np.zeros(len(gone), dtype=bool)]),
                np.concatenate([np.isin(status, LEFT), np.ones(len(gone), dtype=bool)]),
            )
        )
    return out
