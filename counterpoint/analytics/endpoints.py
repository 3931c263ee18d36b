"""The numbers' part of the open API: values for other systems, and numbers that other systems bring."""

import hashlib
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from counterpoint.analytics import cards, importing
from counterpoint.analytics.verbs import SEND
from counterpoint.foundation.api import Invalid, OrgUnit, clock, openapi, policy
from counterpoint.primitives.metrics import (
    ALARM,
    VIEW,
    Metric,
    alarm_list,
    board,
    by_margin,
    metric_of,
    metrics,
    periods,
    telling,
)

router = Router()
MOST_PERIODS = 400
MOST_NUMBERS = 2000
Grain = Literal["hour", "day", "week", "month", "quarter"]


class TargetOut(Schema):
    low: float | None
    high: float | None


class KpiOut(Schema):
    key: str = Field(examples=["onsite.wait_p90"])
    code: str
    names: dict[str, str]
    unit: str
    direction: str
    group: str
    grains: list[str]
    formula: str
    target: TargetOut | None


class ValueOut(Schema):
    metric: str
    unit: str
    period: str = Field(examples=["2026-11-23", "2026-W48", "2026-11"])
    value: float | None
    n: int
    low: float | None = Field(description="95 % interval, null where there is none")
    high: float | None
    state: str = Field(description="fine, watch, act, few (too few cases), none (no data), calm (no target)")
    target: TargetOut | None


class ShareOut(Schema):
    of: str = Field(description="the hour, the counter or machine, or the staff number", examples=["10", "3"])
    value: float | None
    n: int
    low: float | None = Field(description="95 % interval, null where there is none")
    high: float | None


class AlertOut(Schema):
    id: str
    metric: str
    rule: str
    period: str
    level: str
    state: str
    headline: str
    causes: list[str]
    action: str


class NumberIn(Schema):
    series: str = Field(examples=["CSAT"])
    date: date
    amount: float
    base: float | None = None
    person: str = Field("", description="staff number, where the series is kept by person")


class NumbersIn(Schema):
    numbers: list[NumberIn] = Field(min_length=1, max_length=MOST_NUMBERS)


class NumbersOut(Schema):
    rows: int
    changed: int


class RowOut(Schema):
    row: int
    column: str
    value: str
    message: str


class RowsOut(openapi.Problem):
    """A refusal, with every wrong row where the code is `wrong_rows`."""

    rows: list[RowOut] = []


@router.get("/kpis", response=list[KpiOut], summary="Indicators in force today")
@policy.device(VIEW)
def kpis(request: Any) -> Any:
    """Keys to ask values for."""
    branch: OrgUnit = request.branch
    return [
        {
            "key": one.key, "code": one.code, "names": dict(one.names), "unit": one.unit, "direction": one.direction,
            "group": one.group, "grains": list(one.grains), "formula": telling.formula(one),
            "target": {"low": one.target.low, "high": one.target.high} if one.target else None,
        }
        for one in metrics(branch.date_at(clock.now()), branch.rule_pack).values()
    ]  # fmt: skip


@router.get(
    "/kpis/{key}/values",
    response={200: list[ValueOut], **dict.fromkeys((403, 404, 422), openapi.Problem)},
    summary="Values of an indicator of the branch",
)  # fmt: skip
@policy.device(VIEW)
def values(
    request: Any, key: str, since: date, until: date, grain: Grain = "day", post: str = "", person: str = ""
) -> Any:
    """Every period that begins between `since` and `until` (exclusive), oldest first, with its volume, interval and
    state. `hour` gives the hours of each date that have rows. `post` (a counter or machine) or `person` (staff number;
    it needs the right to see people's numbers) asks for that one alone, by day or longer."""
    branch: OrgUnit = request.branch
    one = metric_of(key, until, branch.rule_pack)
    _kept_by(one, grain, post, person)
    wanted: list[periods.Period] = []
    at = periods.of(grain, since)
    while at.since < until and len(wanted) <= MOST_PERIODS:
        hours = range(24) if grain == periods.HOUR else (None,)
        wanted += [periods.of(grain, at.since, hour) for hour in hours]
        at = periods.of(grain, at.until)
    if len(wanted) > MOST_PERIODS:
        raise Invalid(_("At most %(count)s periods at once.") % {"count": MOST_PERIODS}, field="until")
    found = board(
        scope=request.scope, units=[branch], metrics=[one], periods=wanted, now=clock.now(), post=post, person=person
    )
    told = [cards.plain(found[branch.pk, key, period]) for period in wanted]
    return [value for value in told if grain != periods.HOUR or value["n"]]


