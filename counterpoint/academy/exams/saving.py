"""Saving an answer: one row that is never changed, committed before the server says that it has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.academy.exams import chains
from counterpoint.academy.exams.grading import blueprint_of
from counterpoint.academy.exams.sitting import (
    MOST_SIGNS,
    SittingOver,
    is_final,
    must_live,
    note,
    own,
)
from counterpoint.academy.models import AnswerSave, Sitting, SittingSign
from counterpoint.academy.models.exams import DEADLINE, OPEN, VOID
from counterpoint.foundation.api import DomainError, Invalid, Scope, chain, scoped

MOST_SAVES = 3000  # of a sitting; nobody changes answers so often
HIGHEST = 2**31 - 1
LETTERS = 40  # of a number that is typed


@dataclass(frozen=True)
class Saved:
    """What the server says once an answer is kept: its number, whether it came too late to count, and its signature."""

    slot: int
    seq: int
    late: bool
    sig: str
    deadline_at: datetime


class Conflict(DomainError):
    """Another answer was saved under this number."""

    code = "conflict"
    status = 409


class Final(DomainError):
    """The next question followed from this answer."""

    code = "final"
    status = 409


def answer_save(
    *, scope: Scope, sitting: UUID, token: str, slot: int, seq: int, value: Any, now: datetime
) -> Saved:  # fmt: skip
    """Keep an answer: places of the shown options (from 1) in a list, or what was typed as a list of one text; empty
    for none. Sent again under the same number it gives the first answer again. Raises `Conflict` for another answer
    under the number, `Elsewhere`, `Final`, `SittingOver`, `Invalid`. After deadline and grace it is kept as late."""
    with scoped(scope):
        with transaction.atomic():
            told = _save(scope, sitting, token, slot, seq, value, now)
        if isinstance(told, DomainError):  # what was noted of it is kept
            raise told
        return told


def _save(
    scope: Scope, sitting: UUID, token: str, slot: int, seq: int, value: Any, now: datetime
) -> Saved | DomainError:  # fmt: skip
    row = own(scope, sitting, now, lock=True)
    if not 0 < slot <= len(row.form):
        raise Invalid(_("There is no such question here."), field="slot")
    if not 0 < seq <= HIGHEST:
        raise Invalid(_("The number of the answer is none."), field="seq")
    kept = meant(row.form[slot - 1], value)
    digest = chains.digest_of(kept)
    held = AnswerSave.objects.filter(sitting=row, slot=slot, seq=seq).first()
    if held is not None:
        if held.digest == digest:
            return _told(row, held)
        if SittingSign.objects.filter(sitting=row).count() < MOST_SIGNS:
            note(row, "conflict", slot, now)
        return Conflict(_("Another answer was saved under this number. The one that the server holds counts."))
    late = row.state != OPEN
    if row.state == VOID or (late and row.submitted_by != DEADLINE):
        raise SittingOver(_("This exam is over."))
    if not late:
        must_live(row, token)
        if is_final(blueprint_of(row).value, row.form, slot):
            raise Final(_("The next question followed from this answer; it can no longer be changed."))
    return _told(row, _add(row, slot, seq, kept, digest, late, now))


def _add(row: Sitting, slot: int, seq: int, kept: list[str], digest: str, late: bool, now: datetime) -> AnswerSave:
    last = AnswerSave.objects.filter(sitting=row).order_by("-line").first()
    if last is not None and last.line >= MOST_SAVES:
        raise Invalid(_("So many answers are not taken."))
    save = AnswerSave(
        org_unit=row.org_unit, sitting=row, line=last.line + 1 if last else 1, slot=slot, seq=seq, value=kept,
        digest=digest, saved_at=now, late=late, previous=last.hash if last else "",
    )  # fmt: skip
    save.hash = chain.link_hash(chains.link_of(save))
    save.save(force_insert=True)
    return save


def _told(row: Sitting, save: AnswerSave) -> Saved:
    sig = chains.signature(row.pk, save.slot, save.seq, save.digest)
    return Saved(save.slot, save.seq, save.late, sig, row.deadline_at)


def meant(slot: dict[str, Any], value: Any) -> list[str]:
    """What a page's answer means: short names of options for the places that were chosen, or the text as typed."""
    if not isinstance(value, list) or len(value) > 10:
        raise Invalid(_("This is no answer."), field="value")
    options = slot["options"]
    if not options:
        texts = [one.strip() for one in value if isinstance(one, str) and one.strip()]
        if len(texts) != len(value) or len(texts) > 1 or any(len(one) > LETTERS for one in texts):
            raise Invalid(_("This is no answer."), field="value")
        return texts
    if any(not isinstance(one, int) or isinstance(one, bool) or not 1 <= one <= len(options) for one in value):
        raise Invalid(_("This is none of the options."), field="value")
    if len(set(value)) != len(value):
        raise Invalid(_("This is no answer."), field="value")
    return [options[one - 1] for one in value]
