"""The customer's way: door, triage, device, ticket; balking, fallback and leaving."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.chance import (
    chance,
    leg_chance,
    leg_minutes,
    patience_minutes,
    self_minutes,
    triage_minutes,
    work_minutes,
)
from counterpoint.science.twin.kernel.compiled import hot, inner
from counterpoint.science.twin.kernel.draws import (
    PURPOSE_BACK,
    PURPOSE_FORM,
    PURPOSE_U_BALK,
    PURPOSE_U_DIVERT,
    PURPOSE_U_FALLBACK,
    PURPOSE_U_ONWARD,
    PURPOSE_U_READY,
    PURPOSE_U_TRIAGE,
)
from counterpoint.science.twin.kernel.helping import ask_help, needs_help, release_helper
from counterpoint.science.twin.kernel.layout import (
    ABANDONED,
    ANNOUNCED,
    BACK,
    BALK_AHEAD,
    BALK_MINUTES,
    BALK_SHARE,
    BALKED,
    C_DEVICE,
    C_LEG,
    C_PERSON,
    C_PHASE,
    C_PRIORITY,
    C_SERVICE,
    C_STATUS,
    C_TIER,
    C_WIDTH,
    CLOSE,
    D_U_BALK,
    D_U_DIVERT,
    D_U_FALLBACK,
    D_U_TRIAGE,
    DEVICE_QUEUE,
    DISMISSED,
    E_ABANDON,
    E_ARRIVE,
    E_BALK,
    E_DEVICE_END,
    E_DEVICE_FALLBACK,
    E_DEVICE_START,
    E_DISMISS,
    E_END_SERVICE,
    E_FORM,
    E_JOIN_DEVICE,
    E_JOIN_QUEUE,
    E_TRIAGE_END,
    E_TRIAGE_START,
    E_TURN_AWAY,
    F_CUSTOMER,
    F_DEVICE,
    F_GREETING,
    F_PERSON,
    F_SERVICE,
    F_SLOT,
    FILLING,
    FULL,
    HAS_TICKET,
    IN_TRIAGE,
    K_CUSTOMER,
    K_MASK,
    K_WIDTH,
    LIMIT,
    LOBBY,
    MANUAL,
    MOST_LEGS,
    N_COUNTERS,
    N_DEVICES,
    N_LOBBY,
    N_PEOPLE,
    N_SERVICES,
    NO_CASH,
    NONEMPTY,
    NOT_READY,
    NOW,
    O_COUNTER,
    O_CUSTOMER,
    O_DEVICE,
    O_PERSON,
    O_QUEUE,
    O_SERVICE,
    O_TIER,
    ON_DEVICE,
    P_AT,
    P_CUSTOMER,
    P_PENDING,
    P_WIDTH,
    PF_START,
    PF_WIDTH,
    Q_COUNT,
    Q_HEAD,
    Q_WIDTH,
    S_KIND,
    S_ONWARD,
    S_PRIORITY,
    S_WIDTH,
    SELF_SERVED,
    SERVED,
    SF_FALLBACK,
    SF_MEAN,
    SF_ONWARD,
    SF_SHARE,
    SF_WIDTH,
    SLOT_LIMIT,
    SLOT_TRIAGE,
    T_DONE,
    T_END,
    T_LEAD,
    T_SINCE,
    T_START,
    T_TICKET,
    T_WIDTH,
    TIER_DIVERTIBLE,
    TIER_PRIORITY,
    TIER_WIDTH,
    TO_FORM,
    TRIAGE_ON,
    TRIAGE_QUEUE,
    TRIAGE_SHARE,
    TURNED_AWAY,
    UNASSISTED,
    UNPAID,
    V_CUSTOMER,
    V_KIND,
    V_UP,
    V_WIDTH,
    VF_WALK,
    VF_WIDTH,
    WAITING,
    Floats,
    Ints,
)
from counterpoint.science.twin.kernel.leaving import drop_deadline, due_now, first_of, set_deadline
from counterpoint.science.twin.kernel.queues import emit, start_waiting, stop_waiting
from counterpoint.science.twin.kernel.serve import idle_counter, start_service
from counterpoint.science.twin.kernel.turns import law_of_back, law_of_form, turn_part


@hot
def finish(st: Ints, tm: Floats, c: int, status: int) -> None:
    """Customer ``c`` has left the branch."""
    st[st[O_CUSTOMER] + c * C_WIDTH + C_STATUS] = status
    tm[st[F_CUSTOMER] + c * T_WIDTH + T_END] = tm[NOW]


@hot
def would_balk(st: Ints, tm: Floats, dr: Floats, c: int, service: int) -> bool:
    """Whether the number ahead and the shown wait (work ahead over able counters) turn this customer away.

    A share does not care. Where waits are announced, a share knows its own patience and leaves at once when the wait
    shown is beyond it.
    """
    if st[WAITING] < st[BALK_AHEAD] and (st[WAITING] == 0 or tm[ANNOUNCED] == 0.0):
        return False
    u = chance(st, dr, c, D_U_BALK, PURPOSE_U_BALK)
    if u >= tm[BALK_SHARE] and u >= tm[ANNOUNCED]:
        return False
    union = np.int64(1) << service
    able = 0
    for k in range(st[N_COUNTERS]):
        mask = st[st[O_COUNTER] + k * K_WIDTH + K_MASK]
        if (mask >> service) & 1:
            union |= mask
            able += 1
    ahead = 0
    work = 0.0
    for s in range(st[N_SERVICES]):
        if (union >> s) & 1:
            n = st[st[O_QUEUE] + s * Q_WIDTH + Q_COUNT]
            ahead += n
            work += n * tm[st[F_SERVICE] + s * SF_WIDTH + SF_MEAN]
    shown = work / able if able > 0 else np.inf
    if ahead >= st[BALK_AHEAD] and u < tm[BALK_SHARE] and shown > tm[BALK_MINUTES]:
        return True
    return ahead > 0 and u < tm[ANNOUNCED] and shown > patience_minutes(st, tm, dr, c)


@inner
def back_from(st: Ints, tm: Floats, minute: float) -> None:
    """Somebody will be ready again at a minute, unless somebody else is before.

    This shares the slot of the closing limit: one of its own would be looked at for every event of every day.
    """
    tm[BACK] = min(tm[BACK], minute)
    slot = st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_LIMIT
    tm[slot] = min(tm[slot], minute)


@hot
def somebody_ready(st: Ints, tm: Floats, c: int, service: int) -> bool:
    """Whether any of the counters that idle and can do the service calls at once; if not, when somebody is back."""
    if tm[NOT_READY] == 0.0:
        return True
    nobody = 1.0
    for k in range(st[N_COUNTERS]):
        row = st[O_COUNTER] + k * K_WIDTH
        if st[row + K_CUSTOMER] < 0 and (st[row + K_MASK] >> service) & 1:
            nobody *= tm[NOT_READY]
    if leg_chance(st, c, PURPOSE_U_READY) >= nobody:
        return True
    back_from(st, tm, tm[NOW] + leg_minutes(st, tm, c, law_of_back(st), PURPOSE_BACK))
    return False


@inner
def take_ticket(st: Ints, tm: Floats, dr: Floats, ev: Floats, c: int, may_balk: bool) -> None:
    """Customer ``c`` takes a counter ticket and is called at once when an able counter idles."""
    service = st[st[O_CUSTOMER] + c * C_WIDTH + C_SERVICE]
    if tm[NOW] >= tm[LIMIT]:
        finish(st, tm, c, DISMISSED)
        emit(st, tm, ev, E_DISMISS, c, -1, -1)
        return
    if may_balk and would_balk(st, tm, dr, c, service):
        finish(st, tm, c, BALKED)
        emit(st, tm, ev, E_BALK, c, -1, -1)
        return
    tm[st[F_CUSTOMER] + c * T_WIDTH + T_TICKET] = tm[NOW]
    emit(st, tm, ev, E_JOIN_QUEUE, c, service, -1)
    if st[MANUAL] == 0 and (st[NONEMPTY] >> service) & 1 == 0:  # where some wait, nobody able is free and ready
        k = idle_counter(st, tm, service)
        if k >= 0 and somebody_ready(st, tm, c, service):
            start_service(st, tm, dr, ev, k, c)
            return
    start_waiting(st, tm, dr, service, c, HAS_TICKET)


@hot
def start_device(st: Ints, tm: Floats, dr: Floats, ev: Floats, d: int, c: int) -> None:
    """Device ``d`` begins with customer ``c``, who is in no queue any more."""
    st[st[O_DEVICE] + d * V_WIDTH + V_CUSTOMER] = c
    me = st[O_CUSTOMER] + c * C_WIDTH
    st[me + C_STATUS] = ON_DEVICE
    st[me + C_DEVICE] = d
    tm[st[F_CUSTOMER] + c * T_WIDTH + T_START] = tm[NOW]
    walk = tm[st[F_DEVICE] + d * VF_WIDTH + VF_WALK]
    tm[st[F_CUSTOMER] + c * T_WIDTH + T_LEAD] = walk
    tm[st[F_SLOT] + st[N_COUNTERS] + d] = tm[NOW] + walk + self_minutes(st, tm, dr, c)
    emit(st, tm, ev, E_DEVICE_START, c, d, -1)


@hot
def device_next(st: Ints, tm: Floats, dr: Floats, ev: Floats, d: int) -> None:
    """A free device takes the head of its kind's queue."""
    row = st[O_DEVICE] + d * V_WIDTH
    if st[row + V_UP] == 0 or st[row + V_CUSTOMER] >= 0:
        return
    c = st[st[O_QUEUE] + (st[N_SERVICES] + 1 + st[row + V_KIND]) * Q_WIDTH + Q_HEAD]
    if c >= 0:
        stop_waiting(st, tm, c)
        start_device(st, tm, dr, ev, d, c)


