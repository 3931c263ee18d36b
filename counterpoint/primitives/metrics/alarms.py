"""Alarms: raised once for each period, told to people and robots, seen by a person, over when the number is back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, journal, scoped
from counterpoint.primitives.metrics import breaches, telling
from counterpoint.primitives.metrics.definition import Metric
from counterpoint.primitives.metrics.models import MetricAlarm, MetricMute
from counterpoint.primitives.metrics.verbs import ALARM, HANDLE

SILENCE, NEVER, FAILURE = "silence", "never", "failure"
OPEN, SEEN, OVER = MetricAlarm.State.OPEN, MetricAlarm.State.SEEN, MetricAlarm.State.OVER


@transaction.atomic
def alarm_raise(
    *, scope: Scope, branch: OrgUnit, metric: Metric, rule: str, period: str, level: str, now: datetime,
    found: Mapping[str, Any], cause: Mapping[str, Any],
) -> MetricAlarm | None:  # fmt: skip
    """A new alarm, told and acted upon; None when this period has one already. While the same rule's alarm before is
    not over, this one belongs to what that one started."""
    with scoped(scope):
        mine = MetricAlarm.objects.filter(org_unit=branch, metric=metric.key, rule=rule)
        if mine.filter(period=period).exists():
            return None
        running = mine.exclude(state=OVER).order_by("-raised_at").first()
        alarm = MetricAlarm(
            org_unit=branch, metric=metric.key, rule=rule, period=period, level=level, found=dict(found),
            cause=dict(cause), raised_at=now, muted=is_muted(branch, metric.key, branch.date_at(now)),
        )  # fmt: skip
        if running is not None:
            alarm.started = running.started
        elif not alarm.muted and rule not in (SILENCE, NEVER, FAILURE):
            alarm.started = breaches.start(breaches.Breach(scope, branch, metric, alarm, now))
        alarm.save(force_insert=True)
        data = {"metric": metric.key, "rule": rule, "period": period, "level": level, "value": found.get("value"),
                "n": found.get("n"), "started": alarm.started}  # fmt: skip
        journal.record(
            scope=scope, org_unit=branch, kind="primitives.alarm_raised", subject=str(alarm.pk), at=now, data=data
        )
        if not alarm.muted:
            telling.tell(alarm=alarm, metric=metric, now=now)
    return alarm


@transaction.atomic
def alarms_over(*, scope: Scope, branch: OrgUnit, metric: str, rule: str, now: datetime, but: str = "") -> int:
    """The rule holds again: its alarms are over, except that of the period `but`. Returns how many."""
    with scoped(scope):
        rows = list(
            MetricAlarm.objects.filter(org_unit=branch, metric=metric, rule=rule)
            .exclude(state=OVER)
            .exclude(period=but)
        )
        for row in rows:
            row.state, row.over_at = OVER, now
            row.save()
            _note(scope, row, "primitives.alarm_over", now)
    return len(rows)


@transaction.atomic
def alarm_see(*, scope: Scope, alarm: UUID, now: datetime) -> MetricAlarm:
    """A person has seen it and takes care. Seeing twice changes nothing."""
    with scoped(scope):
        row = _row(scope, alarm)
        scope.require(HANDLE, row.org_path)
        if row.state == OPEN:
            row.state, row.seen_at, row.seen_by = SEEN, now, scope.actor
            row.save()
            _note(scope, row, "primitives.alarm_seen", now)
    return row


def _row(scope: Scope, alarm: UUID) -> MetricAlarm:
    row = MetricAlarm.objects.select_for_update().select_related("org_unit").filter(pk=alarm).first()
    if row is None or not scope.may(ALARM, row.org_path):
        raise NotFound(_("There is no such alarm here."))
    return row


def _note(scope: Scope, row: MetricAlarm, kind: str, now: datetime) -> None:
    data = {"metric": row.metric, "rule": row.rule, "period": row.period}
    journal.record(scope=scope, org_unit=row.org_unit, kind=kind, subject=str(row.pk), at=now, data=data)


@transaction.atomic
def metric_mute(
    *, scope: Scope, org_unit: OrgUnit, metric: Metric, until: date, reason: str, now: datetime
) -> MetricMute:
    """Alarms of a metric tell nobody until a date (exclusive); they are still kept. Raises `Invalid`, `Forbidden`."""
    scope.require(HANDLE, org_unit.path)
    today = org_unit.date_at(now)
    if not today < until or (until - today).days > MOST_DAYS:
        raise Invalid(_("Choose a day within the next three months."), field="until")
    if not reason.strip():
        raise Invalid(_("Say why nobody should hear of it."), field="reason")
    with scoped(scope):
        row = MetricMute(
            org_unit=org_unit, metric=metric.key, until=until, reason=reason.strip()[:200], made_at=now,
            made_by=scope.actor,
        )  # fmt: skip
        row.save(force_insert=True)
        data = {"metric": metric.key, "until": until.isoformat()}
        journal.record(
            scope=scope, org_unit=org_unit, kind="primitives.metric_muted", subject=str(row.pk), at=now, data=data,
            private=row.reason,
        )  # fmt: skip
    return row


MOST_DAYS = 92


@transaction.atomic
def metric_unmute(*, scope: Scope, org_unit: OrgUnit, metric: str, now: datetime) -> int:
    """Tell again. Returns how many mutings ended."""
    scope.require(HANDLE, org_unit.path)
    with scoped(scope):
        rows = list(_mutes(org_unit, metric, org_unit.date_at(now)))
        for row in rows:
            row.ended_at = now
            row.save()
            journal.record(
                scope=scope, org_unit=org_unit, kind="primitives.metric_unmuted", subject=str(row.pk), at=now,
                data={"metric": metric},
            )  # fmt: skip
    return len(rows)


def _mutes(org_unit: OrgUnit, metric: str, today: date) -> "QuerySet[MetricMute]":
    return MetricMute.objects.filter(org_unit=org_unit, metric=metric, until__gt=today, ended_at=None)


def is_muted(org_unit: OrgUnit, metric: str, today: date) -> bool:
    """Whether somebody muted the metric at this unit."""
    return bool(_mutes(org_unit, metric, today).exists())


def mutes(*, scope: Scope, org_unit: OrgUnit, now: datetime) -> list[MetricMute]:
    """What is muted at the unit now."""
    with scoped(scope):
        rows = MetricMute.objects.filter(org_unit=org_unit, until__gt=org_unit.date_at(now), ended_at=None)
        return list(rows)


def alarm_list(
    *, scope: Scope, unit: OrgUnit, metric: str = "", open_only: bool = False, since: datetime | None = None,
    limit: int = 200,
) -> list[MetricAlarm]:  # fmt: skip
    """Alarms of a unit and everything below it, newest first."""
    scope.require(ALARM, unit.path)
    with scoped(scope):
        rows = MetricAlarm.objects.filter(org_path__startswith=unit.path).select_related("org_unit")
        if metric:
            rows = rows.filter(metric=metric)
        if open_only:
            rows = rows.exclude(state=OVER)
        if since is not None:
            rows = rows.filter(Q(raised_at__gte=since) | ~Q(state=OVER))
        return list(rows[:limit])


def alarm_get(*, scope: Scope, alarm: UUID) -> MetricAlarm:
    """One alarm; `NotFound` outside the scope."""
    with scoped(scope):
        row = MetricAlarm.objects.select_related("org_unit").filter(pk=alarm).first()
    if row is None or not scope.may(ALARM, row.org_path):
        raise NotFound(_("There is no such alarm here."))
    return row
