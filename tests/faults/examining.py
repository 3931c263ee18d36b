"""Exams sat by a process that dies between and inside saves, and whether anything acknowledged is missing.

The ledger is what the process acknowledged: slot, number, answer and the server's signature of each save.
"""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from counterpoint.academy.exams import chains, grading, saving, sitting, ticking
from counterpoint.academy.models import AnswerSave, Grade, Sitting
from counterpoint.foundation import access, actions, clock, journal
from counterpoint.foundation.models import JournalEntry, User
from counterpoint.foundation.scope import Scope, scoped, unscoped
from tests.faults import parts

EXAM = "academy.exam.lobby_manager"
TOKEN = "page"
Ack = tuple[int, int, list[Any], str]


def settle(people: int = 1) -> list[str]:
    """Supervisors, each with an exam that was just begun and entered."""
    root, place, now, begun = parts.everything(), parts.the_branch(), clock.now(), []
    for number in range(people):
        with scoped(root):
            person = actions.person_add(
                scope=root, now=now, org_unit=place, staff_no=f"sun{number}", name=f"Sun {number}",
                password="the right password",
            )  # fmt: skip
            actions.post_grant(
                scope=root, now=now, org_unit=place, user=person, role="supervisor", since=date(2026, 1, 1)
            )
        mine = access.scope_of(person, now)
        row = sitting.sitting_begin(scope=mine, unit=place, blueprint=EXAM, seed=number, now=now)
        sitting.sitting_enter(scope=mine, sitting=row.pk, token=TOKEN, now=now)
        begun.append(str(row.pk))
    return begun


def sun(number: int = 0) -> Scope:
    """What the candidate may do."""
    with unscoped("fault test"):
        return access.scope_of(User.objects.get(staff_no=f"sun{number}"), clock.now())


def saves(form: list[dict[str, Any]], seed: int, first: int) -> Iterator[tuple[int, int, list[Any]]]:
    """(slot, number, answer) for ever; the same number is always the same answer."""
    seq = first
    while True:
        chance = random.Random(f"{seed} {seq}")
        slot = chance.randint(1, len(form))
        options = form[slot - 1]["options"]
        yield slot, seq, [chance.randint(1, len(options))] if options else [str(chance.randint(0, 99))]
        seq += 1


def campaign(seed: int, kills: int, sabotage: str = "") -> dict[str, Any]:
    """F1: kill -9 a saving process at random points, then send again what it was not told of, as the page does.

    Sabotage `ack_first` acknowledges before the commit.
    """
    (key,) = settle()
    scope, chance, acked, first = sun(), random.Random(seed), list[Ack](), 1
    with unscoped("fault test"):
        form = Sitting.objects.get(pk=key).form
    for _ in range(kills):
        heard = parts.killed_while(
            lambda out, start=first: _sit(key, scope, form, seed, start, out, sabotage),
            lines=chance.randint(1, 8), pause=chance.uniform(0, 0.01),
        )  # fmt: skip
        whole = heard[: heard.rfind(b"\n") + 1]
        acked += [tuple(json.loads(line)) for line in whole.splitlines()]
        first = max(one[1] for one in acked) + 1  # the page sends again what it has no word for
    return judge(key, acked)


def _sit(key: str, scope: Scope, form: list[dict[str, Any]], seed: int, first: int, out: int, sabotage: str) -> None:
    for slot, seq, value in saves(form, seed, first):
        told = json.dumps([slot, seq, value, ""]) + "\n"
        if sabotage == "ack_first":
            os.write(out, told.encode())
        kept = saving.answer_save(
            scope=scope, sitting=key, token=TOKEN, slot=slot, seq=seq, value=value, now=clock.now()
        )
        if sabotage != "ack_first":
            os.write(out, (json.dumps([slot, seq, value, kept.sig]) + "\n").encode())


