"""Floor plans as content: which branch has which, and the walking minutes that its twin gets from it.

A plan holds for the branches that it names with code and name, so that the plans of the demo meet no other bank's
branches. Whose counter times were measured gets no walk to its windows: a ticket's service begins at the call, and the
walk is in what was measured.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from counterpoint.foundation.api import OrgUnit
from counterpoint.primitives.content import AtLeastOne, Kind, Names, NotNegative, Positive, Text, declare, items

if TYPE_CHECKING:
    from counterpoint.science import floorplan, twin

CHAIRS, DOOR, EXIT = "chairs", "door", "exit"
RULER = 0.01  # metres that an example may be off


@dataclass(frozen=True, eq=False)
class Floor:
    """A hall's plan with its ways, the branches (code → name) that it holds for, and names of its zones by language.

    `outs` are the ways of a plan that has its exits; without marked exits it has its door alone.
    """

    key: str
    branches: dict[str, str]
    plan: "floorplan.FloorPlan"
    walks: "floorplan.Walks"
    outs: "floorplan.Walks"
    zone_names: dict[str, dict[str, str]]
    exit_names: dict[str, dict[str, str]]
    cameras: "tuple[floorplan.Camera, ...]" = ()
    assembly: "tuple[AssemblyBody, ...]" = ()

    def minutes(self, kind: str, code: str) -> float:
        """Walking minutes from the chairs to a counter or device; 0 for one that is not on the plan."""
        known = any((place.kind, place.code) == (kind, code) for place in self.plan.places)
        return self.walks.minutes(kind, code) if known else 0.0


Point = tuple[float, float]  # metres


@dataclass(frozen=True)
class Area:
    """A rectangle (`from`, `to`) or convex corners."""

    from_: Annotated[Point | None, Field(alias="from")] = None
    to: Point | None = None
    corners: tuple[Point, ...] = ()

    @property
    def outline(self) -> tuple[Point, ...]:
        """Its corners; none when neither a rectangle nor corners are given."""
        if self.corners or self.from_ is None or self.to is None:
            return self.corners
        (x1, y1), (x2, y2) = self.from_, self.to
        return (x1, y1), (x2, y1), (x2, y2), (x1, y2)


@dataclass(frozen=True, kw_only=True)
class ZoneBody(Area):
    """A part of the hall with its names."""

    code: Text
    names: Names


@dataclass(frozen=True, kw_only=True)
class ObstacleBody(Area):
    """What nobody walks through."""

    kind: Text


@dataclass(frozen=True)
class ChairsBody:
    """A group of chairs; `seats` weigh it."""

    at: Point
    seats: AtLeastOne = 1


@dataclass(frozen=True, kw_only=True)
class CameraBody:
    """A camera of the asset register by its code: where it hangs, degrees it looks at (0 right, 90 down the drawing),
    how wide, how many metres far."""

    code: Text
    at: Point
    direction: float
    angle: Positive
    reach: Positive


@dataclass(frozen=True, kw_only=True)
class ExitBody:
    """A way out of the hall, for when it is cleared."""

    code: Text
    names: Names
    at: Point


@dataclass(frozen=True, kw_only=True)
class AssemblyBody:
    """Where people gather outside, and the metres to it from the exits (code → metres)."""

    names: Names
    metres: dict[str, NotNegative]


@dataclass(frozen=True)
class FloorBody:
    """What the YAML of a floor plan may say; metres from the corner at the top left."""

    key: str
    branches: dict[str, str]
    size: Point
    obstacles: tuple[ObstacleBody, ...]
    chairs: tuple[ChairsBody, ...]
    zones: tuple[ZoneBody, ...] = ()
    counters: dict[str, Point] = field(default_factory=dict)
    devices: dict[str, Point] = field(default_factory=dict)
    door: Point | None = None
    clearance: NotNegative | None = None
    speed: Positive | None = None
    cameras: tuple[CameraBody, ...] = ()
    exits: tuple[ExitBody, ...] = ()
    assembly: tuple[AssemblyBody, ...] = ()


def _check(body: FloorBody) -> str:
    if any(not area.outline for area in (*body.zones, *body.obstacles)):
        return _("a zone or obstacle needs from and to, or corners")
    codes = [camera.code for camera in body.cameras]
    if len(set(codes)) < len(codes):
        return _("two cameras have one code")
    exits = {one.code for one in body.exits}
    if any(set(one.metres) - exits for one in body.assembly):
        return _("an assembly point names an exit that is not on the plan")
    return ""


def build(body: FloorBody) -> Floor:
    """The plan with its ways. ValueError says what is wrong; so it is when no way leads to a place."""
    from counterpoint.science import floorplan

    place = floorplan.Place
    places = [place(CHAIRS, str(n), *row.at, row.seats) for n, row in enumerate(body.chairs, 1)]
    if body.door is not None:
        places.append(place(DOOR, "", *body.door))
    for kind, held in (("counter", body.counters), ("device", body.devices)):
        places += [place(kind, code, *at) for code, at in held.items()]
    own = {name: getattr(body, name) for name in ("clearance", "speed") if getattr(body, name) is not None}
    plan = floorplan.FloorPlan(
        *body.size, tuple(places), tuple(floorplan.Obstacle(row.kind, row.outline) for row in body.obstacles),
        tuple(floorplan.Zone(row.code, row.outline) for row in body.zones), **own,
    )  # fmt: skip
    walks = floorplan.walks(plan)
    walks.to_frame()  # PlanError, a ValueError, when no way leads somewhere
    cameras = tuple(floorplan.Camera(c.code, *c.at, c.direction, c.angle, c.reach) for c in body.cameras)
    for camera in cameras:
        floorplan.require_hung(plan, camera)
    return Floor(
        body.key, body.branches, plan, walks, _outs(walks, body.exits), {row.code: row.names for row in body.zones},
        {row.code: row.names for row in body.exits}, cameras, body.assembly,
    )  # fmt: skip


def _outs(walks: "floorplan.Walks", exits: tuple[ExitBody, ...]) -> "floorplan.Walks":
    """The ways with the exits as places; the twin's own ways stay what they are."""
    from counterpoint.science import floorplan

    if not exits:
        return walks
    marked = tuple(floorplan.Place(EXIT, row.code, *row.at) for row in exits)
    outs = floorplan.walks(replace(walks.plan, places=(*walks.plan.places, *marked)))
    for way in floorplan.ways_out(outs):
        if way.exit is None:
            raise ValueError(_("no way leads from %(place)s to an exit") % {"place": way.place.name})
    return outs


