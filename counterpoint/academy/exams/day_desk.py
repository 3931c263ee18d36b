"""The bank's days: how hard each was measured to be, and grading again without one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.exams import day_shown, days, grading, measuring
from counterpoint.academy.verbs import MANAGE
from counterpoint.foundation.api import DomainError, OrgUnit, Scope, clock, policy


def lines(scope: Scope, unit: OrgUnit, now: Any) -> list[dict[str, Any]]:
    """Every day of every exam in force, as rows of the bank."""
    on, people = unit.date_at(now), day_shown.seen(scope)
    found = [day for exam in days.exams_with_days(unit, on) for day in days.days_of(exam, unit, on)]
    return [day_shown.line(day, people) for day in found]


@policy.allow(MANAGE)
def one(request: Any, game: str) -> HttpResponse:
    """One day: its scripted players, its difficulty, how people fared."""
    unit = measuring.top(request.scope)
    held = next((row for row in lines(request.scope, unit, clock.now()) if row["hash"] == game), None)
    if held is None:
        raise Http404
    part = held["day"].part
    return render(request, "academy/exams/day.html", {**held, "window": day_shown.window(part), "part": part})


@policy.allow(MANAGE)
@require_POST
def grade(request: Any, game: str) -> HttpResponse:
    """Grade all sittings with a day again by their questions alone."""
    unit = measuring.top(request.scope)
    try:
        written, turned = grading.grade_without_day(
            scope=request.scope, unit=unit, game_hash=game, why=request.POST.get("why", ""), now=clock.now()
        )
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        words = {"written": written, "turned": turned}
        messages.success(request, _("%(written)d results graded again, %(turned)d turned.") % words)
    return redirect("academy:bank-day", game=game)
