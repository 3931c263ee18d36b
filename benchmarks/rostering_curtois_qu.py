"""The Curtois & Qu shift scheduling instances: our column generation beside plain CP-SAT, every plan judged.

Run: ``python -m benchmarks.rostering_curtois_qu [--folder DIR] [--instances 1,2,7] [--seconds 120] [--workers 2]``. The
instances (Curtois & Qu 2014, research use) are not part of this repository: get them from www.schedulingbenchmarks.org
as ``Instance<number>.txt``. Wall-clock seconds, compilation not counted.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from ortools.sat.python import cp_model

from counterpoint.science.rostering import Limit, Progress
from counterpoint.science.rostering.schedules import Employee, ScheduleProblem, ShiftType, compact, judge, solve
from counterpoint.science.rostering.schedules.curtois_qu import read
from counterpoint.science.rostering.schedules.dayshifts import DayShifts

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
    parser.add_argument("--no-cp-sat", action="store_true", help="leave out the baseline")
    options = parser.parse_args()
    numbers = [int(number) for number in options.instances.split(",")]
    absent = [n for n in numbers if not (options.folder / f"Instance{n}.txt").is_file()]
    if absent:
        sys.exit(f"no Instance{absent[0]}.txt in {options.folder}; put the benchmark's files there or name --folder")
    solve(ScheduleProblem(7, (ShiftType("E", 480),), (Employee("A", 0, 960),)), seed=1)  # compile
    print(f"{options.seconds:.0f} s each, {options.workers} workers, load average {os.getloadavg()[0]:.1f}")
    print("| instance | best known | ours | gap | bound | seconds to it | plain CP-SAT | its gap |")
    print("|---|---|---|---|---|---|---|---|")
    for number in numbers:
        problem = read((options.folder / f"Instance{number}.txt").read_text())
        ours, bound, at = columns(problem, options)
        plain = None if options.no_cp_sat else cp_sat(problem, options)
        cells = (number, BEST[number], ours, gap(ours, BEST[number]), bound, f"{at:.1f}", plain or "none")
        print("| " + " | ".join(map(str, (*cells, gap(plain, BEST[number])))) + " |", flush=True)


def columns(problem: ScheduleProblem, options: argparse.Namespace) -> tuple[int, str, float]:
    """Our points by the judge, our bound (marked when proven best), and when the plan was found."""
    found: list[Progress] = []
    limit = Limit(deterministic=None, seconds=options.seconds, workers=options.workers)
    result = solve(problem, seed=options.seed, limit=limit, clock=time.monotonic, on_progress=found.append)
    if result.verdict is None or not result.verdict.feasible:
        sys.exit(f"our plan breaks a rule: {result.summary()}")
    at = next(step.seconds for step in found if step.objective == result.objective)
    return result.verdict.total, f"{result.bound}{' =' if result.status == 'optimal' else ''}", at


def cp_sat(problem: ScheduleProblem, options: argparse.Namespace) -> int | None:
    """Points of the plan of one plain CP-SAT call, by the judge; None without a plan."""
    model = compact.build(problem)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = options.seconds
    solver.parameters.num_workers = options.workers
    solver.parameters.random_seed = options.seed
    if solver.solve(model.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    verdict = judge(problem, DayShifts(problem).plan(model.schedules(solver)))
    return verdict.total if verdict.feasible else sys.exit(f"CP-SAT's plan breaks a rule: {verdict.summary()}")


def gap(value: int | None, best: int) -> str:
    return "" if value is None else f"{100 * (value - best) / best:.2f} %"


if __name__ == "__main__":
    main()
