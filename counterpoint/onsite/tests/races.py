"""Played in a process of its own, against a database file of its own: `python -m counterpoint.onsite.tests.races 15`.

Prints one JSON object with what happened; `test_races` judges it.
"""

import json
import os
import sys
import threading
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def together(*works):
    """Run at the same moment, each in its own thread with its own connection; answers or errors, in order."""
    from django.db import connections

    barrier, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            barrier.wait()
            answers[place] = work()
        except Exception as problem:
            answers[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i, work)) for i, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def main(rounds):
    """Set up a small bank and race."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from conftest import build_bank
    from counterpoint.onsite import api

    bank = build_bank(NOW)
    sun = bank.scope("Sun")
    here = {"scope": sun, "branch": bank.b01}
    for number, who in ((1, "Mei"), (2, "Omar")):
        api.window_open(**here, now=NOW, counter=number, user=bank.people[who].pk)

    def names(answers):
        return sorted(type(a).__name__ for a in answers)

    def take(now=NOW, key=""):
        return api.ticket_take(**here, now=now, service="transfer", channel="simulated", key=key)

    def call(counter, now=NOW):
        return api.ticket_call_next(**here, now=now, counter=counter)

    def clear(answers, now=NOW):
        for answer in answers:
            if isinstance(answer, api.TicketView):
                api.ticket_no_show(**here, now=now, ticket=answer.id)

    found = {"rounds": rounds, "wrong": []}
    for i in range(rounds):
        now = NOW + timedelta(seconds=i)
        come = {take(now).id for _ in range(2)}
        calls = together(lambda now=now: call(1, now), lambda now=now: call(2, now))
        if {getattr(c, "id", repr(c)) for c in calls} != come:
            found["wrong"].append([i, *map(repr, calls)])
        clear(calls, now)
    take()
    found["one_ticket"] = names(calls := together(lambda: call(1), lambda: call(2)))
    clear(calls)
    for _ in range(2):
        take()
    found["double_press"] = names(together(lambda: call(1), lambda: call(1)))
    found["labels"] = sorted(t.label for t in together(*[take] * 6))
    found["same_key"] = len({t.id for t in together(*[lambda: take(key="tap")] * 4)})
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    if "COUNTERPOINT_HOME" not in os.environ:
        sys.exit("Set COUNTERPOINT_HOME to an empty folder: the race makes a bank of its own there.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterpoint.config.settings.demo")
    main(int(sys.argv[1]))
