"""Sorted linked queues inside the flat state, and the events that happen in them."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.chance import patience_minutes
from counterpoint.science.twin.kernel.compiled import hot, inner
from counterpoint.science.twin.kernel.layout import (
    C_NEXT,
    C_PREV,
    C_PRIORITY,
    C_QUEUE,
    C_STATUS,
    C_WIDTH,
    D_ARRIVAL,
    D_WIDTH,
    EV_CUSTOMER,
    EV_KIND,
    EV_MINUTE,
    EV_PERSON,
    EV_PLACE,
    EV_WIDTH,
    F_CUSTOMER,
    LOG_ROOM,
    LOGGING,
    N_EVENTS,
    N_SERVICES,
    NONEMPTY,
    NOW,
    O_CUSTOMER,
    O_QUEUE,
    Q_COUNT,
    Q_HEAD,
    Q_TAIL,
    Q_WIDTH,
    T_SINCE,
    T_WAITED,
    T_WIDTH,
    WAITING,
    Floats,
    Ints,
)
from counterpoint.science.twin.kernel.leaving import drop_deadline, set_deadline


@hot
def emit(st: Ints, tm: Floats, ev: Floats, kind: int, customer: int, place: int, person: int) -> None:
    """Write one event at the present minute, if anyone listens."""
    if st[LOGGING] == 0:
        return
    k = st[N_EVENTS]
    if k < st[LOG_ROOM]:
        row = k * EV_WIDTH
        ev[row + EV_MINUTE] = tm[NOW]
        ev[row + EV_KIND] = kind
        ev[row + EV_CUSTOMER] = customer
        ev[row + EV_PLACE] = place
        ev[row + EV_PERSON] = person
    st[N_EVENTS] = k + 1


@hot
def _before(st: Ints, dr: Floats, a: int, b: int) -> bool:
    """Priority, then arrival, then number."""
    pa = st[st[O_CUSTOMER] + a * C_WIDTH + C_PRIORITY]
    pb = st[st[O_CUSTOMER] + b * C_WIDTH + C_PRIORITY]
    if pa != pb:
        return pa < pb
    if dr[a * D_WIDTH + D_ARRIVAL] != dr[b * D_WIDTH + D_ARRIVAL]:
        return dr[a * D_WIDTH + D_ARRIVAL] < dr[b * D_WIDTH + D_ARRIVAL]
    return a < b


@hot
def _next_of(base: int, row: int, c: int) -> int:
    """Where it stands who comes after customer ``c``, or first in the queue when ``c`` is nobody; without a jump."""
    return base + c * C_WIDTH + C_NEXT if c >= 0 else row + Q_HEAD


@hot
def _previous_of(base: int, row: int, c: int) -> int:
    """Where it stands who comes before customer ``c``, or last in the queue when ``c`` is nobody."""
    return base + c * C_WIDTH + C_PREV if c >= 0 else row + Q_TAIL


@hot
def _counted(st: Ints, queue: int, more: int, there: int) -> None:
    """Keep how many tickets wait, and at which services any does."""
    ticket = queue < st[N_SERVICES]
    st[WAITING] += more if ticket else 0
    bit = np.int64(1) << queue if ticket else np.int64(0)
    st[NONEMPTY] = (st[NONEMPTY] & ~bit) | (bit if there > 0 else np.int64(0))


@hot
def link(st: Ints, dr: Floats, queue: int, c: int) -> None:
    """Put customer ``c`` in its place in ``queue``, looking from the back."""
    base = st[O_CUSTOMER]
    row = st[O_QUEUE] + queue * Q_WIDTH
    after = st[row + Q_TAIL]
    while after >= 0 and _before(st, dr, c, after):
        after = st[base + after * C_WIDTH + C_PREV]
    me = base + c * C_WIDTH
    before_me = _next_of(base, row, after)
    following = st[before_me]
    st[me + C_PREV] = after
    st[me + C_QUEUE] = queue
    st[me + C_NEXT] = following
    st[before_me] = c
    st[_previous_of(base, row, following)] = c
    st[row + Q_COUNT] += 1
    _counted(st, queue, 1, st[row + Q_COUNT])


@hot
def unlink(st: Ints, c: int) -> None:
    """Take customer ``c`` out of the queue it stands in."""
    base = st[O_CUSTOMER]
    me = base + c * C_WIDTH
    queue = st[me + C_QUEUE]
    row = st[O_QUEUE] + queue * Q_WIDTH
    before, following = st[me + C_PREV], st[me + C_NEXT]
    st[_next_of(base, row, before)] = following
    st[_previous_of(base, row, following)] = before
    st[me + C_QUEUE] = -1
    st[row + Q_COUNT] -= 1
    _counted(st, queue, -1, st[row + Q_COUNT])


@hot
def best_ticket(st: Ints, dr: Floats, mask: int) -> int:
    """First ticket in order among the services of ``mask``; -1 when none waits."""
    left = mask & st[NONEMPTY]
    best = -1
    service = 0
    while left != 0:
        if left & 1:
            head = st[st[O_QUEUE] + service * Q_WIDTH + Q_HEAD]
            if best < 0 or _before(st, dr, head, best):
                best = head
        left >>= 1
        service += 1
    return best


@inner
def resort(st: Ints, dr: Floats, queue: int) -> None:
    """Rebuild one queue after priorities changed."""
    row = st[O_QUEUE] + queue * Q_WIDTH
    c = st[row + Q_HEAD]
    st[row + Q_HEAD] = -1
    st[row + Q_TAIL] = -1
    if queue < st[N_SERVICES]:
        st[WAITING] -= st[row + Q_COUNT]
    st[row + Q_COUNT] = 0
    while c >= 0:
        following = st[st[O_CUSTOMER] + c * C_WIDTH + C_NEXT]
        link(st, dr, queue, c)
        c = following


@hot
def start_waiting(st: Ints, tm: Floats, dr: Floats, queue: int, c: int, status: int) -> None:
    """Customer ``c`` queues from now on and leaves when its patience, less what it has waited, is used up."""
    st[st[O_CUSTOMER] + c * C_WIDTH + C_STATUS] = status
    row = st[F_CUSTOMER] + c * T_WIDTH
    tm[row + T_SINCE] = tm[NOW]
    link(st, dr, queue, c)
    patience = patience_minutes(st, tm, dr, c)
    if patience < np.inf:
        set_deadline(st, tm, c, tm[NOW] + max(0.0, patience - tm[row + T_WAITED]))


@hot
def stop_waiting(st: Ints, tm: Floats, c: int) -> None:
    """Customer ``c`` leaves its queue; the minutes waited are added up."""
    row = st[F_CUSTOMER] + c * T_WIDTH
    tm[row + T_WAITED] += tm[NOW] - tm[row + T_SINCE]
    drop_deadline(st, tm, c)
    unlink(st, c)
