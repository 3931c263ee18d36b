"""One server with general service times: Pollaczek-Khinchine, and Cobham's waits of priority classes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from counterpoint.science.queueing.erlang import QueueError


def mg1_mean_wait(arrival_rate: float, mean: float, cv: float) -> float:
    """Mean wait in M/G/1, first come first served (Pollaczek-Khinchine); infinite at or above capacity."""
    return cobham_waits([arrival_rate], [mean], [cv])[0]


def cobham_waits(arrival_rates: Sequence[float], means: Sequence[float], cvs: Sequence[float]) -> list[float]:
    """Mean wait of each class in M/G/1 with non-preemptive priorities, the first class being served first.

    ``means`` and ``cvs`` describe the service times of the classes. Source: Cobham (1954). A class whose load,
    with those before it, reaches capacity waits for ever; of its customers only as many get to the server, and so
    into the way of the classes before it, as these leave room for.
    """
    if not len(arrival_rates) == len(means) == len(cvs):
        raise QueueError("Give as many arrival rates, means and cvs as there are classes.")
    if any(not 0 <= rate < math.inf for rate in arrival_rates) or any(not 0 < mean < math.inf for mean in means):
        raise QueueError("Arrival rates must be finite and 0 or more, and means finite and positive.")
    if any(not 0 <= cv < math.inf for cv in cvs):
        raise QueueError("Coefficients of variation must be finite and 0 or more.")
    loads = [rate * mean for rate, mean in zip(arrival_rates, means, strict=True)]
    residual, room = 0.0, 1.0
    for load, mean, cv in zip(loads, means, cvs, strict=True):
        residual += min(load, room) * mean * (1 + cv**2) / 2
        room = max(0.0, room - load)
    waits, before = [], 0.0
    for load in loads:
        upto = before + load
        waits.append(residual / ((1 - before) * (1 - upto)) if upto < 1 else math.inf)
        before = upto
    return waits
