"""The three models in SimPy: a process a customer, who waits for a server or loses patience."""

from __future__ import annotations

import random
import statistics
from collections.abc import Generator

import simpy

from benchmarks.twin_peers.shared import (
    CV,
    FALLBACK,
    HOURLY,
    MACHINE,
    MACHINE_CV,
    MINUTES,
    PATIENCE,
    PROFILE,
    WORK,
    Done,
    mu_of,
    sigma_of,
)

Steps = Generator[simpy.Event, object, None]


def mm5(load: float, theta: float, runs: int, seed: int) -> Done:
    """M/M/5 as SimPy's documentation writes a bank with reneging."""
    found = [_hours(load, theta, seed + run) for run in range(runs)]
    units = sum(len(waited) + gone for waited, gone in found)
    return Done(float(units), [statistics.fmean(w) for w, _ in found], [float(gone) for _, gone in found])


def _hours(load: float, theta: float, seed: int) -> tuple[list[float], int]:
    rng, env = random.Random(seed), simpy.Environment()
    servers = simpy.Resource(env, 5)
    waited: list[float] = []
    gone = 0

    def customer() -> Steps:
        nonlocal gone
        came = env.now
        with servers.request() as request:
            if theta:
                found = yield request | env.timeout(rng.expovariate(theta))
                if request not in found:
                    gone += 1
                    return
            else:
                yield request
            waited.append(env.now - came)
            yield env.timeout(rng.expovariate(1.0))

    def source() -> Steps:
        while True:
            yield env.timeout(rng.expovariate(load))
            env.process(customer())

    env.process(source())
    env.run(until=MINUTES)
    return waited, gone


def day(days: int, seed: int) -> Done:
    """The plain branch with one process a customer."""
    found = [_day(seed + one) for one in range(days)]
    return Done(float(days), [statistics.fmean(w) for w, _ in found], [float(gone) for _, gone in found])


def _day(seed: int) -> tuple[list[float], int]:
    rng, env = random.Random(seed), simpy.Environment()
    cash, machines, advisers = simpy.Resource(env, 5), simpy.Resource(env, 4), simpy.PriorityResource(env, 4)
    waited: list[float] = []
    gone = 0

    def minutes(kind: str) -> float:
        if kind in ("cash", "self"):
            return rng.expovariate(1 / WORK[kind])
        return rng.lognormvariate(mu_of(WORK[kind], CV), sigma_of(CV))

    def served(request: simpy.resources.base.Put, kind: str, patience: float, before: float = 0.0) -> Steps:
        nonlocal gone
        came = env.now
        with request:
            found = yield request | env.timeout(patience)
            if request not in found:
                gone += 1
                return
            waited.append(before + env.now - came)
            yield env.timeout(minutes(kind))

    def customer(kind: str) -> Steps:
        nonlocal gone
        patience = rng.expovariate(1 / PATIENCE)
        if kind == "self":
            came = env.now
            with machines.request() as request:
                found = yield request | env.timeout(patience)
                if request not in found:
                    gone += 1
                    return
                before = env.now - came
                yield env.timeout(rng.lognormvariate(mu_of(MACHINE, MACHINE_CV), sigma_of(MACHINE_CV)))
            if rng.random() < FALLBACK:
                yield from served(cash.request(), kind, max(0.0, patience - before), before)
        elif kind == "cash":
            yield from served(cash.request(), kind, patience)
        else:
            yield from served(advisers.request(priority=0 if kind == "vip" else 1), kind, patience)

    def source(kind: str) -> Steps:
        for share in PROFILE:
            rate, end = HOURLY[kind] / 60 * share, env.now + 30.0
            while True:
                gap = rng.expovariate(rate)
                if env.now + gap >= end:
                    yield env.timeout(end - env.now)
                    break
                yield env.timeout(gap)
                env.process(customer(kind))

    for kind in HOURLY:
        env.process(source(kind))
    env.run()
    return waited, gone
