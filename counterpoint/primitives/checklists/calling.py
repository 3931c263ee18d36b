"""How every verb begins: is the branch in scope, is the right held, was this asked before under the same key."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    KeyConflict,
    NotFound,
    OrgUnit,
    Prepared,
    Scope,
    enter,
    fingerprint,
    journal,
    once,
    scoped,
    text_hash,
)
from counterpoint.primitives.checklists.models import Round, SyncItem
from counterpoint.primitives.checklists.values import Value

log = logging.getLogger("counterpoint.primitives")
V = TypeVar("V", bound=Value)
APPLIED, HELD, QUARANTINED, CONFLICT, DAMAGED = "applied", "held", "quarantined", "conflict", "damaged"
SETTLED, NOTED = "settled", "noted"  # set aside, and a leader has seen to it or taken it over into the round's record


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


def answered_once(call: Call, verb: str, kind: str, body: dict[str, Any], answer: type[V], act: Callable[[], V]) -> V:
    """Act in one transaction; the same key with the same body gets the first answer, with another one `KeyConflict`.
    A refused request is not remembered, so that it may be tried again."""
    enter(call.scope, call.org_unit, verb)
    with scoped(call.scope):
        if not call.key:
            with transaction.atomic():
                return act()
        digest = fingerprint(kind, body)

        def again(before: SyncItem) -> V:
            if before.digest != digest:
                alarm(call)
                raise KeyConflict(key=call.key)
            return answer.model_validate(before.answer)

        return once(rows_of(call), item_of(call, kind=kind, digest=digest, state=APPLIED), act, again)


def _keyed(unit: Any, device: Any, key: Any) -> "QuerySet[SyncItem]":
    return SyncItem.objects.filter(org_unit=unit, device=device, key=key)


def rows_of(call: Call) -> "QuerySet[SyncItem]":
    """What is remembered of the call's key."""
    return _keyed(call.org_unit, call.device, call.key)


_KEYED = Prepared(_keyed)


def known(call: Call) -> SyncItem | None:
    """The same, for a phone's items that come by the hundred."""
    return _KEYED.first(call.org_unit, call.device, call.key)


def item_of(call: Call, **fields: Any) -> SyncItem:
    """The call's key, to be remembered."""
    return SyncItem(
        org_unit=call.org_unit,
        device=call.device,
        key=call.key,
        received_at=call.now,
        person=call.scope.actor,
        **fields,
    )


def id_of(text: str) -> UUID | None:
    """The id that a text names, if it names one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def alarm(call: Call) -> None:
    """The same key with other content: an entry in the journal, and nothing is overwritten."""
    digest = text_hash(call.key)[:16]
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
