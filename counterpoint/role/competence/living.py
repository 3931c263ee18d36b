"""Daily work as evidence: once a quarter and person, from rows that rooms above offer for counting, by key."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Scope, colleagues, scoped, system_scope, tick
from counterpoint.primitives.metrics import UnknownRelation, relation
from counterpoint.role.competence.actions import evidence_add, quarter_of
from counterpoint.role.competence.kinds import Live, competencies
from counterpoint.role.models import LIVE, CompetenceEvidence
from counterpoint.role.verbs import EVIDENCE

if TYPE_CHECKING:
    import pandas as pd

LEAST = 5  # rows of a person in a quarter; fewer say nothing
FULL = 20  # rows from which a quarter counts whole


def read_quarter(*, unit: OrgUnit, quarter: date, now: datetime) -> int:
    """Add the evidence of a quarter that is over for everybody of the branch; how many pieces. Again: none new."""
    scope = system_scope((EVIDENCE,), label="live evidence")
    until = quarter_of(quarter + timedelta(days=95))
    people = {one.staff_no: one.id for one in colleagues(scope=scope, org_unit=unit, on=unit.date_at(now))}
    frames: dict[str, pd.DataFrame | None] = {}
    added = 0
    for key, one in competencies(until, unit.rule_pack, unit.path).items():
        for source in one.live:
            if source.relation not in frames:
                frames[source.relation] = _rows(scope, unit, source.relation, quarter, until)
            added += _add(scope, unit, key, source, frames[source.relation], people, quarter, now)
    return added


def _rows(scope: Scope, unit: OrgUnit, key: str, since: date, until: date) -> pd.DataFrame | None:
    """The rows of a relation; None where no room of this house offers it."""
    try:
        return relation(key).read(scope, [unit], since, until)[unit.pk]
    except UnknownRelation:
        return None


def _add(
    scope: Scope, unit: OrgUnit, competency: str, source: Live, rows: pd.DataFrame | None, people: dict[str, UUID],
    quarter: date, now: datetime,
) -> int:  # fmt: skip
    if rows is None or rows.empty:
        return 0
    known = rows[rows["person"].notna() & rows[source.good].notna()]
    if source.column:
        known = known[known[source.column].astype(str).str.startswith(source.starts)]
    added = 0
    for staff_no, mine in known.groupby("person"):
        if staff_no in people and len(mine) >= LEAST:
            good = float((mine[source.good].astype(bool) == source.wanted).mean())
            ref = f"role.live:{source.relation}:{quarter.isoformat()}"
            added += _new(scope, unit, people[staff_no], competency, good, min(1.0, len(mine) / FULL), ref, now)
    return added


def _new(
    scope: Scope, unit: OrgUnit, user: UUID, competency: str, score: float, size: float, ref: str, now: datetime
) -> bool:  # fmt: skip
    with scoped(scope):
        if CompetenceEvidence.objects.filter(user=user, competency=competency, ref=ref).exists():
            return False
    evidence_add(
        scope=scope, unit=unit, user=user, competency=competency, source=LIVE, score=score, size=size, ref=ref, now=now
    )
    return True


@tick.every("role.evidence", 6 * 3600)
def _quarterly(now: datetime) -> int:
    """The quarter before this one, for every branch; what was read already is not read again."""
    with scoped(system_scope((EVIDENCE,), label="live evidence")):
        branches = list(OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH))
    return tick.each("quarter not read", branches, lambda one: _last_quarter(one, now))


def _last_quarter(unit: OrgUnit, now: datetime) -> int:
    before = quarter_of(unit.date_at(now)) - timedelta(days=1)
    return read_quarter(unit=unit, quarter=quarter_of(before), now=now)
