"""Reads of the register, always inside the caller's scope."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from counterpoint.foundation.api import NotFound, OrgUnit, Scope, hours_of, scoped
from counterpoint.onsite.assets import rules
from counterpoint.onsite.assets.actions import dates_of
from counterpoint.onsite.assets.kinds import AssetKind, asset_kinds
from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.onsite.verbs import ASSETS
from counterpoint.primitives import cases, checklists

if TYPE_CHECKING:
    from counterpoint.science import reliability

YEAR = timedelta(days=365)
FAULTS_MOST = 500


@dataclass(frozen=True)
class Filter:
    """What the reader asked for; empty means everything. `state` is late, soon, unknown, failed or retired."""

    text: str = ""
    kind: str = ""
    group: str = ""
    zone: str = ""
    state: str = ""


@dataclass(frozen=True)
class Row:
    """An asset in the list."""

    asset: Asset
    kind: AssetKind | None
    due: rules.Due | None
    due_state: str
    fault: AssetFault | None

    @property
    def code(self) -> str:
        """The code of its device."""
        return self.asset.device.code

    @property
    def state(self) -> str:
        """works, failed or retired; unnamed while it stands for one of its kind; reported for a fault that staff have
        not confirmed, partial for a lost function."""
        if self.asset.device.retired_at is not None:
            return rules.RETIRED
        if self.fault is None:
            return rules.WORKS if self.asset.device.in_service else rules.FAILED
        if not self.fault.sure:
            return "reported"
        if self.fault.source == rules.UNNAMED:
            return rules.UNNAMED
        return "partial" if self.fault.extent == "partial" else rules.FAILED


@dataclass(frozen=True)
class Detail:
    """Everything that the page of an asset shows. `own` measures it alone, `alike` all of its kind at the branch.
    `meant` are those of its kind (code, name) that may be meant while it stands for one that nobody has named."""

    row: Row
    every_due: tuple[rules.Due, ...]
    faults: tuple[AssetFault, ...]
    cases: tuple[cases.CaseView, ...]
    pictures: tuple[checklists.Picture, ...]
    own: "reliability.Measures"
    alike: "reliability.Measures"
    trend: "reliability.Trend"
    since: date
    meant: tuple[tuple[str, str], ...] = ()


def register(*, scope: Scope, branch: OrgUnit, now: datetime, wanted: Filter = Filter()) -> list[Row]:
    """The branch's assets by group, kind and code."""
    scope.require(ASSETS, branch.path)
    on = branch.date_at(now)
    kinds = asset_kinds(on, branch.rule_pack)
    with scoped(scope):
        rows = list(_matching(branch, wanted).select_related("device", "device__zone", "org_unit"))
        open_faults = {f.asset_id: f for f in AssetFault.objects.filter(org_unit=branch, ended_at=None, planned=False)}
    found = [_row(row, kinds.get(row.device.kind), open_faults.get(row.pk), on) for row in rows]
    order = list(kinds)
    kept = [row for row in found if _kept(row, wanted)]
    return sorted(kept, key=lambda r: (order.index(r.asset.device.kind) if r.kind else len(order), r.code))


def _matching(branch: OrgUnit, wanted: Filter) -> "QuerySet[Asset]":
    rows = Asset.objects.filter(org_unit=branch)
    rows = rows.filter(device__retired_at__isnull=wanted.state != rules.RETIRED)
    if wanted.kind:
        rows = rows.filter(device__kind=wanted.kind)
    if wanted.zone:
        rows = rows.filter(device__zone__code=wanted.zone)
    if wanted.text:
        words = wanted.text
        rows = rows.filter(
            Q(device__code__icontains=words) | Q(device__name__icontains=words) | Q(serial__icontains=words)
            | Q(place__icontains=words) | Q(model__icontains=words)
        )  # fmt: skip
    return rows


def _row(asset: Asset, kind: AssetKind | None, fault: AssetFault | None, on: date) -> Row:
    due = rules.Due(asset.due_on, asset.due_why) if asset.due_on else None
    state = rules.state_of(due, on, kind.warn_days if kind else 30, needs_dates=bool(kind and kind.needs_dates))
    return Row(asset, kind, due, state if asset.device.retired_at is None else rules.FINE, fault)


def _kept(row: Row, wanted: Filter) -> bool:
    if wanted.group and (row.kind is None or row.kind.group != wanted.group):
        return False
    if wanted.state in (rules.LATE, rules.SOON, rules.UNKNOWN):
        return row.due_state == wanted.state
    if wanted.state == rules.FAILED:
        return row.state in rules.DOWN
    return True


def faults_of(
    *, scope: Scope, branch: OrgUnit, now: datetime, only_open: bool = False, code: str = "", since: date | None = None
) -> list[AssetFault]:
    """Faults of the branch with their assets, the newest first; since a day of the branch, which lies before `now`."""
    scope.require(ASSETS, branch.path)
    with scoped(scope):
        rows = AssetFault.objects.filter(org_unit=branch, began_at__lte=now).select_related("asset__device")
        if only_open:
            rows = rows.filter(ended_at=None)
        if code:
            rows = rows.filter(asset__device__code=code)
        if since is not None:
            rows = rows.filter(
                began_at__gte=datetime(since.year, since.month, since.day, tzinfo=ZoneInfo(branch.time_zone))
            )
        return list(rows.order_by("-began_at")[:FAULTS_MOST])


