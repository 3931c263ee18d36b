"""Complaints' part of the open API: call centre, website, mail gateway."""

import base64
import binascii
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from counterpoint.foundation.api import NotFound, OrgUnit, clock, openapi, policy
from counterpoint.service import api
from counterpoint.service.errors import MailUnreadable
from counterpoint.service.queries.complaints import Whole, next_step
from counterpoint.service.rules import mail
from counterpoint.service.verbs import DECIDE_REPORT, OPEN, VIEW

router = Router()
MAIL = 3 * 2**20


class ComplaintIn(Schema):
    """A complaint of a customer; the level is proposed from the text."""

    text: str = Field(min_length=1, max_length=4000, examples=["在大厅等了两个小时,只开一个窗口"])
    channel: str = Field("api", pattern="^(api|phone|email|paper|regulator)$")
    contact: str = Field("", max_length=200)
    happened_on: date | None = None
    received_at: AwareDatetime | None = None
    amount: float | None = Field(None, ge=0)
    age: int | None = Field(None, ge=0, le=130)
    people: int | None = Field(None, ge=1)
    waited_minutes: float | None = Field(None, ge=0)


class MailIn(Schema):
    """A forwarded e-mail: either the whole message as base64, or its parts."""

    eml: str = Field("", max_length=MAIL, description="The .eml file, base64")
    subject: str = Field("", max_length=200)
    sender: str = Field("", max_length=200)
    text: str = Field("", max_length=4000)


class TakenOut(Schema):
    complaint: UUID
    case: UUID
    receipt: str
    level: str
    again: bool


ANSWERS: Any = {
    200: TakenOut, 201: TakenOut, 403: openapi.Problem, 404: openapi.Problem, 409: openapi.Problem,
    422: openapi.Problem, 429: openapi.Problem,
}  # fmt: skip


def _answer(taken: api.Taken) -> Any:
    out = {"complaint": taken.id, "case": taken.case, "receipt": taken.receipt, "level": taken.level}
    return Status(200 if taken.again else 201, out | {"again": taken.again})


def _take(request: Any, intake: api.Intake, key: str) -> api.Taken:
    branch: OrgUnit = request.branch
    return api.complaint_take(
        scope=request.scope, org_unit=branch, intake=intake, key=openapi.own_key(request, key), now=clock.now()
    )


@router.post("/", response=ANSWERS, summary="Take a complaint in")
@policy.device(OPEN)
def take(request: HttpRequest, body: ComplaintIn, key: str = openapi.Key) -> Any:
    """201 with the receipt code; 200 when the same key came before; 409 when it came with other content."""
    now = clock.now()
    intake = api.Intake(
        channel=body.channel, text=body.text, contact=body.contact, happened_on=body.happened_on, amount=body.amount,
        age=body.age, people=body.people, waited=body.waited_minutes,
        received_at=min(body.received_at, now) if body.received_at else None,
    )  # fmt: skip
    return _answer(_take(request, intake, key))


@router.post("/mail", response=ANSWERS, summary="Take a complaint in from a forwarded e-mail")
@policy.device(OPEN)
def take_mail(request: HttpRequest, body: MailIn, key: str = openapi.Key) -> Any:
    """The innermost message's words and sender become the complaint; attachments are not opened."""
    text, contact = body.text, body.sender
    if body.eml:
        try:
            found = mail.parse(base64.b64decode(body.eml, validate=True))
        except (binascii.Error, mail.Unreadable):
            raise MailUnreadable(_("This is no e-mail with a text."), field="eml") from None
        text, contact = found.text, found.contact
    elif body.subject and body.subject not in text:
        text = f"{body.subject}\n{text}"
    return _answer(_take(request, api.Intake(channel="email", text=text, contact=contact), key))


class StateOut(Schema):
    """Where a complaint stands; never a word of the customer. `step` is what a person has to do next."""

    complaint: UUID
    case: UUID
    label: str
    branch: str
    channel: str
    category: str
    level: str
    confirmed: bool
    stage: str
    stage_kind: str
    step: str
    owner_name: str
    received_at: datetime
    due_at: datetime | None
    late: bool
    breaches: int
    legal_due_at: datetime | None
    closed_at: datetime | None
    satisfied: bool | None
    report: str = Field(description="none, draft, submitted, returned or accepted")
    erased: bool


class ReportOut(Schema):
    """A rectification report: its sections by slug and what the region decided."""

    complaint: UUID
    state: str
    template: str
    version: int
    texts: dict[str, str]
    saved_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    reason: str


def _seen(request: Any, complaint: UUID) -> Whole:
    return api.whole(scope=request.scope, complaint=complaint, now=clock.now())


@router.get("/{complaint}", response={200: StateOut, 403: openapi.Problem}, summary="Where a complaint stands")
@policy.device(VIEW)
def state(request: HttpRequest, complaint: UUID) -> Any:
    """Level, stage, next step, deadlines and the state of its report. What moves it: `/cases/{case}/…`."""
    seen = _seen(request, complaint)
    row, view = seen.row, seen.detail.case
    confirmed = row.confirmed_at is not None
    return StateOut(
        complaint=row.pk, case=row.case, label=view.label, branch=view.branch, channel=row.channel,
        category=row.category, level=view.level, confirmed=confirmed, stage=view.stage, stage_kind=view.stage_kind,
        step=next_step(view, confirmed=confirmed), owner_name=view.owner_name, received_at=row.received_at,
        due_at=view.due_at, late=view.late, breaches=view.breaches, legal_due_at=row.legal_due_at,
        closed_at=row.closed_at, satisfied=row.satisfied, report=seen.report.state if seen.report else "none",
        erased=row.erased_at is not None,
    )  # fmt: skip


@router.get("/{complaint}/report", response={200: ReportOut, 403: openapi.Problem}, summary="The rectification report")
@policy.device(VIEW)
def report(request: HttpRequest, complaint: UUID) -> Any:
    """For who may read the customer's words or decides reports; 404 where there is none. Writing, submitting and
    deciding it are deeds of persons, on the pages."""
    seen = _seen(request, complaint)
    found, scope = seen.report, request.scope  # type: ignore[attr-defined]
    if found is None or not (seen.readable or scope.may(DECIDE_REPORT, seen.row.org_path)):
        raise NotFound(_("There is no report that you may read."))
    return ReportOut(
        complaint=seen.row.pk, state=found.state, template=found.template, version=found.version, texts=found.texts,
        saved_at=found.saved_at, submitted_at=found.submitted_at, decided_at=found.decided_at, reason=found.reason,
    )  # fmt: skip
