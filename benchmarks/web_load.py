"""The whole application under load, beside bare Django with a transaction of the same shape, on one machine.

    python -m benchmarks.web_load [seconds] [branches]

1. At 1x: 30 events and 100 reads a second, sent on the clock whether or not earlier ones were answered, to web, workers
   and tick of `up`; a request's time counts from when it was due. Goals: P95 150 ms for writes, 250 ms for reads.
2. As fast as 16 connections can, one event a request: events a second of the application and of bare Django in turns;
   goal: at least 0.40 of bare Django.

The client shares the machine's cores with the servers, the same for both. Every write is acknowledged after fsync.
"""

import http.client
import json
import os
import queue
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

SECONDS, BRANCHES = (int(a) for a in (sys.argv[1:] + ["30", "40"][len(sys.argv) - 1 :])[:2])
ROOT = Path(__file__).resolve().parents[1]
WRITES, READS, THREADS, CLOSED, ROUNDS = 30, 100, 24, 16, 3
CALM, LOOK, LONGEST = 0.25, 5, 240  # share of a core, seconds between looks, most seconds waited
FRESH = 50_000  # numbers of events that no warming has used
SERVICES = ("cash_deposit", "transfer", "open_account", "wealth")

Ask = Callable[[http.client.HTTPConnection, int], int]


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, env: dict[str, str]) -> Iterator[int]:
    """The server in a session of its own, until it answers and then until the end. Gives its number."""
    server = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | env, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        for _attempt in range(900):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise SystemExit("the server did not start")
        yield server.pid
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def settle(server: int) -> None:
    """Wait until tick and jobs are through what a start owes at once; bare Django has neither."""
    used, end = _used(server), time.monotonic() + LONGEST
    while time.monotonic() < end:
        time.sleep(LOOK)
        used, before = _used(server), used
        if used - before < CALM * LOOK:
            return
    print(f"still busy after {LONGEST} s")


