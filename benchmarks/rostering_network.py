"""Rosters of many branches at once, with people who float: time, missing hours and cost, with and without.

Run: ``python -m benchmarks.rostering_network [--sizes 3,6,12,24] [--people 25] [--work 5]``. Invented branches of half
hours and a week, one floater for two branches, each within reach of four others. Seconds are wall-clock with the load
average beside them, CPU seconds include the child processes. "Again" searches the branches that took part once more
without floating, from the rosters they had and for as long: what the extra search alone would have saved.
"""

from __future__ import annotations

import argparse
import os
import resource
import time

from counterpoint.science import fanout
from counterpoint.science.rostering import Limit, solve
from counterpoint.science.rostering.network import Effort, NetworkProblem, NetworkResult, breaches, solve_network
from counterpoint.science.rostering.network.datasets import branch_network


def cpu() -> float:
    """CPU seconds of this process and its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(network: NetworkProblem, effort: Effort, workers: int) -> NetworkResult:
    """Solve, and print what it took and brought."""
    began, used, alone = time.perf_counter(), cpu(), [0.0]

    def watch(stage: str, done: int, of: int) -> None:
        if stage == "rosters" and done == of:
            alone[0] = time.perf_counter() - began

    found = solve_network(network, seed=1, effort=effort, executor=fanout.Local(workers), on_step=watch)
    took = time.perf_counter() - began
    guilty = breaches(network, found.rosters)
    print(
        f"{len(network.branches)} branches, {len(network.floaters)} floaters, {workers} processes: {took:.0f} s "
        f"({alone[0]:.0f} s until all stand alone), {cpu() - used:.0f} s of CPU, load {os.getloadavg()[0]:.1f}; "
        f"{found.tried} moves tried, {len(found.moves)} kept, {len(guilty)} breaches, {len(found.failed)} failed"
    )
    print(
        f"    cost {found.cost_alone} alone, {found.cost} with floating (moves {found.moving}); "
        f"short {sum(found.short_alone.values()):.1f} h alone, {sum(found.short.values()):.1f} h with floating",
        flush=True,
    )
    return found


def again(network: NetworkProblem, found: NetworkResult, effort: Effort) -> None:
    """Print what the branches that took part would cost after the same further search without floating."""
    alone = solve_network(
        NetworkProblem(network.branches, ()), seed=1, effort=effort, executor=fanout.Local(2)
    )  # the same rosters as at the start of ``found``
    floaters = {floater.person: floater.home for floater in network.floaters}
    names = {move.branch for move in found.moves} | {floaters[move.person] for move in found.moves}
    total, short = alone.cost, sum(alone.short.values())
    for name in sorted(names):
        more = solve(network.places[name], seed=1, limit=effort.limit, hint=alone.rosters[name])
        if more.objective is not None and more.evaluation is not None:
            total += min(0, more.objective - alone.total[name])
            short += more.evaluation.short_hours - alone.short[name] if more.objective < alone.total[name] else 0.0
    print(f"    again without floating, {len(names)} branches: cost {total}, short {short:.1f} h", flush=True)


def main() -> None:
    """Print every figure that docs/explanation/rostering.md cites."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="3,6,12,24")
    parser.add_argument("--people", type=int, default=25)
    parser.add_argument("--work", type=float, default=5.0)
    given = parser.parse_args()
    effort = Effort(limit=Limit(deterministic=given.work, gap=0.01))
    for size in map(int, given.sizes.split(",")):
        network = branch_network(size, given.people, max(1, size // 2), seed=1)
        found = timed(network, effort, 2)
        if size == 12:
            same = timed(network, effort, 1)
            print("    equal results:", same == found)
            again(network, found, effort)


if __name__ == "__main__":
    main()
