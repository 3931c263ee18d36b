"""Verbs of learning: begin a lesson, answer, have the exercise checked, assign a course, take up a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.academy import probes
from counterpoint.academy.catalogue.lessons import Exercise
from counterpoint.academy.catalogue.questions import QuestionBody, worth
from counterpoint.academy.catalogue.reading import question, ruling, shelf
from counterpoint.academy.learning import cards, competence, practising
from counterpoint.academy.learning.queries import LessonOver, changed_since, lesson_of, newest_answers, open_run
from counterpoint.academy.models import Enrolment, LessonAnswer, LessonRun
from counterpoint.academy.models.learning import DONE, OPEN, PASSED, PRACTISING, WAIVED
from counterpoint.academy.practice import worlds
from counterpoint.academy.rules.answering import done
from counterpoint.academy.rules.checking import Line, Verdict, compare
from counterpoint.academy.verbs import ASSIGN, AUTHOR, LEARN
from counterpoint.foundation.api import (
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    User,
    colleagues,
    enter,
    journal,
    person_acting,
    scoped,
)
from counterpoint.primitives.content import Item
from counterpoint.service import api as service

LETTERS = 200  # of one answer


def lesson_start(*, scope: Scope, unit: OrgUnit, lesson: str, now: datetime, again: bool = False) -> LessonRun:
    """The caller's open run of a lesson, begun now when there is none. After it was passed only `again` begins anew; a
    run whose rules have changed begins as the lesson of what changed. Raises `NotFound`, `LessonOver`."""
    enter(scope, unit, LEARN)
    user = person_acting(scope)
    item = shelf(unit, unit.date_at(now)).lessons.get(lesson)
    if item is None:
        raise NotFound(_("There is no such lesson here."))
    with scoped(scope):
        held = list(LessonRun.objects.select_related("org_unit").filter(user=user, lesson=lesson))
        opened = next((run for run in held if run.state != PASSED), None)
        if opened is not None:
            return opened
        passed = held[0] if held else None
        changed = changed_since(passed, unit.date_at(now)) if passed else ()
        if passed is not None and not again and not changed:
            raise LessonOver(_("You have passed this lesson. Begin again if you want to learn it once more."))
        return _begun(scope, unit, user, item, passed if changed and not again else None, now)


def _begun(
    scope: Scope, unit: OrgUnit, user: User, item: Item, diff_of: LessonRun | None, now: datetime
) -> LessonRun:  # fmt: skip
    run = LessonRun(
        org_unit=unit, user=user, lesson=item.key, version=item.version, pack=unit.rule_pack, started_at=now,
        taught=_taught(item, unit, now), diff_of=diff_of,
    )  # fmt: skip
    try:
        with transaction.atomic():
            run.save(force_insert=True)
            _record(scope, run, "lesson_started", now, diff=diff_of is not None)
    except IntegrityError:  # the same person began it at another device a moment ago
        return LessonRun.objects.select_related("org_unit").exclude(state=PASSED).get(user=user, lesson=item.key)
    return run


def _taught(lesson: Item, unit: OrgUnit, now: datetime) -> list[list[Any]]:
    """The rules that the lesson's page shows, each once, in the newest version: that which it cites, or that which
    rules by now and is told beside it."""
    newest = {(one.kind, one.key): one.version for one in sorted(lesson.value.rules, key=lambda one: one.version)}
    found = []
    for (kind, key), cited in sorted(newest.items()):
        item = ruling(kind, key, unit, unit.date_at(now))
        found.append([kind, key, max(cited, item.version if item else 0)])
    return found


@transaction.atomic
def lesson_answer(
    *, scope: Scope, run: UUID, question_key: str, given: Sequence[str], now: datetime
) -> LessonAnswer:  # fmt: skip
    """Answer one question of the run's lesson; the newest answer counts. Raises `Invalid` without an answer,
    `LessonOver`, `NotFound` for a question of another lesson."""
    with scoped(scope):
        row = open_run(scope, run)
        unit, on = row.org_unit, row.org_unit.date_at(now)
        item = question(question_key, unit, on) if question_key in lesson_of(row).value.questions else None
        if item is None:
            raise NotFound(_("There is no such question here."))
        told = checked(item.value, given)
        score = worth(item.value, told, on, unit.rule_pack, unit.path)
        answer = LessonAnswer(
            org_unit=unit, run=row, question=item.key, version=item.version, given=told, score=score, at=now
        )
        answer.save(force_insert=True)
        if score < 1.0:
            cards.add(unit, row.user_id, item.key, now)
        _record(scope, row, "question_answered", now, question=item.key)
        _passed_now(scope, row, now)
    return answer


def checked(body: QuestionBody, given: Sequence[str]) -> list[str]:
    """What was answered, tidied; `Invalid` for nothing, or for none of the options."""
    told = [one.strip()[:LETTERS] for one in given if one.strip()]
    if not told:
        raise Invalid(_("Choose or write an answer."), field="answer")
    if body.options and set(told) - set(body.slugs):
        raise Invalid(_("This is none of the options."), field="answer")
    return list(dict.fromkeys(told))


@transaction.atomic
def lesson_check(
    *, scope: Scope, run: UUID, branch: OrgUnit, given: Mapping[str, str], now: datetime, real: datetime | None = None
) -> Verdict:  # fmt: skip
    """Check the exercise: what was read on the product's page against what stands there now, or what is found in the
    practice branch (at `real`, the host's time). Nothing in the branch changes. Raises `NotBegun`, `LessonOver`,
    `Forbidden` where the learner may not see the page itself."""
    with scoped(scope):
        row = open_run(scope, run)
        exercise: Exercise = lesson_of(row).value.exercise
        if exercise.how == "practice":
            verdict = practising.judged(row, exercise, real or now)
        else:
            look = probes.Look(scope, branch, now)
            found = {ask.slug: probes.read(ask.probe, look, ask.args).get(ask.field) for ask in exercise.asks}
            verdict = compare(exercise.asks, {slug: one[:LETTERS] for slug, one in given.items()}, found)
        row.verdict = {"passed": verdict.passed, "lines": [_line(exercise, one) for one in verdict.lines]}
        row.exercised_at, row.state = now, PRACTISING
        row.save()
        _record(scope, row, "exercise_checked", now, passed=verdict.passed)
        _passed_now(scope, row, now)
    return verdict


def _line(exercise: Exercise, one: Line) -> dict[str, Any]:
    """A check as the run keeps it: never a figure of the own branch, but what was found in a practice branch."""
    kept = {"slug": one.slug, "holds": one.holds}
    return kept | ({"found": one.found} if exercise.how == "practice" else {"given": one.given})


@transaction.atomic
def diff_pass(*, scope: Scope, run: UUID, now: datetime) -> LessonRun:
    """Say that what changed has been read; with questions about the changed rule they must be right first."""
    with scoped(scope):
        row = open_run(scope, run)
        if row.diff_of is None:
            raise Invalid(_("This lesson is to be passed as a whole."))
        answers = newest_answers(scope, row)
        wanted = questions_of_diff(row, now)
        if any(key not in answers or answers[key].score < 1.0 for key in wanted):
            raise Invalid(_("First answer the questions about the changed rule."))
        on = row.org_unit.date_at(now)
        now_ruling = [(kind, key, ruling(kind, key, row.org_unit, on), number) for kind, key, number in row.taught]
        row.taught = [[kind, key, item.version if item else number] for kind, key, item, number in now_ruling]
        _pass(scope, row, now)
    return row


def questions_of_diff(run: LessonRun, now: datetime) -> list[str]:
    """Questions of the lesson that ask what a changed rule says."""
    on = run.org_unit.date_at(now)
    changed = {(one.kind, one.now.key) for one in changed_since(run.diff_of or run, on)}
    found = []
    for key in lesson_of(run).value.questions:
        item = question(key, run.org_unit, on)
        rule = item.value.rule if item else None
        if rule is not None and (rule.kind, rule.key) in changed:
            found.append(key)
    return found


def _passed_now(scope: Scope, row: LessonRun, now: datetime) -> None:
    """Pass the lesson when exercise and questions are done; a lesson of what changed is passed by its own button."""
    if row.diff_of_id is not None or not row.verdict.get("passed"):
        return
    scores = {key: one.score for key, one in newest_answers(scope, row).items()}
    on = row.org_unit.date_at(now)
    if done([key for key in lesson_of(row).value.questions if question(key, row.org_unit, on)], scores):
        _pass(scope, row, now)


def _pass(scope: Scope, row: LessonRun, now: datetime) -> None:
    worlds.retire(row.world, now)
    row.state, row.passed_at = PASSED, now
    row.save()
    _record(scope, row, "lesson_passed", now, diff=row.diff_of_id is not None)
    competence.passed(scope, row, lesson_of(row).value.competencies, now)
    passed = set(LessonRun.objects.filter(user=row.user_id, state=PASSED).values_list("lesson", flat=True))
    held = shelf(row.org_unit, row.org_unit.date_at(now))
    for one in Enrolment.objects.filter(user=row.user_id, state=OPEN):
        course = held.course(one.course)
        if course is not None and set(course.value.lessons) <= passed:
            one.state = DONE
            one.save()


@transaction.atomic
def enrol(
    *, scope: Scope, unit: OrgUnit, user: UUID, course: str, due_on: date, now: datetime, origin: str = "trainer"
) -> Enrolment:  # fmt: skip
    """Assign a course to a person of the unit until a day. Raises `Invalid` for a day that is past, a stranger, or a
    course that is assigned already."""
    enter(scope, unit, ASSIGN)
    on = unit.date_at(now)
    item = shelf(unit, on).courses.get(course)
    if item is None:
        raise NotFound(_("There is no such course here."))
    if user not in {one.id for one in colleagues(scope=scope, org_unit=unit, on=on)}:
        raise Invalid(_("This person does not work here."), field="user")
    if not 0 <= (due_on - on).days <= 366:
        raise Invalid(_("The last day lies within a year from today."), field="due_on")
    with scoped(scope):
        if Enrolment.objects.filter(user=user, course=course, state=OPEN).exists():
            raise Invalid(_("This course is assigned to the person already."), field="course")
        row = Enrolment(
            org_unit=unit, user_id=user, course=course, version=item.version, origin=origin, due_on=due_on,
            assigned_by=scope.actor, at=now,
        )  # fmt: skip
        row.save(force_insert=True)
        data = {"user": str(user), "course": course, "due": due_on.isoformat(), "origin": origin}
        journal.record(scope=scope, org_unit=unit, kind="academy.enrolled", subject=str(row.pk), at=now, data=data)
    return row


@transaction.atomic
def waive(*, scope: Scope, enrolment: UUID, now: datetime) -> Enrolment:
    """Withdraw an assignment that is still open."""
    with scoped(scope):
        row = Enrolment.objects.select_for_update(of=("self",)).select_related("org_unit").filter(pk=enrolment).first()
        if row is None:
            raise NotFound(_("There is no such assignment here."))
        scope.require(ASSIGN, row.org_path)
        if row.state != OPEN:
            raise Invalid(_("This assignment is over."))
        row.state = WAIVED
        row.save()
        data = {"user": str(row.user_id), "course": row.course}
        journal.record(
            scope=scope, org_unit=row.org_unit, kind="academy.waived", subject=str(row.pk), at=now, data=data
        )
    return row


def request_take(*, scope: Scope, unit: OrgUnit, request: UUID, lesson: str, now: datetime) -> None:
    """Take up a complaint's wish for a lesson: name the lesson that teaches it. The complaint's own journal tells."""
    scope.require(AUTHOR, unit.path)
    if lesson not in shelf(unit, unit.date_at(now)).lessons:
        raise NotFound(_("There is no such lesson here."))
    service.lesson_take(scope=scope, lesson=request, taken_as=f"academy.lesson:{lesson}", now=now)


def _record(scope: Scope, run: LessonRun, kind: str, now: datetime, **data: Any) -> None:
    journal.record(
        scope=scope, org_unit=run.org_unit, kind=f"academy.{kind}", subject=str(run.pk), at=now,
        data={"user": str(run.user_id), "lesson": run.lesson, "version": run.version, **data},
    )  # fmt: skip
