"""The customer's phone: the ticket by its code."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, policy
from counterpoint.onsite import public

WHY = "A customer opens the own ticket by its unguessable code; it shows no personal data."


def _ticket(request: Any, code: str) -> public.PhoneTicket:
    try:
        return public.phone_ticket(code=code, now=clock.now(), language=request.LANGUAGE_CODE)
    except NotFound as absent:
        raise Http404 from absent


def _page(request: Any, template: str, code: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page in the branch's wall clock: nobody is signed in whose branch could tell the zone."""
    found = _ticket(request, code)
    with timezone.override(ZoneInfo(found.branch.time_zone)):
        return render(request, template, {"found": found, "code": code, "problem": problem}, status=status)


@policy.public(WHY)
def phone(request: Any, code: str) -> HttpResponse:
    """Number, people ahead, range of minutes."""
    return _page(request, "onsite/phone.html", code)


@policy.public(WHY)
def phone_now(request: Any, code: str) -> HttpResponse:
    """The part that refreshes itself."""
    return _page(request, "onsite/parts/phone.html", code)


@policy.public(WHY)
@require_POST
def phone_do(request: Any, code: str, name: str) -> HttpResponse:
    """Give the ticket back, or come five minutes later."""
    act = {"cancel": public.cancel, "late": public.delay}.get(name)
    if act is None:
        raise Http404
    try:
        act(code=code, now=clock.now())
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        return _page(request, "onsite/phone.html", code, problem=refused.message, status=refused.status)
    return redirect("ticket:phone", code=code)
