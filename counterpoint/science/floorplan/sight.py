"""What cameras see of a hall, and the blind spots that are left: a lattice of squares, each judged at its middle.

Walls, pillars and machines block the sight of a camera under the ceiling; desks, chairs and counters do not (design
default, :data:`OPAQUE`). The floor is where somebody can stand: in no obstacle of any kind.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from counterpoint.science.floorplan.plan import ROUNDING, FloorPlan, Obstacle, Place, Point, edges, require
from counterpoint.science.floorplan.ways import FloatArray, hidden

OPAQUE = frozenset({"wall", "pillar", "machine"})
CELL = 0.25  # metres: a square in which one shoe stands
LEAST = 0.25  # square metres: smaller blind spots without anything in them are the edges of squares
BESIDE = 1e-5  # radians beside a corner at which the view jumps


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera: where it hangs, degrees it looks at (0 right, 90 down the drawing), how wide, and how many metres."""

    code: str
    x: float
    y: float
    direction: float
    angle: float
    reach: float

    def __post_init__(self) -> None:
        numbers = (self.x, self.y, self.direction, self.angle, self.reach)
        require(all(map(math.isfinite, numbers)), f"Camera {self.code}: every value must be a number.")
        require(0 < self.angle <= 360, f"Camera {self.code}: its angle is more than 0 and at most 360 degrees.")
        require(self.reach > 0, f"Camera {self.code}: its reach must be more than 0 metres.")


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """Floor in one piece that no camera sees: square metres, its middle, what stands in it, and the rectangles (left,
    top, right, bottom) that it is drawn with."""

    area: float
    middle: Point
    places: tuple[Place, ...]
    strips: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, eq=False)
class Sight:
    """Squares of ``cell`` metres, rows from the top: which are floor, and how many cameras see each."""

    plan: FloorPlan
    cell: float
    floor: NDArray[np.bool_]
    seen_by: NDArray[np.int64]
    blind: tuple[BlindSpot, ...]

    @property
    def area(self) -> float:
        """Square metres of floor."""
        return float(self.floor.sum()) * self.cell**2

    @property
    def seen(self) -> float:
        """Square metres of floor that at least one camera sees."""
        return float((self.floor & (self.seen_by > 0)).sum()) * self.cell**2

    @property
    def share(self) -> float:
        """Seen part of the floor, 0 to 1; 0 where there is no floor."""
        return self.seen / self.area if self.area else 0.0


def sight(plan: FloorPlan, cameras: Sequence[Camera], *, cell: float = CELL, least: float = LEAST) -> Sight:
    """Judge every square of the floor; what stands in a blind spot is judged where its customer stands.

    A blind spot below ``least`` square metres with nothing in it is left out. Raises PlanError for a camera outside the
    hall or inside of what it cannot see through.
    """
    require(0 < cell <= min(plan.width, plan.depth), f"A square of {cell} m does not fit into the hall.")
    for camera in cameras:
        require_hung(plan, camera)
    columns, rows = round(plan.width / cell), round(plan.depth / cell)
    xs, ys = np.meshgrid((np.arange(columns) + 0.5) * cell, (np.arange(rows) + 0.5) * cell)
    points = np.column_stack([xs.ravel(), ys.ravel()])
    floor = ~hidden(points, points, _solids(plan.obstacles)).reshape(rows, columns)
    seen_by = watching(plan, cameras, points).sum(axis=0).reshape(rows, columns)
    spots = np.array([(place.x, place.y) for place in plan.places], dtype=np.float64)
    dark = [place for place, n in zip(plan.places, watching(plan, cameras, spots).sum(axis=0), strict=True) if not n]
    return Sight(plan, cell, floor, seen_by.astype(np.int64), _blind(floor & (seen_by == 0), dark, cell, least))


def require_hung(plan: FloorPlan, camera: Camera) -> None:
    """Raise PlanError unless a camera hangs in the hall and outside of what blocks sight; on a wall is fine."""
    inside = 0 <= camera.x <= plan.width and 0 <= camera.y <= plan.depth
    require(inside, f"Camera {camera.code} must hang in the hall.")
    at = np.array([(camera.x, camera.y)])
    require(
        not hidden(at, at, _solids(_opaque(plan))).any(),
        f"Camera {camera.code} hangs inside of a wall, pillar or machine: move it to the surface.",
    )


def watching(plan: FloorPlan, cameras: Iterable[Camera], points: FloatArray) -> NDArray[np.bool_]:
    """Cameras x points (n x 2): whether the camera sees the point."""
    solids = _solids(_opaque(plan))
    found = [_in_view(camera, points) & ~_blocked(camera, points, solids) for camera in cameras]
    return np.array(found, dtype=bool).reshape(len(found), len(points))


