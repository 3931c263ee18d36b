"""Staff: taking a post, breaks, shift ends, and what happens after the current customer."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import hot, inner
from counterpoint.science.twin.kernel.devices import failure_event
from counterpoint.science.twin.kernel.flow import (
    end_device,
    flush_to_tickets,
    free_from_triage,
    leave_counter,
    triage_next,
)
from counterpoint.science.twin.kernel.helping import ask_help, help_next, leave_alone, needs_help, release_helper
from counterpoint.science.twin.kernel.layout import (
    BREAK,
    C_STATUS,
    C_WIDTH,
    CLOSE,
    DESK,
    E_BREAK_END,
    E_BREAK_START,
    E_END_SERVICE,
    E_POST,
    E_SHIFT_END,
    E_SHIFT_START,
    E_TASK_START,
    F_BREAK,
    F_COUNTER,
    F_CUSTOMER,
    F_GREETING,
    F_PERSON,
    F_SHIFT,
    F_SLOT,
    FULL,
    K_CUSTOMER,
    K_OPEN,
    K_PERSON,
    K_SERVICES,
    K_WIDTH,
    KF_BUSY,
    KF_IDLE_SINCE,
    KF_START,
    KF_WIDTH,
    LOBBY,
    MANUAL,
    N_BREAKS,
    N_COUNTERS,
    N_DESK,
    N_DEVICES,
    N_LOBBY,
    N_PEOPLE,
    N_SERVICES,
    N_SHIFTS,
    NOW,
    NOWHERE,
    O_COUNTER,
    O_CUSTOMER,
    O_PERSON,
    O_TAKEN,
    OFF,
    ON,
    P_AT,
    P_CUSTOMER,
    P_DUE_BREAK,
    P_PARTNER,
    P_PENDING,
    P_POST,
    P_SHIFT,
    P_SKILLS,
    P_STATUS,
    P_WIDTH,
    PENDING_BREAK,
    PENDING_LEAVE,
    PF_BREAK_END,
    PF_BREAK_MINUTES,
    PF_BUSY,
    PF_DUTY,
    PF_NEXT,
    PF_ON_SINCE,
    PF_START,
    PF_WIDTH,
    SERVED,
    SLOT_STAFF,
    STAY,
    T_END,
    T_WIDTH,
    Floats,
    Ints,
)
from counterpoint.science.twin.kernel.queues import emit
from counterpoint.science.twin.kernel.serve import refresh_counter, serve_next, try_counter


@inner
def shift_end_of(st: Ints, tm: Floats, p: int) -> float:
    """End of the present (or next) shift of person ``p``."""
    return tm[st[F_SHIFT] + (p * st[N_SHIFTS] + st[st[O_PERSON] + p * P_WIDTH + P_SHIFT]) * 2 + 1]


@inner
def next_break(st: Ints, tm: Floats, p: int) -> int:
    """Index of the earliest planned break of ``p`` that is not taken; -1 when none is left."""
    best = -1
    for b in range(st[N_BREAKS]):
        if st[st[O_TAKEN] + p * st[N_BREAKS] + b] == 0:
            start = tm[st[F_BREAK] + (p * st[N_BREAKS] + b) * 2]
            if best < 0 or start < tm[st[F_BREAK] + (p * st[N_BREAKS] + best) * 2]:
                best = b
    return best


@inner
def set_next(st: Ints, tm: Floats, p: int) -> None:
    """When the schedule next concerns person ``p``; keeps the calendar's staff slot."""
    row = st[O_PERSON] + p * P_WIDTH
    frow = st[F_PERSON] + p * PF_WIDTH
    due = np.inf
    st[row + P_DUE_BREAK] = -1
    if st[row + P_STATUS] == OFF:
        if st[row + P_SHIFT] < st[N_SHIFTS]:
            due = max(tm[NOW], tm[st[F_SHIFT] + (p * st[N_SHIFTS] + st[row + P_SHIFT]) * 2])
    elif st[row + P_PENDING] & PENDING_LEAVE == 0:
        due = max(tm[NOW], shift_end_of(st, tm, p))
        if st[row + P_STATUS] == BREAK:
            due = min(due, tm[frow + PF_BREAK_END])
        elif st[row + P_PENDING] & PENDING_BREAK == 0:
            b = next_break(st, tm, p)
            if b >= 0:
                start = max(tm[NOW], tm[st[F_BREAK] + (p * st[N_BREAKS] + b) * 2])
                if start < due:
                    due = start
                    st[row + P_DUE_BREAK] = b
    tm[frow + PF_NEXT] = due
    first = np.inf
    for q in range(st[N_PEOPLE]):
        first = min(first, tm[st[F_PERSON] + q * PF_WIDTH + PF_NEXT])
    tm[st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_STAFF] = first


