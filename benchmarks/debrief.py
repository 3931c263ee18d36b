"""The debrief: how long after the end of a day its page can say what decided it.

Run: ``python -m benchmarks.debrief [sessions]``. Each session is another small payday (about 200 people, 1.2 times as
many as staffed for) played with up to 15 random legal orders. Timed is what the job at the end of a day does, without
the database: the short search and the judging; with a reference from before, the judging alone, both at once and
closely. Beside it the work behind the page (long search, floor, redraws) for a few of them. Wall seconds and processor
seconds of one core; the twin is warm.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from counterpoint.academy.debrief import judging
from counterpoint.science import playing
from counterpoint.science.playing import datasets

LONG = 3


def played(seed: int) -> tuple[playing.Game, tuple[playing.Order, ...]]:
    """A day and what was ordered in it."""
    game, rng = datasets.demo_game(seed), np.random.default_rng(seed)
    seconds = rng.integers(int(game.opens * 60), int(game.closes * 60), size=rng.integers(16))
    return game, tuple(playing.any_order(game, rng, int(second)) for second in sorted(seconds))


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, wall seconds, processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Print the table."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    game, orders = played(10_000)
    judging.judged(game, orders, judging.searched(game, 10, ()), judging.AT_ONCE)
    rows: dict[str, list[tuple[float, float]]] = {"without reference": [], "with reference": [], "closely": []}
    for seed in range(sessions):
        game, orders = played(seed)
        found, wall, cpu = timed(lambda: judging.searched(game, judging.QUICK, ()))  # noqa: B023
        _one, more, work = timed(lambda: judging.judged(game, orders, found, judging.AT_ONCE))  # noqa: B023
        rows["without reference"].append((wall + more, cpu + work))
        rows["with reference"].append((more, work))
        _two, more, work = timed(lambda: judging.judged(game, orders, found, judging.CLOSELY))  # noqa: B023
        rows["closely"].append((more, work))
    print(f"{sessions} sessions, seconds: wall median, wall p95, processor median, processor p95")
    for name, values in rows.items():
        print(f"{name:20s}", *(f"{np.quantile([v[i] for v in values], q):6.2f}" for i in (0, 1) for q in (0.5, 0.95)))
    steps = {"long search": lambda g: judging.searched(g, judging.FULL, ()), "floor": judging.floor,
             "redraws": judging.expected}  # fmt: skip
    for name, step in steps.items():
        cpu_seconds = [timed(lambda: step(played(seed)[0]))[2] for seed in range(LONG)]  # noqa: B023
        print(f"{name:20s}", f"processor {max(cpu_seconds):6.2f} at most of {LONG}")


if __name__ == "__main__":
    main()
