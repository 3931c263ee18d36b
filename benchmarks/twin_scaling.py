"""What many branches cost: 12, 1,200 and 15,000 different branches x 100 days each, and whether the curve is a line.

Run: ``nice python -m benchmarks.twin_scaling [workers] [replications]``. Every size runs in a process of its own, so
that its peak of memory is its own. Wall and CPU seconds are of the whole way: making the branch, packing it as a task,
simulating, KPIs with intervals, collecting rows. CPU counts all processes. The first, compiling call is not timed.
Linear means: cost a branch stays the same (ratio near 1) and the slope of log cost over log branches is 1.
"""

from __future__ import annotations

import hashlib
import json
import math
import resource
import subprocess
import sys
import time

from counterpoint.science import fanout

SIZES = (12, 1_200, 15_000)


def cpu() -> float:
    """User and system seconds of this process and of its ended children."""
    each = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in each)


def peak() -> float:
    """Peak resident memory in MB: of this process and of the largest child."""
    each = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each) / 1024


def one(branches: int, workers: int, replications: int) -> dict[str, float | str]:
    """Simulate so many branches and say what it took."""
    fanout.simulate_branches(fanout.varied_branches(1, seed=1, replications=2), fanout.Local(1))
    resting = peak()
    begin, used = time.perf_counter(), cpu()
    asked = fanout.varied_branches(branches, seed=1, replications=replications)
    found = fanout.simulate_branches(asked, fanout.Local(workers))
    wall, used = time.perf_counter() - begin, cpu() - used
    assert not found.failed and len(found.names) == branches
    digest = hashlib.sha256(found.values.tobytes()).hexdigest()[:12]
    customers = float(found.values[:, 0, 0].sum() * replications)
    return {"wall": wall, "cpu": used, "peak": peak(), "resting": resting, "digest": digest, "customers": customers}


def main(workers: int = 1, replications: int = 100) -> None:
    """Print one table."""
    rows = []
    print(f"{replications} days a branch, {workers} worker(s)")
    print(f"{'branches':>9} {'days':>10} {'wall s':>8} {'CPU s':>8} {'CPU ms a branch':>16} {'days/CPU s':>11} "
          f"{'customers':>12} {'peak MB':>8} {'at rest':>8}  bits")  # fmt: skip
    for size in SIZES:
        command = [sys.executable, "-m", "benchmarks.twin_scaling", "--one", str(size), str(workers), str(replications)]
        row = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        rows.append(row)
        print(f"{size:9,} {size * replications:10,} {row['wall']:8.2f} {row['cpu']:8.2f} "
              f"{1000 * row['cpu'] / size:16.2f} {size * replications / row['cpu']:11,.0f} {row['customers']:12,.0f} "
              f"{row['peak']:8.0f} {row['resting']:8.0f}  {row['digest']}", flush=True)  # fmt: skip
    for a, b in ((0, 1), (1, 2)):
        ratio = (rows[b]["cpu"] / SIZES[b]) / (rows[a]["cpu"] / SIZES[a])
        slope = math.log(rows[b]["cpu"] / rows[a]["cpu"]) / math.log(SIZES[b] / SIZES[a])
        print(f"{SIZES[a]:,} to {SIZES[b]:,}: cost a branch x {ratio:.3f}, log-log slope {slope:.3f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(*(int(word) for word in sys.argv[2:5]))))
    else:
        main(*(int(word) for word in sys.argv[1:]))
