"""What to do after a judged day: the lesson to read and the drill to play next, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.reading import pinned, shelf
from counterpoint.academy.catalogue.scenarios import SCENARIOS
from counterpoint.academy.debrief import shown
from counterpoint.academy.models import DrillSession
from counterpoint.academy.rules import sheet
from counterpoint.academy.rules.following import Scene, next_drill
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import OrgUnit
from counterpoint.primitives.content import items

OWN_LEVEL = 2  # difficulty of a day that is no scenario: the own branch's, and one that was lived


def lesson(session: DrillSession, weakest: str, unit: OrgUnit, now: datetime) -> dict[str, str] | None:
    """The lesson to read next: of the scenario's own the one that teaches most of what was weakest, else of all."""
    held = shelf(unit, unit.date_at(now)).lessons
    scene = pinned(SCENARIOS, session.scenario, session.version, unit) if session.version else None
    own = [key for key in scene.value.lessons if key in held] if scene else []
    weights = {key: held[key].value.competencies.get(weakest, 0.0) for key in own or sorted(held)}
    key = max(weights, key=lambda one: weights[one], default="")
    if not key or not (own or weights[key]):
        return None
    return {"name": tell(held[key].value.names), "url": reverse("academy:lesson", args=[key])}


def drill(session: DrillSession, data: Mapping[str, Any], unit: OrgUnit, now: datetime) -> dict[str, str] | None:
    """The drill to play next, with why: scenario key, name, and a sentence."""
    held = items(SCENARIOS, unit.date_at(now), unit.rule_pack, bank=unit.path)
    scenes = {key: Scene(item.value.level, item.value.competencies) for key, item in held.items()}
    level = scenes[session.scenario].level if session.scenario in scenes else OWN_LEVEL
    parts = shown.scores(data)
    found = next_drill(parts, sheet.total(parts), level, scenes, session.scenario)
    if found is None:
        return None
    step = _("a step harder") if found.step > 0 else _("a step easier") if found.step < 0 else _("as hard as this one")
    why = _("Weakest was “%(part)s” with %(score)d of 100; this day asks for it and is %(step)s.")
    words = {"part": shown.part_names()[found.part], "score": found.score, "step": step}
    return {"key": found.key, "name": tell(held[found.key].value.names), "why": why % words}
