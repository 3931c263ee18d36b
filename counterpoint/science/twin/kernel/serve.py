"""Counters: which are able to serve, whom they call, and how long it takes."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.chance import work_minutes
from counterpoint.science.twin.kernel.compiled import hot, inner
from counterpoint.science.twin.kernel.layout import (
    AT_COUNTER,
    C_COUNTER,
    C_PERSON,
    C_STATUS,
    C_WIDTH,
    E_START_SERVICE,
    F_COUNTER,
    F_CUSTOMER,
    F_PERSON,
    F_SLOT,
    FULL,
    K_BREADTH,
    K_CUSTOMER,
    K_MASK,
    K_OPEN,
    K_PERSON,
    K_SERVICES,
    K_WIDTH,
    KF_IDLE_SINCE,
    KF_PACE,
    KF_READY,
    KF_READY_SINCE,
    KF_SPEED,
    KF_START,
    KF_WIDTH,
    MANUAL,
    N_COUNTERS,
    NOW,
    O_COUNTER,
    O_CUSTOMER,
    O_PERSON,
    P_CUSTOMER,
    P_PENDING,
    P_SKILLS,
    P_WIDTH,
    PF_SPEED,
    PF_START,
    PF_WIDTH,
    T_START,
    T_WIDTH,
    Floats,
    Ints,
)
from counterpoint.science.twin.kernel.queues import best_ticket, emit, stop_waiting
from counterpoint.science.twin.kernel.turns import turn_minutes


@inner
def breadth(mask: int) -> int:
    """How many services a mask holds."""
    n = 0
    while mask != 0:
        mask &= mask - 1
        n += 1
    return n


@inner
def refresh_counter(st: Ints, tm: Floats, k: int) -> None:
    """Recompute what counter ``k`` can take now, and keep its ready time."""
    row = st[O_COUNTER] + k * K_WIDTH
    frow = st[F_COUNTER] + k * KF_WIDTH
    person = st[row + K_PERSON]
    ready = st[row + K_OPEN] == 1 and person >= 0
    mask = np.int64(0)
    if ready:
        prow = st[O_PERSON] + person * P_WIDTH
        if st[prow + P_PENDING] == 0:
            mask = st[row + K_SERVICES] & st[prow + P_SKILLS]
    st[row + K_MASK] = mask
    st[row + K_BREADTH] = breadth(mask)
    if ready and tm[frow + KF_READY_SINCE] == np.inf:
        tm[frow + KF_READY_SINCE] = tm[NOW]
        tm[frow + KF_IDLE_SINCE] = tm[NOW]
    elif not ready and tm[frow + KF_READY_SINCE] < np.inf:
        tm[frow + KF_READY] += tm[NOW] - tm[frow + KF_READY_SINCE]
        tm[frow + KF_READY_SINCE] = np.inf


@hot
def start_service(st: Ints, tm: Floats, dr: Floats, ev: Floats, k: int, c: int) -> None:
    """Counter ``k`` begins with customer ``c``, who is in no queue any more."""
    row = st[O_COUNTER] + k * K_WIDTH
    person = st[row + K_PERSON]
    st[row + K_CUSTOMER] = c
    st[st[O_PERSON] + person * P_WIDTH + P_CUSTOMER] = c
    me = st[O_CUSTOMER] + c * C_WIDTH
    st[me + C_STATUS] = AT_COUNTER
    st[me + C_COUNTER] = k
    st[me + C_PERSON] = person
    now = tm[NOW]
    tm[st[F_CUSTOMER] + c * T_WIDTH + T_START] = now
    frow = st[F_COUNTER] + k * KF_WIDTH
    tm[frow + KF_START] = now
    tm[frow + KF_SPEED] = tm[st[F_PERSON] + person * PF_WIDTH + PF_SPEED] * tm[frow + KF_PACE]
    tm[st[F_PERSON] + person * PF_WIDTH + PF_START] = now
    if st[FULL] == 1:
        turn = turn_minutes(st, tm, dr, ev, k, c, person)
    else:
        turn = work_minutes(st, tm, dr, c) / tm[frow + KF_SPEED]
    tm[st[F_SLOT] + k] = now + turn
    emit(st, tm, ev, E_START_SERVICE, c, k, person)


@inner
def serve_next(st: Ints, tm: Floats, dr: Floats, ev: Floats, k: int, mask: int) -> bool:
    """Counter ``k`` calls the first ticket among the services of ``mask``; False when there is none."""
    c = best_ticket(st, dr, mask)
    if c < 0:
        return False
    stop_waiting(st, tm, c)
    start_service(st, tm, dr, ev, k, c)
    return True


@inner
def try_counter(st: Ints, tm: Floats, dr: Floats, ev: Floats, k: int) -> None:
    """An idle, able counter takes the next ticket (unless counters call by hand)."""
    row = st[O_COUNTER] + k * K_WIDTH
    if st[row + K_CUSTOMER] >= 0 or st[MANUAL] == 1 or st[row + K_MASK] == 0:
        return
    serve_next(st, tm, dr, ev, k, st[row + K_MASK])


@hot
def idle_counter(st: Ints, tm: Floats, service: int) -> int:
    """The idle counter for one ticket: fewest services, then longest idle, then lowest number; -1 when none."""
    best = -1
    narrowest = np.int64(64)
    longest = np.inf
    row = st[O_COUNTER]
    frow = st[F_COUNTER]
    for k in range(st[N_COUNTERS]):  # without a jump: who idles cannot be guessed
        idle = (st[row + K_CUSTOMER] < 0) & ((st[row + K_MASK] >> service) & 1 == 1)
        wide, since = st[row + K_BREADTH], tm[frow + KF_IDLE_SINCE]
        better = idle & ((wide < narrowest) | ((wide == narrowest) & (since < longest)))
        best = k if better else best
        narrowest = wide if better else narrowest
        longest = since if better else longest
        row += K_WIDTH
        frow += KF_WIDTH
    return best
