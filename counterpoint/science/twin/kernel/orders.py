"""Commands of the supervisor, each taken at its minute, or refused when it makes no sense then."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import inner
from counterpoint.science.twin.kernel.devices import device_down, device_up
from counterpoint.science.twin.kernel.flow import any_works, dismiss, use_device
from counterpoint.science.twin.kernel.layout import (
    BREAK,
    C_DEVICE,
    C_LEG,
    C_PHASE,
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
    E_BREAK_END,
    E_COMMAND,
    E_COUNTER_CLOSE,
    E_COUNTER_OPEN,
    E_REFUSED,
    EV_KIND,
    EV_WIDTH,
    F_BREAK,
    F_COUNTER,
    F_PERSON,
    F_SERVICE,
    F_SHIFT,
    F_SLOT,
    FUTURE,
    GOT_FORM,
    HAS_TICKET,
    K_CUSTOMER,
    K_MASK,
    K_OPEN,
    K_WIDTH,
    KF_PACE,
    KF_WIDTH,
    LIMIT,
    LOG_ROOM,
    M_CALL,
    M_CLOSE,
    M_DEVICE_DOWN,
    M_DEVICE_UP,
    M_DISMISS,
    M_DIVERSION,
    M_END_BREAK,
    M_END_SHIFT,
    M_MOVE,
    M_MOVE_BREAK,
    M_OPEN,
    M_PACE,
    M_PRIORITY_TICKET,
    M_PRIORITY_TIER,
    M_START_BREAK,
    M_TASK,
    M_TO_DEVICE,
    N_BREAKS,
    N_COMMANDS,
    N_COUNTERS,
    N_CUSTOMERS,
    N_DEVICES,
    N_EVENTS,
    N_KINDS,
    N_SERVICES,
    N_SHIFTS,
    NEXT_COMMAND,
    NOW,
    O_COUNTER,
    O_CUSTOMER,
    O_DEVICE,
    O_PERSON,
    O_QUEUE,
    O_SERVICE,
    O_TAKEN,
    O_TIER,
    OFF,
    ON,
    P_CUSTOMER,
    P_PARTNER,
    P_PENDING,
    P_POST,
    P_SHIFT,
    P_STATUS,
    P_WIDTH,
    PENDING_BREAK,
    PENDING_LEAVE,
    PENDING_MOVE,
    PF_BREAK_MINUTES,
    PF_WIDTH,
    Q_COUNT,
    Q_WIDTH,
    S_KIND,
    S_PRIORITY,
    S_WIDTH,
    SERVED,
    SF_SHARE,
    SF_WIDTH,
    SLOT_COMMAND,
    TIER_DIVERTIBLE,
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
    begin_duty,
    go_home,
    hold,
    leave_post,
    next_break,
    set_next,
    shift_end_of,
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
def _set_pace(st: Ints, tm: Floats, k: int, pace: float) -> bool:
    """Of one counter, or of all of them when ``k`` is -1."""
    changed = False
    for i in range(st[N_COUNTERS]):
        row = st[F_COUNTER] + i * KF_WIDTH + KF_PACE
        if (k < 0 or i == k) and tm[row] != pace:
            tm[row] = pace
            changed = True
    return changed


@inner
def _dismiss(st: Ints, tm: Floats, ev: Floats, service: int) -> bool:
    """Those with a ticket for one service, or everybody who waits when ``service`` is -1."""
    first = service if service >= 0 else 0
    last = service + 1 if service >= 0 else st[N_SERVICES] + 1 + st[N_KINDS]
    waiting = 0
    for queue in range(first, last):
        waiting += st[st[O_QUEUE] + queue * Q_WIDTH + Q_COUNT]
    dismiss(st, tm, ev, first, last)
    return waiting > 0


@inner
def _to_device(st: Ints, tm: Floats, dr: Floats, ev: Floats, c: int) -> bool:
    if c < 0 or c >= st[N_CUSTOMERS] or tm[NOW] >= tm[LIMIT]:
        return False
    me = st[O_CUSTOMER] + c * C_WIDTH
    begun = st[me + C_LEG] > 0 or st[me + C_PHASE] & GOT_FORM != 0 or st[me + C_DEVICE] >= 0
    if st[me + C_STATUS] != HAS_TICKET or begun:
        return False
    kind = st[st[O_SERVICE] + st[me + C_SERVICE] * S_WIDTH + S_KIND]
    may = st[st[O_TIER] + st[me + C_TIER] * TIER_WIDTH + TIER_DIVERTIBLE] == 1
    if kind < 0 or not may or not any_works(st, kind):
        return False
    stop_waiting(st, tm, c)
    use_device(st, tm, dr, ev, c, kind)
    return True


@inner
def _end_shift(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int) -> bool:
    """Home after the current customer; a shift that has not begun is left out."""
    row = st[O_PERSON] + p * P_WIDTH
    if st[row + P_STATUS] == OFF:
        shift = st[row + P_SHIFT]
        if shift >= st[N_SHIFTS] or tm[st[F_SHIFT] + (p * st[N_SHIFTS] + shift) * 2] == np.inf:
            return False
        st[row + P_SHIFT] += 1
        set_next(st, tm, p)
        return True
    if st[row + P_PENDING] & PENDING_LEAVE:
        return False
    if st[row + P_CUSTOMER] >= 0:
        hold(st, tm, p, PENDING_LEAVE)
    else:
        go_home(st, tm, dr, ev, p)
    return True


@inner
def _end_break(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int) -> bool:
    row = st[O_PERSON] + p * P_WIDTH
    if st[row + P_STATUS] != BREAK or st[row + P_PARTNER] >= 0 or tm[NOW] >= shift_end_of(st, tm, p):
        return False
    begin_duty(st, tm, dr, ev, p, E_BREAK_END)
    return True


@inner
def _obey_person(st: Ints, tm: Floats, dr: Floats, ev: Floats, kind: int, p: int, b: int, value: float) -> bool:
    if kind == M_MOVE:
        return _move(st, tm, dr, ev, p, b)
    if kind == M_START_BREAK:
        return _start_break(st, tm, dr, ev, p, value)
    if kind == M_MOVE_BREAK:
        return _move_break(st, tm, p, value)
    if kind == M_TASK:
        return _start_task(st, tm, dr, ev, p, b, value)
    if kind == M_END_SHIFT:
        return _end_shift(st, tm, dr, ev, p)
    return _end_break(st, tm, dr, ev, p)


@inner
def _obey_customer(st: Ints, tm: Floats, dr: Floats, ev: Floats, kind: int, a: int, b: int) -> bool:
    if kind == M_CALL:
        return _call(st, tm, dr, ev, a, b)
    if kind == M_PRIORITY_TIER:
        return _tier_priority(st, dr, a, b)
    if kind == M_PRIORITY_TICKET:
        return _ticket_priority(st, dr, a, b)
    if kind == M_TO_DEVICE:
        return _to_device(st, tm, dr, ev, a)
    if kind == M_DISMISS:
        return _dismiss(st, tm, ev, a)
    return True  # M_ADD: the added people already stand in the arrival order


@inner
def _obey(st: Ints, tm: Floats, dr: Floats, ev: Floats, kind: int, a: int, b: int, value: float) -> bool:
    if kind in (M_OPEN, M_CLOSE):
        return _switch_counter(st, tm, dr, ev, a, 1 if kind == M_OPEN else 0)
    if kind == M_PACE:
        return _set_pace(st, tm, a, value)
    if kind == M_DIVERSION:
        tm[st[F_SERVICE] + a * SF_WIDTH + SF_SHARE] = value
        return True
    if kind == M_DEVICE_DOWN:
        return _device_down(st, tm, dr, ev, a)
    if kind == M_DEVICE_UP:
        return _device_up(st, tm, dr, ev, a)
    if kind in (M_MOVE, M_START_BREAK, M_MOVE_BREAK, M_TASK, M_END_SHIFT, M_END_BREAK):
        return _obey_person(st, tm, dr, ev, kind, a, b, value)
    return _obey_customer(st, tm, dr, ev, kind, a, b)


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
