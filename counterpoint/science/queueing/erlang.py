"""M/M/c, M/M/c/c and M/M/c+M in closed form, stable for thousands of servers.

Sources: Erlang (1917) for B and C; Garnett, Mandelbaum, Reiman (2002) and Zeltyn, Mandelbaum (2005) for the integrals
of M/M/c+M. All rates share one unit of time; every time returned is in it.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

FloatArray = NDArray[np.float64]


class QueueError(ValueError):
    """Rates or servers that make no queue; the message says which."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Poisson arrivals, exponential service, ``servers`` in parallel, first come first served.

    ``abandonment_rate`` is one over the mean exponential patience; 0 means that nobody leaves.
    """

    arrival_rate: float
    service_rate: float
    servers: int
    abandonment_rate: float = 0.0

    def __post_init__(self) -> None:
        if not (self.arrival_rate >= 0 and math.isfinite(self.arrival_rate)):
            raise QueueError(f"arrival_rate must be finite and 0 or more, not {self.arrival_rate}.")
        if not (self.service_rate > 0 and math.isfinite(self.service_rate)):
            raise QueueError(f"service_rate must be finite and positive, not {self.service_rate}.")
        if self.servers < 1:
            raise QueueError(f"servers must be 1 or more, not {self.servers}.")
        if not (self.abandonment_rate >= 0 and math.isfinite(self.abandonment_rate)):
            raise QueueError(f"abandonment_rate must be finite and 0 or more, not {self.abandonment_rate}.")

    @property
    def offered_load(self) -> float:
        """Mean number of busy servers if there were enough of them, in Erlang."""
        return self.arrival_rate / self.service_rate


@dataclass(frozen=True, slots=True)
class QueueResult:
    """Steady state of a queue.

    ``p_wait``: share of arrivals who must wait. ``mean_wait``: mean time in queue of all arrivals, walk-outs included.
    ``mean_queue``: mean number waiting. ``abandonment``: share of arrivals who walk out. ``utilisation``: busy share
    of a server. Without abandonment and with load at or above capacity, waits are infinite.
    """

    queue: Queue
    p_wait: float
    mean_wait: float
    mean_queue: float
    abandonment: float
    utilisation: float

    def p_wait_longer(self, t: float) -> float:
        """Share of arrivals who are still waiting after ``t``."""
        q = self.queue
        if t < 0:
            return 1.0
        if q.abandonment_rate > 0:
            return _Integrals.of(q).p_offered_longer(t) * math.exp(-q.abandonment_rate * t)
        slack = q.servers * q.service_rate - q.arrival_rate
        return self.p_wait if slack <= 0 else self.p_wait * math.exp(-slack * t)

    def service_level(self, t: float) -> float:
        """Share of arrivals who are served after waiting ``t`` or less."""
        q = self.queue
        if t < 0:
            return 0.0
        return _Integrals.of(q).p_served_within(t) if q.abandonment_rate > 0 else 1.0 - self.p_wait_longer(t)

    def wait_quantile(self, share: float) -> float:
        """Shortest ``t`` that ``share`` of arrivals do not outwait in queue; infinite when there is none."""
        if not 0 <= share < 1:
            raise QueueError(f"A quantile needs a share of 0 or more and below 1, not {share}.")
        rest = 1.0 - share
        if self.p_wait <= rest:
            return 0.0
        if math.isinf(self.mean_wait):
            return math.inf
        q = self.queue
        if q.abandonment_rate == 0:
            return math.log(self.p_wait / rest) / (q.servers * q.service_rate - q.arrival_rate)
        top = math.log(1.0 / rest) / q.abandonment_rate * (1 + 1e-9)  # patience alone ends the wait by then
        return float(optimize.brentq(lambda t: self.p_wait_longer(t) - rest, 0.0, top, xtol=1e-12))

    def summary(self) -> dict[str, float]:
        """The figures by name."""
        figures = asdict(self)
        del figures["queue"]
        return figures

    def to_frame(self) -> pd.DataFrame:
        """One row with the queue's rates and the figures."""
        return pd.DataFrame([{**asdict(self.queue), **self.summary()}])


def erlang_b(load: float, servers: int) -> float:
    """Share of calls lost in M/M/c/c with ``load`` Erlang; recursion on 1/B, stable for any number of servers."""
    if load < 0 or servers < 0:
        raise QueueError("erlang_b needs a load and servers of 0 or more.")
    if load == 0:
        return 0.0 if servers else 1.0
    inverse = 1.0
    for k in range(1, servers + 1):
        inverse = 1.0 + inverse * k / load
        if inverse > 1e300:
            return 0.0
    return 1.0 / inverse


