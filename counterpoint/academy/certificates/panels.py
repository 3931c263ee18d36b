"""On the desk: rights of one's own that ask for a certificate which is missing or ends soon."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.academy.certificates import permitting
from counterpoint.academy.verbs import LEARN
from counterpoint.foundation.api import clock
from counterpoint.ui.dayline import PHASES
from counterpoint.ui.panels import Panel, PanelBody, register


def asked_for(request: Any) -> PanelBody | None:
    """What is withheld from the caller now, or will be within weeks; nothing where no bank has switched it on."""
    unit = request.branch
    if unit is None or request.scope.actor is None:
        return None
    rows = permitting.own(request.scope, unit, unit.date_at(clock.now()))
    if not rows:
        return None
    gone = any(withheld for *_words, withheld in rows)
    headline = _("A right of yours is withheld") if gone else _("A right of yours will ask for a certificate")
    return PanelBody("academy/panels/asked_for.html", {"rows": rows}, "act" if gone else "watch", headline)


register(
    Panel(
        key="academy.asked_for",
        title=gettext_lazy("Rights that ask for a certificate"),
        phases=frozenset(PHASES),
        order=60,
        verb=LEARN,
        render=asked_for,
        live=("academy.certificate_awarded", "academy.certificate_revoked", "academy.certificate_expired"),
        url_name="academy:certificates",
    )
)
