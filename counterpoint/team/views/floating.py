"""Help between near branches, for those above them: who could help where in a week, and putting it into drafts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, OrgUnit, clock, policy, scoped
from counterpoint.team import actions, parameters, queries, shown
from counterpoint.team.actions.floating import FURTHEST
from counterpoint.team.errors import NotNow
from counterpoint.team.models import FloatPlan
from counterpoint.team.views.frame import remember, running
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import date_in, download

WEEK = timedelta(days=7)
FAR = gettext_lazy("Travel there and back takes 0 to 600 minutes.")
CHOOSE = {"invalid_choice": gettext_lazy("Choose a branch of the list.")}


class TravelForm(forms.Form):
    """Two branches and how far they are apart."""

    one = forms.ChoiceField(label=gettext_lazy("Branch"), error_messages=CHOOSE)
    other = forms.ChoiceField(label=gettext_lazy("Other branch"), error_messages=CHOOSE)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes there and back"), min_value=0, max_value=FURTHEST,
        error_messages={"min_value": FAR, "max_value": FAR},
    )  # fmt: skip

    def __init__(self, branches: list[OrgUnit], *args: Any) -> None:
        super().__init__(*args)
        for name in ("one", "other"):
            self.fields[name].choices = [("", ""), *((one.code, one.name) for one in branches)]  # type: ignore[attr-defined]


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


def _branches(request: Any, top: OrgUnit) -> list[OrgUnit]:
    with scoped(request.scope):
        return list(OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH, path__startswith=top.path).order_by("path"))


@policy.allow("team.floating.view")
def floating(request: Any, bad: TravelForm | None = None) -> HttpResponse:
    """The newest plan of a week: moves, what they change branch by branch, who may help, and how far it is. With a
    `bad` form the page comes back with what was typed."""
    top = _top(request)
    week = _week(request, top)
    try:
        usual, away = parameters.floating(week, top.rule_pack)
    except NotNow as refused:
        if not request.GET.get("week"):
            raise Http404 from refused
        messages.error(request, refused.message)
        return redirect("team:floating")
    found = queries.floating_latest(scope=request.scope, week=week)
    people = queries.floaters(scope=request.scope, unit=top)
    branches = _branches(request, top)
    names = {branch.code: branch.name for branch in branches}
    context: dict[str, Any] = {
        "found": found, "week": week, "last": week + timedelta(days=6), "weeks": (week - WEEK, week + WEEK),
        "jobs": running(request), "form": bad or TravelForm(branches), "usual": usual.value, "most": away.value,
        "may_make": request.scope.may("team.floating.make", top.path),
        "people": [(one.user.name, one.user.staff_no, one.org_unit.name) for one in people],
        "travel": [
            (names.get(row.one, row.one), names.get(row.other, row.other), row.minutes)
            for row in queries.travel_times(scope=request.scope, unit=top)
        ],
    }  # fmt: skip
    if found:
        context |= _told(found, names)
    return render(request, "team/floating.html", context, status=422 if bad else 200)


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
    try:
        week = _week(request, top)
        parameters.floating(week, top.rule_pack)
    except NotNow as refused:
        messages.error(request, refused.message)
        return redirect("team:floating")
    except Http404:
        messages.error(request, _("This is no date. Choose the week again; nothing was worked out."))
        return redirect("team:floating")
    with scoped(request.scope):
        remember(request, actions.float_make(scope=request.scope, now=clock.now(), unit=top, week=week))
    return _back(week)


@policy.allow("team.floating.make")
@require_POST
def travel(request: Any) -> HttpResponse:
    """Set how far two branches are apart."""
    top = _top(request)
    week = _week(request, top)
    units = {branch.code: branch for branch in _branches(request, top)}
    form = TravelForm(list(units.values()), request.POST)
    if not form.is_valid():
        return floating(request, form)
    typed = form.cleaned_data
    try:
        actions.travel_set(
            scope=request.scope, now=clock.now(), unit=top, one=units[typed["one"]], other=units[typed["other"]],
            minutes=typed["minutes"],
        )  # fmt: skip
    except DomainError as refused:
        field = str(refused.details.get("field", ""))
        form.add_error(field if field in form.fields else None, refused.message)
        return floating(request, form)
    messages.success(request, _("Saved."))
    return _back(week)


@policy.allow("team.floating.make")
@require_POST
def apply(request: Any, plan_id: UUID) -> HttpResponse:
    """Put the plan's rosters into the branches' drafts."""
    try:
        plan = actions.float_apply(scope=request.scope, now=clock.now(), plan_id=plan_id)
    except NotFound:
        raise Http404 from None
    except DomainError as refused:
        messages.error(request, refused.message)
        return _back(_week(request, _top(request)))
    messages.success(request, _("Every branch that takes part has a new draft; it looks at it and publishes it."))
    return _back(plan.week)


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
