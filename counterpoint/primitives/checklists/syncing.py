"""What phones send after being offline: any order, any repetition, cut off anywhere; each item takes effect once.

A phone sends items with a key of its own, its running number, and a text whose hash it names. The receipt names the
hash again, so that the phone deletes exactly what the server has. An item that comes before what it needs is held on
the server and takes effect later; one that cannot take effect is set aside with a reason, never dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    DomainError,
    Invalid,
    Prepared,
    Scope,
    branch,
    enter,
    read_json,
    scoped,
    text_hash,
)
from counterpoint.primitives.checklists import actions
from counterpoint.primitives.checklists.calling import (
    APPLIED,
    CONFLICT,
    DAMAGED,
    HELD,
    QUARANTINED,
    SETTLED,
    Call,
    alarm,
    id_of,
    known,
)  # fmt: skip
from counterpoint.primitives.checklists.models import AnswerEntry, Evidence, Round, SyncItem
from counterpoint.primitives.checklists.unsent import Unsent, report
from counterpoint.primitives.checklists.values import Value
from counterpoint.primitives.checklists.verbs import FILL

MEMORY = timedelta(days=90)  # keys are remembered at least this long; what claims to be older is not taken silently
BATCH = 200
MOST_SEQ = 2**62
LIMITS = {"key": 80, "text": 20_000}

_BY_ID = Prepared(lambda unit, pk: Round.objects.filter(org_unit=unit, pk=pk))
_BY_KEY = Prepared(lambda unit, key: Round.objects.filter(org_unit=unit, key=key))
_HELD = Prepared(lambda unit, refs: SyncItem.objects.filter(org_unit=unit, state=HELD, round_ref__in=refs))


@dataclass(frozen=True)
class Sent:
    """One item as a phone sends it: `hash` is the SHA-256 of `text`, `text` is JSON with the kind of item."""

    key: str
    seq: int
    hash: str
    text: str
    at: str = ""


@dataclass(frozen=True)
class Batch:
    """Items of one phone for one branch, what the phone says of those that it could not let go of for long, and what
    its clock said when it sent."""

    branch: str
    items: tuple[Sent, ...]
    unsent: Unsent | None = None
    clock: datetime | None = None


class Receipt(Value):
    """What the server has: the phone deletes its copy when the hash is the one it sent and the state is not
    ``damaged`` or ``conflict``."""

    key: str
    hash: str
    state: str
    reason: str = ""


class Synced(Value):
    """Receipts in the order of the items, and the server's time."""

    receipts: tuple[Receipt, ...]
    server_now: datetime


class NotYet(DomainError):
    """What the item needs has not come; it is held."""

    code = "not_yet"


class RoundRefused(DomainError):
    """The start of the item's round was set aside, so there is nothing that it could belong to."""

    code = "round_refused"


def read(row: Any) -> Sent:
    """An item from JSON; ValueError, KeyError or TypeError when it lost something on the way."""
    try:
        seq = int(row["seq"])
    except OverflowError as endless:
        raise ValueError("A running number is finite.") from endless
    return Sent(str(row["key"]), seq, str(row["hash"]), str(row["text"]), str(row.get("at", "")))


def sync(*, scope: Scope, device: str, batch: Batch, now: datetime) -> Synced:
    """Take in a batch; every item gets a receipt and is durable when it does."""
    org_unit = branch(scope=scope, code=batch.branch)
    enter(scope, org_unit, FILL)
    if not device or len(device) > LIMITS["key"] or len(batch.items) > BATCH:
        raise Invalid(_("A phone names itself and sends at most %(most)d items at once.") % {"most": BATCH})
    with scoped(scope):
        ahead = None if batch.clock is None else round((batch.clock - now).total_seconds(), 1)
        receipts = tuple(_take(Call(scope, org_unit, now, device, item.key), item, ahead) for item in batch.items)
    if batch.unsent is not None:
        report(scope=scope, org_unit=org_unit, device=device, unsent=batch.unsent, now=now)
    return Synced(receipts=receipts, server_now=now)


def _take(call: Call, item: Sent, ahead: float | None) -> Receipt:
    body = _readable(item)
    if body is None:
        return Receipt(key=item.key, hash=item.hash, state=DAMAGED, reason="damaged")
    body["clock_ahead"] = ahead  # how far the phone's clock was off when it sent this
    before = known(call)
    if before is None:
        try:
            with transaction.atomic():
                return _receipt(_first(call, item, body))
        except IntegrityError:  # the same item came twice at once
            before = known(call)
            if before is None:
                raise
    if before.digest != item.hash:
        alarm(call)
        return Receipt(key=item.key, hash=item.hash, state=CONFLICT, reason="key_conflict")
    return Receipt.model_validate(before.answer)


