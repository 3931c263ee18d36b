"""Pages of the self-check calendar: a month, a year."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy, pgettext_lazy

from counterpoint.foundation.api import clock, policy
from counterpoint.role import desk, selfchecks
from counterpoint.role.verbs import CALENDAR

FARTHEST_YEARS = 10
STATES = {
    selfchecks.DONE: gettext_lazy("Done"),
    selfchecks.FAILED: gettext_lazy("With findings"),
    selfchecks.LATE: gettext_lazy("Overdue"),
    selfchecks.LATE_DONE: gettext_lazy("Done late"),
    selfchecks.DUE: pgettext_lazy("self-check", "Due"),
    selfchecks.COMING: gettext_lazy("Coming"),
    selfchecks.UNKNOWN: gettext_lazy("No record"),
}
EVERY = {
    "day": pgettext_lazy("rhythm", "Daily"),
    "week": pgettext_lazy("rhythm", "Weekly"),
    "month": pgettext_lazy("rhythm", "Monthly"),
    "quarter": pgettext_lazy("rhythm", "Quarterly"),
    "year": pgettext_lazy("rhythm", "Yearly"),
}


@policy.allow(CALENDAR)
def month(request: Any) -> HttpResponse:
    """What is due, done, overdue in a month, and what is not put right yet. `?month=2026-11`."""
    today = _today(request)
    wished = request.GET.get("month", "")
    try:
        first = date.fromisoformat(f"{wished}-01") if wished else today.date.replace(day=1)
    except ValueError:
        raise Http404 from None
    _near(first.year, today.date)
    shown = selfchecks.month_of(
        scope=request.scope, branch=request.branch, first=first, today=today, language=request.LANGUAGE_CODE
    )
    before, after = _months_beside(first)
    context = {"month": shown, "today": today, "before": before, "after": after, "states": STATES, "every": EVERY}
    return render(request, "role/self_checks.html", context)


@policy.allow(CALENDAR)
def year(request: Any) -> HttpResponse:
    """Every check by month. `?year=2026`."""
    today = _today(request)
    wished = request.GET.get("year", "") or str(today.date.year)
    if not (wished.isascii() and wished.isdecimal() and len(wished) == 4):
        raise Http404
    _near(int(wished), today.date)
    lines = selfchecks.year_of(
        scope=request.scope, branch=request.branch, year=int(wished), today=today, language=request.LANGUAGE_CODE
    )
    context = {
        "lines": lines,
        "year": int(wished),
        "today": today,
        "months": range(1, 13),
        "states": STATES,
        "every": EVERY,
    }
    return render(request, "role/self_checks_year.html", context)


def _today(request: Any) -> Any:
    if not request.branch:
        raise Http404
    return desk.prepare(request, clock.now())


def _near(wished: int, today: date) -> None:
    if abs(wished - today.year) > FARTHEST_YEARS:
        raise Http404


def _months_beside(first: date) -> tuple[str, str]:
    """The months before and after, as the address has them."""
    count = first.year * 12 + first.month - 1
    return tuple(f"{(count + step) // 12:04d}-{(count + step) % 12 + 1:02d}" for step in (-1, 1))  # type: ignore[return-value]
