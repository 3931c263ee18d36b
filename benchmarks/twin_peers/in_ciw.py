"""The three models in Ciw: a network of nodes, customer classes, records read at the end."""

from __future__ import annotations

import statistics

import ciw

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
    mu_of,
    sigma_of,
)


def mm5(load: float, theta: float, runs: int, seed: int) -> Done:
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


def day(days: int, seed: int) -> Done:
    """The plain branch: nodes cash, advisers, machines; classes as customers; VIPs of a higher priority class."""

    def arrivals(kind: str, node: int) -> list[object]:
        rates = [HOURLY[kind] / 60 * share for share in PROFILE] + [0.0]
        ends = [30.0 * (i + 1) for i in range(16)] + [CLOSE - OPEN + OVERRUN]
        here = ciw.dists.PoissonIntervals(rates=rates, endpoints=ends, max_sample_date=CLOSE - OPEN)
        return [here if i == node else None for i in range(3)]

    def lognormal(mean: float, cv: float) -> object:
        return ciw.dists.Lognormal(mean=mu_of(mean, cv), sd=sigma_of(cv))

    def work(kind: str) -> object:
        return lognormal(WORK[kind], CV) if kind in ("advice", "vip") else ciw.dists.Exponential(1 / WORK[kind])

    patience = ciw.dists.Exponential(1 / PATIENCE)
    nodes = {"cash": 0, "advice": 1, "vip": 1, "self": 2}
    leave = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    back = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [FALLBACK, 0.0, 0.0]]
    units, waits, gone = 0.0, [], []
    for one in range(days):
        ciw.seed(seed + one)
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
        waits.append(_mean_wait(records))
        gone.append(sum(r.record_type == "renege" for r in records))
    return Done(units, waits, gone)


def _mean_wait(records: list[ciw.data_record.DataRecord]) -> float:
    """Minutes in all queues of those called to a counter."""
    at_machine = {r.id_number: r.waiting_time for r in records if r.node == 3}
    return statistics.fmean(
        r.waiting_time + at_machine.get(r.id_number, 0.0) for r in records if r.record_type == "service" and r.node < 3
    )
