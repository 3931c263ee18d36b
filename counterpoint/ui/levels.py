"""Five levels of loudness, used by badges, stats, notes, panels and toasts. Each has an icon: colour is never alone."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Loudest first. "act" is red and means that a person must do something now.
LEVELS = ("act", "watch", "info", "fine", "calm")
ICONS = {
    "act": "alert-octagon",
    "watch": "alert-triangle",
    "info": "info-circle",
    "fine": "circle-check",
    "calm": "point",
}
NAMES: dict[str, Promise] = {
    "act": _("Act now"),
    "watch": _("Watch"),
    "info": _("For information"),
    "fine": _("In order"),
    "calm": _("Normal"),
}


def rank(level: str) -> int:
    """0 for the loudest; unknown levels sort last."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)
