"""Run all engines in turn and print one table a model."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.twin_peers.shared import Done, z_score


@dataclass(frozen=True)
class Engine:
    """An engine: its package, our module, and how much of each model it does a round (0: it cannot)."""

    name: str
    package: str
    module: str
    patient: int
    impatient: int
    days: int


ENGINES = (
    Engine("twin", "counterpoint", "in_twin", 60, 60, 1000),
    Engine("Ciw", "ciw", "in_ciw", 8, 8, 40),
    Engine("SimPy", "simpy", "in_simpy", 8, 8, 60),
    Engine("salabim", "salabim", "in_salabim", 3, 3, 20),
    Engine("queueing-tool", "queueing_tool", "in_queueing_tool", 8, 0, 0),
    Engine("cimba", "cimba", "in_cimba", 60, 60, 1000),
)
Case = dict[str, tuple[Callable[[int, int], Done], int]]


def cases() -> dict[str, Case]:
    """For each model and installed engine the function of (amount, seed) and the amount of a round."""
    found: dict[str, Case] = {"M/M/5, customers/s": {}, "M/M/5+M, customers/s": {}, "plain branch day, days/s": {}}
    patient, impatient, plain = found.values()
    for engine in ENGINES:
        if importlib.util.find_spec(engine.package) is None:
            print(f"{engine.name} is not installed: left out")
            continue
        module = importlib.import_module(f"benchmarks.twin_peers.{engine.module}")
        if engine.patient:
            patient[engine.name] = (lambda n, seed, mm5=module.mm5: mm5(4.5, 0.0, n, seed), engine.patient)
        if engine.impatient:
            impatient[engine.name] = (lambda n, seed, mm5=module.mm5: mm5(5.5, 0.5, n, seed), engine.impatient)
        if engine.days:
            plain[engine.name] = (module.day, engine.days)
    return found


def measure(engines: Case, rounds: int) -> tuple[dict[str, list[float]], dict[str, Done]]:
    """Units a second of CPU time, one a round, and all replications, by engine."""
    speed: dict[str, list[float]] = {name: [] for name in engines}
    seen: dict[str, Done] = {}
    for run, _ in engines.values():
        run(1, 1)  # load or compile code
    for turn in range(rounds):
        for name, (run, n) in engines.items():
            gc.collect()  # nobody pays for what another engine left behind
            begin = time.process_time()
            done = run(n, 1000 * turn + 7)
            speed[name].append(done.units / (time.process_time() - begin))
            if name in seen:
                done = Done(0.0, seen[name].waits + done.waits, seen[name].gone + done.gone)
            seen[name] = done
    return speed, seen


def main(rounds: int = 3) -> None:
    """Print one table a model."""
    for label, engines in cases().items():
        speed, seen = measure(engines, rounds)
        mine = statistics.median(speed["twin"])
        print(label)
        for name, values in speed.items():
            value, other = statistics.median(values), seen[name]
            print(
                f"  {name:13} {value:13,.1f} ({min(values):,.1f} to {max(values):,.1f})  twin x {mine / value:.2f}"
                f"   {len(other.waits)} runs"
                f"   mean wait {statistics.fmean(other.waits):.3f} (z {z_score(seen['twin'].waits, other.waits):+.1f})"
                f"   left {statistics.fmean(other.gone):.2f} (z {z_score(seen['twin'].gone, other.gone):+.1f})",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
