"""Erasing: the complaints whose time of keeping is over, and one complaint with what goes and what stays."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, policy
from counterpoint.primitives.cases import timeline
from counterpoint.service import api, names
from counterpoint.service.queries.complaints import whole
from counterpoint.service.queries.erasing import erasable, personal
from counterpoint.service.verbs import ERASE


@policy.allow(ERASE)
def due(request: Any) -> HttpResponse:
    """Complaints whose words may be erased now."""
    return render(request, "service/erasing.html", {"rows": erasable(scope=request.scope, now=clock.now())})


@policy.allow(ERASE)
@require_POST
def all_due(request: Any) -> HttpResponse:
    """Erase the ticked ones because their time is over; each that is refused is named with its reason."""
    now, done = clock.now(), 0
    for text in request.POST.getlist("complaint")[:200]:
        try:
            api.complaint_erase(scope=request.scope, complaint=UUID(text), reason="time_over", now=now)
            done += 1
        except (ValueError, NotFound) as absent:
            raise Http404 from absent
        except DomainError as refused:
            messages.error(request, refused.message)
    if done:
        words = ngettext("The words of %(count)d complaint were erased.",
                         "The words of %(count)d complaints were erased.", done)  # fmt: skip
        messages.success(request, words % {"count": done})
    return redirect("service:erasing")


@policy.allow(ERASE)
def one(request: Any, complaint_id: UUID) -> HttpResponse:
    """What goes and what stays; erased when a person confirms it with a reason."""
    now = clock.now()
    try:
        seen = whole(scope=request.scope, complaint=complaint_id, now=now)
    except NotFound as absent:
        raise Http404 from absent
    refused, status = "", 200
    if request.method == "POST":
        reason = request.POST.get("reason", "") if request.POST.get("sure") else ""
        try:
            api.complaint_erase(scope=request.scope, complaint=complaint_id, reason=reason, now=now)
            messages.success(request, _("The words were erased."))
            return redirect("service:complaint", complaint_id=complaint_id)
        except DomainError as no:
            refused, status = str(no.message), no.status
    held = personal(seen, timeline(scope=request.scope, case=seen.row.case), now)
    context = {
        "seen": seen, "row": seen.row, "view": seen.detail.case, "held": held, "refused": refused,
        "may": seen.row.erased_at is None and held.until is not None and held.until <= now,
        "reasons": names.ERASING.items(),
    }  # fmt: skip
    return render(request, "service/erase.html", context, status=status)
