"""Verbs of practised exercises: open the practice branch, let its time jump, begin again, and judge what was done."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.lessons import Exercise
from counterpoint.academy.learning.queries import lesson_of, open_run
from counterpoint.academy.models import LessonRun
from counterpoint.academy.models.learning import PRACTISING
from counterpoint.academy.practice import worlds
from counterpoint.academy.rules.checking import Verdict, judge
from counterpoint.foundation.api import DomainError, Invalid, OrgUnit, Scope, scoped

STEPS = (30, 120)  # minutes that can be skipped


class NotBegun(DomainError):
    """The exercise has no practice branch open; begin it first."""

    code = "not_begun"
    status = 409


@transaction.atomic
def practice_begin(
    *, scope: Scope, run: UUID, branch: OrgUnit, title: str, now: datetime, real: datetime, again: bool = False
) -> LessonRun:  # fmt: skip
    """Open the practice branch of the run's exercise; while one is open it stays, unless `again` closes it and makes a
    new one. `title` stands in its frame. Raises `LessonOver`, `TooManyWorlds`, `Invalid` for an exercise of figures."""
    with scoped(scope):
        row = open_run(scope, run)
        exercise = _practised(row)
        if again:
            worlds.retire(row.world, now)
        elif worlds.held(row.world):
            return row
        row.world = worlds.begin(scope=scope, branch=branch, exercise=exercise, title=title, now=now, real=real).pk
        row.state, row.verdict = PRACTISING, {}
        row.save()
    return row


def _practised(row: LessonRun) -> Exercise:
    exercise: Exercise = lesson_of(row).value.exercise
    if exercise.how != "practice":
        raise Invalid(_("This exercise is read on the product's own pages."))
    return exercise


def practice_skip(*, scope: Scope, run: UUID, minutes: int, real: datetime) -> Any:
    """Let the practice branch's time jump ahead; what falls due happens. Raises `NotBegun`, `Invalid`."""
    with scoped(scope):
        row = open_run(scope, run)
    if minutes not in STEPS:
        raise Invalid(_("Choose how far to jump."), field="minutes")
    return worlds.skip(_world(row), timedelta(minutes=minutes), real)


def _world(row: LessonRun) -> Any:
    world = worlds.held(row.world)
    if world is None:
        raise NotBegun(_("Open the practice branch first."))
    return world


def judged(row: LessonRun, exercise: Exercise, real: datetime) -> Verdict:
    """The verdict on what is found in the run's practice branch now."""
    return judge(exercise.checks, worlds.found(_world(row), exercise.checks, real))
