"""Cases that are due, workers that race for them or die over them. The effect of a step is row, message and entry."""

import os
import signal
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from counterpoint.foundation import access, actions, journal, roles
from counterpoint.foundation.ids import new_id
from counterpoint.foundation.models import JournalEntry, Message, OrgUnit
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.primitives.cases import case_open, firing
from counterpoint.primitives.cases.models import Case, CaseClock, CaseEscalation
from counterpoint.primitives.cases.writing import Deed
from tests.faults import parts

OPENED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 of a Monday in Shanghai
LATE = OPENED + timedelta(hours=4, seconds=5)
STEPS = ("warn50", "warn80", "due", "rung1")


def settle(count: int, apart: float = 0.0) -> None:
    """A supervisor and `count` urgent tasks, opened `apart` seconds after each other, due four hours later."""
    scope, place = access.system_scope(tuple(roles.table())), parts.the_branch()
    with scoped(scope):
        sun = actions.person_add(
            scope=scope, now=OPENED, org_unit=place, staff_no="sun", name="Sun", password="the right password"
        )
        actions.post_grant(scope=scope, now=OPENED, org_unit=place, user=sun, role="supervisor", since=date(2026, 1, 1))
        first = case_open(
            scope=scope, org_unit=place, type="primitives.task", level="urgent", now=OPENED, title="case 0"
        )
        copy(first.id, count - 1, apart)


def copy(first: Any, count: int, apart: float) -> None:
    """The same case again with its clock, without going through the verb: 10 000 are made in seconds."""
    case, (clock,) = Case.objects.get(pk=first), CaseClock.objects.filter(case=first)
    cases, clocks = [], []
    for number in range(1, count + 1):
        later = timedelta(seconds=apart * number)
        start = OPENED + later
        again = Case(**{f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields})
        again.pk, again.title, again.opened_at, again.due_at = new_id(), f"case {number}", start, case.due_at + later
        moves = [{**case.state["moves"][0], "at": start.isoformat()}]
        again.state = {**case.state, "starts": [start.isoformat()], "moves": moves}
        hand = CaseClock(**{f.attname: getattr(clock, f.attname) for f in CaseClock._meta.concrete_fields})
        hand.pk, hand.case, hand.started_at = None, again, start
        hand.due_at, hand.next_due_at = clock.due_at + later, clock.next_due_at + later
        cases.append(again)
        clocks.append(hand)
    Case.objects.bulk_create(cases, batch_size=500)
    CaseClock.objects.bulk_create(clocks, batch_size=500)


def race(count: int, workers: int, sabotage: bool) -> dict[str, Any]:
    """F11: `workers` processes fire everything that is due at once."""
    settle(count)
    connection.close()
    gate_read, gate_write = os.pipe()

    def worker() -> None:
        os.close(gate_write)
        os.read(gate_read, 1)
        if sabotage:
            careless()
        for _ in range(50):
            if not firing.fire_due(now=LATE):
                break

    children = [parts.fork(worker) for _ in range(workers)]
    os.close(gate_write)
    for child in children:
        os.waitpid(child, 0)
    return effects(count)


def careless() -> None:
    """Neither looks nor has a key: each worker's effects are its own."""
    real = CaseEscalation.save

    def keyless(self: CaseEscalation, *of: Any, **named: Any) -> None:
        self.cycle = os.getpid() % 30000 + 2
        real(self, *of, **named)

    CaseEscalation.save = keyless  # type: ignore[method-assign]
    firing.BATCH = 5


def effects(count: int) -> dict[str, Any]:
    """What happened, against what should have: every step of every case once, with its message and entry."""
    with unscoped("fault test"):
        rows = Counter(CaseEscalation.objects.values_list("case", "clock", "rung"))
        told = Message.objects.filter(dedupe__startswith="case").exclude(dedupe__contains=":owner:").count()
        kinds = ("cases.warned", "cases.breached", "cases.escalated")
        entries = JournalEntry.objects.filter(kind__in=kinds).count()
        broken = [u.code for u in OrgUnit.objects.filter(kind="branch") if not journal.verify(u).ok]
        order = list(CaseEscalation.objects.filter(rung="due").order_by("pk").values_list("due_at", flat=True))
    return {
        "effects": sum(rows.values()), "due": count * len(STEPS), "different": len(rows), "entries": entries,
        "messages": told, "broken": broken, "in_order": order == sorted(order),
    }  # fmt: skip


POINTS = {
    "before_effect": (firing, "_effect", "before"), "after_effect": (firing, "_effect", "after"),
    "after_message": (firing, "_tell", "after"), "after_store": (Deed, "store", "after"),
    "before_claim": (firing, "_claimed", "before"),
}  # fmt: skip


def die(point: str, sabotage: bool = False) -> dict[str, Any]:
    """F10: a worker is killed at a named point of its second case; another comes; each effect is there once."""
    settle(3)
    connection.close()

    def worker() -> None:
        place, name, when = POINTS[point]
        real, calls = getattr(place, name), [0]

        def deadly(*of: Any, **named: Any) -> Any:
            calls[0] += 1
            if calls[0] == 2 and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = real(*of, **named)
            if calls[0] == 2 and when == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        setattr(place, name, deadly)
        if sabotage:  # each statement a transaction of its own
            firing.transaction = Loose  # type: ignore[attr-defined]
        firing.fire_due(now=LATE)

    os.waitpid(parts.fork(worker), 0)
    again = firing.fire_due(now=LATE)
    return {"again": again > 0, "third": firing.fire_due(now=LATE), **effects(3)}


class Loose:
    """What a worker without transactions would use."""

    @staticmethod
    def atomic() -> Any:
        return nullcontext()


def absent(count: int, hours: float, sabotage: str = "") -> dict[str, Any]:
    """F12: no tick for hours, while cases fall due one after the other; then one tick."""
    if sabotage == "storm":  # nobody gets a digest
        firing.STORM = 10 * count
    if sabotage == "order":
        real = firing._due
        firing._due = lambda this: real(this)[::-1]  # type: ignore[assignment]
    settle(count, apart=hours * 3600 / count)
    with unscoped("fault test"):
        since = OPENED + timedelta(hours=4 + hours, seconds=5)
    fired = firing.run(since)
    with unscoped("fault test"):
        digests = Message.objects.filter(dedupe__startswith="cases.digest").count()
        single = Message.objects.filter(dedupe__startswith="case:").exclude(dedupe__contains=":owner:").count()
        silent = CaseClock.objects.filter(next_due_at__lte=since).count()
    return {"fired": fired > 0, "again": firing.run(since), "digests": digests, "single": single, "silent": silent,
            **effects(count)}  # fmt: skip
