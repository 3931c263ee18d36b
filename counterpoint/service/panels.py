"""Complaints on the desk: the open ones worst first, and the calls that are due."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterpoint.foundation.api import clock
from counterpoint.service import shown
from counterpoint.service.actions.taking import kind_of
from counterpoint.service.names import STEPS
from counterpoint.service.queries.complaints import callbacks_due, open_complaints
from counterpoint.service.queries.reports import reports_to_decide
from counterpoint.service.verbs import DECIDE_REPORT, HANDLE, USE
from counterpoint.ui.panels import ABOVE, DESK, HALL, Panel, PanelBody, register

DAY = frozenset({"pre_open", "open", "lunch", "peak", "close", "evening"})
MOVES = ("service.complaint_taken", "service.level_confirmed", "cases.accepted", "cases.resolved", "cases.closed",
         "cases.breached", "cases.escalated")  # fmt: skip


def complaints(request: Any) -> PanelBody | None:
    """Open complaints of the branch; nothing when there is none."""
    if not request.branch:
        return None
    now = clock.now()
    page = open_complaints(scope=request.scope, now=now, branch=request.branch.code)
    if not page.total:
        return None
    kind = kind_of(request.branch, now)
    rows = [
        (line, shown.loud(line.view.level, kind), STEPS[line.step], shown.moment(line.view.due_at))
        for line in page.rows
    ]
    late = sum(line.view.late for line in page.rows)
    grave = any(shown.loud(line.view.level, kind) == "act" for line in page.rows)
    headline = ngettext("%(count)d complaint open", "%(count)d complaints open", page.total) % {"count": page.total}
    if late:
        headline += " · " + _("%(count)d overdue") % {"count": late}
    level = "act" if late or grave else "watch"
    return PanelBody("service/panels/complaints.html", {"rows": rows, "more": page.total - len(rows)}, level, headline)


def callbacks(request: Any) -> PanelBody | None:
    """Calls after closing that are due today or late."""
    if not request.branch:
        return None
    now = clock.now()
    rows = callbacks_due(scope=request.scope, branch=request.branch, on=request.branch.date_at(now))
    if not rows:
        return None
    headline = ngettext("%(count)d call to a customer is due", "%(count)d calls to customers are due", len(rows))
    return PanelBody("service/panels/callbacks.html", {"rows": rows[:5]}, "watch", headline % {"count": len(rows)})


def reports(request: Any) -> PanelBody | None:
    """Reports that wait for the reader's decision, of all branches below."""
    now = clock.now()
    found = reports_to_decide(scope=request.scope, now=now, most=5)
    if not found.total:
        return None
    headline = ngettext("%(count)d report waits for your decision", "%(count)d reports wait for your decision",
                        found.total)  # fmt: skip
    rows = [(line, shown.age(line.age)) for line in found.rows]
    level = "act" if found.oldest and found.oldest >= shown.REPORT_LATE else "watch"
    context = {"rows": rows, "more": found.total - len(rows)}
    return PanelBody("service/panels/reports.html", context, level, headline % {"count": found.total})


register(
    Panel("service.complaints", gettext_lazy("Complaints"), DAY, 30, USE, complaints, MOVES, "service:complaints",
          frozenset({DESK, HALL})),
    Panel(
        "service.callbacks", gettext_lazy("Calls after complaints"), frozenset({"open", "close"}), 60, HANDLE,
        callbacks, ("service.called_back",), "service:complaints",
    ),
    Panel(
        "service.reports", gettext_lazy("Reports to decide"), DAY, 35, DECIDE_REPORT, reports,
        ("service.report_submitted", "service.report_decided"), "service:reports", frozenset({DESK, ABOVE}),
    ),
)  # fmt: skip
