"""The rounds' part of the open API: assignments, answers, pictures and synchronisation for enrolled devices."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from counterpoint.foundation.api import OrgUnit, clock, openapi, policy
from counterpoint.primitives.checklists import actions, queries, syncing, uploads
from counterpoint.primitives.checklists.unsent import Unsent
from counterpoint.primitives.checklists.values import AnswerView, RoundView, Scored, Uploaded
from counterpoint.primitives.checklists.verbs import FILL, VIEW

router = Router(tags=["rounds"])
REFUSED: Any = {
    400: openapi.Problem, 403: openapi.Problem, 404: openapi.Problem, 409: openapi.Problem, 422: openapi.Problem,
}  # fmt: skip


class StartIn(Schema):
    checklist: str = Field(max_length=80, examples=["onsite.pre_open"])
    asset: str = Field("", max_length=32)


class AnswerIn(Schema):
    item: str = Field(max_length=48)
    value: Any = Field(None, description="null takes the answer back; na says that the item does not apply")
    files: list[str] = Field(default_factory=list, max_length=20, description="SHA-256 of pictures sent before")


class ItemIn(Schema):
    key: str = Field(min_length=1, max_length=80)
    seq: int = Field(gt=0, lt=syncing.MOST_SEQ)
    hash: str = Field(description="SHA-256 of `text`", min_length=64, max_length=64)
    text: str = Field(max_length=20_000, examples=['{"kind": "answer", "round": "…", "item": "door", "value": "yes"}'])
    at: str = Field("", max_length=40, description="what the device's clock said; only a claim")


class UnsentIn(Schema):
    count: int = Field(ge=0, description="entries and pictures that could not be sent")
    hours: int = Field(ge=0, description="for how long the oldest has waited, by the device's clock")


class BatchIn(Schema):
    device: str = Field(min_length=1, max_length=80)
    items: list[ItemIn] = Field(max_length=syncing.BATCH)
    clock: str = Field("", max_length=40, description="what the device's clock says now, to know how far it is off")
    unsent: UnsentIn | None = Field(None, description="from 24 hours on, the leaders of the branch are told once a day")


def _here(request: Any) -> dict[str, Any]:
    branch: OrgUnit = request.branch
    return {"scope": request.scope, "org_unit": branch, "now": clock.now()}


@router.get("/assignments", response=dict[str, Any], summary="Everything to work without a network")
@policy.device(VIEW)
def assignments(request: HttpRequest, language: str = "zh-hans") -> Any:
    """Rounds to do with their answers, checklists that may be begun, machines; `version` only grows."""
    return queries.work(**_here(request), language=language)


@router.post("", response={201: RoundView, **REFUSED}, summary="Begin a round")
@policy.device(FILL)
def begin(request: HttpRequest, body: StartIn, key: str = openapi.Key) -> Any:
    """Of the checklist's version in force today."""
    return Status(201, actions.round_start(**_here(request), **body.model_dump(), key=key))


@router.post("/sync", response={200: syncing.Synced, **REFUSED}, summary="Take in what a device captured offline")
@policy.device(FILL)
def sync(request: HttpRequest, body: BatchIn) -> Any:
    """Every item has a key of its own; its receipt names the hash of what the server has."""
    here = _here(request)
    items = tuple(syncing.Sent(**one.model_dump()) for one in body.items)
    unsent = Unsent(**body.unsent.model_dump()) if body.unsent else None
    batch = syncing.Batch(here["org_unit"].code, items, unsent, syncing.claim(body.clock))
    return syncing.sync(scope=here["scope"], device=body.device, batch=batch, now=here["now"])


@router.post("/photos/{digest}", response={200: Uploaded, **REFUSED}, summary="Send a picture by its hash")
@policy.device(FILL)
def photo(request: HttpRequest, digest: str, taken: str = "", clock: str = "") -> Any:
    """The body is the picture itself; the same picture again changes nothing. `taken` is when it was taken by the clock
    of the device, `clock` what that clock says now."""
    moments = [syncing.claim(one) for one in (taken, clock)]
    return uploads.photo_put(**_here(request), content=request.body, digest=digest, taken=moments[0], clock=moments[1])


@router.post("/{round_id}/answers", response={200: AnswerView, **REFUSED}, summary="Answer an item")
@policy.device(FILL)
def answer(request: HttpRequest, round_id: UUID, body: AnswerIn, key: str = openapi.Key) -> Any:
    """Who and when are set by the server."""
    scope = request.scope  # type: ignore[attr-defined]
    given = body.model_dump()
    return actions.answer_put(scope=scope, round=round_id, **given, now=clock.now(), key=key)


@router.post("/{round_id}/submission", response={200: Scored, **REFUSED}, summary="Hand the round in")
@policy.device(FILL)
def submission(request: HttpRequest, round_id: UUID, key: str = openapi.Key) -> Any:
    """409 `incomplete` while answers or pictures are missing."""
    return actions.round_submit(scope=request.scope, round=round_id, now=clock.now(), key=key)  # type: ignore[attr-defined]
