"""The cases' part of the open API: list, open, read, comment. Times are RFC 3339 with offset."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from counterpoint.foundation.api import OrgUnit, clock, openapi, policy
from counterpoint.primitives import cases as door
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
    return Status(201, door.case_open(scope=scope, org_unit=place, now=clock.now(), key=key, **asked))


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
    return Status(201, door.case_comment(scope=scope, case=case_id, text=body.text, key=key, now=clock.now()))
