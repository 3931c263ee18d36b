"""Pages of the register: list and heat map, one risk, incidents, error statistics, the fraud library."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, colleagues, policy
from counterpoint.risk.register import actions, kinds, queries, retiring
from counterpoint.risk.register import incidents as reporting
from counterpoint.risk.register.picture import heat_map
from counterpoint.risk.register.shown import CATEGORY, CAUSE, CONTROL, EVERY, STATE, move_words
from counterpoint.risk.register.warning import told
from counterpoint.ui import reader
from counterpoint.ui.charts import Chart, Series
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import branch_here, done, download

VIEW = actions.VIEW


def _asked(request: Any) -> dict[str, str]:
    """The filter that the address names."""
    return {
        "category": request.GET.get("category", ""), "band": request.GET.get("band", ""),
        "text": request.GET.get("q", "")[:80],
    }  # fmt: skip


@policy.allow(VIEW)
def register(request: Any) -> HttpResponse:
    """The branch's risks, the highest residual first, with the heat map."""
    branch, now = branch_here(request), clock.now()
    asked = _asked(request)
    every = queries.risks(scope=request.scope, now=now, branch=branch)
    lines = queries.risks(scope=request.scope, now=now, branch=branch, **asked) if any(asked.values()) else every
    scale = kinds.scale(branch, now)
    context = {
        "lines": list(enumerate(lines, 1)), "all": len(every), "asked": asked, "categories": CATEGORY,
        "map": heat_map(lines, scale, reader.language()) if lines else None, "bands": scale.bands,
        "acts": sum(line.band == "act" for line in every), "watched": sum(line.band == "watch" for line in every),
        "untested": sum(line.tested == 0 for line in every), "above": [line for line in every if line.above],
        "may_edit": request.scope.may(actions.EDIT, branch.path), "branch": branch,
        "more": len(kinds.risks(branch, now)) - len(every),
    }  # fmt: skip
    return render(request, "risk/register/register.html", context)


@policy.allow(VIEW)
def register_excel(request: Any) -> HttpResponse:
    """The register as a workbook."""
    branch, now = branch_here(request), clock.now()
    lines = queries.risks(scope=request.scope, now=now, branch=branch, **_asked(request))
    rows = [
        [line.name, str(CATEGORY[line.category]), line.owner, line.likelihood, line.impact, line.inherent,
         round(line.residual_likelihood, 2), round(line.residual_impact, 2), round(line.residual, 2),
         str(STATE[line.band]), line.controls, line.tested]
        for line in lines
    ]  # fmt: skip
    headings = [_("Risk"), _("Category"), _("Risk owner"), _("Likelihood"), _("Impact"), _("Inherent"),
                _("Residual likelihood"), _("Residual impact"), _("Residual"), _("State"), _("Controls"),
                _("Controls tested")]  # fmt: skip
    sheet = Sheet(_("Risk register"), headings, rows, title=f"{branch.name} {branch.date_at(now)}")
    return download(workbook([sheet]), f"risks-{branch.code}.xlsx")


@policy.allow(actions.EDIT)
@require_POST
def set_up(request: Any) -> HttpResponse:
    """Put the risks of the content in force into the branch's register."""
    branch = branch_here(request)
    return done(request, lambda: actions.register_set_up(
        scope=request.scope, now=clock.now(), branch=branch
    ), _("The register is set up."), "risk:register")  # fmt: skip


@policy.allow(actions.EDIT)
@require_POST
def collect(request: Any) -> HttpResponse:
    """Look for new evidence now."""
    branch = branch_here(request)
    return done(request, lambda: actions.evidence_collect(
        scope=request.scope, now=clock.now(), branch=branch
    ), _("Evidence is up to date."), "risk:register")  # fmt: skip


@policy.allow(VIEW)
def scale(request: Any) -> HttpResponse:
    """The grades and the published formula with its numbers."""
    branch, now = branch_here(request), clock.now()
    body, tongue = kinds.scale(branch, now), reader.language()
    grades = [
        (name, [(n, one.name(tongue), reader.said(one.what, tongue)) for n, one in enumerate(rows, 1)])
        for name, rows in ((_("Likelihood"), body.likelihood), (_("Impact"), body.impact))
    ]  # fmt: skip
    return render(request, "risk/register/scale.html", {"body": body, "grades": grades})


