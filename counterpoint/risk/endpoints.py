"""The register's part of the open API: incidents in, risks and error rates out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from counterpoint.foundation.api import OrgUnit, clock, openapi, policy
from counterpoint.primitives.cases import CaseView
from counterpoint.risk import api

router = Router()
ANSWERS = {403: openapi.Problem, 404: openapi.Problem, 409: openapi.Problem, 422: openapi.Problem}


class IncidentIn(Schema):
    kind: str = Field(examples=["human"])
    error: str = Field("", examples=["cash"])
    level: str = Field("near_miss", examples=["near_miss"])
    title: str = Field(max_length=200)
    text: str = ""
    amount: float | None = None
    risks: list[str] = []
    received_at: datetime | None = None


class RiskOut(Schema):
    id: UUID
    key: str
    name: str
    category: str
    likelihood: int
    impact: int
    residual_likelihood: float
    residual_impact: float
    residual: float
    band: str
    controls: int
    tested: int
    assessed_at: datetime
    evidence_at: datetime | None
    old: bool


class RateOut(Schema):
    slug: str
    count: int
    deals: int | None
    value: float | None
    low: float | None
    high: float | None
    few: bool


def _here(request: Any) -> dict[str, Any]:
    branch: OrgUnit = request.branch
    return {"scope": request.scope, "branch": branch, "now": clock.now()}


@router.post("/incidents", response={**ANSWERS, 201: CaseView}, summary="Report an incident or near miss")
@policy.device("risk.incident.open")
def report(request: HttpRequest, body: IncidentIn, key: str = openapi.Key) -> Any:
    """The same key reports once. A human error names its kind."""
    given = body.model_dump() | {"risks": tuple(body.risks)}
    return Status(201, api.incident_report(**_here(request), **given, key=openapi.own_key(request, key)))


@router.get("/risks", response=list[RiskOut], summary="The register of the branch")
@policy.device("risk.register.view")
def risks(request: HttpRequest) -> Any:
    """Highest residual first. The residual moves on evidence only; `old` warns that it rests on old evidence."""
    return [RiskOut.model_validate(line, from_attributes=True) for line in api.risks(**_here(request))]


@router.get("/errors", response=list[RateOut], summary="Errors by kind over the last year")
@policy.device("risk.register.view")
def errors(request: HttpRequest) -> Any:
    """Counts with exact 95 % limits per 10,000 deals; without counted deals only the counts."""
    here = _here(request)
    found = api.statistics(scope=here["scope"], org_unit=here["branch"], now=here["now"])
    return [RateOut.model_validate(one, from_attributes=True) for one in found.errors]
