"""Devices that are switched off or fail by themselves, and come back."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import inner
from counterpoint.science.twin.kernel.draws import (
    PURPOSE_REPAIR,
    PURPOSE_UP,
    customer_key,
    duration,
    duration_beyond,
    mix,
    uniform,
)
from counterpoint.science.twin.kernel.flow import any_works, device_next, flush_to_tickets, take_ticket
from counterpoint.science.twin.kernel.helping import release_helper
from counterpoint.science.twin.kernel.layout import (
    C_PHASE,
    C_WIDTH,
    E_DEVICE_FALLBACK,
    E_FAIL,
    E_REPAIR,
    EXPONENTIAL,
    F_DEVICE,
    F_SLOT,
    LIMIT,
    N_COUNTERS,
    N_DEVICES,
    N_SERVICES,
    NOW,
    O_CUSTOMER,
    O_DEVICE,
    OPENING,
    SLOT_FAILURE,
    V_CUSTOMER,
    V_FAILED,
    V_KEY,
    V_KIND,
    V_TURN,
    V_UP,
    V_WIDTH,
    VF_BETWEEN,
    VF_MEAN,
    VF_NEXT,
    VF_SHAPE,
    VF_SIGMA,
    VF_SINCE,
    VF_WIDTH,
    Floats,
    Ints,
)
from counterpoint.science.twin.kernel.queues import emit

FAILURE_STREAM = -2


@inner
def device_down(st: Ints, tm: Floats, dr: Floats, ev: Floats, d: int) -> int:
    """Device ``d``, up until now, stops: its user takes a ticket, with none of its kind left so does its queue.

    Returns who was helping there (to be sent on), or -1.
    """
    row = st[O_DEVICE] + d * V_WIDTH
    st[row + V_UP] = 0
    c = st[row + V_CUSTOMER]
    helper = -1
    if c >= 0:
        helper = release_helper(st, tm, ev, st[N_COUNTERS] + d)
        st[row + V_CUSTOMER] = -1
        st[st[O_CUSTOMER] + c * C_WIDTH + C_PHASE] = 0
        tm[st[F_SLOT] + st[N_COUNTERS] + d] = np.inf
        emit(st, tm, ev, E_DEVICE_FALLBACK, c, d, -1)
        take_ticket(st, tm, dr, ev, c, False)
    kind = st[row + V_KIND]
    if not any_works(st, kind):
        flush_to_tickets(st, tm, dr, ev, st[N_SERVICES] + 1 + kind)
    return helper


@inner
def device_up(st: Ints, tm: Floats, dr: Floats, ev: Floats, d: int) -> None:
    """Device ``d`` works again, until it fails the next time."""
    row = st[O_DEVICE] + d * V_WIDTH
    if st[row + V_FAILED] == 1:
        st[row + V_FAILED] = 0
        next_failure(st, tm, d)
        set_failure_slot(st, tm)
    st[row + V_UP] = 1
    device_next(st, tm, dr, ev, d)


@inner
def device_chance(key: int, turn: int, purpose: int) -> float:
    """Uniform number ``turn`` of the device with this key."""
    return uniform(mix(np.uint64(key) ^ np.uint64(turn)), purpose)


@inner
def turn_chance(st: Ints, d: int, purpose: int) -> float:
    """The next uniform of device ``d``."""
    row = st[O_DEVICE] + d * V_WIDTH
    st[row + V_TURN] += 1
    return device_chance(st[row + V_KEY], st[row + V_TURN], purpose)


@inner
def next_failure(st: Ints, tm: Floats, d: int) -> None:
    """Draw when device ``d`` fails next, counting from now or from opening, whichever is later."""
    row = st[F_DEVICE] + d * VF_WIDTH
    between = tm[row + VF_BETWEEN]
    if between == np.inf:
        tm[row + VF_NEXT] = np.inf
        return
    begin = max(tm[NOW], tm[OPENING])
    tm[row + VF_NEXT] = begin + duration(EXPONENTIAL, between, 0.0, turn_chance(st, d, PURPOSE_UP))


@inner
def repaired_at(st: Ints, tm: Floats, d: int) -> float:
    """Draw when the repair of device ``d`` ends, given how long it has already taken."""
    row = st[F_DEVICE] + d * VF_WIDTH
    spent = tm[NOW] - tm[row + VF_SINCE]
    shape, u = int(tm[row + VF_SHAPE]), turn_chance(st, d, PURPOSE_REPAIR)
    return tm[row + VF_SINCE] + duration_beyond(shape, tm[row + VF_MEAN], tm[row + VF_SIGMA], spent, u)


@inner
def set_failure_slot(st: Ints, tm: Floats) -> None:
    """The calendar's failure slot is the next failure or end of repair among the devices."""
    first = np.inf
    for d in range(st[N_DEVICES]):
        first = min(first, tm[st[F_DEVICE] + d * VF_WIDTH + VF_NEXT])
    tm[st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_FAILURE] = first if first < tm[LIMIT] else np.inf


@inner
def draw_failures(st: Ints, tm: Floats, seed: int) -> None:
    """Draw anew, from ``seed``, when each device fails next or is repaired."""
    for d in range(st[N_DEVICES]):
        row = st[O_DEVICE] + d * V_WIDTH
        st[row + V_KEY] = np.int64(customer_key(seed, FAILURE_STREAM, d))
        st[row + V_TURN] = 0
        if st[row + V_FAILED] == 1:
            tm[st[F_DEVICE] + d * VF_WIDTH + VF_NEXT] = repaired_at(st, tm, d)
        else:
            next_failure(st, tm, d)
    set_failure_slot(st, tm)


@inner
def failure_event(st: Ints, tm: Floats, dr: Floats, ev: Floats) -> int:
    """A device fails or is repaired; returns who was helping there, or -1. One that is switched off does not fail."""
    d = 0
    while tm[st[F_DEVICE] + d * VF_WIDTH + VF_NEXT] != tm[NOW]:
        d += 1
    row = st[O_DEVICE] + d * V_WIDTH
    helper = -1
    if st[row + V_FAILED] == 1:
        emit(st, tm, ev, E_REPAIR, -1, d, -1)
        device_up(st, tm, dr, ev, d)
    elif st[row + V_UP] == 1:
        st[row + V_FAILED] = 1
        tm[st[F_DEVICE] + d * VF_WIDTH + VF_SINCE] = tm[NOW]
        tm[st[F_DEVICE] + d * VF_WIDTH + VF_NEXT] = repaired_at(st, tm, d)
        emit(st, tm, ev, E_FAIL, -1, d, -1)
        helper = device_down(st, tm, dr, ev, d)
    else:
        next_failure(st, tm, d)
    set_failure_slot(st, tm)
    return helper
