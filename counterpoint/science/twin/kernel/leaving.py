"""Who leaves when: a deadline for everyone who waits with a patience or fills in a form.

The deadlines stand in no order, since few of them come true: most people are called before. Only the earliest is kept,
in the calendar; when it goes, all are looked through. What is dropped leaves no trace that an event would come to.
"""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import hot, inner
from counterpoint.science.twin.kernel.layout import (
    C_LEAVING,
    C_WIDTH,
    CAPACITY,
    F_LEAVING,
    F_SLOT,
    LANES,
    N_COUNTERS,
    N_DEVICES,
    N_LEAVING,
    NOW,
    O_CUSTOMER,
    O_LEAVING,
    SLOT_PATIENCE,
    Floats,
    Ints,
)


@hot
def _slot(st: Ints) -> int:
    return st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_PATIENCE


@hot
def set_deadline(st: Ints, tm: Floats, c: int, time: float) -> None:
    """Customer ``c``, who has none, gets a deadline."""
    n = st[N_LEAVING]
    st[N_LEAVING] = n + 1
    st[st[O_LEAVING] + n] = c
    tm[st[F_LEAVING] + n] = time
    st[st[O_CUSTOMER] + c * C_WIDTH + C_LEAVING] = n
    slot = _slot(st)
    first = tm[slot]
    tm[slot] = time if time < first else first


@hot
def drop_deadline(st: Ints, tm: Floats, c: int) -> None:
    """Customer ``c`` has no deadline any more."""
    at = st[O_CUSTOMER] + c * C_WIDTH + C_LEAVING
    place = st[at]
    if place < 0:
        return
    n = st[N_LEAVING] - 1
    st[N_LEAVING] = n
    leaving, times = st[O_LEAVING], st[F_LEAVING]
    time, last = tm[times + place], st[leaving + n]
    tm[times + place] = tm[times + n]
    st[leaving + place] = last
    st[st[O_CUSTOMER] + last * C_WIDTH + C_LEAVING] = place
    st[at] = -1
    slot = _slot(st)
    if time == tm[slot]:
        tm[slot] = first_of(tm, times, n)


@inner
def first_of(tm: Floats, times: int, n: int) -> float:
    """The earliest of ``n`` minutes, looked for along four lanes; the room behind them is filled up for it."""
    for lane in range(LANES):
        tm[times + n + lane] = np.inf
    a = b = c = d = np.inf
    for i in range(times, times + n, LANES):
        a = tm[i] if tm[i] < a else a
        b = tm[i + 1] if tm[i + 1] < b else b
        c = tm[i + 2] if tm[i + 2] < c else c
        d = tm[i + 3] if tm[i + 3] < d else d
    a = b if b < a else a
    c = d if d < c else c
    return c if c < a else a


@inner
def due_now(st: Ints, tm: Floats) -> int:
    """The customer whose deadline is the present minute, of several the lowest number."""
    leaving, times = st[O_LEAVING], st[F_LEAVING]
    best = st[CAPACITY]
    for i in range(st[N_LEAVING]):
        c = st[leaving + i]
        best = c if (tm[times + i] == tm[NOW]) & (c < best) else best
    return best


@inner
def forget_deadlines(st: Ints, tm: Floats) -> None:
    """Nobody has a deadline."""
    st[N_LEAVING] = 0
    tm[_slot(st)] = np.inf