def _readable(item: Sent) -> dict[str, Any] | None:
    """The item's body when it arrived whole."""
    if not item.key or len(item.key) > LIMITS["key"] or len(item.text) > LIMITS["text"] or "\0" in item.key + item.text:
        return None
    if not 0 < item.seq < MOST_SEQ or text_hash(item.text) != item.hash:
        return None
    try:
        body = read_json(item.text)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _first(call: Call, item: Sent, body: dict[str, Any]) -> SyncItem:
    """An item that never came before: apply it, hold it or set it aside."""
    row = SyncItem(
        seq=item.seq, kind=str(body.get("kind", ""))[:16], round_ref=str(body.get("round", ""))[:80], digest=item.hash,
        body=body, claimed_at=claim(item.at), org_unit=call.org_unit, device=call.device, key=call.key,
        received_at=call.now, person=call.scope.actor,
    )  # fmt: skip
    row.state, row.reason = _tried(call, row)
    row.answer = Receipt(key=item.key, hash=item.hash, state=row.state, reason=row.reason).model_dump(mode="json")
    row.save(force_insert=True)
    if row.state != APPLIED:
        _noted(call, row)
    if row.round_ref and row.state == APPLIED:
        release(call, _round(call, row.round_ref).refs)
    elif row.round_ref and row.kind == "start":
        release(call, [row.round_ref])  # what came before it is not kept for ever
    return row


def _tried(call: Call, row: SyncItem) -> tuple[str, str]:
    """(state, reason). A refusal is undone to the last stroke before it is remembered."""
    if row.claimed_at is not None and row.claimed_at < call.now - MEMORY:
        return QUARANTINED, "too_old"
    try:
        with transaction.atomic():
            _apply(call, row)
    except NotYet as early:
        return HELD, early.message
    except DomainError as refused:
        return QUARANTINED, refused.code
    return APPLIED, ""


def _noted(call: Call, row: SyncItem) -> None:
    digest = text_hash(row.key)[:16]
    if row.state == HELD:
        call.note("sync_held", digest, device=call.device, key=digest, kind=row.kind)
    else:
        call.note("sync_quarantined", digest, device=call.device, key=digest, reason=row.reason)


def _receipt(row: SyncItem) -> Receipt:
    return Receipt.model_validate(row.answer)


def _apply(call: Call, row: SyncItem) -> None:
    body = row.body
    if row.kind == "start":
        _start(call, row)
    elif row.kind == "answer":
        found = _round(call, row.round_ref)
        value, files = body.get("value"), body.get("files", [])
        if not isinstance(files, list) or not all(isinstance(one, str) and len(one) == 64 for one in files):
            raise Invalid(_("Files are named by their hash."))
        given = actions.Put(
            str(body.get("item", "")), value, tuple(files), row.seq, str(body.get("base", ""))[:80], row.claimed_at
        )
        actions.put(call, found.pk, given)
    elif row.kind == "submit":
        _submit(call, row)
    else:
        raise Invalid(_("This kind of item is not known here; update the app."))


def _start(call: Call, row: SyncItem) -> None:
    """A round begun offline; its own key names it from then on."""
    if not row.round_ref:
        raise Invalid(_("A round begun offline names itself."))
    if Round.objects.filter(org_unit=call.org_unit, key=row.round_ref).exists():
        return
    version = row.body.get("version")
    if not isinstance(version, int):
        raise Invalid(_("A round begun offline names the version of its checklist."))
    actions.started(
        call, str(row.body.get("checklist", "")), str(row.body.get("asset", "")), key=row.round_ref, version=version
    )


def _submit(call: Call, row: SyncItem) -> None:
    """Only when all that the phone has captured for the round is here: answers by key, pictures by hash."""
    found = _round(call, row.round_ref)
    answers, files = (set(map(str, row.body.get(name, []))) for name in ("answers", "files"))
    here = set(AnswerEntry.objects.filter(round=found, key__in=answers).values_list("key", flat=True))
    pictures = set(Evidence.objects.filter(round=found, digest__in=files).values_list("digest", flat=True))
    if answers - here or files - pictures:
        raise NotYet("waits_for_more")
    actions.submit(call, found.pk)


def _round(call: Call, ref: str) -> Round:
    """The round by its id or by the key that a phone gave it; `NotYet` when its start has not come."""
    own = id_of(ref)
    found = _BY_ID.first(call.org_unit, own) if own else None
    found = found or (_BY_KEY.first(call.org_unit, ref) if ref else None)
    if found is None:
        starts = SyncItem.objects.filter(org_unit=call.org_unit, round_ref=ref, kind="start")
        if starts.filter(state__in=(QUARANTINED, SETTLED)).exists():
            raise RoundRefused(_("The round was not begun."))
        raise NotYet("waits_for_round")
    return found


def release(call: Call, refs: Iterable[str]) -> int:
    """Try held items of a round again: answers before submissions, in the phones' order. Returns how many."""
    held = _HELD.rows(call.org_unit, list(refs))
    moved = 0
    for row in sorted(held, key=lambda one: (one.kind == "submit", one.seq, one.device, one.key)):
        own = Call(_as(call, row), call.org_unit, call.now, row.device, row.key)
        state, reason = _tried(own, row)
        if state != HELD:
            row.state, row.reason, moved = state, reason, moved + 1
            row.save(update_fields=["state", "reason", "org_path"])
            if state == QUARANTINED:
                _noted(own, row)
    return moved


def _as(call: Call, row: SyncItem) -> Scope:
    """What one person's phone sent stays that person's deed, whoever's item set it free."""
    scope = call.scope
    return Scope(row.person, scope.roots, scope.grants, scope.dims) if row.person != scope.actor else scope


def claim(text: str) -> datetime | None:
    """What the phone's clock said; nothing when it says nothing."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if 2000 <= found.year < 9000 else None