def check_example(floor: Floor, example: dict[str, Any]) -> str:
    """Whether a way is as long as somebody measured with a ruler, or a point seen by just the cameras that are named.

    From the chairs a way is the mean over the seats; to an `exit` it starts at `from`, such as “counter 8”.
    """
    if "point" in example:
        return _seen_by(floor, example)
    if "exit" in example:
        number = {place.name: n for n, place in enumerate(floor.outs.plan.places)}
        metres = float(floor.outs.metres[number[str(example["from"])], number[f"{EXIT} {example['exit']}"]])
    else:
        metres = _to(floor, str(example["from"]), str(example["to"]))
    if abs(metres - example["metres"]) <= RULER:
        return ""
    return _("the way is %(metres).2f m long") % {"metres": metres}


def _to(floor: Floor, start: str, end: str) -> float:
    number = {(p.kind, p.code): n for n, p in enumerate(floor.plan.places)}
    kind = "device" if ("device", end) in number else "counter"
    if start == CHAIRS:
        return floor.walks.minutes(kind, end) * 60.0 * floor.plan.speed
    return float(floor.walks.metres[number[DOOR, ""], number[kind, end]])


def _seen_by(floor: Floor, example: dict[str, Any]) -> str:
    import numpy as np

    from counterpoint.science import floorplan

    seen = floorplan.watching(floor.plan, floor.cameras, np.array([example["point"]], dtype=np.float64))[:, 0]
    found = [camera.code for camera, sees in zip(floor.cameras, seen, strict=True) if sees]
    return "" if found == list(example["cameras"]) else _("it is seen by %(found)s") % {"found": found}


LABELS = {
    "branches": pgettext_lazy("field", "Branches: code and name"),
    "size": pgettext_lazy("field", "Width and depth in metres"),
    "clearance": pgettext_lazy("field", "Metres kept from walls"),
    "speed": pgettext_lazy("field", "Metres walked a second"),
    "zones": pgettext_lazy("field", "Zones"),
    "obstacles": pgettext_lazy("field", "Obstacles"),
    "corners": pgettext_lazy("field", "Corners"),
    "door": pgettext_lazy("field", "Door"),
    "chairs": pgettext_lazy("field", "Chairs"),
    "seats": pgettext_lazy("field", "Seats"),
    "at": pgettext_lazy("field", "Place"),
    "counters": pgettext_lazy("field", "Windows"),
    "devices": pgettext_lazy("field", "Machines"),
    "cameras": pgettext_lazy("field", "Cameras"),
    "direction": pgettext_lazy("field", "Looks at (degrees: 0 right, 90 down)"),
    "angle": pgettext_lazy("field", "Angle of view (degrees)"),
    "reach": pgettext_lazy("field", "Reach in metres"),
    "exits": pgettext_lazy("field", "Exits"),
    "assembly": pgettext_lazy("field", "Assembly points"),
    "metres": pgettext_lazy("field", "Metres from each exit"),
}
declare(
    Kind(
        "floor_plans",
        type=FloorBody,
        check=_check,
        build=build,
        check_example=check_example,
        title=gettext_lazy("Floor plans"),
        labels=LABELS,
    )
)


def floor_of(branch: OrgUnit, on: date) -> Floor | None:
    """The plan of the branch that is in force on a date; None when nobody drew one."""
    for item in items("floor_plans", on, branch.rule_pack).values():
        floor: Floor = item.value
        if floor.branches.get(branch.code) == branch.name:
            return floor
    return None


def floor_named(key: str, on: date, rule_pack: str) -> Floor | None:
    """The plan of a key that is in force on a date; None for no such plan."""
    item = items("floor_plans", on, rule_pack).get(key)
    return item.value if item is not None else None


@lru_cache(maxsize=256)
def with_walking(model: "twin.BranchModel", floor: Floor | None, measured: bool) -> "twin.BranchModel":
    """The branch with its plan's walking minutes, to machines only where counter times were ``measured``."""
    if floor is None:
        return model
    from counterpoint.science import floorplan

    return floorplan.with_walking(model, floor.walks, counters=not measured)
