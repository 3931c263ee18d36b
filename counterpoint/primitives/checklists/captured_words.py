"""How an answer was captured, in words: how far away, scanned or typed, and by what clock."""

from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.primitives.checklists import places
from counterpoint.primitives.checklists.definition import Item
from counterpoint.primitives.checklists.machines import DESK, SCANNED, TYPED
from counterpoint.primitives.checklists.proof import Captured
from counterpoint.primitives.checklists.queries import Line
from counterpoint.ui.punctuation import sign


def distance(metres: float) -> str:
    """Metres, or kilometres where they are many."""
    return _("%(far).1f km") % {"far": metres / 1000} if metres >= 1000 else _("%(far).0f m") % {"far": metres}


def place(item: Item, line: Line) -> str:
    """How far the noted place is from where it should be, and why it could not be checked."""
    found = line.place
    if found is None:
        return ""
    told = []
    if found.metres is not None:
        told.append(_("%(far)s away; up to %(radius)s is right") % _around(found.metres, item))
    if found.accuracy is not None:
        told.append(_("the phone is sure to within %(far)s") % {"far": distance(found.accuracy)})
    if found.why == places.NOWHERE:
        told.append(
            _("not checked: it is not entered where this machine stands")
            if item.away
            else _("not checked: it is not entered where the branch lies")
        )
    elif found.why == places.COARSE:
        told.append(_("not checked: the place is known too roughly"))
    return sign(";").join(told)


def _around(metres: float, item: Item) -> dict[str, str]:
    return {"far": distance(metres), "radius": distance(item.radius)}


def code(item: Item, captured: Captured) -> tuple[str, str]:
    """(words, level) of how a code was read; nothing where nobody says."""
    if item.kind != "scan":
        return "", ""
    return {
        SCANNED: (_("scanned with the camera"), "fine"), TYPED: (_("typed, not scanned"), "watch"),
        DESK: (_("entered at a desk, not scanned"), "watch"),
    }.get(captured.how, ("", ""))  # fmt: skip


def clock(captured: Captured, zone: Any) -> tuple[str, str]:
    """(the phone's own time in words, what is wrong with its clock)."""
    if captured.at is None:
        return "", ""
    told = _("%(at)s by the phone's clock") % {"at": date_format(captured.at.astimezone(zone), "Y-m-d H:i:s")}
    return told, _off(captured.ahead) if captured.clock_off and captured.ahead else ""


def _off(ahead: timedelta) -> str:
    minutes = round(abs(ahead).total_seconds() / 60)
    words = (
        ngettext("The phone's clock is %(n)d minute fast", "The phone's clock is %(n)d minutes fast", minutes)
        if ahead > timedelta(0)
        else ngettext("The phone's clock is %(n)d minute slow", "The phone's clock is %(n)d minutes slow", minutes)
    )
    return words % {"n": minutes}
