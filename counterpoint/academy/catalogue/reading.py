"""Lessons, courses and questions in force at a branch, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from counterpoint.academy.catalogue.lessons import COURSES, LESSONS
from counterpoint.academy.catalogue.questions import MICRO, QUESTIONS
from counterpoint.foundation.api import OrgUnit
from counterpoint.primitives.content import ContentError, Item, get, items, version

AHEAD = timedelta(days=14)  # a coming version is taught so long before it rules


@dataclass(frozen=True)
class Shelf:
    """All that may be learnt at a unit on a date."""

    unit: OrgUnit
    on: date
    courses: Mapping[str, Item]
    lessons: Mapping[str, Item]

    def course(self, key: str) -> Item | None:
        """A course by its key, or the one that it went into; None when neither is in force."""
        into = next((one for one in self.courses.values() if key in one.value.replaces), None)
        return self.courses.get(key, into)

    def course_of(self, lesson: str) -> Item | None:
        """The course that a lesson stands in."""
        return next((one for one in self.courses.values() if lesson in one.value.lessons), None)

    def for_roles(self, roles: frozenset[str]) -> list[str]:
        """Lessons meant for these roles, course by course; those of no course last."""
        order = [key for course in self.courses.values() for key in course.value.lessons if key in self.lessons]
        order += [key for key in self.lessons if key not in order]
        return [key for key in order if roles & set(self.lessons[key].value.roles)]


def shelf(unit: OrgUnit, on: date) -> Shelf:
    """Courses by chapter and lessons in force at a unit."""
    courses = items(COURSES, on, unit.rule_pack, bank=unit.path)
    ordered = sorted(courses.items(), key=lambda pair: (pair[1].value.chapter, pair[0]))
    return Shelf(unit, on, dict(ordered), dict(sorted(items(LESSONS, on, unit.rule_pack, bank=unit.path).items())))


def pinned(kind: str, key: str, number: int, unit: OrgUnit) -> Item | None:
    """A version that was pinned; None when the unit's pack has none (another country's rule)."""
    try:
        return version(kind, key, number, unit.rule_pack, bank=unit.path)
    except ContentError:
        return None


def ruling(kind: str, key: str, unit: OrgUnit, on: date) -> Item | None:
    """The version in force on a date, or the one that comes into force within two weeks."""
    for day in (on + AHEAD, on):
        try:
            return get(kind, key, day, unit.rule_pack, bank=unit.path)
        except ContentError:
            continue
    return None


def question(key: str, unit: OrgUnit, on: date) -> Item | None:
    """A question in force, and so is the rule that says what is right."""
    found = items(QUESTIONS, on, unit.rule_pack, bank=unit.path).get(key)
    return found if found is not None and answerable(found, unit, on) else None


def answerable(asked: Item, unit: OrgUnit, on: date) -> bool:
    """Whether the rule that says what is right is in force on the day of the case."""
    rule = asked.value.rule
    return rule is None or rule.key in items(rule.kind, rule.day or on, unit.rule_pack, bank=unit.path)


def micro_of(unit: OrgUnit, on: date, marks: frozenset[str] = frozenset()) -> Item | None:
    """The micro lesson of a morning: one made for the month or the day first, otherwise each in its turn."""
    held = sorted(items(MICRO, on, unit.rule_pack, bank=unit.path).items())
    special = [item for _key, item in held if _is_for(item.value, on, marks)]
    usual = [item for _key, item in held if not item.value.months and not item.value.marks]
    chosen = special or usual
    return chosen[on.toordinal() % len(chosen)] if chosen else None


def _is_for(body: Any, on: date, marks: frozenset[str]) -> bool:
    return on.month in body.months or bool(marks & set(body.marks))
