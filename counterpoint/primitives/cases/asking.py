"""A verb that comes through the open API with a key acts once: the key is kept beside the case, as a note without words
that no conversation shows. The answer is the case as it stands, so that no word of it is kept a second time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpoint.foundation.api import KeyConflict, Scope, fingerprint, scoped, text_hash
from counterpoint.primitives.cases import queries
from counterpoint.primitives.cases.models import ASKED, CaseNote
from counterpoint.primitives.cases.values import CaseView
from counterpoint.primitives.cases.writing import Deed, locked


def asked_once(
    act: Callable[[], CaseView], *, scope: Scope, case: UUID, verb: str, key: str, body: Any, now: datetime
) -> CaseView:
    """Do it, unless this caller did it with this key before: then the case as it stands. Raises `KeyConflict` for the
    key with another verb or body; a refused request keeps no key."""
    with scoped(scope), transaction.atomic():
        deed = Deed(scope, locked(case), now)
        deed.need("view")
        mark, what = f"api:{text_hash(f'{scope.actor}:{key}')}", fingerprint(verb, body)
        held = CaseNote.objects.filter(case=deed.row, key=mark).first()
        if held is not None:
            if held.text != what:
                raise KeyConflict
            return queries.view_of(deed.row, now)
        CaseNote(
            org_unit=deed.row.org_unit, case=deed.row, at=now, by=scope.actor, kind=ASKED, text=what, key=mark
        ).save()
        return act()
