"""The watch for dead feeds: no row that a metric counts for too long, or none ever; said once, over with the next row.

It looks at the states that the watch has just refreshed, so that it costs a branch a handful of questions, whatever the
number of feeds, and reaches back as far as states are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Sum

from counterpoint.foundation.api import OrgUnit, Scope, calendar, hours_of, journal, scoped
from counterpoint.primitives.metrics import alarms, cells, relations
from counterpoint.primitives.metrics.cells import Cell
from counterpoint.primitives.metrics.definition import Metric, Part, Silence
from counterpoint.primitives.metrics.models import MetricAlarm, MetricCell, MetricCover

ONE_DAY = timedelta(days=1)
VOLUME_DAYS = 90  # a feed's volume is that of so many days before its newest row


@dataclass(frozen=True)
class Heard:
    """The end of the hour (of the day, where rows have no hours) of the newest row; None when states do not reach far
    enough to say, or, with `never`, when there was none as far as they reach."""

    at: datetime | None
    never: bool = False


def listen(scope: Scope, branch: OrgUnit, wanted: Sequence[Metric], now: datetime) -> int:
    """Raise an alarm for each feed that fell silent, and one for those of a relation that never came. Returns how many
    were raised."""
    kept = [one for one in wanted if one.silence is not None and relations.offered(one.relations[0])]
    if not kept:
        return 0
    heard = _heard(scope, branch, kept, now)
    with scoped(scope):
        running = list(MetricAlarm.objects.filter(org_unit=branch, rule__in=(alarms.SILENCE, alarms.NEVER)).exclude(
            state=MetricAlarm.State.OVER).values_list("metric", "rule", "found"))  # fmt: skip
    _back(scope, branch, heard, [(key, found) for key, rule, found in running if rule == alarms.NEVER], now)
    silent = {key for key, rule, _found in running if rule == alarms.SILENCE}
    raised, absent = 0, []
    for one in kept:
        newest = heard[one.key]
        if newest.at is not None:
            raised += _judged(scope, branch, one, newest.at, one.key in silent, now)
        elif newest.never and not (one.silence and one.silence.min_volume):
            absent.append(one)
    return raised + _never(scope, branch, kept, absent, now)


def _own(one: Metric) -> tuple[Part, ...]:
    """Parts on the leading relation: the feed of the metric."""
    return tuple(part for part in one.parts if part.relation == one.relations[0])


def _heard(scope: Scope, branch: OrgUnit, kept: Sequence[Metric], now: datetime) -> dict[str, Heard]:
    """When each metric's feed brought its newest row."""
    today, zone = branch.date_at(now), ZoneInfo(branch.time_zone)
    parts: dict[str, list[Part]] = {}
    for one in kept:
        parts.setdefault(one.relations[0], []).extend(p for p in _own(one) if p not in parts[one.relations[0]])
    with scoped(scope):
        covers = {key: cover for (_pk, key), cover in cells.covers_of([branch], list(parts)).items()}
        rows = MetricCell.objects.filter(
            org_unit=branch, part__in=[p.signature for some in parts.values() for p in some], date__lte=today, n__gt=0
        )
        newest: dict[str, tuple[date, int]] = {
            part: (on, 24) for part, on in rows.order_by().values_list("part").annotate(Max("date"))
        }
    for part, at in _lately(scope, branch, parts, covers, today):
        newest[part] = at if part not in newest or newest[part][0] <= at[0] else newest[part]
    found = {}
    for one in kept:
        places = [newest[p.signature] for p in _own(one) if p.signature in newest]
        if places:
            on, hour = max(places)
            found[one.key] = Heard(min(calendar.local(on, 60 * hour, zone), now))
        else:
            found[one.key] = Heard(None, _whole(covers.get(one.relations[0]), _own(one), today))
    return found


def _covered(cover: MetricCover | None, parts: Sequence[Part]) -> bool:
    return cover is not None and {p.signature for p in parts} <= set(cover.parts)


def _whole(cover: MetricCover | None, parts: Sequence[Part], today: date) -> bool:
    """Whether the states reach back as far as they ever will."""
    return cover is not None and _covered(cover, parts) and cover.since <= today - ONE_DAY * cells.KEPT_DAYS


