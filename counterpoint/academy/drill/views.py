"""Pages of drills: what can be played, a running day with its orders, and joining somebody's."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.drill import actions, errands, log, offers, queries, shown, timing, words
from counterpoint.academy.drill.validating import FIELDS
from counterpoint.academy.models import DrillSession, Sitting
from counterpoint.academy.models.drill import EXAM, OVER, READY, STRICT
from counterpoint.academy.rules import errand
from counterpoint.academy.science import playing
from counterpoint.academy.verbs import GUIDE, PLAY
from counterpoint.foundation.api import DomainError, NotFound, calendar, clock, new_id, policy, scoped
from counterpoint.onsite import api as onsite
from counterpoint.ui import reader
from counterpoint.ui.pages import branch_here, number_in

BUSIER = (0, 15, 30, 50)  # per cent more customers than expected
KEY = 80
REAL = clock.SystemClock()


def drill_page(request: Any) -> None:
    """Hatched frame, and no stream of the branch: nothing here is the live hall."""
    request.mode, request.live_url = "drill", ""


@policy.allow(PLAY)
def library(request: Any) -> HttpResponse:
    """What can be played here, and the caller's own sessions."""
    if settings.PROFILE != "test":
        onsite.warm()
    drill_page(request)
    with scoped(request.scope):
        rows = [shown.row_of(row) for row in queries.own_sessions(request.scope)]
        joinable = [
            (row, shown.scenario_name(row), [words.posts().get(seat.post, seat.post) for seat in row.seats.all()])
            for row in queries.to_join(request.scope, clock.now())
        ]
    unit = branch_here(request)
    context = {
        "branch": unit, "rows": rows, "joinable": joinable,
        "offers": offers.offers(unit, clock.now(), reader.language()),
        "busier": BUSIER, "open": [r for r in rows if not r["over"]],
        "may_guide": request.scope.may(GUIDE),
    }  # fmt: skip
    return render(request, "academy/drills.html", context)


@policy.allow(PLAY)
@require_POST
def make(request: Any) -> HttpResponse:
    """Begin the own branch's day, or a scenario."""
    unit, key = branch_here(request), key_of(request)
    more = number_in(request.POST.get("arrivals", ""), 0)
    if more not in BUSIER:
        raise Http404
    seed = number_in(request.POST.get("seed", ""), 0) or new_id().int % 90_000 + 10_000
    now, scenario = clock.now(), request.POST.get("scenario", "")
    made: dict[str, Any] = {"arrivals": more}
    try:
        if scenario:
            game, version = offers.game_of_offer(unit, scenario, seed, now)
            made = {"game": game, "scenario": scenario, "version": version}
        row = actions.drill_make(scope=request.scope, unit=unit, now=now, real=REAL.now(), key=key, seed=seed, **made)
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("academy:drills")
    return redirect("academy:drill", row.pk)


def key_of(request: Any) -> str:
    """The key of the press; a form without one acts each time."""
    key = request.POST.get("idempotency_key", "") or str(new_id())
    if len(key) > KEY or "\0" in key:
        raise Http404
    return str(key)


def found(request: Any, session: UUID) -> DrillSession:
    """A session that the caller plays; 404 otherwise, and for the day of an exam that was not begun. Inside a scope."""
    try:
        row = queries.session_of(request.scope, session)
    except NotFound as absent:
        raise Http404 from absent
    if row.purpose == EXAM and row.state == READY:
        raise Http404
    return row


@policy.allow(PLAY)
def drill(request: Any, session: UUID) -> HttpResponse:
    """The running day: hall, clock, orders, questions, log."""
    drill_page(request)
    settle(request, session)
    with scoped(request.scope):
        row = found(request, session)
        lines = log.lines(row)
        game = log.game_played(row, lines)
        told = shown.config(row, game)
        begun = segment_json(request, row, None, 0)
        seats = [(words.posts().get(s.post, s.post), s.user.name) for s in row.seats.select_related("user")]
        tried, exam = queries.tries(row), exam_url(row)
        may = shown.acts_for(row, request.scope.actor)
    names = dict(zip([s.code for s in game.model.services], told["services"], strict=True))
    context = {
        "row": row, "config": json.dumps(told, ensure_ascii=False), "begun": json.dumps(begun, ensure_ascii=False),
        "name": shown.scenario_name(row), "over": row.state == OVER, "debrief": shown.debrief_url(row),
        "quarters": quarters(told["opens"], told["closes"]),
        "counters": told["windows"], "people": told["staff"], "places": words.places().items(),
        "divertible": [(s.code, names[s.code], round(100 * s.divertible)) for s in game.model.services if s.device],
        "shares": range(0, 101, 10), "speeds": [n for n in told["speeds"] if n], "seats": seats, "tried": tried,
        "join": request.build_absolute_uri(reverse("academy:drill-join", args=[row.pk])),
        "exam": exam, "free": row.purpose not in STRICT, "loss": row.result.get("loss") if row.result else None,
        "marks": [line for line in lines if line.kind == "mark"],
        "planned": told["plan"] is not None, "may": {act.replace("-", "_"): True for act in may},
        "errands": len(errand.errands_in(game.injects)), "left_out": errands.left_out(row),
    }  # fmt: skip
    return render(request, "academy/drill.html", context)


