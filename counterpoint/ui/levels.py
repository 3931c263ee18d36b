"""Five levels of loudness, used by badges, stats, notes, panels and toasts. Each has an icon: colour is never alone."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

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
    "act": pgettext_lazy("level", "Act now"),
    "watch": pgettext_lazy("level", "Watch"),
    "info": pgettext_lazy("level", "For information"),
    "fine": pgettext_lazy("level", "In order"),
    "calm": pgettext_lazy("level", "Normal"),
}


def rank(level: str) -> int:
    """0 for the loudest; unknown levels sort last."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)