@inner
def take_post(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int) -> None:
    """Person ``p`` goes to its post; an occupied counter is waited for."""
    row = st[O_PERSON] + p * P_WIDTH
    post = st[row + P_POST]
    if post == LOBBY:
        st[row + P_AT] = LOBBY
        st[N_LOBBY] += 1
        emit(st, tm, ev, E_POST, -1, LOBBY, p)
        if not help_next(st, tm, ev, p, LOBBY):
            triage_next(st, tm, dr, ev, p)
    elif post == DESK:
        st[row + P_AT] = DESK
        st[N_DESK] += 1
        emit(st, tm, ev, E_POST, -1, DESK, p)
        help_next(st, tm, ev, p, DESK)
    elif post >= 0 and st[st[O_COUNTER] + post * K_WIDTH + K_PERSON] < 0:
        st[row + P_AT] = post
        st[st[O_COUNTER] + post * K_WIDTH + K_PERSON] = p
        emit(st, tm, ev, E_POST, -1, post, p)
        refresh_counter(st, tm, post)
        try_counter(st, tm, dr, ev, post)


@inner
def leave_post(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int) -> None:
    """Person ``p`` stands up; whoever waits for the counter sits down, a lobby left empty lets its queue go."""
    row = st[O_PERSON] + p * P_WIDTH
    at = st[row + P_AT]
    st[row + P_AT] = NOWHERE
    if at == LOBBY:
        st[N_LOBBY] -= 1
        if st[N_LOBBY] == 0:
            leave_alone(st, tm, LOBBY)
            flush_to_tickets(st, tm, dr, ev, st[N_SERVICES])
    elif at == DESK:
        st[N_DESK] -= 1
        if st[N_DESK] == 0:
            leave_alone(st, tm, DESK)
    elif at >= 0:
        st[st[O_COUNTER] + at * K_WIDTH + K_PERSON] = -1
        refresh_counter(st, tm, at)
        for q in range(st[N_PEOPLE]):
            other = st[O_PERSON] + q * P_WIDTH
            if q != p and st[other + P_STATUS] == ON and st[other + P_AT] == NOWHERE and st[other + P_POST] == at:
                take_post(st, tm, dr, ev, q)
                return


@inner
def begin_break(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int) -> None:
    """Person ``p``, not busy, goes on break for the minutes noted."""
    row = st[O_PERSON] + p * P_WIDTH
    frow = st[F_PERSON] + p * PF_WIDTH
    st[row + P_STATUS] = BREAK
    st[row + P_PENDING] = 0
    tm[frow + PF_DUTY] += tm[NOW] - tm[frow + PF_ON_SINCE]
    tm[frow + PF_BREAK_END] = tm[NOW] + tm[frow + PF_BREAK_MINUTES]
    emit(st, tm, ev, E_BREAK_START, -1, st[row + P_AT], p)
    if st[row + P_PARTNER] >= 0:
        join_task(st, tm, ev, p)
    leave_post(st, tm, dr, ev, p)
    set_next(st, tm, p)


@inner
def join_task(st: Ints, tm: Floats, ev: Floats, p: int) -> None:
    """Person ``p`` is free for a task of two: it begins when the other is there too, and ends for both at once."""
    q = st[st[O_PERSON] + p * P_WIDTH + P_PARTNER]
    other = st[F_PERSON] + q * PF_WIDTH
    if st[st[O_PERSON] + q * P_WIDTH + P_STATUS] != BREAK:
        tm[st[F_PERSON] + p * PF_WIDTH + PF_BREAK_END] = np.inf
        return
    st[st[O_PERSON] + p * P_WIDTH + P_PARTNER] = st[st[O_PERSON] + q * P_WIDTH + P_PARTNER] = -1
    tm[other + PF_BREAK_END] = tm[st[F_PERSON] + p * PF_WIDTH + PF_BREAK_END]
    emit(st, tm, ev, E_TASK_START, -1, q, p)
    set_next(st, tm, q)


