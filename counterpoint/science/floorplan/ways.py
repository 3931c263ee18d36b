"""Shortest ways around what stands in the hall, by the graph of corners that see each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from counterpoint.science.floorplan.plan import ROUNDING, FloorPlan, PlanError, Point, edges

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Walks:
    """Shortest ways between the places of ``plan``.

    ``metres`` (places x places) is infinite where there is none; ``nodes`` (x, y) are the places and then the corners
    to turn at; ``before[i, j]`` is the node before j on the way from place i.
    """

    plan: FloorPlan
    metres: FloatArray
    nodes: FloatArray
    before: IntArray

    def minutes(self, kind: str, code: str) -> float:
        """Minutes from the chairs to a place: the mean over the groups of chairs, weighed by seats.

        Raises PlanError when the plan has no such place, or no way leads there.
        """
        to = self._number(kind, code)
        chairs = [(i, place.seats) for i, place in enumerate(self.plan.places) if place.kind == "chairs"]
        metres = sum(seats * self.metres[i, to] for i, seats in chairs) / sum(seats for _, seats in chairs)
        if not np.isfinite(metres):
            raise PlanError(f"No way leads from all chairs to {kind} {code}: leave a gap of twice the clearance.")
        return float(metres) / self.plan.speed / 60.0

    def way(self, kind: str, code: str) -> tuple[Point, ...]:
        """The points of the way from the nearest chairs to a place; PlanError as in :meth:`minutes`."""
        self.minutes(kind, code)
        to = self._number(kind, code)
        chairs = [i for i, place in enumerate(self.plan.places) if place.kind == "chairs"]
        return self.between(min(chairs, key=lambda i: self.metres[i, to]), to)

    def between(self, start: int, to: int) -> tuple[Point, ...]:
        """The points of the way between two places by their numbers; one must lead there."""
        found = [to]
        while found[-1] != start:
            found.append(int(self.before[start, found[-1]]))
        return tuple((float(x), float(y)) for x, y in self.nodes[found[::-1]])

    def to_frame(self) -> pd.DataFrame:
        """One row a counter and device: ``kind``, ``code``, ``metres`` and ``minutes`` from the chairs."""
        rows = []
        for place in (*self.plan.of("counter"), *self.plan.of("device")):
            minutes = self.minutes(place.kind, place.code)
            rows.append((place.kind, place.code, minutes * 60.0 * self.plan.speed, minutes))
        return pd.DataFrame(rows, columns=["kind", "code", "metres", "minutes"])

    def summary(self) -> dict[str, float]:
        """Mean and longest walk in minutes, by kind of place."""
        frame = self.to_frame()
        return {
            f"{kind}_{what}": float(value)
            for kind, mine in frame.groupby("kind")["minutes"]
            for what, value in (("mean", mine.mean()), ("longest", mine.max()))
        }

    def _number(self, kind: str, code: str) -> int:
        for number, place in enumerate(self.plan.places):
            if (place.kind, place.code) == (kind, code):
                return number
        raise PlanError(f"The plan has no {kind} {code}.")


def walks(plan: FloorPlan) -> Walks:
    """Shortest ways between all places of a plan.

    Two points see each other when the line between them enters no obstacle made larger by the clearance; a shortest
    way runs along such lines from corner to corner of the enlarged obstacles. Sides are moved out by the clearance, so
    that a sharp corner is passed a little farther away.
    """
    outward = np.array((0.0, 0.0, plan.clearance))
    solids = [np.array(edges(obstacle.corners)) + outward for obstacle in plan.obstacles]
    places = np.array([(place.x, place.y) for place in plan.places], dtype=np.float64)
    nodes = np.concatenate([places, _turning_points(plan, solids)])
    one, other = np.triu_indices(len(nodes), 1)
    seen = ~hidden(nodes[one], nodes[other], solids)
    one, other = one[seen], other[seen]
    length = np.maximum(np.hypot(*(nodes[one] - nodes[other]).T), 1e-12)  # two nodes at one spot are joined as well
    graph = csr_matrix((length, (one, other)), shape=(len(nodes), len(nodes)))
    metres, before = dijkstra(graph, directed=False, indices=np.arange(len(places)), return_predecessors=True)
    between = metres[:, : len(places)]
    return Walks(plan, np.minimum(between, between.T), nodes, before.astype(np.int64))


def _turning_points(plan: FloorPlan, solids: list[FloatArray]) -> FloatArray:
    """Corners of the enlarged obstacles where somebody can be: in the hall and in no other obstacle."""
    corners = [
        np.linalg.solve(np.array([a[:2], b[:2]]), (a[2], b[2])) for solid in solids for a, b in _neighbours(solid)
    ]
    points = np.array(corners, dtype=np.float64).reshape(-1, 2)
    room = (points >= plan.clearance - ROUNDING) & (
        points <= np.array([plan.width, plan.depth]) - plan.clearance + ROUNDING
    )
    free = room.all(axis=1) & ~hidden(points, points, solids)
    return points[free]


def _neighbours(solid: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    return list(zip(solid, np.roll(solid, -1, axis=0), strict=True))


def hidden(start: FloatArray, end: FloatArray, solids: list[FloatArray]) -> NDArray[np.bool_]:
    """Whether each line from start to end (n x 2 each) enters the inside of a solid (rows: normal x, y, distance)."""
    hidden = np.zeros(len(start), dtype=bool)
    step = end - start
    for solid in solids:
        room = solid[:, 2] - ROUNDING - start @ solid[:, :2].T  # lines x sides: how deep the start lies
        pace = step @ solid[:, :2].T
        flat = np.abs(pace) < 1e-15
        with np.errstate(divide="ignore", invalid="ignore"):
            at = room / pace
        enters = np.where(flat, np.where(room > 0, 0.0, np.inf), np.where(pace < 0, at, 0.0)).max(axis=1)
        leaves = np.where(~flat & (pace > 0), at, 1.0).min(axis=1)
        hidden |= np.maximum(enters, 0.0) < np.minimum(leaves, 1.0)
    return hidden
