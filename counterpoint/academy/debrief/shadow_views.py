"""Thinking along beside the own live day: what would you do now, own days, and how far the licence is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.debrief import shadow
from counterpoint.academy.debrief.shown import clock as time_of
from counterpoint.academy.rules.shadow import REGIMES
from counterpoint.academy.verbs import SHADOW
from counterpoint.foundation.api import DomainError, NotFound, clock, policy
from counterpoint.ui import reader
from counterpoint.ui.pages import branch_here


def regimes() -> dict[str, str]:
    """Kinds of days in words."""
    return {
        "usual": _("usual day"), "marked": _("payday or the like"), "crowded": _("more people than expected"),
        "machine_out": _("machine out of order"), "short": _("fewer people than rostered"),
    }  # fmt: skip


@policy.allow(SHADOW)
def page(request: Any) -> HttpResponse:
    """What is asked now, today's answers, own days, the licence."""
    return _page(request)


def _page(request: Any, refused: str = "") -> HttpResponse:
    branch, now = branch_here(request), clock.now()
    if not request.scope.may(SHADOW, branch.path):
        raise Http404
    state = shadow.asked(scope=request.scope, branch=branch, now=now, language=reader.language())
    days = shadow.own_days(request.scope)
    terms = shadow.terms(branch, branch.date_at(now))
    held, names = shadow.licence_of(days, terms), regimes()
    coming = next((one for one in state.points if one > state.there.minute), None)
    context = {
        "branch": branch, "state": state, "refused": refused, "terms": terms, "held": held,
        "newest": min(held.days, terms.days),
        "asked": time_of(60 * state.open) if state.open is not None else "",
        "answered": [time_of(60 * one) for one in state.answered], "coming": coming is not None,
        "shares": [(code, name, round(100 * most)) for code, name, most in state.there.services],
        "days": [(day, [names.get(key, key) for key in day.regimes], day.points >= terms.points) for day in days],
        "kinds": [(names[key], key in held.regimes) for key in REGIMES],
    }  # fmt: skip
    return render(request, "academy/shadow.html", context, status=422 if refused else 200)


@policy.allow(SHADOW)
@require_POST
def choose(request: Any) -> HttpResponse:
    """Keep a choice; nothing happens in the hall."""
    try:
        shadow.shadow_choose(
            scope=request.scope, branch=branch_here(request), given=request.POST.dict(), now=clock.now()
        )
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        return _page(request, refused.message)
    messages.success(request, _("Kept. It is judged once the day is closed; nothing happened in the hall."))
    return redirect("academy:shadow")
