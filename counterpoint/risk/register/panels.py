"""The register on the desk: open incidents, and risks on which somebody must act."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from counterpoint.foundation.api import clock
from counterpoint.risk.register import queries
from counterpoint.ui.panels import Panel, PanelBody, register

SHOWN = 5
WHEN = frozenset({"pre_open", "open", "lunch", "close", "evening"})


def incidents(request: Any) -> PanelBody | None:
    """Incidents that nobody has closed; silent without any."""
    if not request.branch:
        return None
    rows = queries.incidents(scope=request.scope, now=clock.now(), branch=request.branch, stage="unfinished")
    if not rows:
        return None
    late = sum(row.late for row in rows)
    text = ngettext("%(n)s incident is open", "%(n)s incidents are open", len(rows)) % {"n": len(rows)}
    return PanelBody("risk/register/panel.html", {"rows": rows[:4]}, "act" if late else "watch", text)


def acts(request: Any) -> PanelBody | None:
    """Risks whose residual asks somebody to act, the highest first; silent without any."""
    if not request.branch:
        return None
    lines = queries.risks(scope=request.scope, now=clock.now(), branch=request.branch, band="act")
    if not lines:
        return None
    text = ngettext("%(n)s risk asks for action", "%(n)s risks ask for action", len(lines)) % {"n": len(lines)}
    rows = [(one.name, reverse("risk:risk", args=[one.id]), f"{one.residual:.1f}", "act") for one in lines[:SHOWN]]
    return PanelBody("ui/parts/lines.html", {"lines": rows, "more": len(lines) - len(rows)}, "act", text)


register(
    Panel("risk.acts", gettext_lazy("Risks to act upon"), WHEN, 53, "risk.register.view", acts,
          ("risk.assessed", "risk.registered", "risk.retired"), "risk:register"),
    Panel("risk.incidents", gettext_lazy("Incidents"), WHEN, 52, "risk.incident.view", incidents,
          ("cases.opened", "cases.closed", "risk.assessed"), "risk:incidents"),
)  # fmt: skip
