"""What is known of the branch's days beforehand: said one by one or as a sheet, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, policy, scoped
from counterpoint.team import actions, knowing, rules
from counterpoint.team.actions.known import VERB
from counterpoint.team.beforehand import Known
from counterpoint.team.views.frame import opened
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import download
from counterpoint.ui.tables_in import Wrong, wrong_table

PAGE = 50
DATE = {"invalid": gettext_lazy("This is no date.")}
NUMBER = {"invalid": gettext_lazy("The amount must be a number up to a million.")}


class KnownForm(forms.Form):
    """One day, what is known of it, and how much of it."""

    date = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}), error_messages=DATE
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("What is known"), max_length=40, widget=forms.TextInput(attrs={"list": "known-names"})
    )  # fmt: skip
    amount = forms.FloatField(
        label=gettext_lazy("Amount, where it is measured"), required=False, error_messages=NUMBER
    )  # fmt: skip


@policy.allow("team.forecast.view")
def known(request: Any, bad: KnownForm | None = None, problems: list[Wrong] | None = None) -> HttpResponse:
    """All that is known, newest first; a form that failed comes back with what was typed."""
    today = opened(request)
    scope, branch, text = request.scope, request.branch, request.GET.get("q", "")[:40]
    with scoped(scope):
        page = Paginator(knowing.listed(scope=scope, branch=branch, text=text), PAGE).get_page(request.GET.get("page"))
        rows = list(page.object_list)
    typed = {name: request.GET[name] for name in KnownForm.base_fields if name in request.GET}
    context: dict[str, Any] = {
        "page": page, "rows": rows, "text": text, "today": today.date,
        "names": knowing.names(scope=scope, branch=branch), "form": bad or KnownForm(initial=typed),
        "may_say": scope.may(VERB, branch.path), "may_make": scope.may("team.forecast.make", branch.path),
        "week": rules.monday_of(today.date) + timedelta(days=7),
    }  # fmt: skip
    if problems:
        context |= {"problems": wrong_table(problems, _("Rows that are wrong")), "count": len(problems)}
    return render(request, "team/known.html", context, status=422 if bad or problems else 200)


@policy.allow(VERB)
@require_POST
def say(request: Any) -> HttpResponse:
    """Keep one day's knowledge."""
    opened(request)
    form = KnownForm(request.POST)
    if not form.is_valid():
        return known(request, form)
    one = Known(**form.cleaned_data)
    try:
        actions.known_say(scope=request.scope, now=clock.now(), branch=request.branch, days=[one])
    except DomainError as refused:
        field = str(refused.details.get("field", ""))
        form.add_error(field if field in form.fields else None, refused.message)
        return known(request, form)
    messages.success(request, _("Kept. The next forecast knows it: tonight's, or make one now."))
    return redirect("team:known")


@policy.allow(VERB)
@require_POST
def bring(request: Any) -> HttpResponse:
    """Keep a sheet's rows; one wrong row and nothing is written."""
    today, sent = opened(request), request.FILES.get("file")
    if sent is None:
        messages.error(request, _("Choose a file first."))
        return redirect("team:known")
    try:
        days, problems = knowing.read(sent.name, sent.read(), today.date)
        if problems:
            return known(request, problems=problems)
        changed = actions.known_say(scope=request.scope, now=clock.now(), branch=request.branch, days=days)
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("team:known")
    messages.success(
        request, _("%(rows)d rows read, %(changed)d new or changed.") % {"rows": len(days), "changed": changed}
    )
    return redirect("team:known")


@policy.allow(VERB)
@require_POST
def drop(request: Any, known_id: UUID) -> HttpResponse:
    """Take one back; the form holds it still, so that a slip is mended by one press."""
    try:
        row = actions.known_drop(scope=request.scope, now=clock.now(), known_id=known_id)
    except NotFound as absent:
        raise Http404 from absent
    messages.success(request, _("Removed. The form still holds it: press Keep to put it back."))
    held = {"date": row.date.isoformat(), "name": row.name, "amount": "" if row.amount is None else str(row.amount)}
    return redirect(f"{reverse('team:known')}?{urlencode(held)}")


@policy.allow("team.forecast.view")
def excel(request: Any) -> HttpResponse:
    """All that is known, as it can be brought again; with nothing, the headings to fill in."""
    opened(request)
    with scoped(request.scope):
        found = knowing.listed(scope=request.scope, branch=request.branch)
        rows = list(found.values_list("date", "name", "amount"))
    headings = [names[0] for names in knowing.HEADINGS.values()]
    note = _("One row a day and thing. No amount where it happens or does not.")
    content = workbook([Sheet(_("Known days"), headings, rows, note=note)])
    return download(content, f"known-days-{request.branch.code}.xlsx")
