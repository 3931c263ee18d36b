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
    """Replications x columns (``K_*``); waits are of those called to a counter."""
    out = np.zeros((n, K_QUANTILES + quantiles.size))
    for row in range(codes.shape[0]):
        day = out[codes[row, 0] - first]
        status = codes[row, 4]
        if status != FUTURE:
            day[K_ARRIVALS] += 1.0
        if status >= SERVED:
            day[K_FINAL + status - SERVED] += 1.0
        elif status != FUTURE:
            day[K_INSIDE] += 1.0
        if status in (SERVED, AT_COUNTER):
            waited = times[row, 1]
            day[K_CALLED] += 1.0
            day[K_WAITED] += waited
            if waited <= promises[codes[row, 3]]:
                day[K_KEPT] += 1.0
    called = (codes[:, 4] == SERVED) | (codes[:, 4] == AT_COUNTER)
    out[:, K_QUANTILES:] = quantiles_of(times[called, 1], codes[called, 0] - first, n, quantiles)
    return out


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
        low, high = ends[g], ends[g + 1]
        if high == low:
            continue
        mine = np.sort(ranked[low:high])
        for j in range(quantiles.size):
            position = quantiles[j] * (mine.size - 1)
            at = int(np.floor(position))
            above = min(at + 1, mine.size - 1)
            out[g, j] = mine[at] + (mine[above] - mine[at]) * (position - at)
    return out
