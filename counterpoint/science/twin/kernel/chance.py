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
    mix,
    uniform,
)
from counterpoint.science.twin.kernel.layout import (
    C_KEY,
    C_LEG,
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
    FACTOR_PATIENCE,
    FACTOR_WIDTH,
    FACTOR_WORK,
    LAW_MEAN,
    LAW_SHAPE,
    LAW_SIGMA,
    LAW_WIDTH,
    LAWS_PATIENCE,
    LAWS_TRIAGE,
    N_CUSTOMERS,
    N_SERVICES,
    O_CUSTOMER,
    Floats,
    Ints,
)


@inner
def drawn(tm: Floats, law: int, key: int, purpose: int) -> float:
    """Minutes from the law at ``law`` in ``tm``; 0 where it has none, infinite where it never ends."""
    mean = tm[law + LAW_MEAN]
    if mean <= 0.0 or mean == np.inf:
        return mean
    return duration(int(tm[law + LAW_SHAPE]), mean, tm[law + LAW_SIGMA], uniform(np.uint64(key), purpose))


@hot
def factor(st: Ints, tm: Floats, c: int, which: int) -> float:
    """By what the customer's tier stretches patience or work."""
    return tm[st[F_FACTOR] + st[st[O_CUSTOMER] + c * C_WIDTH + C_TIER] * FACTOR_WIDTH + which]


@hot
def minutes(st: Ints, tm: Floats, dr: Floats, c: int, column: int, law: int, purpose: int) -> float:
    """Minutes of one column, drawn from the law with this number; patience and work are stretched by the tier."""
    value = dr[c * D_WIDTH + column]
    if np.isnan(value):
        value = drawn(tm, st[F_LAW] + law * LAW_WIDTH, st[st[O_CUSTOMER] + c * C_WIDTH + C_KEY], purpose)
        if column == D_PATIENCE:
            value *= factor(st, tm, c, FACTOR_PATIENCE)
        elif column == D_WORK:
            value *= factor(st, tm, c, FACTOR_WORK)
        dr[c * D_WIDTH + column] = value
    return value


@hot
def leg_key(st: Ints, c: int) -> np.uint64:
    """What the draws of the present leg are made from: after a hand-off the customer draws anew."""
    me = st[O_CUSTOMER] + c * C_WIDTH
    key, leg = np.uint64(st[me + C_KEY]), st[me + C_LEG]
    return key if leg == 0 else mix(key ^ np.uint64(leg))


@hot
def leg_chance(st: Ints, c: int, purpose: int) -> float:
    """A uniform of the present leg. It is never stored, so that states that share their people do not meet in it."""
    return uniform(leg_key(st, c), purpose)


@inner
def leg_minutes(st: Ints, tm: Floats, c: int, law: int, purpose: int) -> float:
    """A duration (or amount) of the present leg, from the law with this number."""
    return drawn(tm, st[F_LAW] + law * LAW_WIDTH, leg_key(st, c), purpose)


@inner
def work_minutes(st: Ints, tm: Floats, dr: Floats, c: int) -> float:
    """Minutes at a counter with a person of speed 1."""
    me = st[O_CUSTOMER] + c * C_WIDTH
    service = st[me + C_SERVICE]
    if st[me + C_LEG] == 0:
        return minutes(st, tm, dr, c, D_WORK, service, PURPOSE_WORK)
    return leg_minutes(st, tm, c, service, PURPOSE_WORK) * factor(st, tm, c, FACTOR_WORK)


@inner
def self_minutes(st: Ints, tm: Floats, dr: Floats, c: int) -> float:
    """Minutes at a device."""
    service = st[st[O_CUSTOMER] + c * C_WIDTH + C_SERVICE]
    return minutes(st, tm, dr, c, D_SELF, st[N_SERVICES] + service, PURPOSE_SELF)


@hot
def triage_minutes(st: Ints, tm: Floats, dr: Floats, c: int) -> float:
    """Minutes with a lobby manager."""
    return minutes(st, tm, dr, c, D_TRIAGE, 2 * st[N_SERVICES] + LAWS_TRIAGE, PURPOSE_TRIAGE)


@inner
def patience_minutes(st: Ints, tm: Floats, dr: Floats, c: int) -> float:
    """Minutes of waiting that the customer bears."""
    return minutes(st, tm, dr, c, D_PATIENCE, 2 * st[N_SERVICES] + LAWS_PATIENCE, PURPOSE_PATIENCE)


@inner
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
