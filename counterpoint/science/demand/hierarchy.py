"""Branch, region and bank agree: forecasts of every level reconciled to one that adds up, never below zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from counterpoint.science.demand.problem import DemandInputError

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """`nodes`: bank first, branches last; `sums` (nodes, branches): 1 where a branch belongs to a node."""

    nodes: tuple[tuple[str, ...], ...]
    sums: Array


def hierarchy(paths: Sequence[tuple[str, ...]]) -> Hierarchy:
    """From the path of every branch, for example ("bank", "north", "branch 7"); all paths are equally long.

    Raises DemandInputError for no branch, uneven paths or the same branch twice.
    """
    if not paths or len({len(path) for path in paths}) != 1:
        raise DemandInputError("Every branch needs a path of the same length, for example (bank, region, branch).")
    if len(set(paths)) != len(paths):
        raise DemandInputError("Two branches have the same path; names must differ within a region.")
    nodes = [node for depth in range(1, len(paths[0])) for node in sorted({path[:depth] for path in paths})]
    nodes += list(paths)
    sums = [[float(path[: len(node)] == node) for path in paths] for node in nodes]
    return Hierarchy(tuple(nodes), np.array(sums))


def error_cov(errors: Array) -> Array:
    """Covariance of past forecast errors (times, nodes), shrunk towards its diagonal (Schäfer and Strimmer 2005)."""
    count = len(errors)
    if count < 3:
        raise DemandInputError("Reconciling needs at least three past errors of every node.")
    centred = errors - errors.mean(axis=0)
    cov = centred.T @ centred / count
    scale = np.sqrt(np.maximum(np.diag(cov), 1e-12))
    unit = centred / scale
    corr = unit.T @ unit / count
    noise = ((unit**2).T @ (unit**2) / count - corr**2) / (count - 1)
    np.fill_diagonal(noise, 0.0)
    off = corr - np.diag(np.diag(corr))
    shrink = float(np.clip(noise.sum() / max(float((off**2).sum()), 1e-12), 0.0, 1.0))
    mixed = off * (1 - shrink) + np.eye(len(corr))
    return np.asarray(mixed * scale[:, None] * scale[None, :], dtype=float)


def reconcile(tree: Hierarchy, forecasts: Array, cov: Array) -> Array:
    """The forecasts that add up, are not negative, and lie nearest by the errors' covariance (MinT).

    `forecasts` (nodes, ...) may hold means, or sample paths along a later axis: paths stay coherent one by one, so that
    quantiles read from them hold at every level. Wickramasuriya, Athanasopoulos and Hyndman 2019; the bound by
    non-negative least squares only where the plain answer is negative.
    """
    flat = np.asarray(forecasts, dtype=float).reshape(len(tree.nodes), -1)
    half = np.linalg.cholesky(cov + 1e-9 * np.trace(cov) / len(cov) * np.eye(len(cov)))
    design, wanted = np.linalg.solve(half, tree.sums), np.linalg.solve(half, flat)
    bottom = np.linalg.lstsq(design, wanted, rcond=None)[0]
    for column in np.flatnonzero((bottom < 0).any(axis=0)):
        bottom[:, column] = nnls(design, wanted[:, column])[0]
    return np.asarray((tree.sums @ bottom).reshape(np.shape(forecasts)), dtype=float)
