"""What one turn at a counter takes beyond plain work: walking, set-up, a form to fill in, cash that runs out."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.chance import factor, leg_chance, leg_minutes, work_minutes
from counterpoint.science.twin.kernel.compiled import inner
from counterpoint.science.twin.kernel.draws import (
    PURPOSE_ASSISTED,
    PURPOSE_AUTHORISED,
    PURPOSE_BACK,
    PURPOSE_CASH,
    PURPOSE_FORM,
    PURPOSE_U_ASSISTED,
    PURPOSE_U_AUTHORISED,
    PURPOSE_U_FORM,
    PURPOSE_U_ONWARD,
    PURPOSE_U_READY,
    PURPOSE_WORK,
)
from counterpoint.science.twin.kernel.layout import (
    C_LEG,
    C_PHASE,
    C_SERVICE,
    C_WIDTH,
    E_REFILL,
    F_COUNTER,
    F_CUSTOMER,
    F_SERVICE,
    FACTOR_WORK,
    GOT_FORM,
    K_PERSON,
    K_WIDTH,
    KF_CASH,
    KF_SPEED,
    KF_WALK,
    KF_WIDTH,
    LAWS_ALONE,
    LAWS_ASSISTED,
    LAWS_AUTHORISED,
    LAWS_BACK,
    LAWS_OTHER,
    LAWS_REMOTE,
    N_PACES,
    N_SERVICES,
    O_COUNTER,
    O_CUSTOMER,
    O_PERSON,
    P_LAST,
    P_WIDTH,
    PACE,
    REFILL,
    SF_CASH,
    SF_FORM,
    SF_WIDTH,
    SWITCH,
    T_DONE,
    T_LEAD,
    T_WIDTH,
    TILL,
    TO_FORM,
    UNPAID,
    VAULT,
    WAITING,
    FloatArray,
    Floats,
    Ints,
)
from counterpoint.science.twin.kernel.queues import emit

FORM_PART = 0.25  # of the work is done when the clerk sees that a form is missing, or that the till cannot pay


@inner
def law_of_form(st: Ints, service: int) -> int:
    """Number of the law of filling in a form."""
    return 2 * st[N_SERVICES] + LAWS_OTHER + service


@inner
def law_of_back(st: Ints) -> int:
    """Number of the law of how long it takes until somebody free is ready to call."""
    return 2 * st[N_SERVICES] + LAWS_BACK


@inner
def law_of_cash(st: Ints, service: int) -> int:
    """Number of the law of the amount a customer takes out or pays in."""
    return 3 * st[N_SERVICES] + LAWS_OTHER + service


@inner
def walk_and_switch(st: Ints, tm: Floats, k: int, p: int, service: int) -> float:
    """Minutes until the work can begin: the customer's way to counter ``k`` and the set-up of person ``p``."""
    lead = tm[st[F_COUNTER] + k * KF_WIDTH + KF_WALK]
    last = st[O_PERSON] + p * P_WIDTH + P_LAST
    if st[last] >= 0 and st[last] != service:
        lead += tm[SWITCH]
    st[last] = service
    return lead


@inner
def pay(st: Ints, tm: Floats, ev: Floats, k: int, c: int, service: int) -> float:
    """Take the customer's cash out of till ``k`` (or into it); minutes to fill the till up first, if it must be.

    What the vault cannot give is not paid: the customer is marked so.
    """
    sign = tm[st[F_SERVICE] + service * SF_WIDTH + SF_CASH]
    if sign == 0.0:
        return 0.0
    till = st[F_COUNTER] + k * KF_WIDTH + KF_CASH
    amount = sign * leg_minutes(st, tm, c, law_of_cash(st, service), PURPOSE_CASH)
    minutes = 0.0
    if amount > tm[till]:
        fetched = min(tm[VAULT], max(tm[TILL], amount) - tm[till])
        tm[VAULT] -= fetched
        tm[till] += fetched
        minutes = tm[REFILL]
        emit(st, tm, ev, E_REFILL, c, k, st[st[O_COUNTER] + k * K_WIDTH + K_PERSON])
    if amount > tm[till]:
        st[st[O_CUSTOMER] + c * C_WIDTH + C_PHASE] |= UNPAID
    else:
        tm[till] -= amount
    return minutes


