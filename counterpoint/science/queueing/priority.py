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
    with those before it, reaches capacity waits for ever.
    """
    if not len(arrival_rates) == len(means) == len(cvs):
        raise QueueError("Give as many arrival rates, means and cvs as there are classes.")
    if any(rate < 0 for rate in arrival_rates) or any(mean <= 0 for mean in means):
        raise QueueError("Arrival rates must be 0 or more and means positive.")
    residual = sum(rate * mean**2 * (1 + cv**2) / 2 for rate, mean, cv in zip(arrival_rates, means, cvs, strict=True))
    waits, before = [], 0.0
    for rate, mean in zip(arrival_rates, means, strict=True):
        upto = before + rate * mean
        waits.append(residual / ((1 - before) * (1 - upto)) if upto < 1 else math.inf)
        before = upto
    return waits
