"""Reads of the register: the list, one risk with all around it, incidents, the fraud library, error statistics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import Forbidden, OrgUnit, Scope, scoped
from counterpoint.primitives.cases import CaseFilter, CaseView, case_types, cases
from counterpoint.primitives.metrics import Period, UnknownMetric, UnknownRelation, value
from counterpoint.risk.models import Risk, RiskControl, RiskEvidence, RiskIndicator, RiskMove
from counterpoint.risk.register import counted, kinds
from counterpoint.risk.register.actions import VIEW, the_risk
from counterpoint.risk.register.assessing import body_of, pieces
from counterpoint.risk.register.kinds import ControlBody, FraudBody, RiskBody
from counterpoint.risk.rules import residual as rule
from counterpoint.risk.rules.errors import Rate, rate
from counterpoint.ui import reader

INCIDENT = counted.TYPE
DEALS = "onsite.customers"
YEAR = 12


@dataclass(frozen=True)
class RiskLine:
    """A risk in the list. Names are in the reader's language; `band` is fine, watch or act by the residual;
    `old` when no control was tested since `evidence_at` for longer than a test's half-life."""

    id: UUID
    key: str
    name: str
    what: str
    branch: str
    branch_name: str
    category: str
    owner: str
    likelihood: int
    impact: int
    residual_likelihood: float
    residual_impact: float
    residual: float
    band: str
    controls: int
    tested: int
    assessed_at: datetime
    evidence_at: datetime | None = None
    old: bool = False

    @property
    def inherent(self) -> int:
        """Likelihood × impact before controls."""
        return self.likelihood * self.impact

    @property
    def above(self) -> bool:
        """Whether incidents press it above what was thought at the start: the inherent grades are too low."""
        return self.residual > self.inherent + 0.5


@dataclass(frozen=True)
class ControlView:
    """A control with its newest test. `gain` is what one more passed test would take off the score."""

    body: ControlBody
    name: str
    effect: float
    last_result: float | None
    last_at: datetime | None
    last_source: str
    late: bool
    gain: float


@dataclass(frozen=True)
class RiskView:
    """One risk as its page shows it."""

    line: RiskLine
    row: Risk
    body: RiskBody
    causes: tuple[str, ...]
    controls: tuple[ControlView, ...]
    indicators: tuple[RiskIndicator, ...]
    moves: tuple[RiskMove, ...]
    evidence: tuple[RiskEvidence, ...]
    pressure: float
    incidents: tuple[CaseView, ...]
    follow_ups: tuple[CaseView, ...]
    frauds: tuple[FraudBody, ...]


@dataclass(frozen=True)
class Statistics:
    """Typed errors of the last twelve months that are over. `deals` is None where nobody counts them."""

    since: date
    until: date
    incidents: int
    near_misses: int
    loss: float
    deals: int | None
    kinds: tuple[tuple[str, int], ...]
    errors: tuple[Rate, ...]
    months: tuple[tuple[str, int, int], ...] = field(default_factory=tuple)


def risks(
    *, scope: Scope, now: datetime, branch: OrgUnit | None = None, category: str = "", band: str = "", text: str = ""
) -> list[RiskLine]:
    """The register, the highest residual first, narrowed by what the reader asked for."""
    with scoped(scope):
        rows = Risk.objects.filter(org_path__within=scope.grants.get(VIEW, ()), retired_at=None)
        rows = rows.select_related("org_unit", "owner")
        if branch is not None:
            rows = rows.filter(org_unit=branch)
        if category:
            rows = rows.filter(category=category)
        found = list(rows)
        tested: dict[UUID, list[datetime]] = {row.pk: [] for row in found}
        held = RiskControl.objects.filter(risk__in=found).exclude(last_at=None)
        for risk, at in held.values_list("risk", "last_at"):
            tested[risk].append(at)
    lines = [_line(row, tested[row.pk], now) for row in found]
    if band:
        lines = [line for line in lines if line.band == band]
    for word in text.lower().split():
        lines = [line for line in lines if word in f"{line.name} {line.what} {line.key} {line.owner}".lower()]
    return lines


def _line(row: Risk, tested: list[datetime], now: datetime) -> RiskLine:
    """`tested` are the newest tests of its controls, those that were tested."""
    body, tongue, scale = body_of(row), reader.language(), kinds.scale(row.org_unit, now)
    newest = max(tested, default=None)
    return RiskLine(
        id=row.pk, key=row.key, name=body.name(tongue), what=reader.said(body.what, tongue), branch=row.org_unit.code,
        branch_name=row.org_unit.name, category=row.category, owner=row.owner.name if row.owner else "",
        likelihood=row.likelihood, impact=row.impact, residual_likelihood=row.residual_likelihood,
        residual_impact=row.residual_impact, residual=row.residual,
        band=scale.band(row.residual), controls=len(body.controls), tested=len(tested), assessed_at=row.assessed_at,
        evidence_at=newest, old=newest is not None and now - newest > timedelta(days=scale.half_life.test),
    )  # fmt: skip


EVERY = {"day": 3, "week": 10, "month": 40, "quarter": 100, "half_year": 200, "year": 400}


