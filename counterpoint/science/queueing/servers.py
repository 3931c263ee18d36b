"""The fewest servers that hold a wait target."""

from __future__ import annotations

import math
from collections.abc import Callable

from counterpoint.science.queueing.erlang import Queue, QueueError, QueueResult, solve


def servers_for_service_level(
    arrival_rate: float, service_rate: float, *, within: float, share: float, abandonment_rate: float = 0.0
) -> int:
    """Fewest servers so that at least ``share`` of arrivals are served after waiting ``within`` or less."""
    if not 0 < share < 1:
        raise QueueError(f"share must lie between 0 and 1, not {share}.")
    if not within >= 0:
        raise QueueError(f"within must be 0 or more, not {within}: nobody is served before arriving.")
    return _fewest(arrival_rate, service_rate, abandonment_rate, lambda result: result.service_level(within) >= share)


def servers_for_mean_wait(
    arrival_rate: float, service_rate: float, *, at_most: float, abandonment_rate: float = 0.0
) -> int:
    """Fewest servers so that the mean wait of all arrivals is ``at_most`` or less."""
    if not at_most > 0:
        raise QueueError(f"at_most must be positive, not {at_most}.")
    return _fewest(arrival_rate, service_rate, abandonment_rate, lambda result: result.mean_wait <= at_most)


def _fewest(
    arrival_rate: float, service_rate: float, abandonment_rate: float, holds: Callable[[QueueResult], bool]
) -> int:
    """Bisection: more servers never make the wait longer."""

    def enough(servers: int) -> bool:
        return holds(solve(Queue(arrival_rate, service_rate, servers, abandonment_rate)))

    load = Queue(arrival_rate, service_rate, 1, abandonment_rate).offered_load  # refuses rates that make no queue
    high = max(1, math.ceil(load))
    low = 0
    while not enough(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