@inner
def any_works(st: Ints, kind: int) -> bool:
    """Whether any device of a kind works."""
    row = st[O_DEVICE]
    for _ in range(st[N_DEVICES]):  # out at once: looking at all, several at a time, takes longer
        if st[row + V_KIND] == kind and st[row + V_UP] == 1:
            return True
        row += V_WIDTH
    return False


@hot
def use_device(st: Ints, tm: Floats, dr: Floats, ev: Floats, c: int, kind: int) -> None:
    """Customer ``c`` goes to the devices of a kind, of which some work: to a free one, or into their queue."""
    emit(st, tm, ev, E_JOIN_DEVICE, c, kind, -1)
    free = -1
    row = st[O_DEVICE]
    for d in range(st[N_DEVICES]):
        idle = (st[row + V_KIND] == kind) & (st[row + V_UP] == 1) & (st[row + V_CUSTOMER] < 0) & (free < 0)
        free = d if idle else free
        row += V_WIDTH
    if free >= 0:
        start_device(st, tm, dr, ev, free, c)
        return
    start_waiting(st, tm, dr, st[N_SERVICES] + 1 + kind, c, DEVICE_QUEUE)


@hot
def route(st: Ints, tm: Floats, dr: Floats, ev: Floats, c: int, assisted: bool) -> None:
    """After the door or triage: to a device of the right kind, or to the counters."""
    me = st[O_CUSTOMER] + c * C_WIDTH
    service = st[me + C_SERVICE]
    kind = st[st[O_SERVICE] + service * S_WIDTH + S_KIND]
    if kind >= 0 and tm[NOW] < tm[LIMIT] and st[st[O_TIER] + st[me + C_TIER] * TIER_WIDTH + TIER_DIVERTIBLE] == 1:
        share = tm[st[F_SERVICE] + service * SF_WIDTH + SF_SHARE]
        if not assisted:
            share *= tm[UNASSISTED]
        would = share >= 1.0 or chance(st, dr, c, D_U_DIVERT, PURPOSE_U_DIVERT) < share
        if would and any_works(st, kind):
            use_device(st, tm, dr, ev, c, kind)
            return
    take_ticket(st, tm, dr, ev, c, True)


