"""The fairness ledger over quarters: everybody at the branch may see it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import policy
from counterpoint.team import ledger, shown_ledger
from counterpoint.team.ledger import Line, Quarter
from counterpoint.team.views.frame import opened
from counterpoint.ui.excel import workbook
from counterpoint.ui.pages import YEARS, download

SHOWN = 6


def _asked(request: Any) -> tuple[Quarter, dict[Quarter, tuple[Line, ...]]]:
    """The quarter asked for, else the running one; and the quarters up to the running one."""
    today = ledger.quarter_of(opened(request).date)
    text = request.GET.get("quarter", "")
    chosen = ledger.quarter_in(text) if text else today
    if chosen is None or chosen.year not in YEARS:
        raise Http404
    found = ledger.quarters(scope=request.scope, branch=request.branch, until=max(chosen, today), count=SHOWN)
    if chosen not in found:
        found = ledger.quarters(scope=request.scope, branch=request.branch, until=chosen, count=SHOWN)
    return chosen, found


@policy.allow("team.roster.view")
def fairness(request: Any) -> HttpResponse:
    """Bars against the team's median, the quarter's table, and the quarters side by side."""
    chosen, found = _asked(request)
    excel = f"{reverse('team:fairness-excel')}?quarter={chosen.label}"
    lines = found[chosen]
    tabs = [
        (q.label, q.label, f"{reverse('team:fairness')}?quarter={q.label}")
        for q, own in found.items()
        if own or q == chosen
    ]
    context = {
        "chosen": chosen, "lines": lines, "tabs": tabs, "current": chosen.label, "excel": excel,
        "charts": shown_ledger.charts(lines, excel), "table": shown_ledger.table(lines, excel),
        "history": shown_ledger.over_quarters(found), "may_plan": request.scope.may(
            "team.roster.edit", request.branch.path
        ),
    }  # fmt: skip
    return render(request, "team/fairness.html", context)


@policy.allow("team.roster.view")
def fairness_excel(request: Any) -> HttpResponse:
    """The ledger as a workbook."""
    chosen, found = _asked(request)
    title = _("%(branch)s, fairness ledger %(quarter)s") % {"branch": request.branch.name, "quarter": chosen.label}
    note = _("From published rosters; a week belongs to the quarter of its Thursday.")
    book = workbook(shown_ledger.sheets(found, chosen, title, note))
    return download(book, f"fairness-{chosen.label}.xlsx")
