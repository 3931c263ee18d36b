"""What every page of the team needs first: the branch, its day, and refusals as messages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, OrgUnit, clock, job, scoped
from counterpoint.role.api import Today, prepare
from counterpoint.team import rules
from counterpoint.ui.pages import date_in


def opened(request: Any) -> Today:
    """The branch's day; 404 where the caller has no branch."""
    today = prepare(request, clock.now())
    if today is None:
        raise Http404
    return today


def units_for(request: Any, verb: str) -> list[OrgUnit]:
    """Headquarters, regions and branches at which the caller's posts give a verb, the highest first."""
    with scoped(request.scope):
        rows = OrgUnit.objects.filter(path__within=request.scope.grants.get(verb, ()))
        return list(rows.filter(kind__in=("headquarters", "region", "branch")).order_by("path"))


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
