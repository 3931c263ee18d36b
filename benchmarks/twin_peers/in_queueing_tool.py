"""M/M/5 in queueing-tool: one queue server that keeps a row a customer. Nobody can walk out there."""

from __future__ import annotations

import numpy as np

from benchmarks.twin_peers.shared import MINUTES, Done

np.infty = np.inf  # type: ignore[attr-defined]  # queueing-tool 1.2.5 imports a name that NumPy 2 dropped

import queueing_tool as qt  # noqa: E402

ARRIVAL, START = 0, 1


def mm5(load: float, theta: float, runs: int, seed: int) -> Done:
    """M/M/5 as queueing-tool's documentation writes a queue server; ``theta`` must be 0."""
    if theta:
        raise ValueError("queueing-tool has no customers who walk out")
    units, waits = 0.0, []
    for run in range(runs):
        queue = qt.QueueServer(
            5,
            arrival_f=lambda t: t + np.random.exponential(1 / load),
            service_f=lambda t: t + np.random.exponential(1.0),
            seed=seed + run,
        )
        queue.set_active()
        queue.collect_data = True
        queue.simulate(t=MINUTES)
        data = queue.fetch_data()
        served = data[data[:, START] > 0]
        units += len(served)
        waits.append(float(np.mean(served[:, START] - served[:, ARRIVAL])))
    return Done(units, waits, [0.0] * runs)