@hot
def set_triage_slot(st: Ints, tm: Floats) -> None:
    """The calendar's triage slot is the earliest end among the lobby managers."""
    tm[st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_TRIAGE] = first_of(tm, st[F_GREETING], st[N_PEOPLE])


@hot
def start_triage(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int, c: int) -> None:
    """Lobby manager ``p`` begins with customer ``c``, who is in no queue any more."""
    st[st[O_PERSON] + p * P_WIDTH + P_CUSTOMER] = c
    me = st[O_CUSTOMER] + c * C_WIDTH
    st[me + C_STATUS] = IN_TRIAGE
    st[me + C_PERSON] = p
    tm[st[F_PERSON] + p * PF_WIDTH + PF_START] = tm[NOW]
    end = tm[NOW] + triage_minutes(st, tm, dr, c)
    tm[st[F_GREETING] + p] = end
    slot = st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_TRIAGE
    tm[slot] = min(tm[slot], end)
    emit(st, tm, ev, E_TRIAGE_START, c, -1, p)


@hot
def triage_next(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int) -> None:
    """A free lobby manager takes the head of the triage queue."""
    c = st[st[O_QUEUE] + st[N_SERVICES] * Q_WIDTH + Q_HEAD]
    if c >= 0:
        stop_waiting(st, tm, c)
        start_triage(st, tm, dr, ev, p, c)


