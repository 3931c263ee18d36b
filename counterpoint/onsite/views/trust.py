"""Whether this branch's simulation may be believed: the gate's verdict, its pictures, what was fitted."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import JobRun, NotFound, OrgUnit, clock, job, policy
from counterpoint.onsite import shown_floor, shown_trust, trusting
from counterpoint.onsite.catalogue import Catalogue, catalogue
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.models import TwinCheck
from counterpoint.onsite.queries.floors import furnished
from counterpoint.onsite.queries.trust import check_with_history
from counterpoint.onsite.verbs import DAY, TRUST
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import branch_here, download


def _plan(request: Any, branch: OrgUnit, on: date, content: Catalogue, measured: bool) -> shown_floor.Picture | None:
    found = furnished(scope=request.scope, branch=branch, on=on)
    return shown_floor.picture(found, content, request.LANGUAGE_CODE, measured) if found else None


def _names(request: Any, content: Catalogue) -> tuple[dict[str, str], dict[str, str]]:
    language = request.LANGUAGE_CODE
    return (
        {key: one.name(language) for key, one in content.services.items()},
        {key: one.name(language) for key, one in content.tiers.items()},
    )


@policy.allow(TRUST)
def overview(request: Any) -> HttpResponse:
    """The newest check, one of its days in pictures, earlier checks, and the button that checks again."""
    branch = branch_here(request)
    check, before = check_with_history(scope=request.scope, branch=branch)
    on = business_date(branch, clock.now())
    content = catalogue(on, branch.rule_pack)
    plan = _plan(request, branch, on, content, check is not None)
    context: dict[str, Any] = {
        "branch": branch, "check": check, "before": before[1:], "running": _running(request, check),
        "may_check": request.scope.may(DAY, branch.path), "plan": plan,
    }  # fmt: skip
    if check is not None:
        days = shown_trust.days(check)
        known = [row["day"] for row in days]
        day = request.GET.get("day", "")
        day = day if day in known else (known[-1] if known else "")
        context |= {
            "verdict": shown_trust.verdict(check), "days": days, "day": day,
            "charts": shown_trust.charts(check, day), "fitted": shown_trust.fitted(check, *_names(request, content)),
        }  # fmt: skip
    return render(request, "onsite/trust.html", context)


def _running(request: Any, check: TwinCheck | None) -> str:
    """Where the progress of the check stands that this person asked for; an old failure is not told again."""
    try:
        row = job(scope=request.scope, job_id=UUID(request.session.get("twin-check", "")))
    except (NotFound, ValueError):
        return ""
    old = check is not None and check.made_at > row.requested_at
    return reverse("foundation:job", args=[row.pk]) if row.state != JobRun.State.DONE and not old else ""


@require_POST
@policy.allow(DAY)
def check(request: Any) -> HttpResponse:
    """Check again in the background; asked twice in a minute it is one check."""
    now = clock.now()
    row = trusting.request(request.scope, branch_here(request), now, f"{now:%Y-%m-%dT%H:%M}")
    request.session["twin-check"] = str(row.pk)
    messages.info(request, _("The check runs in the background and takes some ten seconds."))
    return redirect("onsite:trust")


@policy.allow(TRUST)
def export(request: Any) -> HttpResponse:
    """Verdict, days and fitted values as Excel."""
    branch = branch_here(request)
    check, _before = check_with_history(scope=request.scope, branch=branch)
    if check is None:
        raise Http404
    content = catalogue(business_date(branch, clock.now()), branch.rule_pack)
    told = shown_trust.verdict(check)
    verdict = Sheet(
        _("Verdict"), [_("What"), _("Logged"), _("Simulated"), _("Off by"), _("Allowed"), _("Within the limit")],
        [
            [r.name, r.logged, r.simulated, r.off, r.allowed, {True: _("yes"), False: _("no")}.get(r.passed, "–")]
            for r in told["rows"]
        ],
    )  # fmt: skip
    names = ("day", "tickets", "median", "median_twin", "p90", "p90_twin", "walkout", "walkout_twin")
    days = Sheet(
        _("Judged days"),
        [_("Day"), _("Tickets"), _("Median wait (min)"), _("Simulated"), _("P90 wait (min)"), _("Simulated"),
         _("Walked out"), _("Simulated")],
        [[row[name] for name in names] for row in shown_trust.days(check)],
    )  # fmt: skip
    fitted = Sheet(
        _("Fitted values"), [_("What"), _("Value"), _("Low"), _("High"), _("From"), _("Tickets")],
        [
            [row["name"], row["value"], row["low"], row["high"], row["origin"], row["tickets"]]
            for row in shown_trust.fitted(check, *_names(request, content))
        ],
    )  # fmt: skip
    return download(workbook([verdict, days, fitted]), "simulation-check.xlsx")
