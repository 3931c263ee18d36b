"""The twin beside Ciw and SimPy: the same three models, the same statistics, one run, one core.

Run: ``python -m benchmarks.twin_peers [rounds]`` after ``pip install ciw==3.2.7 simpy==4.1.1`` (no dependencies of the
product). Models: M/M/5 at load 0.9, M/M/5+M (5.5 Erlang, patience rate 0.5), and a plain
branch day of 8 hours with half-hourly rates: cash 30 an hour, advice 8, VIP 4, self-service 36; five cash windows, four
advisers who call VIPs first, four machines; 12 % of machine users fall back to a cash window; people walk out. Rounds
are interleaved; figures are medians of CPU time. Every engine gives the same means: waits of those called and walk-outs
are printed with z scores against the twin.
"""

from __future__ import annotations

import gc
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

import ciw
import numpy as np
import simpy

from counterpoint.science import twin

PROFILE = (0.5, 0.7, 1.0, 1.4, 1.7, 1.5, 1.1, 0.9, 0.8, 0.9, 1.1, 1.2, 1.1, 0.9, 0.7, 0.5)
HOURLY = {"cash": 30.0, "advice": 8.0, "vip": 4.0, "self": 36.0}
WORK = {"cash": 8.0, "advice": 20.0, "vip": 18.0, "self": 7.0}
MACHINE, MACHINE_CV, PATIENCE, FALLBACK, CV = 5.0, 0.5, 30.0, 0.12, 0.6
OPEN, CLOSE, OVERRUN = 540.0, 1020.0, 600.0
MINUTES = 6000.0
Steps = Generator[simpy.Event, object, None]


@dataclass(frozen=True)
class Done:
    """What one run says: units of work, and one (mean wait, walk-outs) a replication."""

    units: float
    waits: list[float]
    gone: list[float]


def sigma_of(cv: float) -> float:
    """Log-normal sigma of a coefficient of variation."""
    return math.sqrt(math.log1p(cv * cv))


# --- the twin --------------------------------------------------------------------------------------------------------


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


def twin_day(days: int, seed: int) -> Done:
    """Days of the plain branch."""
    model = plain_branch()
    rates = np.outer([HOURLY[s.code] for s in model.services], PROFILE) / 2
    result = twin.simulate(model, twin.one_person_a_counter(model), rates, days, seed=seed)
    return Done(days, list(result.kpis["wait_mean"]), list(result.kpis["abandoned"]))


def twin_mm5(load: float, theta: float, runs: int, seed: int) -> Done:
    """M/M/5 with mean service 1."""
    model = twin.BranchModel(
        (twin.Service("S", twin.Duration(1.0, shape="exponential")),),
        tuple(twin.Counter(f"k{i}", ("S",)) for i in range(5)),
        patience=twin.Duration(1 / theta, shape="exponential") if theta else None, balking=None, open_minute=0.0,
        close_minute=MINUTES, overrun_minutes=1e6,
    )  # fmt: skip
    rates = np.full((1, 200), load * MINUTES / 200)
    result = twin.simulate(
        model, twin.one_person_a_counter(model), rates, runs, seed=seed, interval_minutes=MINUTES / 200
    )
    return Done(float(len(result.codes)), list(result.kpis["wait_mean"]), list(result.kpis["abandoned"]))


# --- Ciw -------------------------------------------------------------------------------------------------------------


def ciw_mm5(load: float, theta: float, runs: int, seed: int) -> Done:
    """M/M/5 as Ciw's documentation writes it."""
    more = {"reneging_time_distributions": [ciw.dists.Exponential(theta)]} if theta else {}
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(load)],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[5],
        **more,
    )
    units, waits, gone = 0.0, [], []
    for run in range(runs):
        ciw.seed(seed + run)
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_time(MINUTES)
        records = simulation.get_all_records()
        units += len(records)
        waits.append(statistics.fmean(r.waiting_time for r in records if r.record_type == "service"))
        gone.append(sum(r.record_type == "renege" for r in records))
    return Done(units, waits, gone)


def ciw_day(days: int, seed: int) -> Done:
    """The plain branch: nodes cash, advisers, machines; classes as customers; VIPs of a higher priority class."""

    def arrivals(kind: str, node: int) -> list[object]:
        rates = [HOURLY[kind] / 60 * share for share in PROFILE] + [0.0]
        ends = [30.0 * (i + 1) for i in range(16)] + [CLOSE - OPEN + OVERRUN]
        here = ciw.dists.PoissonIntervals(rates=rates, endpoints=ends, max_sample_date=CLOSE - OPEN)
        return [here if i == node else None for i in range(3)]

    def lognormal(mean: float, cv: float) -> object:
        sigma = sigma_of(cv)
        return ciw.dists.Lognormal(mean=math.log(mean) - sigma * sigma / 2, sd=sigma)

    def work(kind: str) -> object:
        return lognormal(WORK[kind], CV) if kind in ("advice", "vip") else ciw.dists.Exponential(1 / WORK[kind])

    patience = ciw.dists.Exponential(1 / PATIENCE)
    nodes = {"cash": 0, "advice": 1, "vip": 1, "self": 2}
    leave = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    back = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [FALLBACK, 0.0, 0.0]]
    units, waits, gone = 0.0, [], []
    for day in range(days):
        ciw.seed(seed + day)
        network = ciw.create_network(
            arrival_distributions={kind: arrivals(kind, node) for kind, node in nodes.items()},
            service_distributions={kind: [work(kind), work(kind), lognormal(MACHINE, MACHINE_CV)] for kind in nodes},
            number_of_servers=[5, 4, 4],
            routing={kind: back if kind == "self" else leave for kind in nodes},
            reneging_time_distributions={kind: [patience] * 3 for kind in nodes},
            priority_classes={"vip": 0, "cash": 1, "advice": 1, "self": 1},
        )
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_time(CLOSE - OPEN + OVERRUN)
        records = simulation.get_all_records()
        units += 1
        waits.append(statistics.fmean(r.waiting_time for r in records if r.record_type == "service" and r.node < 3))
        gone.append(sum(r.record_type == "renege" for r in records))
    return Done(units, waits, gone)


