"""Pages of learning: what is due, courses, a lesson with its exercise and questions, what changed, who has passed."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.catalogue.reading import Shelf, shelf
from counterpoint.academy.learning import actions, cards, morning, practice_shown, practising, queries, requests, shown
from counterpoint.academy.learning.queries import CHANGED, UNDER_WAY
from counterpoint.academy.models.learning import PASSED
from counterpoint.academy.probes import Look
from counterpoint.academy.rules.checking import NOTHING
from counterpoint.academy.rules.words import tell
from counterpoint.academy.verbs import ASSIGN, AUTHOR, LEARN, TEAM
from counterpoint.foundation.api import DomainError, NotFound, clock, policy
from counterpoint.role import api as role
from counterpoint.ui import reader
from counterpoint.ui.pages import branch_here, date_in, done, place_here


def _here(request: Any) -> tuple[Any, Shelf, Any]:
    """The unit where the caller learns, what may be learnt there, and the time."""
    now, unit = clock.now(), place_here(request, LEARN)
    return unit, shelf(unit, unit.date_at(now)), now


@policy.allow(LEARN)
def home(request: Any) -> HttpResponse:
    """What is due, the next lesson, rules that changed, the morning's three minutes, how far the courses are."""
    unit, held, now = _here(request)
    mine = held.for_roles(queries.roles_at(request.scope, unit, held.on))
    stands = queries.standings(request.scope, held, list(held.lessons))
    due = queries.enrolments(request.scope)
    following = next((key for key in mine if stands[key].state == UNDER_WAY), None)
    ways = {one.thing.key: one for one in role.next_things(scope=request.scope, unit=unit, now=now)}
    wanted = _wanted(held, due, list(ways), mine)
    following = following or next((key for key in wanted if stands[key].state not in DONE), None)
    context = {
        "due": [_due(held, stands, row) for row in due],
        "following": _line(held, stands, following) if following else None,
        "gap": _gap(held, ways.get(following or "")),
        "changed": [_line(held, stands, key) for key in held.lessons if stands[key].state == CHANGED],
        "courses": _courses(held, stands, mine), "micro": morning.micro(unit, held.on), "any": bool(held.lessons),
        "due_cards": len(cards.due(request.scope, now)),
        "passed": sum(stands[key].state in DONE for key in mine), "all": len(mine),
    }  # fmt: skip
    return render(request, "academy/home.html", context)


DONE = (PASSED, CHANGED)


def _gap(held: Shelf, way: Any) -> str:
    """The competencies whose gap a lesson works at, the widest first; empty without a gap."""
    names = role.competencies(held.on, held.unit.rule_pack, held.unit.path)
    covers = sorted(way.covers.items(), key=lambda pair: -pair[1]) if way else []
    return _(", ").join(names[key].name(reader.language()) for key, _points in covers if key in names)


def _wanted(held: Shelf, due: list[Any], gaps: list[str], mine: list[str]) -> list[str]:
    """Lessons in the order in which they are wanted: courses that are due, then what closes gaps, then the others."""
    first = [key for course in map(held.course, [row.course for row in due]) if course for key in course.value.lessons]
    return [key for key in dict.fromkeys([*first, *gaps, *mine]) if key in held.lessons]


def _line(held: Shelf, stands: dict[str, queries.Standing], key: str) -> dict[str, Any]:
    """A lesson in a list."""
    item, stand = held.lessons[key], stands[key]
    words, level = shown.state(stand)
    course = held.course_of(key)
    return {
        "key": key, "name": tell(item.value.names), "minutes": item.value.minutes, "state": words,
        "level": level, "course": tell(course.value.names) if course else "", "stand": stand,
        "mechanism": ", ".join(item.value.mechanism), "why": tell(item.value.why),
        "passed": stand.passed.passed_at if stand.passed else None, "done": stand.state in DONE,
    }  # fmt: skip


def _due(held: Shelf, stands: dict[str, queries.Standing], row: Any) -> dict[str, Any]:
    course = held.course(row.course)
    lessons = [key for key in course.value.lessons if key in held.lessons] if course else []
    left = (row.due_on - held.on).days
    return {
        "row": row, "name": tell(course.value.names) if course else row.course, "left": left, "late": left < 0,
        "open": [_line(held, stands, key) for key in lessons if stands[key].state not in DONE],
        "level": "act" if left < 0 else "watch" if left <= 3 else "calm",
    }  # fmt: skip


