"""Intraday profiles: pooled shape times ratios per day label and tag, each shrunk by empirical Bayes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Counts and expectations of shape (days, intervals), recency weight per day and relative noise variance."""

    count: Array
    mean: Array
    valid: Flags
    weight: Array
    spread: Array  # per interval: variance of the count beyond Poisson, relative to the squared mean


def shrunk_ratio(evidence: Evidence, chosen: Flags, *, prior: float = 0.01) -> Array:
    """Ratio of observed to expected per interval on the chosen days, shrunk towards their common level.

    Normal model on the log ratio: sampling variance from the counts, prior variance by moments (DerSimonian and Laird)
    pulled to `prior` while intervals are few. Intervals without evidence get 1.
    """
    use = evidence.valid & chosen[:, None]
    weight = evidence.weight[:, None] * use
    expected = (weight * evidence.mean).sum(axis=0)
    observed = (weight * evidence.count).sum(axis=0)
    known = expected > 1e-9
    if not known.any() or observed.sum() <= 0:
        return np.ones(evidence.count.shape[1])
    noise = (weight**2 * (evidence.mean + evidence.spread[None, :] * evidence.mean**2)).sum(axis=0)
    safe = np.where(known, expected, 1.0)
    variance = np.where(known, noise / safe**2, np.inf)
    level = observed.sum() / expected.sum()
    raw = np.zeros_like(safe)
    raw[known] = np.log((observed[known] + 0.5 * level) / (safe[known] + 0.5)) - np.log(max(level, 1e-9))
    tau = _prior_variance(raw[known], variance[known], prior)
    return cast(Array, np.where(known, np.exp(raw * tau / (tau + np.where(known, variance, 1.0))), 1.0))


def _prior_variance(raw: Array, variance: Array, prior: float) -> float:
    """Moment estimate of the variance of true log ratios, averaged with `prior` worth four intervals."""
    precision = 1 / np.maximum(variance, 1e-9)
    centre = float((precision * raw).sum() / precision.sum())
    scatter = float((precision * (raw - centre) ** 2).sum())
    scale = float(precision.sum() - (precision**2).sum() / precision.sum())
    moment = max(0.0, (scatter - (len(raw) - 1)) / scale) if scale > 0 else prior
    strength = len(raw)
    return (moment * strength + prior * 4) / (strength + 4)


def smoothed(shape: Array, support: Flags, noise: Array) -> Array:
    """Blend each interval with the mean of itself and its neighbours as far as its relative variance asks for it."""
    if support.sum() < 3:
        return shape
    padded = np.where(support, shape, 0.0)
    weight = support.astype(float)
    near = np.array([0.25, 0.5, 0.25])
    local = np.convolve(padded, near, mode="same") / np.maximum(np.convolve(weight, near, mode="same"), 1e-9)
    keep = 0.02 / (0.02 + noise)
    return cast(Array, np.where(support, keep * shape + (1 - keep) * local, 0.0))


def normalised(shape: Array, reference: Array, support: Flags) -> Array:
    """`shape` rescaled to carry the same weight as `reference` over the supported intervals."""
    mine = float(shape[support].sum())
    return shape * (float(reference[support].sum()) / mine) if mine > 0 else shape
