"""Small random halls on a lattice, for the property tests."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from counterpoint.science import floorplan

STEP = 0.125  # metres between lattice points; places stand on them


def random_hall(rng: np.random.Generator, obstacles: int | None = None) -> floorplan.FloorPlan:
    """A hall of about six by five metres with up to five rectangles and triangles, and four places between them."""
    width, depth = (float(v) for v in rng.integers(36, 56, size=2) * STEP)
    clearance = float(rng.choice([0.125, 0.25]))
    bare = floorplan.FloorPlan(width, depth, (floorplan.Place("chairs", "a", clearance, clearance),), (), (), clearance)
    found: list[floorplan.Obstacle] = []
    for _ in range(int(rng.integers(0, 6)) if obstacles is None else obstacles):
        found.append(random_obstacle(rng, bare))
    places: list[floorplan.Place] = []
    for kind, code in (("chairs", "a"), ("chairs", "b"), ("counter", "1"), ("device", "m")):
        place = _somewhere(rng, replace(bare, places=bare.places), found, kind, code)
        if place is not None:
            places.append(place)
    return replace(bare, places=tuple(places), obstacles=tuple(found)) if places else random_hall(rng)


def random_obstacle(rng: np.random.Generator, plan: floorplan.FloorPlan) -> floorplan.Obstacle:
    """A rectangle along the walls, a rectangle turned by some angle, or a triangle with equal sides."""
    x, y = float(rng.uniform(0, plan.width)), float(rng.uniform(0, plan.depth))
    half, other = (float(v) for v in rng.uniform(0.1, 1.4, size=2))
    if rng.random() < 0.5:
        return floorplan.rectangle("wall", (x - half, y - other), (x + half, y + other))
    angle = float(rng.uniform(0, math.pi))
    if rng.random() < 0.3:
        corners = [(half * math.cos(angle + k), half * math.sin(angle + k)) for k in np.arange(3) * 2 * math.pi / 3]
    else:
        flat = [(-half, -other), (half, -other), (half, other), (-half, other)]
        turn = math.cos(angle), math.sin(angle)
        corners = [(a * turn[0] - b * turn[1], a * turn[1] + b * turn[0]) for a, b in flat]
    return floorplan.Obstacle("pillar", tuple((float(x + a), float(y + b)) for a, b in corners))


def _somewhere(
    rng: np.random.Generator, plan: floorplan.FloorPlan, obstacles: list, kind: str, code: str
) -> floorplan.Place | None:
    for _ in range(60):
        x = float(rng.integers(1, round(plan.width / STEP)) * STEP)
        y = float(rng.integers(1, round(plan.depth / STEP)) * STEP)
        try:
            place = floorplan.Place(kind, code, x, y, float(rng.integers(1, 9)))
            replace(plan, places=(replace(place, kind="chairs"),), obstacles=tuple(obstacles), clearance=0.45)
        except floorplan.PlanError:
            continue
        return place
    return None
