"""A practised exercise as its lesson shows it: the branch that is open, what is checked and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.urls import set_script_prefix
from django.urls.base import get_script_prefix
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.lessons import Exercise, Open
from counterpoint.academy.learning import shown
from counterpoint.academy.learning.practising import STEPS
from counterpoint.academy.models import LessonRun
from counterpoint.academy.practice import worlds
from counterpoint.academy.rules.checking import Check
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import OrgUnit, roles
from counterpoint.primitives.cases import case_types
from counterpoint.primitives.content import ContentError
from counterpoint.ui import reader

WORDS = {
    "self": lambda: _("you yourself"), "other": lambda: _("somebody else"), "open": lambda: _("not begun yet"),
    "doing": lambda: _("in hand"), "resolved": lambda: _("to be checked"), "closed": lambda: _("closed for good"),
    "dropped": lambda: _("dropped"), "seen": lambda: _("somebody takes care"), "draft": lambda: _("a draft"),
    "submitted": lambda: _("handed in"), "asked": lambda: _("asked for"), "granted": lambda: _("granted"),
    "refused": lambda: _("refused"), "requested": lambda: _("asked for"), "approved": lambda: _("granted"),
    "withdrawn": lambda: _("withdrawn"), "yes": lambda: _("yes"), "no": lambda: _("no"),
}  # fmt: skip


class Opened(Protocol):
    """What is done on a page: an exercise, or an errand of a drill."""

    @property
    def open(self) -> Open: ...


@dataclass(frozen=True)
class CheckLine:
    """One check: what must be found, whether it was, and what was found; None before anything was checked."""

    words: str
    holds: bool | None = None
    found: str = ""


@dataclass(frozen=True)
class Practice:
    """A practised exercise. `address` leads into its branch, empty while none is open; `moment` is the time there."""

    post: str
    begins: str
    lines: tuple[CheckLine, ...]
    checked: bool
    address: str = ""
    moment: datetime | None = None
    steps: tuple[tuple[int, str], ...] = ()


def practice_of(exercise: Exercise, run: LessonRun | None, branch: OrgUnit, real: datetime) -> Practice:
    """What the lesson's page shows of it at `real`, the host's time."""
    world = worlds.held(run.world) if run else None
    held = run.verdict.get("lines", []) if run else []
    kept = [*held, *[None] * (len(exercise.checks) - len(held))]
    lines = tuple(
        _line(one, line, branch, branch.date_at(real)) for one, line in zip(exercise.checks, kept, strict=False)
    )
    post = roles.ROLES[exercise.post].label
    begun = Practice(str(post), exercise.time, lines, bool(held))
    if world is None:
        return begun
    steps = tuple((minutes, _time(minutes)) for minutes in STEPS)
    moment = world.now(real).astimezone(ZoneInfo(branch.time_zone))
    return Practice(str(post), exercise.time, lines, bool(held), inside(world, exercise), moment, steps)


def _time(minutes: int) -> str:
    return _("%(n)d min") % {"n": minutes} if minutes < 60 else _("%(n)d h") % {"n": minutes // 60}


def inside(world: Any, exercise: Opened) -> str:
    """The page where the exercise begins, inside its practice branch."""
    prefix = get_script_prefix()
    set_script_prefix(f"/practice/{world.org_unit.code}/")
    try:
        return shown.address(exercise.open)
    finally:
        set_script_prefix(prefix)


def _line(check: Check, kept: dict[str, Any] | None, branch: OrgUnit, on: date) -> CheckLine:
    if kept is None:
        return CheckLine(tell(check.words))
    return CheckLine(tell(check.words), kept["holds"], found_words(check, kept.get("found"), branch, on))


def found_words(check: Check, value: Any, branch: OrgUnit, on: date) -> str:
    """What was found in the reader's language; empty for what has no words."""
    if value is None:
        return _("nothing yet")
    if isinstance(value, int | float):
        return shown.number(value)
    if value in WORDS:
        return WORDS[value]()
    return _level(str(check.args.get("type", "")), str(value), branch, on) if check.field == "level" else ""


def _level(kind: str, slug: str, branch: OrgUnit, on: date) -> str:
    try:
        found = case_types(on, branch.rule_pack, branch.path)[kind].level(slug)
    except (ContentError, KeyError):
        return ""
    return found.name(reader.language()) if found else ""
