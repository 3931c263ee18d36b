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

    All or nothing. Raises `Invalid` for what `wrong` names, and for a day and name with two amounts.
    """
    scope.require(VERB, branch.path)
    given = _once(days, branch.date_at(now))
    if not given:
        return 0
    with scoped(scope):
        OrgUnit.objects.select_for_update().get(pk=branch.pk)
        rows = KnownDay.objects.filter(org_unit=branch, date__gte=min(given)[0], date__lte=max(given)[0])
        held = {(on, name): amount for on, name, amount in rows.values_list("date", "name", "amount")}
        changed = sorted(key for key, amount in given.items() if key not in held or held[key] != amount)
        if not changed:
            return 0
        KnownDay.objects.bulk_create(
            [
                KnownDay(org_unit=branch, date=on, name=name, amount=given[on, name], said_at=now, said_by=scope.actor)
                for on, name in changed
            ],
            update_conflicts=True, unique_fields=["org_unit", "date", "name"],
            update_fields=["amount", "said_at", "said_by"], batch_size=500,
        )  # fmt: skip
        data = {"days": len(changed), "first": changed[0][0].isoformat(), "last": changed[-1][0].isoformat()}
        journal.record(scope=scope, org_unit=branch, kind="team.known_said", subject=str(branch.pk), at=now, data=data)
    return len(changed)


def _once(days: Iterable[Known], today: date) -> dict[tuple[date, str], float | None]:
    """Each day and name with its amount."""
    given: dict[tuple[date, str], float | None] = {}
    for one in days:
        if words := wrong(one.date, one.name, one.amount, today):
            raise Invalid(words[1], field=words[0])
        key = (one.date, one.name.strip())
        if given.setdefault(key, one.amount) != one.amount:
            raise Invalid(_("The same day and thing is given twice with different amounts."), field="amount")
    return given


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
