"""How long the roster editor waits for the answer to an unsaved change, and how far the quick answer is from the full.

    COUNTERPOINT_HOME=var/demo python -m benchmarks.roster_what_if [--changes 60]

Needs the demo's database with next week's draft (start `make demo` once and wait for the plan). Times are those of the
server: reading the row, judging both rosters, simulating, writing JSON. Nothing is saved.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import time
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("COUNTERPOINT_PROFILE", "demo")
SEED = 7


def changes(row: Any, count: int) -> Iterator[Any]:
    """Shifts of the draft moved by one to three half hours, drawn with a seed."""
    from counterpoint.team import workbench
    from counterpoint.team.api import Cell

    draw, shifts = random.Random(SEED), workbench.schedule_of(row).shifts
    for _ in range(count):
        shift, by = draw.choice(shifts), draw.choice((-90, -60, -30, 30, 60, 90))
        lunch = (shift.lunch.start + by, shift.lunch.end + by) if shift.lunch else None
        yield Cell(shift.person, shift.day, start=shift.start + by, end=shift.end + by, lunch=lunch)


def main() -> None:
    """Print the figures that docs/explanation/rostering.md cites."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--changes", type=int, default=60)
    given = parser.parse_args()
    from counterpoint.config import profile as profiles

    profiles.start("demo")
    from counterpoint.foundation.access import system_scope
    from counterpoint.foundation.api import scoped
    from counterpoint.team import editor, waiting
    from counterpoint.team.api import roster_try
    from counterpoint.team.models import Roster

    scope = system_scope(("team.roster.view", "team.roster.edit"), label="benchmark")
    with scoped(scope):
        row = Roster.objects.filter(state=Roster.State.DRAFT, forecast__isnull=False).order_by("-week").first()
        if row is None:
            raise SystemExit("No draft with a forecast: start the demo once and wait until next week is planned.")
        seconds: dict[str, list[float]] = {"first (loads the engine)": [], "quick": [], "full": []}
        off: list[float] = []
        for number, cell in enumerate(changes(row, given.changes)):
            waits = {}
            for name, days in (("quick", waiting.QUICK), ("full", waiting.FULL)):
                began = time.perf_counter()
                found = roster_try(scope=scope, roster_id=row.pk, revision=row.revision, cell=cell)
                waits[name] = json.loads(json.dumps(editor.answer(found, cell, days=days)))["change"]["p90"]
                spent = time.perf_counter() - began
                seconds["first (loads the engine)" if number == 0 and name == "quick" else name].append(spent)
            if waits["quick"] and waits["full"]:
                off.append(abs(waits["quick"]["mean"] - waits["full"]["mean"]))
        people = len(row.problem["people"])
    print(f"{platform.machine()}, {os.cpu_count()} cores; {people} people, {given.changes} changes")
    for name, all_of in seconds.items():
        ranked = sorted(all_of)
        print(
            f"{name:26} median {statistics.median(ranked):.3f} s, P95 {ranked[int(0.95 * (len(ranked) - 1))]:.3f} s, "
            f"worst {ranked[-1]:.3f} s"
        )
    print(
        f"quick from full: change of the P90 off by {statistics.median(off):.2f} min (median), {max(off):.2f} at most"
    )


if __name__ == "__main__":
    main()
