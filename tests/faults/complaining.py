"""Complaints taken in and worked on by a process that dies, and whether a database holds half of any change.

Five writes a complaint, each acknowledged by a letter and the complaint's number: t taken in (every third with a
photo), a accepted, l its level confirmed, c a comment, m the customer called.
"""

import hashlib
import json
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import date
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpoint.foundation import access, actions, clock, journal
from counterpoint.foundation.models import OrgUnit, User
from counterpoint.foundation.scope import Scope, scoped, unscoped
from counterpoint.primitives import cases
from counterpoint.primitives.cases import actions as verbs
from counterpoint.primitives.cases import joining, opening, writing
from counterpoint.service import api, entry, reacting
from counterpoint.service.actions import deciding, taking
from tests.faults import parts

WORDS = "3号窗口的柜员态度恶劣,等了四十分钟没有人管"
Write = tuple[str, Callable[[], object]]


def settle() -> None:
    """A supervisor who owns what comes in."""
    scope, place, now = parts.everything(), parts.the_branch(), clock.now()
    with scoped(scope):
        sun = actions.person_add(
            scope=scope, now=now, org_unit=place, staff_no="sun", name="Sun", password="the right password"
        )
        actions.post_grant(scope=scope, now=now, org_unit=place, user=sun, role="supervisor", since=date(2026, 1, 1))


def sun() -> Scope:
    """What the supervisor may do."""
    with unscoped("fault test"):
        return access.scope_of(User.objects.get(staff_no="sun"), clock.now())


