"""Drawing the customers of a day: arrivals by interval, surges, and their rows in the state."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import inner
from counterpoint.science.twin.kernel.draws import (
    PURPOSE_ARRIVAL,
    PURPOSE_PATIENCE,
    PURPOSE_SELF,
    PURPOSE_TIER,
    PURPOSE_TRIAGE,
    PURPOSE_U_BALK,
    PURPOSE_U_DIVERT,
    PURPOSE_U_FALLBACK,
    PURPOSE_U_TRIAGE,
    PURPOSE_WORK,
    customer_key,
    duration,
    mix,
    pick_tier,
    poisson,
    uniform,
)
from counterpoint.science.twin.kernel.layout import (
    C_NEXT,
    C_PRIORITY,
    C_SERVICE,
    C_STATUS,
    C_TIER,
    C_WIDTH,
    D_ARRIVAL,
    D_PATIENCE,
    D_SELF,
    D_TRIAGE,
    D_U_BALK,
    D_U_DIVERT,
    D_U_FALLBACK,
    D_U_TRIAGE,
    D_WORK,
    F_CUSTOMER,
    FUTURE,
    N_CUSTOMERS,
    O_CUSTOMER,
    O_TIER,
    T_DEADLINE,
    T_WIDTH,
    TIER_PRIORITY,
    TIER_WIDTH,
    FloatArray,
    IntArray,
)

MAX_INTERVALS = np.int64(1) << 20
# columns of a duration table: shape, mean, sigma
SHAPE, MEAN, SIGMA = range(3)


@inner
def stream_of(service: int, interval: int) -> np.int64:
    """Number of the stream of one service in one interval (or list, or surge)."""
    return service * MAX_INTERVALS + interval


@inner
def replication_seed(seed: int, replication: int) -> np.int64:
    """Seed of one replication of a batch."""
    return np.int64(mix(mix(np.uint64(seed)) + np.uint64(replication)) >> np.uint64(1))


@inner
def draw_person(
    dr: FloatArray, row: int, key: int, service: int, tier: int, law: FloatArray, tiers: FloatArray,
    n_services: int,
) -> int:  # fmt: skip
    """Fill one customer's draws (all but arrival) and return the tier, drawn when ``tier`` is negative.

    ``law`` holds a duration a row: counter time a service, then device time a service, triage, patience.
    ``tiers`` holds share and patience factor a row.
    """
    if tier < 0:
        tier = pick_tier(tiers[:, 0], uniform(key, PURPOSE_TIER))
    work, device = law[service], law[n_services + service]
    triage, patience = law[2 * n_services], law[2 * n_services + 1]
    dr[row, D_WORK] = duration(int(work[SHAPE]), work[MEAN], work[SIGMA], uniform(key, PURPOSE_WORK))
    dr[row, D_SELF] = 0.0
    if device[MEAN] > 0.0:
        dr[row, D_SELF] = duration(int(device[SHAPE]), device[MEAN], device[SIGMA], uniform(key, PURPOSE_SELF))
    dr[row, D_TRIAGE] = 0.0
    if triage[MEAN] > 0.0:
        dr[row, D_TRIAGE] = duration(int(triage[SHAPE]), triage[MEAN], triage[SIGMA], uniform(key, PURPOSE_TRIAGE))
    dr[row, D_PATIENCE] = np.inf
    if patience[MEAN] < np.inf:
        minutes = duration(int(patience[SHAPE]), patience[MEAN], patience[SIGMA], uniform(key, PURPOSE_PATIENCE))
        dr[row, D_PATIENCE] = minutes * tiers[tier, 1]
    dr[row, D_U_TRIAGE] = uniform(key, PURPOSE_U_TRIAGE)
    dr[row, D_U_DIVERT] = uniform(key, PURPOSE_U_DIVERT)
    dr[row, D_U_FALLBACK] = uniform(key, PURPOSE_U_FALLBACK)
    dr[row, D_U_BALK] = uniform(key, PURPOSE_U_BALK)
    return tier


@inner
def count_arrivals(rates: FloatArray, seeds: IntArray, first: int) -> IntArray:
    """How many customers each seed draws from its path of ``rates`` (paths x services x intervals)."""
    counts = np.zeros(seeds.size, dtype=np.int64)
    for r in range(seeds.size):
        path = rates[(first + r) % rates.shape[0]]
        for k in range(path.shape[1]):
            for s in range(path.shape[0]):
                counts[r] += poisson(path[s, k], seeds[r], stream_of(s, k))
    return counts


@inner
def replication_seeds(seed: int, first: int, n: int) -> IntArray:
    """Seeds of replications ``first`` to ``first + n - 1``."""
    seeds = np.empty(n, dtype=np.int64)
    for r in range(n):
        seeds[r] = replication_seed(seed, first + r)
    return seeds


@inner
def _sift_in(order: IntArray, dr: FloatArray, first: int, n: int) -> None:
    """Insertion sort of order[first:n] by arrival, then number."""
    for i in range(first + 1, n):
        c = order[i]
        j = i - 1
        while j >= first and (
            dr[order[j], D_ARRIVAL] > dr[c, D_ARRIVAL] or (dr[order[j], D_ARRIVAL] == dr[c, D_ARRIVAL] and order[j] > c)
        ):
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = c


@inner
def sort_arrivals(order: IntArray, dr: FloatArray, first: int, n: int) -> None:
    """Put the rows listed in order[first:n] in arrival order; equal minutes keep their numbers' order."""
    if n - first > 64:
        rows = order[first:n].copy()
        by_time = np.argsort(dr[rows, D_ARRIVAL], kind="mergesort")
        for i in range(by_time.size):
            order[first + i] = rows[by_time[i]]
    else:
        _sift_in(order, dr, first, n)


