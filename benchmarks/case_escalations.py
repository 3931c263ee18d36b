"""How late do escalations come, and is each there once? N cases fall due over some seconds while k workers tick.

python -m benchmarks.case_escalations --cases 2000 --workers 2 --seconds 60
COUNTERPOINT_DATABASE=postgresql://… python -m benchmarks.case_escalations …

Lateness of an effect is the real time between its deadline and the moment its row is written, tick pauses
included. The house's bar: p99 at most 15 s at 1x load, and effects = due. It runs in a home of its own that is thrown
away.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

TICK_SECONDS = 5.0


def main() -> None:
    """Settle a home, let the cases fall due, print the figures as JSON."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--cases", type=int, default=2000)
    ask.add_argument("--workers", type=int, default=2)
    ask.add_argument("--seconds", type=float, default=60.0)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="cases-") as home:
        os.environ |= {
            "COUNTERPOINT_HOME": home, "COUNTERPOINT_PROFILE": "demo",
            "DJANGO_SETTINGS_MODULE": "counterpoint.config.settings.demo",
        }  # fmt: skip
        figures = measure(asked.cases, asked.workers, asked.seconds)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


def measure(cases: int, workers: int, seconds: float) -> dict[str, float]:
    """Lateness of all effects in seconds, and how many there are against how many are due."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from counterpoint.foundation import keys
    from counterpoint.primitives.cases import firing
    from tests.faults import escalating, parts

    keys.create()
    call_command("migrate", verbosity=0, interactive=False)
    parts.branch()
    escalating.settle(cases, apart=seconds / cases)
    firing.fire_due(now=escalating.OPENED + timedelta(hours=4, seconds=-1))  # the warnings, which are due by then
    connection.close()
    began = time.monotonic()
    children = [parts.fork(lambda number=n: tick(began, seconds, number / workers)) for n in range(workers)]
    for child in children:
        os.waitpid(child, 0)
    return summary(cases, workers, seconds) | lateness(Path(os.environ["COUNTERPOINT_HOME"]))


def tick(began: float, seconds: float, part: float) -> None:
    """One worker: the tick as the product runs it, with a clock that shows 13:00 of the cases' day at the start."""
    from counterpoint.primitives.cases import firing
    from tests.faults import escalating

    due = escalating.OPENED + timedelta(hours=4)
    effects, real = [], firing._effect

    def timed(deed, reading, step, people, now):  # type: ignore[no-untyped-def]
        done = real(deed, reading, step, people, now)
        if done and step.slug in ("due", "rung1"):
            effects.append((due + timedelta(seconds=time.monotonic() - began) - step.at).total_seconds())
        return done

    firing._effect = timed
    time.sleep(part * TICK_SECONDS)
    while True:
        now = due + timedelta(seconds=time.monotonic() - began)
        firing.fire_due(now=now)
        if now > due + timedelta(seconds=seconds + 2 * TICK_SECONDS):
            break
        time.sleep(TICK_SECONDS)
    Path(os.environ["COUNTERPOINT_HOME"], f"late-{os.getpid()}.json").write_text(json.dumps(effects))


def summary(cases: int, workers: int, seconds: float) -> dict[str, float]:
    """Effects against what is due."""
    from tests.faults import escalating

    found = escalating.effects(cases)
    return {
        "cases": cases, "workers": workers, "seconds": seconds, "due": found["due"], "effects": found["effects"],
        "different": found["different"], "entries": found["entries"], "measured_at": datetime.now(UTC).timestamp(),
    }  # fmt: skip


def lateness(home: Path) -> dict[str, float]:
    """p50, p99 and worst lateness in seconds."""
    late = sorted(value for file in home.glob("late-*.json") for value in json.loads(file.read_text()))
    if not late:
        return {}
    return {"p50": late[len(late) // 2], "p99": late[int(len(late) * 0.99)], "worst": late[-1]}


if __name__ == "__main__":
    main()
