"""Commands of the supervisor, each taken at its minute, or refused when it makes no sense then."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import inner
from counterpoint.science.twin.kernel.devices import device_down, device_up
from counterpoint.science.twin.kernel.layout import (
    C_PRIORITY,
    C_QUEUE,
    C_SERVICE,
    C_STATUS,
    C_TIER,
    C_WIDTH,
    CMD_A,
    CMD_B,
    CMD_KIND,
    CMD_MINUTE,
    CMD_VALUE,
    CMD_WIDTH,
    E_COMMAND,
    E_COUNTER_CLOSE,
    E_COUNTER_OPEN,
    E_REFUSED,
    EV_KIND,
    EV_WIDTH,
    F_BREAK,
    F_PERSON,
    F_SERVICE,
    F_SLOT,
    FUTURE,
    HAS_TICKET,
    K_CUSTOMER,
    K_MASK,
    K_OPEN,
    K_WIDTH,
    LOG_ROOM,
    M_ADD,
    M_CALL,
    M_CLOSE,
    M_DEVICE_DOWN,
    M_DEVICE_UP,
    M_DIVERSION,
    M_MOVE,
    M_MOVE_BREAK,
    M_OPEN,
    M_PRIORITY_TICKET,
    M_PRIORITY_TIER,
    M_START_BREAK,
    M_TASK,
    N_BREAKS,
    N_COMMANDS,
    N_COUNTERS,
    N_CUSTOMERS,
    N_DEVICES,
    N_EVENTS,
    N_KINDS,
    N_SERVICES,
    NEXT_COMMAND,
    NOW,
    O_COUNTER,
    O_CUSTOMER,
    O_DEVICE,
    O_PERSON,
    O_SERVICE,
    O_TAKEN,
    O_TIER,
    ON,
    P_CUSTOMER,
    P_PARTNER,
    P_PENDING,
    P_POST,
    P_STATUS,
    P_WIDTH,
    PENDING_BREAK,
    PENDING_MOVE,
    PF_BREAK_MINUTES,
    PF_WIDTH,
    S_PRIORITY,
    S_WIDTH,
    SERVED,
    SF_SHARE,
    SF_WIDTH,
    SLOT_COMMAND,
    TIER_PRIORITY,
    TIER_WIDTH,
    V_UP,
    V_WIDTH,
    Floats,
    Ints,
)
from counterpoint.science.twin.kernel.people import (
    after_customer,
    begin_break,
    hold,
    leave_post,
    next_break,
    set_next,
    take_post,
)
from counterpoint.science.twin.kernel.queues import best_ticket, emit, resort, stop_waiting
from counterpoint.science.twin.kernel.serve import refresh_counter, start_service, try_counter

DEFAULT_BREAK = 30.0


@inner
def _switch_counter(st: Ints, tm: Floats, dr: Floats, ev: Floats, k: int, value: int) -> bool:
    row = st[O_COUNTER] + k * K_WIDTH
    if st[row + K_OPEN] == value:
        return False
    st[row + K_OPEN] = value
    emit(st, tm, ev, E_COUNTER_OPEN if value == 1 else E_COUNTER_CLOSE, -1, k, -1)
    refresh_counter(st, tm, k)
    try_counter(st, tm, dr, ev, k)
    return True


@inner
def _move(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int, post: int) -> bool:
    row = st[O_PERSON] + p * P_WIDTH
    if st[row + P_POST] == post:
        return False
    st[row + P_POST] = post
    if st[row + P_STATUS] != ON:
        return True
    if st[row + P_CUSTOMER] >= 0:
        hold(st, tm, p, PENDING_MOVE)
        return True
    leave_post(st, tm, dr, ev, p)
    take_post(st, tm, dr, ev, p)
    return True


@inner
def _may_leave(st: Ints, p: int) -> bool:
    """On duty, and nothing but perhaps a move is pending."""
    row = st[O_PERSON] + p * P_WIDTH
    return st[row + P_STATUS] == ON and st[row + P_PENDING] & ~PENDING_MOVE == 0


@inner
def _start_break(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int, minutes: float) -> bool:
    row = st[O_PERSON] + p * P_WIDTH
    if not _may_leave(st, p):
        return False
    b = next_break(st, tm, p)
    if b >= 0:
        st[st[O_TAKEN] + p * st[N_BREAKS] + b] = 1
    if minutes <= 0.0:
        minutes = tm[st[F_BREAK] + (p * st[N_BREAKS] + b) * 2 + 1] if b >= 0 else DEFAULT_BREAK
    tm[st[F_PERSON] + p * PF_WIDTH + PF_BREAK_MINUTES] = minutes
    if st[row + P_CUSTOMER] >= 0:
        hold(st, tm, p, PENDING_BREAK)
    else:
        begin_break(st, tm, dr, ev, p)
    return True


@inner
def _move_break(st: Ints, tm: Floats, p: int, start: float) -> bool:
    b = next_break(st, tm, p)
    if b < 0 or start < tm[NOW]:
        return False
    tm[st[F_BREAK] + (p * st[N_BREAKS] + b) * 2] = start
    set_next(st, tm, p)
    return True


@inner
def _device_down(st: Ints, tm: Floats, dr: Floats, ev: Floats, d: int) -> bool:
    if st[st[O_DEVICE] + d * V_WIDTH + V_UP] == 0:
        return False
    helper = device_down(st, tm, dr, ev, d)
    if helper >= 0:
        after_customer(st, tm, dr, ev, helper)
    return True


@inner
def _device_up(st: Ints, tm: Floats, dr: Floats, ev: Floats, d: int) -> bool:
    if st[st[O_DEVICE] + d * V_WIDTH + V_UP] == 1:
        return False
    device_up(st, tm, dr, ev, d)
    return True


@inner
def _start_task(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int, q: int, minutes: float) -> bool:
    if p == q or not _may_leave(st, p) or not _may_leave(st, q):
        return False
    for i in range(2):
        one, other = (p, q) if i == 0 else (q, p)
        st[st[O_PERSON] + one * P_WIDTH + P_PARTNER] = other
        tm[st[F_PERSON] + one * PF_WIDTH + PF_BREAK_MINUTES] = minutes
        if st[st[O_PERSON] + one * P_WIDTH + P_CUSTOMER] >= 0:
            hold(st, tm, one, PENDING_BREAK)
        else:
            begin_break(st, tm, dr, ev, one)
    return True


@inner
def _call(st: Ints, tm: Floats, dr: Floats, ev: Floats, k: int, ticket: int) -> bool:
    row = st[O_COUNTER] + k * K_WIDTH
    mask = st[row + K_MASK]
    if mask == 0 or st[row + K_CUSTOMER] >= 0:
        return False
    if ticket < 0:
        ticket = best_ticket(st, dr, mask)
    if ticket < 0 or ticket >= st[N_CUSTOMERS]:
        return False
    me = st[O_CUSTOMER] + ticket * C_WIDTH
    if st[me + C_STATUS] != HAS_TICKET or (mask >> st[me + C_SERVICE]) & 1 == 0:
        return False
    stop_waiting(st, tm, ticket)
    start_service(st, tm, dr, ev, k, ticket)
    return True


@inner
def _tier_priority(st: Ints, dr: Floats, tier: int, priority: int) -> bool:
    if st[st[O_TIER] + tier * TIER_WIDTH + TIER_PRIORITY] == priority:
        return False
    st[st[O_TIER] + tier * TIER_WIDTH + TIER_PRIORITY] = priority
    for c in range(st[N_CUSTOMERS]):
        me = st[O_CUSTOMER] + c * C_WIDTH
        if st[me + C_TIER] == tier and st[me + C_STATUS] < SERVED:
            st[me + C_PRIORITY] = priority + st[st[O_SERVICE] + st[me + C_SERVICE] * S_WIDTH + S_PRIORITY]
    for queue in range(st[N_SERVICES] + 1 + st[N_KINDS]):
        resort(st, dr, queue)
    return True


@inner
def _ticket_priority(st: Ints, dr: Floats, c: int, priority: int) -> bool:
    if c < 0 or c >= st[N_CUSTOMERS]:
        return False
    me = st[O_CUSTOMER] + c * C_WIDTH
    if st[me + C_STATUS] == FUTURE or st[me + C_STATUS] >= SERVED:
        return False
    st[me + C_PRIORITY] = priority
    if st[me + C_QUEUE] >= 0:
        resort(st, dr, st[me + C_QUEUE])
    return True


@inner
def _obey(st: Ints, tm: Floats, dr: Floats, ev: Floats, kind: int, a: int, b: int, value: float) -> bool:
    if kind in (M_OPEN, M_CLOSE):
        return _switch_counter(st, tm, dr, ev, a, 1 if kind == M_OPEN else 0)
    if kind == M_MOVE:
        return _move(st, tm, dr, ev, a, b)
    if kind == M_START_BREAK:
        return _start_break(st, tm, dr, ev, a, value)
    if kind == M_MOVE_BREAK:
        return _move_break(st, tm, a, value)
    if kind == M_DIVERSION:
        tm[st[F_SERVICE] + a * SF_WIDTH + SF_SHARE] = value
        return True
    if kind == M_DEVICE_DOWN:
        return _device_down(st, tm, dr, ev, a)
    if kind == M_DEVICE_UP:
        return _device_up(st, tm, dr, ev, a)
    if kind == M_CALL:
        return _call(st, tm, dr, ev, a, b)
    if kind == M_PRIORITY_TIER:
        return _tier_priority(st, dr, a, b)
    if kind == M_PRIORITY_TICKET:
        return _ticket_priority(st, dr, a, b)
    if kind == M_TASK:
        return _start_task(st, tm, dr, ev, a, b, value)
    return kind == M_ADD  # the added people already stand in the arrival order


@inner
def take_command(st: Ints, tm: Floats, dr: Floats, ev: Floats, cm: Floats) -> None:
    """Obey the next command. Its event comes first, then what follows from it; a refusal is marked so."""
    i = st[NEXT_COMMAND]
    st[NEXT_COMMAND] = i + 1
    at = st[N_EVENTS]
    emit(st, tm, ev, E_COMMAND, -1, i, -1)
    kind, a, b = int(cm[i * CMD_WIDTH + CMD_KIND]), int(cm[i * CMD_WIDTH + CMD_A]), int(cm[i * CMD_WIDTH + CMD_B])
    if not _obey(st, tm, dr, ev, kind, a, b, cm[i * CMD_WIDTH + CMD_VALUE]) and at < st[LOG_ROOM]:
        ev[at * EV_WIDTH + EV_KIND] = E_REFUSED
    set_command_slot(st, tm, cm)


@inner
def set_command_slot(st: Ints, tm: Floats, cm: Floats) -> None:
    """The calendar's command slot is the minute of the next command."""
    i = st[NEXT_COMMAND]
    slot = st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_COMMAND
    tm[slot] = max(tm[NOW], cm[i * CMD_WIDTH + CMD_MINUTE]) if i < st[N_COMMANDS] else np.inf
