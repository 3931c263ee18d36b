"""Two cores against one: the same batch of branch days on one thread and on several, bit for bit the same.

Run: ``python -m benchmarks.twin_cores [workers] [seconds]``. Runs of one and of several threads take turns for so many
seconds. On a shared machine most of them are disturbed, so every run notes how much CPU time others took meanwhile
(/proc/stat less our own), and the medians are of the quiet runs only: others below a twentieth of a core. CPU seconds
tell the rest: what the threads cost together, more than one alone does.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from counterpoint.science import twin

DAYS, QUIET = 3000, 0.05


@dataclass(frozen=True)
class Run:
    """One batch: wall and own CPU seconds, and what share of a core others used."""

    wall: float
    cpu: float
    others: float


def own() -> float:
    """CPU seconds of this process."""
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def all_busy() -> float:
    """CPU seconds of the whole machine since it started."""
    user, nice, system, _idle, _iowait, irq, soft, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def batch(branch: twin.DemoBranch, workers: int) -> tuple[Run, bytes]:
    """Simulate and read the KPIs."""
    wall, cpu, busy = time.perf_counter(), own(), all_busy()
    result = twin.simulate(branch.model, branch.staffing, branch.rates, DAYS, seed=7, workers=workers)
    kpis = b"".join(values.tobytes() for values in result.kpis.values())
    wall, cpu, busy = time.perf_counter() - wall, own() - cpu, all_busy() - busy
    return Run(wall, cpu, max(0.0, busy - cpu) / wall), kpis + result.times.tobytes()


def main(workers: int = 2, seconds: float = 60.0) -> None:
    """Print one table."""
    branch = twin.demo_branch(seed=1, size="large")
    _, known = batch(branch, 1)
    runs: dict[int, list[Run]] = {1: [], workers: []}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for count, kept in runs.items():
            run, bits = batch(branch, count)
            assert bits == known, "the split changed the result"
            kept.append(run)
    quiet = {count: [run for run in kept if run.others < QUIET] for count, kept in runs.items()}
    print(f"{DAYS} days of a large branch, {sum(map(len, runs.values()))} runs, all the same bits")
    for count, kept in quiet.items():
        cpu = min(run.cpu for run in runs[count])
        best = min(run.wall for run in runs[count])
        print(
            f"{count} thread(s): best {DAYS / best:,.0f} days/s, least CPU {cpu:.3f} s, {len(kept)} quiet runs", end=""
        )
        print(f", median {DAYS / statistics.median(run.wall for run in kept):,.0f} days/s" if kept else "")
    if all(quiet.values()):
        one, many = (statistics.median(run.wall for run in kept) for kept in quiet.values())
        print(f"{workers} threads / 1: {one / many:.2f} (quiet runs)")
    one, many = (min(run.wall for run in kept) for kept in runs.values())
    print(f"{workers} threads / 1: {one / many:.2f} (best runs)")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
