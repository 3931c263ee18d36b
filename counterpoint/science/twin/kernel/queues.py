"""Sorted linked queues and the heap of patience deadlines, both inside the flat state."""

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
    F_HEAP,
    F_SLOT,
    HEAP_SIZE,
    LOG_ROOM,
    LOGGING,
    N_COUNTERS,
    N_DEVICES,
    N_EVENTS,
    N_SERVICES,
    NONEMPTY,
    NOW,
    O_CUSTOMER,
    O_HEAP,
    O_QUEUE,
    Q_COUNT,
    Q_HEAD,
    Q_TAIL,
    Q_WIDTH,
    SLOT_PATIENCE,
    T_DEADLINE,
    T_SINCE,
    T_WAITED,
    T_WIDTH,
    WAITING,
    Floats,
    Ints,
)


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
def link(st: Ints, dr: Floats, queue: int, c: int) -> None:
    """Put customer ``c`` in its place in ``queue``, looking from the back."""
    base = st[O_CUSTOMER]
    row = st[O_QUEUE] + queue * Q_WIDTH
    after = st[row + Q_TAIL]
    while after >= 0 and _before(st, dr, c, after):
        after = st[base + after * C_WIDTH + C_PREV]
    me = base + c * C_WIDTH
    st[me + C_PREV] = after
    st[me + C_QUEUE] = queue
    if after >= 0:
        following = st[base + after * C_WIDTH + C_NEXT]
        st[base + after * C_WIDTH + C_NEXT] = c
    else:
        following = st[row + Q_HEAD]
        st[row + Q_HEAD] = c
    st[me + C_NEXT] = following
    if following >= 0:
        st[base + following * C_WIDTH + C_PREV] = c
    else:
        st[row + Q_TAIL] = c
    st[row + Q_COUNT] += 1
    if queue < st[N_SERVICES]:
        st[WAITING] += 1
        st[NONEMPTY] |= np.int64(1) << queue


@hot
def unlink(st: Ints, c: int) -> None:
    """Take customer ``c`` out of the queue it stands in."""
    base = st[O_CUSTOMER]
    me = base + c * C_WIDTH
    queue = st[me + C_QUEUE]
    row = st[O_QUEUE] + queue * Q_WIDTH
    before, following = st[me + C_PREV], st[me + C_NEXT]
    if before >= 0:
        st[base + before * C_WIDTH + C_NEXT] = following
    else:
        st[row + Q_HEAD] = following
    if following >= 0:
        st[base + following * C_WIDTH + C_PREV] = before
    else:
        st[row + Q_TAIL] = before
    st[me + C_QUEUE] = -1
    st[row + Q_COUNT] -= 1
    if queue < st[N_SERVICES]:
        st[WAITING] -= 1
        if st[row + Q_COUNT] == 0:
            st[NONEMPTY] &= ~(np.int64(1) << queue)


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
def _heap_less(t1: float, c1: int, t2: float, c2: int) -> bool:
    return t1 < t2 or (t1 == t2 and c1 < c2)


@hot
def set_patience_slot(st: Ints, tm: Floats) -> None:
    """The calendar's patience slot is the top of the heap."""
    slot = st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_PATIENCE
    tm[slot] = tm[st[F_HEAP]] if st[HEAP_SIZE] > 0 else np.inf


@hot
def push_deadline(st: Ints, tm: Floats, time: float, c: int) -> None:
    """Remember that customer ``c`` leaves at ``time`` unless called before."""
    ho, hf = st[O_HEAP], st[F_HEAP]
    i = st[HEAP_SIZE]
    st[HEAP_SIZE] = i + 1
    while i > 0:
        up = (i - 1) >> 1
        if not _heap_less(time, c, tm[hf + up], st[ho + up]):
            break
        tm[hf + i] = tm[hf + up]
        st[ho + i] = st[ho + up]
        i = up
    tm[hf + i] = time
    st[ho + i] = c
    if i == 0:
        set_patience_slot(st, tm)


@hot
def pop_deadline(st: Ints, tm: Floats) -> int:
    """Remove the earliest deadline and return its customer."""
    ho, hf = st[O_HEAP], st[F_HEAP]
    top = st[ho]
    n = st[HEAP_SIZE] - 1
    st[HEAP_SIZE] = n
    time, c = tm[hf + n], st[ho + n]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and _heap_less(tm[hf + child + 1], st[ho + child + 1], tm[hf + child], st[ho + child]):
            child += 1
        if not _heap_less(tm[hf + child], st[ho + child], time, c):
            break
        tm[hf + i] = tm[hf + child]
        st[ho + i] = st[ho + child]
        i = child
    tm[hf + i] = time
    st[ho + i] = c
    set_patience_slot(st, tm)
    return top


@hot
def start_waiting(st: Ints, tm: Floats, dr: Floats, queue: int, c: int, status: int) -> None:
    """Customer ``c`` queues from now on and leaves when its patience, less what it has waited, is used up."""
    st[st[O_CUSTOMER] + c * C_WIDTH + C_STATUS] = status
    row = st[F_CUSTOMER] + c * T_WIDTH
    tm[row + T_SINCE] = tm[NOW]
    link(st, dr, queue, c)
    patience = patience_minutes(st, tm, dr, c)
    if patience < np.inf:
        deadline = tm[NOW] + max(0.0, patience - tm[row + T_WAITED])
        tm[row + T_DEADLINE] = deadline
        push_deadline(st, tm, deadline, c)
    else:
        tm[row + T_DEADLINE] = np.inf


@hot
def stop_waiting(st: Ints, tm: Floats, c: int) -> None:
    """Customer ``c`` leaves its queue; the minutes waited are added up."""
    row = st[F_CUSTOMER] + c * T_WIDTH
    tm[row + T_WAITED] += tm[NOW] - tm[row + T_SINCE]
    tm[row + T_DEADLINE] = np.inf
    unlink(st, c)
