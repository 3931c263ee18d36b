"""Cases on the desk: what is late or due today, worst first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import calendar, clock
from counterpoint.primitives.cases import CaseFilter, cases
from counterpoint.primitives.cases.verbs import DESK
from counterpoint.primitives.cases.views import frame
from counterpoint.ui.dayline import PHASES
from counterpoint.ui.panels import Panel, PanelBody, register

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
    rows = [(view, frame.due_of(view, now)) for view in found.rows]
    context = {"rows": rows, "more": found.total - len(rows)}
    return PanelBody("primitives/cases/panel.html", context, "act" if late else "watch", text)


register(
    Panel(
        "primitives.cases-due",
        gettext_lazy("Cases due"),
        frozenset(PHASES),
        40,
        DESK,
        due_today,
        MOVES,
        "primitives:cases",
    )
)