@inner
def drop_task(st: Ints, tm: Floats, p: int) -> None:
    """Person ``p`` goes home: the partner of its task, not begun, goes back to work."""
    q = st[st[O_PERSON] + p * P_WIDTH + P_PARTNER]
    if q < 0:
        return
    other = st[O_PERSON] + q * P_WIDTH
    st[st[O_PERSON] + p * P_WIDTH + P_PARTNER] = st[other + P_PARTNER] = -1
    if st[other + P_STATUS] == BREAK:
        tm[st[F_PERSON] + q * PF_WIDTH + PF_BREAK_END] = tm[NOW]
    else:
        st[other + P_PENDING] &= ~PENDING_BREAK
        if st[other + P_AT] >= 0:
            refresh_counter(st, tm, st[other + P_AT])
    set_next(st, tm, q)


@inner
def go_home(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int) -> None:
    """The shift of person ``p`` is over."""
    row = st[O_PERSON] + p * P_WIDTH
    frow = st[F_PERSON] + p * PF_WIDTH
    if st[row + P_STATUS] == ON:
        tm[frow + PF_DUTY] += tm[NOW] - tm[frow + PF_ON_SINCE]
    st[row + P_STATUS] = OFF
    st[row + P_PENDING] = 0
    st[row + P_SHIFT] += 1
    emit(st, tm, ev, E_SHIFT_END, -1, st[row + P_AT], p)
    drop_task(st, tm, p)
    leave_post(st, tm, dr, ev, p)
    set_next(st, tm, p)


@inner
def begin_duty(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int, kind: int) -> None:
    """Person ``p`` comes on (shift start or back from break) and takes its post."""
    row = st[O_PERSON] + p * P_WIDTH
    st[row + P_STATUS] = ON
    tm[st[F_PERSON] + p * PF_WIDTH + PF_ON_SINCE] = tm[NOW]
    emit(st, tm, ev, kind, -1, st[row + P_POST], p)
    set_next(st, tm, p)
    take_post(st, tm, dr, ev, p)


@inner
def hold(st: Ints, tm: Floats, p: int, pending: int) -> None:
    """Note what a busy person does after the current customer; its counter calls nobody meanwhile."""
    row = st[O_PERSON] + p * P_WIDTH
    st[row + P_PENDING] |= pending
    if st[row + P_AT] >= 0:
        refresh_counter(st, tm, st[row + P_AT])
    set_next(st, tm, p)


@inner
def staff_event(st: Ints, tm: Floats, dr: Floats, ev: Floats) -> None:
    """The schedule's next entry: shift start, break, back from break, shift end."""
    p = 0
    while tm[st[F_PERSON] + p * PF_WIDTH + PF_NEXT] != tm[NOW]:
        p += 1
    row = st[O_PERSON] + p * P_WIDTH
    frow = st[F_PERSON] + p * PF_WIDTH
    status = st[row + P_STATUS]
    if status == OFF:
        begin_duty(st, tm, dr, ev, p, E_SHIFT_START)
    elif status == BREAK and tm[NOW] < shift_end_of(st, tm, p):
        begin_duty(st, tm, dr, ev, p, E_BREAK_END)
    elif st[row + P_DUE_BREAK] >= 0:
        b = st[row + P_DUE_BREAK]
        st[st[O_TAKEN] + p * st[N_BREAKS] + b] = 1
        tm[frow + PF_BREAK_MINUTES] = tm[st[F_BREAK] + (p * st[N_BREAKS] + b) * 2 + 1]
        if st[row + P_CUSTOMER] >= 0:
            hold(st, tm, p, PENDING_BREAK)
        else:
            begin_break(st, tm, dr, ev, p)
    elif st[row + P_CUSTOMER] >= 0:
        hold(st, tm, p, PENDING_LEAVE)
    else:
        go_home(st, tm, dr, ev, p)


