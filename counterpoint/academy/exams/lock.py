"""Exam mode: while a person sits an exam, lessons, questions, their definitions and practice are closed to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from counterpoint.academy.exams.queries import is_sitting
from counterpoint.foundation.api import clock, scope_of

Respond = Callable[[HttpRequest], HttpResponse]
OPEN_PAGES = "academy:exam"  # its pages stay open, by the beginning of their names
DAY_PAGES = ("academy:drill", "academy:drill-segment", "academy:drill-do")  # of the exam's own day
CLOSED = ("academy:", "primitives:content")


class ExamModeMiddleware:
    """Answers with "an exam is running" instead of what would tell its answers."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, _view: Any, _args: Any, given: Any) -> HttpResponse | None:
        """Pages that would help."""
        name = request.resolver_match.view_name
        if not closes(name, in_world=request.world is not None) or request.scope is None:
            return None
        if not request.user.is_authenticated:
            return None
        now = clock.now() if request.world is None else clock.SystemClock().now()
        row = is_sitting(request.scope if request.world is None else scope_of(request.user, now), now)
        if row is None or (name in DAY_PAGES and row.session_id and row.session_id == given.get("session")):
            return None
        return render(request, "academy/exams/locked.html", {"sitting": row}, status=423)


def closes(name: str, *, in_world: bool) -> bool:
    """Whether a page is closed during an exam."""
    return in_world or (name.startswith(CLOSED) and not name.startswith(OPEN_PAGES))