@inner
def arrive(st: Ints, tm: Floats, dr: Floats, ev: Floats, c: int) -> None:
    """Customer ``c`` stands in the door."""
    emit(st, tm, ev, E_ARRIVE, c, -1, -1)
    if tm[NOW] >= tm[CLOSE]:
        finish(st, tm, c, TURNED_AWAY)
        emit(st, tm, ev, E_TURN_AWAY, c, -1, -1)
        return
    if st[TRIAGE_ON] == 0:
        route(st, tm, dr, ev, c, True)
        return
    if st[N_LOBBY] == 0 or chance(st, dr, c, D_U_TRIAGE, PURPOSE_U_TRIAGE) >= tm[TRIAGE_SHARE]:
        route(st, tm, dr, ev, c, False)
        return
    for p in range(st[N_PEOPLE]):
        row = st[O_PERSON] + p * P_WIDTH
        if st[row + P_AT] == LOBBY and st[row + P_CUSTOMER] < 0 and st[row + P_PENDING] == 0:
            start_triage(st, tm, dr, ev, p, c)
            return
    start_waiting(st, tm, dr, st[N_SERVICES], c, TRIAGE_QUEUE)


@inner
def flush_to_tickets(st: Ints, tm: Floats, dr: Floats, ev: Floats, queue: int) -> None:
    """Everyone in a device or triage queue moves on without it, in order."""
    while st[st[O_QUEUE] + queue * Q_WIDTH + Q_COUNT] > 0:
        c = st[st[O_QUEUE] + queue * Q_WIDTH + Q_HEAD]
        stop_waiting(st, tm, c)
        if queue == st[N_SERVICES]:
            route(st, tm, dr, ev, c, False)
        else:
            take_ticket(st, tm, dr, ev, c, False)


@inner
def end_device(st: Ints, tm: Floats, dr: Floats, ev: Floats, d: int) -> int:
    """The customer at device ``d`` is done, or falls back to a counter; the device takes the next.

    Returns who had helped there, free now and yet to turn to what comes next, or -1.
    """
    slot = st[N_COUNTERS] + d
    helper = -1
    if st[FULL] == 1:
        if needs_help(st, tm, slot):
            ask_help(st, tm, ev, slot)
            return -1
        helper = release_helper(st, tm, ev, slot)
    row = st[O_DEVICE] + d * V_WIDTH
    c = st[row + V_CUSTOMER]
    st[row + V_CUSTOMER] = -1
    tm[st[F_SLOT] + slot] = np.inf
    emit(st, tm, ev, E_DEVICE_END, c, d, -1)
    me = st[O_CUSTOMER] + c * C_WIDTH
    st[me + C_PHASE] = 0
    fallback = tm[st[F_SERVICE] + st[me + C_SERVICE] * SF_WIDTH + SF_FALLBACK]
    if chance(st, dr, c, D_U_FALLBACK, PURPOSE_U_FALLBACK) < fallback:
        emit(st, tm, ev, E_DEVICE_FALLBACK, c, d, -1)
        take_ticket(st, tm, dr, ev, c, False)
    else:
        finish(st, tm, c, SELF_SERVED)
    device_next(st, tm, dr, ev, d)
    return helper


