"""Many branch days in one compiled call, and what is kept of each."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.ahead import draw_ahead
from counterpoint.science.twin.kernel.arrivals import draw_day, draw_extras, load_rows, replication_seed
from counterpoint.science.twin.kernel.compiled import bits_at, copy, inner, pointer
from counterpoint.science.twin.kernel.devices import draw_failures
from counterpoint.science.twin.kernel.inside import redraw_inside
from counterpoint.science.twin.kernel.kpis import fold_state
from counterpoint.science.twin.kernel.layout import (
    C_ASKED,
    C_COUNTER,
    C_DEVICE,
    C_PERSON,
    C_STATUS,
    C_TIER,
    C_WIDTH,
    D_ARRIVAL,
    D_WIDTH,
    F_COUNTER,
    F_CUSTOMER,
    F_PERSON,
    K_CUSTOMER,
    K_WIDTH,
    KF_BUSY,
    KF_READY,
    KF_READY_SINCE,
    KF_START,
    KF_WIDTH,
    N_COUNTERS,
    N_ORDER,
    N_PEOPLE,
    NEXT_ARRIVAL,
    NOW,
    O_COUNTER,
    O_CUSTOMER,
    O_ORDER,
    O_PERSON,
    ON,
    OUT_FLOATS,
    OUT_INTS,
    P_CUSTOMER,
    P_STATUS,
    P_WIDTH,
    PF_BUSY,
    PF_DUTY,
    PF_ON_SINCE,
    PF_START,
    PF_WIDTH,
    T_END,
    T_START,
    T_TICKET,
    T_WAITED,
    T_WIDTH,
    WHO_WIDTH,
    FloatArray,
    IntArray,
)
from counterpoint.science.twin.kernel.loop import run


@inner
def run_batch(
    st0: IntArray, tm0: FloatArray, dr0: FloatArray, who0: IntArray, present: int, capacity: int, rates: FloatArray,
    start: float, width: float, law: FloatArray, tiers: FloatArray, extras: FloatArray, cm: FloatArray, seed: int,
    first: int, until: float, redraw: bool, offsets: IntArray, out_f: FloatArray, out_i: IntArray,
    by_counter: FloatArray, by_person: FloatArray, days: FloatArray, promises: FloatArray, quantiles: FloatArray,
) -> None:  # fmt: skip
    """Run replications ``first`` to ``first + len(offsets) - 2`` from one prepared state.

    ``rates`` is paths x services x intervals; replication r takes path r modulo the number of paths. Each replication
    copies ``st0``/``tm0`` (with ``present`` rows in use), redraws the unknown of those inside when ``redraw``, draws
    the customers still to come, runs, and writes its rows to ``out_f``/``out_i`` from ``offsets``, and its KPIs to
    ``days``; either may have no rows, and is then left out.
    """
    ev = np.empty((0, 5))
    dr = np.empty((capacity, dr0.shape[1]))
    who = np.empty((capacity, 4), dtype=np.int64)
    keys = np.zeros(capacity, dtype=np.int64)
    room = np.empty((3, capacity + 2))
    st, tm = st0.copy(), tm0.copy()
    ints, floats = st0[O_CUSTOMER] + present * C_WIDTH, st0[F_CUSTOMER] + present * T_WIDTH
    for r in range(offsets.size - 1):
        number = first + r
        own = replication_seed(seed, number)
        copy(pointer(st0), pointer(st), ints)  # rows of customers are written anew
        copy(pointer(tm0), pointer(tm), floats)
        copy(pointer(dr0), pointer(dr), present * D_WIDTH)
        copy(pointer(who0), pointer(who), present * WHO_WIDTH)
        if redraw:
            redraw_inside(st, tm, dr, law, tiers, rates.shape[1], own)
        draw_failures(pointer(st), pointer(tm), own)
        order = st[st[O_ORDER] : st[O_ORDER] + capacity]
        path = rates[number % rates.shape[0]]
        n = draw_day(dr, who, keys, order, present, path, start, width, tm[NOW], tiers, own, room)
        n = draw_extras(dr, who, keys, order, present, n, extras, tiers, own)
        draw_ahead(
            pointer(st), pointer(tm), pointer(dr), pointer(who), pointer(keys), present, n, pointer(room[0]),
            pointer(room[1]), bits_at(pointer(room[2])),
        )  # fmt: skip
        load_rows(st, tm, who, keys, present, n)
        st[N_ORDER] = n - present
        st[NEXT_ARRIVAL] = 0
        run(st, tm, dr, ev, cm, until)
        if out_i.shape[0] > 0:
            collect(st, tm, dr, number, offsets[r], n, out_f, out_i)
            out_i[offsets[r] + n : offsets[r + 1], 0] = -1  # rows that nobody needed
        if days.shape[0] > 0:
            fold_state(st, tm, n, promises, quantiles, room[0], days, r)
        collect_work(st, tm, by_counter[r], by_person[r])


@inner
def collect(
    st: IntArray, tm: FloatArray, dr: FloatArray, number: int, at: int, n: int, out_f: FloatArray, out_i: IntArray
) -> None:
    """Write the outcome of customers 0..n: arrival, waited, ticket, start, end / replication, service, tier, ..."""
    ints, floats, draws, times, codes = pointer(st), pointer(tm), pointer(dr), pointer(out_f), pointer(out_i)
    me, row = st[O_CUSTOMER], st[F_CUSTOMER]
    f, i = at * OUT_FLOATS, at * OUT_INTS
    for c in range(n):
        times[f] = draws[c * D_WIDTH + D_ARRIVAL]
        times[f + 1] = floats[row + T_WAITED]
        times[f + 2] = floats[row + T_TICKET]
        times[f + 3] = floats[row + T_START]
        times[f + 4] = floats[row + T_END]
        codes[i] = number
        codes[i + 1] = c
        codes[i + 2] = ints[me + C_ASKED]
        codes[i + 3] = ints[me + C_TIER]
        codes[i + 4] = ints[me + C_STATUS]
        codes[i + 5] = ints[me + C_COUNTER]
        codes[i + 6] = ints[me + C_PERSON]
        codes[i + 7] = ints[me + C_DEVICE]
        me += C_WIDTH
        row += T_WIDTH
        f += OUT_FLOATS
        i += OUT_INTS


@inner
def collect_work(st: IntArray, tm: FloatArray, by_counter: FloatArray, by_person: FloatArray) -> None:
    """Busy and ready minutes up to now, of counters and of people; work under way counts as far as it got."""
    now = tm[NOW]
    for k in range(st[N_COUNTERS]):
        row = st[F_COUNTER] + k * KF_WIDTH
        by_counter[k, 0] = tm[row + KF_BUSY]
        by_counter[k, 1] = tm[row + KF_READY]
        if st[st[O_COUNTER] + k * K_WIDTH + K_CUSTOMER] >= 0:
            by_counter[k, 0] += now - tm[row + KF_START]
        if tm[row + KF_READY_SINCE] < np.inf:
            by_counter[k, 1] += now - tm[row + KF_READY_SINCE]
    for p in range(st[N_PEOPLE]):
        row = st[F_PERSON] + p * PF_WIDTH
        by_person[p, 0] = tm[row + PF_BUSY]
        by_person[p, 1] = tm[row + PF_DUTY]
        if st[st[O_PERSON] + p * P_WIDTH + P_CUSTOMER] >= 0:
            by_person[p, 0] += now - tm[row + PF_START]
        if st[st[O_PERSON] + p * P_WIDTH + P_STATUS] == ON:
            by_person[p, 1] += now - tm[row + PF_ON_SINCE]
