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
from datetime import timedelta

import numpy as np
import pandas as pd

from counterpoint.science import trust, twin
from counterpoint.science.calibration import calibrate, presence, restrict, tickets
from counterpoint.science.calibration.datasets import MAPPING, simulated_rows
from counterpoint.science.calibration.tests.branches import FIRST
from counterpoint.science.calibration.tests.following import cash_branch, now_and_then
from counterpoint.science.history import TicketLog, normalise

EVEN, UNEVEN = [15.0] * 16, [4.0, 4, 6, 8, 12, 20, 20, 16, 10, 10, 14, 20, 20, 10, 5, 4]
HALLS = {
    "12 minutes there, 5 away": (12.0, 5.0, EVEN),
    "30 there, 15 away": (30.0, 15.0, EVEN),
    "30 there, 15 away, uneven day": (30.0, 15.0, UNEVEN),
    "60 there, 15 away, quiet": (60.0, 15.0, [7.0] * 16),
}
GATE = replace(trust.GATE, replications=20, resamples=50)
FITTED = 12


def lived(on: float, off: float, rates: list[float], days: int) -> tuple[TicketLog, pd.DataFrame]:
    """The log of `days` and who was there: day, server, start, end."""
    model = cash_branch(5)
    frames, there = [], []
    for number in range(days):
        day, staff = FIRST + timedelta(days=number), now_and_then(model, on, off, number)
        there += [(day, person.post, *shift) for person in staff.people for shift in person.shifts]
        result = twin.simulate(model, staff, np.array([rates]), 1, seed=number)
        frames.append(simulated_rows(result, day).assign(ticket=lambda rows, day=day: f"{day}-" + rows["ticket"]))
    log = normalise(pd.concat(frames, ignore_index=True), MAPPING)
    return log, pd.DataFrame(there, columns=["day", "server", "start", "end"])


def main(days: int = 60) -> None:
    """Print two rows a hall: errors of the mean and P90 wait and of the walk-outs, and minutes of duty."""
    print(f"simulated halls, {days - FITTED} days lived again; in brackets duty read over duty true")
    for label, (on, off, rates) in HALLS.items():
        log, there = lived(on, off, rates, days)
        early, late = (chosen := sorted(set(tickets(log)["day"])))[:FITTED], chosen[FITTED:]
        found = calibrate(log, days=early, seed=1)
        until = there["end"].clip(upper=max(1020.0, float(tickets(log)["until"].max())))
        share = presence(tickets(log), found.skills, found.params.absence_minutes, 1).on_duty_minutes()
        part = restrict(log, late)
        share /= float((until - there["start"]).sum())
        for name, duty in (("people as they were", there), (f"read from calls ({share:.2f})", None)):
            days_again = trust.replay(found.apply(cash_branch(5)), found, part, gate=GATE, seed=2, duty=duty)
            rows = trust.verdict(days_again, found, part, GATE, 2).to_frame()
            mean, p90, walkout = (rows.loc[one, "value"] for one in ("mean", "p90", "walkout"))
            print(f"  {label:30s} {name:24s} mean {mean:+.0%}, P90 {p90:+.0%}, walk-outs {100 * walkout:+.1f} points")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
