"""Emergencies on the desk: what runs, which drill is due or missing; and, above the branches, drills missing below."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterpoint.foundation.api import clock
from counterpoint.primitives.playbooks import VIEW, Duty, drill_duties, drills_missing, playbooks, running_plays
from counterpoint.ui.dayline import PHASES
from counterpoint.ui.panels import ABOVE, Panel, PanelBody, register

EVERY_PHASE = frozenset(PHASES)
SHOWN = 6
DUE = ("missed", "soon", "planned")
MOVES = ("primitives.play_started", "primitives.play_completed", "primitives.play_aborted", "primitives.drill_missed",
         "primitives.drill_planned")  # fmt: skip


def emergencies(request: Any) -> PanelBody | None:
    """Plays that run at the branch, then drills that are missing or due within weeks; silent without either."""
    branch, now = request.branch, clock.now()
    if not branch:
        return None
    plays = [one for one in running_plays(scope=request.scope, language=request.LANGUAGE_CODE)
             if one.branch == branch.code]  # fmt: skip
    duties = [d for d in drill_duties(scope=request.scope, org_unit=branch, now=now) if d.state in DUE]
    if not (plays or duties):
        return None
    duties.sort(key=lambda duty: (DUE.index(duty.state), duty.due_on))
    names = {key: item.value.name(request.LANGUAGE_CODE)
             for key, item in playbooks(branch.date_at(now), branch.rule_pack).items()}  # fmt: skip
    lines = [
        *((one.name, reverse("primitives:play", args=[one.id]), _("running") if one.real else _("drill running"),
           "act" if one.real else "watch") for one in plays),
        *((names.get(duty.playbook, duty.playbook), reverse("risk:emergencies"), _words(duty), _loud(duty))
          for duty in duties),
    ]  # fmt: skip
    missing = sum(duty.state == "missed" for duty in duties)
    loud = "act" if missing or any(one.real for one in plays) else "watch"
    headline = _headline([one.name for one in plays if one.real], missing, len(duties) - missing)
    context = {"lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN)}
    return PanelBody("ui/parts/lines.html", context, loud, headline)


def _words(duty: Duty) -> str:
    if duty.state == "missed":
        return _("drill missing since %(day)s") % {"day": duty.due_on.isoformat()}
    if duty.state == "planned":
        return _("drill planned, by %(day)s") % {"day": duty.due_on.isoformat()}
    return _("drill due by %(day)s") % {"day": duty.due_on.isoformat()}


def _loud(duty: Duty) -> str:
    return {"missed": "act", "soon": "watch"}.get(duty.state, "calm")


def _headline(real: list[str], missing: int, due: int) -> str:
    if real:
        return _("REAL EVENT · %(name)s") % {"name": real[0]}
    if missing:
        return ngettext("%(n)s drill is missing", "%(n)s drills are missing", missing) % {"n": missing}
    if due:
        return ngettext("%(n)s drill is due", "%(n)s drills are due", due) % {"n": due}
    return _("A drill is running")


def missing_below(request: Any) -> PanelBody | None:
    """Drills past their day at the branches in reach, the oldest first."""
    found = drills_missing(scope=request.scope, now=clock.now(), language=request.LANGUAGE_CODE)
    if not found:
        return None
    url = reverse("primitives:plays")
    lines = [(f"{one.branch} · {one.plan}", url, one.due_on.isoformat(), "act") for one in found]
    text = ngettext("%(n)s drill is missing", "%(n)s drills are missing", len(found)) % {"n": len(found)}
    context = {"lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN)}
    return PanelBody("ui/parts/lines.html", context, "act", text)


register(
    Panel("risk.emergencies", gettext_lazy("Emergencies"), EVERY_PHASE, 22, VIEW, emergencies, MOVES,
          "risk:emergencies"),
    Panel("risk.drills-below", gettext_lazy("Drills missing"), EVERY_PHASE, 30, VIEW, missing_below, (),
          None, frozenset({ABOVE})),
)  # fmt: skip
