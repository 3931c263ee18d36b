"""Drawing the customers of a day: arrivals by interval, surges, and their rows in the state."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.chance import drawn
from counterpoint.science.twin.kernel.compiled import inner, pointer
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
    key_in_stream,
    mix,
    pick_tier,
    poisson,
    stream_key,
    uniform,
)
from counterpoint.science.twin.kernel.layout import (
    C_ASKED,
    C_KEY,
    C_LEG,
    C_NEXT,
    C_PHASE,
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
    D_WIDTH,
    D_WORK,
    F_CUSTOMER,
    FUTURE,
    LAW_WIDTH,
    LAWS_OTHER,
    LAWS_PATIENCE,
    LAWS_TRIAGE,
    N_CUSTOMERS,
    O_CUSTOMER,
    O_SERVICE,
    O_TIER,
    S_PRIORITY,
    S_WIDTH,
    T_DONE,
    T_LEAD,
    T_WAITED,
    T_WIDTH,
    TIER_PRIORITY,
    TIER_WIDTH,
    FloatArray,
    IntArray,
)

MAX_INTERVALS = np.int64(1) << 20
MOST_SIFTED = 64
WHO_WIDTH = 4  # service, tier, stream, ordinal


@inner
def stream_of(service: int, interval: int) -> np.int64:
    """Number of the stream of one service in one interval (or list, or surge)."""
    return service * MAX_INTERVALS + interval


@inner
def replication_seed(seed: int, replication: int) -> np.int64:
    """Seed of one replication of a batch."""
    return np.int64(mix(mix(np.uint64(seed)) + np.uint64(replication)) >> np.uint64(1))


@inner
def leave_undrawn(dr: FloatArray, row: int) -> None:
    """All draws of one customer but the arrival are made when first needed."""
    for column in range(D_ARRIVAL + 1, D_WIDTH):
        dr[row, column] = np.nan


@inner
def draw_person(
    dr: FloatArray, row: int, key: int, service: int, tier: int, law: FloatArray, tiers: FloatArray,
    n_services: int,
) -> None:  # fmt: skip
    """Fill one customer's draws (all but arrival) from its key.

    ``law`` holds a duration a row, numbered as in ``layout``; ``tiers`` share, patience and work factor a row.
    """
    laws = pointer(law)
    dr[row, D_WORK] = drawn(laws, service * LAW_WIDTH, key, PURPOSE_WORK) * tiers[tier, 2]
    dr[row, D_SELF] = drawn(laws, (n_services + service) * LAW_WIDTH, key, PURPOSE_SELF)
    dr[row, D_TRIAGE] = drawn(laws, (2 * n_services + LAWS_TRIAGE) * LAW_WIDTH, key, PURPOSE_TRIAGE)
    patience = drawn(laws, (2 * n_services + LAWS_PATIENCE) * LAW_WIDTH, key, PURPOSE_PATIENCE)
    dr[row, D_PATIENCE] = patience * tiers[tier, 1]
    dr[row, D_U_TRIAGE] = uniform(key, PURPOSE_U_TRIAGE)
    dr[row, D_U_DIVERT] = uniform(key, PURPOSE_U_DIVERT)
    dr[row, D_U_FALLBACK] = uniform(key, PURPOSE_U_FALLBACK)
    dr[row, D_U_BALK] = uniform(key, PURPOSE_U_BALK)


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
def sort_arrivals(order: IntArray, dr: FloatArray, first: int, n: int) -> None:
    """Put the rows listed in order[first:n] in arrival order; equal minutes keep their numbers' order."""
    rows = order[first:n].copy()
    times = np.empty(rows.size)
    for i in range(rows.size):
        times[i] = dr[rows[i], D_ARRIVAL]
    if rows.size > MOST_SIFTED:
        by_time = np.argsort(times, kind="mergesort")
        for i in range(by_time.size):
            order[first + i] = rows[by_time[i]]
        return
    place = bucket_places(times)
    spread = np.empty(rows.size)
    for i in range(rows.size):
        spread[place[i]] = times[i]
        order[first + place[i]] = rows[i]
    for i in range(rows.size):  # what shares a bucket, or equal minutes, is now at most a few places away
        time, c = spread[i], order[first + i]
        j = i - 1
        while j >= 0 and spread[j] > time:
            spread[j + 1] = spread[j]
            order[first + j + 1] = order[first + j]
            j -= 1
        spread[j + 1] = time
        order[first + j + 1] = c


@inner
def bucket_places(times: FloatArray) -> IntArray:
    """Where each of a few minutes goes when they are laid into as many buckets of equal width, in order."""
    n = times.size
    low = high = times[0] if n else 0.0
    for time in times:
        low, high = min(low, time), max(high, time)
    scale = n / (high - low) if high > low else 0.0
    ends = np.zeros(n + 2, dtype=np.int64)
    place = np.empty(n, dtype=np.int64)
    for i in range(n):
        place[i] = int((times[i] - low) * scale)
        ends[place[i] + 1] += 1
    for bucket in range(n + 1):
        ends[bucket + 1] += ends[bucket]
    for i in range(n):
        bucket = place[i]
        place[i] = ends[bucket]
        ends[bucket] += 1
    return place


