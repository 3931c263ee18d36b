"""How every verb begins: is the branch in scope, is the right held, was this asked before under the same key."""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, NotFound, OrgUnit, Scope, journal, scoped
from counterpoint.primitives.checklists.models import Round, SyncItem
from counterpoint.primitives.checklists.values import Value

log = logging.getLogger("counterpoint.primitives")
V = TypeVar("V", bound=Value)
APPLIED, HELD, QUARANTINED, CONFLICT, DAMAGED = "applied", "held", "quarantined", "conflict", "damaged"


class KeyConflict(DomainError):
    """The client's key was used for other content; nothing was done."""

    code = "key_conflict"
    status = 409


@dataclass(frozen=True)
class Call:
    """Who asks where and when; `device` is empty for a desk, `key` makes asking twice harmless."""

    scope: Scope
    org_unit: OrgUnit
    now: datetime
    device: str = ""
    key: str = ""

    @property
    def on(self) -> date:
        """The branch's date."""
        return self.org_unit.date_at(self.now)

    def note(self, fact: str, subject: object, /, **data: Any) -> None:
        """The verb's one journal entry."""
        journal.record(
            scope=self.scope, org_unit=self.org_unit, kind=f"primitives.{fact}", subject=str(subject), at=self.now,
            data=data,
        )  # fmt: skip


def enter(scope: Scope, org_unit: OrgUnit, verb: str) -> None:
    """`NotFound` outside the scope, `Forbidden` without the right."""
    if not scope.covers(org_unit.path):
        raise NotFound(_("There is no such branch here."))
    scope.require(verb, org_unit.path)


def once(call: Call, verb: str, kind: str, body: dict[str, Any], answer: type[V], act: Callable[[], V]) -> V:
    """Act in one transaction; the same key with the same body gets the first answer, with another one `KeyConflict`.
    A refused request is not remembered, so that it may be tried again."""
    enter(call.scope, call.org_unit, verb)
    with scoped(call.scope):
        if not call.key:
            with transaction.atomic():
                return act()
        digest = content_hash(json.dumps([kind, body], sort_keys=True, default=str, ensure_ascii=False))
        known = row_of(call)
        if known is None:
            try:
                with transaction.atomic():
                    row = kept(call, kind=kind, digest=digest, state=APPLIED)
                    done = act()
                    row.answer = done.model_dump(mode="json")
                    row.save(update_fields=["answer", "org_path"])
                    return done
            except IntegrityError:  # another transaction with the same key committed meanwhile
                known = row_of(call)
                if known is None:
                    raise
    if known.digest != digest:
        alarm(call)
        raise KeyConflict(_("This key was already used for another request. Send a new key with a new request."))
    return answer.model_validate(known.answer)


def content_hash(text: str) -> str:
    """SHA-256 of a text as it was sent; half a character is no reason to fail."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def row_of(call: Call) -> SyncItem | None:
    """What is remembered of the call's key."""
    return SyncItem.objects.filter(org_unit=call.org_unit, device=call.device, key=call.key).first()


def kept(call: Call, **fields: Any) -> SyncItem:
    """Remember the key."""
    row = SyncItem(
        org_unit=call.org_unit,
        device=call.device,
        key=call.key,
        received_at=call.now,
        person=call.scope.actor,
        **fields,
    )
    row.save(force_insert=True)
    return row


def alarm(call: Call) -> None:
    """The same key with other content: an entry in the journal, and nothing is overwritten."""
    digest = content_hash(call.key)[:16]
    log.warning("client key conflict", extra={"key": digest, "branch": call.org_unit.code})
    with scoped(call.scope), transaction.atomic():
        call.note("sync_conflicted", digest, device=call.device, key=digest)


def round_of(scope: Scope, round: Any) -> Round:
    """A round in the caller's scope; `NotFound` otherwise."""
    with scoped(scope):
        found = Round.objects.select_related("org_unit").filter(pk=round).first()
    if found is None:
        raise NotFound(_("There is no such round here."))
    return found
