"""Training that took place, read off what people passed: which branches a course reached, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.models import LessonRun
from counterpoint.academy.models.learning import PASSED
from counterpoint.academy.verbs import EFFECT
from counterpoint.foundation.api import OrgUnit, Scope, scoped, system_scope

REACHED = 3  # people of a branch who have passed every lesson of a course: from then on it counts as trained
SHOWN = 8

Passed = Mapping[tuple[UUID, UUID], Mapping[str, datetime]]  # (branch, person) → lesson → first passed


@dataclass(frozen=True)
class Proposal:
    """A course that reached some of the branches and not all: those trained, and the day on which the last of them
    was."""

    course: str
    names: Mapping[str, str]
    trained: tuple[OrgUnit, ...]
    since: date


def proposals(scope: Scope, units: Sequence[OrgUnit], now: datetime) -> list[Proposal]:
    """Trainings to be looked at, newest first. Only how many passed and when leaves this module, never who."""
    allowed = {one.pk: one for one in units if scope.may(EFFECT, one.path)}
    passed: dict[tuple[UUID, UUID], dict[str, datetime]] = defaultdict(dict)
    with scoped(system_scope((EFFECT,), tuple(one.path for one in allowed.values()), "academy.effect")):
        rows = LessonRun.objects.filter(state=PASSED, org_unit__in=list(allowed), passed_at__isnull=False)
        for unit, user, lesson, at in rows.order_by("-passed_at").values_list(
            "org_unit", "user", "lesson", "passed_at"
        ):  # fmt: skip
            passed[unit, user][lesson] = at
    if not passed:
        return []
    first = units[0]
    found = []
    for key, item in shelf(first, first.date_at(now)).courses.items():
        days = reached(passed, frozenset(item.value.lessons))
        if days and len(days) < len(allowed):
            last = max(allowed[unit].date_at(at) for unit, at in days.items())
            trained = tuple(one for one in units if one.pk in days)
            found.append(Proposal(key, item.value.names, trained, last))
    return sorted(found, key=lambda one: (one.since, one.course), reverse=True)[:SHOWN]


def reached(passed: Passed, lessons: frozenset[str]) -> dict[UUID, datetime]:
    """Branch → when the third of its people had passed all of the lessons. Pure."""
    done: dict[UUID, list[datetime]] = defaultdict(list)
    for (unit, _user), held in passed.items():
        if lessons and lessons <= set(held):
            done[unit].append(max(held[one] for one in lessons))
    return {unit: sorted(times)[REACHED - 1] for unit, times in done.items() if len(times) >= REACHED}
