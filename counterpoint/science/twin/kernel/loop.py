"""The calendar: take the earliest slot, do what it says, until a minute."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import inner
from counterpoint.science.twin.kernel.flow import arrive, dismiss_all, end_device, lose_patience
from counterpoint.science.twin.kernel.layout import (
    D_ARRIVAL,
    EV_WIDTH,
    F_SLOT,
    LOGGING,
    N_COUNTERS,
    N_DEVICES,
    N_EVENTS,
    N_KINDS,
    N_ORDER,
    N_OTHER_SLOTS,
    N_SERVICES,
    NEXT_ARRIVAL,
    NOW,
    O_ORDER,
    O_QUEUE,
    Q_COUNT,
    Q_WIDTH,
    SLOT_ARRIVAL,
    SLOT_COMMAND,
    SLOT_LIMIT,
    SLOT_STAFF,
    SLOT_TRIAGE,
    FloatArray,
    IntArray,
)
from counterpoint.science.twin.kernel.orders import set_command_slot, take_command
from counterpoint.science.twin.kernel.people import end_service, end_triage, staff_event
from counterpoint.science.twin.kernel.serve import try_counter

EVENTS_A_STEP = 64


@inner
def set_arrival_slot(st: IntArray, tm: FloatArray, dr: FloatArray) -> None:
    """The calendar's arrival slot is the next customer in the arrival order."""
    i = st[NEXT_ARRIVAL]
    slot = st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_ARRIVAL
    tm[slot] = dr[st[st[O_ORDER] + i], D_ARRIVAL] if i < st[N_ORDER] else np.inf


@inner
def next_arrival(st: IntArray, tm: FloatArray, dr: FloatArray, ev: FloatArray) -> None:
    """Let the next customer in."""
    c = st[st[O_ORDER] + st[NEXT_ARRIVAL]]
    st[NEXT_ARRIVAL] += 1
    set_arrival_slot(st, tm, dr)
    arrive(st, tm, dr, ev, c)


@inner
def queued(st: IntArray) -> int:
    """People in all queues, counters, triage and devices."""
    n = 0
    for queue in range(st[N_SERVICES] + 1 + st[N_KINDS]):
        n += st[st[O_QUEUE] + queue * Q_WIDTH + Q_COUNT]
    return n


@inner
def run(st: IntArray, tm: FloatArray, dr: FloatArray, ev: FloatArray, cm: FloatArray, until: float) -> int:
    """Take every event before ``until`` minutes; 0 when done, 1 when the event log is nearly full.

    Equal minutes are taken in slot order: counters, devices, triage, staff, commands, closing limit, arrivals,
    patience; within a group by number.
    """
    set_command_slot(st, tm, cm)
    set_arrival_slot(st, tm, dr)
    for k in range(
        st[N_COUNTERS]
    ):  # changes nothing except in a live start that finds a counter free and a ticket waiting
        try_counter(st, tm, dr, ev, k)
    first = st[F_SLOT]
    counters, devices = st[N_COUNTERS], st[N_DEVICES]
    others = counters + devices
    slots = others + N_OTHER_SLOTS
    room = ev.size // EV_WIDTH
    while True:
        best = 0
        time = tm[first]
        for s in range(1, slots):
            if tm[first + s] < time:
                time = tm[first + s]
                best = s
        if time >= until or time == np.inf:
            break
        if st[LOGGING] == 1 and st[N_EVENTS] + 3 * queued(st) + EVENTS_A_STEP > room:
            return 1
        tm[NOW] = time
        if best < counters:
            end_service(st, tm, dr, ev, best)
        elif best < others:
            end_device(st, tm, dr, ev, best - counters)
        else:
            _other(st, tm, dr, ev, cm, best - others)
    if until < np.inf:
        tm[NOW] = max(tm[NOW], until)
    return 0


@inner
def _other(st: IntArray, tm: FloatArray, dr: FloatArray, ev: FloatArray, cm: FloatArray, slot: int) -> None:
    if slot == SLOT_ARRIVAL:
        next_arrival(st, tm, dr, ev)
    elif slot == SLOT_TRIAGE:
        end_triage(st, tm, dr, ev)
    elif slot == SLOT_STAFF:
        staff_event(st, tm, dr, ev)
    elif slot == SLOT_COMMAND:
        take_command(st, tm, dr, ev, cm)
    elif slot == SLOT_LIMIT:
        tm[st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_LIMIT] = np.inf
        dismiss_all(st, tm, ev, st[N_SERVICES] + 1 + st[N_KINDS])
    else:
        lose_patience(st, tm, ev)
