"""The Curtois & Qu shift scheduling instances: our column generation beside other solvers, every plan judged.

Run: ``python -m benchmarks.rostering_curtois_qu [--folder DIR] [--instances 1,2,7] [--seconds 120] [--workers 2]
[--peers cp-sat,highs,timefold --timefold PYTHON]``. The instances (Curtois & Qu 2014, research use) are not part of
this repository: get them from www.schedulingbenchmarks.org as ``Instance<number>.txt``. Wall-clock seconds,
compilation not counted.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from benchmarks.rostering_peers import cp_sat, highs, timefold
from counterpoint.science.rostering import Limit, Progress
from counterpoint.science.rostering.schedules import Employee, Plan, ScheduleProblem, ShiftType, judge, solve
from counterpoint.science.rostering.schedules.curtois_qu import read

# Best known plans as of 2024: www.schedulingbenchmarks.org and its page of changes.
BEST = {
    1: 607, 2: 828, 3: 1001, 4: 1716, 5: 1143, 6: 1950, 7: 1056, 8: 1300, 9: 439, 10: 4631, 11: 3443, 12: 4040,
    13: 1348, 14: 1278, 15: 3834, 16: 3225, 17: 5746, 18: 4459, 19: 3149, 20: 4943, 21: 21159, 22: 33155, 23: 17428,
    24: 48777,
}  # fmt: skip
SHARED = "1,2,3,4,5,6,7,9,10,11,12,14,16"
FOLDER = Path("../shared/data/rosters_curtois_qu")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--instances", default=SHARED)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", default="cp-sat", help="cp-sat, highs, timefold; empty: none")
    parser.add_argument("--peer-seconds", type=float, help="time of a peer; else that of ours")
    parser.add_argument("--timefold", help="a Python that has timefold 1.24 and Java 17")
    options = parser.parse_args()
    numbers = [int(number) for number in options.instances.split(",")]
    absent = [n for n in numbers if not (options.folder / f"Instance{n}.txt").is_file()]
    if absent:
        sys.exit(f"no Instance{absent[0]}.txt in {options.folder}; put the benchmark's files there or name --folder")
    solve(ScheduleProblem(7, (ShiftType("E", 480),), (Employee("A", 0, 960),)), seed=1)  # compile
    print(f"{options.seconds:.0f} s each, {options.workers} workers, load average {os.getloadavg()[0]:.1f}")
    peers = [peer for peer in options.peers.split(",") if peer]
    heads = ["instance", "best known", "ours", "gap", "bound", "seconds to it"]
    heads += [head for peer in peers for head in (peer, "its gap")]
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for number in numbers:
        problem = read((options.folder / f"Instance{number}.txt").read_text())
        ours, bound, at = columns(problem, options)
        cells = [number, BEST[number], ours, gap(ours, BEST[number]), bound, f"{at:.1f}"]
        for peer in peers:
            found = points(problem, plan_of(peer, problem, options))
            cells += [found or "none", gap(found, BEST[number])]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def plan_of(peer: str, problem: ScheduleProblem, options: argparse.Namespace) -> Plan | None:
    seconds = options.peer_seconds or options.seconds
    if peer == "cp-sat":
        return cp_sat(problem, seconds, options.workers, options.seed)
    if peer == "highs":
        return highs(problem, seconds, options.workers, options.seed)[0]
    if not options.timefold:
        sys.exit("timefold needs an environment of its own: name its Python with --timefold")
    return timefold(problem, seconds, options.timefold)


def columns(problem: ScheduleProblem, options: argparse.Namespace) -> tuple[int, str, float]:
    """Our points by the judge, our bound (marked when proven best), and when the plan was found."""
    found: list[Progress] = []
    limit = Limit(deterministic=None, seconds=options.seconds, workers=options.workers)
    result = solve(problem, seed=options.seed, limit=limit, clock=time.monotonic, on_progress=found.append)
    if result.verdict is None or not result.verdict.feasible:
        sys.exit(f"our plan breaks a rule: {result.summary()}")
    at = next(step.seconds for step in found if step.objective == result.objective)
    return result.verdict.total, f"{result.bound}{' =' if result.status == 'optimal' else ''}", at


def points(problem: ScheduleProblem, plan: Plan | None) -> int | None:
    """A peer's points by the judge; None without a plan or when it breaks a rule."""
    verdict = judge(problem, plan) if plan is not None else None
    return verdict.total if verdict is not None and verdict.feasible else None


def gap(value: int | None, best: int) -> str:
    return "" if value is None else f"{100 * (value - best) / best:.2f} %"


if __name__ == "__main__":
    main()
