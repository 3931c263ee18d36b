"""The day of an exam in the reader's words: before it begins, on the exam's page, in the result and in the bank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.blueprints import BlueprintBody, Simulator
from counterpoint.academy.catalogue.reading import pinned
from counterpoint.academy.catalogue.scenarios import SCENARIOS
from counterpoint.academy.drill import log
from counterpoint.academy.exams import playing_day
from counterpoint.academy.exams.days import Day
from counterpoint.academy.exams.grading import DROPPED
from counterpoint.academy.exams.queries import newest_grades
from counterpoint.academy.learning.shown import number
from counterpoint.academy.models import Grade, Sitting
from counterpoint.academy.models.drill import OVER, READY
from counterpoint.academy.models.exams import SUBMITTED
from counterpoint.academy.rules import days as rules
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import Scope, calendar, scoped
from counterpoint.primitives.content import minute_of


def window(part: Simulator) -> dict[str, Any]:
    """What is played, for whoever has not begun."""
    end = minute_of(part.start) + part.minutes
    return {
        "from": part.start, "until": calendar.wall(end), "lasts": part.lasts, "speed": part.speed,
        "percent": round(100 * part.weight), "standard": round(100 * part.standard),
    }  # fmt: skip


def on_the_page(sitting: Sitting, body: BlueprintBody, now: datetime) -> dict[str, Any] | None:
    """The day on the page of a running exam: what it is, whether it runs, whether the time is still enough. Inside a
    scope."""
    if body.simulator is None or sitting.session is None:
        return None
    session, left = sitting.session, int((sitting.deadline_at - now).total_seconds() // 60)
    state = "ready" if session.state == READY else "over" if session.state == OVER else "running"
    return {
        **window(body.simulator), "name": _name(sitting), "story": _story(sitting), "state": state, "left": left,
        "short": state == "ready" and left < body.simulator.lasts, "url": reverse("academy:drill", args=[session.pk]),
    }  # fmt: skip


def _scene(sitting: Sitting) -> Any:
    return pinned(SCENARIOS, sitting.day["scenario"], sitting.day["version"], sitting.org_unit)


def _name(sitting: Sitting) -> str:
    item = _scene(sitting)
    return tell(item.value.names) if item else str(sitting.day["scenario"])


def _story(sitting: Sitting) -> str:
    item = _scene(sitting)
    return tell(item.value.story) if item else ""


@dataclass(frozen=True)
class Told:
    """The day of a result: shares in per cent, minutes, how hard it is, and where to look further."""

    name: str
    number: int
    begun: bool
    dropped: bool
    position: int
    standard: int
    points: int
    percent: int
    total: int
    loss: int
    nothing: int
    reference: int
    difficulty: str
    error: str
    lines: int
    whole: bool
    debrief: str


def told(sitting: Sitting, body: BlueprintBody, grade: Grade, *, debrief: bool) -> Told | None:
    """The day as it was graded, with the way to its `debrief` for whoever may read that; None for an exam without one.
    Inside a scope."""
    part, found, session = body.simulator, grade.day, sitting.session
    if part is None or session is None or "position" not in found:
        return None
    return Told(
        _name(sitting), sitting.day["number"], found["begun"], grade.basis.get("day") == DROPPED,
        round(100 * found["position"]), round(100 * part.standard), round(100 * playing_day.points(body, found)),
        round(100 * part.weight), round(100 * found["total"]), round(found["loss"]), round(sitting.day["nothing"]),
        round(sitting.day["reference"]), number(sitting.day["difficulty"]), number(sitting.day["difficulty_error"]),
        found["lines"], log.first_bad(session) is None,
        reverse("academy:debrief", args=[session.pk]) if debrief else "",
    )  # fmt: skip


UNFIT_WORDS = {
    "unmeasured": lambda: _("not measured yet"),
    "flat": lambda: _("skill saves too little: it would tell nobody apart"),
    "easy": lambda: _("a glance each half hour passes: too easy to fail"),
    "hard": lambda: _("not even the advisor's way passes: too hard"),
}  # fmt: skip


def players() -> dict[str, str]:
    """Scripted players by name, from the least to the most able."""
    return {
        rules.GLANCE: _("rule of thumb, each half hour"), rules.RULE: _("rule of thumb, each ten minutes"),
        rules.ADVISED: _("what the hall's advisor proposes"),
    }  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What people made of a day: how many sittings, their mean position."""

    sittings: int
    mean: float


def seen(scope: Scope) -> dict[str, Seen]:
    """By game, over the ended sittings that the caller sees."""
    with scoped(scope):
        rows = list(Sitting.objects.filter(state=SUBMITTED).exclude(session=None).only("pk", "day"))
        grades = newest_grades([row.pk for row in rows])
    held: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.pk in grades and grades[row.pk].day.get("begun"):
            held[row.day["game_hash"]].append(grades[row.pk].day["position"])
    return {name: Seen(len(some), sum(some) / len(some)) for name, some in held.items()}


def line(day: Day, people: Mapping[str, Seen]) -> dict[str, Any]:
    """A day as a row of the bank."""
    found, who = day.measured, people.get(day.game_hash)
    scene = pinned(SCENARIOS, day.part.scenario, day.version, day.stat.org_unit) if day.stat else None
    return {
        "day": day, "exam": tell(day.exam.value.names), "name": tell(scene.value.names) if scene else day.part.scenario,
        "number": day.number, "hash": day.game_hash, "unfit": UNFIT_WORDS[day.unfit]() if day.unfit else "",
        "spread": None if found is None else round(found.spread), "found": found,
        "ladder": _ladder(found), "difficulty": None if found is None else number(found.difficulty),
        "error": None if found is None else number(found.error), "sittings": who.sittings if who else 0,
        "mean": round(100 * who.mean) if who else None,
    }  # fmt: skip


def _ladder(found: rules.Measured | None) -> Sequence[tuple[str, int, list[int]]]:
    """(player, mean share, share of each try) in per cent."""
    if found is None:
        return []
    names = players()
    return [
        (names[key], round(100 * found.mean(key)), [round(100 * one) for one in found.ladder[key]])
        for key in rules.ABILITY
    ]
