"""The multi-activity retail instances (Strandmark, Qu, Curtois 2020): our search, all judged, plain CP-SAT beside.

Run: ``python -m benchmarks.rostering_multi_activity [--folder DIR] [--instances 1,10,60] [--seconds 20] [--workers 1]
[--peer 1,2,3]``. The instances (research use) are not part of this repository: get them from
www.schedulingbenchmarks.org as ``<id>_<days>_<staff>_<tasks>.txt``, in a folder or a ``.tar.xz``. Wall-clock seconds,
compilation not counted; CP-SAT has the same seconds and workers.
"""

from __future__ import annotations

import argparse
import os
import sys
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from ortools.sat.python import cp_model

from counterpoint.science.rostering import Limit, Progress
from counterpoint.science.rostering.activities import ActivityProblem, ActivityResult, compact, judge, solve
from counterpoint.science.rostering.activities.retail import read

KNOWN = {1: 383, 10: 193}  # the two solutions published with the instances
FOLDER = Path("../shared/data/rosters_multi_activity/retail_001_060.tar.xz")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--instances", default=",".join(map(str, range(1, 61))))
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", default="1,2,3,4,5", help="instances that plain CP-SAT tries too; empty: none")
    options = parser.parse_args()
    every = instances(options.folder)
    numbers = [int(number) for number in options.instances.split(",")]
    absent = [n for n in numbers if n not in every]
    if absent:
        sys.exit(f"no instance {absent[0]} in {options.folder}; put the benchmark's files there or name --folder")
    peers = {int(number) for number in options.peer.split(",") if number}
    solve(read(every[numbers[0]][1]), seed=1, limit=Limit(deterministic=0.01))  # compile
    print(f"{options.seconds:.0f} s each, workers: {options.workers}, load average {os.getloadavg()[0]:.1f}")
    print("| instance | feasible | cost | bound | published | feasible after, s | best after, s | plain CP-SAT |")
    print("|---|---|---|---|---|---|---|---|")
    found: list[ActivityResult] = []
    for number in numbers:
        name, text = every[number]
        problem = read(text)
        result = ours(problem, options)
        found.append(result)
        plain = cp_sat(problem, options) if number in peers else ""
        cells = (name, *told(result), KNOWN.get(number, ""), *when(result.progress), plain)
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    summary(found)


def instances(where: Path) -> dict[int, tuple[str, str]]:
    """Number → name and text, of a folder or an archive."""
    if where.is_dir():
        texts = {path.stem: path.read_text() for path in where.glob("*_*_*_*.txt")}
    elif where.is_file():
        with tarfile.open(where) as archive:
            files = [
                m for m in archive.getmembers() if m.isfile() and m.name.count("_") >= 3 and m.name.endswith(".txt")
            ]
            texts = {Path(m.name).stem: archive.extractfile(m).read().decode() for m in files}  # type: ignore[union-attr]
    else:
        texts = {}
    return {int(name.split("_")[0]): (name, text) for name, text in texts.items() if name.split("_")[0].isdigit()}


def ours(problem: ActivityProblem, options: argparse.Namespace) -> ActivityResult:
    limit = Limit(deterministic=None, seconds=options.seconds, workers=options.workers)
    return solve(problem, seed=options.seed, limit=limit, clock=time.monotonic)


def told(result: ActivityResult) -> tuple[str, str, str]:
    """Feasible by the judge or not, its points or how many rules are broken, and the bound."""
    assert result.verdict is not None
    if not result.verdict.feasible:
        return "no", f"{len(result.verdict.breaches)} broken", str(result.bound)
    return "yes", str(result.verdict.total), f"{result.bound}{' =' if result.status == 'optimal' else ''}"


def when(progress: Sequence[Progress]) -> tuple[str, str]:
    return (f"{progress[0].seconds:.1f}", f"{progress[-1].seconds:.1f}") if progress else ("", "")


def cp_sat(problem: ActivityProblem, options: argparse.Namespace) -> str:
    """Points of the plan of one plain CP-SAT call, by the judge."""
    model = compact.build(problem)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = options.seconds
    solver.parameters.num_workers = options.workers
    solver.parameters.random_seed = options.seed
    if solver.solve(model.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return "none"
    verdict = judge(problem, model.shifts(solver))
    return str(verdict.total) if verdict.feasible else sys.exit(f"CP-SAT's plan breaks a rule: {verdict.breaches[0]}")


def summary(found: Sequence[ActivityResult]) -> None:
    kept = [r for r in found if r.verdict is not None and r.verdict.feasible]
    print(f"\nfeasible: {len(kept)} of {len(found)}; proven best: {sum(r.status == 'optimal' for r in kept)}")
    if kept:
        costs, bounds = [r.verdict.total for r in kept if r.verdict], [r.bound for r in kept]
        print(f"mean cost {mean(costs):.1f}, mean bound {mean(bounds):.1f}", end=", ")
        print(f"feasible after {mean(r.progress[0].seconds for r in kept):.1f} s in the mean", end=", ")
        print(f"{max(r.progress[0].seconds for r in kept):.1f} s at most; load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
