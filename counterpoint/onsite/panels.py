"""The hall on the desk: who waits now, and the next two hours."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import calendar, clock
from counterpoint.onsite import futures, shown
from counterpoint.onsite.queries.snapshot import Snapshot, snapshot
from counterpoint.onsite.verbs import VIEW
from counterpoint.ui.panels import Panel, PanelBody, register

DURING = frozenset({"open", "lunch", "peak", "close"})
MOVES = (
    "onsite.ticket_taken", "onsite.ticket_called", "onsite.ticket_finished", "onsite.ticket_abandoned",
    "onsite.ticket_cancelled", "onsite.window_opened", "onsite.window_closed", "onsite.break_started",
    "onsite.break_ended", "onsite.events_ingested",
)  # fmt: skip


def _hall(request: Any) -> Snapshot | None:
    if not request.branch:
        return None
    if settings.PROFILE != "test":
        futures.warm()
    return snapshot(scope=request.scope, branch=request.branch, now=clock.now())


def now(request: HttpRequest) -> PanelBody | None:
    """People waiting, the longest wait, windows open."""
    found = _hall(request)
    if found is None:
        return None
    context = shown.hall(found, request.LANGUAGE_CODE, request.branch)  # type: ignore[attr-defined]
    return PanelBody("onsite/panels/now.html", context, context["level"], context["verdict"])


def soon(request: HttpRequest) -> PanelBody | None:
    """Queues of the coming two hours from the twin's futures; nothing while the twin is not warm."""
    found = _hall(request)
    if found is None or found.future_by != "twin":
        return None
    rows = [(q, shown.skill_names().get(q.skill, q.skill), shown.bars(q)) for q in found.queues if q.future]
    worst = max(((max(q.future), q) for q, _n, _b in rows), key=lambda pair: pair[0], default=None)
    if worst is None:
        return None
    peak, queue = worst
    minute = found.future_minutes[queue.future.index(peak)]
    headline = _("%(queue)s peaks at about %(count)d waiting, %(at)s") % {
        "queue": shown.skill_names().get(queue.skill, queue.skill), "count": round(peak),
        "at": calendar.wall(minute),
    }  # fmt: skip
    return PanelBody("onsite/panels/soon.html", {"rows": rows, "hall": found}, "calm", headline)


register(
    Panel("onsite.now", gettext_lazy("Hall now"), DURING, 10, VIEW, now, MOVES, "onsite:hall"),
    Panel("onsite.soon", gettext_lazy("Next two hours"), DURING, 20, VIEW, soon, MOVES, "onsite:hall"),
)
