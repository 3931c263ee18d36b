"""The floor plan's layers of safety: what no camera sees, and the ways out. Pure, but for the plan's own geometry."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from counterpoint.onsite.catalogue import Catalogue
from counterpoint.onsite.floors import Floor
from counterpoint.onsite.queries.floors import Furnished
from counterpoint.onsite.shown_floor import Drawing, Mark, Shape, drawing, points, served_at, unit
from counterpoint.ui import reader

if TYPE_CHECKING:
    from counterpoint.science import floorplan

SERVED = ("counter", "device")  # a blind spot in which something of these stands is the graver one
SLIVER = 0.1  # of a blind spot: a zone that holds less of it is not named
Named = dict[tuple[str, str], tuple[str, str]]  # (kind, code) → sign in the picture, name


@dataclass(frozen=True)
class Spot:
    """A blind spot: its number in the picture, square metres, the zones it lies in, what stands in it."""

    number: int
    area: float
    zones: tuple[str, ...]
    holds: tuple[str, ...]
    level: str


@dataclass(frozen=True)
class Seen:
    """The layer of cameras. `down` are cameras on the plan that do not work now, `lost` the square metres that only
    they would see; `unknown` hang on the plan but not in the register, `missing` the other way round."""

    drawing: Drawing
    percent: int
    area: float
    spots: tuple[Spot, ...]
    down: tuple[str, ...]
    lost: float
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    cameras: int


@dataclass(frozen=True)
class Out:
    """A place with its nearest exit, and by exit what the way is when that one is blocked (None: no way)."""

    name: str
    sign: str
    exit: str
    metres: float
    minutes: float
    outside: float | None
    otherwise: tuple[float | None, ...]

    @property
    def seconds(self) -> int:
        """The walk as the picture of walks tells it."""
        return round(60 * self.minutes)


@dataclass(frozen=True)
class Outs:
    """The layer of ways out. `longest` is in minutes as drawn, `worst` with the worst exit blocked (None for either:
    somebody has no way out then); `assembly` are the points outside with their metres from the exits."""

    drawing: Drawing
    exits: tuple[tuple[str, str], ...]
    blocked: str
    rows: tuple[Out, ...]
    longest: float | None
    worst: float | None
    assembly: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


@lru_cache(maxsize=256)
def _sight(floor: Floor, down: frozenset[str]) -> "floorplan.Sight":
    from counterpoint.science import floorplan

    return floorplan.sight(floor.plan, [one for one in floor.cameras if one.code not in down])


def seen(found: Furnished, content: Catalogue, language: str) -> Seen:
    """What the cameras that work now see of the floor."""
    from counterpoint.science import floorplan

    floor, named = found.floor, _names(found, content, language)
    on_plan = [one.code for one in floor.cameras]
    down = frozenset(code for code in on_plan if not found.cameras.get(code, True))
    now = _sight(floor, down)
    working = [one for one in floor.cameras if one.code not in down]
    under = [Shape("view", points(floorplan.view(floor.plan, one))) for one in working]
    spots, marks = [], []
    for number, one in enumerate(now.blind, 1):
        under += [Shape("blind", points(((a, b), (c, b), (c, d), (a, d)))) for a, b, c, d in one.strips]
        marks.append(Mark("spot", str(number), *_inside(one)))
        spots.append(_spot(number, one, floor, named, language))
    for camera in floor.cameras:
        kind = "camera-down" if camera.code in down else "camera"
        marks.append(_labelled(kind, camera.code, camera.x, camera.y, floor))
    return Seen(
        drawing(floor, language, under=under, marks=(*_places(floor, named), *marks)), round(100 * now.share), now.area,
        tuple(spots), tuple(sorted(down)), max(0.0, _sight(floor, frozenset()).seen - now.seen) if down else 0.0,
        tuple(code for code in on_plan if code not in found.cameras),
        tuple(sorted(set(found.cameras) - set(on_plan))), len(on_plan),
    )  # fmt: skip


def _spot(number: int, one: "floorplan.BlindSpot", floor: Floor, named: Named, language: str) -> Spot:
    here = [place for place in one.places if place.kind not in SERVED or (place.kind, place.code) in named]
    holds, grave = tuple(_called(place, named) for place in here), any(place.kind in SERVED for place in here)
    return Spot(number, one.area, _zones(one, floor, language), holds, "act" if grave else "watch")


def _inside(one: "floorplan.BlindSpot") -> tuple[int, int]:
    """Where its number stands: on the widest strip, so that it lies in the spot whatever its shape."""
    left, top, right, low = max(one.strips, key=lambda strip: strip[2] - strip[0])
    return unit((left + right) / 2), unit((top + low) / 2) + 5


def _zones(one: "floorplan.BlindSpot", floor: Floor, language: str) -> tuple[str, ...]:
    """The zones that it lies in, the one that holds most of it first; slivers are left out."""
    found = []
    for zone in floor.plan.zones:
        inside = sum(
            (right - left) * (low - top)
            for left, top, right, low in one.strips
            if _within(zone.corners, ((left + right) / 2, (top + low) / 2))
        )
        if inside > SLIVER * one.area:
            found.append((-inside, reader.said(floor.zone_names[zone.code], language)))
    return tuple(name for _inside, name in sorted(found))


def _within(corners: tuple[tuple[float, float], ...], point: tuple[float, float]) -> bool:
    turns = [
        (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)
        for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True)
    ]
    return all(turn >= 0 for turn in turns) or all(turn <= 0 for turn in turns)


def outs(found: Furnished, content: Catalogue, language: str, blocked: str = "") -> Outs:
    """The ways out, with one exit blocked when asked."""
    from counterpoint.science import floorplan

    floor, named = found.floor, _names(found, content, language)
    exits = floorplan.exits_of(floor.outs)
    words = {one.code: _exit(one.code, floor, language) for one in exits}
    blocked = blocked if blocked in words else ""
    free = floorplan.ways_out(floor.outs)
    without = [floorplan.ways_out(floor.outs, blocked=[one.code]) for one in exits] if len(exits) > 1 else []
    shown = without[list(words).index(blocked)] if blocked and without else free
    rows = [
        _out(way, [list(other)[n] for other in without], floor, named, words) for n, way in enumerate(shown)
        if way.place.kind == "chairs" or (way.place.kind, way.place.code) in named
    ]  # fmt: skip
    marks = [
        _labelled("exit-blocked" if one.code == blocked else "exit", words[one.code], one.x, one.y, floor)
        for one in exits
    ]
    ways = [Shape("out", points(way.points)) for way in shown if way.points]
    return Outs(
        drawing(floor, language, ways=ways, marks=(*_places(floor, named), *marks)), tuple(words.items()), blocked,
        tuple(rows), _longest(shown), _longest(way for other in without for way in other),
        tuple((reader.said(one.names, language), tuple((words[code], metres) for code, metres in one.metres.items()))
              for one in floor.assembly),
    )  # fmt: skip


def _longest(ways: "Iterable[floorplan.WayOut]") -> float | None:
    found = max((way.minutes for way in ways), default=math.inf)
    return found if math.isfinite(found) else None


def _out(
    way: "floorplan.WayOut", others: list["floorplan.WayOut"], floor: Floor, named: Named, words: dict[str, str]
) -> Out:
    sign, name = named.get((way.place.kind, way.place.code), ("", _called(way.place, named)))
    outside = None
    if way.exit is not None:
        metres = [one.metres[way.exit.code] for one in floor.assembly if way.exit.code in one.metres]
        outside = way.minutes + min(metres) / floor.plan.speed / 60 if metres else None
    return Out(
        name, sign, words[way.exit.code] if way.exit else "", way.metres, way.minutes, outside,
        tuple(60 * one.minutes if one.exit else None for one in others),
    )  # fmt: skip


def _exit(code: str, floor: Floor, language: str) -> str:
    return reader.said(floor.exit_names[code], language) if code in floor.exit_names else _("Door")


def _names(found: Furnished, content: Catalogue, language: str) -> Named:
    """Windows and all machines on the plan that the branch has: those that serve keep their sign of the walks."""
    named = served_at(found, content, language)
    for place in found.floor.plan.of("device"):
        if ("device", place.code) not in named and place.code in found.devices:
            named["device", place.code] = "", found.devices[place.code][0]
    return named


def _called(place: "floorplan.Place", named: Named) -> str:
    if (place.kind, place.code) in named:
        return named[place.kind, place.code][1]
    return {"chairs": _("Chairs, group %(code)s") % {"code": place.code}, "door": _("Door")}.get(place.kind, place.code)


def _places(floor: Floor, named: Named) -> Iterator[Mark]:
    for place in floor.plan.places:
        x, y = unit(place.x), unit(place.y)
        if place.kind in ("chairs", "door"):
            yield Mark(place.kind, "", x, y)
        elif (place.kind, place.code) in named:
            yield Mark(place.kind, named[place.kind, place.code][0], x, y)


def _labelled(kind: str, text: str, x: float, y: float, floor: Floor) -> Mark:
    """A mark with its words towards the middle of the hall, so that nothing is cut off at a wall."""
    left, top = unit(x), unit(y)
    right = -46 if x > floor.plan.width - 2 else 46 if x < 2 else 0
    down = 26 if y < 1 else -16 if y > floor.plan.depth - 1 or not right else 5
    return Mark(kind, text, left, top, aside=(left + right, top + down))
