"""Limits of shares and counts. Every function gives (low, high) that hold the truth in `confidence` of the cases."""

import math
from statistics import NormalDist

Limits = tuple[float, float]
LEVEL = 0.95


def share_limits(hits: float, count: float, confidence: float = LEVEL) -> Limits:
    """Of a share, 0–1; also at its ends and for few trials. ValueError without trials or with more hits than trials."""
    if count <= 0 or not 0 <= hits <= count:
        raise ValueError(f"{hits} hits of {count} trials have no share")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    middle = (hits + z * z / 2) / (count + z * z)
    reach = z / (count + z * z) * math.sqrt(hits * (count - hits) / count + z * z / 4)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def exact_share(hits: int, count: int, confidence: float = LEVEL) -> Limits:
    """Of a share, 0–1, at least as wide as promised; (0, 1) without trials."""
    from scipy.special import betaincinv

    if count == 0:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, count - hits + 1, tail))
    high = 1.0 if hits == count else float(betaincinv(hits + 1, count - hits, 1 - tail))
    return low, high


def count_limits(count: float, confidence: float = LEVEL) -> Limits:
    """Of the mean of a Poisson count."""
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    return float(gammaincinv(count, tail)) if count > 0 else 0.0, float(gammaincinv(count + 1, 1 - tail))
