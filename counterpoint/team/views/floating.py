"""Help between near branches, for those above them: who could help where in a week, and putting it into drafts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import OrgUnit, clock, policy, scoped
from counterpoint.team import actions, parameters, queries, shown
from counterpoint.team.models import FloatPlan
from counterpoint.team.views.frame import remember, running
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import date_in, done, download

WEEK = timedelta(days=7)


def _top(request: Any) -> OrgUnit:
    """The caller's highest unit; 404 for people of one branch."""
    top = queries.tree_top(scope=request.scope)
    if top is None:
        raise Http404
    return top


def _week(request: Any, top: OrgUnit) -> date:
    """The Monday asked for, else that of next week."""
    given = date_in(request.GET.get("week") or request.POST.get("week") or "")
    day = given or top.date_at(clock.now()) + WEEK
    return day - timedelta(days=day.weekday())


@policy.allow("team.floating.view")
def floating(request: Any) -> HttpResponse:
    """The newest plan of a week: moves, what they change branch by branch, who may help, and how far it is."""
    top = _top(request)
    week = _week(request, top)
    found = queries.floating_latest(scope=request.scope, week=week)
    people = queries.floaters(scope=request.scope, unit=top)
    with scoped(request.scope):
        branches = list(OrgUnit.objects.filter(kind="branch", path__startswith=top.path).order_by("path"))
    names = {branch.code: branch.name for branch in branches}
    usual, away = parameters.floating(week, top.rule_pack)
    context: dict[str, Any] = {
        "found": found, "week": week, "last": week + timedelta(days=6), "weeks": (week - WEEK, week + WEEK),
        "jobs": running(request), "branches": branches, "usual": usual.value, "most": away.value,
        "may_make": request.scope.may("team.floating.make", top.path),
        "people": [(one.user.name, one.user.staff_no, one.org_unit.name) for one in people],
        "travel": [
            (names.get(row.one, row.one), names.get(row.other, row.other), row.minutes)
            for row in queries.travel_times(scope=request.scope, unit=top)
        ],
    }  # fmt: skip
    if found:
        context |= _told(found, names)
    return render(request, "team/floating.html", context)


def _told(found: FloatPlan, names: dict[str, str]) -> dict[str, Any]:
    """The plan in words and sums."""
    payload = found.payload
    moves = [
        {**move, "day_text": shown.day_label(found.week + timedelta(days=move["day"])),
         "home_name": names.get(move["home"], move["home"]), "branch_name": names.get(move["branch"], move["branch"]),
         "time": f"{shown.clock(move['start'])}–{shown.clock(move['end'])}",
         "posts": _(", ").join(shown.skill(skill) for skill in move["skills"])}
        for move in sorted(payload["moves"], key=lambda m: (m["day"], m["branch"], m["name"]))
    ]  # fmt: skip
    lines = [
        {"name": names.get(row["code"], row["code"]), "change": row["total"] - row["alone"],
         "short_alone": row["short_alone"], "short": row["short"],
         "guests": sum(move["branch"] == row["code"] for move in moves),
         "gone": sum(move["home"] == row["code"] for move in moves)}
        for row in payload["branches"]
    ]  # fmt: skip
    lines.sort(key=lambda line: (line["change"], line["name"]))
    before, after = (sum(row[key] for row in payload["branches"]) for key in ("alone", "total"))
    return {
        "moves": moves, "lines": lines,
        "short_before": round(sum(row["short_alone"] for row in payload["branches"]), 1),
        "short_after": round(sum(row["short"] for row in payload["branches"]), 1),
        "cost_before": before, "cost_after": after + payload["moving"],
        "missing": [names[code] for code in payload["missing"] if code in names],
        "failed": [names.get(code, code) for code in payload["failed"]],
    }  # fmt: skip


@policy.allow("team.floating.make")
@require_POST
def make(request: Any) -> HttpResponse:
    """Work the week out."""
    top = _top(request)
    week = _week(request, top)
    with scoped(request.scope):
        remember(request, actions.float_make(scope=request.scope, now=clock.now(), unit=top, week=week))
    return _back(week)


@policy.allow("team.floating.make")
@require_POST
def travel(request: Any) -> HttpResponse:
    """Set how far two branches are apart."""
    top = _top(request)
    codes = [request.POST.get(name, "") for name in ("one", "other")]
    units = queries.units_by_code(scope=request.scope, codes=codes)
    if any(code not in units for code in codes):
        raise Http404
    text = request.POST.get("minutes", "")
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
    return done(
        request,
        lambda: actions.travel_set(
            scope=request.scope, now=clock.now(), unit=top, one=units[codes[0]], other=units[codes[1]], minutes=minutes
        ),
        _("Saved."), "team:floating",
    )  # fmt: skip


@policy.allow("team.floating.make")
@require_POST
def apply(request: Any, plan_id: UUID) -> HttpResponse:
    """Put the plan's rosters into the branches' drafts."""
    return done(
        request,
        lambda: actions.float_apply(scope=request.scope, now=clock.now(), plan_id=plan_id),
        _("Every branch that takes part has a new draft; it looks at it and publishes it."), "team:floating",
    )  # fmt: skip


@policy.allow("team.floating.view")
def excel(request: Any) -> HttpResponse:
    """Moves and branches as a workbook."""
    top = _top(request)
    week = _week(request, top)
    found = queries.floating_latest(scope=request.scope, week=week)
    if found is None:
        raise Http404
    with scoped(request.scope):
        names = dict(OrgUnit.objects.filter(kind="branch").values_list("code", "name"))
    told = _told(found, names)
    title = f"{week} – {week + timedelta(days=6)}"
    columns = ("name", "home_name", "branch_name", "time", "posts", "travel")
    moves = [[week + timedelta(days=m["day"]), *(m[name] for name in columns)] for m in told["moves"]]
    lines = [[x["name"], x["guests"], x["gone"], x["short_alone"], x["short"], x["change"]] for x in told["lines"]]
    content = workbook([
        Sheet(_("Who helps where"), [_("Date"), _("Person"), _("Home branch"), _("Helps at"), _("Time"), _("Posts"),
                                     _("Travel, minutes")], moves, title=title),
        Sheet(_("Branches"), [_("Branch"), _("Days of guests"), _("Days away"), _("Person-hours short alone"),
                              _("Person-hours short with help"), _("Change in points")], lines, title=title),
    ])  # fmt: skip
    return download(content, f"help-{week.isoformat()}.xlsx")


def _back(week: date) -> HttpResponse:
    response = redirect("team:floating")
    response["Location"] += f"?week={week.isoformat()}"
    return response