# --- SimPy -----------------------------------------------------------------------------------------------------------


def simpy_mm5(load: float, theta: float, runs: int, seed: int) -> Done:
    """M/M/5 as SimPy's documentation writes a bank with reneging."""
    found = [_simpy_hours(load, theta, seed + run) for run in range(runs)]
    units = sum(len(waited) + gone for waited, gone in found)
    return Done(float(units), [statistics.fmean(w) for w, _ in found], [float(gone) for _, gone in found])


def _simpy_hours(load: float, theta: float, seed: int) -> tuple[list[float], int]:
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


def simpy_day(days: int, seed: int) -> Done:
    """The plain branch with one process a customer."""
    found = [_simpy_day(seed + day) for day in range(days)]
    return Done(float(days), [statistics.fmean(w) for w, _ in found], [float(gone) for _, gone in found])


def _simpy_day(seed: int) -> tuple[list[float], int]:
    rng, env = random.Random(seed), simpy.Environment()
    cash, machines, advisers = simpy.Resource(env, 5), simpy.Resource(env, 4), simpy.PriorityResource(env, 4)
    s_work, s_machine = sigma_of(CV), sigma_of(MACHINE_CV)
    waited: list[float] = []
    gone = 0

    def minutes(kind: str) -> float:
        if kind in ("cash", "self"):
            return rng.expovariate(1 / WORK[kind])
        return rng.lognormvariate(math.log(WORK[kind]) - s_work * s_work / 2, s_work)

    def served(request: simpy.resources.base.Put, kind: str, ready: float) -> Steps:
        nonlocal gone
        came = env.now
        with request:
            found = yield request | env.timeout(max(0.0, ready))
            if request not in found:
                gone += 1
                return
            waited.append(env.now - came)
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
                patience -= env.now - came
                yield env.timeout(rng.lognormvariate(math.log(MACHINE) - s_machine * s_machine / 2, s_machine))
            if rng.random() < FALLBACK:
                yield from served(cash.request(), kind, patience)
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


# --- the run ---------------------------------------------------------------------------------------------------------

Case = tuple[str, dict[str, tuple[Callable[[int, int], Done], int]]]
CASES: tuple[Case, ...] = (
    (
        "M/M/5, customers/s",
        {
            "twin": (lambda n, s: twin_mm5(4.5, 0.0, n, s), 60),
            "Ciw": (lambda n, s: ciw_mm5(4.5, 0.0, n, s), 8),
            "SimPy": (lambda n, s: simpy_mm5(4.5, 0.0, n, s), 8),
        },
    ),
    (
        "M/M/5+M, customers/s",
        {
            "twin": (lambda n, s: twin_mm5(5.5, 0.5, n, s), 60),
            "Ciw": (lambda n, s: ciw_mm5(5.5, 0.5, n, s), 8),
            "SimPy": (lambda n, s: simpy_mm5(5.5, 0.5, n, s), 8),
        },
    ),
    (
        "plain branch day, days/s",
        {"twin": (twin_day, 1000), "Ciw": (ciw_day, 40), "SimPy": (simpy_day, 60)},
    ),
)


def z_score(mine: list[float], other: list[float]) -> float:
    """Difference of two means in standard errors."""
    error = math.sqrt(sum(statistics.variance(v) / len(v) for v in (mine, other)))
    return (statistics.fmean(other) - statistics.fmean(mine)) / error if error else 0.0


def main(rounds: int = 3) -> None:
    """Print one table a model."""
    for _, engines in CASES:
        engines["twin"][0](2, 1)  # load compiled code
    for label, engines in CASES:
        speed: dict[str, list[float]] = {name: [] for name in engines}
        seen: dict[str, Done] = {}
        for turn in range(rounds):
            for name, (run, n) in engines.items():
                gc.collect()  # nobody pays for what another engine left behind
                begin = time.process_time()
                done = run(n, 1000 * turn + 7)
                speed[name].append(done.units / (time.process_time() - begin))
                if name in seen:
                    done = Done(0.0, seen[name].waits + done.waits, seen[name].gone + done.gone)
                seen[name] = done
        median = {name: statistics.median(values) for name, values in speed.items()}
        print(label)
        for name, value in median.items():
            other = seen[name]
            print(
                f"  {name:6} {value:14,.1f}  x Ciw {value / median['Ciw']:8.2f}  x SimPy {value / median['SimPy']:8.2f}"
                f"   mean wait {statistics.fmean(other.waits):.3f} (z {z_score(seen['twin'].waits, other.waits):+.1f})"
                f"   left {statistics.fmean(other.gone):.2f} (z {z_score(seen['twin'].gone, other.gone):+.1f})"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
