"""The compiled branch day: entry points cached on disk, everything else inlined behind them.

Numba's disk cache notices a change in the file of an entry point only, not in the files that it calls. A fingerprint
of every kernel file is therefore captured by the entry points and becomes part of their cache key: an edited kernel
is always compiled anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from counterpoint.science.twin.kernel.arrivals import (
    count_arrivals,
    draw_all,
    draw_day,
    draw_extras,
    keys_of,
    load_rows,
    replication_seeds,
)
from counterpoint.science.twin.kernel.batch import collect, collect_work, run_batch
from counterpoint.science.twin.kernel.chance import complete_draws
from counterpoint.science.twin.kernel.compiled import pointer
from counterpoint.science.twin.kernel.devices import FAILURE_STREAM, device_chance, draw_failures
from counterpoint.science.twin.kernel.draws import customer_key, duration
from counterpoint.science.twin.kernel.inside import redraw_inside
from counterpoint.science.twin.kernel.kpis import count_days, quantiles_of
from counterpoint.science.twin.kernel.loop import run
from counterpoint.science.twin.kernel.turns import leg_draws

__all__ = [
    "batch_kernel",
    "collect_kernel",
    "count_kernel",
    "device_kernel",
    "draw_kernel",
    "failure_kernel",
    "kpi_kernel",
    "leg_kernel",
    "load_kernel",
    "minutes_kernel",
    "quantile_kernel",
    "redraw_kernel",
    "run_kernel",
]


def _fingerprint() -> int:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return zlib.crc32(b"".join(path.read_bytes() for path in sources))


def _entries(version: int) -> tuple[Callable[..., Any], ...]:
    @njit(cache=True, nogil=True)
    def run_kernel(st, tm, dr, ev, cm, until):  # type: ignore[no-untyped-def]
        return run(st, tm, dr, ev, cm, until) if version >= 0 else -1

    @njit(cache=True, nogil=True)
    def batch_kernel(  # type: ignore[no-untyped-def]
        st, tm, dr, who, present, capacity, rates, start, width, law, tiers, extras, cm, seed, first, until, redraw,
        offsets, out_f, out_i, by_counter, by_person, days, promises, quantiles,
    ):  # fmt: skip
        if version >= 0:
            run_batch(
                st, tm, dr, who, present, capacity, rates, start, width, law, tiers, extras, cm, seed, first, until,
                redraw, offsets, out_f, out_i, by_counter, by_person, days, promises, quantiles,
            )  # fmt: skip

    @njit(cache=True, nogil=True)
    def draw_kernel(  # type: ignore[no-untyped-def]
        dr, who, order, first, rates, start, width, after, law, tiers, extras, seed
    ):
        if version < 0:
            return 0
        keys = np.empty(who.shape[0], dtype=np.int64)
        room = np.empty((2, who.shape[0] + 2))
        n = draw_day(dr, who, keys, order, first, rates, start, width, after, tiers, seed, room)
        n = draw_extras(dr, who, keys, order, first, n, extras, tiers, seed)
        draw_all(dr, who, keys, first, n, law, tiers)
        return n

    @njit(cache=True, nogil=True)
    def count_kernel(rates, seed, first, n, replicated):  # type: ignore[no-untyped-def]
        seeds = replication_seeds(seed, first, n)
        if not replicated:
            seeds[:] = seed + 0 * version
        return seeds, count_arrivals(rates, seeds, first)

    @njit(cache=True, nogil=True)
    def load_kernel(st, tm, who, seed, first, n):  # type: ignore[no-untyped-def]
        if version >= 0:
            load_rows(st, tm, who, keys_of(who, seed, first, n), first, n)

    @njit(cache=True, nogil=True)
    def failure_kernel(st, tm, seed):  # type: ignore[no-untyped-def]
        if version >= 0:
            draw_failures(pointer(st), pointer(tm), seed)

    @njit(cache=True, nogil=True)
    def device_kernel(seed, d, turn, purpose):  # type: ignore[no-untyped-def]
        return device_chance(np.int64(customer_key(seed, FAILURE_STREAM, d)), turn + 0 * version, purpose)

    @njit(cache=True, nogil=True)
    def minutes_kernel(shape, mean, sigma, u):  # type: ignore[no-untyped-def]
        return duration(shape + 0 * version, mean, sigma, u)

    @njit(cache=True, nogil=True)
    def leg_kernel(st, tm, c, service, leg):  # type: ignore[no-untyped-def]
        return leg_draws(pointer(st), pointer(tm), c, service + 0 * version, leg)

    @njit(cache=True, nogil=True)
    def redraw_kernel(st, tm, dr, law, tiers, services, seed):  # type: ignore[no-untyped-def]
        if version >= 0:
            redraw_inside(st, tm, dr, law, tiers, services, seed)
            draw_failures(pointer(st), pointer(tm), seed)
            complete_draws(pointer(st), pointer(tm), pointer(dr))

    @njit(cache=True, nogil=True)
    def collect_kernel(st, tm, dr, number, at, n, out_f, out_i, by_counter, by_person):  # type: ignore[no-untyped-def]
        if version >= 0:
            collect(st, tm, dr, number, at, n, out_f, out_i)
            collect_work(st, tm, by_counter, by_person)

    @njit(cache=True, nogil=True)
    def kpi_kernel(times, codes, first, n, promises, quantiles):  # type: ignore[no-untyped-def]
        return count_days(times, codes, first + 0 * version, n, promises, quantiles)

    @njit(cache=True, nogil=True)
    def quantile_kernel(values, group, groups, quantiles):  # type: ignore[no-untyped-def]
        return quantiles_of(values, group, groups + 0 * version, quantiles)

    return (
        run_kernel, batch_kernel, draw_kernel, count_kernel, load_kernel, redraw_kernel, collect_kernel, kpi_kernel,
        quantile_kernel, failure_kernel, leg_kernel, device_kernel, minutes_kernel,
    )  # fmt: skip


(
    run_kernel, batch_kernel, draw_kernel, count_kernel, load_kernel, redraw_kernel, collect_kernel, kpi_kernel,
    quantile_kernel, failure_kernel, leg_kernel, device_kernel, minutes_kernel,
) = _entries(_fingerprint())  # fmt: skip
