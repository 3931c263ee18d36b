"""The roster editor: the page, its JSON, publishing, and the workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, policy, read_json, scoped
from counterpoint.team import actions, editor, queries, rules, shown, waiting, ways, workbench
from counterpoint.team.actions import Cell, Edited
from counterpoint.team.models import Roster
from counterpoint.team.views.frame import opened, week_of, word_of
from counterpoint.team.why import steps
from counterpoint.team.why import why as reasons
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import done, download


@policy.allow("team.roster.view")
def roster(request: Any) -> HttpResponse:
    """The newest version of a week (people without the right to plan: the published one)."""
    today = opened(request)
    week = week_of(request, today.date) if request.GET.get("week") else rules.monday_of(today.date)
    editing = request.scope.may("team.roster.edit", request.branch.path)
    if editing:
        row = queries.roster_latest(scope=request.scope, branch=request.branch, week=week)
    else:
        row = queries.roster_published_for(scope=request.scope, branch=request.branch, day=week)
    if row is None:
        context = {"week": week, "editing": editing, "weeks": _around(week)}
        return render(request, "team/roster_none.html", context)
    return _page(request, row, editing)


@policy.allow("team.roster.view")
def version(request: Any, roster_id: UUID) -> HttpResponse:
    """One version; drafts are for those who plan."""
    opened(request)
    row = _row(request, roster_id)
    editing = request.scope.may("team.roster.edit", row.org_path)
    if row.state == Roster.State.DRAFT and not editing:
        raise Http404
    return _page(request, row, editing)


def _row(request: Any, roster_id: UUID) -> Roster:
    try:
        return queries.roster(scope=request.scope, roster_id=roster_id)
    except NotFound as absent:
        raise Http404 from absent


def _around(week: date) -> list[date]:
    return [week - timedelta(days=7), week + timedelta(days=7)]


def _page(request: Any, row: Roster, editing: bool) -> HttpResponse:
    with scoped(request.scope):
        state = editor.state_of(row, editable=editing and row.state == Roster.State.DRAFT)
    context = {
        "row": row,
        "week": row.week,
        "weeks": _around(row.week),
        "state": state,
        "words": editor.words(),
        "versions": queries.versions(scope=request.scope, branch=row.org_unit, week=row.week),
        "editing": editing,
        **_stuck(row),
        "hard": [v for v in state["violations"] if v["hard"]],
        "overall": (row.waits.get("plan") or {}).get("overall"),
        "baseline": (row.waits.get("baseline") or {}).get("overall"),
        "kind": row.waits.get("baseline_kind", ""),
        "state_name": shown.STATES[row.state],
        "live_state": Roster.State,
    }
    return render(request, "team/roster.html", context)


def _stuck(row: Roster) -> dict[str, Any]:
    """Conflicts and ways out in the reader's language."""
    if not row.conflict:
        return {"conflicts": [], "ways": []}
    problem = workbench.problem_of(row)
    names = workbench.names_of(problem)
    conflicts = [
        {**c, "restrictions": [ways.restriction(item, problem, names) for item in c["restrictions"]]}
        for c in row.conflict
        if c.get("type") == "conflict"
    ]
    return {"conflicts": conflicts, "ways": [ways.way(w, problem, names) for w in row.conflict if w["type"] == "way"]}


@policy.allow("team.roster.edit")
@require_POST
def edit(request: Any, roster_id: UUID) -> HttpResponse:
    """One changed cell as JSON; answers what the judge and the twin say of that day now."""
    return _changed(
        request,
        lambda cell, revision: actions.roster_edit(
            scope=request.scope, now=clock.now(), roster_id=roster_id, revision=revision, cell=cell
        ),
    )


@policy.allow("team.roster.edit")
@require_POST
def what_if(request: Any, roster_id: UUID) -> HttpResponse:
    """The same answer for a cell that nobody has saved; writes nothing. `quick` asks for fewer simulated days."""
    return _changed(
        request,
        lambda cell, revision: actions.roster_try(
            scope=request.scope, roster_id=roster_id, revision=revision, cell=cell
        ),
        days=waiting.QUICK if "quick" in request.GET else waiting.FULL,
    )


def _changed(request: Any, act: Callable[[Cell, int], Edited], days: int = waiting.FULL) -> HttpResponse:
    try:
        sent = read_json(request.body)
        cell, revision = editor.cell_of(sent), int(sent["revision"])
    except (ValueError, KeyError, TypeError, OverflowError):
        return JsonResponse(
            {"error": _("This change was not understood. Reload the page."), "code": "invalid"}, status=422
        )
    try:
        with scoped(request.scope):
            return JsonResponse(editor.answer(act(cell, revision), cell, days=days))
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        return JsonResponse({"error": refused.message, "code": refused.code}, status=refused.status)


