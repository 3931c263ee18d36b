"""A live start: what is still unknown about people already inside, drawn given what has passed."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.arrivals import (
    MAX_INTERVALS,
    leave_undrawn,
    stream_of,
)
from counterpoint.science.twin.kernel.compiled import (
    inner,
    pointer,
)
from counterpoint.science.twin.kernel.draws import (
    PURPOSE_PATIENCE,
    PURPOSE_SELF,
    PURPOSE_TRIAGE,
    PURPOSE_WORK,
    customer_key,
    duration_beyond,
    uniform,
)
from counterpoint.science.twin.kernel.flow import (
    set_triage_slot,
)
from counterpoint.science.twin.kernel.layout import (
    AT_COUNTER,
    C_COUNTER,
    C_DEVICE,
    C_KEY,
    C_PERSON,
    C_QUEUE,
    C_SERVICE,
    C_STATUS,
    C_TIER,
    C_WIDTH,
    D_PATIENCE,
    D_SELF,
    D_TRIAGE,
    D_WORK,
    F_CUSTOMER,
    F_PERSON,
    F_SLOT,
    FUTURE,
    HEAP_SIZE,
    LAW_MEAN,
    LAW_SHAPE,
    LAW_SIGMA,
    N_COUNTERS,
    N_CUSTOMERS,
    NOW,
    O_CUSTOMER,
    ON_DEVICE,
    PF_SPEED,
    PF_START,
    PF_TRIAGE_END,
    PF_WIDTH,
    SERVED,
    T_DEADLINE,
    T_SINCE,
    T_START,
    T_WAITED,
    T_WIDTH,
    FloatArray,
    IntArray,
)
from counterpoint.science.twin.kernel.queues import (
    push_deadline,
    set_patience_slot,
)


@inner
def redraw_inside(
    st: IntArray, tm: FloatArray, dr: FloatArray, law: FloatArray, tiers: FloatArray, services: int, seed: int
) -> None:
    """Draw anew all that nobody can know now about the people inside, given what has already passed.

    A service under way for e minutes gets a total beyond e; a person who has waited w minutes has a patience beyond w.
    Deadlines and the ends of services, devices and triage follow.
    """
    now = tm[NOW]
    st[HEAP_SIZE] = 0
    set_patience_slot(pointer(st), pointer(tm))
    for c in range(st[N_CUSTOMERS]):
        me = st[O_CUSTOMER] + c * C_WIDTH
        status = st[me + C_STATUS]
        if status == FUTURE or status >= SERVED:
            continue
        row = st[F_CUSTOMER] + c * T_WIDTH
        service, tier = st[me + C_SERVICE], st[me + C_TIER]
        key = customer_key(seed, stream_of(service, MAX_INTERVALS - 1), c)
        steadfast = dr[c, D_PATIENCE] == np.inf
        st[me + C_KEY] = np.int64(key)
        leave_undrawn(dr, c)
        if steadfast:
            dr[c, D_PATIENCE] = np.inf
        if st[me + C_QUEUE] >= 0:
            _redraw_patience(st, tm, dr, c, key, law[2 * services + 1], tiers[tier, 1])
        elif status == AT_COUNTER:
            k = st[me + C_COUNTER]
            speed = tm[st[F_PERSON] + st[me + C_PERSON] * PF_WIDTH + PF_SPEED]
            spent = now - tm[row + T_START]
            dr[c, D_WORK] = _beyond(law[service], spent * speed, uniform(key, PURPOSE_WORK))
            tm[st[F_SLOT] + k] = max(now, tm[row + T_START] + dr[c, D_WORK] / speed)
        elif status == ON_DEVICE:
            spent = now - tm[row + T_START]
            dr[c, D_SELF] = _beyond(law[services + service], spent, uniform(key, PURPOSE_SELF))
            tm[st[F_SLOT] + st[N_COUNTERS] + st[me + C_DEVICE]] = max(now, tm[row + T_START] + dr[c, D_SELF])
        else:
            p = st[F_PERSON] + st[me + C_PERSON] * PF_WIDTH
            dr[c, D_TRIAGE] = _beyond(law[2 * services], now - tm[p + PF_START], uniform(key, PURPOSE_TRIAGE))
            tm[p + PF_TRIAGE_END] = max(now, tm[p + PF_START] + dr[c, D_TRIAGE])
    set_triage_slot(pointer(st), pointer(tm))


@inner
def _beyond(law: FloatArray, elapsed: float, u: float) -> float:
    return duration_beyond(int(law[LAW_SHAPE]), law[LAW_MEAN], law[LAW_SIGMA], elapsed, u)


@inner
def _redraw_patience(
    st: IntArray, tm: FloatArray, dr: FloatArray, c: int, key: int, law: FloatArray, factor: float
) -> None:
    """A patience beyond what the queueing customer has already waited, and its new deadline."""
    if dr[c, D_PATIENCE] == np.inf:
        tm[st[F_CUSTOMER] + c * T_WIDTH + T_DEADLINE] = np.inf
        return
    row = st[F_CUSTOMER] + c * T_WIDTH
    waited = tm[row + T_WAITED] + tm[NOW] - tm[row + T_SINCE]
    dr[c, D_PATIENCE] = factor * _beyond(law, waited / factor, uniform(key, PURPOSE_PATIENCE))
    deadline = tm[NOW] + max(0.0, dr[c, D_PATIENCE] - waited)
    tm[row + T_DEADLINE] = deadline
    push_deadline(pointer(st), pointer(tm), deadline, c)
