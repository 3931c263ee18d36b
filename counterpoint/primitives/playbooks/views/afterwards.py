"""After a play: entering what stands on paper, the report by itself, its PDF, lessons that become cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import Invalid, NotFound, branch, clock, colleagues, policy
from counterpoint.primitives.playbooks import printing
from counterpoint.primitives.playbooks.lessons import finding_text, lesson_open
from counterpoint.primitives.playbooks.outlook import chance_of_meeting
from counterpoint.primitives.playbooks.paper import PaperLine, paper_enter
from counterpoint.primitives.playbooks.reporting import Report, report
from counterpoint.primitives.playbooks.shown import (
    MODES,
    STEP_STATES,
    answer_name,
    inject_card,
    lines_of,
    role_name,
    state_of,
    values_of,
)
from counterpoint.primitives.playbooks.verbs import DO, LEAD, VIEW
from counterpoint.primitives.playbooks.views.frame import detail, framed, room_of, time_in
from counterpoint.ui.pages import PDF, done, download
from counterpoint.ui.pdf import PdfFailed


@policy.allow(DO)
def paper(request: Any, play_id: UUID) -> HttpResponse:
    """The sheet as a form: every step that is not settled, with time, answer and who did it."""
    now = clock.now()
    found = detail(request, play_id, now)
    here = branch(scope=request.scope, code=found.branch)
    if request.method == "POST":
        to = reverse("primitives:play", args=[play_id])
        return done(
            request,
            lambda: paper_enter(scope=request.scope, play=play_id, lines=_lines(request, found, here), now=now),
            _("Entered. The times on paper stand beside those of the server."), to,
        )  # fmt: skip
    shown = room_of(request, found, now)
    context = {
        "room": shown, "play": found, "people": colleagues(scope=request.scope, org_unit=here, on=here.date_at(now)),
        "steps": [one for one in shown.steps if one.view.state in ("open", "waiting")],
    }  # fmt: skip
    return render(request, "primitives/playbooks/paper.html", context)


def _lines(request: Any, found: Any, here: Any) -> list[PaperLine]:
    lines = []
    for slug in {one.slug for one in found.steps}:
        text = request.POST.get(f"at-{slug}", "")
        if not text:
            continue
        at = time_in(text, here.time_zone, found.started_at)
        if at is None:
            raise Invalid(_("Write the time as 10:30."), field=slug)
        by = request.POST.get(f"by-{slug}", "")
        prefix = f"value-{slug}-"
        lines.append(
            PaperLine(
                slug, min(at, clock.now()) if (at - clock.now()).total_seconds() < 60 else at,
                answer=request.POST.get(f"answer-{slug}", ""), by=UUID(by) if by else None,
                values={k.removeprefix(prefix): v for k, v in request.POST.items() if k.startswith(prefix) and v},
            )
        )  # fmt: skip
    return lines


@policy.allow(VIEW)
def after(request: Any, play_id: UUID) -> HttpResponse:
    """The report that wrote itself."""
    found = _report(request, play_id)
    return render(request, "primitives/playbooks/report.html", _told(request, found))


@policy.allow(VIEW)
def after_pdf(request: Any, play_id: UUID) -> HttpResponse:
    """The report on paper."""
    found = _report(request, play_id)
    here = branch(scope=request.scope, code=found.play.branch)
    try:
        made = printing.report_pdf(found, _told(request, found), branch=here)
    except PdfFailed as broken:
        raise Http404 from broken
    name = f"report-{found.play.playbook}-{found.play.started_at:%Y%m%d}.pdf"
    return download(made, name, PDF, inline=True)


def _report(request: Any, play_id: UUID) -> Report:
    try:
        found = report(scope=request.scope, play=play_id, now=clock.now())
    except NotFound as absent:
        raise Http404 from absent
    framed(request, found.play)
    return found


def _told(request: Any, found: Report) -> dict[str, Any]:
    language, book = request.LANGUAGE_CODE, found.book
    here = branch(scope=request.scope, code=found.play.branch)
    chance = chance_of_meeting(scope=request.scope, org_unit=here, playbook=found.play.playbook, now=clock.now())
    rows = []
    for one in found.steps:
        step = book.by_slug[one.step.slug]
        state, level = STEP_STATES[one.step.state]
        if one.late_minutes and one.step.state == "done":
            state, level = _("Done late"), "act"
        rows.append(
            {
                "name": step.name(language), "role": role_name(step.role), "who": one.who, "state": state,
                "level": level, "step": one.step, "minutes": one.minutes,
                "late": one.late_minutes, "usual": one.usual, "answer": answer_name(step, one.step.answer, language),
                "values": values_of(step, one.step.values, language),
            }
        )  # fmt: skip
    ended = found.play.ended_at or clock.now()
    injects = [
        (inject_card(one.inject, book.news[one.inject.slug], found.people, language, ended,
                     bool(found.play.ended_at)), one.minutes)
        for one in found.injects
    ]  # fmt: skip
    state, level = state_of(found.play)
    return {
        "report": found, "limit_name": book.limit_name(language), "play": found.play, "name": book.name(language),
        "mode": MODES[found.play.mode],
        "state": state, "level": level, "rows": rows, "chance": chance,
        "bottleneck": book.by_slug[chance.bottleneck].name(language) if chance else "",
        "slowest": book.by_slug[found.slowest].name(language) if found.slowest else "",
        "findings": [(one.key, finding_text(book, one, language)) for one in found.findings],
        "may_lead": request.scope.may(LEAD, here.path), "lesson": book.lesson, "branch_name": here.name,
        "log": lines_of(found.log, book, language), "injects": injects,
    }  # fmt: skip


@policy.allow(LEAD)
@require_POST
def lesson(request: Any, play_id: UUID) -> HttpResponse:
    """One finding becomes a case."""
    return done(
        request,
        lambda: lesson_open(
            scope=request.scope, play=play_id, finding=request.POST.get("finding", ""), now=clock.now()
        ),
        _("It is a case now."), reverse("primitives:play-report", args=[play_id]),
    )  # fmt: skip
