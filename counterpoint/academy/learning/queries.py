"""Reads of learning, always inside the caller's scope: where a person stands, and who of a branch has passed what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.lessons import LESSONS
from counterpoint.academy.catalogue.reading import Shelf, pinned, ruling, shelf
from counterpoint.academy.models import Enrolment, LessonAnswer, LessonRun
from counterpoint.academy.models.learning import OPEN, PASSED
from counterpoint.academy.rules.diffing import DiffLesson, diff, touches
from counterpoint.academy.verbs import LEARN, TEAM
from counterpoint.foundation.api import Colleague, DomainError, NotFound, OrgUnit, Scope, colleagues, scoped
from counterpoint.primitives.content import Item


class LessonOver(DomainError):
    """The lesson is passed; whoever wants to learn it again begins again."""

    code = "lesson_over"
    status = 409


NEW, UNDER_WAY, CHANGED = "new", "under_way", "changed"  # beside `passed`


@dataclass(frozen=True)
class Standing:
    """Where a person stands with a lesson: new, under_way, passed or changed (passed, but a rule is another one now).
    `run` is the open run, else the newest passed one."""

    lesson: str
    state: str
    run: LessonRun | None = None
    passed: LessonRun | None = None
    diffs: tuple[DiffLesson, ...] = ()


@dataclass(frozen=True)
class Row:
    """A colleague with the standing in each lesson of the matrix; None where the lesson is not meant for the post."""

    person: Colleague
    cells: tuple[Standing | None, ...]
    due: tuple[Enrolment, ...] = ()


def roles_at(scope: Scope, unit: OrgUnit, on: date) -> frozenset[str]:
    """The posts that the caller holds at the unit."""
    mine = [one for one in colleagues(scope=scope, org_unit=unit, on=on) if one.id == scope.actor]
    return frozenset(role for one in mine for role in one.roles)


def runs_of(scope: Scope, people: Sequence[UUID]) -> dict[UUID, dict[str, list[LessonRun]]]:
    """Every run by person and lesson, newest first."""
    found: dict[UUID, dict[str, list[LessonRun]]] = defaultdict(lambda: defaultdict(list))
    with scoped(scope):
        for run in LessonRun.objects.select_related("org_unit").filter(user__in=people).order_by("-started_at", "-id"):
            found[run.user_id][run.lesson].append(run)
    return found


def standing(lesson: str, runs: Iterable[LessonRun], on: date) -> Standing:
    """From the runs of one person in one lesson, newest first."""
    held = list(runs)
    opened = next((run for run in held if run.state != PASSED), None)
    passed = next((run for run in held if run.state == PASSED), None)
    diffs = changed_since(passed, on) if passed else ()
    state = CHANGED if diffs else PASSED if passed else UNDER_WAY if opened else NEW
    if opened is not None and passed is None:
        state = UNDER_WAY
    return Standing(lesson, state, opened or passed, passed, diffs)


def changed_since(run: LessonRun, on: date) -> tuple[DiffLesson, ...]:
    """Rules that the run taught and that are, or within two weeks will be, others in a field that the lesson cites."""
    item = pinned(LESSONS, run.lesson, run.version, run.org_unit)
    cited: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in item.value.rules if item else ():
        cited[one.kind, one.key].append(one.field)
    # runs of long ago name the older of two versions as well
    newest = {(kind, key): number for kind, key, number in sorted(run.taught)}
    found = []
    for (kind, key), number in newest.items():
        was, now = pinned(kind, key, number, run.org_unit), ruling(kind, key, run.org_unit, on)
        if was is None or now is None or now.version == was.version:
            continue
        lesson = diff(kind, was, now)
        if touches(lesson.changes, cited.get((kind, key), [""])):
            found.append(lesson)
    return tuple(found)


def standings(scope: Scope, held: Shelf, lessons: Sequence[str]) -> dict[str, Standing]:
    """The caller's own standing in each lesson."""
    if scope.actor is None:
        return {}
    runs = runs_of(scope, [scope.actor]).get(scope.actor, {})
    return {key: standing(key, runs.get(key, []), held.on) for key in lessons}


def enrolments(scope: Scope) -> list[Enrolment]:
    """Courses that the caller still has to take, soonest first."""
    with scoped(scope):
        return list(Enrolment.objects.select_related("org_unit").filter(user=scope.actor, state=OPEN))


def own_run(scope: Scope, run: UUID, *, lock: bool = False) -> LessonRun:
    """A run of the caller's own; `NotFound` for anybody else's. Inside `scoped(scope)`."""
    rows = LessonRun.objects.select_for_update(of=("self",)) if lock else LessonRun.objects
    row = rows.select_related("org_unit").filter(pk=run, user=scope.actor).first()
    if row is None:
        raise NotFound(_("There is no such lesson of yours."))
    return row


def open_run(scope: Scope, run: UUID) -> LessonRun:
    """The caller's own run, locked, while its lesson is not passed. Inside `scoped(scope)`. Raises `LessonOver`."""
    row = own_run(scope, run, lock=True)
    scope.require(LEARN, row.org_path)
    if row.state == PASSED:
        raise LessonOver(_("You have passed this lesson. Begin again if you want to learn it once more."))
    return row


def lesson_of(run: LessonRun) -> Item:
    """The lesson in the version that the run pinned."""
    item = pinned(LESSONS, run.lesson, run.version, run.org_unit)
    if item is None:
        raise NotFound(_("There is no such lesson here."))
    return item


def newest_answers(scope: Scope, run: LessonRun | None) -> dict[str, LessonAnswer]:
    """The newest answer to each question of a run."""
    if run is None:
        return {}
    with scoped(scope):
        return {row.question: row for row in LessonAnswer.objects.filter(run=run).order_by("at", "id")}


def matrix(*, scope: Scope, unit: OrgUnit, now: datetime) -> tuple[list[Item], list[Row]]:
    """Lessons and people of a branch: who has passed what. Never what anybody answered."""
    scope.require(TEAM, unit.path)
    on = unit.date_at(now)
    held = shelf(unit, on)
    people = colleagues(scope=scope, org_unit=unit, on=on)
    runs = runs_of(scope, [one.id for one in people])
    due: Mapping[UUID, list[Enrolment]] = defaultdict(list)
    with scoped(scope):
        for row in Enrolment.objects.filter(org_unit=unit, state=OPEN):
            due[row.user_id].append(row)
    wanted = held.for_roles(frozenset(role for one in people for role in one.roles))
    rows = []
    for one in people:
        mine = set(held.for_roles(frozenset(one.roles)))
        cells = tuple(
            standing(key, runs.get(one.id, {}).get(key, []), on) if key in mine or key in runs.get(one.id, {}) else None
            for key in wanted
        )
        rows.append(Row(one, cells, tuple(due.get(one.id, []))))
    return [held.lessons[key] for key in wanted], rows
