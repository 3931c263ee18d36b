"""The hall view with 200 waiting and 12 counters: one reading, a cached one, a promise from formula and twin.

    python -m benchmarks.hall_snapshot

Runs on a database of its own in a temporary folder; prints medians in milliseconds of CPU time.
"""

import os
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterpoint.config.settings.demo")
os.environ["COUNTERPOINT_HOME"] = tempfile.mkdtemp()

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402

from conftest import build_bank  # noqa: E402
from counterpoint.foundation.api import counter_create, roles, scoped, system_scope  # noqa: E402
from counterpoint.onsite import api, futures, shown  # noqa: E402
from counterpoint.onsite.queries import snapshot as snapshots  # noqa: E402
from counterpoint.onsite.state import hall_of  # noqa: E402

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
SERVICES = ("cash_deposit", "transfer", "open_account", "wealth", "corporate_payment")


def median_ms(act, times=15):
    """Median CPU time of several calls."""
    taken = []
    for _ in range(times):
        began = process_time()
        act()
        taken.append(1000 * (process_time() - began))
    return round(statistics.median(taken), 1)


def main() -> None:
    """Seed, measure, print."""
    call_command("migrate", verbosity=0)
    bank, root = build_bank(NOW), system_scope(tuple(roles.table()))
    here = {"scope": root, "branch": bank.b01}
    with scoped(root):
        for number in range(5, 13):
            counter_create(**here, now=NOW, number=number, kind=("cash", "non_cash", "wealth", "corporate")[number % 4])
    for number, who in ((1, "Mei"), (2, "Omar"), (4, "Ada"), (3, "Sun")):
        api.window_open(**here, now=NOW, counter=number, user=bank.people[who].pk)
    began = perf_counter()
    for i in range(200):
        api.ticket_take(**here, now=NOW + timedelta(seconds=i), service=SERVICES[i % 5], channel="simulated")
    print(f"ticket_take, formula: {1000 * (perf_counter() - began) / 200:.1f} ms each (fsync included)")
    now = NOW + timedelta(seconds=200)

    def fresh():
        snapshots._cache.clear()
        return snapshots.snapshot(**here, now=now)

    print(
        "snapshot read:", median_ms(fresh), "ms; cached:", median_ms(lambda: snapshots.snapshot(**here, now=now)), "ms"
    )
    with scoped(root):
        hall = hall_of(**here, now=now)
        order = (2, now, "~")
        print("promise, formula:", median_ms(lambda: hall.promise("transfer", order)), "ms")
        futures.warm(wait=True)
        print("promise, twin:", median_ms(lambda: futures.promise(hall, "transfer", order)), "ms")
        print("outlook, twin:", median_ms(lambda: futures.outlook(hall)), "ms")
    found = snapshots.snapshot(**here, now=now)
    context = shown.hall(found, "zh-hans", bank.b01) | {"may_run": False, "replay": False}
    print("fragment:", median_ms(lambda: render_to_string("onsite/parts/hall.html", context)), "ms")


if __name__ == "__main__":
    main()
