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


@dataclass(frozen=True)
class Proof:
    """A round with its walk. `names` are names of the things by code."""

    round: UUID
    checklist: str
    on: date
    asset: str
    walk: "rounds.Walk"
    names: dict[str, str]

    @property
    def level(self) -> str:
        """How loud to say it: points that a person cannot have walked between are red."""
        if any(leg.verdict == "too_fast" for leg in self.walk.legs):
            return "act"
        return "fine" if self.walk.score >= 99 else "watch"


def proofs(*, scope: Scope, branch: OrgUnit, now: datetime, language: str) -> list[Proof]:
    """Rounds of the last weeks on which at least two labels were scanned, newest first."""
    since = branch.date_at(now) - BACK
    found = checklists.scanned(scope=scope, org_unit=branch, since=since, most=SHOWN)
    with scoped(scope):
        names = dict(Asset.objects.filter(org_unit=branch).values_list("device__code", "device__name"))
        metres = metres_of(branch, branch.date_at(now))
    return [_proof(one, metres, names, language) for one in found]


def _proof(one: checklists.Scanned, metres: "rounds.Metres", names: dict[str, str], language: str) -> Proof:
    from counterpoint.science.floorplan import rounds

    scans = [rounds.Scan(code, at.timestamp()) for code, at in one.scans]
    walk = rounds.walked(scans, metres)
    score = round(walk.score * len(scans) / one.asked, 1)
    walk = rounds.Walk(walk.legs, walk.missed, walk.strange, _as_asked(scans), score)
    row = one.round
    return Proof(row.id, one.definition.name(language), row.business_date, row.asset, walk, names)


def _as_asked(scans: "list[rounds.Scan]") -> bool:
    """Whether the scans came in the order of the items."""
    seconds = [scan.second for scan in scans]
    return seconds == sorted(seconds)


def metres_of(branch: OrgUnit, on: date) -> "rounds.Metres":
    """Least metres between two things of the branch: the way on the floor plan, else the gap between their zones."""
    floor = floor_of(branch, on)
    zones = dict(Asset.objects.filter(org_unit=branch).values_list("device__code", "device__zone__code"))

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
