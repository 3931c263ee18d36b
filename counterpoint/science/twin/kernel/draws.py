"""Chance that belongs to the customer: counter-based uniforms, normal quantiles, durations and counts.

Each uniform is a hash of (seed, stream, ordinal, purpose); no generator carries state from one customer to the next,
so a policy cannot change who comes, and one more customer shifts nobody else's draws.
"""

from __future__ import annotations

import math

import numpy as np

from counterpoint.science.twin.kernel.compiled import hot, inner
from counterpoint.science.twin.kernel.layout import EXPONENTIAL, FIXED, FloatArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
S30, S27, S31, S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
TWO_53 = 1.0 / 9007199254740992.0
ROOT_HALF = math.sqrt(0.5)
POISSON_CHUNK = 64.0
TICK = 2.0**-20  # minutes, some 57 microseconds: what a drawn duration is a multiple of
ROUNDER = 1.5 * 2.0**52 * TICK  # numbers of this size lie a tick apart, so adding it rounds
MIDDLE = 0.425  # how far from a half the middle of the normal quantile reaches

(PURPOSE_COUNT, PURPOSE_ARRIVAL, PURPOSE_TIER, PURPOSE_PATIENCE, PURPOSE_WORK, PURPOSE_SELF, PURPOSE_TRIAGE,
 PURPOSE_U_TRIAGE, PURPOSE_U_DIVERT, PURPOSE_U_FALLBACK, PURPOSE_U_BALK, PURPOSE_U_ONWARD, PURPOSE_U_FORM, PURPOSE_FORM,
 PURPOSE_U_AUTHORISED, PURPOSE_AUTHORISED, PURPOSE_U_ASSISTED, PURPOSE_ASSISTED, PURPOSE_CASH, PURPOSE_UP,
 PURPOSE_REPAIR, PURPOSE_U_READY, PURPOSE_BACK) = range(1, 24)  # fmt: skip


@hot
def mix(x: np.uint64) -> np.uint64:
    """Finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit."""
    z = np.uint64(x) + GOLDEN
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@hot
def stream_key(seed: int, stream: int) -> np.uint64:
    """What the keys of one stream have in common."""
    return mix(mix(np.uint64(seed)) ^ np.uint64(stream))


@hot
def key_in_stream(begin: np.uint64, ordinal: int) -> np.uint64:
    """The key of one customer of the stream with this beginning."""
    return mix(np.uint64(begin) ^ np.uint64(ordinal))


@hot
def customer_key(seed: int, stream: int, ordinal: int) -> np.uint64:
    """One 64-bit key a customer: stream is its service and interval, ordinal its number within."""
    return key_in_stream(stream_key(seed, stream), ordinal)


@hot
def uniform(key: np.uint64, purpose: int) -> float:
    """Uniform on the open interval (0, 1) for one purpose of one key."""
    return (float(mix(np.uint64(key) ^ (np.uint64(purpose) * MIX_2)) >> S11) + 0.5) * TWO_53


@hot
def middle_quantile(q: float) -> float:
    """Normal quantile of 0.5 + ``q`` where q is at most :data:`MIDDLE` from 0 (Wichura 1988, AS 241 PPND16)."""
    r = 0.180625 - q * q
    num = ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
              + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
           + 133.14166789178437745) * r + 3.387132872796366608  # fmt: skip
    den = ((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
              + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
            + 42.313330701600911252) * r + 1.0  # fmt: skip
    return q * num / den


@inner
def normal_quantile(p: float) -> float:
    """Inverse of the standard normal distribution (Wichura 1988, AS 241 PPND16), relative error about 1e-15."""
    q = p - 0.5
    if abs(q) <= MIDDLE:
        return middle_quantile(q)
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    z = _tail_quantile(r)
    return -z if q < 0.0 else z


@inner
def _tail_quantile(r: float) -> float:
    if r <= 5.0:
        r -= 1.6
        num = ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                  + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
               + 4.6303378461565452959) * r + 1.42343711074968357734  # fmt: skip
        den = ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                  + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
               + 2.05319162663775882187) * r + 1.0  # fmt: skip
        return num / den
    r -= 5.0
    num = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
              + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
           + 5.4637849111641143699) * r + 6.6579046435011037772  # fmt: skip
    den = ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
              + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
           + 0.59983220655588793769) * r + 1.0  # fmt: skip
    return num / den


@hot
def whole_ticks(minutes: float) -> float:
    """The nearest multiple of :data:`TICK`, up to 2**31 minutes.

    Logarithms and exponentials may differ in their last bit from one mathematical library to the next; so rounded, what
    is drawn does not.
    """
    return (minutes + ROUNDER) - ROUNDER


@inner
def duration(shape: int, mean: float, sigma: float, u: float) -> float:
    """Minutes at quantile ``u`` of a duration with the given mean; ``sigma`` is the log-normal's shape."""
    if shape == EXPONENTIAL:
        return whole_ticks(-mean * math.log(1.0 - u))
    if shape == FIXED:
        return mean
    return whole_ticks(mean * math.exp(sigma * normal_quantile(u) - 0.5 * sigma * sigma))


@inner
def duration_beyond(shape: int, mean: float, sigma: float, elapsed: float, u: float) -> float:
    """The whole duration at quantile ``u`` of those that last longer than ``elapsed`` minutes."""
    if elapsed <= 0.0:
        return duration(shape, mean, sigma, u)
    if shape == EXPONENTIAL:
        return elapsed + whole_ticks(-mean * math.log(1.0 - u))
    if shape == FIXED:
        return max(mean, elapsed)
    z = (math.log(elapsed / mean) + 0.5 * sigma * sigma) / sigma
    beyond = 0.5 * math.erfc(z * ROOT_HALF) * (1.0 - u)
    if beyond < 1e-300:
        return elapsed
    return max(elapsed, whole_ticks(mean * math.exp(-sigma * normal_quantile(beyond) - 0.5 * sigma * sigma)))


@inner
def poisson(mean: float, seed: int, stream: int) -> int:
    """Poisson count by inversion, in chunks of mean 64; a larger mean never gives fewer for the same key."""
    count = 0
    chunk = 0
    while mean > 0.0:
        part = min(mean, POISSON_CHUNK)
        u = uniform(customer_key(seed, stream, -1 - chunk), PURPOSE_COUNT)
        term = math.exp(-part)
        total = term
        k = 0
        while u > total and k < 400:
            k += 1
            term *= part / k
            total += term
        count += k
        mean -= part
        chunk += 1
    return count


@inner
def pick_tier(shares: FloatArray, u: float) -> int:
    """Index of the tier whose cumulative share first exceeds ``u``."""
    total = 0.0
    for tier in range(shares.size - 1):
        total += shares[tier]
        if u < total:
            return tier
    return shares.size - 1
