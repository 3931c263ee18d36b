"""Rounds that the demo's branches walked: the first one's daily rounds of two months, its weekly and monthly ones of a
year; the others' daily rounds of three weeks and monthly ones of a year.

Written as rows and labelled as simulated, answers from the seed; nobody lived them: what is not in order has no case.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from counterpoint.config.demo.bank import Built
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.rounds import Past, due_dates
from counterpoint.config.demo.year import open_days
from counterpoint.foundation.api import OrgUnit, User, calendar
from counterpoint.onsite.assets.kinds import AssetKind
from counterpoint.onsite.models import Asset
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists.definition import Item as Asked
from counterpoint.primitives.content import Item, get

LABEL = "演示数据"
POINTS = ("point_entrance", "point_self", "point_waiting", "point_exit")
PATROLS = (11, 13, 15, 17)  # hours
BAD = 0.012  # of the answers are not in order
FIRST_DAYS, OTHERS_DAYS, OTHERS_WEEKLY_DAYS = 62, 21, 28
MONTHLY = "onsite.extinguisher_monthly"
PLANNED = timedelta(days=365)  # between the dates on a certificate and the one before
Slot = tuple[str, str, date]  # checklist, thing, date


@dataclass(frozen=True)
class Place:
    """A branch that is filled, and its own chance."""

    plan: BranchPlan
    branch: OrgUnit
    until: datetime
    rng: np.random.Generator
    kinds: dict[str, AssetKind]


class Walker:
    """Who walks what at a branch; `lived` slots are left to those who lived them."""

    def __init__(self, place: Place, built: Built, assets: Sequence[Asset], lived: Collection[Slot]) -> None:
        self.place, self.assets, self._lived = place, assets, lived
        self.people = [built.people[person.staff_no] for person in place.plan.of_role("lobby_manager")]
        self.head = built.people[place.plan.of_role("supervisor")[0].staff_no]
        self.hours = calendar.Hours(place.plan.hours)
        self._past, self._zone = Past(place.branch, place.rng), ZoneInfo(place.branch.time_zone)

    def item(self, key: str, on: date) -> Item:
        """The definition of that day."""
        return get("checklists", key, on, self.place.branch.rule_pack)

    def walk(self, key: str, on: date, minute: int, due_minute: int, who: User, pace: float = 1.0) -> None:
        """A round of no thing, begun and due at minutes of the branch's day."""
        if (key, "", on) not in self._lived:
            due, began = (calendar.local(on, at, self._zone) for at in (due_minute, minute))
            self._past.walked(self.item(key, on), on, due, who, began, lambda asked: self._value(asked, on), pace)

    def looked(self, thing: Asset, on: date, due: datetime, minutes: int) -> None:
        """The monthly look at an extinguisher, so many minutes before it is due."""
        if (MONTHLY, thing.device.code, on) not in self._lived:
            who, answers = self.people[on.month % len(self.people)], gear_answers(thing, on)
            began = due - timedelta(minutes=minutes)
            item = self.item(MONTHLY, on)
            self._past.walked(item, on, due, who, began, lambda asked: answers[asked.slug], thing=thing.device.code)

    def write(self) -> int:
        """Write all; how many."""
        return self._past.write()

    def _value(self, item: Asked, on: date) -> Any:
        """An answer, in order but for a few."""
        rng = self.place.rng
        bad = rng.random() < BAD and item.slug not in POINTS
        if item.kind == "yes_no":
            return "no" if bad else "yes"
        if item.kind == "number":
            return _number(item, rng, bad)
        if item.kind == "date":
            return (on + timedelta(days=int(rng.integers(90, 600)))).isoformat()
        if item.kind == "scan":
            return label_of(self.place.branch, item, self.assets)
        return LABEL


def walk(
    place: Place, built: Built, assets: Sequence[Asset], since: date, *, first: bool, lived: Collection[Slot] = ()
) -> int:
    """The rounds of a branch up to this morning but for those in `lived`; of the first branch more of them."""
    walker, today = Walker(place, built, assets, lived), place.until.date()
    _daily(walker, since, today, FIRST_DAYS if first else OTHERS_DAYS, patrols=first)
    weekly = since if first else max(since, today - timedelta(days=OTHERS_WEEKLY_DAYS))
    for on in open_days(place.plan, weekly, today):
        if on.weekday() == 2:
            walker.walk("onsite.weekly_safety", on, 840, 960, walker.head)
    _monthly(walker, since, today)
    return walker.write()


def _daily(walker: Walker, since: date, today: date, days: int, *, patrols: bool) -> None:
    """Pre-open (this morning too), closing, and patrols of the branch that is played."""
    plan = walker.place.plan
    recent = open_days(plan, max(since, today - timedelta(days=days)), today + timedelta(days=1))
    for n, on in enumerate(recent):
        who = walker.people[n % len(walker.people)]
        spans = walker.hours.on(on, provisional=True)
        opens, closes = spans[0][0], spans[-1][1]
        walker.walk("onsite.pre_open", on, opens - 45, opens - 15, who)
        if on == today:
            continue
        walker.walk("onsite.closing", on, closes + 5, closes + 30, who)
        for hour in PATROLS if patrols else ():
            pace = 0.08 if hour == 15 and on == recent[-4:][0] else 1.0  # that one was scanned at the desk
            walker.walk(f"onsite.patrol_{hour}", on, hour * 60 - 18, hour * 60, who, pace)


def _monthly(walker: Walker, since: date, today: date) -> None:
    """Every extinguisher of the hall once a month, one after the other."""
    things = [one for one in walker.assets if one.device.kind == "extinguisher_powder"]
    versions = {item.version: item for item in (walker.item(MONTHLY, since), walker.item(MONTHLY, today))}
    for item in versions.values():
        for on, due in due_dates(item, walker.hours, since, today):
            for n, thing in enumerate(things):
                walker.looked(thing, on, due, 150 - 6 * n)


def gear_answers(thing: Asset, on: date) -> dict[str, Any]:
    """What is in order at an extinguisher on a date; its certificate says the date by which the register has it."""
    until = thing.due_on or on + PLANNED
    while until - PLANNED > on:
        until -= PLANNED
    return {"here": thing.device.code, "gauge": "", "pressure": "green", "seal": "yes", "valid": until.isoformat()}


def _number(item: Asked, rng: np.random.Generator, bad: bool) -> float:
    low = item.limits.min if item.limits and item.limits.min is not None else 0.0
    high = item.limits.max if item.limits and item.limits.max is not None else max(100.0, low)
    return round(high + 1 if bad and item.limits and item.limits.max is not None else float(rng.uniform(low, high)), 1)


def label_of(branch: OrgUnit, item: Asked, assets: Sequence[Asset]) -> str | None:
    """The label at the point: the point's own, else that of the first thing of the kind or of the zone."""
    if item.point:
        return checklists.code_of(branch, item.point)
    zones = {"point_entrance": "entrance", "point_self": "self", "point_waiting": "waiting", "point_exit": "cash"}
    kind, zone = item.asset, zones.get(item.slug, "")
    for asset in assets:
        device = asset.device
        if (kind and device.kind == kind) or (zone and device.zone and device.zone.code == zone):
            return device.code
    return None
