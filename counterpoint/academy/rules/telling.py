"""What is said of a judged day: keys of sentences with their data, no words. Pure; only what figures bear is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST = 5
APART = 3_600  # the same act missed within the hour that is judged is one moment, not several
COMPETENCY = {
    "window-open": "role.hall_steering", "window-close": "role.hall_steering", "person-move": "role.hall_steering",
    "call": "role.hall_steering", "call-next": "role.hall_steering", "first": "role.hall_steering",
    "put-back": "role.hall_steering", "flag": "role.hall_steering", "break-start": "role.rostering",
    "break-move": "role.rostering", "break-end": "role.rostering", "diversion": "role.devices",
    "divert": "role.devices", "answer": "role.conflict",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A sentence by its key, with the data that it needs."""

    key: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """A moment of the day: `better` (orders as JSON) would have saved `saved` ± `half` minutes of the coming hour, as
    could be known then; `after` is what the moment cost on the people who came. Empty `better`: not to order."""

    second: int
    done: str
    better: tuple[Any, ...]
    saved: float
    half: float
    after: float

    @property
    def act(self) -> str:
        """The act that was missed, or the one that should not have been given."""
        return str(self.better[0][1]) if self.better else self.done.split(":", 1)[0].split(" ", 1)[0]


def moments(data: Mapping[str, Any], most: int = MOST) -> tuple[Moment, ...]:
    """The dearest moments in the order of the day: those whose interval lies above 0 and that save what is worth
    saying."""
    worth = [one for one in data["points"] if not one["same"] and one["low"] > 0 and one["saved"] >= data["least"]]
    found: list[Moment] = []
    for one in sorted(worth, key=lambda one: (-one["saved"], one["second"])):
        half = (one["high"] - one["low"]) / 2
        moment = Moment(one["second"], one["done"], tuple(one["better"]), one["saved"], half, one["after"])
        if all(moment.act != other.act or abs(moment.second - other.second) >= APART for other in found):
            found.append(moment)
    return tuple(sorted(found[:most], key=lambda moment: moment.second))


def headline(data: Mapping[str, Any]) -> Said:
    """What decided the day."""
    found = moments(data, 1)
    figures = {"loss": data["loss"]["total"], "best": data["reached"], "nothing": data["nothing"]["total"]}
    if found:
        return Said("decided", {"moment": found[0], **figures})
    if data["regret"] <= data["least"]:
        return Said("reached", figures)
    if data["expected"] and data["loss"]["total"] > data["expected"][2]:
        return Said("luck", figures)
    return Said("steady", figures)


def split(data: Mapping[str, Any]) -> Said:
    """Luck against skill in one sentence; `open` while the redraws are not played yet."""
    if not data["expected"]:
        return Said("open")
    figures = {"expected": data["expected"][0], "days": data["days"], "skill": data["skill"], "luck": data["luck"]}
    if abs(data["luck"]) < data["least"]:
        return Said("even", figures)
    return Said("bad_luck" if data["luck"] > 0 else "good_luck", figures)


def bar(data: Mapping[str, Any]) -> tuple[tuple[str, float, float], ...]:
    """The bar of three parts as (key, start, width) in thousandths: expected, decisions, luck; good luck takes away
    from the right. Empty while the redraws are not played."""
    if not data["expected"]:
        return ()
    expected, skill, luck = data["expected"][0], max(0.0, data["skill"]), data["luck"]
    whole = max(expected + skill + max(0.0, luck), 1e-9)
    scale = 1000.0 / whole
    end = expected + skill
    parts = [("expected", 0.0, expected), ("skill", expected, skill)]
    parts.append(("bad_luck", end, luck) if luck >= 0 else ("good_luck", max(0.0, end + luck), min(end, -luck)))
    return tuple((key, round(start * scale, 1), round(width * scale, 1)) for key, start, width in parts)


def weakest(data: Mapping[str, Any]) -> str:
    """The competency with the largest regret before the event among what is worth saying; empty when nothing is."""
    found: dict[str, float] = {}
    for one in moments(data, len(data["points"])):
        key = COMPETENCY.get(one.act, "role.hall_steering")
        found[key] = found.get(key, 0.0) + one.saved
    return max(sorted(found), key=lambda key: found[key], default="")
