"""The way in of every action on a complaint: its row, locked, for a caller who may see its case."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, Scope, scoped, system_scope
from counterpoint.primitives.cases import CaseDetail, Recused, case, explain_deadline
from counterpoint.service.models import Complaint
from counterpoint.service.verbs import VIEW

TYPE = "service.complaint"
LEGAL = "legal"


def source_of(complaint: UUID) -> str:
    """How the case names its complaint."""
    return f"{TYPE}:{complaint}"


def found(scope: Scope, complaint: UUID, now: datetime, *, lock: bool = False) -> tuple[Complaint, CaseDetail]:
    """Row and case; `NotFound` when absent or out of reach. Inside `scoped(scope)`."""
    rows = Complaint.objects.select_related("org_unit")
    row = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=complaint).first()
    if row is None:
        raise NotFound(_("There is no such complaint here."))
    return row, case(scope=scope, case=row.case, now=now)


@contextmanager
def entered(scope: Scope, complaint: UUID, now: datetime, verb: str = "") -> Iterator[tuple[Complaint, CaseDetail]]:
    """A change of a complaint: one transaction, the right at its branch (the owner of the case needs none), and no
    hand of a person whom it is about."""
    with scoped(scope), transaction.atomic():
        row, detail = found(scope, complaint, now, lock=True)
        owned = scope.actor is not None and detail.case.owner == scope.actor and verb.endswith(".handle")
        if verb and not (owned and not scope.missing(verb, row.org_path)):
            scope.require(verb, row.org_path)
        if scope.actor in {person for person, _name in detail.involved}:
            raise Recused(_("Who is involved in a complaint may not handle or decide it."))
        yield row, detail


def legal_due(row: Complaint) -> datetime | None:
    """When the legal answer of the present cycle is due; None where the pack has no such clock."""
    house = system_scope((VIEW,), (row.org_path,), label="clock")
    try:
        return explain_deadline(scope=house, case=row.case, clock=LEGAL).due_at
    except NotFound:
        return None


def involved_of(row: Complaint, now: datetime) -> frozenset[UUID]:
    """Whom the complaint is about, as the house knows it."""
    house = system_scope((VIEW,), (row.org_path,), label="recusal")
    return frozenset(person for person, _name in case(scope=house, case=row.case, now=now).involved)


def about(row: Complaint, **data: object) -> dict[str, object]:
    """What every journal entry of a complaint says: its case and the branch's date of receipt."""
    return {"case": str(row.case), "on": row.org_unit.date_at(row.received_at).isoformat(), **data}


def person_of(scope: Scope) -> UUID:
    """The person who acts; `Invalid` for a machine."""
    if scope.actor is None:
        raise Invalid(_("Only a person can do this."))
    return scope.actor
