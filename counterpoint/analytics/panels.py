"""The numbers on the desk: only those that are off course."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import clock
from counterpoint.primitives.metrics import ALARM, alarm_list, metrics, telling
from counterpoint.ui.dayline import PHASES
from counterpoint.ui.panels import Panel, PanelBody, register

SHOWN = 4
LIVE = ("primitives.alarm_raised", "primitives.alarm_seen", "primitives.alarm_over")


def off_course(request: Any) -> PanelBody | None:
    """Alerts that are not over, the loudest first; silent when all is on course."""
    if not request.branch or not request.scope.may(ALARM, request.branch.path):
        return None
    found = alarm_list(scope=request.scope, unit=request.branch, open_only=True)
    known = metrics(request.branch.date_at(clock.now()), request.branch.rule_pack)
    rows = [row for row in found if row.metric in known and not row.muted]
    if not rows:
        return None
    rows.sort(key=lambda row: (row.state != "open", row.level != "act"))
    shown = [
        (telling.headline(known[row.metric], row), reverse("analytics:alert", args=[row.pk]),
         (row.level, telling.when(row)) if row.state == "open" else ("calm", _("in hand")),
         telling.action(known[row.metric], row) if row.state == "open" else "")
        for row in rows[:SHOWN]
    ]  # fmt: skip
    waiting = [row for row in rows if row.state == "open"]
    level = "act" if any(row.level == "act" for row in waiting) else "watch" if waiting else "calm"
    headline = shown[0][0] if len(rows) == 1 else _("%(n)d numbers are off course") % {"n": len(rows)}
    return PanelBody("analytics/panels/off_course.html", {"rows": shown}, level, headline)


register(
    Panel("analytics.off_course", gettext_lazy("Numbers off course"), frozenset(PHASES), 35, ALARM, off_course, LIVE,
          "analytics:alerts")
)  # fmt: skip
