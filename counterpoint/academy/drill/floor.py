"""The floor plan on which a drill's windows and machines stand, as the page's script draws it: metres, x right, y
down."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from counterpoint.academy.catalogue.branch_models import BRANCH_MODELS, BranchModelBody
from counterpoint.academy.models import DrillSession
from counterpoint.academy.models.drill import STRICT
from counterpoint.academy.rules.words import tell
from counterpoint.academy.science import playing
from counterpoint.onsite import api as onsite
from counterpoint.primitives.content import items

BEHIND = 0.35  # metres from the edge of a desk to whoever sits behind it
FRONT = ("counter", "furniture", "machine")  # what a window or machine stands on
Corners = tuple[tuple[float, float], ...]


def plan(row: DrillSession, game: playing.Game) -> dict[str, Any] | None:
    """The plan of a session's hall: size, shapes, zones with names, seats, door, and of each window and machine of the
    game the place of its customer and of itself. None where nobody drew one, or something of the game is not on it."""
    floor = _floor(row, game, row.org_unit.date_at(row.begun_at))
    if floor is None:
        return None
    held = {(place.kind, place.code): (place.x, place.y) for place in floor.plan.places}
    wanted = [("counter", one.code) for one in game.model.counters]
    wanted += [("device", one.code) for one in game.model.devices]
    if any(one not in held for one in wanted):
        return None
    desks = [one.corners for one in floor.plan.obstacles if one.kind in FRONT]
    places = [_round(*held[one], *_behind(held[one], desks)) for one in wanted]
    windows = len(game.model.counters)
    return {
        "size": [floor.plan.width, floor.plan.depth],
        "shapes": [[one.kind, [_round(*corner) for corner in one.corners]] for one in floor.plan.obstacles],
        "zones": [
            [tell(floor.zone_names[zone.code]), [_round(*corner) for corner in zone.corners]]
            for zone in floor.plan.zones
        ],
        "chairs": [[one.x, one.y, int(one.seats)] for one in floor.plan.of("chairs")],
        "door": next(([one.x, one.y] for one in floor.plan.of("door")), [floor.plan.width / 2, floor.plan.depth]),
        "windows": places[:windows], "machines": places[windows:],
    }  # fmt: skip


def _floor(row: DrillSession, game: playing.Game, on: date) -> onsite.Floor | None:
    """The own branch's plan; in an examination or a league that of the branch model which has these windows."""
    if row.purpose not in STRICT:
        return onsite.floor_of(row.org_unit, on)
    codes = {one.code for one in game.model.counters}
    for item in items(BRANCH_MODELS, on, row.org_unit.rule_pack).values():
        body: BranchModelBody = item.value
        if {str(one.number) for one in body.windows} == codes:
            return onsite.floor_named(body.floor_plan, on, row.org_unit.rule_pack)
    return None


def _behind(place: tuple[float, float], desks: list[Corners]) -> tuple[float, float]:
    """Where the window or machine of a customer's place is: just inside the nearest desk."""
    x, y = place
    near = [_nearest(place, corners) for corners in desks]
    far, at_x, at_y = min(((math.hypot(px - x, py - y), px, py) for px, py in near), default=(0.0, x, y))
    more = (far + BEHIND) / far if far else 1.0
    return x + (at_x - x) * more, y + (at_y - y) * more


def _nearest(place: tuple[float, float], corners: Corners) -> tuple[float, float]:
    """The point of a polygon's edge that is nearest to a place."""
    x, y = place
    found = []
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        long = (x2 - x1) ** 2 + (y2 - y1) ** 2
        part = min(1.0, max(0.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / long)) if long else 0.0
        found.append((x1 + part * (x2 - x1), y1 + part * (y2 - y1)))
    return min(found, key=lambda one: math.hypot(one[0] - x, one[1] - y))


def _round(*metres: float) -> list[float]:
    return [round(one, 2) for one in metres]
