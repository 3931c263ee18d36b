"""Work split over threads. Compiled days run without the interpreter's lock, so threads of one process share cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import TypeVar

from counterpoint.science.twin.model import require

PARTS_A_WORKER = 4
LEAST = 4

T = TypeVar("T")


def cores(workers: int | None) -> int:
    """``workers``, or as many as this process has cores for when None; ModelError when below 1."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    require(workers >= 1, f"workers must be 1 or more, or None for all cores, not {workers}.")
    return workers


def parts(n: int, workers: int) -> list[tuple[int, int]]:
    """(first, end) of contiguous parts of ``range(n)``: more parts than workers, so that a slow core is helped out."""
    count = 1 if workers == 1 else max(1, min(n // LEAST, PARTS_A_WORKER * workers))
    cuts = [n * i // count for i in range(count + 1)]
    return list(pairwise(cuts))


def split(n: int, workers: int, work: Callable[[int, int], T]) -> list[T]:
    """``work(first, end)`` of every part of ``range(n)`` on ``workers`` threads, in the order of the parts."""
    return each([partial(work, *piece) for piece in parts(n, workers)], workers)


def each(calls: Sequence[Callable[[], T]], workers: int) -> list[T]:
    """What the calls return, made on ``workers`` threads, in the order of the calls."""
    if workers == 1 or len(calls) <= 1:
        return [call() for call in calls]
    with ThreadPoolExecutor(min(workers, len(calls))) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]
