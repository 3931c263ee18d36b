"""The pages that people stand in front of: kiosk, calling screen, desk, lobby, hall; and their live fragments."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, OrgUnit, calendar, clock, policy
from counterpoint.onsite import api, futures, shown, shown_advice
from counterpoint.onsite.catalogue import catalogue
from counterpoint.onsite.entry import MAX_KEY
from counterpoint.onsite.localtime import business_date, minute_of
from counterpoint.onsite.queries import advice, days, past, tickets
from counterpoint.onsite.queries.snapshot import Snapshot, snapshot
from counterpoint.onsite.verbs import CALL, DAY, REPLAY, RUN, TAKE, TRUST, VIEW
from counterpoint.role.api import day_at, panels_at
from counterpoint.ui.panels import HALL

DAY_START = 7 * 60
MOST_DIGITS = 6
MINE = ", ".join([
    *(f"live:{kind} from:body throttle:3s" for kind in (
        "resync", "primitives.round_submitted", "primitives.round_late", "cases.opened", "cases.assigned",
        "cases.resolved", "cases.escalated", "service.complaint_taken",
    )), "every 60s",
])  # fmt: skip


def branch_of(request: Any) -> OrgUnit:
    """The branch the caller works at; a person without one has no hall."""
    if not request.branch:
        raise Http404
    if settings.PROFILE != "test":
        futures.warm()
    request.live_url = reverse("foundation:live", args=[request.branch.code])
    branch: OrgUnit = request.branch
    return branch


def _now(request: Any) -> tuple[OrgUnit, datetime]:
    return branch_of(request), clock.now()


def _hall(request: Any) -> Snapshot:
    branch, now = _now(request)
    try:
        return snapshot(scope=request.scope, branch=branch, now=now)
    except DomainError as refused:
        raise Http404 from refused


def whole(text: str) -> int | None:
    """A number from an address; None for what only looks like one (“²”) and for more digits than anybody means."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


# --- kiosk -----------------------------------------------------------------------------------------------------------


@policy.device(TAKE)
def kiosk(request: Any, group: str = "", service: str = "") -> HttpResponse:
    """Three taps: what for, which service, normal or priority."""
    branch, now = _now(request)
    content = catalogue(business_date(branch, now), branch.rule_pack)
    context: dict[str, Any] = {"branch": branch, "now": now, "step": "group"}
    language = request.LANGUAGE_CODE
    if (group and group not in content.groups) or (service and service not in content.services):
        raise Http404
    if service:
        context |= {"step": "tier", "service": content.services[service].name(language), "key": service}
        context |= {"group": group}
    elif group:
        skill = content.groups[group].skill
        found = [(s.key, s.name(language)) for s in content.services.values() if s.skill == skill]
        context |= {"step": "service", "group": group, "services": found}
    else:
        context["groups"] = [(g.key, g.name(language), g.hint(language), g.icon) for g in content.groups.values()]
    return render(request, "onsite/kiosk.html", context)


@policy.device(TAKE)
@require_POST
def kiosk_take(request: Any) -> HttpResponse:
    """Give out the ticket once, however often the key is tapped, then show it."""
    branch, now = _now(request)
    priority = request.POST.get("tier") == "priority"
    key = request.POST.get("idempotency_key", "")
    if len(key) > MAX_KEY:
        raise Http404
    try:
        ticket = api.ticket_take(
            scope=request.scope, branch=branch, now=now, service=request.POST.get("service", ""),
            tier="priority" if priority else "standard", vulnerable=priority, channel="kiosk",
            key=key,
        )  # fmt: skip
    except DomainError as refused:
        return render(
            request, "onsite/kiosk.html", {"step": "refused", "problem": refused.message}, status=refused.status
        )
    return redirect("onsite:kiosk-ticket", ticket_id=ticket.id)


@policy.device(TAKE)
def kiosk_ticket(request: Any, ticket_id: UUID) -> HttpResponse:
    """The printed or scanned result: number, people ahead, range of minutes, QR code for the phone."""
    branch, now = _now(request)
    try:
        ticket = tickets.ticket(scope=request.scope, branch=branch, ticket=ticket_id, now=now)
    except NotFound as absent:
        raise Http404 from absent
    names = catalogue(business_date(branch, now), branch.rule_pack).services
    service = names[ticket.service].name(request.LANGUAGE_CODE) if ticket.service in names else ticket.service
    return render(request, "onsite/kiosk.html", {"step": "done", "ticket": ticket, "service": service, "now": now})


