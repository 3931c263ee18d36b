"""How fast and how true the twin is: M/M/5, M/M/5+M and the demo branch day, on one core.

Run: ``python -m benchmarks.twin_mmc [rounds]``. Each round times the cases one after the other; figures are medians
of CPU time over the rounds. The first, compiling call is timed apart. Agreement is a z score over replications against
Erlang C or A, after a warm-up of 600 minutes.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from counterpoint.science import queueing, twin
from counterpoint.science.twin.results import Result

MINUTES, WARM_UP, SERVERS, MEAN = 6000.0, 600.0, 5, 4.0


def steady(patience: twin.Duration | None) -> twin.BranchModel:
    """Five exponential servers, one class, no doors, for a hundred hours."""
    return twin.BranchModel(
        (twin.Service("S", twin.Duration(MEAN, shape="exponential")),),
        tuple(twin.Counter(f"K{i}", ("S",)) for i in range(SERVERS)),
        patience=patience,
        balking=None,
        open_minute=0.0,
        close_minute=MINUTES,
        overrun_minutes=100_000.0,
    )


def z_score(result: Result, expected: float) -> float:
    """Mean wait of those who came after the warm-up against the formula, in standard errors."""
    late = result.outcomes[result.outcomes.arrival > WARM_UP].groupby("replication").waited.mean()
    return float((late.mean() - expected) / (late.std(ddof=1) / np.sqrt(len(late))))


def median_cpu(cases: dict[str, Callable[[], Result]], rounds: int) -> dict[str, float]:
    """Median CPU seconds of each case, rounds interleaved."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            start = time.process_time()
            case()
            times[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def main(rounds: int = 5) -> None:
    """Print one table."""
    plain, leaving = steady(None), steady(twin.Duration(8.0, shape="exponential"))
    loads = {"M/M/5 rho 0.9": (plain, 4.5, 0.0), "M/M/5+M load 5.5": (leaving, 5.5, 1 / 8)}
    branch = twin.demo_branch(seed=1, size="large")
    start = time.perf_counter()
    twin.simulate(branch.model, branch.staffing, branch.rates, 1, seed=1)
    print(f"first call {time.perf_counter() - start:.2f} s (compiles once, then from the disk cache)")

    def steady_case(model: twin.BranchModel, load: float) -> Result:
        rates = np.full((1, int(MINUTES / 30)), 30 * load / MEAN)
        return twin.simulate(model, twin.one_person_a_counter(model), rates, 40, seed=7)

    cases: dict[str, Callable[[], Result]] = {
        name: lambda model=model, load=load: steady_case(model, load) for name, (model, load, _) in loads.items()
    }
    cases["branch day"] = lambda: twin.simulate(branch.model, branch.staffing, branch.rates, 1000, seed=7)
    seconds = median_cpu(cases, rounds)
    for name, (_, load, theta) in loads.items():
        result = cases[name]()
        wait = queueing.solve(queueing.Queue(load / MEAN, 1 / MEAN, SERVERS, theta)).mean_wait
        rate = len(result.times) / seconds[name]
        print(f"{name:18} {rate / 1e6:6.2f} M customers/s   mean wait {wait:.3f} min, z {z_score(result, wait):+.2f}")
    result = cases["branch day"]()
    days = 1000 / seconds["branch day"]
    print(f"{'branch day':18} {days:6.0f} days/s of {result.kpis['arrivals'].mean():.0f} customers (full demo model)")
    live(branch)


def live(branch: twin.DemoBranch) -> None:
    """Time a fork and one ETA of a busy hall."""
    people = twin.draw_customers(branch.model, branch.rates, seed=5)
    state, _ = twin.advance(twin.initial_state(branch.model, branch.staffing, people), 690.0)
    ticket = state.waiting()[-1]

    def each(action: Callable[[], object], n: int) -> float:
        action()
        start = time.process_time()
        for _ in range(n):
            action()
        return (time.process_time() - start) / n

    print(f"{'fork':18} {1e6 * each(state.copy, 500):6.1f} us")
    ask = each(lambda: twin.eta(state, ticket, seed=3, rates=branch.rates), 10)
    print(f"{'ETA, 200 futures':18} {1e3 * ask:6.1f} ms with {len(state.waiting())} tickets waiting")
    sixty = each(lambda: twin.futures(state, 200, seed=3, until=750.0, rates=branch.rates), 10)
    print(f"{'200 futures, 60 min':18} {1e3 * sixty:5.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
