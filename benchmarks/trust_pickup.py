"""How near days come that are lived by the readiness read from calls, in simulated halls where it is known.

    python -m benchmarks.trust_pickup [DAYS]

Counters of cash, always manned; whoever is free is not ready with a planted chance, and somebody is after a planted
time. DAYS (default 40) are simulated; the first half is calibrated from, the second lived again: by the true branch
model, by the calibrated one, and by the calibrated one that calls at once. What the first is off by is the luck of the
days. Simulated throughout: nothing here speaks of a real branch.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from counterpoint.science import trust
from counterpoint.science.calibration import calibrate, tickets
from counterpoint.science.calibration.tests.following import cash_branch, not_ready_branch, not_ready_log

HALLS = ((5, 0.2, 0.5, 17.0), (5, 0.35, 0.7, 15.0), (3, 0.35, 0.7, 9.0), (4, 0.6, 1.5, 11.0))
GATE = replace(trust.GATE, replications=20, resamples=200)


def main(days: int = 40) -> None:
    """Print a row a hall: what was planted, what was found, and errors of the mean and median wait."""
    for counters, chance, minutes, half_hour in HALLS:
        true = not_ready_branch(counters, chance, minutes)
        log = not_ready_log(days, counters, chance, minutes, half_hour)
        early, late = (chosen := sorted(set(tickets(log)["day"])))[: days // 2], chosen[days // 2 :]
        found = calibrate(log, days=early, seed=1)
        lived = found.apply(cash_branch(counters))
        ready = found.readiness
        print(
            f"{counters} counters, not ready {chance:.0%} for {minutes:.1f} min: found {ready.not_ready:.0%} "
            f"[{ready.interval[0]:.0%}, {ready.interval[1]:.0%}] for {ready.wait_mean:.2f} min"
        )
        for name, model in (("true", true), ("calibrated", lived), ("calling at once", replace(lived, pickup=None))):
            rows = trust.judge(model, found, log, late, gate=GATE, seed=2).to_frame()
            mean, median = (rows.loc[one, "value"] for one in ("mean", "median"))
            print(f"  {name:16s} mean {mean:+.0%}, median {median:+.0%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
