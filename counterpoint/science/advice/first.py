"""Tickets that were taken first in the hall, as they stand in a state of the twin."""

from __future__ import annotations

from collections.abc import Collection

from counterpoint.science import twin
from counterpoint.science.twin.kernel import layout as lay


def put_first(state: twin.State, tickets: Collection[int]) -> twin.State:
    """The state with these waiting ``tickets`` before all others of their rank; ``state`` itself is not touched.

    It is what ``SetPriority`` to the rank below does, but before any free window has called.
    """
    if not tickets:
        return state
    state = state.copy()
    rows, arrival = state.customer_rows(), state.customers.arrival
    for c in tickets:
        rows[c, lay.C_PRIORITY] -= 1
    for service in {int(rows[c, lay.C_SERVICE]) for c in tickets}:
        at = int(state.st[lay.O_QUEUE]) + service * lay.Q_WIDTH
        queue = [c for c in range(len(rows)) if rows[c, lay.C_QUEUE] == service]
        queue.sort(key=lambda c: (rows[c, lay.C_PRIORITY], arrival[c], c))
        for c, before, after in zip(queue, [-1, *queue[:-1]], [*queue[1:], -1], strict=True):
            rows[c, [lay.C_PREV, lay.C_NEXT]] = (before, after)
        state.st[at : at + 2] = (queue[0], queue[-1])
    return state
