"""What a customer draws, made when first needed: most people never use most of their draws.

A draw that stands in the row of the customer is taken as it is; NaN means not drawn yet, and the customer's key gives
the same number whenever that happens.
"""

from __future__ import annotations

import numpy as np

from counterpoint.science.twin.kernel.compiled import hot, inner
from counterpoint.science.twin.kernel.draws import (
    PURPOSE_PATIENCE,
    PURPOSE_SELF,
    PURPOSE_TRIAGE,
    PURPOSE_U_BALK,
    PURPOSE_U_DIVERT,
    PURPOSE_U_FALLBACK,
    PURPOSE_U_TRIAGE,
    PURPOSE_WORK,
    duration,
    uniform,
)
from counterpoint.science.twin.kernel.layout import (
    C_KEY,
    C_SERVICE,
    C_TIER,
    C_WIDTH,
    D_PATIENCE,
    D_SELF,
    D_TRIAGE,
    D_U_BALK,
    D_U_DIVERT,
    D_U_FALLBACK,
    D_U_TRIAGE,
    D_WIDTH,
    D_WORK,
    F_FACTOR,
    F_LAW,
    LAW_MEAN,
    LAW_SHAPE,
    LAW_SIGMA,
    LAW_WIDTH,
    N_CUSTOMERS,
    N_SERVICES,
    O_CUSTOMER,
    Floats,
    Ints,
)


@hot
def drawn(tm: Floats, law: int, key: int, purpose: int) -> float:
    """Minutes from the law at ``law`` in ``tm``; 0 where it has none, infinite where it never ends."""
    mean = tm[law + LAW_MEAN]
    if mean <= 0.0 or mean == np.inf:
        return mean
    return duration(int(tm[law + LAW_SHAPE]), mean, tm[law + LAW_SIGMA], uniform(np.uint64(key), purpose))


@hot
def minutes(st: Ints, tm: Floats, dr: Floats, c: int, column: int, law: int, purpose: int) -> float:
    """Minutes of one column, drawn from the law with this number; patience is stretched by the customer's tier."""
    value = dr[c * D_WIDTH + column]
    if np.isnan(value):
        me = st[O_CUSTOMER] + c * C_WIDTH
        value = drawn(tm, st[F_LAW] + law * LAW_WIDTH, st[me + C_KEY], purpose)
        if column == D_PATIENCE:
            value *= tm[st[F_FACTOR] + st[me + C_TIER]]
        dr[c * D_WIDTH + column] = value
    return value


@hot
def work_minutes(st: Ints, tm: Floats, dr: Floats, c: int) -> float:
    """Minutes at a counter with a person of speed 1."""
    return minutes(st, tm, dr, c, D_WORK, st[st[O_CUSTOMER] + c * C_WIDTH + C_SERVICE], PURPOSE_WORK)


@hot
def self_minutes(st: Ints, tm: Floats, dr: Floats, c: int) -> float:
    """Minutes at a device."""
    service = st[st[O_CUSTOMER] + c * C_WIDTH + C_SERVICE]
    return minutes(st, tm, dr, c, D_SELF, st[N_SERVICES] + service, PURPOSE_SELF)


@hot
def triage_minutes(st: Ints, tm: Floats, dr: Floats, c: int) -> float:
    """Minutes with a lobby manager."""
    return minutes(st, tm, dr, c, D_TRIAGE, 2 * st[N_SERVICES], PURPOSE_TRIAGE)


@hot
def patience_minutes(st: Ints, tm: Floats, dr: Floats, c: int) -> float:
    """Minutes of waiting that the customer bears."""
    return minutes(st, tm, dr, c, D_PATIENCE, 2 * st[N_SERVICES] + 1, PURPOSE_PATIENCE)


@hot
def chance(st: Ints, dr: Floats, c: int, column: int, purpose: int) -> float:
    """One of the customer's uniforms."""
    u = dr[c * D_WIDTH + column]
    if np.isnan(u):
        u = uniform(np.uint64(st[st[O_CUSTOMER] + c * C_WIDTH + C_KEY]), purpose)
        dr[c * D_WIDTH + column] = u
    return u


@inner
def complete_draws(st: Ints, tm: Floats, dr: Floats) -> None:
    """Make every draw that is still open, so that a state shared by many is never written to."""
    for c in range(st[N_CUSTOMERS]):
        work_minutes(st, tm, dr, c)
        self_minutes(st, tm, dr, c)
        triage_minutes(st, tm, dr, c)
        patience_minutes(st, tm, dr, c)
        chance(st, dr, c, D_U_TRIAGE, PURPOSE_U_TRIAGE)
        chance(st, dr, c, D_U_DIVERT, PURPOSE_U_DIVERT)
        chance(st, dr, c, D_U_FALLBACK, PURPOSE_U_FALLBACK)
        chance(st, dr, c, D_U_BALK, PURPOSE_U_BALK)
