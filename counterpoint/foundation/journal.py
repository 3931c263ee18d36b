"""Writing and checking the journal. One state change, one entry, in the same transaction."""

import secrets
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from counterpoint.foundation import chain, facts
from counterpoint.foundation.models import JournalEntry, JournalHead, JournalText, OrgUnit
from counterpoint.foundation.prepared import Prepared, PreparedUpdate
from counterpoint.foundation.scope import Scope, check_write

_HEAD = Prepared(lambda unit: JournalHead.objects.select_for_update().filter(pk=unit))
_HEAD_MOVED = PreparedUpdate(lambda seq, end, unit: (JournalHead.objects.filter(pk=unit), {"seq": seq, "hash": end}))


class JournalError(RuntimeError):
    """A programming error in what was handed to the journal."""


def record(
    *,
    scope: Scope | None,
    org_unit: OrgUnit,
    kind: str,
    subject: str,
    at: datetime,
    data: dict[str, Any] | None = None,
    private: Any = None,
) -> JournalEntry:
    """Append one entry to the org unit's chain. Call inside the transaction of the change it describes.

    `data` carries ids and numbers only; personal text goes to `private` and stays erasable.
    """
    if not connection.in_atomic_block:
        raise JournalError("A journal entry belongs in the transaction of its change.")
    data = dict(data or {})
    fact = facts.fact_type(kind)
    unknown = set(data) - fact.fields
    if unknown:
        raise JournalError(f"{kind} does not declare {sorted(unknown)}.")
    check_write(org_unit.path)
    salt = ""
    if private is not None:
        salt = secrets.token_hex(16)
        data["private"] = chain.commitment(salt, private)
    head = _locked_head(org_unit)
    actor = scope.actor if scope else None
    link = _link(org_unit.code, head.seq + 1, at, kind, str(actor or ""), subject, data, head.hash)
    entry = JournalEntry(
        org_unit=org_unit, seq=link.seq, at=at, kind=kind, actor=actor, subject=subject, data=data,
        previous=head.hash, hash=chain.link_hash(link),
    )  # fmt: skip
    entry.save(force_insert=True)
    _HEAD_MOVED(link.seq, entry.hash, org_unit.pk)
    if private is not None:
        JournalText(org_unit=org_unit, entry=entry, salt=salt, text=private).save(force_insert=True)
    return entry


def _locked_head(org_unit: OrgUnit) -> JournalHead:
    head = _HEAD.first(org_unit.pk)
    if head is None:
        JournalHead.objects.get_or_create(org_unit=org_unit)
        head = JournalHead.objects.select_for_update().get(pk=org_unit.pk)
    return head


def _link(
    code: str, seq: int, at: datetime, kind: str, actor: str, subject: str, data: dict[str, Any], previous: str
) -> chain.Link:
    return chain.Link(code, seq, at.astimezone(UTC), kind, actor, subject, data, previous)


def links(org_unit: OrgUnit) -> Iterator[tuple[chain.Link, str]]:
    """The unit's chain as pure values, oldest first, for `chain.check` or an export."""
    rows = JournalEntry.objects.filter(org_unit=org_unit).order_by("seq")
    for row in rows.iterator(chunk_size=2000):
        actor = str(row.actor or "")
        yield _link(org_unit.code, row.seq, row.at, row.kind, actor, row.subject, row.data, row.previous), row.hash


def about(subject: str, prefix: str) -> list[JournalEntry]:
    """Entries about a subject whose kind begins so, oldest first, inside the active scope. The caller answers for the
    right to tell them: a case tells its own story to whom it shows itself."""
    return list(JournalEntry.objects.filter(subject=subject, kind__startswith=prefix).order_by("id"))


def of_kind(kind: str, actors: Collection[UUID]) -> list[JournalEntry]:
    """What people did of a kind, oldest first, inside the active scope; the caller answers for the right."""
    return list(JournalEntry.objects.filter(kind=kind, actor__in=actors).order_by("id"))


def verify(org_unit: OrgUnit) -> chain.Verdict:
    """Check one chain against itself and against its head (a cut tail shows as a head that is ahead)."""
    head = _head_of(org_unit)
    verdict = chain.check(links(org_unit))
    if verdict.ok and not _reaches(org_unit, head):
        return chain.Verdict(verdict.rows, verdict.rows + 1, chain.CUT, verdict.head)
    return verdict


def _head_of(org_unit: OrgUnit) -> JournalHead:
    """The head as it stands."""
    return JournalHead.objects.filter(pk=org_unit.pk).first() or JournalHead(org_unit=org_unit)


def _reaches(org_unit: OrgUnit, head: JournalHead) -> bool:
    """Whether the head's own entry is there; entries beyond it were written since the head was read."""
    entries = JournalEntry.objects.filter(org_unit=org_unit)
    return entries.filter(seq=head.seq, hash=head.hash).exists() if head.seq else not entries.exists()


def verify_tail(org_unit: OrgUnit, count: int) -> chain.Verdict:
    """Check the newest `count` entries of a chain: enough for a page, cheap on a long chain."""
    head = _head_of(org_unit)
    newest = JournalEntry.objects.filter(org_unit=org_unit).order_by("-seq")[: count + 1]
    rows = list(newest)[::-1]
    if not rows or len(rows) <= count:
        return verify(org_unit)
    anchor = rows.pop(0)
    for row in rows:
        actor = str(row.actor or "")
        link = _link(org_unit.code, row.seq, row.at, row.kind, actor, row.subject, row.data, row.previous)
        fits = row.seq == anchor.seq + 1 and row.previous == anchor.hash and chain.link_hash(link) == row.hash
        if not fits:
            return chain.Verdict(0, row.seq, "content differs from its hash", anchor.hash)
        anchor = row
    if not _reaches(org_unit, head):
        return chain.Verdict(len(rows), anchor.seq + 1, chain.CUT, anchor.hash)
    return chain.Verdict(len(rows), None, "", anchor.hash)


def erase_private(entry: JournalEntry) -> None:
    """Erase an entry's personal text and salt; the chain stays valid because it only holds the commitment."""
    JournalText.objects.filter(entry=entry).delete()
