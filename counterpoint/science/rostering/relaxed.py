"""The linear relaxation of a roster model: bound and reduced costs by HiGHS.

Only models made for solving are read: every constraint is then linear and unconditional.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

BIG = 2.0**40
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Lower ``bound`` in points; ``values`` and reduced ``prices`` per variable."""

    bound: int
    values: Floats
    prices: Floats

    def unlikely(self, price: float) -> set[int]:
        """Variables that the relaxation leaves at 0 and would pay more than ``price`` to use."""
        return {int(n) for n in np.flatnonzero((self.values < 1e-6) & (self.prices > price))}


def solve(cp: Any) -> Relaxation | None:
    """The relaxation's optimum; None when it has none, which proves the roster infeasible."""
    proto = cp.proto
    ends = np.array([(v.domain[0], list(v.domain)[-1]) for v in proto.variables], dtype=float)
    cost = np.zeros(len(ends))
    for var, weight in zip(proto.objective.vars, proto.objective.coeffs, strict=True):
        cost[var] += weight
    matrix, lower, upper = _rows(proto, len(ends))
    equal = lower == upper
    below, above = (upper < BIG) & ~equal, (lower > -BIG) & ~equal
    found = linprog(
        cost,
        A_ub=vstack([matrix[below], -matrix[above]]),
        b_ub=np.concatenate([upper[below], -lower[above]]),
        A_eq=matrix[equal],
        b_eq=upper[equal],
        bounds=ends,
        method="highs",
    )
    if found.status != 0:
        return None
    bound = max(0, math.ceil(found.fun + proto.objective.offset - 1e-6))
    return Relaxation(bound, found.x, found.lower.marginals)


def _rows(proto: Any, width: int) -> tuple[csr_matrix, Floats, Floats]:
    data: list[int] = []
    columns: list[int] = []
    starts, lower, upper = [0], [], []
    for constraint in proto.constraints:
        linear = constraint.linear
        columns += list(linear.vars)
        data += list(linear.coeffs)
        starts.append(len(columns))
        domain = list(linear.domain)
        lower.append(float(domain[0]))
        upper.append(float(domain[-1]))
    return csr_matrix((data, columns, starts), shape=(len(lower), width), dtype=float), np.array(lower), np.array(upper)
