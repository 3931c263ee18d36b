"""The calendar: take the earliest slot, do what it says, until a minute."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import bits_at, hot, inner, number_of, pointer
from counterpoint.science.twin.kernel.flow import arrive, dismiss, lose_patience
from counterpoint.science.twin.kernel.layout import (
    BACK,
    D_ARRIVAL,
    D_WIDTH,
    F_SLOT,
    LIMIT,
    LOG_ROOM,
    LOGGING,
    N_COMMANDS,
    N_COUNTERS,
    N_DEVICES,
    N_EVENTS,
    N_KINDS,
    N_ORDER,
    N_SERVICES,
    N_SLOTS,
    NEXT_ARRIVAL,
    NOW,
    O_ORDER,
    O_QUEUE,
    Q_COUNT,
    Q_WIDTH,
    SLOT_ARRIVAL,
    SLOT_COMMAND,
    SLOT_FAILURE,
    SLOT_LIMIT,
    SLOT_STAFF,
    SLOT_TRIAGE,
    FloatArray,
    Floats,
    IntArray,
    Ints,
)
from counterpoint.science.twin.kernel.orders import set_command_slot, take_command
from counterpoint.science.twin.kernel.people import device_fails, end_self_service, end_service, end_triage, staff_event
from counterpoint.science.twin.kernel.serve import try_counter

EVENTS_A_STEP = 64


@hot
def set_arrival_slot(st: Ints, tm: Floats, dr: Floats) -> None:
    """The calendar's arrival slot is the next customer in the arrival order."""
    i = st[NEXT_ARRIVAL]
    slot = st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_ARRIVAL
    tm[slot] = dr[st[st[O_ORDER] + i] * D_WIDTH + D_ARRIVAL] if i < st[N_ORDER] else np.inf


@hot
def next_arrival(st: Ints, tm: Floats, dr: Floats, ev: Floats) -> None:
    """Let the next customer in."""
    c = st[st[O_ORDER] + st[NEXT_ARRIVAL]]
    st[NEXT_ARRIVAL] += 1
    set_arrival_slot(st, tm, dr)
    arrive(st, tm, dr, ev, c)


@inner
def log_is_short(st: Ints) -> bool:
    """Whether one event more, and all that the people in the queues may do in it, could be too much for the log."""
    need = st[N_EVENTS] + EVENTS_A_STEP
    for queue in range(st[N_SERVICES] + 1 + st[N_KINDS]):
        need += 3 * st[st[O_QUEUE] + queue * Q_WIDTH + Q_COUNT]
        if need > st[LOG_ROOM]:  # out at once: a loop to its end would be made wide, and cost the days without a log
            return True
    return need > st[LOG_ROOM]


@inner
def run(st: IntArray, tm: FloatArray, dr: FloatArray, ev: FloatArray, cm: FloatArray, until: float) -> int:
    """Take every event before ``until`` minutes; 0 when done, 1 when the event log is nearly full.

    Equal minutes are taken in slot order: counters, devices, triage, staff, failures, commands, closing limit
    (or somebody who is ready again), arrivals, patience (and forms filled in); within a group by number.
    """
    st[LOG_ROOM], st[N_COMMANDS] = ev.shape[0], cm.shape[0]
    code = _run(pointer(st), pointer(tm), pointer(dr), pointer(ev), pointer(cm), until)
    st[LOG_ROOM], st[N_COMMANDS] = 0, 0
    return code


@hot
def earliest(tm: Floats, first: int, slots: int) -> tuple[int, float]:
    """The slot that comes first, of equal minutes the lowest, and its minute.

    Minutes are compared as whole numbers along four lanes without a jump: a processor is through with that in half the
    time, and what the next event is, nothing else can begin before it is known. A minute below zero needs more care.
    """
    bits = bits_at(tm)
    a, b, c, d = bits[first], bits[first + 1], bits[first + 2], bits[first + 3]
    i, j, k, m = 0, 1, 2, 3
    for s in range(4, slots, 4):
        t = bits[first + s]
        i = s if t < a else i
        a = t if t < a else a
        t = bits[first + s + 1]
        j = s + 1 if t < b else j
        b = t if t < b else b
        t = bits[first + s + 2]
        k = s + 2 if t < c else k
        c = t if t < c else c
        t = bits[first + s + 3]
        m = s + 3 if t < d else m
        d = t if t < d else d
    second = (b < a) | ((b == a) & (j < i))  # no `or`: which lane wins cannot be guessed, a jump would miss every time
    i, a = j if second else i, b if second else a
    second = (d < c) | ((d == c) & (m < k))
    k, c = m if second else k, d if second else c
    second = (c < a) | ((c == a) & (k < i))
    i, a = k if second else i, c if second else a
    if a < 0:
        i = _earliest_of_any(tm, first, slots)
        return i, tm[first + i]
    return i, number_of(a)


@inner
def _earliest_of_any(tm: Floats, first: int, slots: int) -> int:
    """The slot that comes first, of equal minutes the lowest, also before midnight."""
    best = 0
    for s in range(1, slots):
        if tm[first + s] < tm[first + best]:
            best = s
    return best


@inner
def all_look(st: Ints, tm: Floats, dr: Floats, ev: Floats) -> None:
    """Whoever is free and able takes the next ticket."""
    for k in range(st[N_COUNTERS]):
        try_counter(st, tm, dr, ev, k)


@inner
def limit_or_back(st: Ints, tm: Floats, dr: Floats, ev: Floats) -> None:
    """The closing limit sends home who waits; before it, somebody is ready again."""
    slot = st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_LIMIT
    tm[BACK] = np.inf
    if tm[NOW] < tm[LIMIT]:
        tm[slot] = tm[LIMIT]
        all_look(st, tm, dr, ev)
    else:
        tm[slot] = np.inf
        dismiss(st, tm, ev, 0, st[N_SERVICES] + 1 + st[N_KINDS])


@inner
def _run(st: Ints, tm: Floats, dr: Floats, ev: Floats, cm: Floats, until: float) -> int:
    set_command_slot(st, tm, cm)
    set_arrival_slot(st, tm, dr)
    if tm[BACK] == np.inf:
        # changes nothing except in a live start that finds a counter free and a ticket waiting
        all_look(st, tm, dr, ev)
    first = st[F_SLOT]
    counters, devices = st[N_COUNTERS], st[N_DEVICES]
    others = counters + devices
    while True:
        best, time = earliest(tm, first, st[N_SLOTS])
        if time >= until or time == np.inf:
            break
        if st[LOGGING] == 1 and log_is_short(st):
            return 1
        tm[NOW] = time
        if best < counters:
            end_service(st, tm, dr, ev, best)
        elif best < others:
            end_self_service(st, tm, dr, ev, best - counters)
        else:
            _other(st, tm, dr, ev, cm, best - others)
    if until < np.inf:
        tm[NOW] = max(tm[NOW], until)
    return 0


@inner
def _other(st: Ints, tm: Floats, dr: Floats, ev: Floats, cm: Floats, slot: int) -> None:
    if slot == SLOT_ARRIVAL:
        next_arrival(st, tm, dr, ev)
    elif slot == SLOT_TRIAGE:
        end_triage(st, tm, dr, ev)
    elif slot == SLOT_STAFF:
        staff_event(st, tm, dr, ev)
    elif slot == SLOT_FAILURE:
        device_fails(st, tm, dr, ev)
    elif slot == SLOT_COMMAND:
        take_command(st, tm, dr, ev, cm)
    elif slot == SLOT_LIMIT:
        limit_or_back(st, tm, dr, ev)
    else:
        lose_patience(st, tm, dr, ev)