@policy.device(TAKE)
def kiosk_qr(request: Any, ticket_id: UUID) -> HttpResponse:
    """SVG of the phone page's address."""
    branch, now = _now(request)
    try:
        ticket = tickets.ticket(scope=request.scope, branch=branch, ticket=ticket_id, now=now)
    except NotFound as absent:
        raise Http404 from absent
    address = request.build_absolute_uri(reverse("ticket:phone", args=[ticket.public_code]))
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=6, border=2)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


# --- calling screen --------------------------------------------------------------------------------------------------


@policy.device(VIEW)
def screen(request: Any) -> HttpResponse:
    """Numbers and windows, legible at 8 m."""
    return render(request, "onsite/screen.html", _screen(request))


@policy.device(VIEW)
def screen_now(request: Any) -> HttpResponse:
    """The calling screen's list, refreshed by each call."""
    return render(request, "onsite/parts/screen.html", _screen(request))


def _screen(request: Any) -> dict[str, Any]:
    hall = _hall(request)
    return {"hall": hall, "calls": shown.calls(hall), "branch": request.branch}


# --- desk, lobby, hall -----------------------------------------------------------------------------------------------


@policy.allow(CALL)
def console(request: Any) -> HttpResponse:
    """The teller's window: next, start, hold, hand over, finish, no-show."""
    return render(request, "onsite/console.html", _console(request))


@policy.allow(CALL)
def console_now(request: Any) -> HttpResponse:
    """The desk's live part."""
    return render(request, "onsite/parts/console.html", _console(request))


def _console(request: Any) -> dict[str, Any]:
    hall = _hall(request)
    chosen = whole(request.GET.get("counter", ""))
    number = chosen if chosen is not None else request.session.get("onsite-counter")
    if chosen is not None:
        request.session["onsite-counter"] = chosen
    return shown.console(hall, request.user.pk, number, request.LANGUAGE_CODE, request.branch)


@policy.allow(TAKE)
def lobby(request: Any) -> HttpResponse:
    """The lobby manager's phone: what is theirs to do this hour, who waits, a ticket for a customer, guide, care."""
    return render(request, "onsite/lobby.html", _lobby(request) | _mine(request))


@policy.allow(TAKE)
def lobby_mine(request: Any) -> HttpResponse:
    """Rounds, complaints and rectifications of the person in the lobby, afresh."""
    return render(request, "onsite/parts/mine.html", _mine(request))


def _mine(request: Any) -> dict[str, Any]:
    branch, now = _now(request)
    return {"panels": panels_at(request, day_at(branch, now).phase, HALL), "trigger": MINE}


@policy.allow(TAKE)
def lobby_now(request: Any) -> HttpResponse:
    """The lobby's live part."""
    return render(request, "onsite/parts/lobby.html", _lobby(request))


def _lobby(request: Any) -> dict[str, Any]:
    return shown.lobby(_hall(request), request.LANGUAGE_CODE, request.branch)


@policy.allow(VIEW)
def hall_page(request: Any) -> HttpResponse:
    """Lanes, queues and machines; the scrubber runs back over today."""
    return render(request, "onsite/hall.html", _hall_context(request))


@policy.allow(VIEW)
def hall_now(request: Any) -> HttpResponse:
    """The hall's live part, or the hall at an earlier minute."""
    return render(request, "onsite/parts/hall.html", _hall_context(request))


def _hall_context(request: Any) -> dict[str, Any]:
    branch, now = _now(request)
    asked = whole(request.GET.get("at", ""))
    latest = int(minute_of(branch, now))
    minute = asked if asked is not None and asked < latest else None
    may_run = request.scope.may(RUN, branch.path)
    if minute is None:
        found = _hall(request)
    else:
        request.mode = "replay"
        request.mode_detail = calendar.wall(minute)
        midnight = now.astimezone(ZoneInfo(branch.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        at = midnight + timedelta(minutes=minute)
        found = past.hall_at(scope=request.scope, branch=branch, at=at)
    people = tickets.people(scope=request.scope, branch=branch, now=now) if may_run and minute is None else ()
    context = shown.hall(found, request.LANGUAGE_CODE, branch)
    if minute is None:
        if request.scope.may(DAY, branch.path):
            context["day_over"] = days.over(scope=request.scope, branch=branch, now=now)
        asked_now = advice.current(scope=request.scope, branch=branch, now=now)
        context["advice"] = shown_advice.advice(asked_now, context["names"]["services"])
    return context | {
        "people": people, "may_run": may_run and minute is None, "replay": minute is not None,
        "may_judge": request.scope.may(TRUST, branch.path), "may_replay": request.scope.may(REPLAY, branch.path),
        "minute": minute if minute is not None else latest, "latest": latest, "earliest": min(DAY_START, latest),
    }  # fmt: skip
