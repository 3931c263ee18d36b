"""A floor plan as a picture with walking times, and the same as rows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_uppercase

from django.utils.translation import gettext as _

from counterpoint.onsite.catalogue import Catalogue
from counterpoint.onsite.floors import Floor
from counterpoint.onsite.queries.floors import Furnished
from counterpoint.ui import reader

SCALE = 40  # units of the picture a metre
ASIDE = {"counter": (0, 26), "device": (32, 5)}  # from the middle of a mark to the middle of its seconds


@dataclass(frozen=True)
class Shape:
    """A polygon or line of the drawing: what it is, its corners as SVG points."""

    kind: str
    points: str


@dataclass(frozen=True)
class Mark:
    """A sign or words at a place; `seconds` of walking stand at `aside`, below a window and beside a machine."""

    kind: str
    text: str
    x: int
    y: int
    seconds: str = ""
    aside: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Walk:
    """A row: where to, the sign in the picture, metres and minutes from the chairs, and whether they are added."""

    name: str
    sign: str
    metres: float
    minutes: float
    used: bool

    @property
    def seconds(self) -> int:
        """The minutes as the picture tells them."""
        return round(60 * self.minutes)


@dataclass(frozen=True)
class Drawing:
    """All that is drawn, in units of the picture. `under` lies below what stands in the hall, `ways` above it."""

    width: int
    height: int
    zones: tuple[Shape, ...]
    obstacles: tuple[Shape, ...]
    under: tuple[Shape, ...]
    ways: tuple[Shape, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Picture:
    """The drawing with walking times, and the rows below it."""

    drawing: Drawing
    rows: tuple[Walk, ...]
    measured: bool


def picture(found: Furnished, content: Catalogue, language: str, measured: bool) -> Picture:
    """The plan with ways from the nearest chairs to every window and machine that somebody is served at.

    `measured`: counter times come from tickets, so the walk to windows is in them and is not added.
    """
    plan, walks = found.floor.plan, found.floor.walks
    named = served_at(found, content, language)
    ways, marks, rows = [], [], []
    for place in plan.places:
        x, y = unit(place.x), unit(place.y)
        if place.kind in ("chairs", "door"):
            marks.append(Mark(place.kind, "", x, y))
            continue
        goal = named.get((place.kind, place.code))
        if goal is None:
            continue
        sign, name = goal
        minutes = walks.minutes(place.kind, place.code)
        seconds = _("%(seconds)d s") % {"seconds": round(60 * minutes)}
        right, down = ASIDE[place.kind]
        marks.append(Mark(place.kind, sign, x, y, seconds, (x + right, y + down)))
        ways.append(Shape(place.kind, points(walks.way(place.kind, place.code))))
        used = place.kind == "device" or not measured
        rows.append(Walk(name, sign, 60 * minutes * plan.speed, minutes, used))
    return Picture(drawing(found.floor, language, ways=ways, marks=marks), tuple(rows), measured)


def drawing(
    floor: Floor, language: str, *, under: Iterable[Shape] = (), ways: Iterable[Shape] = (), marks: Iterable[Mark] = ()
) -> Drawing:
    """The hall with its zones and what stands in it; a layer adds shapes, ways and marks."""
    plan, names = floor.plan, floor.zone_names
    zones = []
    for zone in plan.zones:
        left, low = min(x for x, _y in zone.corners), max(y for _x, y in zone.corners)
        zones.append(Mark("zone", reader.said(names[zone.code], language), unit(left) + 6, unit(low) - 6))
    return Drawing(
        unit(plan.width), unit(plan.depth), tuple(Shape("zone", points(z.corners)) for z in plan.zones),
        tuple(Shape(o.kind, points(o.corners)) for o in plan.obstacles), tuple(under), tuple(ways), (*marks, *zones),
    )  # fmt: skip


def served_at(found: Furnished, content: Catalogue, language: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Windows, and machines that can do some service: sign in the picture and name."""
    kinds = content.counter_kinds
    goals = {}
    for number, kind in sorted(found.counters.items()):
        name = _("Window %(number)s") % {"number": number}
        goals["counter", str(number)] = str(number), f"{name} · {kinds[kind].name(language)}" if kind in kinds else name
    able = {service.device for service in content.services.values()}
    useful = sorted((code, name) for code, (name, kind) in found.devices.items() if kind in able)
    for sign, (code, name) in zip(ascii_uppercase, useful, strict=False):
        goals["device", code] = sign, name
    return goals


def unit(metres: float) -> int:
    """Metres in units of the picture."""
    return round(metres * SCALE)


def points(corners: Iterable[tuple[float, float]]) -> str:
    """Corners as SVG points."""
    return " ".join(f"{unit(x)},{unit(y)}" for x, y in corners)
