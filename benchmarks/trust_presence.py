"""How near a staff trace read from calls comes to the staff that was there, in simulated halls where both are known.

    python -m benchmarks.trust_presence [DAYS]

Five counters of cash; everybody is at one for a while and then away, at random. DAYS (default 60) are simulated, twelve
are calibrated from, the rest lived again by the true branch model: once with the people as they were, once with those
read from who called whom. What the first row of a hall is off by is the luck of its days; what the second adds is the
reading. Simulated throughout: nothing here speaks of a real branch.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from counterpoint.science import trust
from counterpoint.science.calibration import calibrate, presence, restrict, tickets
from counterpoint.science.calibration.tests.following import cash_branch, now_and_then_duty, now_and_then_log

EVEN, QUIET = (15.0,) * 16, (7.0,) * 16
UNEVEN = (4.0, 4.0, 6.0, 8.0, 12.0, 20.0, 20.0, 16.0, 10.0, 10.0, 14.0, 20.0, 20.0, 10.0, 5.0, 4.0)
HALLS = {
    "12 minutes there, 5 away": (12.0, 5.0, EVEN),
    "30 there, 15 away": (30.0, 15.0, EVEN),
    "30 there, 15 away, uneven day": (30.0, 15.0, UNEVEN),
    "60 there, 15 away, quiet": (60.0, 15.0, QUIET),
}
GATE = replace(trust.GATE, replications=20, resamples=50)
FITTED = 12


def main(days: int = 60) -> None:
    """Print two rows a hall: errors of the mean and P90 wait and of the walk-outs, and minutes of duty."""
    print(f"simulated halls, {days - FITTED} days lived again; in brackets duty read over duty true")
    for label, (on, off, rates) in HALLS.items():
        log, there = now_and_then_log(days, on, off, rates), now_and_then_duty(days, on, off)
        early, late = (chosen := sorted(set(tickets(log)["day"])))[:FITTED], chosen[FITTED:]
        found = calibrate(log, days=early, seed=1)
        until = there["end"].clip(upper=max(1020.0, float(tickets(log)["until"].max())))
        read = presence(tickets(log), found.skills, found.params.absence_minutes, found.params.passed_over)
        share = read.on_duty_minutes() / float((until - there["start"]).sum())
        part = restrict(log, late)
        for name, duty in (("people as they were", there), (f"read from calls ({share:.2f})", None)):
            days_again = trust.replay(found.apply(cash_branch(5)), found, part, gate=GATE, seed=2, duty=duty)
            rows = trust.verdict(days_again, found, part, GATE, 2).to_frame()
            mean, p90, walkout = (rows.loc[one, "value"] for one in ("mean", "p90", "walkout"))
            print(f"  {label:30s} {name:24s} mean {mean:+.0%}, P90 {p90:+.0%}, walk-outs {100 * walkout:+.1f} points")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
