"""Bodies of blueprints: what an entry exam is made of, its time, when it is passed, how often it may be sat; beside its
questions it may have a day to be played."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from counterpoint.academy.catalogue.labels import QUESTION_WORDS
from counterpoint.academy.catalogue.lessons import LESSONS
from counterpoint.academy.catalogue.questions import QUESTIONS, QuestionBody
from counterpoint.academy.catalogue.scenarios import SCENARIOS
from counterpoint.academy.rules.grading import Played, total_of
from counterpoint.academy.rules.words import Both, BothOrNone
from counterpoint.foundation.api import roles
from counterpoint.primitives.content import (
    AtLeastOne,
    ClockTime,
    ContentError,
    Count,
    Item,
    Share,
    Text,
    every,
)

BLUEPRINTS = "blueprints"
BEFORE = 10  # minutes of the day that are seen before its window begins
TIMES = 3  # as many questions a cell must have as a form takes from it, so that two forms are seldom alike
Chapter = Annotated[int, Ge(1), Le(7)]


@dataclass(frozen=True)
class Cell:
    """So many questions about these chapters, of these depths (any without). In a section that adapts, `items` is the
    weight of the cell."""

    slug: Text
    chapters: Annotated[tuple[Chapter, ...], MinLen(1)]
    items: Annotated[int, Ge(1), Le(60)]
    depths: tuple[Literal["know", "apply", "judge"], ...] = ()

    def takes(self, chapter: int, body: QuestionBody) -> bool:
        """Whether a question belongs here."""
        return chapter in self.chapters and (not self.depths or body.depth in self.depths)


@dataclass(frozen=True)
class Section:
    """`fixed`: drawn at the beginning. `adaptive`: each question follows from the answers before it, at least `least`
    and at most `most`, until the ability is known to `stop_sd`; its answers are final."""

    slug: Text
    names: Both
    pick: Literal["fixed", "adaptive"]
    cells: Annotated[tuple[Cell, ...], MinLen(1), MaxLen(12)]
    least: Count = 0
    most: Count = 0
    stop_sd: Annotated[float, Ge(0.1), Le(1)] = 0.32

    @property
    def longest(self) -> int:
        """Questions at most."""
        return self.most if self.pick == "adaptive" else sum(one.items for one in self.cells)

    def wanted(self, cell: Cell) -> int:
        """Questions of a cell at most."""
        if self.pick == "fixed":
            return cell.items
        whole = sum(one.items for one in self.cells)
        return -(-self.most * cell.items // whole)


@dataclass(frozen=True)
class Cut:
    """Share of the counted questions that must be right, and the ability that must be shown where a section adapts."""

    theory: Share
    theta: Annotated[float, Ge(-3), Le(3)] | None = None


@dataclass(frozen=True)
class Attempts:
    """At most so many sittings within so many days; after the last of them a pause."""

    most: AtLeastOne
    days: AtLeastOne
    cooling_days: Count


@dataclass(frozen=True)
class Simulator:
    """A day to be played: `minutes` of a scenario's day from `start` at a branch model, the clock running `speed` times
    as fast, one of the `seeds` a sitting. `weight` is its part of all points. Who stays below the `standard` (the share
    of the way from doing nothing to the reference) does not pass, whatever the questions say."""

    scenario: Text
    seeds: Annotated[tuple[Annotated[int, Ge(1), Le(99_999)], ...], MinLen(3), MaxLen(40)]
    start: ClockTime
    minutes: Annotated[int, Ge(30), Le(480)]
    weight: Annotated[float, Ge(0.05), Le(0.9)]
    standard: Annotated[float, Ge(0.05), Le(0.9)]
    size: Literal["small", "medium", "flagship"] = "medium"
    speed: Literal[5, 10, 20, 60] = 10

    @property
    def lasts(self) -> int:
        """Minutes that playing it takes, with those before the window."""
        return -(-(self.minutes + BEFORE) // self.speed)


@dataclass(frozen=True)
class BlueprintBody:
    """An exam. `tried` questions stand in it that are only being measured and count nowhere. Questions whose difficulty
    was never measured `count` with the author's estimate, or are only `tried`."""

    names: Both
    about: Both
    posts: Annotated[tuple[Text, ...], MinLen(1)]
    minutes: Annotated[int, Ge(5), Le(180)]
    sections: Annotated[tuple[Section, ...], MinLen(1), MaxLen(6)]
    cut: Cut
    attempts: Attempts
    review: Literal["none", "wrong", "all"]
    origin: BothOrNone = field(default_factory=dict)
    locks_lessons: bool = True
    grace_seconds: Annotated[int, Ge(0), Le(120)] = 15
    tried: Annotated[int, Ge(0), Le(5)] = 0
    unmeasured: Literal["count", "try"] = "count"
    simulator: Simulator | None = None

    @property
    def adapts(self) -> bool:
        """Whether any section follows the answers."""
        return any(one.pick == "adaptive" for one in self.sections)


def wrong_blueprint(body: BlueprintBody) -> str:
    """What is wrong with a blueprint; empty when nothing is."""
    return next(filter(None, _faults(body)), "")


