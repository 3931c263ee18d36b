"""Plans on dates: put one on a date, move it, cancel it; and in words what starts a plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import OrgUnit, clock, policy
from counterpoint.primitives.cases import case_types
from counterpoint.primitives.playbooks import starts, triggers
from counterpoint.primitives.playbooks.definition import Playbook
from counterpoint.primitives.playbooks.shown import MODES
from counterpoint.primitives.playbooks.verbs import DRILL, LEAD
from counterpoint.primitives.playbooks.views.frame import back, moment_in
from counterpoint.ui.pages import branch_here, done
from counterpoint.ui.punctuation import listed


@policy.allow(DRILL)
@require_POST
def put(request: Any, key: str) -> HttpResponse:
    """Put a plan on a date."""
    at, mode = _moment(request), request.POST.get("mode", "real")
    return done(
        request,
        lambda: starts.start_plan(
            scope=request.scope, org_unit=branch_here(request), playbook=key, at=at, now=clock.now(), mode=mode
        ),
        _("It is on the date; it starts by itself then."), reverse("primitives:plan", args=[key]),
    )  # fmt: skip


@policy.allow(DRILL)
@require_POST
def change(request: Any, start_id: UUID) -> HttpResponse:
    """Move a date, or cancel it."""
    to = back(request, reverse("primitives:plays"))
    if request.POST.get("cancel"):
        return done(
            request, lambda: starts.start_cancel(scope=request.scope, start=start_id, now=clock.now()),
            _("Cancelled: nothing starts on that date."), to,
        )  # fmt: skip
    at = _moment(request)
    return done(
        request, lambda: starts.start_move(scope=request.scope, start=start_id, at=at, now=clock.now()),
        _("Moved; it starts by itself then."), to,
    )  # fmt: skip


def _moment(request: Any) -> datetime:
    at = moment_in(request.POST.get("at", ""), branch_here(request).time_zone)
    if at is None:
        raise Http404
    return at


def cards(request: Any, found: Iterable[starts.Start], paths: dict[str, str]) -> list[dict[str, Any]]:
    """Dates as a page shows them; `paths` are the org paths of the branches by code."""
    scope = request.scope
    return [
        {
            "start": one, "mode": MODES[one.mode], "why": starts.why(one.failed),
            "may": not one.failed and scope.may(DRILL if one.mode == "drill" else LEAD, paths.get(one.branch, "")),
        }
        for one in found
    ]  # fmt: skip


def causes(book: Playbook, branch: OrgUnit, now: datetime, language: str) -> list[tuple[str, str]]:
    """What starts the plan, in words, each with the address of its page where it has one."""
    cause, on = book.trigger, branch.date_at(now)
    found = [(_("a person, by the button above"), "")] if cause.manual else []
    for one in triggers.figures(book.key, branch, on):
        found.append((_("the figure “%(name)s” off course") % {"name": one.name(language)},
                      reverse("analytics:kpi", args=[one.key])))  # fmt: skip
    kind = case_types(on, branch.rule_pack).get(cause.case_type)
    if kind is not None:
        levels = listed(level.name(language) for level in kind.levels if level.slug in cause.case_levels)
        words = _("a case “%(kind)s” of the level %(levels)s") if levels else _("a case “%(kind)s”")
        found.append((words % {"kind": kind.name(language), "levels": levels}, ""))
    if cause.schedule:
        found.append((_("a date that a leader chooses, and the calendar of drills"), ""))
    return found
