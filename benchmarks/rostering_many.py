"""Weeks of many branches through the fan-out: the cost curve, and the same on a cluster when one is named.

    nice python -m benchmarks.rostering_many [sizes...] [--workers 2] [--people 16] [--work 0.5] [--cluster ADDRESS]
    [--speed-up N]

Invented branches, half hours, all different. Wall seconds are of the whole way (making, packing, rostering, judging,
collecting); processor seconds of all worker processes tell what other work on the machine does not disturb.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator

from counterpoint.science import fanout
from counterpoint.science.rostering import Limit
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.many import Branch, ManyRosters, solve_many


def branches(size: int, people: int, work: float) -> Iterator[Branch]:
    for number in range(size):
        yield Branch(f"B{number:05d}", branch_week(people, number), number, Limit(deterministic=work, gap=0.01))


def timed(size: int, given: argparse.Namespace, executor: fanout.Executor) -> tuple[float, float, ManyRosters]:
    """Wall and processor seconds, and the rosters."""
    began, spent = time.perf_counter(), processor()
    found = solve_many(branches(size, given.people, given.work), executor)
    return time.perf_counter() - began, processor() - spent, found


def processor() -> float:
    """Seconds that this process and its ended children have had."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[100, 1_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--people", type=int, default=16)
    parser.add_argument("--work", type=float, default=0.5, help="work units a branch")
    parser.add_argument("--cluster", help="sc://host:15002; without it the processes of this machine")
    parser.add_argument("--speed-up", type=int, default=0)
    given = parser.parse_args()
    executor = fanout.connect(given.cluster) if given.cluster else fanout.Local(given.workers)
    print("branches  rostered  wall s  processor s  ms a branch  points a branch", flush=True)
    for size in given.sizes:
        wall, spent, found = timed(size, given, executor)
        mean = sum(one["total"] for one in found.told.values()) / max(1, len(found.told))
        ms = 1000 * wall / size
        print(f"{size:8d}  {len(found.answers):8d}  {wall:6.1f}  {spent:11.1f}  {ms:11.1f}  {mean:15.0f}", flush=True)
    if given.speed_up:
        (one, used, _), (two, both, _) = (timed(given.speed_up, given, fanout.Local(n)) for n in (1, 2))
        print(
            f"{given.speed_up} branches: one worker {one:.1f} s ({used:.1f} s of processor), two {two:.1f} s "
            f"({both:.1f}): {one / two:.2f} times as fast"
        )


if __name__ == "__main__":
    main()