def _used(server: int) -> float:
    """Seconds of the processor that a process and those that it began have used."""
    found: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            found[int(stat.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    ours = {server}
    while more := {pid for pid, (parent, _ticks) in found.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks for pid, (_parent, ticks) in found.items() if pid in ours) / os.sysconf("SC_CLK_TCK")


def prepare(home: str) -> list[str]:
    """A bank with many branches; returns a machine's token for each."""
    os.environ |= {
        "COUNTERPOINT_HOME": home, "COUNTERPOINT_PROFILE": "demo",
        "DJANGO_SETTINGS_MODULE": "counterpoint.config.settings.demo",
    }  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command

    from conftest import build_bank
    from counterpoint.foundation import access, actions, keys, roles
    from counterpoint.foundation.scope import scoped
    from counterpoint.onsite.verbs import MACHINE_VERBS

    keys.create()
    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    bank, root = build_bank(now), access.system_scope(tuple(roles.table()))
    tokens, day = [], {d: [(0, 1440)] for d in range(7)}
    with scoped(root):
        for number in range(BRANCHES):
            unit = actions.org_unit_create(
                scope=root, now=now, kind="branch", code=f"n{number:03d}", name=f"n{number}", parent=bank.east
            )
            actions.hours_set(scope=root, now=now, branch=unit, weekly=day)
            for counter, kind in ((1, "cash"), (2, "non_cash"), (3, "wealth")):
                actions.counter_create(scope=root, now=now, branch=unit, number=counter, kind=kind)
            _row, token = actions.device_enrol(scope=root, now=now, branch=unit, name="load", verbs=MACHINE_VERBS)
            tokens.append(token)
    return tokens


class Product:
    """Requests to the application: machine events and readings of the hall. `letter` begins the labels: a branch gives
    each out once a day, as machines do."""

    def __init__(self, tokens: list[str], letter: str) -> None:
        self.tokens, self.letter, self.run = tokens, letter, str(time.time_ns())

    def write(self, link: http.client.HTTPConnection, number: int) -> int:
        """A customer takes a ticket at a machine; the event's own number makes it happen once."""
        at = datetime.now(UTC) - timedelta(seconds=1)
        event = {
            "machine": "m1", "seq": int(self.run[-9:]) * 100_000 + number, "ref": f"{self.run}-{number}",
            "kind": "taken", "at": at.isoformat(), "service": SERVICES[number % 4],
            "label": f"{self.letter}{number // BRANCHES:03d}",
        }  # fmt: skip
        return self._ask(link, "POST", "/api/v1/events", number, {"events": [event]})

    def read(self, link: http.client.HTTPConnection, number: int) -> int:
        """The hall as a screen asks for it; every fourth, the services."""
        return self._ask(link, "GET", "/api/v1/services" if number % 4 == 0 else "/api/v1/hall", number)

    def _ask(self, link: http.client.HTTPConnection, method: str, path: str, number: int, body: object = None) -> int:
        headers = {"Authorization": f"Bearer {self.tokens[number % len(self.tokens)]}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        link.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = link.getresponse()
        answer.read()
        return answer.status


def bare_write(link: http.client.HTTPConnection, number: int) -> int:
    """The same event to bare Django."""
    body = {
        "branch": number % BRANCHES, "machine": "m1", "seq": number, "ref": f"r{number}", "kind": "taken",
        "at": datetime.now(UTC).isoformat(), "service": SERVICES[number % 4], "label": f"A{number % 1000:03d}",
    }  # fmt: skip
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"{time.time_ns()}-{number}"}
    link.request("POST", "/events", json.dumps(body), headers)
    answer = link.getresponse()
    answer.read()
    return answer.status


def on_the_clock(port: int, product: Product) -> None:
    """1x for a while; prints quantiles of writes and reads and what failed."""
    due: queue.Queue[tuple[float, Ask, str, int] | None] = queue.Queue()
    taken: dict[str, list[float]] = {"write": [], "read": []}
    failed: list[int] = []

    def work() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while (job := due.get()) is not None:
            at, ask, kind, number = job
            status = ask(link, number)
            taken[kind].append(1000 * (time.perf_counter() - at))
            if status >= 400:
                failed.append(status)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    plan = sorted(
        [(i / WRITES, product.write, "write", FRESH + i) for i in range(WRITES * SECONDS)]
        + [((i + 0.5) / READS, product.read, "read", i) for i in range(READS * SECONDS)],
        key=lambda job: job[0],
    )
    began = time.perf_counter()
    for after, ask, kind, number in plan:
        time.sleep(max(0.0, began + after - time.perf_counter()))
        due.put((began + after, ask, kind, number))
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.join()
    for kind, rate in (("write", WRITES), ("read", READS)):
        times = sorted(taken[kind])
        shown = "  ".join(f"P{round(100 * q)} {times[int(q * (len(times) - 1))]:.0f}" for q in (0.5, 0.95, 0.99, 1.0))
        print(f"1x, {rate} {kind}s/s for {SECONDS} s: {len(times)} answered, ms: {shown}")
    print(f"refused or failed: {len(failed)} {sorted(set(failed))}")


def flat_out(port: int, ask: Ask, seconds: float, first: int) -> float:
    """Requests a second of 16 connections."""
    counts, numbers, lock = [0] * CLOSED, iter(range(first, first + 10_000_000)), threading.Lock()
    end = time.perf_counter() + seconds

    def work(place: int) -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < end:
            with lock:
                number = next(numbers)
            if ask(link, number) < 400:
                counts[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(CLOSED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def main() -> None:
    """Prepare both, measure, print."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as bare_home:
        tokens, port, bare_port = prepare(home), free_port(), free_port()
        env = {"BARE_HOME": bare_home, "PYTHONPATH": str(ROOT)}
        subprocess.run(
            [sys.executable, "-c", f"from benchmarks.web_bare import app; app.create({BRANCHES})"],
            cwd=ROOT, check=True,
            env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"} | env,
        )  # fmt: skip
        up = [sys.executable, "-m", "counterpoint.config.cli", "up", "--port", str(port)]
        bare = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(bare_port),
            "--workers", "1", "--blocking-threads", "8", "--log-level", "error", "benchmarks.web_bare.app:application",
        ]  # fmt: skip
        with running(up, port, {}) as server:
            product = Product(tokens, "A")
            flat_out(port, product.write, 3, 0)  # warm
            flat_out(port, product.read, 3, 0)
            settle(server)
            on_the_clock(port, product)
        ours, theirs = [], []
        for number in range(ROUNDS):
            with running(up, port, {}) as server:
                product = Product(tokens, "BCDEFG"[number])
                flat_out(port, product.write, 2, 0)
                settle(server)
                ours.append(flat_out(port, product.write, 8, 100_000))
            with running(bare, bare_port, env):
                flat_out(bare_port, bare_write, 2, 1_000_000 * (number + 1))
                theirs.append(flat_out(bare_port, bare_write, 8, 1_000_000 * (number + 1) + 100_000))
        ratio = statistics.median(o / t for o, t in zip(ours, theirs, strict=True))
        print(f"flat out, {CLOSED} connections, events/s: application {[round(o) for o in ours]}, bare Django "
              f"{[round(t) for t in theirs]}; ratio {ratio:.2f} (goal 0.40)")  # fmt: skip


if __name__ == "__main__":
    main()
