"""What is known of a branch's days beforehand: said by people or another system, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from math import isfinite
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, journal, scoped
from counterpoint.team.beforehand import Known
from counterpoint.team.models import KnownDay

VERB = "team.known.say"
LONGEST, LARGEST = 40, 1_000_000
BACK, AHEAD = timedelta(days=800), timedelta(days=400)


@transaction.atomic
def known_say(*, scope: Scope, now: datetime, branch: OrgUnit, days: Iterable[Known]) -> int:
    """Keep what is known of days; a day and name that stand already get the new amount. Returns how many changed.

    All or nothing. Raises `Invalid` for what `wrong` names.
    """
    scope.require(VERB, branch.path)
    given = {(one.date, one.name.strip()): one.amount for one in days}
    today = branch.date_at(now)
    for (on, name), amount in given.items():
        if words := wrong(on, name, amount, today):
            raise Invalid(words[1], field=words[0])
    with scoped(scope):
        OrgUnit.objects.select_for_update().get(pk=branch.pk)
        held = {(row.date, row.name): row for row in KnownDay.objects.filter(org_unit=branch)}
        changed = [key for key, amount in given.items() if key not in held or held[key].amount != amount]
        for key in changed:
            row = held.get(key) or KnownDay(org_unit=branch, date=key[0], name=key[1])
            row.amount, row.said_at, row.said_by = given[key], now, scope.actor
            row.save()
        if changed:
            data = {"days": len(changed), "first": min(changed)[0].isoformat(), "last": max(changed)[0].isoformat()}
            journal.record(
                scope=scope, org_unit=branch, kind="team.known_said", subject=str(branch.pk), at=now, data=data
            )
    return len(changed)


def wrong(on: date, name: str, amount: float | None, today: date) -> tuple[str, str] | None:
    """The field that cannot be kept and why; None when all can."""
    if not today - BACK <= on <= today + AHEAD:
        return "date", _("Say days from two years ago to a year ahead.")
    if not 0 < len(name.strip()) <= LONGEST:
        return "name", _("Say in up to 40 characters what is known of the day.")
    if amount is not None and not (isfinite(amount) and abs(amount) <= LARGEST):
        return "amount", _("The amount must be a number up to a million.")
    return None


def stamp(branch: OrgUnit) -> str:
    """Differs when what is known has changed. Call inside a scope."""
    found = KnownDay.objects.filter(org_unit=branch).aggregate(n=Count("pk"), last=Max("said_at"))
    return f"{found['n']}:{found['last']:%Y%m%d%H%M%S}" if found["n"] else "0"


@transaction.atomic
def known_drop(*, scope: Scope, now: datetime, known_id: UUID) -> KnownDay:
    """Take one day's knowledge back; returns what stood there."""
    with scoped(scope):
        row = KnownDay.objects.select_for_update().select_related("org_unit").filter(pk=known_id).first()
        if row is None:
            raise NotFound(_("This stands here no more."))
        scope.require(VERB, row.org_unit.path)
        data = {"date": row.date.isoformat()}
        journal.record(
            scope=scope, org_unit=row.org_unit, kind="team.known_dropped", subject=str(row.pk), at=now, data=data
        )
        row.delete()
    return row
