"""Alarms of drift: raised by the machine after a day's actuals, acknowledged by a person."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, OrgUnit, Scope, journal, scoped
from counterpoint.team.models import DriftAlarm

VERB = "team.forecast.make"


@transaction.atomic
def drift_raise(
    *, scope: Scope, now: datetime, branch: OrgUnit, kind: str, since: date, found: date, share: float
) -> DriftAlarm | None:
    """Keep an alarm and journal it. None, and nothing written, while another is open or that day has raised one."""
    scope.require(VERB, branch.path)
    with scoped(scope):
        OrgUnit.objects.select_for_update().get(pk=branch.pk)
        held = DriftAlarm.objects.filter(org_unit=branch)
        if held.filter(acknowledged_at=None).exists() or held.filter(found__gte=found).exists():
            return None
        row = DriftAlarm(org_unit=branch, kind=kind, since=since, found=found, share=share, raised_at=now)
        row.save(force_insert=True)
        data = {**_data(row), "share": round(share, 3)}
        journal.record(scope=scope, org_unit=branch, kind="team.drift_found", subject=str(row.pk), at=now, data=data)
    return row


@transaction.atomic
def drift_acknowledge(*, scope: Scope, now: datetime, alarm_id: UUID) -> DriftAlarm:
    """Say that a person has seen it. Again by anybody changes nothing."""
    with scoped(scope):
        row = DriftAlarm.objects.select_for_update().select_related("org_unit").filter(pk=alarm_id).first()
        if row is None:
            raise NotFound(_("There is no such alarm here."))
        scope.require(VERB, row.org_unit.path)
        if row.acknowledged_at is None:
            row.acknowledged_at, row.acknowledged_by = now, scope.actor
            row.save()
            journal.record(
                scope=scope, org_unit=row.org_unit, kind="team.drift_acknowledged", subject=str(row.pk), at=now,
                data=_data(row),
            )  # fmt: skip
    return row


def _data(row: DriftAlarm) -> dict[str, str]:
    return {"kind": str(row.kind), "since": row.since.isoformat(), "found": row.found.isoformat()}