@policy.allow("team.roster.view")
def why(request: Any, roster_id: UUID) -> HttpResponse:
    """Why a cell is as it is, as a part of the page; wishes only to planners and to the person."""
    row = _row(request, roster_id)
    editing = request.scope.may("team.roster.edit", row.org_path)
    person, day = request.GET.get("person", ""), _day(request)
    if row.state == Roster.State.DRAFT and not editing:
        raise Http404
    try:
        with scoped(request.scope):
            found = reasons(row, person, day, private=editing or person == str(request.scope.actor))
    except DomainError as unknown:
        raise Http404 from unknown
    return render(
        request, "team/parts/why.html", {"why": found, "editing": editing and row.state == Roster.State.DRAFT}
    )


@policy.allow("team.roster.edit")
def remedies(request: Any, roster_id: UUID) -> HttpResponse:
    """Single steps that would shorten the wait of a day of a draft, as a part of the page."""
    row = _row(request, roster_id)
    day = _day(request)
    if row.state != Roster.State.DRAFT or not request.scope.may("team.roster.edit", row.org_path):
        raise Http404
    try:
        with scoped(request.scope):
            found = steps(row, day)
    except DomainError as unknown:
        raise Http404 from unknown
    return render(request, "team/parts/remedies.html", {"steps": found, "row": row, "days": waiting.FULL})


def _day(request: Any) -> int:
    """The number of a day in the week, from the address."""
    text = request.GET.get("day", "")
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise Http404
    return int(text)


@policy.allow("team.roster.edit")
@require_POST
def borrow(request: Any, roster_id: UUID) -> HttpResponse:
    """Put somebody of another branch on a post for some hours."""
    row = _row(request, roster_id)
    try:
        day, start, end, revision = (int(request.POST[name]) for name in ("day", "start", "end", "revision"))
        skill = request.POST["skill"]
    except (KeyError, ValueError) as wrong:
        raise Http404 from wrong
    return _made(
        request,
        row,
        lambda: actions.roster_borrow(
            scope=request.scope, now=clock.now(), roster_id=row.pk, revision=revision, skill=skill, day=day,
            start=start, end=end,
        ),
    )  # fmt: skip


@policy.allow("team.roster.publish")
@require_POST
def publish(request: Any, roster_id: UUID) -> HttpResponse:
    """Publish the revision that the person saw, with reasons for waived rules."""
    row = _row(request, roster_id)
    waivers = {
        key.removeprefix("waive-"): value
        for key, value in request.POST.items()
        if key.startswith("waive-") and value.strip()
    }
    try:
        revision = int(request.POST.get("revision", ""))
    except ValueError as wrong:
        raise Http404 from wrong
    return done(
        request,
        lambda: actions.roster_publish(
            scope=request.scope, now=clock.now(), roster_id=row.pk, revision=revision, waivers=waivers
        ),
        _("Published. Everybody sees their shifts now."),
        "team:roster-version",
        roster_id=row.pk,
    )


@policy.allow("team.roster.edit")
@require_POST
def revise(request: Any, roster_id: UUID) -> HttpResponse:
    """A new draft from this version."""
    row = _row(request, roster_id)
    return _made(request, row, lambda: actions.roster_revise(scope=request.scope, now=clock.now(), roster_id=row.pk))


def _made(request: Any, row: Roster, make: Callable[[], Roster]) -> HttpResponse:
    """Go on to the draft that was made; a refusal becomes a message beside the version it was to be made from."""
    try:
        row = make()
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("team:roster-version", roster_id=row.pk)


@policy.allow("team.roster.edit")
@require_POST
def take_way(request: Any, roster_id: UUID) -> HttpResponse:
    """Accept one of the priced ways out: a new draft with its problem and roster."""
    row = _row(request, roster_id)
    found = [w for w in row.conflict if w.get("type") == "way"]
    way = found[int(word_of(request, "way", [str(number) for number in range(len(found))]))]
    return _made(
        request,
        row,
        lambda: actions.roster_store(
            scope=request.scope, now=clock.now(), branch=row.org_unit, week=row.week, problem=way["problem"],
            solution={"status": f"way out: {way['kind']}", "roster": way["roster"]}, forecast=row.forecast,
            seed=row.seed, inputs_hash=row.inputs_hash,
        ),
    )  # fmt: skip


@policy.allow("team.roster.view")
def excel(request: Any, roster_id: UUID) -> HttpResponse:
    """The version as a workbook: by day and by half hour."""
    row = _row(request, roster_id)
    if row.state == Roster.State.DRAFT and not request.scope.may("team.roster.edit", row.org_path):
        raise Http404
    days, halves = editor.sheets(row)
    title = f"{row.org_unit.name} {row.week.isoformat()} v{row.version} ({shown.STATES[row.state]})"
    book = workbook(
        [
            Sheet(_("Roster by day"), days[0], days[1], title=title),
            Sheet(_("Roster by half hour"), halves[0], halves[1], title=title),
        ]
    )
    return download(book, f"roster-{row.week.isoformat()}-v{row.version}.xlsx")


def address(row: Roster) -> str:
    """The version's page."""
    return reverse("team:roster-version", args=[row.pk])
