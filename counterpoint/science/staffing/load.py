"""Offered load: how many people would be busy if there were always enough of them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from counterpoint.science.staffing.problem import Method, ServiceLoad

Floats = NDArray[np.float64]
MINUTES_KEPT = 1e-6  # the tail of a service time is cut where less than this share is left


def offered_load(service: ServiceLoad, step: int, method: Method) -> Floats:
    """Mean busy people per interval (length: intervals) that ``service`` asks for."""
    rate = np.repeat(np.asarray(service.arrivals, dtype=float) / step, step)
    if method == "sipp":
        busy = rate * service.mean
    elif method == "lag":
        busy = _lagged(rate, service.mean) * service.mean
    else:
        busy = np.convolve(rate, _tail(service))[: len(rate)]
    return busy.reshape(-1, step).mean(axis=1)


def _lagged(rate: Floats, lag: float) -> Floats:
    """The arrival rate of ``lag`` minutes ago, exact for a rate that is constant within a minute."""
    whole, part = int(lag), lag - int(lag)
    padded = np.concatenate([np.zeros(whole + 1), rate])
    return (1 - part) * padded[1 : 1 + len(rate)] + part * padded[: len(rate)]


def _tail(service: ServiceLoad) -> Floats:
    """P(service lasts longer than u), averaged over each minute so that it adds up to the mean."""
    if service.cv == 0:
        whole, part = int(service.mean), service.mean - int(service.mean)
        return np.concatenate([np.full(whole, 1.0), [part]]) if whole else np.array([part])
    sigma = math.sqrt(math.log1p(service.cv**2))
    middle = math.log(service.mean) - sigma**2 / 2
    ends = np.arange(max(2, math.ceil(math.exp(middle + sigma * 4.8))) + 1)
    with np.errstate(divide="ignore"):
        z = (np.log(ends) - middle) / sigma
    until = service.mean * ndtr(z - sigma) + ends * ndtr(-z)  # E min(service time, u)
    tail: Floats = np.diff(until)
    return tail[: max(1, int((tail > MINUTES_KEPT).sum()))]
