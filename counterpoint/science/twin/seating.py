"""Where people sit and stand at a given minute, for a state that starts in the middle of a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.state import State


def seat_people(state: State) -> None:
    """Put everyone on duty at ``state.now`` at their post, those in a planned break on break; keeps the calendar."""
    st, tm = state.st, state.tm
    for p, person in enumerate(state.staffing.people):
        row = int(st[lay.O_PERSON]) + p * lay.P_WIDTH
        frow = int(st[lay.F_PERSON]) + p * lay.PF_WIDTH
        now = state.now
        past = sum(end <= now for _, end in person.shifts)
        st[row + lay.P_SHIFT] = past
        started = past < len(person.shifts) and person.shifts[past][0] <= now
        for b, (start, minutes) in enumerate(person.breaks):
            taken = start + minutes <= now or (start <= now and started)
            st[st[lay.O_TAKEN] + p * st[lay.N_BREAKS] + b] = taken
        if not started:
            tm[frow + lay.PF_NEXT] = person.shifts[past][0] if past < len(person.shifts) else np.inf
            continue
        end = person.shifts[past][1]
        away = [start + minutes for start, minutes in person.breaks if start <= now < start + minutes]
        if away:
            st[row + lay.P_STATUS] = lay.BREAK
            tm[frow + lay.PF_BREAK_END] = away[0]
            tm[frow + lay.PF_NEXT] = min(end, away[0])
        else:
            _on_duty(state, p, end)
    nexts = [tm[int(st[lay.F_PERSON]) + p * lay.PF_WIDTH + lay.PF_NEXT] for p in range(len(state.staffing.people))]
    slot = int(st[lay.F_SLOT] + st[lay.N_COUNTERS] + st[lay.N_DEVICES]) + lay.SLOT_STAFF
    tm[slot] = min(nexts, default=np.inf)


def _on_duty(state: State, p: int, shift_end: float) -> None:
    st, tm = state.st, state.tm
    row = int(st[lay.O_PERSON]) + p * lay.P_WIDTH
    frow = int(st[lay.F_PERSON]) + p * lay.PF_WIDTH
    st[row + lay.P_STATUS] = lay.ON
    tm[frow + lay.PF_ON_SINCE] = state.now
    left = [(start, b) for b, (start, _) in enumerate(state.staffing.people[p].breaks) if start > state.now]
    due, b = min(left, default=(np.inf, -1))
    st[row + lay.P_DUE_BREAK] = b if due < shift_end else -1
    tm[frow + lay.PF_NEXT] = min(due, shift_end)
    post = int(st[row + lay.P_POST])
    if post == lay.LOBBY:
        st[row + lay.P_AT] = lay.LOBBY
        st[lay.N_LOBBY] += 1
    elif post == lay.DESK:
        st[row + lay.P_AT] = lay.DESK
        st[lay.N_DESK] += 1
    elif post >= 0:
        counter = int(st[lay.O_COUNTER]) + post * lay.K_WIDTH
        if st[counter + lay.K_PERSON] < 0:
            st[row + lay.P_AT] = post
            st[counter + lay.K_PERSON] = p
            _make_ready(state, post, p)


def _make_ready(state: State, k: int, p: int) -> None:
    st, tm = state.st, state.tm
    row = int(st[lay.O_COUNTER]) + k * lay.K_WIDTH
    if st[row + lay.K_OPEN] == 0:
        return
    skills = int(st[st[lay.O_PERSON] + p * lay.P_WIDTH + lay.P_SKILLS])
    mask = int(st[row + lay.K_SERVICES]) & skills
    st[row + lay.K_MASK], st[row + lay.K_BREADTH] = mask, mask.bit_count()
    frow = int(st[lay.F_COUNTER]) + k * lay.KF_WIDTH
    tm[frow + lay.KF_READY_SINCE] = tm[frow + lay.KF_IDLE_SINCE] = state.now


def link_waiting(state: State, tickets: Sequence[int]) -> None:
    """Give the customers ``tickets`` their counter tickets, queued by priority, arrival and number."""
    st = state.st
    rows, times, arrival = state.customer_rows(), state.customer_times(), state.customers.arrival
    for service in range(len(state.model.services)):
        queue = [c for c in tickets if rows[c, lay.C_SERVICE] == service]
        if not queue:
            continue
        rows[queue, lay.C_STATUS], rows[queue, lay.C_QUEUE] = lay.HAS_TICKET, service
        times[queue, lay.T_SINCE] = times[queue, lay.T_TICKET] = arrival[queue]
        _line_up(state, service, queue)
        st[int(st[lay.O_QUEUE]) + service * lay.Q_WIDTH + lay.Q_COUNT] = len(queue)
        st[lay.NONEMPTY] |= 1 << service
        st[lay.WAITING] += len(queue)


def put_first(state: State, tickets: Collection[int]) -> State:
    """The state with these waiting ``tickets`` before all others of their rank; ``state`` itself is not touched.

    It is what ``SetPriority`` to the rank below does, but before any free window has called.
    """
    if not tickets:
        return state
    state = state.copy()
    rows = state.customer_rows()
    rows[list(tickets), lay.C_PRIORITY] -= 1
    for service in {int(rows[c, lay.C_SERVICE]) for c in tickets}:
        _line_up(state, service, np.flatnonzero(rows[:, lay.C_QUEUE] == service).tolist())
    return state


def _line_up(state: State, service: int, queue: Sequence[int]) -> None:
    """Link the customers of one queue by priority, arrival and number."""
    rows, arrival = state.customer_rows(), state.customers.arrival
    line = sorted(queue, key=lambda c: (rows[c, lay.C_PRIORITY], arrival[c], c))
    for c, before, after in zip(line, [-1, *line[:-1]], [*line[1:], -1], strict=True):
        rows[c, [lay.C_PREV, lay.C_NEXT]] = (before, after)
    at = int(state.st[lay.O_QUEUE]) + service * lay.Q_WIDTH
    state.st[[at + lay.Q_HEAD, at + lay.Q_TAIL]] = (line[0], line[-1])
