"""Was a round walked? Codes were scanned at points of the hall at certain times: could a person have been there?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

FINE, TOO_FAST, LONG = "fine", "too_fast", "long"
FASTEST = 2.0  # metres a second: nobody runs through a hall with customers
LEAST = 3.0  # seconds to walk up to a label and scan it
LONGEST = 20.0  # minutes between two points after which the round was interrupted

Metres = Callable[[str, str], float | None]


@dataclass(frozen=True, slots=True)
class Scan:
    """A code that was scanned, and the second at which."""

    code: str
    second: float


@dataclass(frozen=True, slots=True)
class Leg:
    """From one point to the next. `metres` is the least way between them, None when it is not known."""

    start: str
    end: str
    metres: float | None
    least: float
    taken: float
    verdict: str


@dataclass(frozen=True)
class Walk:
    """A round as it was scanned against the one that was asked for. `score` 0–100: points seen × legs that can be."""

    legs: tuple[Leg, ...]
    missed: tuple[str, ...]
    strange: tuple[str, ...]
    in_order: bool
    score: float

    @property
    def metres(self) -> float:
        """Least length of the walk, where it is known."""
        return sum(leg.metres or 0.0 for leg in self.legs)


def walked(scans: Sequence[Scan], metres: Metres, route: Sequence[str] = ()) -> Walk:
    """Judge scans in the order of time. Without a `route` any points in any order will do.

    A leg is too fast when even the least way, at 2 m/s and with some seconds for the scan, takes longer.
    """
    ordered = sorted(scans, key=lambda scan: scan.second)
    legs = tuple(_leg(a, b, metres) for a, b in itertools.pairwise(ordered))
    seen = [scan.code for scan in ordered]
    missed = tuple(code for code in route if code not in seen)
    strange = tuple(dict.fromkeys(code for code in seen if route and code not in route))
    first = [code for code in dict.fromkeys(seen) if code in route]
    in_order = first == [code for code in route if code in first]
    wanted = len(route) or len(set(seen))
    share = (wanted - len(missed)) / wanted if wanted else 0.0
    possible = sum(leg.verdict == FINE for leg in legs) / len(legs) if legs else float(len(ordered) > 0)
    return Walk(legs, missed, strange, in_order, round(100 * share * possible, 1))


def _leg(start: Scan, end: Scan, metres: Metres) -> Leg:
    far = metres(start.code, end.code)
    least = LEAST + (far or 0.0) / FASTEST
    taken = end.second - start.second
    verdict = TOO_FAST if taken < least else LONG if taken > 60 * LONGEST else FINE
    return Leg(start.code, end.code, far, least, taken, verdict)


def apart(one: Sequence[tuple[float, float]], other: Sequence[tuple[float, float]]) -> float:
    """Least distance of two convex shapes (corners in order); 0 when they touch. A point is a shape of one corner."""
    if _overlap(one, other) or _overlap(other, one):
        return 0.0
    return min(min(_to_side(point, side) for point in a for side in _sides(b)) for a, b in ((one, other), (other, one)))


def _sides(shape: Sequence[tuple[float, float]]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return [(shape[i], shape[(i + 1) % len(shape)]) for i in range(len(shape))]


def _overlap(shape: Sequence[tuple[float, float]], other: Sequence[tuple[float, float]]) -> bool:
    """Whether a corner of the other lies within the shape."""
    if len(shape) < 3:
        return False

    def turn(a: tuple[float, float], b: tuple[float, float], p: tuple[float, float]) -> float:
        return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])

    for point in other:
        turns = [turn(a, b, point) for a, b in _sides(shape)]
        if all(t >= 0 for t in turns) or all(t <= 0 for t in turns):
            return True
    return False


def _to_side(point: tuple[float, float], side: tuple[tuple[float, float], tuple[float, float]]) -> float:
    (ax, ay), (bx, by) = side
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    share = 0.0 if length == 0 else max(0.0, min(1.0, ((point[0] - ax) * dx + (point[1] - ay) * dy) / length))
    return float(((point[0] - ax - share * dx) ** 2 + (point[1] - ay - share * dy) ** 2) ** 0.5)


def from_table(table: Mapping[tuple[str, str], float]) -> Metres:
    """Distances that are known, either way round."""
    return lambda a, b: 0.0 if a == b else table.get((a, b), table.get((b, a)))
