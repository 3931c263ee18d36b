"""How the noise of one day's intervals hangs together.

Around the day level, intervals move together for a while: the log rate's noise is a sum of parts that are forgotten at
once, within the hour, over hours and over half a day. Their shares are found from past days by matching covariances
(non-negative least squares). The day level is the mean of its own day, so the noise is what is left after that mean
has been taken away. The shorter the memory, the more a busy morning says of the whole day's level.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Array = NDArray[np.float64]
MEMORY = (0.0, 45.0, 180.0, 720.0)  # minutes after which a part has faded to 37 %
PRIOR = np.array([0.3, 0.3, 0.3, 0.1])
PRIOR_DAYS = 10.0
RECENT_DAYS = 180


def parts(minutes: Array) -> Array:
    """Correlation of every part between intervals that start `minutes` apart, shape (parts, *minutes.shape)."""
    slow = [np.exp(-minutes / memory) for memory in MEMORY[1:]]
    return np.stack([(minutes == 0).astype(float), *slow])


def centred(cov: Array, weight: Array) -> Array:
    """`cov` of the intervals of a day after their mean by `weight` (summing to one) was taken away; any batch shape."""
    row = (cov @ weight[..., None])[..., 0]
    level = (row * weight).sum(axis=-1)
    return np.asarray(cov - row[..., :, None] - row[..., None, :] + level[..., None, None], dtype=float)


def day_cov(spread: Array, mixture: Array, starts: Array, weight: Array) -> Array:
    """Noise covariance of the intervals of one day that start at `starts`; `spread` is their variance before mixing."""
    root = np.sqrt(spread)
    mixed = np.tensordot(mixture, parts(np.abs(starts[:, None] - starts[None, :])), axes=1)
    return centred(mixed * root[:, None] * root[None, :], weight / max(float(weight.sum()), 1e-12))


def mixture_of(cells: Array, mean: Array, valid: NDArray[np.bool_], spread: Array, interval: int) -> Array:
    """Weight of every part, in units of `spread`, from counts (days, intervals) against their realised day level.

    Days that were open alike are taken together; intervals with few customers count little. Few days lean on `PRIOR`.
    """
    cells, mean, valid = cells[-RECENT_DAYS:], mean[-RECENT_DAYS:], valid[-RECENT_DAYS:]
    use = valid & (mean > 1.0)
    groups: dict[bytes, list[int]] = {}
    for row in np.flatnonzero(use.sum(axis=1) >= 4):
        groups.setdefault(use[row].tobytes(), []).append(int(row))
    size = len(MEMORY)
    gram, seen, widths, wanted, days = np.zeros((size, size)), np.zeros(size), np.zeros(size), 0.0, 0
    for rows in groups.values():
        inside = np.flatnonzero(use[rows[0]])
        level = mean[rows][:, inside]
        off = cells[rows][:, inside] - level
        found = (off.T @ off - np.diag(level.sum(axis=0))) / (level.T @ level)
        share = level.sum(axis=0) / level.sum()
        own, usual = float(share @ np.diag(found)), float(share @ spread[inside])
        if own <= 0.1 * usual:
            continue  # quieter than chance: nothing to see how it hangs together
        root = np.sqrt(spread[inside])
        gap = np.abs(inside[:, None] - inside[None, :]) * float(interval)
        basis = centred(parts(gap) * root[:, None] * root[None, :], share)
        trust = len(rows) * np.outer(share, share) / np.outer(root, root)
        gram += np.einsum("aij,bij,ij->ab", basis, basis, trust)
        seen += np.einsum("aij,ij,ij->a", basis, found * usual / own, trust)
        widths += len(rows) * np.einsum("aii,i->a", basis, share)
        wanted += len(rows) * usual
        days += len(rows)
    if not days:
        return PRIOR
    pull = PRIOR_DAYS / days * float(np.trace(gram)) / size
    root = np.linalg.cholesky(gram + pull * np.eye(size))
    weights, _ = nnls(root.T, np.linalg.solve(root, seen + pull * PRIOR))
    wide = float(weights @ widths)
    return np.asarray(weights * (wanted / wide), dtype=float) if wide > 0 else PRIOR
