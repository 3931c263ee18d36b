"""Pages of chapter 1: the desk that follows the day, the branches of a region, the two sheets."""

from datetime import date, datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from counterpoint.foundation.api import clock, policy, roles_of
from counterpoint.foundation.api import roles as house_roles
from counterpoint.role import desk, overview, printing, sheets
from counterpoint.role.drawing import drawn, panels_at
from counterpoint.role.today import day_of
from counterpoint.role.verbs import DESK, SHEETS
from counterpoint.ui import panels
from counterpoint.ui.pages import PDF, download
from counterpoint.ui.panels import ShownPanel

FARTHEST_YEARS = 10  # a sheet of a date farther away answers no question


@policy.signed_in
def desk_page(request: Any) -> HttpResponse:
    """`/`: a branch person's desk; the branches of somebody above them; the hall pages of floor staff.

    Somebody who holds no post today is told so: they have just signed in and would not know what is missing.
    """
    if not request.scope.roots:
        return render(request, "role/nowhere.html")
    if not request.scope.may(DESK):
        raise Http404
    now = clock.now()
    if _looks_at_many(request, now):
        return _branches(request, now)
    today = desk.prepare(request, now)
    if today is not None:
        own = desk.own_page(request.user, today)
        if request.GET.get("stay"):
            request.session[desk.CHOICE] = request.GET["stay"] == "desk"
        if own and not request.session.get(desk.CHOICE):
            return redirect(own)
    return _desk(request, today)


@policy.allow(DESK)
def branch_desk(request: Any) -> HttpResponse:
    """The desk of the chosen branch, also for people who look at many."""
    return _desk(request, desk.prepare(request, clock.now()))


@policy.allow(DESK)
def panels_part(request: Any) -> HttpResponse:
    """The panels of the hour; nothing (204) while the asked phase is still the hour's."""
    today = desk.prepare(request, clock.now())
    if today is None:
        raise Http404
    if request.GET.get("phase") == today.phase and not request.GET.get("afresh"):
        return HttpResponse(status=204)
    return render(request, "role/parts/panels.html", _hour(request, today))


@policy.allow(DESK)
def panel_part(request: Any, key: str) -> HttpResponse:
    """One panel, refreshed."""
    shown = _one(request, key)
    if shown is None:
        return HttpResponse("")
    return render(request, "role/parts/panel.html", {"one": drawn(request, shown)})


@policy.allow(DESK)
def panel_open(request: Any, key: str) -> HttpResponse:
    """One panel with everything it knows, for the drawer."""
    shown = _one(request, key)
    if shown is None:
        raise Http404
    return render(request, "role/parts/panel_open.html", {"one": drawn(request, shown, in_drawer=True)})


@policy.allow(SHEETS)
def morning(request: Any) -> HttpResponse:
    """The morning sheet: yesterday, today's hours, people, machines. Needs no typing."""
    return _sheet(request, "role/morning.html", sheets.morning_sheet)


@policy.allow(SHEETS)
def evening(request: Any) -> HttpResponse:
    """The evening sheet: the day against its forecast, the longest waits, tomorrow."""
    return _sheet(request, "role/evening.html", partial(sheets.evening_sheet, language=request.LANGUAGE_CODE))


@policy.allow(SHEETS)
def morning_pdf(request: Any) -> HttpResponse:
    """The morning sheet on paper."""
    sheet = sheets.morning_sheet(**_asked(request))
    branch = request.branch
    data = printing.morning_data(sheet, branch.name, request.LANGUAGE_CODE, branch.rule_pack)
    return _pdf("morning", sheet.today, data)


@policy.allow(SHEETS)
def evening_pdf(request: Any) -> HttpResponse:
    """The evening sheet on paper."""
    sheet = sheets.evening_sheet(**_asked(request), language=request.LANGUAGE_CODE)
    branch = request.branch
    data = printing.evening_data(sheet, branch.name, request.LANGUAGE_CODE, branch.rule_pack)
    return _pdf("evening", sheet.today, data)


def _looks_at_many(request: Any, now: datetime) -> bool:
    held = roles_of(request.user, now)
    return any(house_roles.ROLES[role].level not in ("branch", "group") for role in held)


def _branches(request: Any, now: Any) -> HttpResponse:
    found = overview.lines(scope=request.scope, branches=list(request.branches), now=now)
    request.live_url = ""
    context = {"lines": found, "now": now, "panels": panels_at(request, "", panels.ABOVE)}
    return render(request, "role/branches.html", context)


def _desk(request: Any, today: Any) -> HttpResponse:
    if today is None:
        return render(request, "role/nowhere.html")
    own = desk.own_page(request.user, today)
    context = {"today": today, "own_page": own, "marks": _marks(request, today), **_hour(request, today)}
    return render(request, "role/desk.html", context)


def _marks(request: Any, today: Any) -> list[str]:
    return [mark.name(request.LANGUAGE_CODE) for mark in today.marks]


def _hour(request: Any, today: Any) -> dict[str, Any]:
    asks, about = desk.ASKS[today.phase]
    shown = panels_at(request, today.phase, panels.DESK)
    return {"today": today, "phase": today.phase, "asks": asks, "about": about, "panels": shown}


def _one(request: Any, key: str) -> ShownPanel | None:
    panel = panels.get(key)
    if panel is None or not panels.permitted(panel, request):
        raise Http404
    desk.prepare(request, clock.now())
    return panels.show(panel, request)


def _asked(request: Any) -> dict[str, Any]:
    """Branch and date of a sheet: `?date=` or today."""
    if not request.branch:
        raise Http404
    now = clock.now()
    today = desk.prepare(request, now)
    wanted = request.GET.get("date", "")
    try:
        on = date.fromisoformat(wanted) if wanted else None
    except ValueError:
        raise Http404 from None
    if on and abs(on.year - now.year) > FARTHEST_YEARS:
        raise Http404
    shown = day_of(request.branch, on, now) if on else today
    return {"scope": request.scope, "branch": request.branch, "today": shown}


def _sheet(request: Any, template: str, build: Any) -> HttpResponse:
    asked = _asked(request)
    sheet = build(**asked)
    context = {
        "sheet": sheet,
        "today": asked["today"],
        "marks": _marks(request, asked["today"]),
        "words": printing.Words(asked["today"].date, request.branch.rule_pack, request.LANGUAGE_CODE),
    }
    return render(request, template, context)


def _pdf(name: str, today: Any, data: dict[str, Any]) -> HttpResponse:
    return download(printing.pdf(f"{name}.typ", data), f"{name}-{today.date:%Y-%m-%d}.pdf", PDF, inline=True)
