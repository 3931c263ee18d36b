"""Ways out of a hall: from every place to the nearest exit, and what is left when exits are blocked."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from counterpoint.science.floorplan.plan import Place, Point, require
from counterpoint.science.floorplan.ways import Walks


@dataclass(frozen=True, slots=True)
class WayOut:
    """From a place to its nearest exit; where none can be reached ``exit`` is None and the way endless."""

    place: Place
    exit: Place | None
    metres: float
    minutes: float
    points: tuple[Point, ...] = ()


def exits_of(walks: Walks) -> tuple[Place, ...]:
    """The exits of a plan; its doors where no exit is marked."""
    return walks.plan.of("exit") or walks.plan.of("door")


def ways_out(walks: Walks, *, blocked: Collection[str] = (), speed: float | None = None) -> tuple[WayOut, ...]:
    """The way of every place that is no exit or door, in the plan's order; minutes at the plan's ``speed`` or another.

    ``blocked`` are codes of exits that cannot be used. Walking alone: nobody waits for anybody at a door.
    Raises PlanError for an unknown exit or a speed that nobody walks at.
    """
    exits = exits_of(walks)
    strange = sorted(set(blocked) - {one.code for one in exits})
    require(not strange, f"The plan has no exit {', '.join(strange)}.")
    pace = walks.plan.speed if speed is None else speed
    require(0 < pace < math.inf, f"speed must be positive, not {pace}.")
    number = {place: n for n, place in enumerate(walks.plan.places)}
    open_ones = [one for one in exits if one.code not in blocked]
    found = []
    for place, start in number.items():
        if place.kind in ("exit", "door"):
            continue
        best = min(open_ones, key=lambda one: walks.metres[start, number[one]], default=None)
        metres = float(walks.metres[start, number[best]]) if best else math.inf
        if best is None or not math.isfinite(metres):
            found.append(WayOut(place, None, math.inf, math.inf))
        else:
            found.append(WayOut(place, best, metres, metres / pace / 60.0, walks.between(start, number[best])))
    return tuple(found)
