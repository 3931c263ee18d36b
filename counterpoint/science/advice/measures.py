"""What the coming hour was like for the customers, one number a future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterpoint.science import twin
from counterpoint.science.twin.kernel.layout import (
    ABANDONED,
    AT_COUNTER,
    BALKED,
    DEVICE_QUEUE,
    HAS_TICKET,
    SERVED,
    FloatArray,
)

MEASURES = ("p90_wait", "waited", "walkouts", "breaches", "loss")


@dataclass(frozen=True, slots=True)
class Loss:
    """What an hour costs, in minutes of waiting (design defaults).

    A ``walkout`` (left or turned round) and a ``breach`` (waited longer than the tier's promise) count so many minutes;
    a ``staff_minute`` taken from other work and a ``move`` of a person so many. An option must save at least ``least``
    minutes to be worth saying.
    """

    walkout: float = 30.0
    breach: float = 10.0
    staff_minute: float = 0.5
    move: float = 5.0
    least: float = 10.0


def measures(result: twin.Result, until: float, loss: Loss) -> FloatArray:
    """Futures x ``MEASURES`` of those waiting now and those who came before minute ``until``.

    The wait of somebody still waiting then counts as far as it got. Cost of the option itself is not in ``loss``.
    """
    n = result.replications
    status = result.codes[:, 4]
    future = result.codes[:, 0] - result.first_replication
    took = ~np.isnan(result.times[:, 2])
    queueing = (status == HAS_TICKET) & took
    waited = result.times[:, 1] + np.where(queueing, until - result.times[:, 2], 0.0)
    counted = (took & (status != DEVICE_QUEUE)) & np.isin(status, (SERVED, AT_COUNTER, ABANDONED, HAS_TICKET))
    promise = np.array([tier.promise for tier in result.model.tiers])[result.codes[:, 3]]
    gone = np.isin(status, (ABANDONED, BALKED))
    out = np.empty((n, len(MEASURES)))
    out[:, 0] = np.nan_to_num(twin.grouped_quantile(waited[counted], future[counted], n, 0.9))
    out[:, 1] = np.bincount(future[counted], waited[counted], minlength=n)
    out[:, 2] = np.bincount(future[gone], minlength=n)
    out[:, 3] = np.bincount(future[counted & (waited > promise)], minlength=n)
    out[:, 4] = out[:, 1] + loss.walkout * out[:, 2] + loss.breach * out[:, 3]
    return out


def waiting_at(result: twin.Result, minutes: Sequence[float]) -> FloatArray:
    """Futures x minutes: how many hold a ticket and wait at each of ``minutes``."""
    n, future, times = result.replications, result.codes[:, 0] - result.first_replication, result.times
    out = np.empty((n, len(minutes)))
    for i, minute in enumerate(minutes):
        there = (times[:, 2] <= minute) & ~(times[:, 3] <= minute) & ~(times[:, 4] <= minute)
        out[:, i] = np.bincount(future[there], minlength=n)
    return out
