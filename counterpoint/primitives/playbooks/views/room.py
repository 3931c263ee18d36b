"""The war room: one play, real or drill, live for everybody in it; and the phone page of one person's steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import User, clock, policy, roles_of
from counterpoint.primitives.playbooks import actions, facts
from counterpoint.primitives.playbooks.outlook import chance_of_play
from counterpoint.primitives.playbooks.running import strip
from counterpoint.primitives.playbooks.shown import role_name
from counterpoint.primitives.playbooks.verbs import DO, LEAD, VIEW
from counterpoint.primitives.playbooks.views.frame import back, detail, room_of, values_in
from counterpoint.ui.pages import done

LIVE = ", ".join(f"live:{kind} from:body" for kind in (*facts.LIVE, "resync"))


@policy.allow(VIEW)
def room(request: Any, play_id: UUID) -> HttpResponse:
    """The whole room."""
    return render(request, "primitives/playbooks/room.html", _context(request, play_id))


@policy.allow(VIEW)
def running(request: Any) -> HttpResponse:
    """What runs now in the caller's reach: the strip above desks and workplaces, afresh."""
    return render(request, "primitives/playbooks/parts/running.html", strip(request))


@policy.allow(VIEW)
def room_now(request: Any, play_id: UUID) -> HttpResponse:
    """The part of the room that changes."""
    return render(request, "primitives/playbooks/parts/room.html", _context(request, play_id))


def _context(request: Any, play_id: UUID) -> dict[str, Any]:
    now = clock.now()
    found = detail(request, play_id, now)
    scope = request.scope
    chance = chance_of_play(scope=scope, play=play_id, now=now) if found.state in ("running", "paused") else None
    shown = room_of(request, found, now)
    bottleneck = shown.book.by_slug[chance.bottleneck].name(request.LANGUAGE_CODE) if chance else ""
    return {
        "room": shown, "play": found, "now": now, "live": LIVE, "chance": chance, "bottleneck": bottleneck,
        "may_do": scope.may(DO), "may_lead": scope.may(LEAD), "here": reverse("primitives:play", args=[play_id]),
        "running": found.state in ("running", "paused"),
    }  # fmt: skip


@policy.allow(VIEW)
def mine(request: Any, play_id: UUID) -> HttpResponse:
    """On the phone: the steps of my role that are to be done now, and what comes next."""
    context = _context(request, play_id)
    user = User.objects.filter(pk=request.scope.actor).first()
    own = {role_name(role) for role in roles_of(user, context["now"])} if user else set()
    steps = context["room"].now
    context["mine"] = [one for one in steps if one.role in own]
    context["others"] = [one for one in steps if one.role not in own]
    context["coming"] = [one for one in context["room"].steps if one.view.state == "waiting" and one.role in own]
    context["here"] = reverse("primitives:play-mine", args=[play_id])
    template = "parts/mine.html" if request.htmx else "mine.html"
    return render(request, f"primitives/playbooks/{template}", context)


Deed = Callable[[Any, dict[str, Any]], Any]


def _done(request: Any, here: dict[str, Any]) -> Any:
    number = request.POST.get("round", "")
    return actions.step_done(
        **here, step=request.POST.get("step", ""), answer=request.POST.get("answer", ""), values=values_in(request),
        note=request.POST.get("note", ""), round=int(number) if number.isdecimal() else None,
    )  # fmt: skip


def _skip(request: Any, here: dict[str, Any]) -> Any:
    return actions.step_skip(
        **here, step=request.POST.get("step", ""), answer=request.POST.get("answer", ""),
        reason=request.POST.get("reason", ""),
    )  # fmt: skip


def _note(request: Any, here: dict[str, Any]) -> Any:
    return actions.play_note(**here, text=request.POST.get("text", ""), link=request.POST.get("link", ""))


DEEDS: dict[str, tuple[str, Deed, Callable[[], str]]] = {
    "done": (DO, _done, lambda: _("Noted: done.")),
    "skip": (LEAD, _skip, lambda: _("Noted: skipped.")),
    "seen": (
        DO, lambda request, here: actions.step_acknowledge(**here, step=request.POST.get("step", "")),
        lambda: _("Noted: you act. Nobody further is told of this step."),
    ),
    "react": (
        DO,
        lambda request, here: actions.inject_react(
            **here, inject=request.POST.get("inject", ""), text=request.POST.get("text", "")
        ),
        lambda: _("Noted: that is how you react."),
    ),
    "note": (DO, _note, lambda: _("Written into the log.")),
    "pause": (LEAD, lambda _request, here: actions.play_pause(**here), lambda: _("Paused.")),
    "resume": (LEAD, lambda _request, here: actions.play_resume(**here), lambda: _("It goes on.")),
    "abort": (
        LEAD, lambda request, here: actions.play_abort(**here, reason=request.POST.get("reason", "")),
        lambda: _("Broken off. No deadline fires any more."),
    ),
    "complete": (
        LEAD, lambda request, here: actions.play_complete(**here, reason=request.POST.get("reason", "")),
        lambda: _("Closed. The report is written."),
    ),
}  # fmt: skip


@policy.allow(DO)
@require_POST
def deed(request: Any, play_id: UUID, name: str) -> HttpResponse:
    """One press in the room."""
    if name not in DEEDS:
        raise Http404
    _verb, act, message = DEEDS[name]
    here = {"scope": request.scope, "play": play_id, "now": clock.now()}
    return done(
        request, lambda: act(request, here), message(), back(request, reverse("primitives:play", args=[play_id]))
    )
