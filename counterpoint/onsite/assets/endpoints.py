"""The register's part of the open API: a maintenance system reads things with their figures, and reports faults."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from counterpoint.foundation.api import OrgUnit, clock, openapi, policy
from counterpoint.onsite.assets import actions, queries
from counterpoint.onsite.assets.values import AssetView, FaultView
from counterpoint.onsite.models import AssetFault
from counterpoint.onsite.verbs import ASSETS, REPORT

if TYPE_CHECKING:
    from counterpoint.science.reliability import Estimate, Measures

router = Router()
REFUSED: Any = {403: openapi.Problem, 404: openapi.Problem, 409: openapi.Problem, 422: openapi.Problem}
SOURCE = "system"


class WantedIn(Schema):
    kind: str = Field("", max_length=40, examples=["crs"])
    group: str = Field("", max_length=40, description="queue, cash, counter, power, security, fire or rescue")
    zone: str = Field("", max_length=40)
    state: Literal["", "late", "soon", "unknown", "failed", "retired"] = ""
    text: str = Field("", max_length=60, description="in code, name, serial number, place or model")


class AssetOut(Schema):
    code: str = Field(examples=["crs1"])
    name: str
    kind: str = Field(examples=["crs"])
    group: str
    zone: str
    place: str
    model: str
    serial: str
    state: str = Field(
        description="works, failed, partial, reported, unnamed (stands for one of its kind) or retired",
        examples=["works"],
    )
    due_on: date | None
    due_why: str = Field(description="service, scrap or expiry; empty when nothing is due")
    due_state: str = Field(description="late, soon, fine or unknown")


class EstimateOut(Schema):
    value: float | None = Field(description="null where too few events stand behind it")
    low: float | None = Field(description="90 % interval")
    high: float | None
    n: int


class MeasuresOut(Schema):
    definition: str = Field(description="what available means: network, any_function or all_functions")
    machines: int
    open_hours: float
    faults: int
    availability: EstimateOut
    fault_days: EstimateOut
    hours_between: EstimateOut
    hours_to_repair: EstimateOut
    repeats: EstimateOut


class FaultOut(Schema):
    id: UUID
    asset: str = Field(examples=["crs1"])
    extent: str = Field(description="full, partial or network", examples=["full"])
    began_at: datetime
    ended_at: datetime | None
    source: str = Field(examples=["system"])
    sure: bool = Field(description="false: reported by a visitor and not confirmed, or there was none")
    planned: bool
    reports: int
    case: UUID | None


class DetailOut(Schema):
    asset: AssetOut
    since: date = Field(description="from when the figures count")
    own: MeasuresOut
    alike: MeasuresOut = Field(description="all of its kind at the branch")
    trend: str = Field(description="worse, better, steady or unknown")
    faults: list[FaultOut] = Field(description="the newest fifty")


class FaultIn(Schema):
    extent: Literal["full", "partial", "network"] = Field("full", examples=["full"])
    text: str = Field("", max_length=actions.TEXT_MOST, description="no names or account numbers")


def _here(request: Any) -> dict[str, Any]:
    branch: OrgUnit = request.branch
    return {"scope": request.scope, "branch": branch, "now": clock.now()}


def _asset(row: queries.Row) -> AssetOut:
    device = row.asset.device
    return AssetOut(
        code=row.code, name=device.name, kind=device.kind, group=row.kind.group if row.kind else "",
        zone=device.zone.code if device.zone else "", place=row.asset.place, model=row.asset.model,
        serial=row.asset.serial, state=row.state, due_on=row.due.on if row.due else None,
        due_why=row.due.why if row.due else "", due_state=row.due_state,
    )  # fmt: skip


def _fault(row: AssetFault, code: str) -> FaultOut:
    names = ("extent", "began_at", "ended_at", "source", "sure", "planned", "reports", "case")
    return FaultOut(id=row.pk, asset=code, **{name: getattr(row, name) for name in names})


def _estimate(one: "Estimate") -> EstimateOut:
    low, high = (value if one.n and abs(value) < 1e12 else None for value in (one.low, one.high))
    return EstimateOut(value=one.value if one.stated else None, low=low, high=high, n=one.n)


def _measures(one: "Measures") -> MeasuresOut:
    return MeasuresOut(
        definition=one.definition, machines=one.machines, open_hours=round(one.open_hours, 1), faults=one.faults,
        availability=_estimate(one.availability), fault_days=_estimate(one.fault_days),
        hours_between=_estimate(one.between), hours_to_repair=_estimate(one.repair), repeats=_estimate(one.repeats),
    )  # fmt: skip


@router.get("", response={200: list[AssetOut], **REFUSED}, summary="The asset register")
@policy.device(ASSETS)
def register(request: HttpRequest, wanted: Query[WantedIn]) -> Any:
    """By group, kind and code; without those taken out of use unless asked for."""
    return [_asset(row) for row in queries.register(**_here(request), wanted=queries.Filter(**wanted.model_dump()))]


@router.get("/faults", response={200: list[FaultOut], **REFUSED}, summary="Faults of the branch")
@policy.device(ASSETS)
def faults(request: HttpRequest, open: bool = False, asset: str = "", since: date | None = None) -> Any:
    """The newest first, 500 at most: all, those still open, or those that began on a day or after it."""
    found = queries.faults_of(**_here(request), only_open=open, code=asset, since=since)
    return [_fault(row, row.asset.device.code) for row in found]


@router.get("/{code}", response={200: DetailOut, **REFUSED}, summary="One thing with its reliability")
@policy.device(ASSETS)
def one(request: HttpRequest, code: str) -> Any:
    """Figures of a year of opening hours, of its own and of its kind; 404 for a code that is not in the register."""
    found = queries.detail(**_here(request), code=code)
    return DetailOut(
        asset=_asset(found.row), since=found.since, own=_measures(found.own), alike=_measures(found.alike),
        trend=found.trend.verdict, faults=[_fault(row, code) for row in found.faults[:50]],
    )  # fmt: skip


@router.post("/{code}/fault", response={201: FaultView, **REFUSED}, summary="Report a fault")
@policy.device(REPORT)
def report(request: HttpRequest, code: str, body: FaultIn, key: str = openapi.Key) -> Any:
    """Opens its rectification; with `full` and `network` the hall loses the machine at once. More reports of an open
    fault count it up."""
    return Status(201, actions.asset_fault(**_here(request), code=code, **body.model_dump(), source=SOURCE, key=key))


@router.post("/{code}/repaired", response={200: AssetView, **REFUSED}, summary="It works again")
@policy.device(REPORT)
def repaired(request: HttpRequest, code: str, key: str = openapi.Key) -> Any:
    """The hall counts on it again; the rectification stays open until a second person has looked."""
    return actions.asset_works(**_here(request), code=code, key=key)
