"""Cases on the desk: what is late or due today, worst first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterpoint.foundation.api import calendar, clock
from counterpoint.primitives.cases import CaseFilter, CaseView, cases
from counterpoint.primitives.cases.verbs import DESK
from counterpoint.primitives.cases.views import frame
from counterpoint.ui.dayline import PHASES
from counterpoint.ui.panels import ABOVE, Panel, PanelBody, register

SHOWN = 6
MOVES = (
    "cases.opened", "cases.accepted", "cases.assigned", "cases.resolved", "cases.verified", "cases.closed",
    "cases.dropped", "cases.breached", "cases.escalated", "cases.paused", "cases.resumed", "cases.level",
)  # fmt: skip


def due_today(request: Any) -> PanelBody | None:
    """Late cases and those due before the day is over."""
    place = request.branch
    if not place:
        return None
    now = clock.now()
    midnight = calendar.local(place.date_at(now) + timedelta(days=1), 0, ZoneInfo(place.time_zone))
    asked = CaseFilter(branch=place.code, due_before=midnight, size=SHOWN)
    found = cases(scope=request.scope, filters=asked, now=now)
    if not found.total:
        return PanelBody("primitives/cases/panel.html", {"rows": []}, "calm", _("No case is due today"))
    late = cases(scope=request.scope, filters=CaseFilter(branch=place.code, late=True, size=1), now=now).total
    text = _("%(total)s due today, %(late)s of them late") % {"total": found.total, "late": late}
    return _listed(found.rows, found.total, now, "act" if late else "watch", text)


def mine(request: Any) -> PanelBody | None:
    """Cases that wait for this very person, the nearest deadline first; silent without any."""
    now = clock.now()
    asked = CaseFilter(owner=request.scope.actor, stage="unfinished", size=SHOWN)
    found = cases(scope=request.scope, filters=asked, now=now)
    if not found.total:
        return None
    text = ngettext("%(n)s case waits for you", "%(n)s cases wait for you", found.total) % {"n": found.total}
    level = "act" if any(view.late for view in found.rows) else "watch"
    return _listed(found.rows, found.total, now, level, text, places=True)


def late_below(request: Any) -> PanelBody | None:
    """Cases of any branch in reach that are past their deadline, the oldest first: what has climbed, or will."""
    now = clock.now()
    found = cases(scope=request.scope, filters=CaseFilter(late=True, size=SHOWN), now=now)
    if not found.total:
        return None
    text = ngettext("%(n)s case below is late", "%(n)s cases below are late", found.total) % {"n": found.total}
    return _listed(found.rows, found.total, now, "act", text, places=True)


def _listed(
    views: list[CaseView], total: int, now: datetime, level: str, text: str, *, places: bool = False
) -> PanelBody:
    rows = [(view, frame.due_of(view, now)) for view in views]
    context = {"rows": rows, "more": total - len(rows), "places": places}
    return PanelBody("primitives/cases/panel.html", context, level, text)


register(
    Panel(
        "primitives.cases-mine", gettext_lazy("Waiting for you"), frozenset(PHASES), 14, DESK, mine, MOVES,
        "primitives:cases", frozenset({ABOVE}),
    ),
    Panel(
        "primitives.cases-late", gettext_lazy("Late at the branches"), frozenset(PHASES), 20, DESK, late_below, MOVES,
        "primitives:cases", frozenset({ABOVE}),
    ),
    Panel(
        "primitives.cases-due",
        gettext_lazy("Cases due"),
        frozenset(PHASES),
        40,
        DESK,
        due_today,
        MOVES,
        "primitives:cases",
    ),
)  # fmt: skip