def found(*, scope: Scope, branch: OrgUnit, code: str) -> Asset:
    """The asset of a code; `NotFound` outside the scope."""
    with scoped(scope):
        rows = Asset.objects.select_related("device", "device__zone", "org_unit")
        row = rows.filter(org_unit=branch, device__code=code).first()
    if row is None or not scope.may(ASSETS, branch.path):
        raise NotFound("There is no such asset here.")
    return row


def detail(*, scope: Scope, branch: OrgUnit, code: str, now: datetime) -> Detail:
    """One asset with its faults, its cases, its pictures, and how reliable it is in a year beside its kind."""
    from counterpoint.science import reliability

    asset = found(scope=scope, branch=branch, code=code)
    on = branch.date_at(now)
    kind = asset_kinds(on, branch.rule_pack).get(asset.device.kind)
    with scoped(scope):
        alike = list(Asset.objects.filter(org_unit=branch, device__kind=asset.device.kind).select_related("device"))
        history = tuple(AssetFault.objects.filter(asset=asset).order_by("-began_at"))
        records = records_of(branch, alike, now)
    own = records[alike.index(asset)]
    definition = kind.available.definition if kind and kind.available else "any_function"
    times = [[f.began - own.hours[0][0] for f in own.faults]] if own.hours else [[]]
    listed = cases.cases(
        scope=scope, now=now, filters=cases.CaseFilter(source=f"onsite.asset:{asset.pk}", sort="new", size=10)
    )
    open_fault = next((f for f in history if f.ended_at is None), None)
    row = _row(asset, kind, open_fault, on)
    return Detail(
        row=row,
        every_due=rules.every_due(kind.service, kind.scrap_months, dates_of(asset)) if kind else (),
        faults=history,
        cases=tuple(listed.rows),
        pictures=_pictures(scope, branch, code),
        own=reliability.measure([own], definition=definition),
        alike=reliability.measure(records, definition=definition),
        trend=reliability.trend(times, [own.end - own.hours[0][0]] if own.hours else [0.0]),
        since=max(on - YEAR, branch.date_at(asset.added_at)),
        meant=tuple((one.device.code, one.device.name) for one in alike if one.device.retired_at is None)
        if row.state == rules.UNNAMED
        else (),
    )


def _pictures(scope: Scope, branch: OrgUnit, code: str) -> tuple[checklists.Picture, ...]:
    """What rounds photographed of it; nothing for who may not see rounds."""
    if not scope.may(checklists.VIEW, branch.path):
        return ()
    return tuple(checklists.pictures_of(scope=scope, org_unit=branch, asset=code))


def records_of(branch: OrgUnit, assets: list[Asset], now: datetime) -> "list[reliability.Record]":
    """A year of each asset in minutes since the first midnight; from the day it was entered when that was later."""
    from counterpoint.science import reliability

    hours, zone, today = hours_of(branch), ZoneInfo(branch.time_zone), branch.date_at(now)
    first = today - YEAR
    midnight = datetime(first.year, first.month, first.day, tzinfo=zone)

    def minute(at: datetime) -> float:
        return (at - midnight).total_seconds() / 60

    known: dict[object, list[AssetFault]] = {}
    for fault in AssetFault.objects.filter(asset__in=assets, sure=True).exclude(ended_at__lt=midnight):
        known.setdefault(fault.asset_id, []).append(fault)
    spans = [
        (step * 1440.0 + begin, step * 1440.0 + end)
        for step in range(YEAR.days + 1)
        for begin, end in hours.on(first + timedelta(days=step), provisional=True)
    ]
    out = []
    for asset in assets:
        begin, end = max(0.0, minute(asset.added_at)), minute(asset.device.retired_at or now)
        own = tuple((max(a, begin), min(b, end)) for a, b in spans if max(a, begin) < min(b, end))
        rows = known.get(asset.pk, [])
        out.append(
            reliability.Record(
                own,
                tuple(
                    reliability.Fault(minute(f.began_at), minute(f.ended_at) if f.ended_at else None, f.extent)
                    for f in rows if not f.planned
                ),
                tuple((minute(f.began_at), minute(f.ended_at or now)) for f in rows if f.planned),
            )
        )  # fmt: skip
    return out


@dataclass(frozen=True)
class KindMeasure:
    """A kind at the branch over a year, against its standard."""

    kind: AssetKind
    measures: "reliability.Measures"

    @property
    def below(self) -> bool:
        """Whether even the upper end of the interval misses the target: a shortfall that is no accident."""
        target = self.kind.available
        return target is not None and self.measures.availability.high < target.target


def by_kind(*, scope: Scope, branch: OrgUnit, now: datetime) -> list[KindMeasure]:
    """Reliability of every kind that has a target, over a year."""
    from counterpoint.science import reliability

    scope.require(ASSETS, branch.path)
    kinds = asset_kinds(branch.date_at(now), branch.rule_pack)
    with scoped(scope):
        assets = list(Asset.objects.filter(org_unit=branch, device__retired_at=None).select_related("device"))
        records = records_of(branch, assets, now)
    out = []
    for key, kind in kinds.items():
        own = [record for asset, record in zip(assets, records, strict=True) if asset.device.kind == key]
        if own and kind.available:
            out.append(KindMeasure(kind, reliability.measure(own, definition=kind.available.definition)))
    return out