def exam_url(row: DrillSession) -> str:
    """The exam that the day belongs to. Inside a scope."""
    if row.purpose != EXAM:
        return ""
    return reverse("academy:exam-sitting", args=[Sitting.objects.values_list("pk", flat=True).get(session=row)])


def quarters(opens: int, closes: int) -> list[tuple[int, str]]:
    """Quarters of an hour of a day as (minute, words), for a break at another time."""
    minutes = range(opens // 60 // 15 * 15, closes // 60, 15)
    return [(minute, calendar.wall(minute)) for minute in minutes]


def segment_json(request: Any, row: DrillSession, since: int | None, after: int) -> dict[str, Any]:
    """The coming seconds as JSON. Inside a scope."""
    real = timing.clock_of(row, clock.now(), REAL.now())
    return shown.segment(queries.segment(row, since, after, real), request.scope.actor)


def settle(request: Any, session: UUID) -> None:
    """Let happen what happens by itself, before anything of the day is shown or ordered; 404 for a drill that the
    caller does not play."""
    try:
        actions.drill_settle(scope=request.scope, session=session, now=clock.now(), real=REAL.now())
    except NotFound as absent:
        raise Http404 from absent


@policy.allow(PLAY)
def segment(request: Any, session: UUID) -> HttpResponse:
    """What the script asks for every few seconds."""
    since = number_in(request.GET.get("since", ""), -1)
    after = number_in(request.GET.get("after", ""), 0)
    settle(request, session)
    with scoped(request.scope):
        row = found(request, session)
        return JsonResponse(segment_json(request, row, None if since < 0 else since, after))


@policy.allow(PLAY)
@require_POST
def do(request: Any, session: UUID, name: str) -> HttpResponse:
    """Everything that a press on the page does."""
    here = {
        "scope": request.scope, "session": session, "now": clock.now(), "real": REAL.now(), "key": key_of(request),
    }  # fmt: skip
    sent = request.POST.dict()
    settle(request, session)
    try:
        made = _act(name, here, sent)
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        return _answer(request, session, refused.message, refused.status)
    if isinstance(made, DrillSession) and made.pk != session:
        return redirect("academy:drill", made.pk)
    return _answer(request, session, "", 200)


def _act(name: str, here: dict[str, Any], sent: dict[str, str]) -> Any:
    if name == "pace":
        return actions.drill_pace(**here, speed=number_in(sent.get("speed", ""), -1))
    if name == "mark":
        return actions.drill_mark(**here, name=sent.get("name", ""))
    if name == "fork":
        return actions.drill_fork(**here, second=number_in(sent.get("second", ""), 0))
    if name == "retry":
        return actions.drill_retry(**here)
    if name == "over":
        return actions.drill_finish(**_keyless(here))
    if name == "hand-in":
        return actions.drill_hand_in(**_keyless(here), inject=sent.get("inject", ""))
    if name == "choose":
        return actions.drill_choose(**here, inject=sent.get("inject", ""), choice=sent.get("choice", ""))
    if name in FIELDS and name != playing.ANSWER:
        return actions.drill_order(**here, act=name, inputs=sent)
    raise Http404


def _keyless(here: dict[str, Any]) -> dict[str, Any]:
    """For verbs of which a second press changes nothing by themselves."""
    return {name: value for name, value in here.items() if name != "key"}


def _answer(request: Any, session: UUID, refused: str, status: int) -> HttpResponse:
    """A script gets the new segment or the refusal, a plain form the page."""
    if request.headers.get("X-Drill"):
        if refused:
            return JsonResponse({"refused": refused}, status=status)
        with scoped(request.scope):
            row = found(request, session)
            after = number_in(request.POST.get("after", ""), 0)
            return JsonResponse(segment_json(request, row, None, after))
    if refused:
        messages.error(request, refused)
    return redirect("academy:drill", session)


@policy.allow(PLAY)
def join(request: Any, session: UUID) -> HttpResponse:
    """Take a post in somebody's drill of the same branch."""
    drill_page(request)
    if request.method == "POST":
        try:
            actions.drill_join(
                scope=request.scope, session=session, post=request.POST.get("post", ""), now=clock.now(),
                real=REAL.now(),
            )  # fmt: skip
        except NotFound as absent:
            raise Http404 from absent
        except DomainError as refused:
            messages.error(request, refused.message)
            return redirect("academy:drill-join", session)
        return redirect("academy:drill", session)
    with scoped(request.scope):
        row = queries.joinable(request.scope, session)
        if row is None:
            raise Http404
        taken = {seat.post: seat.user.name for seat in row.seats.select_related("user")}
    posts = [(key, name, taken.get(key, "")) for key, name in words.posts().items()]
    context = {"row": row, "posts": posts, "name": shown.scenario_name(row), "title": _("Join a drill")}
    return render(request, "academy/drill_join.html", context)