@inner
def after_customer(st: Ints, tm: Floats, dr: Floats, ev: Floats, p: int) -> None:
    """What person ``p``, now free, does: go home, take the held break, change post, or call the next."""
    row = st[O_PERSON] + p * P_WIDTH
    pending = st[row + P_PENDING]
    at = st[row + P_AT]
    if pending == 0:
        if at == LOBBY:
            if not help_next(st, tm, ev, p, LOBBY):
                triage_next(st, tm, dr, ev, p)
        elif at == DESK:
            help_next(st, tm, ev, p, DESK)
        else:
            try_counter(st, tm, dr, ev, at)
        return
    if pending & PENDING_LEAVE:
        krow = st[O_COUNTER] + at * K_WIDTH
        stays = at >= 0 and st[STAY] == 1 and st[MANUAL] == 0 and tm[NOW] >= tm[CLOSE] and st[krow + K_OPEN] == 1
        if stays and serve_next(st, tm, dr, ev, at, st[krow + K_SERVICES] & st[row + P_SKILLS]):
            return
        go_home(st, tm, dr, ev, p)
    elif pending & PENDING_BREAK:
        begin_break(st, tm, dr, ev, p)
    else:
        st[row + P_PENDING] = 0
        leave_post(st, tm, dr, ev, p)
        take_post(st, tm, dr, ev, p)


@inner
def end_service(st: Ints, tm: Floats, dr: Floats, ev: Floats, k: int) -> None:
    """Counter ``k`` finishes its customer, once whoever must authorise it has done so."""
    helper = -1
    if st[FULL] == 1:
        if needs_help(st, tm, k):
            ask_help(st, tm, ev, k)
            return
        helper = release_helper(st, tm, ev, k)
    row = st[O_COUNTER] + k * K_WIDTH
    frow = st[F_COUNTER] + k * KF_WIDTH
    c, p = st[row + K_CUSTOMER], st[row + K_PERSON]
    prow = st[F_PERSON] + p * PF_WIDTH
    tm[st[F_SLOT] + k] = np.inf
    tm[frow + KF_BUSY] += tm[NOW] - tm[frow + KF_START]
    tm[prow + PF_BUSY] += tm[NOW] - tm[prow + PF_START]
    tm[frow + KF_IDLE_SINCE] = tm[NOW]
    if st[FULL] == 1:
        leave_counter(st, tm, dr, ev, k, c, p)  # a counter is not free for one handed on before others had their turn
    else:
        st[st[O_CUSTOMER] + c * C_WIDTH + C_STATUS] = SERVED
        tm[st[F_CUSTOMER] + c * T_WIDTH + T_END] = tm[NOW]
        emit(st, tm, ev, E_END_SERVICE, c, k, p)
    st[row + K_CUSTOMER] = -1
    st[st[O_PERSON] + p * P_WIDTH + P_CUSTOMER] = -1
    if st[st[O_PERSON] + p * P_WIDTH + P_PENDING] == 0:
        try_counter(st, tm, dr, ev, k)
    else:
        after_customer(st, tm, dr, ev, p)
    if helper >= 0:
        after_customer(st, tm, dr, ev, helper)


@inner
def end_self_service(st: Ints, tm: Floats, dr: Floats, ev: Floats, d: int) -> None:
    """Device ``d`` finishes its customer; a lobby manager who helped there turns to the next."""
    helper = end_device(st, tm, dr, ev, d)
    if helper >= 0:
        after_customer(st, tm, dr, ev, helper)


@inner
def device_fails(st: Ints, tm: Floats, dr: Floats, ev: Floats) -> None:
    """The next failure or repair; a lobby manager who was helping at the device turns to the next."""
    helper = failure_event(st, tm, dr, ev)
    if helper >= 0:
        after_customer(st, tm, dr, ev, helper)


@hot
def end_triage(st: Ints, tm: Floats, dr: Floats, ev: Floats) -> None:
    """The lobby manager whose triage ends now sends the customer on, then turns to the next."""
    p = 0
    while tm[st[F_GREETING] + p] != tm[NOW]:
        p += 1
    tm[st[F_PERSON] + p * PF_WIDTH + PF_BUSY] += tm[NOW] - tm[st[F_PERSON] + p * PF_WIDTH + PF_START]
    free_from_triage(st, tm, dr, ev, p)
    after_customer(st, tm, dr, ev, p)
