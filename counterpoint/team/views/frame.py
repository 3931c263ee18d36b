"""What every page of the team needs first: the branch, its day, and refusals as messages."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, NotFound, clock, job
from counterpoint.role.api import Today, prepare
from counterpoint.team import rules

YEARS = range(1990, 2200)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def opened(request: Any) -> Today:
    """The branch's day; 404 where the caller has no branch."""
    today = prepare(request, clock.now())
    if today is None:
        raise Http404
    return today


def date_in(text: str) -> date | None:
    """The date that a form or an address names, None when it names none; 404 on nonsense and on far centuries."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Http404 from wrong
    if found is not None and found.year not in YEARS:
        raise Http404
    return found


def day_of(request: Any, default: date) -> date:
    """The date asked for with ?day=, else the default."""
    return date_in(request.GET.get("day", "")) or default


def week_of(request: Any, today: date) -> date:
    """The Monday asked for with ?week=, else that of next week."""
    found = date_in(request.GET.get("week") or request.POST.get("week") or "")
    return rules.monday_of(found) if found else rules.monday_of(today) + timedelta(days=7)


def word_of(request: Any, name: str, words: Collection[str]) -> str:
    """The word that a button sends; 404 on any other, so that a broken form decides nothing."""
    found = str(request.POST.get(name, ""))
    if found not in words:
        raise Http404
    return found


def running(request: Any) -> list[tuple[str, str]]:
    """Jobs that this person started lately, to follow their progress."""
    found = []
    for key in request.session.get("team-jobs", [])[-2:]:
        try:
            row = job(scope=request.scope, job_id=UUID(key))
        except (NotFound, ValueError):
            continue
        if row.state in ("queued", "running", "failed"):
            found.append((reverse("foundation:job", args=[row.pk]), _("Working on it")))
    return found


def remember(request: Any, row: Any) -> None:
    """Follow this job on the person's pages; a failure is said at once."""
    request.session["team-jobs"] = [*request.session.get("team-jobs", [])[-4:], str(row.pk)]
    if row.state == "failed":
        messages.error(request, row.error)


def done(request: Any, act: Callable[[], Any], message: str, to: str, **at: Any) -> HttpResponse:
    """Carry out a form's verb and go on; a refusal becomes a message, a stranger's row a 404."""
    try:
        act()
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect(to, **at)
    messages.success(request, message)
    return redirect(to, **at)


def download(content: bytes, name: str, kind: str = SHEET) -> HttpResponse:
    """A file to save."""
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
