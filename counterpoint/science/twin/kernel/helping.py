"""A turn that needs somebody else for a moment: an authorisation at a counter, a hand at a device.

Counters ask the duty desk, devices the lobby. Whoever is there and free comes; while all are busy the turn stands
still; with nobody there it goes on without (a remote authorisation, a customer who finds out alone).
"""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.chance import leg_chance, leg_minutes
from counterpoint.science.twin.kernel.compiled import hot, inner
from counterpoint.science.twin.kernel.draws import (
    PURPOSE_ASSISTED,
    PURPOSE_AUTHORISED,
    PURPOSE_U_ASSISTED,
    PURPOSE_U_AUTHORISED,
)
from counterpoint.science.twin.kernel.layout import (
    C_PHASE,
    C_SERVICE,
    C_WIDTH,
    DESK,
    E_HELP_ASKED,
    E_HELP_END,
    E_HELP_START,
    F_ASKED,
    F_PERSON,
    F_SERVICE,
    F_SLOT,
    HELPED,
    K_CUSTOMER,
    K_WIDTH,
    LAWS_ALONE,
    LAWS_ASSISTED,
    LAWS_AUTHORISED,
    LAWS_REMOTE,
    LOBBY,
    N_COUNTERS,
    N_DESK,
    N_DEVICES,
    N_LOBBY,
    N_PEOPLE,
    N_SERVICES,
    N_WANTED,
    NOBODY,
    NOW,
    O_COUNTER,
    O_CUSTOMER,
    O_DEVICE,
    O_HELPER,
    O_PERSON,
    P_AT,
    P_CUSTOMER,
    P_PENDING,
    P_WIDTH,
    PF_BUSY,
    PF_START,
    PF_WIDTH,
    SF_ASSISTED,
    SF_AUTHORISED,
    SF_WIDTH,
    TO_FORM,
    UNPAID,
    V_CUSTOMER,
    V_WIDTH,
    WANTED,
    Floats,
    Ints,
)
from counterpoint.science.twin.kernel.queues import emit


@hot
def group_of(st: Ints, slot: int) -> int:
    """Who is asked at a slot: the duty desk for a counter, the lobby for a device."""
    return DESK if slot < st[N_COUNTERS] else LOBBY


@inner
def law_of_help(st: Ints, slot: int, alone: bool) -> tuple[int, int]:
    """Number of the law of help at a slot, or of doing without, and the purpose it is drawn for."""
    others = 2 * st[N_SERVICES]
    if slot < st[N_COUNTERS]:
        return others + (LAWS_REMOTE if alone else LAWS_AUTHORISED), PURPOSE_AUTHORISED
    return others + (LAWS_ALONE if alone else LAWS_ASSISTED), PURPOSE_ASSISTED


@inner
def help_minutes(st: Ints, tm: Floats, slot: int, c: int, alone: bool) -> float:
    """Minutes that customer ``c`` needs help at a slot, or needs ``alone``."""
    law, purpose = law_of_help(st, slot, alone)
    return leg_minutes(st, tm, c, law, purpose)


@hot
def slot_customer(st: Ints, slot: int) -> int:
    """Who stands at the counter or device of a slot; -1 for nobody."""
    if slot < st[N_COUNTERS]:
        return st[st[O_COUNTER] + slot * K_WIDTH + K_CUSTOMER]
    return st[st[O_DEVICE] + (slot - st[N_COUNTERS]) * V_WIDTH + V_CUSTOMER]


@inner
def place_of(st: Ints, slot: int) -> int:
    """Number of the counter or device of a slot, as events give it."""
    return slot if slot < st[N_COUNTERS] else slot - st[N_COUNTERS]


@hot
def set_helper(st: Ints, slot: int, who: int) -> None:
    """Who helps at a slot: a person, NOBODY, or WANTED."""
    at = st[O_HELPER] + slot
    st[N_WANTED] += (who == WANTED) - (st[at] == WANTED)
    st[at] = who


