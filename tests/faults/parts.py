"""What fault tests do inside their processes: a branch, journalled writes, and a check of everything."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from counterpoint.foundation import access, actions, anchor, clock, journal, roles
from counterpoint.foundation.models import Counter, JournalEntry, OrgUnit
from counterpoint.foundation.scope import Scope, scoped, unscoped


def everything() -> Scope:
    """The scope of the command line."""
    return access.system_scope(tuple(roles.table()))


def branch() -> OrgUnit:
    """Headquarters and one branch."""
    scope, now = everything(), clock.now()
    with scoped(scope):
        top = actions.org_unit_create(scope=scope, now=now, kind="headquarters", code="hq", name="总行")
        return actions.org_unit_create(scope=scope, now=now, kind="branch", code="b01", name="人民路支行", parent=top)


def the_branch() -> OrgUnit:
    with unscoped("fault test"):
        return OrgUnit.objects.get(code="b01")


def write(number: int, place: OrgUnit, scope: Scope) -> None:
    """One action as the product does it: a row and its journal entry in one transaction."""
    with scoped(scope), transaction.atomic():
        Counter(org_unit=place, number=number, kind="cash").save(force_insert=True)
        note(number, place, scope)


def note(number: int, place: OrgUnit, scope: Scope) -> None:
    """The journal entry of a counter."""
    data = {"what": "counter", "code": str(number), "kind": "cash"}
    with transaction.atomic():
        journal.record(
            scope=scope, org_unit=place, kind="foundation.place_created", subject=f"counter:{number}",
            at=clock.now(), data=data,
        )  # fmt: skip


def write_for_ever(first: int) -> None:
    """Write and acknowledge each commit by printing its number."""
    place, scope, number = the_branch(), everything(), first
    while True:
        write(number, place, scope)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        number += 1


def state() -> dict[str, Any]:
    """Counters there, counters journalled, whether every chain is sound, and the engine's own check."""
    with unscoped("fault test"):
        rows = sorted(Counter.objects.values_list("number", flat=True))
        subjects = JournalEntry.objects.filter(subject__startswith="counter:").values_list("subject", flat=True)
        noted = sorted(int(subject.partition(":")[2]) for subject in subjects)
    broken = [f"{v.code}: {v.verdict.reason}" for v in anchor.verify() if not v.verdict.ok]
    integrity = "ok"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            integrity = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    return {"rows": rows, "noted": noted, "broken": broken, "integrity": integrity}


def fork(work: Any) -> int:
    """Run `work()` in a forked child that ends without cleaning up; the parent must have no open connection."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def killed_while(work: Callable[[int], None], lines: int, pause: float) -> bytes:
    """All that `work(out)` wrote to the descriptor before SIGKILL met it: at least `lines` lines, then `pause` seconds
    more; the last line may be torn."""
    connection.close()
    read_end, write_end = os.pipe()
    child = fork(lambda: work(write_end))
    os.close(write_end)
    heard = b""
    while heard.count(b"\n") < lines:
        piece = os.read(read_end, 4096)
        assert piece, "the writer ended by itself"
        heard += piece
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    while piece := os.read(read_end, 4096):
        heard += piece
    os.close(read_end)
    os.waitpid(child, 0)
    return heard


def campaign(seed: int, kills: int, sabotage: str = "") -> dict[str, Any]:
    """F1: kill -9 a writing process at random points and compare what it acknowledged with what is there.

    Sabotage `ack_first` acknowledges before the commit, `two_transactions` journals apart from the row.
    """
    chance, acked, first = random.Random(seed), set(), 1
    place, scope = the_branch(), everything()
    for _ in range(kills):
        acks = killed_while(
            lambda out, start=first: _writer(start, out, place, scope, sabotage),
            lines=chance.randint(1, 12), pause=chance.uniform(0, 0.004),
        )  # fmt: skip
        acked |= {int(line) for line in acks.split()}
        first = max(acked) + 50  # an unacknowledged row may be there: its number is not used again
    found = state()
    return {
        "acked": len(acked), "lost": len(acked - set(found["rows"])), "torn": found["rows"] != found["noted"],
        "broken": found["broken"], "integrity": found["integrity"],
    }  # fmt: skip


def _writer(number: int, out: int, place: OrgUnit, scope: Scope, sabotage: str) -> None:
    while True:
        if sabotage == "ack_first":
            os.write(out, b"%d\n" % number)
        if sabotage == "two_transactions":
            with scoped(scope):
                Counter(org_unit=place, number=number, kind="cash").save(force_insert=True)
                note(number, place, scope)
        else:
            write(number, place, scope)
        if sabotage != "ack_first":
            os.write(out, b"%d\n" % number)
        number += 1