@policy.allow(VIEW)
def one(request: Any, risk_id: UUID) -> HttpResponse:
    """One risk."""
    now = clock.now()
    try:
        found = queries.risk(scope=request.scope, risk=risk_id, now=now)
    except NotFound as absent:
        raise Http404 from absent
    branch, line = found.row.org_unit, found.line
    people = colleagues(scope=request.scope, org_unit=branch, on=branch.date_at(now))
    moves = list(reversed(found.moves))
    chart = Chart(
        key="residual", kind="steps", title=_("Residual over time"), unit=_("points"),
        x=[f"{m.at:%Y-%m-%d}" for m in moves],
        source=_("formula of the register; each step names the evidence that moved it"), x_label=_("Date"),
        series=[Series(_("Residual"), [round(m.after, 2) for m in moves])], size="low",
    ) if len(moves) > 1 else None  # fmt: skip
    context = {
        "found": found, "line": line, "people": people, "chart": chart, "category": CATEGORY[line.category],
        "moves": [(m, move_words(m)) for m in found.moves[:20]], "states": STATE,
        "barriers": [(c, CONTROL[c.body.kind], EVERY[c.body.every]) for c in found.controls], "causes": CAUSE,
        "leaving": retiring.waiting(scope=request.scope, risk=found.row, now=now),
        "may_decide": request.scope.may(retiring.VERIFY, branch.path),
        "may_edit": request.scope.may(actions.EDIT, branch.path), "tongue": reader.language(),
        "indicators": told(branch, found.body, found.indicators, branch.date_at(now)),
        "frauds": [(f.key, f.name(reader.language())) for f in found.frauds],
    }  # fmt: skip
    return render(request, "risk/register/risk.html", context)


@policy.allow(actions.EDIT)
@require_POST
def owner(request: Any, risk_id: UUID) -> HttpResponse:
    """Name who answers for the risk."""
    person = _uuid(request.POST.get("owner", ""))
    return done(request, lambda: actions.risk_owner_set(
        scope=request.scope, now=clock.now(), risk=risk_id, owner=person
    ), _("Saved."), "risk:risk", risk_id=risk_id)  # fmt: skip


@policy.allow(actions.EDIT)
@require_POST
def follow(request: Any, risk_id: UUID) -> HttpResponse:
    """Open a measure, finding or exception."""
    until = _date(request.POST.get("until", ""))
    return done(request, lambda: actions.follow_up(
        scope=request.scope, now=clock.now(), risk=risk_id, kind=request.POST.get("kind", ""),
        title=request.POST.get("title", "")[:200], text=request.POST.get("text", ""), until=until,
        control=request.POST.get("control", "")[:40], key=request.POST.get("idempotency_key", "")[:80],
    ), _("Opened. The residual moves when evidence comes, not before."), "risk:risk", risk_id=risk_id)  # fmt: skip


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Http404 from None


@policy.allow(reporting.OPEN)
def incidents(request: Any) -> HttpResponse:
    """Incidents that the caller may see, and what they themselves reported."""
    branch, now = branch_here(request), clock.now()
    stage = request.GET.get("stage", "unfinished")
    rows = queries.incidents(scope=request.scope, now=now, branch=branch, stage="" if stage == "all" else stage)
    context = {"rows": rows, "words": queries.words(branch, now), "stage": stage,
               "may_see": request.scope.may(reporting.VIEW, branch.path),
               "may_link": request.scope.may(reporting.HANDLE, branch.path)}  # fmt: skip
    return render(request, "risk/register/incidents.html", context)


