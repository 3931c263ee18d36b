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

from numba import njit

from counterpoint.science.twin.kernel.arrivals import (
    count_arrivals,
    draw_day,
    draw_extras,
    load_rows,
    replication_seeds,
)
from counterpoint.science.twin.kernel.batch import collect, collect_work, run_batch
from counterpoint.science.twin.kernel.inside import redraw_inside
from counterpoint.science.twin.kernel.loop import run

__all__ = [
    "batch_kernel",
    "collect_kernel",
    "count_kernel",
    "draw_kernel",
    "load_kernel",
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
        offsets, out_f, out_i, by_counter, by_person,
    ):  # fmt: skip
        if version >= 0:
            run_batch(
                st, tm, dr, who, present, capacity, rates, start, width, law, tiers, extras, cm, seed, first, until,
                redraw, offsets, out_f, out_i, by_counter, by_person,
            )  # fmt: skip

    @njit(cache=True, nogil=True)
    def draw_kernel(  # type: ignore[no-untyped-def]
        dr, who, order, first, rates, start, width, after, law, tiers, extras, seed
    ):
        if version < 0:
            return 0
        n = draw_day(dr, who, order, first, rates, start, width, after, law, tiers, seed)
        return draw_extras(dr, who, order, first, n, extras, law, tiers, rates.shape[0], seed)

    @njit(cache=True, nogil=True)
    def count_kernel(rates, seed, first, n, replicated):  # type: ignore[no-untyped-def]
        seeds = replication_seeds(seed, first, n)
        if not replicated:
            seeds[:] = seed + 0 * version
        return seeds, count_arrivals(rates, seeds, first)

    @njit(cache=True, nogil=True)
    def load_kernel(st, tm, who, first, n):  # type: ignore[no-untyped-def]
        if version >= 0:
            load_rows(st, tm, who, first, n)

    @njit(cache=True, nogil=True)
    def redraw_kernel(st, tm, dr, law, tiers, services, seed):  # type: ignore[no-untyped-def]
        if version >= 0:
            redraw_inside(st, tm, dr, law, tiers, services, seed)

    @njit(cache=True, nogil=True)
    def collect_kernel(st, tm, dr, number, at, n, out_f, out_i, by_counter, by_person):  # type: ignore[no-untyped-def]
        if version >= 0:
            collect(st, tm, dr, number, at, n, out_f, out_i)
            collect_work(st, tm, by_counter, by_person)

    return run_kernel, batch_kernel, draw_kernel, count_kernel, load_kernel, redraw_kernel, collect_kernel


run_kernel, batch_kernel, draw_kernel, count_kernel, load_kernel, redraw_kernel, collect_kernel = _entries(
    _fingerprint()
)
