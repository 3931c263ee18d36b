"""One pass over the outcome rows of a batch: counts, waits and their quantiles of each replication."""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import inner
from counterpoint.science.twin.kernel.layout import AT_COUNTER, FUTURE, NO_CASH, SERVED, FloatArray, IntArray

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
        day = codes[row, 0] - first  # out[day] as a view would be counted in and out at every row
        called = 0
        while row < codes.shape[0] and codes[row, 0] - first == day:
            status = codes[row, 4]
            if status != FUTURE:
                out[day, K_ARRIVALS] += 1.0
            if status >= SERVED:
                out[day, K_FINAL + status - SERVED] += 1.0
            elif status != FUTURE:
                out[day, K_INSIDE] += 1.0
            if status in (SERVED, AT_COUNTER, NO_CASH):
                waits[called] = times[row, 1]
                called += 1
                out[day, K_WAITED] += times[row, 1]
                if times[row, 1] <= promises[codes[row, 3]]:
                    out[day, K_KEPT] += 1.0
            row += 1
        out[day, K_CALLED] = called
        quantiles_into(waits, 0, called, quantiles, out, day, K_QUANTILES)
    return out


@inner
def quantiles_into(
    values: FloatArray, low: int, high: int, quantiles: FloatArray, out: FloatArray, row: int, column: int
) -> None:
    """Write the quantiles of ``values[low:high]``, linear between order statistics, to a row; nothing when empty."""
    if high == low:
        return
    for j in range(quantiles.size):
        position = quantiles[j] * (high - low - 1)
        at = int(np.floor(position))
        value = select(values, low, high, low + at)
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
