"""The team's part of the open API: disputes from other systems, and the cards of virtual teams."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from counterpoint.foundation.api import Invalid, OrgUnit, clock, colleagues, openapi, policy
from counterpoint.primitives.cases import CaseView
from counterpoint.team import api, grouping

Day = date  # a field of this name hides the type
router = Router()
ANSWERS = {403: openapi.Problem, 404: openapi.Problem, 409: openapi.Problem, 422: openapi.Problem}


class DisputeIn(Schema):
    claimant: str = Field(description="staff number of who raises it, at the system's branch", examples=["b01-07"])
    respondent: str = Field(description="staff number of the other side, at the same branch", examples=["b01-02"])
    topic: str = Field(examples=["referral"])
    title: str = Field(max_length=200)
    text: str = ""
    rule: str = ""
    source: str = Field("", examples=["team.contract:…"])


class RaisedOut(Schema):
    """That it was raised, not how it goes: disputes are read by their parties and deciders, not by systems."""

    id: UUID
    label: str
    branch: str
    opened_at: datetime


class CardIn(Schema):
    title: str = Field(max_length=200)
    text: str = ""
    owner: UUID | None = None
    due_on: date | None = None


class KnownIn(Schema):
    date: Day
    name: str = Field(max_length=40, description="the same word for the same thing", examples=["rain"])
    amount: float | None = Field(None, description="what is measured or foretold; empty: it happens", examples=[12.5])


class KnownDaysIn(Schema):
    days: list[KnownIn] = Field(max_length=2000)


class KnownOut(Schema):
    changed: int


class MoveIn(Schema):
    column: str = Field(examples=["doing"])


@router.post("/disputes", response={**ANSWERS, 201: RaisedOut}, summary="Raise a dispute for somebody")
@policy.device("team.dispute.open")
def raise_dispute(request: HttpRequest, body: DisputeIn, key: str = openapi.Key) -> Any:
    """A connected system files it for a person of its branch; the journal names the system. The same key raises once.

    422 for a staff number that nobody at the branch has."""
    branch: OrgUnit = request.branch  # type: ignore[attr-defined]
    scope, now, given = request.scope, clock.now(), body.model_dump()  # type: ignore[attr-defined]
    known = {one.staff_no: one.id for one in colleagues(scope=scope, org_unit=branch, on=branch.date_at(now))}
    for side in ("claimant", "respondent"):
        if given[side] not in known:
            raise Invalid(_("This person does not work here."), field=side)
        given[side] = known[given[side]]
    own = openapi.own_key(request, key)
    return Status(201, api.dispute_open(scope=scope, now=now, branch=branch, **given, key=own))


@router.post("/known-days", response={**ANSWERS, 200: KnownOut}, summary="What is known of days beforehand")
@policy.device("team.known.say")
def known_days(request: HttpRequest, body: KnownDaysIn) -> Any:
    """Weather, events, campaigns of the system's branch, past and to come; forecasts learn from them. A day and name
    that stand already get the new amount; the same again changes nothing."""
    branch: OrgUnit = request.branch  # type: ignore[attr-defined]
    days = [api.Known(one.date, one.name, one.amount) for one in body.days]
    changed = api.known_say(
        scope=request.scope, now=clock.now(), branch=branch, days=days  # type: ignore[attr-defined]
    )  # fmt: skip
    return {"changed": changed}


@router.get("/teams/{team}/cards", response={**ANSWERS, 200: list[CaseView]}, summary="Cards of a virtual team")
@policy.device("team.group.view")
def cards(request: HttpRequest, team: UUID) -> Any:
    """In the order of the board's columns."""
    found = grouping.board(scope=request.scope, team=team, now=clock.now())  # type: ignore[attr-defined]
    return [card for _column, rows in found.columns for card in rows]


@router.post("/teams/{team}/cards", response={**ANSWERS, 201: CaseView}, summary="A new card")
@policy.device("team.group.view")
def add_card(request: HttpRequest, team: UUID, body: CardIn, key: str = openapi.Key) -> Any:
    """409 `dissolved` when the team is over."""
    scope = request.scope  # type: ignore[attr-defined]
    own = openapi.own_key(request, key)
    return Status(201, api.card_add(scope=scope, now=clock.now(), team=team, **body.model_dump(), key=own))


@router.post("/teams/{team}/cards/{card}", response={**ANSWERS, 200: CaseView}, summary="Move a card")
@policy.device("team.group.view")
def move_card(request: HttpRequest, team: UUID, card: UUID, body: MoveIn) -> Any:
    """To another column; to where it is changes nothing."""
    scope, now = request.scope, clock.now()  # type: ignore[attr-defined]
    grouping.board(scope=scope, team=team, now=now)
    return api.card_move(scope=scope, now=now, card=card, column=body.column)
