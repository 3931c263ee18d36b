"""Bringing in a ticket history: file, columns, job, result."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, JobRun, NotFound, clock, job, policy
from counterpoint.onsite import importing
from counterpoint.onsite.problems import told
from counterpoint.onsite.queries import days
from counterpoint.onsite.rules.columns import FIELDS, REQUIRED
from counterpoint.onsite.verbs import IMPORT
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import download

LABELS = {
    "arrived": gettext_lazy("Ticket taken at"),
    "called": gettext_lazy("Called at"),
    "finished": gettext_lazy("Finished at"),
    "left": gettext_lazy("Left at"),
    "service": gettext_lazy("Service"),
    "tier": gettext_lazy("Customer tier"),
    "server": gettext_lazy("Teller or window"),
    "window": gettext_lazy("Window, where the teller has a column of their own"),
    "ticket": gettext_lazy("Ticket number"),
    "outcome": gettext_lazy("Outcome"),
    "branch": gettext_lazy("Branch code"),
}


@policy.allow(IMPORT)
def overview(request: Any) -> HttpResponse:
    """What history the branch has, and the file field."""
    if not request.branch:
        raise Http404
    if request.method == "POST":
        return _uploaded(request)
    context = {"found": days.history(scope=request.scope, branch=request.branch), "branch": request.branch}
    return render(request, "onsite/history.html", context)


def _uploaded(request: Any) -> HttpResponse:
    sent = request.FILES.get("file")
    if sent is None:
        messages.error(request, _("Choose a CSV file first."))
        return redirect("onsite:history")
    try:
        row = importing.upload(
            scope=request.scope, branch=request.branch, name=sent.name, content=sent.read(), now=clock.now()
        )
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("onsite:history")
    return redirect("onsite:history-mapping", file_id=row.pk)


def _chosen(data: Any) -> dict[str, str]:
    return {field: data[f"column-{field}"] for field in FIELDS if data.get(f"column-{field}")}


@policy.allow(IMPORT)
def mapping(request: Any, file_id: UUID) -> HttpResponse:
    """Which column is which; the first rows as they are understood, with problems by row."""
    sent = _chosen(request.GET)
    try:
        found = importing.preview(scope=request.scope, file_id=file_id, mapping=sent or None)
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("onsite:history")
    fields = [(f, LABELS[f], found.mapping.get(f, ""), f in REQUIRED) for f in FIELDS]
    context = {"found": found, "problems": told(found.problems), "fields": fields, "file_id": file_id}
    return render(request, "onsite/history_mapping.html", context)


@policy.allow(IMPORT)
@require_POST
def start(request: Any, file_id: UUID) -> HttpResponse:
    """Begin the import with the confirmed columns."""
    try:
        row = importing.begin(
            scope=request.scope, branch=request.branch, file_id=file_id, mapping=_chosen(request.POST),
            replace=bool(request.POST.get("replace")), now=clock.now(),
        )  # fmt: skip
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("onsite:history-mapping", file_id=file_id)
    return redirect("onsite:history-result", job_id=row.pk)


def _job(request: Any, job_id: UUID) -> JobRun:
    try:
        row = job(scope=request.scope, job_id=job_id)
    except NotFound as absent:
        raise Http404 from absent
    if row.kind != importing.KIND or not request.scope.may(IMPORT, row.org_path):
        raise Http404
    return row


@policy.allow(IMPORT)
def result(request: Any, job_id: UUID) -> HttpResponse:
    """Progress while it runs, then what came in."""
    row = _job(request, job_id)
    return render(request, "onsite/history_result.html", {"job": row, "found": row.result})


@policy.allow(IMPORT)
def progress(request: Any, job_id: UUID) -> HttpResponse:
    """State of the import for the progress bar."""
    row = _job(request, job_id)
    text = row.error or row.message
    answer = {"state": row.state, "done": round(100 * row.progress), "total": 100, "text": text}
    return JsonResponse(answer | {"url": reverse("onsite:history-result", args=[row.pk])})


@policy.allow(IMPORT)
def problems(request: Any, job_id: UUID) -> HttpResponse:
    """Row-numbered problems as Excel."""
    found = told((_job(request, job_id).result or {}).get("problems", []))
    headings = [_("Row"), _("Column"), _("Value"), _("Severity"), _("Problem")]
    rows = [[int(p["row"]), p["column"], p["value"], p["severity"], p["message"]] for p in found]
    content = workbook([Sheet(_("Problems"), headings, rows)])
    return download(content, "problems.xlsx")