@inner
def step_aside(st: Ints, tm: Floats, dr: Floats, ev: Floats, k: int, c: int, p: int) -> None:
    """Customer ``c`` leaves counter ``k`` to fill in a form, and will queue again in the old place."""
    me, row = st[O_CUSTOMER] + c * C_WIDTH, st[F_CUSTOMER] + c * T_WIDTH
    tm[row + T_DONE] = turn_part(st, c) * work_minutes(st, tm, dr, c)
    st[me + C_PHASE] &= ~TO_FORM
    st[me + C_STATUS] = FILLING
    tm[row + T_SINCE] = tm[NOW]
    form = leg_minutes(st, tm, c, law_of_form(st, st[me + C_SERVICE]), PURPOSE_FORM)
    set_deadline(st, tm, c, tm[NOW] + form)
    emit(st, tm, ev, E_FORM, c, k, p)


@hot
def leave_counter(st: Ints, tm: Floats, dr: Floats, ev: Floats, k: int, c: int, p: int) -> None:
    """The turn of customer ``c`` at counter ``k`` is over: a form, the next desk, or the way out."""
    me = st[O_CUSTOMER] + c * C_WIDTH
    if st[me + C_PHASE] & TO_FORM:
        step_aside(st, tm, dr, ev, k, c, p)
        return
    emit(st, tm, ev, E_END_SERVICE, c, k, p)
    if st[me + C_PHASE] & UNPAID:
        finish(st, tm, c, NO_CASH)
        return
    service = st[me + C_SERVICE]
    share = tm[st[F_SERVICE] + service * SF_WIDTH + SF_ONWARD]
    if share == 0.0 or st[me + C_LEG] + 1 >= MOST_LEGS or leg_chance(st, c, PURPOSE_U_ONWARD) >= share:
        finish(st, tm, c, SERVED)
        return
    st[me + C_LEG] += 1
    service = st[st[O_SERVICE] + service * S_WIDTH + S_ONWARD]
    st[me + C_SERVICE] = service
    of_tier = st[st[O_TIER] + st[me + C_TIER] * TIER_WIDTH + TIER_PRIORITY]
    st[me + C_PRIORITY] = of_tier + st[st[O_SERVICE] + service * S_WIDTH + S_PRIORITY]
    st[me + C_PHASE] = 0
    tm[st[F_CUSTOMER] + c * T_WIDTH + T_DONE] = 0.0
    take_ticket(st, tm, dr, ev, c, False)


@inner
def lose_patience(st: Ints, tm: Floats, dr: Floats, ev: Floats) -> None:
    """Whoever's deadline is now: a form is filled in, or a customer leaves the queue."""
    c = due_now(st, tm)
    if st[st[O_CUSTOMER] + c * C_WIDTH + C_STATUS] == FILLING:
        drop_deadline(st, tm, c)
        take_ticket(st, tm, dr, ev, c, False)
        return
    stop_waiting(st, tm, c)
    finish(st, tm, c, ABANDONED)
    emit(st, tm, ev, E_ABANDON, c, -1, -1)


@inner
def dismiss(st: Ints, tm: Floats, ev: Floats, first: int, last: int) -> None:
    """Everyone who waits in the queues from ``first`` to before ``last`` is sent home, queue by queue."""
    for queue in range(first, last):
        while st[st[O_QUEUE] + queue * Q_WIDTH + Q_COUNT] > 0:
            c = st[st[O_QUEUE] + queue * Q_WIDTH + Q_HEAD]
            stop_waiting(st, tm, c)
            finish(st, tm, c, DISMISSED)
            emit(st, tm, ev, E_DISMISS, c, -1, -1)


@hot
def free_from_triage(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int) -> None:
    """Lobby manager ``p`` has finished with a customer, who goes on assisted."""
    row = st[O_PERSON] + p * P_WIDTH
    c = st[row + P_CUSTOMER]
    st[row + P_CUSTOMER] = -1
    tm[st[F_GREETING] + p] = np.inf
    set_triage_slot(st, tm)
    emit(st, tm, ev, E_TRIAGE_END, c, -1, p)
    route(st, tm, dr, ev, c, True)