@inner
def turn_part(st: Ints, c: int) -> float:
    """Up to which part of the whole work the present turn goes."""
    return FORM_PART if st[st[O_CUSTOMER] + c * C_WIDTH + C_PHASE] & (TO_FORM | UNPAID) else 1.0


@inner
def turn_minutes(st: Ints, tm: Floats, dr: Floats, ev: Floats, k: int, c: int, p: int) -> float:
    """Minutes of the turn of customer ``c`` that begins now at counter ``k`` with person ``p``, whose speed stands."""
    me = st[O_CUSTOMER] + c * C_WIDTH
    times = st[F_CUSTOMER] + c * T_WIDTH
    service = st[me + C_SERVICE]
    lead = walk_and_switch(st, tm, k, p, service)
    if st[me + C_PHASE] & GOT_FORM == 0:
        st[me + C_PHASE] |= GOT_FORM
        share = tm[st[F_SERVICE] + service * SF_WIDTH + SF_FORM]
        if share > 0.0 and leg_chance(st, c, PURPOSE_U_FORM) < share:
            st[me + C_PHASE] |= TO_FORM
    if st[me + C_PHASE] & TO_FORM == 0:
        lead += pay(st, tm, ev, k, c, service)
    tm[times + T_LEAD] = lead
    work = turn_part(st, c) * work_minutes(st, tm, dr, c) - tm[times + T_DONE]
    speed = st[F_COUNTER] + k * KF_WIDTH + KF_SPEED
    if st[N_PACES] > 0:
        tm[speed] *= tm[PACE + min(st[WAITING], st[N_PACES] - 1)]
    return lead + max(0.0, work) / tm[speed]


@inner
def leg_draws(st: Ints, tm: Floats, c: int, service: int, leg: int) -> FloatArray:
    """All that chance decides about one leg of customer ``c`` at the desk of ``service``, for looking at.

    Uniforms of onward, form, authorised, assisted; minutes of form, authorisation and remote, assistance and alone;
    the amount of cash; the minutes of work; the uniform of somebody being ready and the minutes until somebody is.
    """
    out = np.empty(13)
    me, others = st[O_CUSTOMER] + c * C_WIDTH, 2 * st[N_SERVICES]
    kept = st[me + C_LEG]
    st[me + C_LEG] = leg
    for i in range(4):
        purpose = (PURPOSE_U_ONWARD, PURPOSE_U_FORM, PURPOSE_U_AUTHORISED, PURPOSE_U_ASSISTED)[i]
        out[i] = leg_chance(st, c, purpose)
    out[4] = leg_minutes(st, tm, c, law_of_form(st, service), PURPOSE_FORM)
    out[5] = leg_minutes(st, tm, c, others + LAWS_AUTHORISED, PURPOSE_AUTHORISED)
    out[6] = leg_minutes(st, tm, c, others + LAWS_REMOTE, PURPOSE_AUTHORISED)
    out[7] = leg_minutes(st, tm, c, others + LAWS_ASSISTED, PURPOSE_ASSISTED)
    out[8] = leg_minutes(st, tm, c, others + LAWS_ALONE, PURPOSE_ASSISTED)
    out[9] = leg_minutes(st, tm, c, law_of_cash(st, service), PURPOSE_CASH)
    out[10] = leg_minutes(st, tm, c, service, PURPOSE_WORK) * factor(st, tm, c, FACTOR_WORK)
    out[11] = leg_chance(st, c, PURPOSE_U_READY)
    out[12] = leg_minutes(st, tm, c, law_of_back(st), PURPOSE_BACK)
    st[me + C_LEG] = kept
    return out
