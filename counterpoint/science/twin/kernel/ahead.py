"""Draws made ahead, many customers at once: one purpose after the other, in loops that a processor can make wide.

What stands here gives the bits of a draw made alone, as :mod:`draws` makes it: hashes and the middle of the normal
quantile are whole numbers and plain arithmetic, which come out the same in any width; logarithms and exponentials are
taken one by one. Which draws are worth it is a guess about the model and changes no number: whatever is not made ahead
is made when needed.
"""

from __future__ import annotations

import math

import numpy as np

from counterpoint.science.twin.kernel.compiled import hot, inner
from counterpoint.science.twin.kernel.draws import (
    MIDDLE,
    PURPOSE_ARRIVAL,
    PURPOSE_PATIENCE,
    PURPOSE_SELF,
    PURPOSE_TRIAGE,
    PURPOSE_U_FALLBACK,
    PURPOSE_U_TRIAGE,
    PURPOSE_WORK,
    middle_quantile,
    mix,
    normal_quantile,
    uniform,
    whole_ticks,
)
from counterpoint.science.twin.kernel.layout import (
    D_PATIENCE,
    D_SELF,
    D_TRIAGE,
    D_U_FALLBACK,
    D_U_TRIAGE,
    D_WIDTH,
    D_WORK,
    EXPONENTIAL,
    F_FACTOR,
    F_LAW,
    F_SERVICE,
    FACTOR_PATIENCE,
    FACTOR_WIDTH,
    FACTOR_WORK,
    FIXED,
    LAW_MEAN,
    LAW_SHAPE,
    LAW_SIGMA,
    LAW_WIDTH,
    LAWS_PATIENCE,
    LAWS_TRIAGE,
    LOGNORMAL,
    N_DEVICES,
    N_SERVICES,
    O_SERVICE,
    S_KIND,
    S_WIDTH,
    SF_SHARE,
    SF_WIDTH,
    TRIAGE_ON,
    TRIAGE_SHARE,
    WHO_WIDTH,
    Floats,
    Ints,
)

OFTEN = 0.5  # share of customers from which a draw is made ahead for all


@inner
def keys_and_minutes(
    keys: Ints, minutes: Floats, first: int, n: int, start: float, width: float, interval: int
) -> None:
    """Keys, from what they are mixed from, and arrival minutes of the rows ``first`` to ``n`` of one interval."""
    for row in range(first, n):
        key = mix(np.uint64(keys[row]))
        keys[row] = np.int64(key)
        minutes[row] = start + width * (interval + uniform(key, PURPOSE_ARRIVAL))


@hot
def uniforms(keys: Ints, first: int, count: int, purpose: int, u: Floats) -> None:
    """The uniforms of one purpose of the rows from ``first``."""
    for i in range(count):
        u[i] = uniform(np.uint64(keys[first + i]), purpose)


@inner
def draw_chances(dr: Floats, keys: Ints, first: int, count: int, column: int, purpose: int, u: Floats) -> None:
    """One column of uniforms of the rows from ``first``."""
    uniforms(keys, first, count, purpose, u)
    for i in range(count):
        dr[(first + i) * D_WIDTH + column] = u[i]


@hot
def quantiles(keys: Ints, first: int, count: int, purpose: int, shape: int, u: Floats, z: Floats) -> None:
    """The uniforms of a duration of this shape of the rows from ``first``, with the middle of the normal quantile."""
    uniforms(keys, first, count, purpose, u)
    if shape == LOGNORMAL:
        for i in range(count):
            z[i] = middle_quantile(u[i] - 0.5)


@inner
def draw_triage(st: Ints, tm: Floats, dr: Floats, keys: Ints, first: int, count: int, u: Floats, z: Floats) -> None:
    """Who in the rows from ``first`` seeks a lobby manager, and how long that takes."""
    draw_chances(dr, keys, first, count, D_U_TRIAGE, PURPOSE_U_TRIAGE, u)
    law = st[F_LAW] + (2 * st[N_SERVICES] + LAWS_TRIAGE) * LAW_WIDTH
    shape, mean, sigma = int(tm[law + LAW_SHAPE]), tm[law + LAW_MEAN], tm[law + LAW_SIGMA]
    quantiles(keys, first, count, PURPOSE_TRIAGE, shape, u, z)
    for i in range(count):
        at = (first + i) * D_WIDTH
        if dr[at + D_U_TRIAGE] < tm[TRIAGE_SHARE]:
            dr[at + D_TRIAGE] = minutes_at(shape, mean, sigma, u[i], z[i])


