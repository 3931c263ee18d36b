"""Was the round walked? Scans of a round in order, their times, and the floor plan of the hall.

Times are those that the phone claims; a whole round claimed within seconds is what this finds, a phone with a wrong
clock shifts all times alike and changes nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.onsite.floors import Floor, floor_of
from counterpoint.onsite.models import Asset
from counterpoint.primitives import checklists

if TYPE_CHECKING:
    from counterpoint.science.floorplan import rounds

SHOWN = 40
BACK = timedelta(days=21)
BY_HAND = ("typed", "desk")
HASTY = "hasty"
HASTE = 8.0  # seconds: the least for walking up, scanning and a look, however near the points lie


def verdict(leg: "rounds.Leg") -> str:
    """What the floor plan says of a leg, or that it was hasty where the plan has nothing against it."""
    return HASTY if leg.verdict == "fine" and leg.taken < HASTE else leg.verdict


@dataclass(frozen=True)
class Proof:
    """A round with its walk. `names` are names of the things by code."""

    round: UUID
    checklist: str
    on: date
    asset: str
    walk: "rounds.Walk"
    names: dict[str, str]
    walked: bool = True
    typed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        """How loud to say it: a round that was not walked, a wrong label, and points that a person cannot have walked
        between are red; typed codes and scans within seconds of each other are asked about."""
        if not self.walked or self.wrong or any(leg.verdict == "too_fast" for leg in self.walk.legs):
            return "act"
        hasty = any(verdict(leg) == HASTY for leg in self.walk.legs)
        return "fine" if self.walk.score >= 99 and not self.typed and not hasty else "watch"


def proofs(*, scope: Scope, branch: OrgUnit, now: datetime, language: str, back: timedelta = BACK) -> list[Proof]:
    """Rounds of the last weeks that ask for labels, or on which at least two were scanned, newest first."""
    since = branch.date_at(now) - back
    found = checklists.scanned(scope=scope, org_unit=branch, since=since, most=SHOWN)
    if not found:
        return []
    with scoped(scope):
        names = dict(Asset.objects.filter(org_unit=branch).values_list("device__code", "device__name"))
        floor, zones = floor_of(branch, branch.date_at(now)), _zones(branch)
    return [_proof(one, branch, floor, zones, names, language) for one in found]


@checklists.register_walk_check
def too_fast(scope: Scope, org_unit: OrgUnit, scanned: checklists.Scanned) -> bool:
    """Whether nobody can have walked between two of the points in the time between their scans."""
    from counterpoint.science.floorplan import rounds

    with scoped(scope):
        floor, zones = floor_of(org_unit, scanned.round.business_date), _zones(org_unit)
    metres = metres_of(floor, zones | _points(org_unit, scanned))
    walk = rounds.walked([rounds.Scan(code, at.timestamp()) for code, at in scanned.scans], metres)
    return any(leg.verdict == rounds.TOO_FAST for leg in walk.legs)


def _zones(branch: OrgUnit) -> dict[str, str | None]:
    """Zones of the branch's things by code."""
    return dict(Asset.objects.filter(org_unit=branch).values_list("device__code", "device__zone__code"))


def _points(branch: OrgUnit, one: checklists.Scanned) -> dict[str, str | None]:
    """Points by the code on their label; one that is called as a zone lies in it."""
    return {checklists.code_of(branch, item.point): item.point for item in one.definition.items if item.point}


def _proof(
    one: checklists.Scanned,
    branch: OrgUnit,
    floor: Floor | None,
    zones: dict[str, str | None],
    names: dict[str, str],
    language: str,
) -> Proof:
    from counterpoint.science.floorplan import rounds

    scans = [rounds.Scan(code, at.timestamp()) for code, at in one.scans]
    items = [item for item in one.definition.items if item.point]
    names = names | {checklists.code_of(branch, item.point): item.name(language) for item in items}
    walk = rounds.walked(scans, metres_of(floor, zones | _points(branch, one)))
    score = round(walk.score * len(scans) / one.asked, 1)
    walk = rounds.Walk(walk.legs, walk.missed, walk.strange, _as_asked(scans), score)
    row = one.round
    typed = tuple(code for (code, _at), how in zip(one.scans, one.hows, strict=True) if how in BY_HAND)
    told = (row.id, one.definition.name(language), row.business_date, row.asset, walk, names)
    return Proof(*told, one.walked, typed, tuple(sorted(one.wrong)))


def _as_asked(scans: "list[rounds.Scan]") -> bool:
    """Whether the scans came in the order of the items."""
    seconds = [scan.second for scan in scans]
    return seconds == sorted(seconds)


def metres_of(floor: Floor | None, zones: dict[str, str | None]) -> "rounds.Metres":
    """Least metres between two things or points: the way on the floor plan, else the gap between their zones."""

    def between(one: str, other: str) -> float | None:
        if one == other:
            return 0.0
        return None if floor is None else _on_plan(floor, one, other, zones)

    return between


def _on_plan(floor: Floor, one: str, other: str, zones: dict[str, str | None]) -> float | None:
    from counterpoint.science.floorplan import rounds

    spots = {place.code: i for i, place in enumerate(floor.plan.places) if place.kind == "device"}
    if one in spots and other in spots:
        return float(floor.walks.metres[spots[one], spots[other]])
    shapes = [_shape(floor, code, zones) for code in (one, other)]
    return None if None in shapes else rounds.apart(shapes[0] or (), shapes[1] or ())


def _shape(floor: Floor, code: str, zones: dict[str, str | None]) -> tuple[tuple[float, float], ...] | None:
    """Where a thing may stand: its point on the plan, else its zone."""
    for place in floor.plan.places:
        if (place.kind, place.code) == ("device", code):
            return ((place.x, place.y),)
    zone = next((zone for zone in floor.plan.zones if zone.code == zones.get(code)), None)
    return None if zone is None else tuple(zone.corners)
