"""Evidence in, residual out: the only place where a residual is written.

Evidence is added by its source, once; then every risk that it touches is computed anew by the formula, and a move is
kept with what moved it. Inside the caller's transaction and scope.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from counterpoint.foundation.api import Scope, journal
from counterpoint.primitives.content import version
from counterpoint.risk.models import Risk, RiskControl, RiskEvidence, RiskMove
from counterpoint.risk.register import kinds
from counterpoint.risk.register.kinds import RISKS, RiskBody
from counterpoint.risk.rules import residual as rule

SMALLEST = 0.005  # a move of the score below this is no move


@dataclass(frozen=True)
class New:
    """Evidence to add."""

    kind: str
    value: float
    at: datetime
    source: str
    control: str = ""


def body_of(row: Risk) -> RiskBody:
    """The definition that the risk is pinned to."""
    value: RiskBody = version(RISKS, row.key, row.version, row.pack, bank=row.org_path).value
    return value


def pieces(row: Risk) -> list[rule.Piece]:
    """The evidence that counts."""
    held = RiskEvidence.objects.filter(risk=row, retracted_at=None).order_by("at", "pk")
    return [rule.Piece(e.kind, e.value, e.at, e.control) for e in held]


def add(row: Risk, new: Iterable[New]) -> list[RiskEvidence]:
    """Keep what is not known yet; what was taken back and comes again counts again. Returns what changed."""
    wished = list(new)
    known = RiskEvidence.objects.filter(risk=row, source__in={one.source for one in wished}) if wished else ()
    by_source = {(held.control, held.source): held for held in known}
    changed = []
    for one in wished:
        held = by_source.get((one.control, one.source))
        if held is None:
            held = RiskEvidence(
                org_unit=row.org_unit, risk=row, control=one.control, kind=one.kind, value=one.value, at=one.at,
                source=one.source[:120],
            )  # fmt: skip
            by_source[one.control, one.source] = held
        elif held.retracted_at is None and held.value == one.value:
            continue
        held.org_unit, held.value, held.retracted_at = row.org_unit, one.value, None
        held.save()
        changed.append(held)
        if one.control:
            _newest(row, held)
    return changed


def _newest(row: Risk, held: RiskEvidence) -> None:
    control = RiskControl.objects.filter(risk=row, slug=held.control).first()
    if control is not None and (control.last_at is None or control.last_at <= held.at):
        control.org_unit = row.org_unit
        control.last_result, control.last_at, control.last_source = held.value, held.at, held.source
        control.save()


def retract(row: Risk, source: str, now: datetime) -> list[RiskEvidence]:
    """Take back what a source said (an incident opened by mistake); it stays on record."""
    held = list(RiskEvidence.objects.filter(risk=row, source=source, retracted_at=None))
    for one in held:
        one.retracted_at = now
        one.save()
    return held


def assess(row: Risk, now: datetime, cause: str, source: str = "") -> RiskMove | None:
    """Compute the residual from all evidence, as of the newest of it; keep the move. None when it stays where it is."""
    body, evidence = body_of(row), pieces(row)
    scale = kinds.scale(row.org_unit, now).scale
    found = rule.residual(
        likelihood=row.likelihood, impact=row.impact, controls=body.kinds, evidence=evidence, scale=scale,
        now=rule.as_of(evidence, now),
    )  # fmt: skip
    moved = []
    for control in RiskControl.objects.filter(risk=row):
        effect = round(found.effects.get(control.slug, 0.0), 4)
        if control.effect != effect:
            control.effect = effect
            moved.append(control)
    RiskControl.objects.bulk_update(moved, ["effect"])
    if cause != "registered" and abs(found.score - row.residual) < SMALLEST:
        return None
    before = None if cause == "registered" else row.residual
    row.residual_likelihood, row.residual_impact = round(found.likelihood, 4), round(found.impact, 4)
    row.residual, row.assessed_at = round(found.score, 4), now
    row.save()
    move = RiskMove(
        org_unit=row.org_unit, risk=row, at=now, cause=cause, source=source, likelihood=row.residual_likelihood,
        impact=row.residual_impact, before=before, after=row.residual,
    )  # fmt: skip
    move.save()
    return move


def told(scope: Scope | None, org_unit: Any, subject: str, now: datetime, rows: Iterable[Risk], evidence: int,
         moved: int) -> None:  # fmt: skip
    """The one journal entry of an assessment; none when nothing came and nothing moved."""
    if evidence or moved:
        data = {"evidence": evidence, "moved": moved, "risks": sorted(row.key for row in rows)}
        journal.record(scope=scope, org_unit=org_unit, kind="risk.assessed", subject=subject, at=now, data=data)
