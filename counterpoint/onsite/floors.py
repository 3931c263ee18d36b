"""Floor plans as content: which branch has which, and the walking minutes that its twin gets from it.

A plan holds for the branches that it names with code and name, so that the plans of the demo meet no other bank's
branches. Whose counter times were measured gets no walk to its windows: a ticket's service begins at the call, and the
walk is in what was measured.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from counterpoint.foundation.api import OrgUnit
from counterpoint.primitives.content import Kind, declare, items

if TYPE_CHECKING:
    from counterpoint.science import floorplan, twin

CHAIRS, DOOR = "chairs", "door"
FIELDS = {"key", "branches", "size", "clearance", "speed", "zones", "obstacles", DOOR, CHAIRS, "counters", "devices"}
RULER = 0.01  # metres that an example may be off


@dataclass(frozen=True, eq=False)
class Floor:
    """A hall's plan with its ways, the branches (code → name) that it holds for, and names of its zones by language."""

    key: str
    branches: dict[str, str]
    plan: "floorplan.FloorPlan"
    walks: "floorplan.Walks"
    zone_names: dict[str, dict[str, str]]

    def minutes(self, kind: str, code: str) -> float:
        """Walking minutes from the chairs to a counter or device; 0 for one that is not on the plan."""
        known = any((place.kind, place.code) == (kind, code) for place in self.plan.places)
        return self.walks.minutes(kind, code) if known else 0.0


def parse(body: dict[str, Any]) -> Floor:
    """A body of YAML. ValueError, KeyError or TypeError say what is wrong; so it is when no way leads to a place."""
    from counterpoint.science import floorplan

    if unknown := sorted(set(body) - FIELDS):
        raise ValueError(f"{unknown[0]!r} is no field of a floor plan; use {sorted(FIELDS)}")
    place = floorplan.Place
    places = [place(CHAIRS, str(n), *_point(row["at"]), row.get("seats", 1)) for n, row in enumerate(body["chairs"], 1)]
    if DOOR in body:
        places.append(place(DOOR, "", *_point(body[DOOR])))
    for kind in ("counter", "device"):
        places += [place(kind, str(code), *_point(at)) for code, at in body.get(f"{kind}s", {}).items()]
    zones = body.get("zones", [])
    if nameless := next((row["code"] for row in zones if "zh-hans" not in row["names"]), None):
        raise ValueError(f"zone {nameless!r} has no name in zh-hans")
    width, depth = _point(body["size"])
    plan = floorplan.FloorPlan(
        width, depth, tuple(places), tuple(floorplan.Obstacle(row["kind"], _corners(row)) for row in body["obstacles"]),
        tuple(floorplan.Zone(row["code"], _corners(row)) for row in zones),
        **{name: float(body[name]) for name in ("clearance", "speed") if name in body},
    )  # fmt: skip
    walks = floorplan.walks(plan)
    walks.to_frame()  # PlanError, a ValueError, when no way leads somewhere
    branches = {str(code): str(name) for code, name in body["branches"].items()}
    return Floor(body["key"], branches, plan, walks, {row["code"]: row["names"] for row in zones})


def _point(raw: Any) -> tuple[float, float]:
    if not isinstance(raw, list) or len(raw) != 2 or any(type(number) not in (int, float) for number in raw):
        raise ValueError(f"a point is two numbers in metres, [x, y], not {raw!r}")
    return float(raw[0]), float(raw[1])


def _corners(row: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    if "corners" in row:
        return tuple(_point(corner) for corner in row["corners"])
    (x1, y1), (x2, y2) = _point(row["from"]), _point(row["to"])
    return (x1, y1), (x2, y1), (x2, y2), (x1, y2)


def check_example(floor: Floor, example: dict[str, Any]) -> str:
    """Whether a way is as long as somebody measured with a ruler; from the chairs it is the mean over the seats."""
    start, end = str(example["from"]), str(example["to"])
    number = {(p.kind, p.code): n for n, p in enumerate(floor.plan.places)}
    kind = "device" if ("device", end) in number else "counter"
    if start == CHAIRS:
        metres = floor.walks.minutes(kind, end) * 60.0 * floor.plan.speed
    else:
        metres = float(floor.walks.metres[number[DOOR, ""], number[kind, end]])
    return "" if abs(metres - example["metres"]) <= RULER else f"the way is {metres:.2f} m long"


declare(Kind("floor_plans", parse, check_example=check_example))


def floor_of(branch: OrgUnit, on: date) -> Floor | None:
    """The plan of the branch that is in force on a date; None when nobody drew one."""
    for item in items("floor_plans", on, branch.rule_pack).values():
        floor: Floor = item.value
        if floor.branches.get(branch.code) == branch.name:
            return floor
    return None


@lru_cache(maxsize=256)
def with_walking(model: "twin.BranchModel", floor: Floor | None, measured: bool) -> "twin.BranchModel":
    """The branch with its plan's walking minutes, to machines only where counter times were ``measured``."""
    if floor is None:
        return model
    from counterpoint.science import floorplan

    return floorplan.with_walking(model, floor.walks, counters=not measured)