@inner
def draw_day(
    dr: FloatArray, who: IntArray, keys: IntArray, order: IntArray, first: int, rates: FloatArray, start: float,
    width: float, after: float, tiers: FloatArray, seed: int,
) -> int:  # fmt: skip
    """Fill rows from ``first`` with the customers of ``rates`` (services x intervals); returns the end row.

    ``who`` takes service, tier, stream and ordinal; ``keys`` what their other draws are made from when needed;
    ``order`` (from 0) the rows in arrival order. Customers who would come before minute ``after`` are left out.
    """
    n = first
    services = rates.shape[0]
    for k in range(rates.shape[1]):
        if start + width * (k + 1) <= after:
            continue
        block = n
        for s in range(services):
            stream = stream_of(s, k)
            begin = stream_key(seed, stream)
            for i in range(poisson(rates[s, k], seed, stream)):
                key = key_in_stream(begin, i)
                minute = start + width * (k + uniform(key, PURPOSE_ARRIVAL))
                if minute < after:
                    continue
                _enter(dr, who, keys, n, minute, key, s, stream, i, -1, tiers)
                order[n - first] = n
                n += 1
        sort_arrivals(order, dr, block - first, n - first)
    return n


@inner
def _enter(
    dr: FloatArray, who: IntArray, keys: IntArray, row: int, minute: float, key: int, service: int, stream: int,
    ordinal: int, tier: int, tiers: FloatArray,
) -> None:  # fmt: skip
    """One customer to come, of a tier drawn when ``tier`` is negative."""
    dr[row, D_ARRIVAL] = minute
    leave_undrawn(dr, row)
    if tier < 0:
        tier = pick_tier(tiers[:, 0], uniform(key, PURPOSE_TIER)) if tiers.shape[0] > 1 else 0
    who[row, 0], who[row, 1], who[row, 2], who[row, 3] = service, tier, stream, ordinal
    keys[row] = np.int64(key)


@inner
def draw_extras(
    dr: FloatArray, who: IntArray, keys: IntArray, order: IntArray, first: int, n: int, extras: FloatArray,
    tiers: FloatArray, seed: int,
) -> int:  # fmt: skip
    """Append surges; a row of ``extras`` is service, start, minutes, count, surge number, tier (or -1)."""
    for e in range(extras.shape[0]):
        service = int(extras[e, 0])
        stream = stream_of(service, (MAX_INTERVALS >> 1) + int(extras[e, 4]))
        for i in range(int(extras[e, 3])):
            key = customer_key(seed, stream, i)
            minute = extras[e, 1] + extras[e, 2] * uniform(key, PURPOSE_ARRIVAL)
            _enter(dr, who, keys, n, minute, key, service, stream, i, int(extras[e, 5]), tiers)
            order[n - first] = n
            n += 1
    if extras.shape[0] > 0:
        sort_arrivals(order, dr, 0, n - first)
    return n


@inner
def draw_all(
    dr: FloatArray, who: IntArray, keys: IntArray, first: int, n: int, law: FloatArray, tiers: FloatArray
) -> None:
    """Make every draw of rows ``first`` to ``n`` now."""
    services = (law.shape[0] - LAWS_OTHER) // 4
    for c in range(first, n):
        draw_person(dr, c, np.uint64(keys[c]), who[c, 0], who[c, 1], law, tiers, services)


@inner
def keys_of(who: IntArray, seed: int, first: int, n: int) -> IntArray:
    """What the draws of rows ``first`` to ``n`` are made from, by stream and ordinal; indexed like ``who``."""
    keys = np.zeros(who.shape[0], dtype=np.int64)
    for c in range(first, n):
        keys[c] = np.int64(customer_key(seed, who[c, 2], who[c, 3]))
    return keys


@inner
def load_rows(st: IntArray, tm: FloatArray, who: IntArray, keys: IntArray, first: int, n: int) -> None:
    """Write fresh customer rows ``first`` to ``n`` from who they are."""
    ints, floats, identity = pointer(st), pointer(tm), pointer(who)
    tiers, services = st[O_TIER] + TIER_PRIORITY, st[O_SERVICE] + S_PRIORITY
    me, row = st[O_CUSTOMER] + first * C_WIDTH, st[F_CUSTOMER] + first * T_WIDTH
    for c in range(first, n):
        service, tier = identity[c * WHO_WIDTH], identity[c * WHO_WIDTH + 1]
        ints[me + C_STATUS] = FUTURE
        ints[me + C_SERVICE] = ints[me + C_ASKED] = service
        ints[me + C_TIER] = tier
        ints[me + C_PRIORITY] = ints[tiers + tier * TIER_WIDTH] + ints[services + service * S_WIDTH]
        ints[me + C_KEY] = keys[c]
        for j in range(C_NEXT, C_ASKED):
            ints[me + j] = -1
        ints[me + C_PHASE] = ints[me + C_LEG] = 0
        for j in range(T_WIDTH):
            floats[row + j] = np.nan
        floats[row + T_WAITED] = floats[row + T_DONE] = floats[row + T_LEAD] = 0.0
        me += C_WIDTH
        row += T_WIDTH
    st[N_CUSTOMERS] = n
