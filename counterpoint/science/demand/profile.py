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
    """`shrunk_ratios` of one group: the days `chosen`."""
    return cast(Array, shrunk_ratios(evidence, np.asarray(chosen)[None], prior=prior)[0])


def shrunk_ratios(evidence: Evidence, groups: Flags, *, prior: float = 0.01) -> Array:
    """Ratio of observed to expected per interval on the days of each group, shrunk towards their common level.

    `groups` (groups, days) says which days belong together; the answer has shape (groups, intervals).
    Normal model on the log ratio: sampling variance from the counts, prior variance by moments (DerSimonian and Laird)
    pulled to `prior` while intervals are few. Intervals without evidence get 1.
    """
    chosen = groups.astype(float)
    use = evidence.valid * evidence.weight[:, None]
    expected = chosen @ (use * evidence.mean)
    observed = chosen @ (use * evidence.count)
    noise = chosen @ (use**2 * (evidence.mean + evidence.spread[None, :] * evidence.mean**2))
    known = (expected > 1e-9) & (observed.sum(axis=1) > 0)[:, None]
    safe = np.where(known, expected, 1.0)
    variance = np.where(known, noise / safe**2, 1.0)
    level = observed.sum(axis=1, keepdims=True) / np.maximum(expected.sum(axis=1, keepdims=True), 1e-12)
    raw = np.log((observed + 0.5 * level) / (safe + 0.5), where=known, out=np.zeros_like(safe))
    raw -= np.where(known, np.log(np.maximum(level, 1e-9)), 0.0)
    tau = _prior_variance(raw, variance, known, prior)
    return np.asarray(np.where(known, np.exp(raw * tau / (tau + variance)), 1.0), dtype=float)


def _prior_variance(raw: Array, variance: Array, known: Flags, prior: float) -> Array:
    """Moment estimate of each group's variance of true log ratios, averaged with `prior` worth four intervals."""
    precision = np.where(known, 1 / np.maximum(variance, 1e-9), 0.0)
    total = np.maximum(precision.sum(axis=1, keepdims=True), 1e-300)
    centre = (precision * raw).sum(axis=1, keepdims=True) / total
    scatter = (precision * (raw - centre) ** 2).sum(axis=1, keepdims=True)
    scale = total - (precision**2).sum(axis=1, keepdims=True) / total
    strength = known.sum(axis=1, keepdims=True)
    beyond = np.maximum(0.0, scatter - (strength - 1))
    moment = np.where(scale > 0, beyond / np.where(scale > 0, scale, 1.0), prior)
    return np.asarray((moment * strength + prior * 4) / (strength + 4), dtype=float)


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
