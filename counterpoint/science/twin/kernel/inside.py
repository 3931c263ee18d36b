"""A live start: what is still unknown about people already inside, drawn given what has passed."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.arrivals import MAX_INTERVALS, leave_undrawn, stream_of
from counterpoint.science.twin.kernel.chance import leg_chance
from counterpoint.science.twin.kernel.compiled import inner, pointer
from counterpoint.science.twin.kernel.draws import (
    PURPOSE_BACK,
    PURPOSE_FORM,
    PURPOSE_PATIENCE,
    PURPOSE_SELF,
    PURPOSE_TRIAGE,
    PURPOSE_WORK,
    customer_key,
    duration_beyond,
    uniform,
)
from counterpoint.science.twin.kernel.flow import back_from, set_triage_slot
from counterpoint.science.twin.kernel.helping import law_of_help
from counterpoint.science.twin.kernel.layout import (
    AT_COUNTER,
    BACK,
    C_COUNTER,
    C_DEVICE,
    C_KEY,
    C_LEAVING,
    C_LEG,
    C_PERSON,
    C_PHASE,
    C_QUEUE,
    C_SERVICE,
    C_STATUS,
    C_TIER,
    C_WIDTH,
    D_PATIENCE,
    D_SELF,
    D_TRIAGE,
    D_WORK,
    F_ASKED,
    F_COUNTER,
    F_CUSTOMER,
    F_GREETING,
    F_PERSON,
    F_SLOT,
    FILLING,
    FUTURE,
    HELPED,
    KF_SPEED,
    KF_WIDTH,
    LAW_MEAN,
    LAW_SHAPE,
    LAW_SIGMA,
    LAWS_PATIENCE,
    LAWS_TRIAGE,
    LIMIT,
    MANUAL,
    N_COUNTERS,
    N_CUSTOMERS,
    N_DEVICES,
    N_SERVICES,
    NOBODY,
    NOT_READY,
    NOW,
    O_CUSTOMER,
    O_HELPER,
    O_QUEUE,
    ON_DEVICE,
    PF_START,
    PF_WIDTH,
    Q_HEAD,
    Q_WIDTH,
    SERVED,
    SLOT_LIMIT,
    T_DONE,
    T_LEAD,
    T_SINCE,
    T_START,
    T_WAITED,
    T_WIDTH,
    WANTED,
    FloatArray,
    IntArray,
)
from counterpoint.science.twin.kernel.leaving import forget_deadlines, set_deadline
from counterpoint.science.twin.kernel.serve import idle_counter
from counterpoint.science.twin.kernel.turns import law_of_back, law_of_form, turn_part


@inner
def redraw_inside(
    st: IntArray, tm: FloatArray, dr: FloatArray, law: FloatArray, tiers: FloatArray, services: int, seed: int
) -> None:
    """Draw anew all that nobody can know now about the people inside, given what has already passed.

    A service under way for e minutes gets a total beyond e; a person who has waited w minutes has a patience beyond w.
    Deadlines and the ends of services, devices and triage follow.
    """
    now = tm[NOW]
    ints, floats = pointer(st), pointer(tm)
    forget_deadlines(ints, floats)
    for c in range(st[N_CUSTOMERS]):
        me = st[O_CUSTOMER] + c * C_WIDTH
        status = st[me + C_STATUS]
        if status == FUTURE or status >= SERVED:
            continue
        row = st[F_CUSTOMER] + c * T_WIDTH
        service, tier = st[me + C_SERVICE], st[me + C_TIER]
        st[me + C_LEAVING] = -1
        key = customer_key(seed, stream_of(service, MAX_INTERVALS - 1), c)
        steadfast = dr[c, D_PATIENCE] == np.inf
        st[me + C_KEY] = np.int64(key)
        leave_undrawn(dr, c)
        if steadfast:
            dr[c, D_PATIENCE] = np.inf
        if st[me + C_QUEUE] >= 0:
            _redraw_patience(st, tm, dr, c, key, law[2 * services + LAWS_PATIENCE], tiers[tier, 1])
        elif status == AT_COUNTER:
            _redraw_turn(st, tm, dr, c, law, tiers[tier, 2])
        elif status == ON_DEVICE:
            slot = st[N_COUNTERS] + st[me + C_DEVICE]
            begun = tm[row + T_START] + tm[row + T_LEAD]
            dr[c, D_SELF] = _beyond(law[services + service], now - begun, uniform(key, PURPOSE_SELF))
            if st[me + C_PHASE] & HELPED:
                _redraw_help(st, tm, law, slot, c)
            else:
                tm[st[F_SLOT] + slot] = max(now, begun + dr[c, D_SELF])
        elif status == FILLING:
            spent = now - tm[row + T_SINCE]
            form = _beyond(law[law_of_form(ints, service)], spent, leg_chance(ints, c, PURPOSE_FORM))
            set_deadline(ints, floats, c, max(now, tm[row + T_SINCE] + form))
        else:
            p = st[F_PERSON] + st[me + C_PERSON] * PF_WIDTH
            triage = law[2 * services + LAWS_TRIAGE]
            dr[c, D_TRIAGE] = _beyond(triage, now - tm[p + PF_START], uniform(key, PURPOSE_TRIAGE))
            tm[st[F_GREETING] + st[me + C_PERSON]] = max(now, tm[p + PF_START] + dr[c, D_TRIAGE])
    set_triage_slot(ints, floats)
    if tm[NOT_READY] > 0.0 and st[MANUAL] == 0:
        _redraw_back(st, tm, law)


@inner
def _redraw_back(st: IntArray, tm: FloatArray, law: FloatArray) -> None:
    """Where a ticket waits though somebody able is free, nobody is ready: when will be, as the ticket waits already."""
    ints, floats = pointer(st), pointer(tm)
    slot = st[F_SLOT] + st[N_COUNTERS] + st[N_DEVICES] + SLOT_LIMIT
    tm[slot], tm[BACK] = max(tm[slot], tm[LIMIT]), np.inf
    for service in range(st[N_SERVICES]):
        c = st[st[O_QUEUE] + service * Q_WIDTH + Q_HEAD]
        if c >= 0 and idle_counter(ints, floats, service) >= 0:
            since = tm[st[F_CUSTOMER] + c * T_WIDTH + T_SINCE]
            back = _beyond(law[law_of_back(ints)], tm[NOW] - since, leg_chance(ints, c, PURPOSE_BACK))
            back_from(ints, floats, max(tm[NOW], since + back))


@inner
def _beyond(law: FloatArray, elapsed: float, u: float) -> float:
    return duration_beyond(int(law[LAW_SHAPE]), law[LAW_MEAN], law[LAW_SIGMA], elapsed, u)


@inner
def _redraw_turn(st: IntArray, tm: FloatArray, dr: FloatArray, c: int, laws: FloatArray, factor: float) -> None:
    """The work of a customer at a counter, beyond what is done of it, and the new end of the turn.

    Whether the turn ends with a form, or unpaid, stays as it was decided when it began.
    """
    ints = pointer(st)
    me, row = st[O_CUSTOMER] + c * C_WIDTH, st[F_CUSTOMER] + c * T_WIDTH
    k, now = st[me + C_COUNTER], tm[NOW]
    if st[me + C_PHASE] & HELPED:
        _redraw_help(st, tm, laws, k, c)
        return
    speed = tm[st[F_COUNTER] + k * KF_WIDTH + KF_SPEED]
    begun = tm[row + T_START] + tm[row + T_LEAD]
    part, done = turn_part(ints, c), tm[row + T_DONE]
    spent = (done + max(0.0, now - begun) * speed) / (part * factor)
    whole = factor * _beyond(laws[st[me + C_SERVICE]], spent, leg_chance(ints, c, PURPOSE_WORK))
    if st[me + C_LEG] == 0:
        dr[c, D_WORK] = whole
    tm[st[F_SLOT] + k] = max(now, begun + max(0.0, part * whole - done) / speed)


@inner
def _redraw_help(st: IntArray, tm: FloatArray, law: FloatArray, slot: int, c: int) -> None:
    """How long the help still takes that has begun at a slot; one that is waited for stays waited for."""
    helper = st[st[O_HELPER] + slot]
    if helper == WANTED:
        return
    ints, asked = pointer(st), tm[st[F_ASKED] + slot]
    number, purpose = law_of_help(ints, slot, helper == NOBODY)
    whole = _beyond(law[number], tm[NOW] - asked, leg_chance(ints, c, purpose))
    tm[st[F_SLOT] + slot] = max(tm[NOW], asked + whole)


@inner
def _redraw_patience(
    st: IntArray, tm: FloatArray, dr: FloatArray, c: int, key: int, law: FloatArray, factor: float
) -> None:
    """A patience beyond what the queueing customer has already waited, and its new deadline."""
    if dr[c, D_PATIENCE] == np.inf:
        return
    row = st[F_CUSTOMER] + c * T_WIDTH
    waited = tm[row + T_WAITED] + tm[NOW] - tm[row + T_SINCE]
    dr[c, D_PATIENCE] = factor * _beyond(law, waited / factor, uniform(key, PURPOSE_PATIENCE))
    set_deadline(pointer(st), pointer(tm), c, tm[NOW] + max(0.0, dr[c, D_PATIENCE] - waited))