def _courses(held: Shelf, stands: dict[str, queries.Standing], mine: list[str]) -> list[dict[str, Any]]:
    found = []
    for key, item in held.courses.items():
        lessons = [one for one in item.value.lessons if one in held.lessons]
        passed = sum(stands[one].state in DONE for one in lessons)
        found.append(
            {
                "key": key, "name": tell(item.value.names), "chapter": item.value.chapter, "passed": passed,
                "all": len(lessons), "hours": shown.number(item.value.hours), "mine": bool(set(lessons) & set(mine)),
                "lessons": [_line(held, stands, one) for one in lessons],
            }
        )  # fmt: skip
    return found


@policy.allow(LEARN)
def courses(request: Any) -> HttpResponse:
    """All courses by chapter, with the own standing in each lesson."""
    unit, held, _now = _here(request)
    mine = held.for_roles(queries.roles_at(request.scope, unit, held.on))
    stands = queries.standings(request.scope, held, list(held.lessons))
    return render(request, "academy/courses.html", {"courses": _courses(held, stands, mine)})


@policy.allow(LEARN)
def lesson(request: Any, key: str) -> HttpResponse:
    """One lesson: why, the standard, figures of the own branch, what goes wrong, exercise, questions."""
    return _lesson_page(request, key)


def _lesson_page(request: Any, key: str, *, refused: str = "", at: str = "") -> HttpResponse:
    unit, held, now = _here(request)
    item = held.lessons.get(key)
    if item is None:
        raise Http404
    branch = request.branch or unit
    look, stand = Look(request.scope, branch, now), queries.standings(request.scope, held, [key])[key]
    run = stand.run if stand.run and stand.run.diff_of_id is None else stand.passed
    if run is not None and run.state != PASSED:
        item = queries.lesson_of(run)  # a run keeps the version that it began with
    answers = queries.newest_answers(request.scope, run)
    body, line = item.value, _line(held, {key: stand}, key)
    exercise, asked = body.exercise, shown.asked(body.questions, look, answers)
    exercised = bool(run and run.verdict.get("passed"))
    context = {
        **line, "item": item, "body": body, "standards": shown.standards(body.rules, look), "newest": held.lessons[key],
        "parts": shown.parts(body.blocks, look, frozenset() if exercised else shown.to_find(exercise)),
        "open": run is None or run.state != PASSED, "run": run,
        "questions": asked, "refused": refused, "at": at,
        "exercise": exercise, "task": tell(exercise.task), "hints": [tell(one) for one in exercise.hints],
        "fields": shown.to_read(exercise, run),
        **({"practice": practice_shown.practice_of(exercise, run, branch, clock.SystemClock().now())}
           if exercise.how == "practice" else {"address": shown.address(exercise.open)}),
        "answered": sum(one.key in answers for one in asked), "least": len(asked),
        "full": sum((one.score or 0.0) >= 1.0 for one in asked),
        "exercised": exercised, "checked": bool(run and run.verdict), "nothing": NOTHING,
        "branch": branch, "changed": line["stand"].state == CHANGED,
    }  # fmt: skip
    return render(request, "academy/lesson.html", context, status=422 if refused else 200)


@policy.allow(LEARN)
@require_POST
def lesson_do(request: Any, key: str, name: str) -> HttpResponse:
    """Answer a question, have the exercise checked, or begin again."""
    unit, held, now = _here(request)
    if key not in held.lessons or name not in DEEDS:
        raise Http404
    here = {"scope": request.scope, "now": now}
    place = ""
    try:
        run = actions.lesson_start(**here, unit=unit, lesson=key, again=name == "again")
        place = DEEDS[name](request, run, here)
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        at = "exercise" if name in ("practise", "skip") else request.POST.get("question", name)
        return _lesson_page(request, key, refused=refused.message, at=at)
    return redirect(f"{reverse('academy:lesson', args=[key])}{place}")


def _answer(request: Any, run: Any, here: dict[str, Any]) -> str:
    key = request.POST.get("question", "")
    row = actions.lesson_answer(**here, run=run.pk, question_key=key, given=given_in(request))
    asked = queries.lesson_of(run).value.questions
    return f"#q{asked.index(row.question) + 1}"