def erlang_c(load: float, servers: int) -> float:
    """Share of arrivals who wait in M/M/c with ``load`` Erlang; 1 when the load reaches the servers."""
    if load >= servers:
        return 1.0
    b = erlang_b(load, servers)
    return b / (1.0 - load / servers * (1.0 - b))


def solve(queue: Queue) -> QueueResult:
    """Steady state of ``queue``: Erlang C without abandonment, Erlang A with it."""
    return erlang_a(queue) if queue.abandonment_rate > 0 else _solve_c(queue)


def _solve_c(q: Queue) -> QueueResult:
    p_wait = erlang_c(q.offered_load, q.servers)
    slack = q.servers * q.service_rate - q.arrival_rate
    if slack <= 0:
        return QueueResult(q, 1.0, math.inf, math.inf, 0.0, 1.0)
    wait = p_wait / slack
    return QueueResult(q, p_wait, wait, wait * q.arrival_rate, 0.0, q.offered_load / q.servers)


def erlang_a(queue: Queue) -> QueueResult:
    """Steady state of M/M/c+M; ``queue.abandonment_rate`` must be positive."""
    if queue.abandonment_rate <= 0:
        raise QueueError("Erlang A needs a positive abandonment_rate; use solve for queues that nobody leaves.")
    if queue.arrival_rate == 0:
        return QueueResult(queue, 0.0, 0.0, 0.0, 0.0, 0.0)
    parts = _Integrals.of(queue)
    lost = parts.p_lost()
    wait = lost / queue.abandonment_rate
    busy = queue.offered_load * (1.0 - lost) / queue.servers
    return QueueResult(queue, parts.p_offered_longer(0.0), wait, wait * queue.arrival_rate, lost, busy)


@dataclass(frozen=True, slots=True)
class _Integrals:
    """J(t) = integral from t of exp(g), g(x) = lambda (1 - exp(-theta x)) / theta - c mu x, scaled by exp(-max g)."""

    q: Queue
    peak: float
    top: float
    whole: float
    idle: float

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, q: Queue) -> _Integrals:
        capacity = q.servers * q.service_rate
        excess = q.arrival_rate / capacity
        peak = math.log(excess) / q.abandonment_rate if excess > 1 else 0.0
        top = float(_exponent(q, np.array(peak)))
        blocked = erlang_b(q.offered_load, q.servers - 1)
        idle = math.exp(-top) / blocked if blocked > 0 else math.inf
        whole = _integral(q, peak, top, 0.0, math.inf, 0.0)
        return cls(q, peak, top, whole, idle)

    def p_offered_longer(self, t: float) -> float:
        """Share of arrivals to whom a wait longer than ``t`` is offered."""
        tail = self.whole if t <= 0 else _integral(self.q, self.peak, self.top, t, math.inf, 0.0)
        return self.q.arrival_rate * tail / (self.idle + self.q.arrival_rate * self.whole)

    def p_lost(self) -> float:
        """Share of arrivals who walk out before their offered wait ends."""
        q = self.q
        lost = _integral(q, self.peak, self.top, 0.0, math.inf, 0.0, lost=True)
        return q.arrival_rate * lost / (self.idle + q.arrival_rate * self.whole)

    def p_served_within(self, t: float) -> float:
        """Share of arrivals served after waiting ``t`` or less."""
        q = self.q
        norm = self.idle + q.arrival_rate * self.whole
        soon = _integral(q, self.peak, self.top, 0.0, t, q.abandonment_rate) if t > 0 else 0.0
        if math.isinf(norm):
            return 1.0
        return (self.idle + q.arrival_rate * soon) / norm


NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
STEPS = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 45.0])


def _exponent(q: Queue, x: FloatArray) -> FloatArray:
    return -q.arrival_rate * np.expm1(-q.abandonment_rate * x) / q.abandonment_rate - q.servers * q.service_rate * x


def _integral(q: Queue, peak: float, top: float, low: float, high: float, decay: float, *, lost: bool = False) -> float:
    """Integral of exp(g(x) - top - decay x), times 1 - exp(-theta x) when ``lost``, from ``low`` to ``high``.

    The integrand has one hump, at ``peak``; Gauss-Legendre panels grow from there at the scale of its curvature and
    slope, and end where it has fallen by more than exp(-45).
    """
    start = min(max(low, peak), high)
    crowd = q.arrival_rate * math.exp(-q.abandonment_rate * start)
    slope = abs(q.servers * q.service_rate - crowd)
    width = 1.0 / max(slope, math.sqrt(crowd * q.abandonment_rate))
    edges = np.unique(np.clip(np.concatenate([start - width * STEPS, start + width * STEPS]), low, high))
    half, middle = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
    x = middle + half * NODES
    density = np.exp(_exponent(q, x) - top - decay * x)
    if lost:
        density *= -np.expm1(-q.abandonment_rate * x)
    return float(np.sum(half * WEIGHTS * density))
