"""Plan one week of a 25-person branch from the Technion log and say how long it took and how well it would have done.

    python -m benchmarks.plan_week [--shared DIR] [--people 25] [--days 2]

Data: call centre of an Israeli bank, February 1999 (I. Guedj and A. Mandelbaum, Technion; research use), not shipped;
DIR holds data/calls_technion_bank/. Run it twice: the first run compiles the twin. Held-out days are forecast with
earlier days only; their waits are predicted with the staffing read off the log and compared with the real ones.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from counterpoint.config.plan_command import plan_input
from counterpoint.team import planning
from counterpoint.team.planning.heldout import coverage, held_out

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Print every figure that docs/how-to/plan-from-your-ticket-history.md cites."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--shared", type=Path, default=Path(os.environ.get("COUNTERPOINT_SHARED", ROOT.parent / "shared"))
    )
    parser.add_argument("--people", type=int, default=25)
    parser.add_argument("--days", type=int, default=3)
    given = parser.parse_args()
    file = given.shared / "data" / "calls_technion_bank" / "february_1999_days_01_21.csv.gz"
    began = time.perf_counter()
    asked = plan_input(
        history=file, mapping=ROOT / "docs" / "reference" / "technion-mapping.yaml", columns=(), staff=None, branch="",
        week=None, hours="", pack=None, promise="", people=given.people, seed=1, language="zh-hans",
        skip_bad_rows=False, effort=8.0,
    )  # fmt: skip
    plan = planning.plan_week(asked, lambda share, step: print(f"{time.perf_counter() - began:6.1f} s  {step}"))
    with tempfile.TemporaryDirectory() as folder:
        planning.write_plan(plan, Path(folder))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{time.perf_counter() - began:6.1f} s  import to report ({used.ru_utime + used.ru_stime:.1f} s of CPU)")
    print(plan.status, "short hours", plan.judgement.get("short_hours"), "gap", plan.gap)
    if plan.waits and plan.baseline:
        print("this roster ", {k: round(v, 3) for k, v in plan.waits.overall().items()})
        print("flat pattern", {k: round(v, 3) for k, v in plan.baseline.overall().items()})
    last = date(1999, 2, 21)
    week = [last - timedelta(days=6 - n) for n in range(7)]
    hourly, inside, daily = coverage(asked, week)
    print(f"held-out week, hourly WAPE {hourly:.3f}, inside P10-P90 {inside:.3f}, daily WAPE {daily:.3f}")
    for one in held_out(asked, [day for day in week if day.weekday() not in (4, 5)][-given.days :]):
        print(
            f"{one.date}: calls {one.arrivals} (forecast {one.forecast:.0f}, {one.low:.0f}-{one.high:.0f}), "
            f"hourly WAPE {one.wape_hour:.2f}, inside {one.inside:.2f}; {one.people} agents; mean wait "
            f"{one.wait_actual:.2f} actual {one.wait_predicted:.2f} predicted, P90 {one.p90_actual:.2f} / "
            f"{one.p90_predicted:.2f}, walk-outs {one.walkouts_actual:.3f} / {one.walkouts_predicted:.3f}"
        )


if __name__ == "__main__":
    main()
