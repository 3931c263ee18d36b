"""The cases' part of the open API: list, open, read, comment, and the verbs that move a case. Times are RFC 3339 with
offset.

A device does what its verbs allow, with three limits that no verb lifts: taking a case on is a person's deed (assign it
to somebody instead); where the type wants another person to verify, a device may send a case back but not pass it, and
closing waits for that person; the owner named by `assign` must not be involved in the case."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from counterpoint.foundation.api import OrgUnit, clock, openapi, policy
from counterpoint.primitives import cases as door
from counterpoint.primitives.cases.asking import asked_once
from counterpoint.primitives.cases.values import CaseDetail, CaseView
from counterpoint.primitives.cases.verbs import VIEW

router = Router()


class OpenIn(Schema):
    type: str = Field(examples=["primitives.task"], max_length=80)
    title: str = Field(min_length=1, max_length=200)
    level: str = Field("", max_length=40)
    fields: dict[str, str | float | bool] = {}
    text: str = Field("", max_length=4000)
    source: str = Field("", max_length=120)
    received_at: AwareDatetime | None = None


class AssignIn(Schema):
    owner: UUID = Field(description="A person who works at the case's unit or above and may handle such cases")


class PauseIn(Schema):
    reason: str = Field(max_length=40, description="A reason for which the case's type may wait")


class DoneIn(Schema):
    fields: dict[str, str | float | bool] = {}
    text: str = Field("", max_length=4000)


class VerifyIn(Schema):
    passed: bool
    text: str = Field("", max_length=4000)


class CloseIn(Schema):
    fields: dict[str, str | float | bool] = {}


class ReopenIn(Schema):
    reason: str = Field(min_length=1, max_length=4000)


class CommentIn(Schema):
    text: str = Field(min_length=1, max_length=4000)


class ListIn(Schema):
    type: str = Field("", max_length=80)
    level: str = Field("", max_length=40)
    stage: str = Field("unfinished", max_length=40)
    late: bool = False
    source: str = Field("", max_length=120)
    page: int = Field(1, ge=1, le=100_000)


class ListOut(Schema):
    server_now: datetime
    total: int
    page: int
    pages: int
    cases: list[CaseView]


class DetailOut(Schema):
    server_now: datetime
    detail: CaseDetail


ANSWERS: Any = dict.fromkeys((403, 404, 409, 422), openapi.Problem)  # fmt: skip


@router.get("", response={**ANSWERS, 200: ListOut}, summary="Cases")
@policy.device(VIEW)
def list_cases(request: HttpRequest, asked: Query[ListIn]) -> Any:
    """Cases by their nearest deadline; `stage` is a kind (open, doing, resolved, closed, dropped) or `unfinished`."""
    now = clock.now()
    found = door.cases(scope=request.scope, filters=door.CaseFilter(**asked.model_dump()), now=now)  # type: ignore[attr-defined]
    return ListOut(server_now=now, total=found.total, page=found.number, pages=found.pages, cases=found.rows)


@router.post("", response={**ANSWERS, 201: CaseView}, summary="Open a case")
@policy.device(VIEW)  # one address, one policy; opening asks for its own right
def open_case(request: HttpRequest, body: OpenIn, key: str = openapi.Key) -> Any:
    """The same key opens nothing twice; with another kind of case it is refused."""
    place: OrgUnit = request.branch  # type: ignore[attr-defined]
    scope = request.scope  # type: ignore[attr-defined]
    asked = body.model_dump()
    own = openapi.own_key(request, key)
    return Status(201, door.case_open(scope=scope, org_unit=place, now=clock.now(), key=own, **asked))


@router.get("/{case_id}", response={**ANSWERS, 200: DetailOut}, summary="One case")
@policy.device(VIEW)
def get_case(request: HttpRequest, case_id: UUID) -> Any:
    """The case with its clocks, fields, links and what the caller may do next."""
    now = clock.now()
    scope = request.scope  # type: ignore[attr-defined]
    return DetailOut(server_now=now, detail=door.case(scope=scope, case=case_id, now=now))


@router.post("/{case_id}/comments", response={**ANSWERS, 201: CaseView}, summary="Comment on a case")
@policy.device(VIEW)
def comment(request: HttpRequest, case_id: UUID, body: CommentIn, key: str = openapi.Key) -> Any:
    """Words for the conversation; the same key adds nothing twice."""
    scope = request.scope  # type: ignore[attr-defined]
    own = openapi.own_key(request, key)
    return Status(201, door.case_comment(scope=scope, case=case_id, text=body.text, key=own, now=clock.now()))


def _deed(request: Any, verb: str, case_id: UUID, key: str, body: Schema | None, act: Callable[..., CaseView]) -> Any:
    """One verb on one case, once for a key."""
    here = {"scope": request.scope, "case": case_id, "now": clock.now()}
    asked = body.model_dump(mode="json") if body else {}
    return asked_once(lambda: act(**here), **here, verb=verb, key=key, body=asked)


@router.post("/{case_id}/assign", response={**ANSWERS, 200: CaseView}, summary="Give a case to a person")
@policy.device(VIEW)  # here and below each verb asks for the right of the case's own type
def assign(request: HttpRequest, case_id: UUID, body: AssignIn, key: str = openapi.Key) -> Any:
    """Needs the type's `manage`. 422 for somebody who does not work there, 409 for who is involved."""
    return _deed(request, "assign", case_id, key, body, partial(door.case_assign, owner=body.owner))


