"""Drawing the customers of a day: arrivals by interval, surges, and their rows in the state."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.ahead import keys_and_minutes, uniforms
from counterpoint.science.twin.kernel.chance import drawn
from counterpoint.science.twin.kernel.compiled import bits_at, hot, inner, pointer
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
    WHO_WIDTH,
    FloatArray,
    Floats,
    IntArray,
    Ints,
)

MAX_INTERVALS = np.int64(1) << 20


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
def sort_all(order: IntArray, dr: FloatArray, n: int) -> None:
    """Put the ``n`` rows listed in ``order`` in arrival order; equal minutes keep their order."""
    rows = order[:n].copy()
    times = np.empty(n)
    for i in range(n):
        times[i] = dr[rows[i], D_ARRIVAL]
    by_time = np.argsort(times, kind="mergesort")
    for i in range(n):
        order[i] = rows[by_time[i]]


@inner
def sort_block(order: Ints, minutes: Floats, first: int, n: int, at: int, room: Ints) -> None:
    """List the rows ``first`` to ``n`` in arrival order, in ``order`` from ``at``; equal minutes by number.

    The minutes of a block lie anywhere in one interval: they are laid into as many buckets of equal width, after which
    each is at most a few places from its own. ``room`` takes a number a bucket, and two more.
    """
    count = n - first
    low = high = minutes[first] if count > 0 else 0.0
    for row in range(first, n):
        low, high = min(low, minutes[row]), max(high, minutes[row])
    scale = count / (high - low) if high > low else 0.0
    for bucket in range(count + 2):
        room[bucket] = 0
    for row in range(first, n):
        room[int((minutes[row] - low) * scale) + 1] += 1
    for bucket in range(count + 1):
        room[bucket + 1] += room[bucket]
    for row in range(first, n):
        bucket = int((minutes[row] - low) * scale)
        order[at + room[bucket]] = row
        room[bucket] += 1
    for i in range(at + 1, at + count):
        c = order[i]
        j = i - 1
        while j >= at and minutes[order[j]] > minutes[c]:
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = c


@inner
def draw_day(
    dr: FloatArray, who: IntArray, keys: IntArray, order: IntArray, first: int, rates: FloatArray, start: float,
    width: float, after: float, tiers: FloatArray, seed: int, room: FloatArray,
) -> int:  # fmt: skip
    """Fill rows from ``first`` with the customers of ``rates`` (services x intervals); returns the end row.

    ``who`` takes service, tier, stream and ordinal; ``keys`` what their other draws are made from; ``order`` (from 0)
    the rows in arrival order. Customers who would come before minute ``after`` are left out. ``room`` is two rows or
    more of as many columns as there are customers, and two; it is worked in.
    """
    n = first
    people, own, minutes, listed = pointer(who), pointer(keys), pointer(room[0]), pointer(order)
    for k in range(rates.shape[1]):
        begin = start + width * k
        if start + width * (k + 1) <= after:
            continue
        block = n
        for s in range(rates.shape[0]):
            stream = stream_of(s, k)
            n = _list_stream(people, own, n, poisson(rates[s, k], seed, stream), s, stream, seed)
        keys_and_minutes(own, minutes, block, n, start, width, k)
        if begin < after:
            n = _leave_out(people, own, minutes, block, n, after)
        _enter_block(pointer(dr), people, own, minutes, block, n, tiers, pointer(room[1]))
        sort_block(listed, minutes, block, n, block - first, bits_at(pointer(room[1])))
    return n


@hot
def _list_stream(who: Ints, keys: Ints, first: int, count: int, service: int, stream: int, seed: int) -> int:
    """Who the people of one stream are, in the rows from ``first``, and what their keys are mixed from; the end row."""
    begin = stream_key(seed, stream)
    at = first * WHO_WIDTH
    for i in range(count):
        keys[first + i] = np.int64(begin ^ np.uint64(i))
        who[at], who[at + 1], who[at + 2], who[at + 3] = service, 0, stream, i
        at += WHO_WIDTH
    return first + count


@inner
def _leave_out(who: Ints, keys: Ints, minutes: Floats, first: int, n: int, after: float) -> int:
    """Close the rows ``first`` to ``n`` up over those who would come before minute ``after``; the end row."""
    end = first
    for row in range(first, n):
        if minutes[row] < after:
            continue
        minutes[end], keys[end] = minutes[row], keys[row]
        for column in range(WHO_WIDTH):
            who[end * WHO_WIDTH + column] = who[row * WHO_WIDTH + column]
        end += 1
    return end


@inner
def _enter_block(
    dr: Floats, who: Ints, keys: Ints, minutes: Floats, first: int, n: int, tiers: FloatArray, u: Floats
) -> None:
    """Tier and arrival of the rows ``first`` to ``n``; all other draws are made later."""
    if tiers.shape[0] > 1:
        shares = tiers[:, 0]
        uniforms(keys, first, n - first, PURPOSE_TIER, u)
        for row in range(first, n):
            who[row * WHO_WIDTH + 1] = pick_tier(shares, u[row - first])
    for row in range(first, n):
        _arrives(dr, row, minutes[row])


@hot
def _arrives(dr: Floats, row: int, minute: float) -> None:
    """One customer comes at this minute; all other draws are made when first needed."""
    at = row * D_WIDTH
    dr[at + D_ARRIVAL] = minute
    for column in range(D_ARRIVAL + 1, D_WIDTH):
        dr[at + column] = np.nan


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
            tier = int(extras[e, 5])
            if tier < 0:
                tier = pick_tier(tiers[:, 0], uniform(key, PURPOSE_TIER)) if tiers.shape[0] > 1 else 0
            keys[n] = np.int64(key)
            who[n, 0], who[n, 1], who[n, 2], who[n, 3] = service, tier, stream, i
            _arrives(pointer(dr), n, extras[e, 1] + extras[e, 2] * uniform(key, PURPOSE_ARRIVAL))
            order[n - first] = n
            n += 1
    if extras.shape[0] > 0:
        sort_all(order, dr, n - first)
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
