"""How verbs begin that may be asked twice: is the place in scope, is the verb held, was this key answered before.

A room keeps keys in a model of its own with `answer` and a unique constraint over whose key it is.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.errors import DomainError, NotFound
from counterpoint.foundation.models import OrgUnit
from counterpoint.foundation.scope import Scope


class Answer(Protocol):
    """What a verb answers: a value that becomes JSON and back."""

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Plain values."""
        ...


A = TypeVar("A", bound=Answer)
R = TypeVar("R", bound=models.Model)


class KeyConflict(DomainError):
    """The idempotency key was used for another request; nothing was done."""

    code = "key_conflict"
    status = 409

    def __init__(self, **details: Any) -> None:
        text = _("This key was already used for another request. Send a new key with a new request.")
        super().__init__(text, **details)


class _Taken(Exception):
    """The key was kept before, maybe by a request that committed a moment ago."""


def enter(scope: Scope, org_unit: OrgUnit, verb: str) -> None:
    """`NotFound` when the branch is outside the scope, `Forbidden` when the verb is not held there."""
    if not scope.covers(org_unit.path):
        raise NotFound(_("There is no such branch here."))
    scope.require(verb, org_unit.path)


def fingerprint(what: str, inputs: Any) -> str:
    """SHA-256 of a request, stable across processes."""
    return text_hash(json.dumps([what, inputs], sort_keys=True, default=str, ensure_ascii=False))


def text_hash(text: str) -> str:
    """SHA-256 of a text as it was sent; half a character is no reason to fail."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def once(rows: "models.QuerySet[R]", row: R, act: Callable[[], A], again: Callable[[R], A]) -> A:
    """Keep `row` under its key and act, in one transaction; `again` answers from the row that was kept before.

    `rows` finds what stands under the key. A refused act is not remembered, so that it may be tried again.
    """
    try:
        with transaction.atomic():
            try:
                row.save(force_insert=True)
            except IntegrityError as taken:
                raise _Taken from taken
            done = act()
            rows.filter(pk=row.pk).update(answer=done.model_dump(mode="json"))
            return done
    except _Taken:
        return again(rows.get())
