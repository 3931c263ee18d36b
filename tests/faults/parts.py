"""What fault tests do inside their processes: a branch, journalled writes, and a check of everything."""

import sys
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
        data = {"what": "counter", "code": str(number), "kind": "cash"}
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
