"""Open screens on one process: how long from commit to screen, and is anything lost?

    python -m benchmarks.live_screens [screens] [events] [events_per_second]

Starts the real server on a temporary database, opens `screens` streams on one branch, commits `events` journal entries
at the given rate, and compares what every screen received. Prints latency quantiles (ms), lost and doubled events.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCREENS, EVENTS, RATE = (int(a) for a in (sys.argv[1:] + ["300", "100", "5"][len(sys.argv) - 1 :])[:3])
ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Until the server answers, at most a minute."""
    for _attempt in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def prepare(home: str) -> str:
    """Database, small bank and a device token; returns the token."""
    os.environ |= {"COUNTERPOINT_HOME": home, "DJANGO_SETTINGS_MODULE": "counterpoint.config.settings.demo"}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from conftest import MONDAY, build_bank
    from counterpoint.foundation import access, actions
    from counterpoint.foundation.scope import scoped

    bank = build_bank(MONDAY)
    scope = access.scope_of(bank.people["Sun"], MONDAY.date())
    with scoped(scope):
        _row, token = actions.device_enrol(
            scope=scope, now=MONDAY, branch=bank.b01, name="bench", verbs=("foundation.org.view",)
        )
    return token


def commit_events() -> dict[int, float]:
    """Commit entries at the rate; returns entry id → time of commit."""
    from django.db import transaction

    from conftest import MONDAY
    from counterpoint.foundation import journal
    from counterpoint.foundation.models import OrgUnit
    from counterpoint.foundation.scope import unscoped

    stamps = {}
    with unscoped("benchmark"):
        branch = OrgUnit.objects.get(code="b01")
        for number in range(EVENTS):
            with transaction.atomic():
                entry = journal.record(
                    scope=None, org_unit=branch, kind="foundation.signed_in", subject=f"n{number}", at=MONDAY
                )
            stamps[entry.pk] = time.perf_counter()
            time.sleep(1 / RATE)
    return stamps


async def screen(port: int, token: str, seen: dict[int, float], ready: asyncio.Event) -> None:
    """One open stream; notes when each entry arrived first."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET /live/b01 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        "Accept: text/event-stream\r\n\r\n".encode()
    )
    async for raw in reader:
        line = raw.decode(errors="replace")
        if line.startswith("retry:"):
            ready.set()
        if line.startswith("id: "):
            seen.setdefault(int(line[4:]), time.perf_counter())


async def run(port: int, token: str) -> tuple[dict[int, float], list[dict[int, float]], float]:
    """All screens open, then the events; returns commit times, arrivals per screen, seconds to open."""
    arrivals: list[dict[int, float]] = [{} for _ in range(SCREENS)]
    ready = [asyncio.Event() for _ in range(SCREENS)]
    started = time.perf_counter()
    tasks = [asyncio.create_task(screen(port, token, a, r)) for a, r in zip(arrivals, ready, strict=True)]
    await asyncio.gather(*(asyncio.wait_for(r.wait(), 60) for r in ready))
    opened = time.perf_counter() - started
    await asyncio.sleep(1)
    stamps = await asyncio.to_thread(commit_events)
    await asyncio.sleep(3)
    for task in tasks:
        task.cancel()
    return stamps, arrivals, opened


def main() -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as home:
        token, port = prepare(home), free_port()
        command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--backlog", "8192", "--log-level", "error", "counterpoint.config.asgi:application"]
        server = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        try:
            wait_for(port)
            stamps, arrivals, opened = asyncio.run(run(port, token))
        finally:
            server.terminate()
            server.wait(10)
    delays = sorted(1000 * (a[s] - at) for s, at in stamps.items() for a in arrivals if s in a)
    lost = sum(1 for a in arrivals for s in stamps if s not in a)
    if not delays:
        raise SystemExit("nothing arrived")
    quantile = {q: delays[min(len(delays) - 1, int(q * len(delays)))] for q in (0.5, 0.95, 0.99, 1.0)}
    print(f"{SCREENS} screens opened in {opened:.1f} s; {EVENTS} events at {RATE}/s")
    print(f"deliveries {len(delays)}, lost {lost}")
    print("commit to screen, ms: " + "  ".join(f"P{round(q * 100)} {v:.0f}" for q, v in quantile.items()))


if __name__ == "__main__":
    main()
