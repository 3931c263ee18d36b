"""Queueing formulas: Erlang B, C and A, and the fewest servers for a wait.

::

    from counterpoint.science.queueing import Queue, solve, servers_for_service_level

    solve(Queue(arrival_rate=50, service_rate=20, servers=3)).mean_wait      # in the unit of the rates, here hours
    servers_for_service_level(30 / 60, 1 / 6, within=10, share=0.9)          # rates a minute: 90 % within 10 minutes
"""

from counterpoint.science.queueing.erlang import Queue as Queue
from counterpoint.science.queueing.erlang import QueueError as QueueError
from counterpoint.science.queueing.erlang import QueueResult as QueueResult
from counterpoint.science.queueing.erlang import erlang_a as erlang_a
from counterpoint.science.queueing.erlang import erlang_b as erlang_b
from counterpoint.science.queueing.erlang import erlang_c as erlang_c
from counterpoint.science.queueing.erlang import solve as solve
from counterpoint.science.queueing.priority import cobham_waits as cobham_waits
from counterpoint.science.queueing.priority import mg1_mean_wait as mg1_mean_wait
from counterpoint.science.queueing.servers import servers_for_mean_wait as servers_for_mean_wait
from counterpoint.science.queueing.servers import servers_for_service_level as servers_for_service_level

__all__ = [
    "Queue",
    "QueueError",
    "QueueResult",
    "cobham_waits",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "mg1_mean_wait",
    "servers_for_mean_wait",
    "servers_for_service_level",
    "solve",
]
