"""Rounds on the desk: what is due in this phase of the day, overdue first; and phones that did not send for a day."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterpoint.foundation.api import clock, roles_of
from counterpoint.primitives.checklists import shown
from counterpoint.primitives.checklists.queries import DueRound, rounds_due
from counterpoint.primitives.checklists.unsent import phones_waiting
from counterpoint.primitives.checklists.verbs import ASSIGN, VIEW
from counterpoint.ui.dayline import PHASES
from counterpoint.ui.panels import HALL, Panel, PanelBody, register

SOON = timedelta(hours=2)
CHANGES = (
    "primitives.round_planned",
    "primitives.round_started",
    "primitives.round_submitted",
    "primitives.round_late",
)


def this_hour(found: list[DueRound], now: datetime) -> list[DueRound]:
    """Rounds that are overdue or due within two hours."""
    return [one for one in found if one.view.due_at and one.view.due_at <= now + SOON]


def due(request: HttpRequest) -> PanelBody | None:
    """Rounds of this hour; nothing when none is due."""
    return _said(request, _this_hour(request))


def mine(request: HttpRequest) -> PanelBody | None:
    """Rounds of this hour that are this person's: given to them, or to nobody and of their role."""
    user: Any = request.user
    found = _this_hour(request)
    held = roles_of(user, clock.now()) if found else frozenset()
    return _said(request, [
        one for one in found if one.assigned == user.pk or (one.assigned is None and one.view.role in held)
    ])  # fmt: skip


def _this_hour(request: HttpRequest) -> list[DueRound]:
    branch: Any = request.branch  # type: ignore[attr-defined]
    if not branch:
        return []
    now = clock.now()
    return this_hour(rounds_due(scope=request.scope, org_unit=branch, now=now), now)  # type: ignore[attr-defined]


def _said(request: HttpRequest, found: list[DueRound]) -> PanelBody | None:
    if not found:
        return None
    late = sum(one.late for one in found)
    level = "act" if late else "watch"
    headline = (
        _("%(late)d rounds are overdue") % {"late": late}
        if late
        else _("%(count)d rounds are due soon") % {"count": len(found)}
    )
    language = request.LANGUAGE_CODE
    rows = [(one, one.definition.name(language), len(one.definition.items)) for one in found]
    return PanelBody("primitives/checklists/panel.html", {"rows": rows}, level, headline)


def phones(request: HttpRequest) -> PanelBody | None:
    """Phones on which answers may have waited for a day; nothing when there is none."""
    branch: Any = request.branch  # type: ignore[attr-defined]
    if not branch:
        return None
    found = phones_waiting(scope=request.scope, org_unit=branch, now=clock.now())  # type: ignore[attr-defined]
    if not found:
        return None
    lines = [shown.phone(one, request.LANGUAGE_CODE) for one in found]
    headline = ngettext(
        "%(count)d phone may hold answers since more than a day",
        "%(count)d phones may hold answers since more than a day",
        len(found),
    ) % {"count": len(found)}  # fmt: skip
    return PanelBody("primitives/checklists/phones.html", {"phones": lines}, "act", headline)


register(
    Panel(
        key="primitives.rounds",
        title=gettext_lazy("Rounds due this hour"),
        phases=frozenset(PHASES),
        order=15,
        verb=VIEW,
        render=due,
        live=CHANGES,
        url_name="primitives:rounds-today",
    )
)
register(
    Panel(
        key="primitives.phones",
        title=gettext_lazy("Not sent from phones"),
        phases=frozenset(PHASES),
        order=16,
        verb=ASSIGN,
        render=phones,
        live=("primitives.unsent_told", "primitives.round_submitted"),
        url_name="primitives:rounds-today",
    )
)
register(
    Panel(
        key="primitives.rounds-mine",
        title=gettext_lazy("Your rounds of this hour"),
        phases=frozenset(PHASES),
        order=10,
        verb=VIEW,
        render=mine,
        live=CHANGES,
        url_name="primitives:rounds-today",
        places=frozenset({HALL}),
    )
)