@inner
def draw_day(
    dr: FloatArray, who: IntArray, order: IntArray, first: int, rates: FloatArray, start: float, width: float,
    after: float, law: FloatArray, tiers: FloatArray, seed: int,
) -> int:  # fmt: skip
    """Fill rows from ``first`` with the customers of ``rates`` (services x intervals); returns the end row.

    ``who`` takes service, tier, stream and ordinal; ``order`` (from 0) the rows in arrival order. Customers who would
    come before minute ``after`` are left out.
    """
    n = first
    services = rates.shape[0]
    for k in range(rates.shape[1]):
        block = n
        for s in range(services):
            stream = stream_of(s, k)
            for i in range(poisson(rates[s, k], seed, stream)):
                key = customer_key(seed, stream, i)
                minute = start + width * (k + uniform(key, PURPOSE_ARRIVAL))
                if minute < after:
                    continue
                dr[n, D_ARRIVAL] = minute
                who[n, 0], who[n, 2], who[n, 3] = s, stream, i
                who[n, 1] = draw_person(dr, n, key, s, -1, law, tiers, services)
                order[n - first] = n
                n += 1
        sort_arrivals(order, dr, block - first, n - first)
    return n


@inner
def draw_extras(
    dr: FloatArray, who: IntArray, order: IntArray, first: int, n: int, extras: FloatArray, law: FloatArray,
    tiers: FloatArray, services: int, seed: int,
) -> int:  # fmt: skip
    """Append surges; a row of ``extras`` is service, start, minutes, count, surge number, tier (or -1)."""
    for e in range(extras.shape[0]):
        service = int(extras[e, 0])
        stream = stream_of(service, (MAX_INTERVALS >> 1) + int(extras[e, 4]))
        for i in range(int(extras[e, 3])):
            key = customer_key(seed, stream, i)
            dr[n, D_ARRIVAL] = extras[e, 1] + extras[e, 2] * uniform(key, PURPOSE_ARRIVAL)
            who[n, 0], who[n, 2], who[n, 3] = service, stream, i
            who[n, 1] = draw_person(dr, n, key, service, int(extras[e, 5]), law, tiers, services)
            order[n - first] = n
            n += 1
    if extras.shape[0] > 0:
        sort_arrivals(order, dr, 0, n - first)
    return n


@inner
def load_rows(st: IntArray, tm: FloatArray, who: IntArray, first: int, n: int) -> None:
    """Write fresh customer rows ``first`` to ``n`` from who they are."""
    for c in range(first, n):
        me = st[O_CUSTOMER] + c * C_WIDTH
        for j in range(C_NEXT, C_WIDTH):
            st[me + j] = -1
        st[me + C_STATUS] = FUTURE
        st[me + C_SERVICE] = who[c, 0]
        st[me + C_TIER] = who[c, 1]
        st[me + C_PRIORITY] = st[st[O_TIER] + who[c, 1] * TIER_WIDTH + TIER_PRIORITY]
        row = st[F_CUSTOMER] + c * T_WIDTH
        for j in range(T_WIDTH):
            tm[row + j] = np.nan
        tm[row] = 0.0
        tm[row + T_DEADLINE] = np.inf
    st[N_CUSTOMERS] = n