def _faults(body: BlueprintBody) -> Iterator[str]:
    strange = sorted(set(body.posts) - set(roles.ROLES))
    if strange:
        yield _("These are no roles: %(names)s.") % {"names": ", ".join(strange)}
    slugs = [one.slug for one in body.sections]
    cells = [cell.slug for one in body.sections for cell in one.cells]
    if len(set(slugs)) != len(slugs) or len(set(cells)) != len(cells):
        yield _("Two sections or cells have the same short name.")
    for one in body.sections:
        if one.pick == "adaptive" and not 0 < one.least <= one.most:
            yield _("A section that adapts says how many questions at least and at most.")
        if one.pick == "fixed" and (one.least or one.most):
            yield _("A fixed section has as many questions as its cells say.")
    if [one.pick for one in body.sections] != sorted((one.pick for one in body.sections), reverse=True):
        yield _("Fixed sections come before those that adapt.")
    if (body.cut.theta is not None) != body.adapts:
        yield _("An ability is asked for exactly where a section adapts.")
    if body.simulator is not None:
        if len(set(body.simulator.seeds)) != len(body.simulator.seeds):
            yield _("A day to be played is named once.")
        if body.simulator.lasts >= body.minutes:
            yield _("The day to be played takes %(lasts)d minutes and leaves no time for questions.") % {
                "lasts": body.simulator.lasts
            }


def chapter_of(body: QuestionBody, lessons: dict[str, Item]) -> int:
    """The chapter that a question's lesson teaches first; 0 when the lesson is not in force."""
    lesson = lessons.get(body.lesson)
    return int(lesson.value.mechanism[0].partition(".")[0]) if lesson else 0


def blueprint_needs(body: BlueprintBody) -> list[tuple[str, str]]:
    """The scenario of the day to be played, and in words the cells for which the bank has too few questions."""
    day = [(SCENARIOS, body.simulator.scenario)] if body.simulator else []
    try:
        lessons = {one.key: one for one in every(LESSONS)}
        bank = {one.key: one.value for one in every(QUESTIONS)}
    except ContentError:
        return day
    found = list[tuple[str, str]](day)
    for section in body.sections:
        for cell in section.cells:
            held = sum(cell.takes(chapter_of(one, lessons), one) for one in bank.values())
            if held < TIMES * section.wanted(cell):
                words = {"cell": cell.slug, "held": held, "least": TIMES * section.wanted(cell)}
                found.append(("", _("has %(held)d questions in cell %(cell)s and needs %(least)d") % words))
    return found


def blueprint_example(body: BlueprintBody, example: dict[str, Any]) -> str:
    """A worked result: share right, ability, position of the day, whether it passes."""
    day = None
    if body.simulator is not None:
        day = Played(example.get("position", 0.0), body.simulator.standard, body.simulator.weight)
    _total, found = total_of(body.cut.theory, body.cut.theta, example["share"], example.get("theta"), day)
    return "" if found is example["passes"] else _("passes is %(value)s") % {"value": found}


BLUEPRINT_WORDS = QUESTION_WORDS | {
    "about": pgettext_lazy("field", "What it is for"),
    "posts": pgettext_lazy("field", "For whom"),
    "minutes": pgettext_lazy("field", "Minutes"),
    "sections": pgettext_lazy("field", "Sections of the exam"),
    "pick": pgettext_lazy("field", "How questions are chosen"),
    "pick=fixed": pgettext_lazy("field", "drawn at the beginning"),
    "pick=adaptive": pgettext_lazy("field", "following the answers"),
    "cells": pgettext_lazy("field", "Cells"),
    "chapters": pgettext_lazy("field", "Chapters"),
    "items": pgettext_lazy("field", "How many questions"),
    "depths": pgettext_lazy("field", "Depths"),
    "depths=know": pgettext_lazy("field", "to know"),
    "depths=apply": pgettext_lazy("field", "to apply"),
    "depths=judge": pgettext_lazy("field", "to judge"),
    "least": pgettext_lazy("field", "At least"),
    "most": pgettext_lazy("field", "At most"),
    "stop_sd": pgettext_lazy("field", "Enough when the ability is known to"),
    "cut": pgettext_lazy("field", "Passed from"),
    "theory": pgettext_lazy("field", "Share of right answers"),
    "theta": pgettext_lazy("field", "Ability shown"),
    "attempts": pgettext_lazy("field", "Attempts"),
    "days": pgettext_lazy("field", "Within days"),
    "cooling_days": pgettext_lazy("field", "Days of pause after them"),
    "review": pgettext_lazy("field", "What is shown afterwards"),
    "review=none": pgettext_lazy("field", "only the result"),
    "review=wrong": pgettext_lazy("field", "what was not right, with reasons"),
    "review=all": pgettext_lazy("field", "every question with reasons"),
    "locks_lessons": pgettext_lazy("field", "Lessons are closed meanwhile"),
    "grace_seconds": pgettext_lazy("field", "Seconds that an answer may come late"),
    "tried": pgettext_lazy("field", "Questions that are only tried"),
    "unmeasured": pgettext_lazy("field", "Questions of unknown difficulty"),
    "unmeasured=count": pgettext_lazy("field", "count with the author's estimate"),
    "unmeasured=try": pgettext_lazy("field", "are only tried"),
    "simulator": pgettext_lazy("field", "Day of the exam"),
    "scenario": pgettext_lazy("field", "Scenario"),
    "seeds": pgettext_lazy("field", "Numbers of the days"),
    "start": pgettext_lazy("field", "Window from"),
    "weight": pgettext_lazy("field", "Part of all points"),
    "standard": pgettext_lazy("field", "Pass standard of the day"),
    "size": pgettext_lazy("field", "Branch model"),
    "size=small": pgettext_lazy("field", "small"),
    "size=medium": pgettext_lazy("field", "medium"),
    "size=flagship": pgettext_lazy("field", "flagship"),
    "speed": pgettext_lazy("field", "Times as fast as the clock"),
}
