"""Pages of exams for who sits them: what I may sit, the exam itself, its result, an appeal."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.debrief.queries import told_of_exam
from counterpoint.academy.exams import appeals, chains, day_shown, queries, saving, shown, sitting
from counterpoint.academy.exams.grading import blueprint_of, close_if_due
from counterpoint.academy.learning import cards
from counterpoint.academy.learning import queries as learning
from counterpoint.academy.models import Grade, Sitting
from counterpoint.academy.models.exams import OPEN, SUBMITTED
from counterpoint.academy.rules.words import tell
from counterpoint.academy.verbs import INVIGILATE, LEARN, MANAGE, PLAY, SIT
from counterpoint.foundation.api import DomainError, NotFound, clock, policy, read_json, scoped
from counterpoint.ui.pages import done, number_in, place_here


@policy.allow(SIT)
def exam(request: Any) -> HttpResponse:
    """Exams that the caller may sit, the one under way, and the own results."""
    unit, now = place_here(request, LEARN), clock.now()
    held, on = queries.mine(request.scope, now), unit.date_at(now)
    posts = learning.roles_at(request.scope, unit, on)
    found = queries.results(request.scope, [row for row in held if row.state != OPEN])
    passed = {
        one.sitting.blueprint for one in found if one.grade and one.grade.passed and one.sitting.state == SUBMITTED
    }
    may_play = request.scope.may(PLAY, unit.path)
    context = {
        "offers": [_offer(one, passed, may_play) for one in queries.offers(held, unit, on, now, posts)],
        "results": [_result(one) for one in found], "due": len(cards.due(request.scope, now)),
        "busy": any(row.state == OPEN for row in held),
        "may_watch": request.scope.may(INVIGILATE), "may_manage": request.scope.may(MANAGE), "now": now,
    }  # fmt: skip
    return render(request, "academy/exams/exam.html", context)


def _offer(one: queries.Offer, passed: set[str], may_play: bool) -> dict[str, Any]:
    body = one.item.value
    counts = [section.longest for section in body.sections]
    return {
        "key": one.item.key, "name": tell(body.names), "about": tell(body.about), "minutes": body.minutes,
        "items": sum(counts) + body.tried, "adapts": body.adapts, "percent": round(100 * body.cut.theory),
        "open": one.open, "mine": one.mine, "free_at": one.free_at, "attempts": body.attempts,
        "passed": one.item.key in passed, "item": one.item, "tried": body.tried,
        "day": day_shown.window(body.simulator) if body.simulator else None,
        "elsewhere": body.simulator is not None and not may_play,
    }  # fmt: skip


def _result(one: queries.Result) -> dict[str, Any]:
    words, level = shown.state_words(one.sitting, one.grade)
    return {
        "row": one.sitting, "name": tell(one.item.value.names) if one.item else one.sitting.blueprint, "words": words,
        "level": level, "outcome": shown.outcome(one.sitting, one.grade) if one.grade and one.item else None,
    }  # fmt: skip


@policy.allow(SIT)
@require_POST
def begin(request: Any) -> HttpResponse:
    """Begin an exam: from now its clock runs."""
    unit, now = place_here(request, LEARN), clock.now()
    try:
        row = sitting.sitting_begin(
            scope=request.scope, unit=unit, blueprint=request.POST.get("exam", ""), seed=secrets.randbits(62), now=now
        )
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("academy:exam")
    return redirect("academy:exam-sitting", sitting_id=row.pk)


@policy.allow(SIT)
def sitting_page(request: Any, sitting_id: UUID) -> HttpResponse:
    """The exam's own page; its script fetches the questions. After the end it leads to the result."""
    row, now = _own(request, sitting_id), clock.now()
    if row.state != OPEN:
        return redirect("academy:result", sitting_id=row.pk)
    body = blueprint_of(row).value
    context = {"row": row, "name": tell(body.names), "adapts": body.adapts, "words": shown.page_words()}
    with scoped(request.scope):
        context["day"] = day_shown.on_the_page(row, body, now)
    return render(request, "academy/exams/sitting.html", context)


@policy.allow(SIT)
@require_POST
def day(request: Any, sitting_id: UUID) -> HttpResponse:
    """Begin the exam's day, or go on with it."""
    try:
        session = sitting.day_begin(scope=request.scope, sitting=sitting_id, now=clock.now())
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("academy:exam-sitting", sitting_id=sitting_id)
    return redirect("academy:drill", session=session.pk)


def _own(request: Any, sitting_id: UUID) -> Sitting:
    try:
        with scoped(request.scope):
            return sitting.own(request.scope, sitting_id, clock.now())
    except NotFound as absent:
        raise Http404 from absent


Act = Callable[[Any, UUID, str, Any], dict[str, Any]]


def _called(act: Act) -> Callable[[Any, UUID], HttpResponse]:
    """A press of the exam's page: answers as JSON, refusals with their code."""

    @policy.allow(SIT)
    @require_POST
    def view(request: Any, sitting_id: UUID) -> HttpResponse:
        try:
            return JsonResponse(act(request, sitting_id, request.POST.get("token", ""), clock.now()))
        except DomainError as refused:
            return JsonResponse({"code": refused.code, "message": refused.message}, status=refused.status)

    view.__doc__ = act.__doc__
    return view


def _enter(request: Any, sitting_id: UUID, _token: str, now: Any) -> dict[str, Any]:
    """Open the page: a new token, the questions, what the server holds."""
    token = secrets.token_urlsafe(32)
    row = sitting.sitting_enter(scope=request.scope, sitting=sitting_id, token=token, now=now)
    return _state(request, row, token, now)