def given_in(request: Any) -> list[str]:
    """The answer that a form tells: what was chosen or typed, or options in the order of their places."""
    order = sorted((int(rank), slug) for slug, rank in _ranks(request))
    return [slug for _rank, slug in order] if order else request.POST.getlist("answer")


def _ranks(request: Any) -> list[tuple[str, str]]:
    """(short name, place) of the options of an order that carry a place."""
    names = [(name.removeprefix("place-"), value) for name, value in request.POST.items() if name.startswith("place-")]
    return [(slug, value) for slug, value in names if value.isdecimal() and len(value) < 3]


def _exercise(request: Any, run: Any, here: dict[str, Any]) -> str:
    given = {name.removeprefix("ask-"): value for name, value in request.POST.items() if name.startswith("ask-")}
    real = clock.SystemClock().now()
    actions.lesson_check(**here, run=run.pk, branch=request.branch or run.org_unit, given=given, real=real)
    return "#exercise"


def _practise(request: Any, run: Any, here: dict[str, Any]) -> str:
    title, real = tell(queries.lesson_of(run).value.names), clock.SystemClock().now()
    practising.practice_begin(
        **here, run=run.pk, branch=request.branch or run.org_unit, title=title, real=real,
        again=request.POST.get("again") == "yes",
    )  # fmt: skip
    return "#exercise"


def _skip(request: Any, run: Any, here: dict[str, Any]) -> str:
    minutes = request.POST.get("minutes", "")
    practising.practice_skip(
        scope=here["scope"], run=run.pk, minutes=int(minutes) if minutes.isdecimal() else 0,
        real=clock.SystemClock().now(),
    )  # fmt: skip
    return "#exercise"


def _again(_request: Any, _run: Any, _here: dict[str, Any]) -> str:
    return "#questions"


DEEDS = {"answer": _answer, "exercise": _exercise, "again": _again, "practise": _practise, "skip": _skip}


@policy.allow(LEARN)
def diff(request: Any, key: str) -> HttpResponse:
    """Only what changed of the rules that a passed lesson taught; passed by its own questions or by having read it."""
    unit, held, now = _here(request)
    stand = queries.standings(request.scope, held, [key]).get(key) if key in held.lessons else None
    if stand is None or stand.passed is None or not stand.diffs:
        raise Http404
    look = Look(request.scope, unit, now)
    keys = actions.questions_of_diff(stand.passed, now)
    opened = stand.run if stand.run and stand.run.diff_of_id else None
    answers = queries.newest_answers(request.scope, opened)
    context = {
        **_line(held, {key: stand}, key), "questions": shown.asked(keys, look, answers),
        "diffs": [(one, shown.name_of(one.kind, one.now), shown.shown_changes(one)) for one in stand.diffs],
        "told": [tell(one.words) for one in held.lessons[key].value.changes
                 if one.since_version > stand.passed.version],
    }  # fmt: skip
    return render(request, "academy/diff.html", context)


@policy.allow(LEARN)
@require_POST
def diff_do(request: Any, key: str, name: str) -> HttpResponse:
    """Answer a question about the change, or say that it was read."""
    unit, held, now = _here(request)
    if key not in held.lessons or name not in ("answer", "pass"):
        raise Http404
    here = {"scope": request.scope, "now": now}
    to = redirect("academy:diff", key=key)
    try:
        run = actions.lesson_start(**here, unit=unit, lesson=key)
        if run.diff_of_id is None:
            raise Http404
        if name == "answer":
            actions.lesson_answer(
                **here, run=run.pk, question_key=request.POST.get("question", ""),
                given=given_in(request),
            )  # fmt: skip
            return to
        actions.diff_pass(**here, run=run.pk)
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return to
    messages.success(request, _("Up to date: this lesson now counts with the new rule."))
    return redirect("academy:home")


@policy.allow(TEAM)
def team(request: Any) -> HttpResponse:
    """Who of the branch has passed what, what is assigned, and a form to assign a course."""
    branch, now = branch_here(request), clock.now()
    if not request.scope.may(TEAM, branch.path):
        raise Http404
    lessons, rows = queries.matrix(scope=request.scope, unit=branch, now=now)
    held = shelf(branch, branch.date_at(now))
    wanted = {one.key for one in lessons}
    shown_courses = [one for one in held.courses.values() if wanted & set(one.value.lessons)]
    chapters = sorted({one.value.chapter for one in shown_courses})
    taught = [row for row in rows if any(row.cells) or row.due]
    context = {
        "columns": [shown.chapter(one) for one in chapters],
        "rows": [_person(held, chapters, shown_courses, row) for row in taught], "branch": branch,
        "others": [row.person.name for row in rows if row not in taught],
        "courses": [(key, tell(item.value.names)) for key, item in held.courses.items()],
        "people": [(row.person.id, row.person.name) for row in rows],
        "may_assign": request.scope.may(ASSIGN, branch.path), "today": held.on,
    }  # fmt: skip
    return render(request, "academy/team.html", context)


