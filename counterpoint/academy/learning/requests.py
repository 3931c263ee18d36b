"""Lessons that closed complaints ask for, as the page shows them: level, category, cause, never a customer's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.reading import Shelf
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import Scope
from counterpoint.primitives.content import items
from counterpoint.service import api as service
from counterpoint.ui import reader

STATES = ("asked", "taken", "declined")
CASE, SEES = "service.complaint", "service.complaint.view"
MARK = "academy.lesson:"


@dataclass(frozen=True)
class Wish:
    """A request with its words; `answered` is the lesson that took it up."""

    row: Any
    level: str
    category: str
    cause: str
    answered: str = ""
    may_take: bool = False


def states() -> list[tuple[str, str]]:
    """States with their words."""
    return [("asked", _("Not taken up yet")), ("taken", _("Taken up")), ("declined", _("No lesson needed"))]


def rows(scope: Scope, held: Shelf, state: str, now: datetime) -> list[Wish]:
    """Requests of the caller's branches in a state, newest first."""
    found = []
    for row in service.lesson_requests(scope=scope, state=state):
        branch = row.org_unit
        kind = items("case_types", branch.date_at(now), branch.rule_pack, bank=branch.path).get(CASE)
        lesson = row.taken_as.removeprefix(MARK) if row.taken_as.startswith(MARK) else ""
        answered = tell(held.lessons[lesson].value.names) if lesson in held.lessons else row.taken_as
        found.append(
            Wish(
                row, _level(kind, row.level), _choice(kind, "category", row.category),
                _choice(kind, "root_cause", row.cause), answered,
                state == "asked" and scope.may(SEES, row.org_path),
            )
        )  # fmt: skip
    return found


def _level(kind: Any, slug: str) -> str:
    level = kind.value.level(slug) if kind else None
    return level.name(reader.language()) if level else slug


def _choice(kind: Any, field: str, slug: str) -> str:
    slot = kind.value.field(field) if kind else None
    choice = next((one for one in slot.choices if one.slug == slug), None) if slot else None
    return choice.name(reader.language()) if choice else slug
