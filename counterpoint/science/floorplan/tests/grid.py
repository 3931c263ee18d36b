"""Shortest ways a second time: Dijkstra over a fine lattice with sixteen directions. Shares no code with the library.

A lattice way is never shorter than the true one (its steps are checked to be free), and at most ``STRETCH`` times as
long as a way that keeps ``MARGIN`` more clearance: between two neighbouring directions lie at most 26.57 degrees, and a
staircase stays within two lattice steps of the line that it follows.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from counterpoint.science.floorplan import FloorPlan
from counterpoint.science.floorplan.tests.random_halls import STEP

STRETCH = 1 / math.cos(math.atan2(1, 2) / 2)
SLACK = STEP / 8  # a step of up to 2.24 lattice units is looked at in 20 points
MARGIN = 2.5 * STEP
DIRECTIONS = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))


def free(plan: FloorPlan, points: np.ndarray) -> np.ndarray:
    """Which points keep clearance and slack from walls and obstacles, by cross products with the sides."""
    near = plan.clearance
    good = (points[:, 0] >= near) & (points[:, 1] >= near)
    good &= (points[:, 0] <= plan.width - near) & (points[:, 1] <= plan.depth - near)
    for obstacle in plan.obstacles:
        corners = np.array(obstacle.corners)
        middle = corners.mean(axis=0)
        outside = np.zeros(len(points), dtype=bool)
        for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            side = (b - a) / np.hypot(*(b - a))
            away = (points - a) @ np.array([side[1], -side[0]])
            inner = (middle - a) @ np.array([side[1], -side[0]])
            outside |= (away if inner < 0 else -away) >= near + SLACK
        good &= outside
    return good


def lattice_metres(plan: FloorPlan) -> np.ndarray:
    """Places x places: length of the shortest lattice way; infinite where there is none."""
    columns, rows = round(plan.width / STEP) + 1, round(plan.depth / STEP) + 1
    xs, ys = np.meshgrid(np.arange(columns), np.arange(rows), indexing="ij")
    points = np.column_stack([xs.ravel(), ys.ravel()]) * STEP
    starts, ends, lengths = [], [], []
    for dx, dy in DIRECTIONS:
        fits = (xs + dx < columns) & (ys + dy < rows) & (ys + dy >= 0)
        a = np.flatnonzero(fits.ravel())
        b = a + dx * rows + dy
        good = np.ones(len(a), dtype=bool)
        for part in np.linspace(0, 1, 20):
            good &= free(plan, points[a] + part * (points[b] - points[a]))
        starts.append(a[good])
        ends.append(b[good])
        lengths.append(np.full(good.sum(), STEP * math.hypot(dx, dy)))
    joined = (np.concatenate(lengths), (np.concatenate(starts), np.concatenate(ends)))
    graph = csr_matrix(joined, shape=(len(points), len(points)))
    at = [round(p.x / STEP) * rows + round(p.y / STEP) for p in plan.places]
    return dijkstra(graph, directed=False, indices=at)[:, at]
