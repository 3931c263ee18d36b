"""A branch week: 25 people × 7 days. Time to the first roster, gap at 10 and 60 s, repair after a sick call.

Run: ``python -m benchmarks.rostering_branch [--step 15] [--seconds 60]``. Wall-clock, linear relaxation included; the
gap is to the proven bound of the linear relaxation, so the true gap is smaller.
"""

from __future__ import annotations

import argparse
import os
import time

from counterpoint.science.rostering import Absence, Limit, Progress, repair, solve
from counterpoint.science.rostering.datasets import branch_week


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=25)
    parser.add_argument("--step", type=int, default=30, choices=(15, 30))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    problem = branch_week(options.people, options.seed, options.step)
    began = time.perf_counter()
    seen: list[tuple[float, Progress]] = []

    def watch(step: Progress) -> bool:
        seen.append((time.perf_counter() - began, step))
        return seen[-1][0] < options.seconds

    result = solve(problem, seed=1, limit=Limit(deterministic=None, seconds=options.seconds), on_progress=watch)
    wall = time.perf_counter() - began
    print(f"{options.people} people x 7 days x {options.step} min; load average {os.getloadavg()[0]:.1f}")
    if not seen or result.roster is None or result.evaluation is None:
        print(result.summary())
        return
    print(f"first roster {seen[0][0]:.1f} s, cost {seen[0][1].objective}")
    for limit in (10.0, 30.0, 60.0):
        best = [step.objective for at, step in seen if at <= limit]
        if best and limit <= options.seconds:
            print(f"at {limit:.0f} s: cost {min(best)}, gap {100 * (1 - result.bound / min(best)):.1f} %")
    print(f"end {wall:.1f} s: {result.summary()}")
    ill = result.roster.shifts[0]
    began = time.perf_counter()
    fixed = repair(problem, result.roster, (Absence(ill.person, ill.day),), seed=1)
    took = time.perf_counter() - began
    print(f"repair {took:.1f} s: {fixed.result.status}, {len(fixed.changed)} person-days moved")


if __name__ == "__main__":
    main()