def _lately(
    scope: Scope, branch: OrgUnit, parts: Mapping[str, Sequence[Part]], covers: Mapping[str, MetricCover], today: date
) -> Iterator[tuple[str, tuple[date, int]]]:
    """By part the date and the end of the hour of its newest row: of two days where states are kept, which say the
    hour, else of the last weeks."""
    for covered, days in ((True, 1), (False, cells.CHUNK_DAYS)):
        some = {key: own for key, own in parts.items() if _covered(covers.get(key), own) is covered}
        got = cells.gather(
            scope=scope, branches=[branch], parts=some, since=today - ONE_DAY * days, until=today + ONE_DAY,
            margins=True,
        )  # fmt: skip
        for part, by_day in got.items():
            held = {on: cell for (_pk, on), cell in by_day.items() if cell.n}
            if held:
                on = max(held)
                yield part, (on, _end(held[on]))


def _end(cell: Cell) -> int:
    return max((int(hour) + 1 for hour in cell.margin("hour")), default=24)


def _quiet(branch: OrgUnit, rule: Silence, since: datetime, now: datetime) -> dict[str, Any]:
    """How long nothing came, when that is too long; else nothing."""
    if rule.days is not None:
        days = (now - since).days
        return {"since": since.isoformat(), "days": days} if days > rule.days else {}
    quiet = calendar.working_between(hours_of(branch), since, now, provisional=True)
    if quiet <= timedelta(hours=rule.hours or 0):
        return {}
    return {"since": since.isoformat(), "hours": round(quiet.total_seconds() / 3600, 1)}


def _judged(scope: Scope, branch: OrgUnit, one: Metric, newest: datetime, silent: bool, now: datetime) -> int:
    assert one.silence is not None
    with scoped(scope):
        found = _quiet(branch, one.silence, newest, now)
        on = branch.date_at(newest - timedelta(seconds=1))
        if found and one.silence.min_volume and _volume(branch, one, on) < one.silence.min_volume:
            found = {}
    if not found:
        if silent:
            alarms.alarms_over(scope=scope, branch=branch, metric=one.key, rule=alarms.SILENCE, now=now)
        return 0
    made = alarms.alarm_raise(
        scope=scope, branch=branch, metric=one, rule=alarms.SILENCE, period=on.isoformat(), now=now, found=found,
        level="watch" if one.silence.hours is None else "act", cause={},
    )  # fmt: skip
    return int(made is not None)


def _volume(branch: OrgUnit, one: Metric, newest: date) -> int:
    rows = MetricCell.objects.filter(
        org_unit=branch, part__in=[p.signature for p in _own(one)], date__gt=newest - ONE_DAY * VOLUME_DAYS
    )
    return max((n for _part, n in rows.order_by().values_list("part").annotate(Sum("n"))), default=0)


def _never(
    scope: Scope, branch: OrgUnit, kept: Sequence[Metric], absent: Sequence[Metric], now: datetime
) -> int:  # fmt: skip
    """One alarm ever for each relation at a branch, with all its feeds that never came, when the branch is at work for
    longer than the limit."""
    if not absent:
        return 0
    with scoped(scope):
        begun = journal.JournalEntry.objects.filter(org_unit=branch).order_by("seq").values_list("at", flat=True)
        first = begun.first()
        said = set(MetricAlarm.objects.filter(org_unit=branch, rule=alarms.NEVER).values_list("metric", flat=True))
        late = [one for one in absent if first and one.silence and _quiet(branch, one.silence, first, now)]
    raised = 0
    for relation in dict.fromkeys(one.relations[0] for one in late):
        if said & {one.key for one in kept if one.relations[0] == relation}:
            continue
        mine = [one for one in late if one.relations[0] == relation]
        made = alarms.alarm_raise(
            scope=scope, branch=branch, metric=mine[0], rule=alarms.NEVER, period=branch.date_at(now).isoformat(),
            level="watch", now=now, found={"never": [one.key for one in mine]}, cause={},
        )  # fmt: skip
        raised += made is not None
    return raised


def _back(
    scope: Scope, branch: OrgUnit, heard: Mapping[str, Heard], running: Sequence[tuple[str, Mapping[str, Any]]],
    now: datetime,
) -> None:  # fmt: skip
    """An alarm about feeds that never came is over when all of them came or are listened to no longer."""
    for key, found in running:
        if all(heard[other].at is not None for other in found.get("never", ()) if other in heard):
            alarms.alarms_over(scope=scope, branch=branch, metric=key, rule=alarms.NEVER, now=now)
