"""Bringing in numbers of other systems: template, check row by row, result."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.analytics import importing
from counterpoint.analytics.importing import Checked
from counterpoint.analytics.series import Series, all_series
from counterpoint.analytics.verbs import IMPORT
from counterpoint.foundation.api import DomainError, clock, policy
from counterpoint.ui import reader
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import download
from counterpoint.ui.tables import Cell, Column, Table
from counterpoint.ui.tables_in import wrong_table


def _series(request: Any) -> dict[str, Series]:
    if not request.branch:
        raise Http404
    return all_series(request.branch.date_at(clock.now()), request.branch.rule_pack)


@policy.allow(IMPORT)
def page(request: Any) -> HttpResponse:
    """The file field, the codes, what came lately; after a wrong file the rows with their mistakes."""
    known = _series(request)
    context: dict[str, Any] = {
        "series": _table(known), "batches": importing.batches(scope=request.scope, branch=request.branch),
    }  # fmt: skip
    if request.method == "POST":
        found = _brought(request)
        if isinstance(found, HttpResponse):
            return found
        context |= {
            "problems": wrong_table(found.problems, _("Rows that are wrong")),
            "problem_count": len({p.row for p in found.problems}),
        }
    return render(request, "analytics/import.html", context, status=422 if "problems" in context else 200)


def _brought(request: Any) -> HttpResponse | Checked:
    """Write the file and go on; or what is wrong with its rows."""
    sent = request.FILES.get("file")
    now = clock.now()
    try:
        if sent is None:
            messages.error(request, _("Choose a file first."))
            return redirect("analytics:import")
        rows = importing.rows_in(sent.name, sent.read())
        checked = importing.check(
            rows, scope=request.scope, verb=IMPORT, on=request.branch.date_at(now), only=request.branch
        )
        if checked.problems:
            return checked
        done = importing.numbers_import(scope=request.scope, numbers=checked.numbers, label=sent.name, now=now)
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("analytics:import")
    words = {"rows": done.rows, "changed": done.changed}
    messages.success(request, _("%(rows)d rows read, %(changed)d new or changed.") % words)
    return redirect("analytics:import")


def _table(known: dict[str, Series]) -> Table:
    language = reader.language()
    words = (_("Code"), _("Indicator"), _("Put into the number"), _("Put into the base"), _("By person"))
    columns = [Column(word) for word in words]
    rows = [
        [one.code, Cell(one.metric.name(language), url=reverse("analytics:kpi", args=[one.metric.key])),
         one.amount_name(language), one.base_name(language) or "–", _("possible") if one.by_person else "–"]
        for one in known.values()
    ]  # fmt: skip
    return Table("series", _("Codes that can be imported"), columns, rows)


@policy.allow(IMPORT)
def template(request: Any) -> HttpResponse:
    """The workbook to fill in: headings with a row a code as a sample, and the codes with their meaning."""
    known = _series(request)
    today = request.branch.date_at(clock.now())
    headings = [names[0] for names in importing.HEADINGS.values()]
    rows = [[today, request.branch.code, one.code, "", None, None] for one in list(known.values())[: importing.SAMPLE]]
    language = reader.language()
    legend = [
        [
            one.code,
            one.metric.name(language),
            one.amount_name(language),
            one.base_name(language),
            _("possible") if one.by_person else "",
        ]
        for one in known.values()
    ]
    words = [_("Code"), _("Indicator"), _("Put into the number"), _("Put into the base"), _("By person")]
    note = _("One row a day, branch and code. The staff number only where the code allows it.")
    sheets = [Sheet("数据", headings, rows, note=note), Sheet(_("Codes"), words, legend)]
    return download(workbook(sheets), f"numbers-template-{request.branch.code}.xlsx")
