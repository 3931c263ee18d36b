"""The plan of a hall as frozen values in metres: a rectangle, what stands in it, and the places where people go.

The origin is the corner at the top left of the drawing; x goes right, y goes down. Every value is checked when it is
made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
PLACES = ("chairs", "counter", "device", "door", "exit")
OBSTACLES = ("wall", "pillar", "counter", "staff", "furniture", "machine")
SHARPEST = 30.0  # degrees
ROUNDING = 1e-9  # metres


class PlanError(ValueError):
    """A plan that nobody could walk in; the message says which value and what to do."""


def require(condition: bool, message: str) -> None:
    """Raise :class:`PlanError` with ``message`` unless ``condition``."""
    if not condition:
        raise PlanError(message)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands or sits: ``kind`` is chairs, counter, device, door or exit.

    A counter's or device's place is where its customer stands. Customers come in by the door; by an exit they leave
    when the hall is cleared. ``seats`` weighs groups of chairs.
    """

    kind: str
    code: str
    x: float
    y: float
    seats: float = 1.0

    def __post_init__(self) -> None:
        require(self.kind in PLACES, f"Place kind {self.kind!r} is unknown; use one of {', '.join(PLACES)}.")
        _finite(f"Place {self.name}", (self.x, self.y))
        require(0 < self.seats < math.inf, f"Place {self.name}: seats must be more than 0, not {self.seats}.")

    @property
    def name(self) -> str:
        """Kind and code, which tell places of one plan apart."""
        return f"{self.kind} {self.code}"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What nobody walks through: a convex polygon, corners in order either way round. ``kind`` is for the drawing.

    Make an L of two rectangles; pieces that touch leave no gap.
    """

    kind: str
    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        require(self.kind in OBSTACLES, f"Obstacle kind {self.kind!r} is unknown; use one of {', '.join(OBSTACLES)}.")
        for corner in self.corners:
            _finite(f"A {self.kind}", corner)
        require(len(self.corners) >= 3, f"A {self.kind} needs three corners or more: {self.corners}.")
        turns = _turns(self.corners)
        one_way = all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)
        once = abs(abs(sum(turns)) - 360.0) < 1.0
        require(one_way and once, f"A {self.kind} must be convex: make {self.corners} of several pieces.")
        blunt = all(180.0 - abs(turn) >= SHARPEST - 1e-6 for turn in turns)
        require(blunt, f"A {self.kind} has a corner below {SHARPEST:g} degrees: blunt {self.corners}.")


def rectangle(kind: str, one: Point, other: Point) -> Obstacle:
    """An obstacle from two opposite corners, sides along the walls of the hall."""
    (x1, y1), (x2, y2) = one, other
    return Obstacle(kind, ((x1, y1), (x2, y1), (x2, y2), (x1, y2)))


@dataclass(frozen=True, slots=True)
class Zone:
    """A named part of the hall, for reading and drawing; it hinders nobody."""

    code: str
    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        require(len(self.corners) >= 3, f"Zone {self.code} needs three corners or more.")
        for corner in self.corners:
            _finite(f"Zone {self.code}", corner)


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """A hall of ``width`` times ``depth`` metres.

    ``clearance`` is how far the middle of a person keeps from walls and obstacles: half a body and a hand (design
    default). ``speed`` is metres a second from the chairs to a counter: less than the free walk of an adult, since
    people get up, look for the window and are often old (design default).
    """

    width: float
    depth: float
    places: tuple[Place, ...]
    obstacles: tuple[Obstacle, ...] = ()
    zones: tuple[Zone, ...] = ()
    clearance: float = 0.25
    speed: float = 1.0

    def __post_init__(self) -> None:
        for label in ("width", "depth", "clearance", "speed"):
            value = getattr(self, label)
            require(0 < value < math.inf, f"{label} must be positive, not {value}.")
        names = [place.name for place in self.places]
        twice = sorted({name for name in names if names.count(name) > 1})
        require(not twice, f"{', '.join(twice)} is on the plan twice.")
        require(any(place.kind == "chairs" for place in self.places), "Say where the waiting chairs stand.")
        for place in self.places:
            self._require_room(place)

    def of(self, kind: str) -> tuple[Place, ...]:
        """The places of a kind, in order."""
        return tuple(place for place in self.places if place.kind == kind)

    def _require_room(self, place: Place) -> None:
        gap = self.clearance - ROUNDING
        inside = gap <= place.x <= self.width - gap and gap <= place.y <= self.depth - gap
        require(inside, f"{place.name} must lie in the hall, {self.clearance:g} m or more from its walls.")
        for obstacle in self.obstacles:
            away = max(_beyond(obstacle.corners, (place.x, place.y)))
            require(
                away >= gap,
                f"{place.name} stands in an obstacle ({obstacle.kind}) or nearer than {self.clearance:g} m: move it to "
                "where the customer stands.",
            )


def _finite(label: str, numbers: Sequence[float]) -> None:
    good = len(numbers) == 2 and all(math.isfinite(number) for number in numbers)
    require(good, f"{label}: a point is two numbers in metres, not {numbers}.")


def edges(corners: Sequence[Point]) -> list[tuple[float, float, float]]:
    """Outward unit normal (x, y) of every side of a convex polygon, and how far the side lies out along it."""
    pairs = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)
    found = []
    for (x1, y1), (x2, y2) in pairs:
        length = math.copysign(math.hypot(x2 - x1, y2 - y1), area)
        normal = (y2 - y1) / length, (x1 - x2) / length
        found.append((*normal, normal[0] * x1 + normal[1] * y1))
    return found


def _beyond(corners: Sequence[Point], point: Point) -> list[float]:
    """Signed distances of a point from the lines through the sides; positive outside."""
    return [nx * point[0] + ny * point[1] - out for nx, ny, out in edges(corners)]


def _turns(corners: Sequence[Point]) -> list[float]:
    """Degrees turned at every corner on the way round, −180 to 180; 0 where two corners are one."""
    n = len(corners)
    found = []
    for i in range(n):
        (x0, y0), (x1, y1), (x2, y2) = corners[i - 1], corners[i], corners[(i + 1) % n]
        a, b = (x1 - x0, y1 - y0), (x2 - x1, y2 - y1)
        found.append(math.degrees(math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])))
    return found
