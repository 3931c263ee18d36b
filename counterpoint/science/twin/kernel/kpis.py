"""One pass over the outcome rows of a batch: counts, waits and their quantiles of each replication."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import hot, inner, pointer
from counterpoint.science.twin.kernel.layout import (
    AT_COUNTER,
    C_STATUS,
    C_TIER,
    C_WIDTH,
    F_CUSTOMER,
    FUTURE,
    NO_CASH,
    O_CUSTOMER,
    OUT_FLOATS,
    OUT_INTS,
    OUT_STATUS,
    OUT_TIER,
    OUT_WAITED,
    SERVED,
    T_WAITED,
    T_WIDTH,
    FloatArray,
    Floats,
    IntArray,
    Ints,
)

# columns of the answer: arrivals, one a final status, inside, called, kept, sum of waits, then the quantiles
K_ARRIVALS = 0
K_FINAL = 1
K_INSIDE = K_FINAL + NO_CASH - SERVED + 1
K_CALLED, K_KEPT, K_WAITED, K_QUANTILES = K_INSIDE + 1, K_INSIDE + 2, K_INSIDE + 3, K_INSIDE + 4


@inner
def count_days(
    times: FloatArray, codes: IntArray, first: int, n: int, promises: FloatArray, quantiles: FloatArray
) -> FloatArray:
    """Replications x columns (``K_*``); waits are of those called to a counter.

    Rows of one replication stand together, as batches write them.
    """
    out = np.zeros((n, K_QUANTILES + quantiles.size))
    out[:, K_QUANTILES:] = np.nan
    waits = np.empty(codes.shape[0])
    row = 0
    while row < codes.shape[0]:
        begin, day = row, codes[row, 0] - first
        while row < codes.shape[0] and codes[row, 0] - first == day:
            row += 1
        _fold_day(
            pointer(codes), begin * OUT_INTS, OUT_INTS, OUT_STATUS, OUT_TIER, pointer(times), begin * OUT_FLOATS,
            OUT_FLOATS, OUT_WAITED, row - begin, promises, quantiles, waits, out, day,
        )  # fmt: skip
    return out


@inner
def fold_state(
    st: IntArray, tm: FloatArray, n: int, promises: FloatArray, quantiles: FloatArray, waits: FloatArray,
    out: FloatArray, day: int,
) -> None:  # fmt: skip
    """The row ``day`` of :func:`count_days`, read off a state with ``n`` customers; ``waits`` is room for as many."""
    _fold_day(
        pointer(st), st[O_CUSTOMER], C_WIDTH, C_STATUS, C_TIER, pointer(tm), st[F_CUSTOMER], T_WIDTH, T_WAITED, n,
        promises, quantiles, waits, out, day,
    )  # fmt: skip


@hot
def _fold_day(
    ints: Ints, me: int, width: int, status: int, tier: int, floats: Floats, row: int, row_width: int, waited: int,
    n: int, promises: FloatArray, quantiles: FloatArray, waits: FloatArray, out: FloatArray, day: int,
) -> None:  # fmt: skip
    """One day of ``n`` customers: a row of ``ints`` each from ``me`` with status and tier, one of ``floats`` with the
    minutes waited."""
    counts = np.zeros(NO_CASH + 1, dtype=np.int64)
    called = kept = 0
    total = 0.0
    for c in range(n):
        number, wait = ints[me + c * width + status], floats[row + c * row_width + waited]
        counts[number] += 1
        counts_wait = (number == SERVED) | (number == AT_COUNTER) | (number == NO_CASH)
        waits[called] = wait
        called += 1 if counts_wait else 0
        total += wait if counts_wait else 0.0
        kept += 1 if counts_wait & (wait <= promises[ints[me + c * width + tier]]) else 0
    out[day, K_ARRIVALS] = n - counts[FUTURE]
    out[day, K_INSIDE] = counts[FUTURE + 1 : SERVED].sum()
    for number in range(SERVED, NO_CASH + 1):
        out[day, K_FINAL + number - SERVED] = counts[number]
    out[day, K_CALLED], out[day, K_KEPT], out[day, K_WAITED] = called, kept, total
    quantiles_into(waits, 0, called, quantiles, out, day, K_QUANTILES)


@inner
def quantiles_into(
    values: FloatArray, low: int, high: int, quantiles: FloatArray, out: FloatArray, row: int, column: int
) -> None:
    """Write the quantiles of ``values[low:high]``, linear between order statistics, to a row; NaN when empty."""
    begin = low  # from here on stands nothing smaller than what was found last
    for j in range(quantiles.size):
        if high == low:
            out[row, column + j] = np.nan
            continue
        position = quantiles[j] * (high - low - 1)
        at = int(np.floor(position))
        if low + at < begin:
            begin = low
        value = select(values, begin, high, low + at)
        begin = low + at
        if position > at:
            above = np.inf
            for i in range(low + at + 1, high):
                above = min(above, values[i])
            value += (above - value) * (position - at)
        out[row, column + j] = value


@inner
def quantiles_of(values: FloatArray, group: IntArray, groups: int, quantiles: FloatArray) -> FloatArray:
    """Quantiles of ``values`` within each group, linear between order statistics; NaN for an empty group."""
    ends = np.zeros(groups + 1, dtype=np.int64)
    for g in group:
        ends[g + 1] += 1
    for g in range(groups):
        ends[g + 1] += ends[g]
    place = ends[:-1].copy()
    ranked = np.empty(values.size)
    for i in range(values.size):
        ranked[place[group[i]]] = values[i]
        place[group[i]] += 1
    out = np.full((groups, quantiles.size), np.nan)
    for g in range(groups):
        quantiles_into(ranked, ends[g], ends[g + 1], quantiles, out, g, 0)
    return out


@inner
def select(values: FloatArray, first: int, end: int, k: int) -> float:
    """The number that stands at ``k`` once ``values[first:end]`` are in order; smaller ones go before it, larger after.

    Hoare 1961, quickselect.
    """
    low, high = first, end - 1
    while low < high:
        pivot = values[(low + high) >> 1]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if k <= j:
            high = j
        elif k >= i:
            low = i
        else:
            break
    return values[k]