@inner
def begin_help(st: Ints, tm: Floats, ev: Floats, slot: int, p: int) -> None:
    """Person ``p``, free, comes to a slot."""
    c = slot_customer(st, slot)
    set_helper(st, slot, p)
    st[st[O_PERSON] + p * P_WIDTH + P_CUSTOMER] = c
    tm[st[F_PERSON] + p * PF_WIDTH + PF_START] = tm[NOW]
    tm[st[F_ASKED] + slot] = tm[NOW]
    tm[st[F_SLOT] + slot] = tm[NOW] + help_minutes(st, tm, slot, c, False)
    emit(st, tm, ev, E_HELP_START, c, place_of(st, slot), p)


@inner
def go_alone(st: Ints, tm: Floats, slot: int) -> None:
    """Nobody will come to a slot: it goes on without."""
    set_helper(st, slot, NOBODY)
    tm[st[F_ASKED] + slot] = tm[NOW]
    tm[st[F_SLOT] + slot] = tm[NOW] + help_minutes(st, tm, slot, slot_customer(st, slot), True)


@inner
def ask_help(st: Ints, tm: Floats, ev: Floats, slot: int) -> None:
    """The turn at a slot needs somebody now."""
    st[st[O_CUSTOMER] + slot_customer(st, slot) * C_WIDTH + C_PHASE] |= HELPED
    emit(st, tm, ev, E_HELP_ASKED, slot_customer(st, slot), place_of(st, slot), -1)
    group = group_of(st, slot)
    for p in range(st[N_PEOPLE]):
        row = st[O_PERSON] + p * P_WIDTH
        if st[row + P_AT] == group and st[row + P_CUSTOMER] < 0 and st[row + P_PENDING] == 0:
            begin_help(st, tm, ev, slot, p)
            return
    if (st[N_DESK] if group == DESK else st[N_LOBBY]) == 0:
        go_alone(st, tm, slot)
        return
    set_helper(st, slot, WANTED)
    tm[st[F_ASKED] + slot] = tm[NOW]
    tm[st[F_SLOT] + slot] = np.inf


@hot
def needs_help(st: Ints, tm: Floats, slot: int) -> bool:
    """Whether the turn that would end now at a slot first needs somebody; if so, they are asked."""
    c = slot_customer(st, slot)
    me = st[O_CUSTOMER] + c * C_WIDTH
    if st[me + C_PHASE] & (TO_FORM | UNPAID | HELPED):
        return False
    counter = slot < st[N_COUNTERS]
    share = tm[st[F_SERVICE] + st[me + C_SERVICE] * SF_WIDTH + (SF_AUTHORISED if counter else SF_ASSISTED)]
    return share > 0.0 and leg_chance(st, c, PURPOSE_U_AUTHORISED if counter else PURPOSE_U_ASSISTED) < share


@hot
def release_helper(st: Ints, tm: Floats, ev: Floats, slot: int) -> int:
    """Whoever helped at a slot is free: who that is, or -1. They have yet to turn to what comes next."""
    p = st[st[O_HELPER] + slot]
    set_helper(st, slot, NOBODY)
    if p < 0:
        return -1
    emit(st, tm, ev, E_HELP_END, st[st[O_PERSON] + p * P_WIDTH + P_CUSTOMER], place_of(st, slot), p)
    st[st[O_PERSON] + p * P_WIDTH + P_CUSTOMER] = -1
    row = st[F_PERSON] + p * PF_WIDTH
    tm[row + PF_BUSY] += tm[NOW] - tm[row + PF_START]
    return p


@hot
def help_next(st: Ints, tm: Floats, ev: Floats, p: int, group: int) -> bool:
    """Free person ``p`` goes to the slot of its group that has waited longest; False when none waits."""
    if st[N_WANTED] == 0:
        return False
    best = -1
    for slot in range(st[N_COUNTERS] + st[N_DEVICES]):
        waits = st[st[O_HELPER] + slot] == WANTED and group_of(st, slot) == group
        if waits and (best < 0 or tm[st[F_ASKED] + slot] < tm[st[F_ASKED] + best]):
            best = slot
    if best >= 0:
        begin_help(st, tm, ev, best, p)
    return best >= 0


@inner
def leave_alone(st: Ints, tm: Floats, group: int) -> None:
    """The last of a group has left: every slot that waits for it goes on without."""
    for slot in range(st[N_COUNTERS] + st[N_DEVICES]):
        if st[st[O_HELPER] + slot] == WANTED and group_of(st, slot) == group:
            go_alone(st, tm, slot)
