"""Pages of pretests: bring a sheet of answers in, see which count, let one count no more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.catalogue.questions import QUESTIONS
from counterpoint.academy.exams import measuring, pretests
from counterpoint.academy.rules.pretests import LETTERS
from counterpoint.academy.rules.words import tell
from counterpoint.academy.verbs import MANAGE
from counterpoint.foundation.api import DomainError, Invalid, OrgUnit, clock, policy
from counterpoint.primitives.content import items
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import done, download
from counterpoint.ui.tables_in import Wrong, wrong_table


def _unit(request: Any) -> OrgUnit:
    unit = measuring.top(request.scope)
    if not request.scope.may(MANAGE, unit.path):
        raise Http404
    return unit


@policy.allow(MANAGE)
def page(request: Any) -> HttpResponse:
    """The file field and the sheets that came in; after a wrong file what was typed, and the cells with mistakes."""
    unit = _unit(request)
    context: dict[str, Any] = {"sheets": pretests.held(request.scope), "enough": measuring.ENOUGH}
    if request.method != "POST":
        return render(request, "academy/exams/pretests.html", context)
    problems = _brought(request, unit)
    if problems is None:
        return redirect("academy:pretests")
    context |= {"label": request.POST.get("label", ""), "simulated": request.POST.get("simulated")}
    if problems:
        context |= {"problems": wrong_table(problems, _("Cells that are wrong")), "problem_count": len(problems)}
    return render(request, "academy/exams/pretests.html", context, status=422)


def _brought(request: Any, unit: OrgUnit) -> tuple[Wrong, ...] | None:
    """Keep the file's answers and have them measured, None; or what is wrong with its cells, nothing when the file as a
    whole was refused."""
    sent, now = request.FILES.get("file"), clock.now()
    try:
        if sent is None:
            raise Invalid(_("Choose a file first."), field="file")
        sheet = pretests.sheet_in(sent.name, sent.read(), unit, now)
        if sheet.problems:
            return sheet.problems
        row = pretests.pretest_add(
            scope=request.scope, unit=unit, sheet=sheet, label=request.POST.get("label", ""),
            simulated=bool(request.POST.get("simulated")), now=now,
        )  # fmt: skip
        measuring.measure_now(scope=request.scope, unit=unit, now=now)
    except DomainError as refused:
        messages.error(request, refused.message)
        return ()
    words = {"answers": row.answers, "people": row.people, "items": len(row.names)}
    messages.success(
        request,
        _("%(answers)d answers of %(people)d people to %(items)d questions came in and are being measured.") % words,
    )
    return None


@policy.allow(MANAGE)
@require_POST
def switch(request: Any, pretest_id: UUID) -> HttpResponse:
    """Let a sheet count no more, or again; what was answered is measured anew."""
    counts = request.POST.get("counts") == "yes"

    def turn() -> None:
        unit, now = _unit(request), clock.now()
        pretests.pretest_switch(scope=request.scope, pretest=pretest_id, counts=counts, now=now)
        measuring.measure_now(scope=request.scope, unit=unit, now=now)

    gone = _("The sheet counts no more, nor what was measured while it did; the rest is being measured again.")
    return done(request, turn, _("The sheet counts again.") if counts else gone, "academy:pretests")


@policy.allow(MANAGE)
def template(request: Any) -> HttpResponse:
    """The workbook to fill in: a column a question; on the second sheet every question with its lettered options."""
    unit = _unit(request)
    held = sorted(items(QUESTIONS, unit.date_at(clock.now()), unit.rule_pack, bank=unit.path).items())
    legend = []
    for key, item in held:
        options = [tell(one.words) for one in item.value.options]
        legend.append([key, tell(item.value.stem), *options, *[None] * (len(LETTERS) - len(options))])
    note = _("A row a person; what stands in the first column is not kept. Columns of questions not asked may go.")
    sheets = [
        Sheet(_("Answers"), [_("Person"), *(key for key, _item in held)], [], note=note),
        Sheet(_("Questions"), [_("Key of the question"), _("The question"), *LETTERS], legend),
    ]
    return download(workbook(sheets), "pretest-template.xlsx")
