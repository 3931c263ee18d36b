"""The plans and the plays: starting one, printing one, planning a drill, the list with export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, OrgUnit, branches, clock, policy
from counterpoint.primitives.content import ContentError, Item
from counterpoint.primitives.playbooks import actions, printing
from counterpoint.primitives.playbooks.definition import Playbook, playbook, playbooks
from counterpoint.primitives.playbooks.drills import drill_duties, drill_plan
from counterpoint.primitives.playbooks.errors import AlreadyRunning
from counterpoint.primitives.playbooks.outlook import chance_of_meeting
from counterpoint.primitives.playbooks.queries import plays
from counterpoint.primitives.playbooks.shown import MODES, STATES, answers_of, field_card, role_name, state_of
from counterpoint.primitives.playbooks.starts import Start, start_list
from counterpoint.primitives.playbooks.values import PlayView
from counterpoint.primitives.playbooks.verbs import DRILL, LEAD, START, VIEW
from counterpoint.primitives.playbooks.views import dates
from counterpoint.primitives.playbooks.views.frame import book_of, moment_in
from counterpoint.ui import excel, reader
from counterpoint.ui.pages import PDF, branch_here, done, download


@policy.allow(VIEW)
def overview(request: Any) -> HttpResponse:
    """Every play in reach, newest first, narrowed by plan, mode and state."""
    now, branch = clock.now(), branch_here(request)
    wanted = {name: request.GET.get(name, "") for name in ("playbook", "mode", "state")}
    rows = plays(
        scope=request.scope, playbook=wanted["playbook"], mode=wanted["mode"],
        states=[wanted["state"]] if wanted["state"] in STATES else (),
    )  # fmt: skip
    lines = _lines(request, rows)
    if request.GET.get("export"):
        return download(_workbook(lines), "plays.xlsx")
    on_shelf = playbooks(branch.date_at(now), branch.rule_pack)
    here = branches(scope=request.scope)
    context = {
        "dates": _dated(request, start_list(scope=request.scope, now=now, playbook=wanted["playbook"]), here, on_shelf),
        "lines": lines, "wanted": wanted, "modes": MODES.items(), "states": [(k, s[0]) for k, s in STATES.items()],
        "books": [(key, item.value.name(request.LANGUAGE_CODE)) for key, item in on_shelf.items()],
    }  # fmt: skip
    return render(request, "primitives/playbooks/plays.html", context)


def _dated(
    request: Any, found: Sequence[Start], here: Sequence[OrgUnit], shelf: Mapping[str, Item]
) -> list[dict[str, Any]]:  # fmt: skip
    names = {one.code: one.name for one in here}
    cards = dates.cards(request, found, {one.code: one.path for one in here})
    for card in cards:
        item = shelf.get(card["start"].playbook)
        card["name"] = item.value.name(request.LANGUAGE_CODE) if item else card["start"].playbook
        card["branch"] = names.get(card["start"].branch, card["start"].branch)
    return cards


def _lines(request: Any, rows: Sequence[PlayView]) -> list[dict[str, Any]]:
    names = {one.code: one.name for one in branches(scope=request.scope)}
    return [_line(row, request.LANGUAGE_CODE, names) for row in rows]


def _line(row: PlayView, language: str, names: dict[str, str]) -> dict[str, Any]:
    state, level = state_of(row)
    until = row.ended_at
    return {
        "id": row.id, "name": book_of(row).name(language), "branch": names.get(row.branch, row.branch),
        "mode": row.mode, "mode_name": MODES[row.mode], "state": state, "level": level, "started_at": row.started_at,
        "minutes": round((until - row.started_at).total_seconds() / 60) if until else None, "score": row.score,
        "passed": row.passed, "drill": row.mode == "drill", "limit_missed": bool(row.limit_passed_at),
    }  # fmt: skip


def _workbook(lines: list[dict[str, Any]]) -> bytes:
    headings = [_("Playbook"), _("Branch"), _("Mode"), _("State"), _("Started"), _("Minutes"), _("Score")]
    rows = [
        [one["name"], one["branch"], str(one["mode_name"]), str(one["state"]), one["started_at"], one["minutes"],
         one["score"]]
        for one in lines
    ]  # fmt: skip
    return excel.workbook([excel.Sheet(_("Plays"), headings, rows, title=_("Plays"))])


def _book(request: Any, key: str) -> Any:
    branch = branch_here(request)
    try:
        return playbook(key, branch.date_at(clock.now()), branch.rule_pack)
    except ContentError as absent:
        raise Http404 from absent


@policy.allow(VIEW)
def plan(request: Any, key: str) -> HttpResponse:
    """One plan: when to start it, its steps, its figures with sources, its drills, the chance of meeting its limit."""
    item, branch, now = _book(request, key), branch_here(request), clock.now()
    book: Playbook = item.value
    language = request.LANGUAGE_CODE
    chance = chance_of_meeting(scope=request.scope, org_unit=branch, playbook=key, now=now)
    duties = [one for one in drill_duties(scope=request.scope, org_unit=branch, now=now) if one.playbook == key]
    planned = start_list(scope=request.scope, org_unit=branch, playbook=key, now=now)
    recent = plays(scope=request.scope, org_unit=branch, playbook=key, limit=8)
    context = {
        "item": item, "book": book, "name": book.name(language), "hint": book.hint(language),
        "limit_name": book.limit_name(language),
        "steps": plan_steps(book, language), "rules": [reader.said(words, language) for words in book.rules],
        "wording": [reader.said(words, language) for words in book.wording],
        "figures": [(reader.said(one.names, language), one.mark, one.source) for one in book.figures],
        "chance": chance, "bottleneck": book.by_slug[chance.bottleneck].name(language) if chance else "",
        "causes": dates.causes(book, branch, now, language),
        "dates": dates.cards(request, planned, {branch.code: branch.path}),
        "may_lead": request.scope.may(LEAD, branch.path),
        "duties": duties, "plays": _lines(request, recent),
        "may_start": book.trigger.manual and request.scope.may(START, branch.path),
        "may_drill": request.scope.may(DRILL, branch.path),
        "injects": len(book.injects),
        "measured": {one.key: one for one in chance.stages} if chance else {},
    }  # fmt: skip
    return render(request, "primitives/playbooks/plan.html", context)


def plan_steps(book: Playbook, language: str) -> list[dict[str, Any]]:
    """The steps of a plan in words, as its page, its sheet and its offline copy show them."""
    names = {step.slug: f"{n}. {step.name(language)}" for n, step in enumerate(book.steps, start=1)}
    found = []
    for number, step in enumerate(book.steps, start=1):
        leads = [(words, [names[one] for one in step.targets(answer)], step.repeats(answer))
                 for answer, words in answers_of(step, language)]  # fmt: skip
        found.append(
            {
                "number": number, "slug": step.slug, "name": step.name(language), "role": role_name(step.role),
                "do": reader.said(step.do, language), "say": reader.said(step.say, language), "critical": step.critical,
                "within": step.within, "see": step.see, "question": reader.said(step.question, language),
                "leads": leads,
                "next": [] if step.branch else [names[one] for one in book.follows[step.slug]],
                "again": step.again, "form": [field_card(one, language) for one in step.form],
                "contacts": [(role_name(rung.role), rung.minutes) for rung in step.rungs()],
            }
        )  # fmt: skip
    return found


@policy.allow(START)
@require_POST
def start(request: Any) -> HttpResponse:
    """Start a play, real or drill; when it runs already, go there."""
    branch, key = branch_here(request), request.POST.get("playbook", "")
    mode = request.POST.get("mode", "real")
    begun = moment_in(request.POST.get("claimed_at", ""), branch.time_zone)
    try:
        row = actions.play_start(
            scope=request.scope, org_unit=branch, playbook=key, now=clock.now(), mode=mode, trigger="manual",
            key=request.POST.get("idempotency_key", "")[:80], claimed_at=begun,
        )  # fmt: skip
    except AlreadyRunning as running:
        messages.info(request, running.message)
        return redirect("primitives:play", running.details["play"])
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect(reverse("primitives:plan", args=[key]))
    return redirect("primitives:play-paper" if begun else "primitives:play", row.id)


@policy.allow(DRILL)
@require_POST
def plan_drill(request: Any, duty_id: UUID) -> HttpResponse:
    """Put a drill into the calendar."""
    at = moment_in(request.POST.get("at", ""), branch_here(request).time_zone)
    if at is None:
        raise Http404
    to = request.headers.get("Referer", "") and request.POST.get("next", "")
    where = to if str(to).startswith("/") and not str(to).startswith("//") else reverse("primitives:plays")
    return done(
        request, lambda: drill_plan(scope=request.scope, duty=duty_id, now=clock.now(), at=at),
        _("The drill is planned; it starts by itself then."), where,
    )  # fmt: skip


@policy.allow(VIEW)
def plan_pdf(request: Any, key: str) -> HttpResponse:
    """The plan on paper, to be worked from when nothing else works."""
    item, branch = _book(request, key), branch_here(request)
    made = printing.sheet_pdf(
        item, plan_steps(item.value, request.LANGUAGE_CODE), branch=branch, language=request.LANGUAGE_CODE,
        on=branch.date_at(clock.now()),
    )  # fmt: skip
    return download(made, f"{key}.pdf", PDF, inline=True)
