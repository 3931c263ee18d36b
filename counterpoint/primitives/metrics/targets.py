"""Targets: what a unit is to reach. The nearest unit up the tree that set one rules, else the content's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, journal, lineage, scoped, unscoped
from counterpoint.foundation.api import scope as scopes
from counterpoint.primitives.metrics.definition import BAND, Bounds, Metric
from counterpoint.primitives.metrics.models import MetricTarget
from counterpoint.primitives.metrics.periods import Period
from counterpoint.primitives.metrics.verbs import TARGET


@dataclass(frozen=True)
class Target:
    """Bounds in force, who set them (unit code, empty: the content), and their version."""

    bounds: Bounds
    unit: str = ""
    version: int = 0


Targets = dict[tuple[Any, str, Period], Target | None]


def of(*, scope: Scope, units: Sequence[OrgUnit], metrics: Sequence[Metric], periods: Sequence[Period]) -> Targets:
    """The target of each unit, metric and period: in force on the period's last day. A unit that the caller does not
    reach has no target but the content's."""
    above = {unit.pk: lineage(unit.path) if scope.covers(unit.path) else [] for unit in units}
    paths = {path for some in above.values() for path in some}
    reason = "the targets of the units above rule the caller's unit too; of others nothing is read"
    with unscoped(reason, practice=scopes.in_practice()):
        rows = list(
            MetricTarget.objects.filter(org_path__in=paths, metric__in=[m.key for m in metrics])
            .select_related("org_unit").order_by("-version")
        )  # fmt: skip
    by_place: dict[tuple[str, str], list[MetricTarget]] = {}
    for row in rows:
        by_place.setdefault((row.org_path, row.metric), []).append(row)
    found: Targets = {}
    for unit in units:
        for one in metrics:
            held = [row for path in reversed(above[unit.pk]) for row in by_place.get((path, one.key), [])]
            for period in periods:
                found[unit.pk, one.key, period] = _ruling(held, one, period.until - timedelta(days=1))
    return found


def _ruling(held: Sequence[MetricTarget], one: Metric, on: date) -> Target | None:
    for row in held:
        if row.since <= on and (row.until is None or on < row.until):
            return Target(Bounds(row.low, row.high), row.org_unit.code, row.version)
    return Target(one.target) if one.target else None


@transaction.atomic
def target_set(
    *, scope: Scope, org_unit: OrgUnit, metric: Metric, since: date, now: datetime, reason: str,
    low: float | None = None, high: float | None = None, until: date | None = None,
) -> MetricTarget:  # fmt: skip
    """A new version of a unit's target, in force from a date. Raises `Invalid`, `Forbidden`."""
    scope.require(TARGET, org_unit.path)
    if low is None and high is None:
        raise Invalid(_("Give at least one side of the target."), field="low")
    if low is not None and high is not None and low > high:
        raise Invalid(_("The lower side is above the upper one."), field="low")
    if until is not None and until <= since:
        raise Invalid(_("It would end before it begins."), field="until")
    if metric.direction != BAND and low is not None and high is not None:
        raise Invalid(_("This indicator has one side only."), field="high")
    if not reason.strip():
        raise Invalid(_("Say why the target changes."), field="reason")
    with scoped(scope):
        mine = MetricTarget.objects.filter(org_unit=org_unit, metric=metric.key)
        version = (mine.order_by("-version").values_list("version", flat=True).first() or 0) + 1
        mine.filter(Q(until__isnull=True) | Q(until__gt=since), since__lt=since).update(until=since)
        row = MetricTarget(
            org_unit=org_unit, metric=metric.key, version=version, since=since, until=until, low=low, high=high,
            reason=reason.strip()[:200], set_at=now, set_by=scope.actor,
        )  # fmt: skip
        row.save(force_insert=True)
        data = {"metric": metric.key, "version": version, "since": since.isoformat(), "low": low, "high": high}
        journal.record(
            scope=scope, org_unit=org_unit, kind="primitives.target_set", subject=str(row.pk), at=now, data=data
        )
    return row


def target_versions(*, scope: Scope, org_unit: OrgUnit, metric: str) -> list[MetricTarget]:
    """All versions that the unit set, newest first."""
    with scoped(scope):
        return list(MetricTarget.objects.filter(org_unit=org_unit, metric=metric))
