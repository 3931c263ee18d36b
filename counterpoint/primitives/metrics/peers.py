"""How like branches stand: quartiles of the region, told to each without a name; too few branches tell nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min

from counterpoint.foundation.api import OrgUnit, Scope, scoped, tick
from counterpoint.primitives.metrics import needs, periods, reading, watching
from counterpoint.primitives.metrics.definition import BAND, DOWN, Metric
from counterpoint.primitives.metrics.models import MetricPeers
from counterpoint.primitives.metrics.periods import DAY, MONTH, WEEK, Period
from counterpoint.primitives.metrics.reading import Board

EVERY = timedelta(minutes=10)
FEWEST = 4  # with fewer a branch could tell whose number it reads

_looked: dict[Any, datetime] = {}  # by region: one whose branches tell nothing leaves no row to remember it by


@tick.every("primitives.peers", 30, atomic=False)
def compare(now: datetime) -> int:
    """The region that was compared longest ago, when that is ten minutes. Returns rows written."""
    with scoped(watching.night()):
        regions = list(OrgUnit.objects.filter(kind=OrgUnit.Kind.REGION).order_by("path"))
        written = dict(MetricPeers.objects.values_list("org_unit__parent").annotate(at=Min("at")).order_by())
    never = datetime.min.replace(tzinfo=now.tzinfo)
    last = {one.pk: max(written.get(one.pk, never), _looked.get(one.pk, never)) for one in regions}
    due = [one for one in regions if not now - EVERY < last[one.pk] <= now]  # a clock set back makes all due
    if not due:
        return 0
    region = min(due, key=lambda one: last[one.pk])
    _looked[region.pk] = now
    return compare_region(region, now)


def compare_region(region: OrgUnit, now: datetime) -> int:
    """Quartiles of the region's branches for yesterday, today, this and last week and month."""
    scope = watching.night(region.path)
    branches = reading.branches_under(scope, region)
    if len(branches) < FEWEST:
        return 0
    today = region.date_at(now)
    wanted = [periods.of(grain, today) for grain in (DAY, WEEK, MONTH)]
    wanted += [period.back() for period in wanted]
    metrics = list(needs.metrics(today, region.rule_pack, region.path).values())
    board = reading.board(scope=scope, units=branches, metrics=metrics, periods=wanted, now=now)
    rows = [row for one in metrics for period in wanted for row in _rows(branches, one, period, board, now)]
    with scoped(scope), transaction.atomic():
        MetricPeers.objects.filter(org_unit__in=[b.pk for b in branches], period__in=[p.slug for p in wanted]).delete()
        MetricPeers.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _rows(branches: Sequence[OrgUnit], one: Metric, period: Period, board: Board, now: datetime) -> list[MetricPeers]:
    found = {}
    for branch in branches:
        value = board[branch.pk, one.key, period]
        if value.value is not None and value.n >= one.small:
            found[branch.pk] = value.value
    if len(found) < FEWEST:
        return []
    ordered = sorted(found.values(), reverse=one.direction != DOWN)
    low, middle, high = (quantile(sorted(found.values()), share) for share in (0.25, 0.5, 0.75))
    return [
        MetricPeers(
            org_unit=branch, metric=one.key, period=period.slug, count=len(found), low=low, middle=middle, high=high,
            rank=ordered.index(found[branch.pk]) + 1 if branch.pk in found and one.direction != BAND else None, at=now,
        )
        for branch in branches
    ]  # fmt: skip


def quantile(values: Sequence[float], share: float) -> float:
    """Of sorted values, with the mean between neighbours."""
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


Peers = dict[tuple[str, str], MetricPeers]


def peers_of(*, scope: Scope, branch: OrgUnit, wanted: Sequence[Period]) -> Peers:
    """What the branch may know of its like, by metric and period slug."""
    with scoped(scope):
        rows = MetricPeers.objects.filter(org_unit=branch, period__in=[period.slug for period in wanted])
        return {(row.metric, row.period): row for row in rows}