def _person(held: Shelf, chapters: list[int], courses: list[Any], row: queries.Row) -> dict[str, Any]:
    stands = {one.lesson: one for one in row.cells if one is not None}
    named = [(one, held.course(one.course)) for one in row.due]
    due = [(one, tell(course.value.names) if course else one.course, one.due_on < held.on) for one, course in named]
    of = {chapter: [key for one in courses if one.value.chapter == chapter for key in one.value.lessons]
          for chapter in chapters}  # fmt: skip
    begun = [one for one in courses if any(stands[key].run for key in one.value.lessons if key in stands)]
    return {
        "person": row.person, "due": due, "all": len(stands),
        "cells": [_cell(shown.chapter(one), of[one], stands) for one in chapters],
        "courses": [_cell(tell(one.value.names), one.value.lessons, stands) for one in begun],
        "passed": sum(one.state in DONE for one in stands.values()),
    }  # fmt: skip


def _cell(name: str, lessons: Sequence[str], stands: dict[str, queries.Standing]) -> dict[str, Any]:
    """Lessons of one person: how many of those meant for the post are passed, when the last was, how loud."""
    mine = [stands[key] for key in dict.fromkeys(lessons) if key in stands]
    passed = [one for one in mine if one.state in DONE]
    words, level = f"{len(passed)} / {len(mine)}", "info" if any(one.run for one in mine) else "calm"
    if any(one.state == CHANGED for one in mine):
        words, level = shown.state(next(one for one in mine if one.state == CHANGED))
    elif mine and len(passed) == len(mine):
        words, level = shown.state(passed[0])
    when = max((one.passed.passed_at for one in passed if one.passed and one.passed.passed_at), default=None)
    return {"name": name, "words": words if mine else "", "level": level, "when": when}


@policy.allow(ASSIGN)
@require_POST
def assign(request: Any) -> HttpResponse:
    """Assign a course to a colleague, or withdraw an assignment."""
    branch, now = branch_here(request), clock.now()
    if request.POST.get("enrolment"):
        return done(
            request, lambda: actions.waive(scope=request.scope, enrolment=_uuid(request, "enrolment"), now=now),
            _("The assignment is withdrawn."), "academy:team",
        )  # fmt: skip
    due = date_in(request.POST.get("due_on", ""))
    if due is None:
        messages.error(request, _("Say until when."))
        return redirect("academy:team")
    return done(
        request,
        lambda: actions.enrol(
            scope=request.scope, unit=branch, user=_uuid(request, "person"), course=request.POST.get("course", ""),
            due_on=due, now=now,
        ),
        _("The course is assigned."), "academy:team",
    )  # fmt: skip


def _uuid(request: Any, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise Http404 from None


@policy.allow(AUTHOR)
def asked_for(request: Any) -> HttpResponse:
    """Lessons that closed complaints ask for, and the lesson that each is answered by."""
    _unit, held, now = _here(request)
    state = request.GET.get("state", "asked")
    if state not in requests.STATES:
        raise Http404
    tabs = [(slug, words, f"?{urlencode({'state': slug})}") for slug, words in requests.states()]
    context = {
        "rows": requests.rows(request.scope, held, state, now),
        "tabs": tabs,
        "state": state,
        "lessons": [(key, tell(item.value.names)) for key, item in held.lessons.items()],
    }
    return render(request, "academy/requests.html", context)


@policy.allow(AUTHOR)
@require_POST
def request_take(request: Any, request_id: UUID) -> HttpResponse:
    """Name the lesson that a request is answered by."""
    unit, _held, now = _here(request)
    return done(
        request,
        lambda: actions.request_take(
            scope=request.scope, unit=unit, request=request_id, lesson=request.POST.get("lesson", ""), now=now
        ),
        _("The request is taken up."), "academy:requests",
    )  # fmt: skip
