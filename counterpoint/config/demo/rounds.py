"""Rounds that were walked before the demo begins: in time, answered, signed, and judged by the engine's own score.

They are written together, since a year of them by the pages would take minutes; what opens cases goes through the
actions instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
from PIL import Image, ImageDraw

from counterpoint.foundation.api import OrgUnit, User, new_id, scope_of, scoped
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists import places, scoring
from counterpoint.primitives.checklists.definition import SIGNATURE, Checklist
from counterpoint.primitives.checklists.definition import Item as Asked
from counterpoint.primitives.checklists.models import Answer, AnswerEntry, Evidence, Round, Upload
from counterpoint.primitives.checklists.scheduling import due_of, period_of
from counterpoint.primitives.content import Item

PICTURES = ("photo", SIGNATURE)
Value = Callable[[Asked], Any]


class Past:
    """The rounds of one branch that are over."""

    def __init__(self, branch: OrgUnit, rng: np.random.Generator) -> None:
        self._branch, self._rng = branch, rng
        self._files: dict[str, tuple[str, UUID]] = {}
        self._rounds: list[Round] = []
        self._entries: list[AnswerEntry] = []
        self._answers: list[Answer] = []
        self._evidence: list[Evidence] = []

    def minutes(self, low: int, high: int) -> timedelta:
        """Some time between two numbers of minutes."""
        return timedelta(minutes=float(self._rng.uniform(low, high)))

    def share(self) -> float:
        """A number from 0 to 1."""
        return float(self._rng.random())

    def walked(
        self, item: Item, on: date, due: datetime, who: User, began: datetime, value: Value, pace: float = 1.0,
        thing: str = "",
    ) -> None:  # fmt: skip
        """One round, answered item by item at `pace` times a walk; `value` gives the answers, None leaves one out.
        `thing` is the code of what the round is about."""
        checklist: Checklist = item.value
        row = due_round(item, self._branch, on, due, thing)
        row.state, row.started_at, row.started_by, row.next_due_at = Round.State.SUBMITTED, began, who.pk, None
        given: dict[str, scoring.Given] = {}
        at = began
        for seq, asked in enumerate(checklist.items, 1):
            at += timedelta(seconds=pace * float(self._rng.uniform(15, 45)))
            answer = "" if asked.kind in PICTURES else value(asked)
            if answer is None:
                continue
            digests = [self._pictured(row, asked, who, at)] if asked.evidence == "always" else []
            given[asked.slug] = scoring.Given(answer, len(digests))
            self._answered(row, asked.slug, seq, answer, digests, who, at)
        ground = scoring.Ground(points=places.codes(self._branch, checklist))
        found = scoring.score(checklist, given, on, asset=thing, ground=ground)
        row.percent, row.passed, row.done_at, row.done_by = found.percent, found.passed, at, who.pk
        row.result = {
            "items": {one.slug: one.verdict for one in found.items}, "warn": {}, "critical": list(found.critical),
            "failed": [{"item": one.slug, "asset": one.asset, "case": None} for one in found.failed],
        }  # fmt: skip
        self._rounds.append(row)

    def _answered(
        self, row: Round, slug: str, seq: int, value: Any, digests: list[str], who: User, at: datetime
    ) -> None:
        key = f"{row.pk}:{slug}"
        own = {"round": row, "item": slug, "org_unit": self._branch, "value": value, "files": digests, "seq": seq}
        self._entries.append(AnswerEntry(**own, key=key, person=who.pk, at_claim=at, received_at=at))
        self._answers.append(Answer(**own, entry=key, done_at=at, done_by=who.pk))

    def _pictured(self, row: Round, asked: Asked, who: User, at: datetime) -> str:
        """The person's signature, or the branch's photo: sent once and tied to each round."""
        name = who.staff_no if asked.kind == SIGNATURE else ""
        if name not in self._files:
            digest = picture_put(self._branch, who, SIGNATURE if name else "photo", at)
            self._files[name] = digest, Upload.objects.get(org_unit=self._branch, digest=digest).file_id
        digest, file = self._files[name]
        self._evidence.append(
            Evidence(id=new_id(), org_unit=self._branch, round=row, item=asked.slug, digest=digest, file_id=file)
        )
        return digest

    def write(self) -> int:
        """Write what was walked; returns how many rounds."""
        Round.objects.bulk_create(self._rounds, batch_size=500)
        AnswerEntry.objects.bulk_create(self._entries, batch_size=500)
        Answer.objects.bulk_create(self._answers, batch_size=500)
        Evidence.objects.bulk_create(self._evidence, batch_size=500)
        return len(self._rounds)


def due_round(item: Item, branch: OrgUnit, on: date, due: datetime, thing: str = "") -> Round:
    """The round of a schedule (about a thing, where one is named) as the tick puts it on the list, not saved."""
    schedule = item.value.schedule
    period = period_of(schedule.every, on)[2]
    return Round(
        id=new_id(), org_unit=branch, checklist=item.key, version=item.version, pack=item.pack, business_date=on,
        asset=thing, slot=f"{item.key}:{thing}:{period}", role=schedule.role, phase=schedule.phase,
        state=Round.State.DUE, due_at=due, next_due_at=due,
    )  # fmt: skip


def due_dates(item: Item, hours: Any, since: date, until: date) -> list[tuple[date, datetime]]:
    """Dates and instants at which the schedule asked for a round, `until` exclusive."""
    found, day = [], since
    while day < until:
        first, last, _period = period_of(item.value.schedule.every, day)
        slot = due_of(item.value.schedule, hours, first, last)
        if slot is not None and since <= slot[0] < until and item.in_force(slot[0]):
            found.append(slot)
        day = last + timedelta(days=1)
    return found


def picture_put(branch: OrgUnit, who: User, kind: str, at: datetime, content: bytes = b"") -> str:
    """Send a drawn picture that says it is simulated (the person's scribble, or `content`); returns its digest."""
    scope = scope_of(who, at)
    with scoped(scope):
        sent = checklists.photo_put(
            scope=scope, org_unit=branch, content=content or drawn(kind, who.staff_no), now=at, name=f"{kind}.png"
        )
    return sent.digest


def drawn(kind: str, name: str) -> bytes:
    """A scribble with the words that it is simulated; the same for the same name."""
    size = (240, 100) if kind == SIGNATURE else (320, 240)
    rng = np.random.default_rng(list(hashlib.sha256(f"{kind}:{name}".encode()).digest()))
    picture = Image.new("L", size, 255 if kind == SIGNATURE else 200)
    pen = ImageDraw.Draw(picture)
    xs = np.linspace(30, size[0] - 30, 24)
    ys = size[1] / 2 + rng.normal(0, size[1] / 8, 24)
    pen.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=20, width=3)
    pen.text((12, size[1] - 20), f"SIMULATED {kind} {name}", fill=90)
    sent = BytesIO()
    picture.save(sent, "PNG")
    return sent.getvalue()