def photo(number: int) -> bytes:
    """A small picture of its own."""
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (16, 16), (number % 256, number // 256 % 256, 7)).save(out, "PNG")
    return out.getvalue()


def take(number: int, place: OrgUnit, scope: Scope) -> api.Taken:
    """One complaint; the same number is the same complaint."""
    photos = ((f"{number}.png", photo(number)),) if number % 3 == 0 else ()
    intake = api.Intake(channel="phone", text=f"{WORDS},第{number}次", photos=photos)
    return api.complaint_take(scope=scope, org_unit=place, intake=intake, key=f"k{number}", now=clock.now())


def writes(number: int, place: OrgUnit, scope: Scope) -> Iterator[Write]:
    """What is done to one complaint, in order."""
    held: list[api.Taken] = []
    yield f"t{number}", lambda: held.append(take(number, place, scope))
    case: dict[str, Any] = {"scope": scope, "case": held[0].case}
    own: dict[str, Any] = {"scope": scope, "complaint": held[0].id, "level": held[0].level}
    yield f"a{number}", lambda: cases.case_accept(**case, now=clock.now())
    yield f"l{number}", lambda: api.level_confirm(**own, now=clock.now())
    yield f"c{number}", lambda: cases.case_comment(**case, text="已致电", key=f"c{number}", now=clock.now())
    yield f"m{number}", lambda: cases.case_milestone(**case, slug="contacted", now=clock.now())


def campaign(seed: int, kills: int, sabotage: str = "") -> dict[str, Any]:
    """F1: kill -9 the process at random points; what it acknowledged. After a kill the last complaints are sent again.

    Sabotage `ack_first` acknowledges before the commit, `apart` commits every statement by itself.
    """
    settle()
    chance, acked, last = random.Random(seed), set[str](), 0
    place, scope = parts.the_branch(), sun()
    for _ in range(kills):
        acks = parts.killed_while(
            lambda out, start=last: _writer(start, out, place, scope, sabotage),
            lines=chance.randint(1, 12), pause=chance.uniform(0, 0.03),
        )  # fmt: skip
        acked |= set(acks.decode().split())
        last = max(int(one[1:]) for one in acked)
    return {"acked": sorted(acked), "broken": parts.state()["broken"]}


def _writer(last: int, out: int, place: OrgUnit, scope: Scope, sabotage: str) -> None:
    if sabotage == "apart":
        tear()
    for number in (last, last + 1) if last else ():  # the client does not know what came through
        take(number, place, scope)
        os.write(out, b"t%d\n" % number)
    for number in count(last + 2):
        for token, write in writes(number, place, scope):
            if sabotage == "ack_first":
                os.write(out, f"{token}\n".encode())
            write()
            if sabotage != "ack_first":
                os.write(out, f"{token}\n".encode())


class Loose:
    """No transaction around a verb."""

    @staticmethod
    def atomic() -> Any:
        return nullcontext()


class Apart:
    """Journal entries in transactions of their own."""

    @staticmethod
    def record(**entry: Any) -> None:
        with transaction.atomic():
            journal.record(**entry)


def tear() -> None:
    """Commit every statement of the verbs by itself."""
    for module in (taking, entry, opening, verbs, joining):
        module.transaction = Loose  # type: ignore[attr-defined]
    for module in (taking, deciding, reacting, writing):
        module.journal = Apart  # type: ignore[attr-defined]


def judge(home: Path, acked: Iterable[str]) -> str:
    """What a home holds: sound, damaged, lost (an acknowledged write), half (of a write), orphaned (row, no photo).

    Reads the file itself, so that a home after a power cut can be judged without a process of it."""
    try:
        opened = sqlite3.connect(home / "counterpoint.sqlite3")
        opened.row_factory = sqlite3.Row
        try:
            if opened.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return "damaged"
            there, half, files = _held(opened)
        finally:
            opened.close()
    except sqlite3.DatabaseError:
        return "damaged"
    if not set(acked) <= there:
        return "lost"
    if half:
        return "half"
    for digest in files:
        path = home / "files" / digest[:2] / digest
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return "orphaned"
    return "sound"


def _held(opened: sqlite3.Connection) -> tuple[set[str], list[str], list[str]]:
    """Writes that are there, complaints that hold half of one, and digests of photos."""
    found = {row["id"]: row for row in opened.execute("SELECT * FROM primitives_case")}
    rows = opened.execute("SELECT * FROM service_complaint").fetchall()
    clocks = Counter(row[0] for row in opened.execute("SELECT case_id FROM primitives_caseclock"))
    notes = {row[0]: row[1] for row in opened.execute("SELECT case_id, key FROM primitives_casenote")}
    kinds = "kind LIKE 'cases.%' OR kind LIKE 'service.%'"
    entries = opened.execute(f"SELECT kind, subject FROM foundation_journalentry WHERE {kinds}")
    noted = Counter((kind, UUID(subject).hex) for kind, subject in entries)
    stored = {row[0]: row[1] for row in opened.execute("SELECT id, sha256 FROM foundation_storedfile")}
    there, half = set[str](), [case for case in found if case not in {row["case"] for row in rows}]
    for row in rows:
        number, case = row["key"][1:], found.get(row["case"])
        if case is None:
            half.append(number)
            continue
        state = json.loads(case["state"])
        done = {
            "t": True, "a": case["stage_kind"] != "open", "l": row["confirmed_at"] is not None,
            "c": notes.get(case["id"]) == f"c{number}", "m": bool(state["milestones"]),
        }  # fmt: skip
        there |= {f"{token}{number}" for token, yes in done.items() if yes}
        told = {
            "t": noted["cases.opened", case["id"]], "a": noted["cases.accepted", case["id"]],
            "l": noted["service.level_confirmed", row["id"]], "c": noted["cases.commented", case["id"]],
            "m": noted["cases.milestone", case["id"]],
        }  # fmt: skip
        photos = [UUID(one).hex for one in json.loads(row["photos"])]
        whole = (
            told == {token: int(yes) for token, yes in done.items()}
            and noted["service.complaint_taken", row["id"]] == 1
            and (row["level"], row["stage_kind"]) == (case["level"], case["stage_kind"])
            and state["stage"] == case["stage"] and clocks[case["id"]] > 0 and row["legal_due_at"] is not None
            and len(photos) == (int(number) % 3 == 0) and set(photos) <= set(stored)
        )  # fmt: skip
        if not whole:
            half.append(number)
    return there, half, list(stored.values())
