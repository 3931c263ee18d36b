"""A floor plan as a picture with walking times, and the same as rows. Pure."""

from dataclasses import dataclass
from string import ascii_uppercase

from django.utils.translation import gettext as _

from counterpoint.onsite.catalogue import Catalogue
from counterpoint.onsite.queries.floors import Furnished

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
class Picture:
    """All that is drawn, in units of the picture, and the rows below it."""

    width: int
    height: int
    zones: tuple[Shape, ...]
    obstacles: tuple[Shape, ...]
    ways: tuple[Shape, ...]
    marks: tuple[Mark, ...]
    rows: tuple[Walk, ...]
    measured: bool


def picture(found: Furnished, content: Catalogue, language: str, measured: bool) -> Picture:
    """The plan with ways from the nearest chairs to every window and machine that somebody is served at.

    `measured`: counter times come from tickets, so the walk to windows is in them and is not added.
    """
    plan, walks = found.floor.plan, found.floor.walks
    goals = _goals(found, content, language)
    ways, marks, rows = [], [], []
    for place in plan.places:
        x, y = _unit(place.x), _unit(place.y)
        if place.kind in ("chairs", "door"):
            marks.append(Mark(place.kind, "", x, y))
            continue
        goal = goals.get((place.kind, place.code))
        if goal is None:
            continue
        sign, name = goal
        minutes = walks.minutes(place.kind, place.code)
        seconds = _("%(seconds)d s") % {"seconds": round(60 * minutes)}
        right, down = ASIDE[place.kind]
        marks.append(Mark(place.kind, sign, x, y, seconds, (x + right, y + down)))
        ways.append(Shape(place.kind, _points(walks.way(place.kind, place.code))))
        used = place.kind == "device" or not measured
        rows.append(Walk(name, sign, 60 * minutes * plan.speed, minutes, used))
    names = found.floor.zone_names
    for zone in plan.zones:
        left, low = min(x for x, _y in zone.corners), max(y for _x, y in zone.corners)
        text = names[zone.code].get(language) or names[zone.code]["zh-hans"]
        marks.append(Mark("zone", text, _unit(left) + 6, _unit(low) - 6))
    return Picture(
        _unit(plan.width), _unit(plan.depth), tuple(Shape("zone", _points(z.corners)) for z in plan.zones),
        tuple(Shape(o.kind, _points(o.corners)) for o in plan.obstacles), tuple(ways), tuple(marks), tuple(rows),
        measured,
    )  # fmt: skip


def _goals(found: Furnished, content: Catalogue, language: str) -> dict[tuple[str, str], tuple[str, str]]:
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


def _unit(metres: float) -> int:
    return round(metres * SCALE)


def _points(corners: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{_unit(x)},{_unit(y)}" for x, y in corners)