def _state(request: Any, row: Sitting, token: str, now: Any) -> dict[str, Any]:
    if row.state != OPEN:
        return {"state": row.state}
    with scoped(request.scope):
        return shown.state_for(row, chains.lines(row), token, now)


def _save(request: Any, sitting_id: UUID, token: str, now: Any) -> dict[str, Any]:
    """Keep an answer; the acknowledgement follows its commit."""
    try:
        value = read_json(request.POST.get("value", ""))
    except ValueError:
        value = None
    told = saving.answer_save(
        scope=request.scope, sitting=sitting_id, token=token, slot=number_in(request.POST.get("slot", ""), 0),
        seq=_seq(request.POST.get("seq", "")), value=value, now=now,
    )  # fmt: skip
    return {
        "acked": told.seq, "slot": told.slot, "late": told.late, "sig": told.sig,
        "now": int(now.timestamp() * 1000), "deadline": int(told.deadline_at.timestamp() * 1000),
    }  # fmt: skip


def _seq(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else 0


def _next(request: Any, sitting_id: UUID, token: str, now: Any) -> dict[str, Any]:
    """The next question where it follows from the answers."""
    known = number_in(request.POST.get("known", ""), 0)
    row = sitting.sitting_next(scope=request.scope, sitting=sitting_id, token=token, known=known, now=now)
    return _state(request, row, token, now)


def _look(request: Any, sitting_id: UUID, token: str, now: Any) -> dict[str, Any]:
    """The server's clock and deadline, and whether this page still may write."""
    with scoped(request.scope):
        row = sitting.own(request.scope, sitting_id, now)
        live = row.state == OPEN and row.token_hash == sitting.token_hash(token)
    return {"state": row.state, "live": live, **shown.clock_for(row, now)}


def _sign(request: Any, sitting_id: UUID, token: str, now: Any) -> dict[str, Any]:
    """A sign of the page's course."""
    slot = number_in(request.POST.get("slot", ""), 0)
    sitting.sign_note(
        scope=request.scope, sitting=sitting_id, token=token, kind=request.POST.get("kind", ""), slot=slot, now=now
    )
    return {"kept": True}


def _submit(request: Any, sitting_id: UUID, token: str, now: Any) -> dict[str, Any]:
    """Hand in."""
    row = sitting.sitting_submit(scope=request.scope, sitting=sitting_id, token=token, now=now)
    return {"state": row.state}


enter, save, more, look, sign, submit = map(_called, (_enter, _save, _next, _look, _sign, _submit))


@policy.allow(SIT)
def result(request: Any, sitting_id: UUID) -> HttpResponse:
    """After the end: the result, how it came about, and the questions as far as the exam shows them."""
    return _result_page(request, sitting_id)


def _result_page(request: Any, sitting_id: UUID, *, words: str = "") -> HttpResponse:
    row = _seen(request, sitting_id)
    if row.state == OPEN:
        return redirect("academy:exam-sitting", sitting_id=row.pk) if row.user_id == request.scope.actor else _absent()
    body, own = blueprint_of(row).value, row.user_id == request.scope.actor
    with scoped(request.scope):
        (course,) = queries.courses([row])
        grades, saves = list(Grade.objects.filter(sitting=row)), chains.lines(row)
        grade = grades[0] if grades else None
        debrief = row.session is not None and told_of_exam(request.scope, row.session)
        played = day_shown.told(row, body, grade, debrief=debrief) if grade else None
    which = body.review if own else "all"
    state, level = shown.state_words(row, grade)
    context = {
        "row": row, "name": tell(body.names), "own": own, "state": state, "level": level, "grade": grade,
        "outcome": shown.outcome(row, grade) if grade else None, "grades": grades, "which": which, "day": played,
        "questions": shown.reviewed(row, grade, saves, which, request.scope) if grade else [],
        "signs": shown.signs(course.signs), "whole": chains.first_bad(row, saves) is None, "lines": len(saves),
        "appealed": appeals.opened(request.scope, row, clock.now()), "may_appeal": own and row.state == SUBMITTED,
        "words": words, "slots": range(1, len(row.form) + 1),
    }  # fmt: skip
    return render(request, "academy/exams/result.html", context, status=422 if words else 200)


def _absent() -> HttpResponse:
    raise Http404


def _seen(request: Any, sitting_id: UUID) -> Sitting:
    """A sitting of the caller's own, or of anybody for who decides appeals."""
    with scoped(request.scope):
        row = Sitting.objects.select_related("org_unit", "user").filter(pk=sitting_id).first()
        if row is None or not (row.user_id == request.scope.actor or request.scope.may(MANAGE, row.org_path)):
            raise Http404
        close_if_due(row, clock.now())
    return row


@policy.allow(SIT)
@require_POST
def appeal(request: Any, sitting_id: UUID) -> HttpResponse:
    """Appeal against a question or against the procedure: a case that others decide."""
    row, post = _own(request, sitting_id), request.POST
    return done(
        request,
        lambda: appeals.appeal_open(
            scope=request.scope, sitting=row, level=post.get("level", ""), slot=number_in(post.get("slot", ""), 0),
            text=post.get("text", ""), now=clock.now(),
        ),
        _("Your appeal is taken in. Headquarters training answers it."), "academy:result",
        lambda: _result_page(request, sitting_id, words=post.get("text", "")), sitting_id=sitting_id,
    )  # fmt: skip
