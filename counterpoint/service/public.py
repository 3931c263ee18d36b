"""Complaints from outside without an account: the form behind the code in the hall, and the state by its receipt.

What floods: a form is good for one branch and two hours, costs the browser some work, counts once by its key, and is
limited per address and per branch. Nothing is stored before a form is sent.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, OrgUnit, Scope, new_id, ratelimit, system_scope, unscoped
from counterpoint.primitives.cases import CaseDetail, case
from counterpoint.service import catalogue
from counterpoint.service.actions.taking import Intake, Taken, complaint_take
from counterpoint.service.errors import NotProven
from counterpoint.service.models import Complaint
from counterpoint.service.rules import proof
from counterpoint.service.verbs import OPEN, STORE, VIEW

RECEIPT = re.compile(r"^[2-9a-z]{16}$")
LOOKS = 60  # looks at receipts per address and hour


@dataclass(frozen=True)
class State:
    """What a customer sees of the own complaint: no names, no words, no inner steps."""

    label: str
    branch: str
    time_zone: str
    stage_kind: str
    received_at: datetime
    changed_stage: str
    promise_at: datetime | None
    legal_due_at: datetime | None
    closed_at: datetime | None


def branch_of(code: str) -> OrgUnit:
    """The branch whose code stands in the hall; `NotFound` for an unknown one."""
    with unscoped("whoever scans the code in the hall may write to that branch"):
        row = OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH, code=code).first()
    if row is None:
        raise NotFound("There is no such branch.")
    return row


def form_scope(branch: OrgUnit) -> Scope:
    """What the public form may do: open a complaint at this branch and add a photo to it."""
    return system_scope((OPEN, VIEW, STORE), (branch.path,), label="public form")


def _secret() -> bytes:
    return hashlib.sha256(f"service.form:{settings.SECRET_KEY}".encode()).digest()


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60


def challenge(branch: OrgUnit, now: datetime) -> str:
    """What the browser has to solve before it may send a form; carries the form's key."""
    return proof.challenge(_secret(), branch.code, _minute(now), new_id().hex).text()


def bits(branch: OrgUnit, now: datetime) -> int:
    """How much work a form costs."""
    return catalogue.rules(branch, now).proof_bits


def send(*, branch: OrgUnit, intake: Intake, challenge: str, answer: str, address: str, now: datetime) -> Taken:
    """Take a form in. Raises `NotProven`, `ratelimit.TooMany`, and what `complaint_take` raises."""
    figures = catalogue.rules(branch, now)
    count_attempt(f"complaint:{ratelimit.mark_of(address)}", figures.forms_per_address.count,
                  figures.forms_per_address.minutes, now)  # fmt: skip
    try:
        given = proof.check(
            _secret(), challenge, answer, branch=branch.code, minute=_minute(now), bits=figures.proof_bits
        )
    except proof.Unproven:
        raise NotProven(_("This form is too old or was not prepared by a browser. Load the page again.")) from None
    count_attempt(f"complaint:{branch.code}", figures.forms_per_branch.count, figures.forms_per_branch.minutes, now)
    return complaint_take(scope=form_scope(branch), org_unit=branch, intake=intake, key=f"form:{given.key}", now=now)


def count_attempt(key: str, count: int, minutes: int, now: datetime) -> None:
    """One attempt more; committed at once, so that a refused form counts too."""
    with transaction.atomic():
        ratelimit.take(key=key, limit=count, window=timedelta(minutes=minutes), now=now)


def state(*, receipt: str, address: str, now: datetime) -> State:
    """The state of a complaint by its receipt; guessing is limited per address. `NotFound` for an unknown code."""
    count_attempt(f"receipt:{ratelimit.mark_of(address)}", LOOKS, 60, now)
    if not RECEIPT.match(receipt):
        raise NotFound("There is no such receipt.")
    with unscoped("a customer opens the own complaint by an unguessable code"):
        row = Complaint.objects.select_related("org_unit").filter(receipt=receipt).first()
    if row is None:
        raise NotFound("There is no such receipt.")
    detail = case(scope=system_scope((VIEW,), (row.org_path,), label="receipt"), case=UUID(str(row.case)), now=now)
    return _told(row, detail)


def _told(row: Complaint, detail: CaseDetail) -> State:
    promises = [
        clock.due_at for clock in detail.clocks
        if clock.cycle == detail.case.cycle and clock.stopped_at is None and clock.due_at and clock.clock != "legal"
    ]  # fmt: skip
    return State(
        label=detail.case.label, branch=row.org_unit.name, time_zone=row.org_unit.time_zone,
        stage_kind=detail.case.stage_kind, received_at=row.received_at, changed_stage=detail.case.stage,
        promise_at=min(promises, default=None), legal_due_at=row.legal_due_at, closed_at=row.closed_at,
    )  # fmt: skip