@inner
def draw_patience(
    st: Ints, tm: Floats, dr: Floats, who: Ints, keys: Ints, first: int, count: int, u: Floats, z: Floats
) -> None:
    """How long those in the rows from ``first`` would wait."""
    law = st[F_LAW] + (2 * st[N_SERVICES] + LAWS_PATIENCE) * LAW_WIDTH
    mean = tm[law + LAW_MEAN]
    if mean <= 0.0 or mean == np.inf:
        return
    shape, sigma = int(tm[law + LAW_SHAPE]), tm[law + LAW_SIGMA]
    quantiles(keys, first, count, PURPOSE_PATIENCE, shape, u, z)
    for i in range(count):
        row = first + i
        factor = tm[st[F_FACTOR] + who[row * WHO_WIDTH + 1] * FACTOR_WIDTH + FACTOR_PATIENCE]
        dr[row * D_WIDTH + D_PATIENCE] = minutes_at(shape, mean, sigma, u[i], z[i]) * factor


@hot
def minutes_at(shape: int, mean: float, sigma: float, u: float, z: float) -> float:
    """:func:`duration` at quantile ``u``, of which the middle of the normal quantile is ``z``."""
    if shape == EXPONENTIAL:
        return whole_ticks(-mean * math.log(1.0 - u))
    if shape == FIXED:
        return mean
    if abs(u - 0.5) > MIDDLE:
        z = normal_quantile(u)
    return whole_ticks(mean * math.exp(sigma * z - 0.5 * sigma * sigma))


@inner
def draw_service(
    st: Ints, tm: Floats, dr: Floats, who: Ints, keys: Ints, first: int, count: int, u: Floats, z: Floats, laws: Ints
) -> None:
    """How long those in the rows from ``first`` will be served, there where most people of their service are."""
    services = st[N_SERVICES]
    for i in range(count):
        service = who[(first + i) * WHO_WIDTH]
        kind = st[st[O_SERVICE] + service * S_WIDTH + S_KIND]
        at_device = (kind >= 0) & (tm[st[F_SERVICE] + service * SF_WIDTH + SF_SHARE] > OFTEN)
        laws[i] = services + service if at_device else service
    for i in range(count):
        u[i] = uniform(np.uint64(keys[first + i]), PURPOSE_WORK if laws[i] < services else PURPOSE_SELF)
        z[i] = middle_quantile(u[i] - 0.5)
    for i in range(count):
        row, law = first + i, st[F_LAW] + laws[i] * LAW_WIDTH
        mean = tm[law + LAW_MEAN]
        if mean <= 0.0 or mean == np.inf:
            continue
        value = minutes_at(int(tm[law + LAW_SHAPE]), mean, tm[law + LAW_SIGMA], u[i], z[i])
        if laws[i] < services:
            factor = tm[st[F_FACTOR] + who[row * WHO_WIDTH + 1] * FACTOR_WIDTH + FACTOR_WORK]
            dr[row * D_WIDTH + D_WORK] = value * factor
        else:
            dr[row * D_WIDTH + D_SELF] = value


@inner
def draw_ahead(
    st: Ints, tm: Floats, dr: Floats, who: Ints, keys: Ints, first: int, n: int, u: Floats, z: Floats, laws: Ints
) -> None:
    """Make the draws that most customers will need, for the rows ``first`` to ``n``; the last three are room."""
    count = n - first
    draw_patience(st, tm, dr, who, keys, first, count, u, z)
    draw_service(st, tm, dr, who, keys, first, count, u, z, laws)
    if st[TRIAGE_ON] == 1:
        draw_triage(st, tm, dr, keys, first, count, u, z)
    if st[N_DEVICES] > 0:
        draw_chances(dr, keys, first, count, D_U_FALLBACK, PURPOSE_U_FALLBACK, u)
