"""Which drill to play next after a judged day: one that asks for what was weakest, a step harder or easier. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from counterpoint.academy.rules.sheet import Part

HARDER, EASIER = 80, 40  # of 100 of the whole sheet, from or below which the next day is a step harder or easier
LEVELS = (1, 5)
TRAINS: Mapping[str, tuple[str, ...]] = {
    "service": ("role.hall_steering", "role.service_knowledge", "role.devices"),
    "risk": ("role.fraud_watch", "role.compliance", "role.complaints", "role.conflict", "role.emergency_lead",
             "role.safety"),
    "people": ("role.rostering", "role.people", "role.conflict"),
    "cost": ("role.rostering", "role.hall_steering", "role.twin_use"),
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """A scenario that could be played: its difficulty and what it trains."""

    level: int
    competencies: Mapping[str, float]


@dataclass(frozen=True)
class Next:
    """The drill proposed: the scenario, the part of the sheet that it is for with its score, and by how much it is
    harder than the day that was played."""

    key: str
    part: str
    score: int
    step: int


def next_drill(
    parts: tuple[Part, ...], total: int, level: int, scenes: Mapping[str, Scene], played: str = ""
) -> Next | None:  # fmt: skip
    """Of the scenarios that train the weakest part the one nearest to the wanted difficulty, of equals the one that
    trains it most; never the one that was `played` while there is another. None where no scenario trains it."""
    known = [(one.score, one.key) for one in parts if one.score is not None]
    if not known:
        return None
    score, part = min(known, key=lambda one: one[0])
    wanted = min(LEVELS[1], max(LEVELS[0], level + (1 if total >= HARDER else -1 if total < EASIER else 0)))
    weights = {key: sum(one.competencies.get(name, 0.0) for name in TRAINS[part]) for key, one in scenes.items()}
    fit = [key for key in sorted(scenes) if weights[key] > 0]
    fit = [key for key in fit if key != played] or fit
    if not fit:
        return None
    best = min(fit, key=lambda key: (abs(scenes[key].level - wanted), -weights[key], key))
    return Next(best, part, score, scenes[best].level - level)
