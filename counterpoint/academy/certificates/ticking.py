"""What the clock does for certificates: reminders before the end, once each, and the end itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from counterpoint.academy.certificates import queries
from counterpoint.academy.certificates.actions import due_at, record
from counterpoint.academy.certificates.granting import settle
from counterpoint.academy.certificates.telling import tell_expired, tell_reminded
from counterpoint.academy.models import Certificate
from counterpoint.academy.models.certificates import EXPIRED, VALID
from counterpoint.academy.rules import awarding
from counterpoint.foundation.api import Scope, scoped, system_scope, tick

VERBS = ("team.skill.certify", "team.staff.view")
MOST = 100  # certificates a round


def house() -> Scope:
    """The scope of the house's own work."""
    return system_scope(VERBS, label="academy certificates")


@tick.every("academy.certificates", 60, atomic=False)
def certificates_due(now: datetime) -> int:
    """Remind and end what is due; returns how many were looked at."""
    with scoped(house()):
        due = list(
            Certificate.objects.filter(state=VALID, next_due_at__lte=now)
            .order_by("next_due_at")
            .values_list("pk")[:MOST]
        )
    return tick.each("certificate not looked at", due, lambda row: _one(row[0], now))


@transaction.atomic
def _one(number: object, now: datetime) -> None:
    scope = house()
    with scoped(scope):
        rows = Certificate.objects.select_for_update(of=("self",)).select_related("org_unit", "user")
        row = rows.filter(pk=number, state=VALID, next_due_at__lte=now).first()
        if row is None:  # another tick, or a renewal, was first
            return
        body = queries.item_of(row).value
        if now >= queries.ends(row):
            row.state, row.next_due_at, row.ended_at = EXPIRED, None, now
            row.save()
            record(scope, row, "expired", now)
            settle(scope=scope, unit=row.org_unit, user=row.user, key=row.key, skills=body.skills, now=now)
            tell_expired(row, now)
            return
        days = awarding.due_reminder(row.until, row.org_unit.date_at(now), body.remind_days)
        row.next_due_at = due_at(row, body, now)
        row.save()
        if days is not None:
            record(scope, row, "reminded", now, days=days)
            tell_reminded(row, days, now)
