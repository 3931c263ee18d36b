"""The planning flow: history → forecast → need → roster → published, each step with its state and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, policy
from counterpoint.primitives.metrics import UnknownSource, fetch
from counterpoint.team import actions, queries
from counterpoint.team.models import Roster
from counterpoint.team.views.frame import opened, remember, running, week_of

HISTORY = timedelta(days=400)


@dataclass(frozen=True)
class Step:
    """One step: its state in words, how loud, and the page behind it."""

    key: str
    label: str
    level: str
    text: str
    todo: str = ""
    url: str = ""
    verb: str = ""


@policy.allow("team.forecast.view")
def plan(request: Any) -> HttpResponse:
    """The five steps of a week, and buttons for those that the machine does."""
    today = opened(request)
    week = week_of(request, today.date)
    forecast = queries.forecast_latest(scope=request.scope, branch=request.branch, on=week)
    roster = queries.roster_latest(scope=request.scope, branch=request.branch, week=week)
    steps = (
        _history(request, today.date),
        _forecast(forecast, week),
        _need(forecast, week),
        _roster(roster, request, week),
        _published(request, week),
    )
    context = {
        "steps": steps,
        "week": week,
        "weeks": [week - timedelta(days=7), week + timedelta(days=7)],
        "last": week + timedelta(days=6),
        "jobs": running(request),
        "may_edit": request.scope.may("team.roster.edit", request.branch.path),
    }
    return render(request, "team/plan.html", context)


def _history(request: Any, today: date) -> Step:
    label = _("Ticket history")
    url = _import_page()
    try:
        days = fetch("onsite.days", scope=request.scope, branch=request.branch, since=today - HISTORY, until=today)
    except UnknownSource:
        days = None
    if days is None or days.empty:
        todo = _("Import a ticket file of your queue machine, or wait until tickets were taken for some weeks.")
        return Step("history", label, "act", _("No tickets yet."), todo, url, _("Import a file"))
    count = len(days)
    text = _("%(days)s days with %(tickets)s tickets") % {"days": count, "tickets": int(days["tickets"].sum())}
    if count < 14:
        return Step("history", label, "watch", text, _("Less than two weeks: the forecast will be wide."), url)
    return Step("history", label, "fine", text, "", url)


def _import_page() -> str:
    for name in ("onsite:history-import", "onsite:history"):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def _forecast(found: Any, week: date) -> Step:
    label = _("Forecast")
    url = f"{reverse('team:forecast')}?day={week.isoformat()}"
    if found is None:
        return Step("forecast", label, "act", _("None covers this week."), _("Make it with the button below."), url)
    record = found.payload["scores"]
    text = _("made %(date)s") % {"date": f"{found.made_at:%m-%d}"}
    if record:
        text += " · " + _("past weeks: %(error)s %% error, %(inside)s %% inside the range") % {
            "error": round(100 * record["wape"]), "inside": round(100 * record["coverage"]),
        }  # fmt: skip
    return Step("forecast", label, "fine", text, "", url, _("Open"))


def _need(found: Any, week: date) -> Step:
    label = _("People needed")
    url = f"{reverse('team:need')}?day={week.isoformat()}"
    if found is None:
        return Step("need", label, "calm", _("Follows from the forecast."))
    hours = sum(sum(map(sum, series)) for series in found.payload["need"].values()) / 2
    days = len(found.payload["days"])
    text = _("%(hours)s person-hours on posts in %(days)s days") % {"hours": round(hours), "days": days}
    return Step("need", label, "fine", text, "", url, _("Open"))


def _roster(row: Roster | None, request: Any, week: date) -> Step:
    label = _("Roster")
    url = f"{reverse('team:roster')}?week={week.isoformat()}"
    if row is None:
        if not queries.staff(scope=request.scope, branch=request.branch):
            todo = _("Set up people with their skills first.")
            return Step(
                "roster", label, "act", _("Nobody has a staff profile."), todo, reverse("team:staff"), _("People")
            )
        return Step("roster", label, "act", _("No draft yet."), _("Draft it with the button below."))
    if not row.solution.get("roster"):
        return Step(
            "roster", label, "act", _("No roster keeps every hard rule."),
            _("Look at the conflict and choose a way out."), url, _("Open"),
        )  # fmt: skip
    text = _("version %(n)s is a draft") if row.state == Roster.State.DRAFT else _("version %(n)s")
    return Step("roster", label, "fine", text % {"n": row.version}, "", url, _("Open"))


def _published(request: Any, week: date) -> Step:
    label = _("Published")
    row = queries.roster_published_for(scope=request.scope, branch=request.branch, day=week)
    if row is None:
        return Step(
            "published", label, "watch", _("People do not see their shifts yet."), _("Publish from the roster page.")
        )
    text = _("version %(n)s since %(date)s") % {"n": row.version, "date": f"{row.published_at:%m-%d}"}
    return Step("published", label, "fine", text)


@policy.allow("team.forecast.make")
@require_POST
def make_forecast(request: Any) -> HttpResponse:
    """Ask for a forecast of the asked week and the one after."""
    today = opened(request)
    week = week_of(request, today.date)
    return _started(
        request, week, lambda: actions.forecast_make(
            scope=request.scope, now=clock.now(), branch=request.branch,
            since=min(week, today.date + timedelta(days=1)), days=max(14, (week - today.date).days + 7), seed=1,
        ),
    )  # fmt: skip


@policy.allow("team.roster.edit")
@require_POST
def make_draft(request: Any) -> HttpResponse:
    """Ask for a drafted roster of the week."""
    today = opened(request)
    week = week_of(request, today.date)
    return _started(
        request, week,
        lambda: actions.roster_draft(scope=request.scope, now=clock.now(), branch=request.branch, week=week, seed=1),
    )  # fmt: skip


def _started(request: Any, week: date, ask: Any) -> HttpResponse:
    from django.contrib import messages

    try:
        row = ask()
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        remember(request, row)
    return redirect(f"{reverse('team:plan')}?week={week.isoformat()}")