@router.post("/{case_id}/pause", response={**ANSWERS, 200: CaseView}, summary="Let the clocks wait")
@policy.device(VIEW)
def pause(request: HttpRequest, case_id: UUID, body: PauseIn, key: str = openapi.Key) -> Any:
    """Needs the type's `handle`. Only for a reason of the type, and at most for its cap."""
    return _deed(request, "pause", case_id, key, body, partial(door.case_pause, reason=body.reason))


@router.post("/{case_id}/resume", response={**ANSWERS, 200: CaseView}, summary="Let the clocks run again")
@policy.device(VIEW)
def resume(request: HttpRequest, case_id: UUID, key: str = openapi.Key) -> Any:
    """Needs the type's `handle`."""
    return _deed(request, "resume", case_id, key, None, door.case_resume)


@router.post("/{case_id}/resolve", response={**ANSWERS, 200: CaseView}, summary="The work is done")
@policy.device(VIEW)
def resolve(request: HttpRequest, case_id: UUID, body: DoneIn, key: str = openapi.Key) -> Any:
    """Needs the type's `handle` and the fields that the type demands by then."""
    return _deed(request, "resolve", case_id, key, body, partial(door.case_resolve, **body.model_dump()))


@router.post("/{case_id}/verify", response={**ANSWERS, 200: CaseView}, summary="Pass or send back what was done")
@policy.device(VIEW)
def verify(request: HttpRequest, case_id: UUID, body: VerifyIn, key: str = openapi.Key) -> Any:
    """Needs the type's `verify`. Where the type wants another person, only a person passes it: a device gets 403."""
    return _deed(request, "verify", case_id, key, body, partial(door.case_verify, **body.model_dump()))


@router.post("/{case_id}/close", response={**ANSWERS, 200: CaseView}, summary="Close a case")
@policy.device(VIEW)
def close(request: HttpRequest, case_id: UUID, body: CloseIn, key: str = openapi.Key) -> Any:
    """Needs the type's `handle`; 409 until it is verified where the type wants that."""
    return _deed(request, "close", case_id, key, body, partial(door.case_close, fields=body.fields))


@router.post("/{case_id}/reopen", response={**ANSWERS, 200: CaseView}, summary="Open a case again")
@policy.device(VIEW)
def reopen(request: HttpRequest, case_id: UUID, body: ReopenIn, key: str = openapi.Key) -> Any:
    """Needs the type's `handle` and a reason; a new round with new clocks."""
    return _deed(request, "reopen", case_id, key, body, partial(door.case_reopen, reason=body.reason))
