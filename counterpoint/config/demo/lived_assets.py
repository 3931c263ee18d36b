"""Equipment and safety gear of the demo's branches: a year of faults and of rounds, and what is due now.

All generated from the seed and labelled as simulated. Faults and rounds of the past are written as rows, without cases
and journal entries: nobody lived them. What the first branch found and put right (`lived_mending`), and what is open
this morning, goes through the public actions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from counterpoint.config.demo import lived_mending, lived_rounds
from counterpoint.config.demo.bank import Built, demo_scope
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.lived_rounds import LABEL, Place
from counterpoint.config.demo.year import open_days
from counterpoint.foundation.api import Device, Zone, calendar, new_id, scoped
from counterpoint.onsite.assets import actions, watch
from counterpoint.onsite.assets.actions import plan as due
from counterpoint.onsite.assets.kinds import asset_kinds
from counterpoint.onsite.codes import public_code
from counterpoint.onsite.models import Asset, AssetFault

GEAR = {  # kind → (name, zone, how many by size of the branch)
    "extinguisher_powder": ("灭火器", "waiting", {"flagship": 8, "medium": 5, "small": 3}),
    "extinguisher_gas": ("机房灭火器", "desk", {"flagship": 2, "medium": 1, "small": 1}),
    "camera": ("监控", "cash", {"flagship": 8, "medium": 5, "small": 4}),
    "emergency_light": ("应急灯", "waiting", {"flagship": 6, "medium": 4, "small": 3}),
    "sorter": ("点钞清分机", "cash", {"flagship": 4, "medium": 3, "small": 2}),
    "ups": ("UPS", "desk", {"flagship": 1, "medium": 1, "small": 1}),
    "network": ("路由器", "desk", {"flagship": 1, "medium": 1, "small": 1}),
    "alarm": ("报警主机", "desk", {"flagship": 1, "medium": 1, "small": 1}),
    "aed": ("AED", "entrance", {"flagship": 1, "medium": 1, "small": 0}),
    "first_aid": ("急救箱", "entrance", {"flagship": 1, "medium": 1, "small": 1}),
}
CODES = {"extinguisher_powder": "fire", "extinguisher_gas": "gas", "camera": "cam", "emergency_light": "light"}
PLACES = ("立柱旁", "东墙", "西墙", "门边", "柜台左侧", "柜台右侧")
FAULTS_A_YEAR = {  # of one machine
    "crs": 5.0, "stm": 3.5, "kiosk": 2.0, "screen": 0.7, "printer": 3.0, "sorter": 2.5, "camera": 0.8, "network": 1.5,
    "ups": 0.4, "alarm": 0.5, "emergency_light": 0.3,
}  # fmt: skip
HOURS_TO_REPAIR = 2.2
AGAIN = 0.12  # of the faults come back within days
EXTENTS = (("full", 0.55), ("partial", 0.33), ("network", 0.12))


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> int:
    """Write registers, faults and rounds; returns how many things there are. Call in a transaction."""
    count = 0
    for plan in plans:
        rng = np.random.default_rng([seed, int(plan.code[1:]), 53])
        branch = built.units[plan.code]
        place = Place(plan, branch, until, rng, asset_kinds(until.date(), branch.rule_pack))
        with scoped(demo_scope()):
            assets = _register(place, since)
            _faults(place, assets, since)
            first = plan is plans[0]
            lived = lived_mending.slots(place, since) if first else frozenset()
            lived_rounds.walk(place, built, assets, since, first=first, lived=lived)
        if first:
            lived_mending.live(place, since)
        count += len(assets)
    _this_morning(plans[0], built, until)
    return count


def _register(place: Place, since: date) -> list[Asset]:
    """Papers for the devices that are there, and gear with them; one extinguisher of the first branch is overdue."""
    zones = {zone.code: zone for zone in Zone.objects.filter(org_unit=place.branch)}
    known = list(Device.objects.filter(org_unit=place.branch))
    gear = list(_gear(place, zones))
    Device.objects.bulk_create(gear)
    rows = [_asset(place, device, since, n) for n, device in enumerate([*known, *gear]) if device.kind in place.kinds]
    Asset.objects.bulk_create(rows)
    return rows


def _gear(place: Place, zones: dict[str, Zone]) -> Iterator[Device]:
    for kind, (name, zone, many) in GEAR.items():
        for number in range(1, many[place.plan.size] + 1):
            code = f"{CODES.get(kind, kind)}-{number:02d}"
            yield Device(org_unit=place.branch, code=code, name=f"{number} 号{name}", kind=kind, zone=zones.get(zone))


def _asset(place: Place, device: Device, since: date, number: int) -> Asset:
    rng, today, kind = place.rng, place.until.date(), place.kinds[device.kind]
    made = today - timedelta(days=int(rng.integers(300, 1500)))
    serviced = None
    if kind.service and (kind.service.then_months <= 12 or rng.random() < 0.7):
        made = today - timedelta(days=int(rng.integers(1900, 2900)))
        serviced = today - timedelta(days=int(rng.integers(20, 340)))
    if device.code == "fire-03" and place.plan.code == "b01":
        made, serviced = months_before(today, 61), None
    row = Asset(
        id=new_id(), org_unit=place.branch, device=device, serial=f"{LABEL}-{number:03d}", made_on=made,
        installed_on=made + timedelta(days=40), serviced_on=serviced, public_code=public_code(),
        place=PLACES[number % len(PLACES)] if not kind.hall else "",
        added_at=datetime(since.year, since.month, since.day, tzinfo=UTC),
    )  # fmt: skip
    due(row, kind, place.branch)
    return row


def months_before(day: date, months: int) -> date:
    """The first of the month so many months before."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _faults(place: Place, assets: Sequence[Asset], since: date) -> None:
    """Faults of the year within opening hours, repaired after some hours; a few come back soon."""
    rng, zone = place.rng, ZoneInfo(place.branch.time_zone)
    days = open_days(place.plan, since, place.until.date())
    spans = calendar.Hours(place.plan.hours)
    rows: list[AssetFault] = []
    for asset in assets:
        expected = FAULTS_A_YEAR.get(asset.device.kind, 0.0) * len(days) / 300
        picked = sorted(set(rng.integers(0, max(1, len(days) - 1), rng.poisson(expected))))
        last: datetime | None = None
        for at in picked:
            on = days[int(at)]
            opens, closes = spans.on(on, provisional=True)[0][0], spans.on(on, provisional=True)[-1][1]
            began = calendar.local(on, int(rng.integers(opens, closes - 30)), zone)
            if last is not None and began <= last:
                continue
            last = _fault(rows, place, asset, began)
            if rng.random() < AGAIN:
                last = _fault(rows, place, asset, last + timedelta(days=float(rng.uniform(0.5, 6))))
    AssetFault.objects.bulk_create([row for row in rows if row.ended_at and row.ended_at < place.until])


def _fault(rows: list[AssetFault], place: Place, asset: Asset, began: datetime) -> datetime:
    hours = float(place.rng.lognormal(np.log(HOURS_TO_REPAIR) - 0.3, 0.75))
    extent = str(place.rng.choice([name for name, _ in EXTENTS], p=[share for _, share in EXTENTS]))
    ended = began + timedelta(hours=hours)
    source = ("staff", "hall", "round", "public")[int(place.rng.integers(4))]
    rows.append(
        AssetFault(
            id=new_id(),
            org_unit=place.branch,
            asset=asset,
            extent=extent,
            began_at=began,
            ended_at=ended,
            source=source,
        )
    )
    return ended


def _this_morning(plan: BranchPlan, built: Built, until: datetime) -> None:
    """A sorter failed this morning, and the tick finds what is overdue."""
    where: dict[str, Any] = {"scope": demo_scope(), "branch": built.units[plan.code]}
    actions.asset_fault(**where, now=until - timedelta(minutes=50), code="sorter-02", text=f"【{LABEL}】测试钞识别不出")
    with scoped(demo_scope()):
        waiting = Asset.objects.filter(next_due_at__lte=until).count()
    for _ in range(-(-waiting // watch.BATCH)):
        watch.look(until)
