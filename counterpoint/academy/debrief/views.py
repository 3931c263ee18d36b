"""Pages after a day: what is said of it, completed as it is judged; a closed live day taken to be played."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from counterpoint.academy.debrief import actions, following, keeping, queries, shown
from counterpoint.academy.drill import errands, errands_shown, log
from counterpoint.academy.drill import shown as drill
from counterpoint.academy.models import DrillSession
from counterpoint.academy.models.drill import OVER, STRICT
from counterpoint.academy.rules import errand as rule
from counterpoint.academy.rules import telling
from counterpoint.academy.science import playing
from counterpoint.academy.verbs import DAY_TAKE, DEBRIEF
from counterpoint.foundation.api import DomainError, NotFound, clock, policy, scoped
from counterpoint.ui.pages import branch_here, date_in


def _session(request: Any, session_id: UUID) -> DrillSession:
    with scoped(request.scope):
        try:
            return queries.may_see(request.scope, session_id)
        except NotFound as absent:
            raise Http404 from absent


@policy.allow(DEBRIEF)
def debrief(request: Any, session_id: UUID) -> HttpResponse:
    """What is said of a played day; what is not judged yet comes by itself."""
    session = _session(request, session_id)
    return render(request, "academy/debrief.html", _context(request, session))


@policy.allow(DEBRIEF)
def debrief_now(request: Any, session_id: UUID) -> HttpResponse:
    """The body of the page, for a page that waits for the judgement."""
    session = _session(request, session_id)
    return render(request, "academy/parts/debrief.html", _context(request, session))


def _context(request: Any, session: DrillSession) -> dict[str, Any]:
    unit, now = session.org_unit, clock.now()
    base = {"session": session, "over": session.state == OVER, "own": session.owner_id == request.scope.actor}
    if session.state != OVER:
        return base | {"play": reverse("academy:drill", args=[session.pk])}
    with scoped(request.scope):
        data = keeping.told(session)
        asked = actions.asked(session)
        found = log.lines(session)
    names = drill.names_of(session)
    done = errands_shown.done(session, found, log.game_played(session, found))
    ghost = queries.ghost_path(session) if session.purpose == "league" and data["ready"] else None
    fork = "" if session.purpose in STRICT else reverse("academy:drill-do", args=[session.pk, "fork"])
    context = base | {
        "data": data, "figures": shown.figures(data), "chart": shown.chart(data, ghost), "asked": asked,
        "fork": fork, "waits": not data["full"] and asked == "running", "errands": done,
        "left_out": errands.left_out(session),
    }  # fmt: skip
    if not data["ready"]:
        return context
    better = queries.tells_better(request.scope, session)
    lines = shown.lines(data, names) if better else []
    parts, total = shown.parts(data)
    orders = [order for order in data["orders"] if not _found(order)] if better else []
    best = [f"{shown.clock(order[0])} {shown.act(order, names)}" for order in orders]
    return context | {
        "headline": shown.headline(data, names) if better else "", "better": better, "parts": parts, "total": total,
        "lines": lines,
        "strip": shown.strip(data, [*lines, *done]), "split": shown.split(data), "bar": shown.bar(data), "best": best,
        "first": shown.clock(60 * data["minutes"][0]), "last": shown.clock(60 * data["minutes"][-1]),
        "following": following.lesson(session, telling.weakest(data), unit, now),
        "next": following.drill(session, data, unit, now) if better and base["own"] else None, "real": "real" in data,
    }  # fmt: skip


def _found(order: Any) -> bool:
    """Whether an order of the best run is the finding of an errand: it does every one."""
    return bool(order[1] == playing.ANSWER and order[2].get("choice") in rule.ANSWERS)


@policy.allow(DEBRIEF)
@require_POST
def ask(request: Any, session_id: UUID) -> HttpResponse:
    """Have a day judged that is not yet."""
    try:
        actions.debrief_ask(scope=request.scope, session=session_id, now=clock.now())
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("academy:debrief", session_id=session_id)


@policy.allow(DAY_TAKE)
@require_POST
def take(request: Any, day: str) -> HttpResponse:
    """Take a closed live day and play it."""
    on = date_in(day)
    if on is None:
        raise Http404
    try:
        session = actions.day_take(
            scope=request.scope, branch=branch_here(request), on=on, now=clock.now(), real=clock.SystemClock().now()
        )
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("onsite:replay-day", day=day)
    return redirect("academy:drill", session=session.pk)
