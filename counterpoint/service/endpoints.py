"""Complaints' part of the open API: call centre, website, mail gateway."""

import base64
import binascii
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from counterpoint.foundation.api import OrgUnit, clock, openapi, policy
from counterpoint.service import api
from counterpoint.service.errors import MailUnreadable
from counterpoint.service.rules import mail
from counterpoint.service.verbs import OPEN

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
        scope=request.scope, org_unit=branch, intake=intake, key=f"{request.scope.actor}:{key}", now=clock.now()
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
