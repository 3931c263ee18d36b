"""Verbs of the register: set up a branch's risks, collect the evidence, name owners, open what follows from a risk."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    User,
    colleagues,
    journal,
    nearest_holders,
    scoped,
)
from counterpoint.primitives.cases import CaseView, case_open
from counterpoint.risk.models import Risk, RiskControl, RiskIndicator
from counterpoint.risk.register import assessing, gathering, kinds

EDIT, VIEW = "risk.register.edit", "risk.register.view"
FOLLOWS = {"measure": "risk.measure", "exception": "risk.exception", "finding": "risk.finding"}


@transaction.atomic
def register_set_up(*, scope: Scope, now: datetime, branch: OrgUnit) -> list[Risk]:
    """Put every risk of the content in force that the branch lacks into its register, each with its controls and
    indicators and the residual equal to the inherent risk. Again it adds only what is new."""
    scope.require(EDIT, branch.path)
    with scoped(scope):
        held = set(Risk.objects.filter(org_unit=branch).values_list("key", flat=True))
        wanted = kinds.risks(branch, now)
        made = [_register(branch, item, now) for key, item in sorted(wanted.items()) if key not in held]
        if made:
            data = {"keys": [row.key for row in made]}
            journal.record(scope=scope, org_unit=branch, kind="risk.registered", subject=branch.code, at=now, data=data)
    return made


def _register(branch: OrgUnit, item: Any, now: datetime) -> Risk:
    body: kinds.RiskBody = item.value
    people = nearest_holders(role=body.owner, org_unit=branch, on=now)
    row = Risk(
        org_unit=branch, key=body.key, version=item.version, pack=branch.rule_pack, category=body.category,
        likelihood=body.likelihood, impact=body.impact, owner=people[0] if people else None,
        registered_at=now, residual_likelihood=body.likelihood, residual_impact=body.impact,
        residual=body.likelihood * body.impact, assessed_at=now, looked_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    for control in body.controls:
        RiskControl(org_unit=branch, risk=row, slug=control.slug, kind=control.kind).save()
    for one in body.indicators:
        RiskIndicator(org_unit=branch, risk=row, metric=one.metric).save()
    assessing.assess(row, now, "registered")
    return row


@transaction.atomic
def evidence_collect(*, scope: Scope, now: datetime, branch: OrgUnit) -> int:
    """Look at rounds, plays and metrics for evidence that the register does not know yet. Returns how many residuals
    moved: only those that new evidence belongs to. Again it changes nothing, however much later."""
    scope.require(EDIT, branch.path)
    with scoped(scope):
        rows = list(
            Risk.objects.select_for_update(of=("self",)).select_related("org_unit")
            .filter(org_unit=branch, retired_at=None).order_by("key")
        )  # fmt: skip
        moved, came, touched = 0, 0, []
        for row, new in gathering.gathered(scope=scope, branch=branch, rows=rows, now=now):
            changed = assessing.add(row, new)
            if not changed:
                continue
            newest = max(changed, key=lambda e: e.at)
            came += len(changed)
            moved += assessing.assess(row, now, newest.kind, newest.source) is not None
            touched.append(row)
        Risk.objects.filter(org_unit=branch, retired_at=None).update(looked_at=now)
        assessing.told(scope, branch, branch.code, now, touched, came, moved)
    return moved


def the_risk(scope: Scope, risk: UUID, *, lock: bool = False) -> Risk:
    """A risk in the register; `NotFound` out of reach. Inside `scoped(scope)`."""
    rows = Risk.objects.select_for_update(of=("self",)) if lock else Risk.objects
    row = rows.select_related("org_unit", "owner").filter(pk=risk).first()
    if row is None or not scope.may(VIEW, row.org_path):
        raise NotFound(_("There is no such risk here."))
    return row


@transaction.atomic
def risk_owner_set(*, scope: Scope, now: datetime, risk: UUID, owner: UUID) -> Risk:
    """Name who answers for the risk; the residual does not move."""
    with scoped(scope):
        row = the_risk(scope, risk, lock=True)
        scope.require(EDIT, row.org_path)
        known = {one.id for one in colleagues(scope=scope, org_unit=row.org_unit, on=row.org_unit.date_at(now))}
        if owner not in known:
            raise Invalid(_("This person does not work here."), field="owner")
        row.owner = User.objects.get(pk=owner)
        row.save()
        data = {"risk": row.key, "user": str(owner)}
        journal.record(
            scope=scope, org_unit=row.org_unit, kind="risk.owner_set", subject=str(row.pk), at=now, data=data
        )
    return row


@transaction.atomic
def follow_up(
    *, scope: Scope, now: datetime, risk: UUID, kind: str, title: str, text: str = "", until: date | None = None,
    control: str = "", owner: UUID | None = None, key: str = "",
) -> CaseView:  # fmt: skip
    """Open what follows from a risk: a measure with a check of its effect, a finding, or an exception with an owner and
    the day on which it ends. Opening one is an intention, no evidence: the residual does not move."""
    if kind not in FOLLOWS:
        raise Invalid(_("There is no such kind of follow-up."), field="kind")
    with scoped(scope):
        row = the_risk(scope, risk)
        today = row.org_unit.date_at(now)
        due = None
        if kind == "exception":
            if until is None or not 0 < (until - today).days <= 366:
                raise Invalid(_("An exception ends on a day within a year from now."), field="until")
            due = _end_of(row.org_unit, until)
        fields = {"risk": row.key} | ({"control": control} if control else {})
        fields |= {"until": until.isoformat()} if until and kind == "exception" else {}
        return case_open(
            scope=scope, org_unit=row.org_unit, type=FOLLOWS[kind], now=now, title=title, text=text, fields=fields,
            source=f"risk.risk:{row.pk}", owner=owner or row.owner_id, due_override=due, key=key,
        )  # fmt: skip


def _end_of(branch: OrgUnit, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(branch.time_zone))