def _kept_by(one: Metric, grain: str, post: str, person: str) -> None:
    """Refuse what the indicator is not kept by."""
    if post and person:
        raise Invalid(_("Ask for a person or for a counter, not for both."), field="post")
    for name, wanted in (("post", post), ("person", person)):
        if wanted and (name not in one.subjects or grain == periods.HOUR):
            raise Invalid(_("This indicator is not kept in this way."), field=name)


@router.get(
    "/kpis/{key}/by/{by}", response={200: list[ShareOut], **dict.fromkeys((403, 404, 422), openapi.Problem)},
    summary="An indicator of the branch taken apart",
)  # fmt: skip
@policy.device(VIEW)
def taken_apart(
    request: Any, key: str, by: Literal["hour", "post", "person"], on: date,
    grain: Literal["day", "week", "month", "quarter"] = "day",
) -> Any:  # fmt: skip
    """The indicator by hour of the day, by counter or machine, or by person (which needs the right to see people's
    numbers), of the period that holds the date."""
    branch: OrgUnit = request.branch
    one = metric_of(key, on, branch.rule_pack)
    if by != "hour" and by not in one.subjects:
        raise Invalid(_("This indicator is not kept in this way."), field="by")
    found = by_margin(
        scope=request.scope, org_unit=branch, metric=one, period=periods.of(grain, on), by=by, now=clock.now()
    )
    return [{"of": name, "value": a.value, "n": a.n, "low": a.low, "high": a.high} for name, a in found.items()]


@router.get("/kpi-alerts", response=list[AlertOut], summary="Alerts that are not over")
@policy.device(ALARM)
def alerts(request: Any) -> Any:
    """The newest first, with cause and proposed action in the language asked for."""
    branch: OrgUnit = request.branch
    known = metrics(branch.date_at(clock.now()), branch.rule_pack)
    return [
        {
            "id": str(row.pk), "metric": row.metric, "rule": row.rule, "period": row.period, "level": row.level,
            "state": row.state, "headline": telling.headline(known[row.metric], row),
            "causes": telling.causes(known[row.metric], row.cause),
            "action": telling.action(known[row.metric], row),
        }
        for row in alarm_list(scope=request.scope, unit=branch, open_only=True) if row.metric in known
    ]  # fmt: skip


@router.post(
    "/numbers", response={200: NumbersOut, 409: openapi.Problem, 422: RowsOut}, summary="Bring numbers of other systems"
)
@policy.device(SEND)
def numbers(request: HttpRequest, body: NumbersIn, key: str = openapi.Key) -> Any:
    """Up to 2,000 rows; one wrong row and nothing is written. The same numbers again change nothing."""
    here: Any = request
    now, branch = clock.now(), here.branch
    rows = [{**row.model_dump(), "branch": branch.code, "_row": place} for place, row in enumerate(body.numbers, 1)]
    checked = importing.check(rows, scope=here.scope, verb=SEND, on=branch.date_at(now), only=branch)
    if checked.problems:
        told = [{"row": p.row, "column": p.column, "value": p.value, "message": p.message} for p in checked.problems]
        return Status(422, {"code": "wrong_rows", "message": told[0]["message"], "rows": told})
    asked = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
    done = importing.numbers_import(
        scope=here.scope, numbers=checked.numbers, label=f"API {here.scope.actor_label}", now=now, verb=SEND, key=key,
        asked=asked,
    )  # fmt: skip
    return {"rows": done.rows, "changed": done.changed}
