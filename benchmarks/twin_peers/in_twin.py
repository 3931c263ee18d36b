"""The three models in the twin."""

from __future__ import annotations

import numpy as np

from benchmarks.twin_peers.shared import (
    CLOSE,
    CV,
    FALLBACK,
    HOURLY,
    MACHINE,
    MACHINE_CV,
    MINUTES,
    OPEN,
    OVERRUN,
    PATIENCE,
    PROFILE,
    WORK,
    Done,
)
from counterpoint.science import twin


def plain_branch() -> twin.BranchModel:
    """The branch of the benchmark."""
    minutes = twin.Duration
    services = (
        twin.Service("cash", minutes(WORK["cash"], 1.0, "exponential")),
        twin.Service("advice", minutes(WORK["advice"], CV)),
        twin.Service("vip", minutes(WORK["vip"], CV), priority=-1),
        twin.Service(
            "self", minutes(WORK["self"], 1.0, "exponential"), device="m", self_service=minutes(MACHINE, MACHINE_CV),
            divertible=1.0, fallback=FALLBACK,
        ),
    )  # fmt: skip
    counters = [twin.Counter(f"c{i}", ("cash", "self")) for i in range(5)]
    counters += [twin.Counter(f"a{i}", ("advice", "vip")) for i in range(4)]
    return twin.BranchModel(
        services, tuple(counters), devices=tuple(twin.Device(f"m{i}", "m") for i in range(4)),
        patience=minutes(PATIENCE, 1.0, "exponential"), balking=None, triage=None, uptake=1.0, unassisted=1.0,
        open_minute=OPEN, close_minute=CLOSE, overrun_minutes=OVERRUN,
    )  # fmt: skip


def day(days: int, seed: int) -> Done:
    """Days of the plain branch."""
    model = plain_branch()
    rates = np.outer([HOURLY[s.code] for s in model.services], PROFILE) / 2
    result = twin.simulate(model, twin.one_person_a_counter(model), rates, days, seed=seed, rows=False)
    return Done(days, list(result.kpis["wait_mean"]), list(result.kpis["abandoned"]))


def mm5(load: float, theta: float, runs: int, seed: int) -> Done:
    """M/M/5 with mean service 1."""
    model = twin.BranchModel(
        (twin.Service("S", twin.Duration(1.0, shape="exponential")),),
        tuple(twin.Counter(f"k{i}", ("S",)) for i in range(5)),
        patience=twin.Duration(1 / theta, shape="exponential") if theta else None, balking=None, open_minute=0.0,
        close_minute=MINUTES, overrun_minutes=1e6,
    )  # fmt: skip
    rates = np.full((1, 200), load * MINUTES / 200)
    result = twin.simulate(
        model, twin.one_person_a_counter(model), rates, runs, seed=seed, interval_minutes=MINUTES / 200, rows=False
    )
    return Done(float(result.kpis["arrivals"].sum()), list(result.kpis["wait_mean"]), list(result.kpis["abandoned"]))