def view(plan: FloorPlan, camera: Camera, *, degrees: float = 2.0) -> tuple[Point, ...]:
    """Outline of what a camera sees, by rays every few ``degrees`` and beside each corner; for the drawing.

    A camera that does not look all around is the first point of its own outline.
    """
    half = math.radians(camera.angle) / 2
    middle = math.radians(camera.direction)
    shapes = [one.corners for one in _opaque(plan)]
    turns = [_turn(math.atan2(y - camera.y, x - camera.x) - middle) for corners in shapes for x, y in corners]
    turns = [turn + beside for turn in turns for beside in (-BESIDE, 0.0, BESIDE)]
    steps = max(2, math.ceil(camera.angle / degrees))
    turns = sorted({-half, half, *(turn for turn in turns if -half < turn < half), *np.linspace(-half, half, steps)})
    walls = [((0.0, 0.0), (plan.width, 0.0), (plan.width, plan.depth), (0.0, plan.depth)), *shapes]
    sides = [(a, b) for corners in walls for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]
    found = [_ray(camera, middle + float(turn), sides) for turn in turns]
    return tuple(found) if camera.angle >= 360 else ((camera.x, camera.y), *found)


def _turn(angle: float) -> float:
    """The same angle between minus and plus half a turn."""
    return math.remainder(angle, 2 * math.pi)


def _ray(camera: Camera, angle: float, sides: Sequence[tuple[Point, Point]]) -> Point:
    """Where a line of sight ends: at the first side that it crosses, or at the camera's reach."""
    dx, dy = math.cos(angle), math.sin(angle)
    nearest = camera.reach
    for (ax, ay), (bx, by) in sides:
        ex, ey = bx - ax, by - ay
        cross = dx * ey - dy * ex
        if abs(cross) < 1e-12:
            continue
        along = ((ax - camera.x) * ey - (ay - camera.y) * ex) / cross
        part = ((ax - camera.x) * dy - (ay - camera.y) * dx) / cross
        if 1e-9 < along < nearest and -1e-9 <= part <= 1 + 1e-9:
            nearest = along
    return camera.x + nearest * dx, camera.y + nearest * dy


def _opaque(plan: FloorPlan) -> list[Obstacle]:
    return [one for one in plan.obstacles if one.kind in OPAQUE]


def _solids(obstacles: Iterable[Obstacle]) -> list[FloatArray]:
    return [np.array(edges(one.corners)) for one in obstacles]


def _in_view(camera: Camera, points: FloatArray) -> NDArray[np.bool_]:
    """Within reach and angle, whatever stands between."""
    away = points - (camera.x, camera.y)
    far = np.hypot(away[:, 0], away[:, 1])
    turn = np.degrees(np.arctan2(away[:, 1], away[:, 0])) - camera.direction
    turn = np.abs((turn + 180.0) % 360.0 - 180.0)
    near = far <= camera.reach + ROUNDING
    return np.asarray(near & ((turn <= camera.angle / 2 + ROUNDING) | (far < ROUNDING)), dtype=bool)


def _blocked(camera: Camera, points: FloatArray, solids: list[FloatArray]) -> NDArray[np.bool_]:
    start = np.broadcast_to(np.array((camera.x, camera.y)), points.shape)
    return hidden(start, points, solids)


def _blind(dark: NDArray[np.bool_], unseen: Sequence[Place], cell: float, least: float) -> tuple[BlindSpot, ...]:
    """Pieces of dark floor, each with the unseen places that stand in it or nearest to it, the largest first."""
    pieces, count = ndimage.label(dark)
    held: dict[int, list[Place]] = {n: [] for n in range(1, count + 1)}
    alone = []
    for place in unseen:
        number = _piece(pieces, place, cell)
        held[number].append(place) if number else alone.append(place)
    found = [_spot(pieces == n, tuple(places), cell) for n, places in held.items()]
    found = [one for one in found if one.places or one.area >= least - ROUNDING]
    found += [BlindSpot(cell**2, (p.x, p.y), (p,), (_square(p, cell),)) for p in alone]
    return tuple(sorted(found, key=lambda one: (-one.area, one.middle)))


def _square(place: Place, cell: float) -> tuple[float, float, float, float]:
    return place.x - cell / 2, place.y - cell / 2, place.x + cell / 2, place.y + cell / 2


def _piece(pieces: NDArray[np.int32], place: Place, cell: float) -> int:
    """The piece of a place's square, else one beside it; 0 for none."""
    row, column = int(place.y / cell), int(place.x / cell)
    around = pieces[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    inside = row < pieces.shape[0] and column < pieces.shape[1]
    own = int(pieces[row, column]) if inside else 0
    return own or int(around.max(initial=0))


def _spot(piece: NDArray[np.bool_], places: tuple[Place, ...], cell: float) -> BlindSpot:
    rows, columns = np.nonzero(piece)
    strips = []
    for row in np.unique(rows):
        own = columns[rows == row]
        for run in np.split(own, np.flatnonzero(np.diff(own) > 1) + 1):
            strips.append((run[0] * cell, row * cell, (run[-1] + 1) * cell, (row + 1) * cell))
    middle = float((columns.mean() + 0.5) * cell), float((rows.mean() + 0.5) * cell)
    told = tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in strips)
    return BlindSpot(float(piece.sum()) * cell**2, middle, places, told)
