"""What views of every room do around their one call: carry out a form, hand out a file, read a date of an address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from counterpoint.foundation.api import DomainError, NotFound, OrgUnit, files, place_of

YEARS = range(1990, 2200)
PDF = "application/pdf"


def branch_here(request: Any) -> OrgUnit:
    """The branch that the caller works at; 404 without one."""
    if not request.branch:
        raise Http404
    found: OrgUnit = request.branch
    return found


def place_here(request: Any, verb: str) -> OrgUnit:
    """Where the caller does what is their own: the branch that they work at, else the unit of their post; 404 without
    one."""
    try:
        return place_of(request.scope, request.branch, verb)
    except NotFound as absent:
        raise Http404 from absent


def origin_of(request: Any) -> str:
    """Scheme and host as the caller reached them."""
    return str(request.build_absolute_uri("/")).rstrip("/")


def done(
    request: Any, act: Callable[[], Any], message: str, to: str,
    again: Callable[[], HttpResponse] | None = None, /, **at: Any,
) -> HttpResponse:  # fmt: skip
    """Carry out a form's verb and go on; a refusal becomes a message, a stranger's row a 404. `again` shows the form
    once more after a refusal, where long words would be lost with it."""
    try:
        act()
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        if again is not None:
            return again()
    else:
        messages.success(request, message)
    return redirect(to, **at)


def download(content: bytes, name: str, kind: str = files.SHEET, *, inline: bool = False) -> HttpResponse:
    """A file to save; one to look at in the browser when `inline`."""
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    return answer


def number_in(text: str, otherwise: int = 1) -> int:
    """The whole number that a form or an address names, at most five digits; `otherwise` when it names none."""
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise


def date_in(text: str) -> date | None:
    """The date that a form or an address names, None when it names none; 404 on nonsense and on far centuries."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Http404 from wrong
    if found is not None and found.year not in YEARS:
        raise Http404
    return found