def judge(key: str, acked: list[Ack]) -> dict[str, Any]:
    """The ledger against the rows: lost or changed answers, the chain, and that the grade reads the newest ones."""
    with unscoped("fault test"):
        row = Sitting.objects.select_related("org_unit").get(pk=key)
        rows = chains.lines(row)
        held = {(one.slot, one.seq): one for one in rows}
        lost = changed = unsigned = 0
        for slot, seq, value, sig in acked:
            one = held.get((slot, seq))
            lost += one is None
            if one is not None:
                changed += one.value != saving.meant(row.form[slot - 1], value)
                unsigned += bool(sig) and not chains.signed(row.pk, slot, seq, one.value, sig)
        newest = {slot: max(seq for one, seq in held if one == slot) for slot, _seq in held}
        counted = {slot: one.seq for slot, one in chains.counted(rows).items()}
        bad = chains.first_bad(row, rows)
    return {
        "acked": len(acked), "lost": lost, "changed": changed, "unsigned": unsigned, "bad": bad,
        "newest": newest == counted, "broken": parts.state()["broken"],
    }  # fmt: skip


def ending(seed: int, people: int, kills: int, sabotage: str = "") -> dict[str, Any]:
    """P-E4: the tick comes days late and is killed while it hands in; several come at once at the end.

    Sabotage `apart` commits every statement by itself; `careless` looks first and acts then, without a guard.
    """
    keys, chance = settle(people), random.Random(seed)
    for number, key in enumerate(keys):
        saving.answer_save(
            scope=sun(number), sitting=key, token=TOKEN, slot=1, seq=1, value=_any_answer(key), now=clock.now()
        )
    late = clock.now() + timedelta(days=4)
    _sabotage(sabotage)
    for _ in range(kills):
        connection.close()
        child = parts.fork(lambda: ticking.sittings(late))
        time.sleep(chance.uniform(0.0, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    connection.close()
    for child in [parts.fork(lambda: ticking.sittings(late)) for _ in range(3)]:
        os.waitpid(child, 0)
    ticking.sittings(late)
    with unscoped("fault test"):
        rows = list(Sitting.objects.all())
        told = JournalEntry.objects.filter(kind="academy.sitting_submitted")
        return {
            "sittings": len(rows), "submitted": sum(row.state == "submitted" for row in rows),
            "at_deadline": sum(row.submitted_at == row.deadline_at for row in rows),
            "grades": Grade.objects.count(), "told": told.count(), "apart": told.values("subject").distinct().count(),
            "saves": AnswerSave.objects.count(), "broken": parts.state()["broken"],
        }  # fmt: skip


def _any_answer(key: str) -> list[Any]:
    with unscoped("fault test"):
        return [1] if Sitting.objects.get(pk=key).form[0]["options"] else ["1"]


class Loose:
    """No transaction around the end of a sitting."""

    @staticmethod
    def atomic(work: Any = None) -> Any:
        return work if callable(work) else nullcontext()


class Apart:
    """Journal entries in transactions of their own."""

    @staticmethod
    def record(**entry: Any) -> None:
        with transaction.atomic():
            journal.record(**entry)


def _sabotage(how: str) -> None:
    if how == "apart":
        grading.journal = Apart  # type: ignore[attr-defined]
        grading.submit_row = grading.submit_row.__wrapped__  # type: ignore[attr-defined]
    if how == "careless":
        grading.submit_row = _careless  # type: ignore[assignment]


def _careless(row: Sitting, at: Any, by: str, scope: Any) -> bool:
    """Look, then act: what handing in must not do."""
    held = Sitting.objects.get(pk=row.pk)
    if held.state != "open":
        return False
    time.sleep(0.05)
    with transaction.atomic():
        rows = chains.lines(held)
        Sitting.objects.filter(pk=row.pk).update(
            state="submitted", submitted_at=at, submitted_by=by, head=rows[-1].hash, lines=len(rows)
        )
        grading._write_grade(held, {}, "", scope, at)
        data = {"user": str(row.user_id), "exam": row.blueprint, "by": by, "lines": 1, "head": ""}
        journal.record(
            scope=None, org_unit=row.org_unit, kind="academy.sitting_submitted", subject=str(row.pk), at=at, data=data
        )
    return True
