"""Answers of a sitting as a chain: the link of each, what counts, and whether the chain is whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from counterpoint.academy.models import AnswerSave, Sitting
from counterpoint.academy.models.exams import SUBMITTED
from counterpoint.foundation.api import chain, text_hash

SALT = "counterpoint.academy.answer"


def digest_of(value: Any) -> str:
    """Of an answer as it was given."""
    return text_hash(chain.canonical(value))


def link_of(row: AnswerSave) -> chain.Link:
    """The save's link in the chain of its sitting."""
    data = {"slot": row.slot, "seq": row.seq, "value": row.value, "late": row.late}
    return chain.Link(str(row.sitting_id), row.line, row.saved_at, "answer", "", str(row.slot), data, row.previous)


def signature(sitting: UUID, slot: int, seq: int, digest: str) -> str:
    """The server's word that it keeps this answer."""
    return salted_hmac(SALT, f"{sitting}:{slot}:{seq}:{digest}", algorithm="sha256").hexdigest()


def signed(sitting: UUID, slot: int, seq: int, value: Any, sig: str) -> bool:
    """Whether a kept word of the server fits an answer."""
    return constant_time_compare(signature(sitting, slot, seq, digest_of(value)), sig)


def lines(sitting: Sitting) -> list[AnswerSave]:
    """Every save in the order of arrival. Inside a scope."""
    return list(AnswerSave.objects.filter(sitting=sitting).order_by("line"))


def counted(rows: Iterable[AnswerSave]) -> dict[int, AnswerSave]:
    """The save that counts of each slot: the highest number that was in time."""
    found: dict[int, AnswerSave] = {}
    for row in rows:
        if not row.late and (row.slot not in found or row.seq > found[row.slot].seq):
            found[row.slot] = row
    return found


def first_bad(sitting: Sitting, rows: Iterable[AnswerSave]) -> int | None:
    """Number of the first line that does not fit the chain, or where it was cut; None when all fit."""
    kept = list(rows)
    verdict = chain.check((link_of(row), row.hash) for row in kept)
    if not verdict.ok:
        return verdict.rows + 1
    heads = ["", *(row.hash for row in kept)]
    cut = sitting.lines >= len(heads) or heads[sitting.lines] != sitting.head
    return sitting.lines if sitting.state == SUBMITTED and cut else None
