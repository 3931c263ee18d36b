"""How long boards of KPIs take at a million tickets in the live database.

python -m benchmarks.kpi_dashboard [tickets]

A bank of twelve branches with a year of generated tickets in a home of its own; states are made once as the tick makes
them, then every page is asked five times through the whole application (Django's test client) by the person whose page
it is. The median counts, as time on the clock and of the processor (the same on a quiet machine). Beside it the same
numbers counted from the rows, which is what a page would cost without states.
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROUNDS = 5
SERVICES = ("cash_deposit", "cash_withdrawal", "transfer", "account_opening", "wealth", "card_service")
TIERS = ("standard", "gold", "private")


def start(home: Path) -> None:
    """Django on an empty database in `home`."""
    os.environ |= {"COUNTERPOINT_HOME": str(home), "COUNTERPOINT_PROFILE": "demo"}
    from counterpoint.config import profile as profiles

    profiles.start("demo")
    from counterpoint.config.up_command import prepare

    prepare()


def fill(count: int) -> tuple[object, list[object]]:
    """Twelve branches with `count` tickets over the last 365 days, as day logs. Returns the clock's now and units."""
    import hashlib

    import numpy as np

    from counterpoint.config.demo import bank, cast, story
    from counterpoint.foundation.api import clock, scoped
    from counterpoint.onsite import daylog
    from counterpoint.onsite.models import DayLog

    now = story.start()
    clock.use(clock.FixedClock(now))
    plans = cast.plans(12)
    first = now.date() - timedelta(days=365)
    built = bank.build(plans, now=now - timedelta(days=366), since=first)
    each = count // (len(plans) * 365)
    with scoped(bank.demo_scope()):
        for plan in plans:
            staff = tuple(p.staff_no for p in plan.people if p.role == "teller")
            rows = []
            for n in range(365):
                on, random = first + timedelta(days=n), np.random.default_rng([int(plan.code[1:]), n])
                day = _day(random, each, staff)
                payload = daylog.pack(day)
                rows.append(
                    DayLog(org_unit=built.units[plan.code], business_date=on, source="simulated", label="benchmark",
                           digest=hashlib.sha256(payload).hexdigest(), tickets=len(day), summary=daylog.summary(day),
                           payload=payload, written_at=now)
                )  # fmt: skip
            DayLog.objects.bulk_create(rows, batch_size=200)
    return now, [built, plans, each * len(plans) * 365]


def _day(random: object, count: int, staff: tuple[str, ...]) -> object:
    """A day of tickets: arrivals from nine to five, waits by a gamma law, one in twenty leaves."""
    import numpy as np

    from counterpoint.onsite.daylog import OUTCOMES, DayTickets

    taken = np.sort(random.integers(9 * 3600, 17 * 3600, count))
    wait = random.gamma(1.2, 300, count).astype("i4")
    left = random.random(count) < 0.05
    called = np.where(left, -1, taken + wait)
    finished = np.where(left, -1, called + random.gamma(4, 130, count).astype("i4"))
    columns = {
        "service": random.integers(0, len(SERVICES), count).astype("u1"),
        "tier": random.choice(3, count, p=(0.8, 0.15, 0.05)).astype("u1"),
        "server": np.where(left, -1, random.integers(0, len(staff), count)).astype("i2"),
        "outcome": np.where(left, OUTCOMES.index("abandoned"), OUTCOMES.index("served")).astype("u1"),
        "taken": taken.astype("i4"), "called": called.astype("i4"), "finished": finished.astype("i4"),
        "left": np.where(left, taken + wait, -1).astype("i4"), "low": np.full(count, np.nan, "f4"),
        "high": np.full(count, np.nan, "f4"),
    }  # fmt: skip
    columns["window"] = columns["server"]
    windows = tuple(str(n + 1) for n in range(len(staff)))
    return DayTickets(SERVICES, TIERS, staff, tuple(f"A{n:03d}" for n in range(count)), windows, columns)


def settle(now: object, built: object, plans: object) -> None:
    """Make every state as the tick does, chunk by chunk."""
    from counterpoint.primitives.metrics import cells, metrics, needs, peers, watching

    for plan in plans:
        branch = built.units[plan.code]
        parts = needs.parts_of(metrics(branch.date_at(now)).values())
        for _chunk in range(14):
            cells.refresh(scope=watching.night(branch.path), branch=branch, parts=parts, now=now, growth=len(parts))
    for code in ("east", "west", "river"):
        peers.compare_region(built.units[code], now)


def asked(person: object, address: str, rounds: int = ROUNDS) -> tuple[float, float, int]:
    """Median seconds of a page on the clock and of the processor, and its bytes."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    times, work = [], []
    for _round in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        answer = client.get(address)
        times.append(time.perf_counter() - began)
        work.append(time.process_time() - used)
        assert answer.status_code == 200, (address, answer.status_code)
    return statistics.median(times), statistics.median(work), len(answer.content)


PAGES = (
    ("cai01", "teller, week", "/analytics/?grain=week"),
    ("sun01", "supervisor, day", "/analytics/?grain=day"),
    ("sun01", "supervisor, month", "/analytics/?grain=month"),
    ("sun01", "one number, month", "/analytics/kpis/onsite.wait_p90/?grain=month"),
    ("rui91", "region, week", "/analytics/?grain=week"),
    ("rui91", "region, quarter", "/analytics/?grain=quarter"),
    ("hua90", "bank, day", "/analytics/?grain=day"),
    ("hua90", "bank, week", "/analytics/?grain=week"),
    ("hua90", "bank, month", "/analytics/?grain=month"),
    ("hua90", "bank, quarter", "/analytics/?grain=quarter"),
    ("hua90", "bank, one number, quarter", "/analytics/kpis/onsite.wait_p90/?grain=quarter"),
)


def main(count: int) -> None:
    """Print one line a page."""
    with tempfile.TemporaryDirectory() as home:
        start(Path(home))
        from counterpoint.foundation.models import User

        now, (built, plans, tickets) = fill(count)
        people = {user.staff_no: user for user in User.objects.all()}
        print(f"{tickets:,} tickets, 12 branches, 365 days to {date.fromordinal(now.toordinal())}")
        people["cai01"] = people.get("cai01") or next(iter(people.values()))
        _clock, rows, _length = asked(people["hua90"], "/analytics/?grain=month", 1)
        print(f"bank, month, counted from the rows   {rows:6.2f} s of the processor")
        used = time.process_time()
        settle(now, built, plans)
        used = time.process_time() - used
        print(f"states of a year made in             {used:6.1f} s of the processor (the tick spreads it)")
        size = sum(file.stat().st_size for file in Path(home).glob("counterpoint.sqlite3*"))
        print(f"database                             {size / 1e6:6.0f} MB")
        for who, name, address in PAGES:
            seconds, used, length = asked(people[who], address)
            words = f"{seconds:6.3f} s   {used:6.3f} s of the processor   {length / 1000:4.0f} kB"
            print(f"{name:36s} {words}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