def risk(*, scope: Scope, risk: UUID, now: datetime) -> RiskView:
    """One risk with causes, controls, indicators, incidents and the history of its residual."""
    with scoped(scope):
        row = the_risk(scope, risk)
        body, scale = body_of(row), kinds.scale(row.org_unit, now).scale
        held = {one.slug: one for one in RiskControl.objects.filter(risk=row)}
        evidence = pieces(row)
        given: dict[str, Any] = {"likelihood": row.likelihood, "impact": row.impact, "controls": body.kinds}
        gains = rule.would_move(**given, evidence=evidence, scale=scale, now=now)
        found = rule.residual(**given, evidence=evidence, scale=scale, now=rule.as_of(evidence, now))
        controls = tuple(_control(one, held.get(one.slug), found, gains, now) for one in body.controls)
        moves = tuple(RiskMove.objects.filter(risk=row)[:200])
        pressing = RiskEvidence.objects.filter(risk=row, kind="incident", retracted_at=None)
        sources = {UUID(e.source.removeprefix("case:")) for e in pressing if e.source.startswith("case:")}
        shown = tuple(RiskEvidence.objects.filter(risk=row)[:30])
        indicators = tuple(RiskIndicator.objects.filter(risk=row))
        line = _line(row, [c.last_at for c in held.values() if c.last_at is not None], now)
    own = cases(scope=scope, filters=CaseFilter(source=f"risk.risk:{row.pk}", size=50, sort="new"), now=now).rows
    return RiskView(
        line=line, row=row, body=body, controls=controls,
        causes=tuple(reader.said(c, reader.language()) for c in body.causes),
        indicators=indicators, moves=moves, evidence=shown, pressure=found.pressure,
        incidents=tuple(_named_cases(scope, row.org_unit, sources, now)), follow_ups=tuple(own),
        frauds=tuple(one for one in frauds(row.org_unit, now).values() if row.key in one.risks),
    )  # fmt: skip


def _control(body: ControlBody, held: RiskControl | None, found: rule.Residual, gains: dict[str, float],
             now: datetime) -> ControlView:  # fmt: skip
    last = held.last_at if held else None
    tested = bool(body.checklist or body.playbook)
    return ControlView(
        body=body, name=body.name(reader.language()), effect=found.effects.get(body.slug, 0.0),
        last_result=held.last_result if held else None, last_at=last, last_source=held.last_source if held else "",
        late=tested and (last is None or now - last > timedelta(days=EVERY[body.every])), gain=gains[body.slug],
    )  # fmt: skip


def _named_cases(scope: Scope, branch: OrgUnit, ids: set[UUID], now: datetime) -> list[CaseView]:
    if not ids or not scope.may("risk.incident.view", branch.path):
        return []
    filters = CaseFilter(type=INCIDENT, branch=branch.code, ids=tuple(ids), sort="new", size=len(ids))
    return cases(scope=scope, filters=filters, now=now).rows


def frauds(branch: OrgUnit, now: datetime, text: str = "") -> dict[str, FraudBody]:
    """The fraud library, narrowed by words in any of its texts."""
    found = kinds.frauds(branch, now)
    for word in text.lower().split():
        found = {key: one for key, one in found.items() if word in _all_words(one)}
    return found


def _all_words(one: FraudBody) -> str:
    parts = [one.names, one.story, *one.signs, *one.words, *one.todo, *one.never]
    return " ".join(word for names in parts for word in names.values()).lower()


def words(branch: OrgUnit, now: datetime) -> dict[str, dict[str, str]]:
    """Names of kinds, errors and levels of incidents by slug."""
    kind = case_types(branch.date_at(now), branch.rule_pack)[INCIDENT]
    fields = {slug: kind.field(slug) for slug in ("kind", "error")}
    named = {slug: {c.slug: c.name() for c in one.choices} for slug, one in fields.items() if one}
    return named | {"level": {level.slug: level.name() for level in kind.levels}}


def incidents(*, scope: Scope, now: datetime, branch: OrgUnit | None = None, stage: str = "") -> list[CaseView]:
    """Incidents that the caller may see, the newest first."""
    filters = CaseFilter(type=INCIDENT, branch=branch.code if branch else "", stage=stage, sort="new", size=200)
    return cases(scope=scope, filters=filters, now=now).rows


def statistics(*, scope: Scope, org_unit: OrgUnit, now: datetime) -> Statistics:
    """Incidents by kind of error over the last year, per 10,000 deals where deals are counted."""
    scope.require(VIEW, org_unit.path)
    today = org_unit.date_at(now)
    first = _month(today.replace(day=1), 1 - YEAR)
    until = today + timedelta(days=1)
    rows = counted.between(scope, org_unit, first, until)
    real = [row for row in rows if row.level != "near_miss"]
    deals = _deals(scope, org_unit, first, now)
    errors = Counter(str(row.fields.get("error") or row.fields.get("kind")) for row in rows)
    zone = ZoneInfo(org_unit.time_zone)
    by_month = Counter((f"{row.opened_at.astimezone(zone):%Y-%m}", row.level == "near_miss") for row in rows)
    months = [_month(first, n).strftime("%Y-%m") for n in range(YEAR)]
    return Statistics(
        since=first, until=today, incidents=len(rows), near_misses=len(rows) - len(real),
        loss=sum(float(row.fields.get("loss") or 0) for row in rows), deals=deals,
        kinds=tuple(Counter(str(row.fields.get("kind")) for row in rows).most_common()),
        errors=tuple(rate(slug, count, deals) for slug, count in errors.most_common()),
        months=tuple((m, by_month[m, False], by_month[m, True]) for m in months),
    )  # fmt: skip


def _month(first: date, on: int) -> date:
    place = first.year * 12 + first.month - 1 + on
    return date(place // 12, place % 12 + 1, 1)


def _deals(scope: Scope, org_unit: OrgUnit, first: date, now: datetime) -> int | None:
    """Customers served since the first of a month; None where nobody counts them."""
    total = 0.0
    try:
        for n in range(YEAR):
            period = Period(_month(first, n), "month")
            found = value(scope=scope, org_unit=org_unit, metric=DEALS, grain="month", period=period, now=now)
            total += found.value or 0.0
    except (UnknownMetric, UnknownRelation, Forbidden):
        return None
    return round(total) or None
