"""How every action of the hall begins: is the branch in the caller's scope, is the verb held, was this asked before."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from counterpoint.foundation.api import (
    KeyConflict,
    OrgUnit,
    Scope,
    enter,
    fingerprint,
    journal,
    once,
    scoped,
    text_hash,
)
from counterpoint.onsite.catalogue import Catalogue, catalogue
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.models import IngestKey
from counterpoint.onsite.values import Answer

log = logging.getLogger("counterpoint.onsite")
A = TypeVar("A", bound=Answer)
MAX_KEY = 80


@dataclass(frozen=True)
class Call:
    """Who asks where and when; `key` makes asking twice harmless. `lost`: this is the same once more, after others took
    a number meanwhile."""

    scope: Scope
    branch: OrgUnit
    now: datetime
    key: str = ""
    lost: bool = False

    @cached_property
    def on(self) -> date:
        """The branch's business date."""
        return business_date(self.branch, self.now)

    @cached_property
    def content(self) -> Catalogue:
        """Content in force today."""
        return catalogue(self.on, self.branch.rule_pack)

    def run(
        self,
        verb: str,
        answer: type[A],
        act: Callable[..., A],
        *,
        first: Callable[[], Any] | None = None,
        **inputs: Any,
    ) -> A:
        """Check scope and verb, then act once in one transaction.

        The same key with the same inputs gets the first answer; with other inputs `KeyConflict` (and an alarm in the
        journal). A refused request is not remembered, so that it may be tried again. What `first` reads before the
        transaction is handed to `act` as `prepared`, so that the database is not kept waiting.
        """
        enter(self.scope, self.branch, verb)
        with scoped(self.scope):
            asked = fingerprint(act.__name__, inputs)
            if first and self.key and (known := self._claims().first()) is not None:
                return self._again(known, asked, answer, act.__name__)
            extra = {"prepared": first()} if first else {}
            if not self.key:
                with transaction.atomic():
                    return act(self, **inputs, **extra)
            row = IngestKey(**self._owned(), asked=asked, at=self.now)
            return once(
                self._claims(),
                row,
                lambda: act(self, **inputs, **extra),
                lambda before: self._again(before, asked, answer, act.__name__),
            )

    def _again(self, row: IngestKey, asked: str, answer: type[A], what: str) -> A:
        if row.asked != asked:
            self._alarm(what)
        return answer.model_validate(row.answer)

    def _owned(self) -> dict[str, Any]:
        return {"org_unit": self.branch, "source": str(self.scope.actor or ""), "key": self.key.replace("\0", "")}

    def _claims(self) -> "QuerySet[IngestKey]":
        return IngestKey.objects.filter(**self._owned())

    def _alarm(self, what: str) -> None:
        digest = text_hash(self.key)[:16]
        log.warning("idempotency key conflict", extra={"event": what, "key": digest, "branch": self.branch.code})
        with transaction.atomic():
            self.note("onsite.key_conflicted", digest, key=digest, what=what)
        raise KeyConflict(key=self.key)

    def note(self, fact: str, subject: object, /, **data: Any) -> None:
        """The action's one journal entry."""
        journal.record(scope=self.scope, org_unit=self.branch, kind=fact, subject=str(subject), at=self.now, data=data)
