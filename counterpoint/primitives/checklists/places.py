"""Where an answer was given: the labels of a branch's points, and how far a noted place lies from where it should."""

import base64
import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from counterpoint.primitives.checklists.definition import Checklist, Item, Spot

if TYPE_CHECKING:
    from counterpoint.foundation.api import OrgUnit

EARTH = 6_371_008.8  # metres: the mean radius
GOOD: Final = "good"
BAD: Final = "bad"
UNCHECKED: Final = "unchecked"
NOWHERE, COARSE = "nowhere", "coarse"
LETTERS = 10


@dataclass(frozen=True)
class Placed:
    """A noted place: metres to where it should be (None where that is not known), how exact the phone said it is, and
    why it could not be checked: `nowhere` to measure from, or too `coarse`."""

    verdict: Literal["good", "bad", "unchecked"]
    metres: float | None
    accuracy: float | None
    why: str = ""


def judged(value: Any, spot: Spot | None, radius: int, kind: str = "place") -> Placed | None:
    """Within `radius` metres and the phone's own uncertainty it is good, farther it is not; a place that is known to
    fewer metres than the radius cannot tell. None for what is no place."""
    if kind != "place" or not isinstance(value, dict):
        return None
    accuracy = value.get("accuracy")
    if spot is None:
        return Placed(UNCHECKED, None, accuracy, NOWHERE)
    far = metres(Spot(value["lat"], value["lon"]), spot)
    if far > radius + (accuracy or 0) and accuracy is not None:
        return Placed(BAD, far, accuracy)
    if accuracy is None or accuracy > radius:
        return Placed(UNCHECKED, far, accuracy, COARSE)
    return Placed(GOOD, far, accuracy)


def wanted(item: Item, asset: str, branch: Spot | None) -> Spot | None:
    """Where the item's place should be: the machine's own spot, the item's, else the branch's unless it lies away."""
    for one in item.spots:
        if one.asset == asset:
            return Spot(one.latitude, one.longitude)
    return item.at or (None if item.away else branch)


def metres(one: Spot, other: Spot) -> float:
    """The way over the ground as the crow flies (haversine)."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(other.longitude - one.longitude)
    share = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(share)))


def spot_of(org_unit: "OrgUnit") -> Spot | None:
    """Where the branch lies, when it was entered."""
    if org_unit.latitude is None or org_unit.longitude is None:
        return None
    return Spot(float(org_unit.latitude), float(org_unit.longitude))


def code_of(org_unit: "OrgUnit", point: str) -> str:
    """What the label at a point of the branch says: the same for ever, another one at every branch, not to be guessed
    from the point's name."""
    told = hashlib.sha256(f"point:{org_unit.pk}:{point}".encode()).digest()
    return "pt" + base64.b32encode(told).decode().lower()[:LETTERS]


def codes(org_unit: "OrgUnit", checklist: Checklist) -> dict[str, str]:
    """Codes of the points that a checklist asks for."""
    return {item.point: code_of(org_unit, item.point) for item in checklist.items if item.point}
