"""Verbs of competence: add a piece of evidence, observe a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, colleagues, enter, journal, scoped
from counterpoint.primitives.content import items
from counterpoint.role.competence.kinds import COMPETENCIES, LEVELS, competencies
from counterpoint.role.models import LEAD, PEER, SELF, CompetenceEvidence, Observation
from counterpoint.role.verbs import EVIDENCE, OBSERVE, TEAM

LONGEST_REF = 120


@transaction.atomic
def evidence_add(
    *, scope: Scope, unit: OrgUnit, user: UUID, competency: str, source: str, score: float, size: float, ref: str,
    now: datetime,
) -> CompetenceEvidence:  # fmt: skip
    """Add one piece of evidence: source exam, simulator, live or learning, score 0–1, size 0–1 (1: a full exam, a drill
    day, a quarter of live figures; 0.2: a lesson). What `ref` names counts once: asked again, the first piece stands.
    A person's own acts bring their own evidence; that of others needs the right. Raises `Invalid`, `NotFound`."""
    if scope.actor == user:
        if not scope.covers(unit.path):
            raise NotFound(_("There is no such branch here."))
    else:
        enter(scope, unit, EVIDENCE)
    held = items(COMPETENCIES, unit.date_at(now), unit.rule_pack, bank=unit.path).get(competency)
    if held is None:
        raise NotFound(_("There is no such competency here."))
    if source == "round360" or source not in held.value.evidence:
        raise Invalid(_("There is no such source of evidence."), field="source")
    if not (0 <= score <= 1 and 0 < size <= 1 and 0 < len(ref) <= LONGEST_REF):
        raise Invalid(_("A score lies between 0 and 1, a size above 0 and up to 1, and a reference is needed."))
    with scoped(scope):
        first = CompetenceEvidence.objects.filter(user=user, competency=competency, ref=ref).first()
        if first is not None:
            return first
        row = CompetenceEvidence(
            org_unit=unit, user_id=user, competency=competency, version=held.version, source=source, score=score,
            size=size, ref=ref, at=now,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:  # the same thing arrived twice at once
            return CompetenceEvidence.objects.get(user=user, competency=competency, ref=ref)
        data = {"user": str(user), "competency": competency, "source": source}
        journal.record(scope=scope, org_unit=unit, kind="role.evidence_added", subject=str(row.pk), at=now, data=data)
    return row


@transaction.atomic
def competence_observe(
    *, scope: Scope, unit: OrgUnit, user: UUID, levels: Mapping[str, int], now: datetime
) -> Observation:  # fmt: skip
    """Mark a person of the unit: competency → level 1–5. As oneself, as a leader of the unit, else as a peer; once a
    quarter and unit, where a later form replaces the earlier one. Raises `Invalid`, `NotFound`."""
    enter(scope, unit, OBSERVE)
    on = unit.date_at(now)
    if scope.actor is None or user not in {one.id for one in colleagues(scope=scope, org_unit=unit, on=on)}:
        raise NotFound(_("There is no such person here."))
    if not levels:
        raise Invalid(_("Mark at least one competency."))
    held = competencies(on, unit.rule_pack, unit.path)
    if set(levels) - set(held) or set(levels.values()) - set(LEVELS):
        raise Invalid(_("A mark is a level from 1 to 5 of a competency."))
    relation = SELF if scope.actor == user else LEAD if scope.may(TEAM, unit.path) else PEER
    with scoped(scope):
        row, _new = Observation.objects.update_or_create(
            org_unit=unit, user_id=user, rater_id=scope.actor, quarter=quarter_of(on),
            defaults={"relation": relation, "levels": dict(levels), "at": now},
        )  # fmt: skip
        data = {"user": str(user), "relation": relation, "quarter": row.quarter.isoformat()}
        journal.record(scope=scope, org_unit=unit, kind="role.observed", subject=str(row.pk), at=now, data=data)
    return row


def quarter_of(on: date) -> date:
    """The first day of the date's quarter."""
    return date(on.year, on.month - (on.month - 1) % 3, 1)
