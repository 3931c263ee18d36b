"""What people decide about the register: to which risks an incident belongs, and that a risk leaves the register."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import NotFound, clock, policy
from counterpoint.risk.register import actions, choosing, retiring
from counterpoint.risk.register import incidents as reporting
from counterpoint.risk.register.shown import CATEGORY
from counterpoint.ui import links
from counterpoint.ui.pages import done


@policy.allow(reporting.HANDLE)
def choose(request: Any, incident_id: UUID) -> HttpResponse:
    """The risks of the branch, those of the incident first, then what fits it."""
    text = request.GET.get("q", "")[:80]
    try:
        found = choosing.choices(scope=request.scope, now=clock.now(), incident=incident_id, text=text)
    except NotFound as absent:
        raise Http404 from absent
    if found.incident.type != reporting.TYPE:
        raise Http404
    groups = [
        (_("Chosen risks"), found.chosen),
        (_("Proposed risks"), found.proposed),
        (_("All other risks"), found.others),
    ]
    context = {"found": found, "groups": groups, "text": text, "categories": CATEGORY}
    return render(request, "risk/register/choose.html", context)


@policy.allow(reporting.HANDLE)
@require_POST
def link(request: Any, incident_id: UUID) -> HttpResponse:
    """Say which risks an incident belongs to."""
    keys = tuple(request.POST.getlist("risks"))
    return done(request, lambda: reporting.incident_link(
        scope=request.scope, now=clock.now(), incident=incident_id, risks=keys
    ), _("Saved. The residuals follow."), "primitives:case", case_id=incident_id)  # fmt: skip


@policy.allow(actions.EDIT)
@require_POST
def retire(request: Any, risk_id: UUID) -> HttpResponse:
    """Ask that a risk leaves the register."""
    return done(request, lambda: retiring.risk_retire_ask(
        scope=request.scope, now=clock.now(), risk=risk_id, reason=request.POST.get("reason", "")[:1000],
        key=request.POST.get("idempotency_key", "")[:80],
    ), _("Asked. It stays in the register until somebody else has looked."), "risk:risk", risk_id=risk_id)  # fmt: skip


@policy.allow(retiring.VERIFY)
@require_POST
def retire_decide(request: Any, risk_id: UUID) -> HttpResponse:
    """The second look."""
    agreed = request.POST.get("answer") == "yes"
    return done(request, lambda: retiring.risk_retire_decide(
        scope=request.scope, now=clock.now(), risk=risk_id, agreed=agreed, reason=request.POST.get("reason", "")[:1000],
    ), _("The risk is out of the register.") if agreed else _("The risk stays in the register."),
        "risk:register")  # fmt: skip


def risks_of_it(request: HttpRequest, found: Any) -> links.Link | None:
    """On an incident's page: to the risks that it belongs to."""
    scope = getattr(request, "scope", None)
    if found.case.type != reporting.TYPE or scope is None or not scope.may(reporting.HANDLE):
        return None
    return links.Link(_("Risks it belongs to"), reverse("risk:incident-risks", args=[found.case.id]), "shield-check")


links.register("primitives.case", risks_of_it)