@policy.allow(reporting.OPEN)
def report(request: Any) -> HttpResponse:
    """The form, made for a phone: four big choices, a sentence, done."""
    branch, now = branch_here(request), clock.now()
    sees = request.scope.may(VIEW, branch.path)
    context = {
        "words": queries.words(branch, now), "given": request.POST, "refused": "",
        "risks": queries.risks(scope=request.scope, now=now, branch=branch) if sees else [],
        "chosen": request.POST.getlist("risks"),
    }  # fmt: skip
    if request.method == "POST":
        amount = request.POST.get("amount", "").strip()
        try:
            view = reporting.incident_report(
                scope=request.scope, now=now, branch=branch, kind=request.POST.get("kind", ""),
                level=request.POST.get("level", "near_miss"), error=request.POST.get("error", ""),
                title=request.POST.get("title", "")[:200], text=request.POST.get("text", ""),
                amount=amount or None, risks=tuple(request.POST.getlist("risks")) if sees else (),
                key=request.POST.get("idempotency_key", "")[:80],
            )  # fmt: skip
        except DomainError as refused:
            context["refused"] = refused.message
        else:
            messages.success(request, _("Reported as %(label)s. Thank you: near misses prevent losses.") % {
                "label": view.label
            })  # fmt: skip
            if sees and not request.POST.getlist("risks") and request.scope.may(reporting.HANDLE, branch.path):
                return redirect("risk:incident-risks", view.id)
            return redirect("risk:incidents")
    return render(request, "risk/register/report.html", context)


@policy.allow(VIEW)
def errors(request: Any) -> HttpResponse:
    """Incidents by kind of error over a year, with how sure each rate is."""
    branch, now = branch_here(request), clock.now()
    found = queries.statistics(scope=request.scope, org_unit=branch, now=now)
    names = queries.words(branch, now)
    words = {**names["kind"], **names["error"]}
    chart = Chart(
        key="incidents", kind="bars", title=_("Incidents and near misses by month"), unit=_("cases"), stacked=True,
        x=[m for m, _n, _near in found.months], x_label=_("Month"), source=_("reported incidents of this branch"),
        series=[Series(_("Incidents"), [n for _m, n, _near in found.months], "bars"),
                Series(_("Near misses"), [near for _m, _n, near in found.months], "compare")],
    ) if found.incidents else None  # fmt: skip
    context = {
        "found": found, "chart": chart, "rates": [(words.get(r.slug, r.slug), r) for r in found.errors],
        "kinds": [(words.get(k, k), n) for k, n in found.kinds],
    }  # fmt: skip
    return render(request, "risk/register/errors.html", context)


@policy.allow(VIEW)
def errors_excel(request: Any) -> HttpResponse:
    """The same as a workbook."""
    branch, now = branch_here(request), clock.now()
    found = queries.statistics(scope=request.scope, org_unit=branch, now=now)
    names = queries.words(branch, now)
    words = {**names["kind"], **names["error"]}
    rows = [[words.get(r.slug, r.slug), r.count, r.deals, r.value, r.low, r.high] for r in found.errors]
    headings = [
        _("Kind of error"),
        _("Number of cases"),
        _("Deals"),
        _("In 10,000 deals"),
        _("95 per cent from"),
        _("95 per cent to"),
    ]
    sheet = Sheet(_("Errors"), headings, rows, title=f"{branch.name} {found.since} – {found.until}")
    return download(workbook([sheet]), f"errors-{branch.code}.xlsx")


@policy.allow("risk.fraud.view")
def fraud(request: Any) -> HttpResponse:
    """The library: typical cases with signs, words to say and what to do."""
    branch, now = branch_here(request), clock.now()
    text, tongue = request.GET.get("q", "")[:80], reader.language()

    def said(names: Any) -> str:
        return reader.said(names, tongue)

    cards = [
        {"key": key, "name": said(body.names), "story": said(body.story),
         "victims": said(body.victims) if body.victims else "",
         "parts": [(_("Signs"), [said(x) for x in body.signs]), (_("Words to say"), [said(x) for x in body.words]),
                   (_("Steps to take"), [said(x) for x in body.todo]), (_("Never"), [said(x) for x in body.never])]}
        for key, body in queries.frauds(branch, now, text).items()
    ]  # fmt: skip
    return render(request, "risk/register/fraud.html", {"cards": cards, "text": text})
