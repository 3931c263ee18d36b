"""Words of the frame itself, and those that scripts show (they carry no text of their own)."""

from django.utils.functional import Promise
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MODES: dict[str, Promise] = {"live": _("LIVE"), "replay": _("REPLAY"), "drill": _("DRILL")}

PHASE_NAMES: dict[str, Promise] = {
    "pre_open": pgettext_lazy("time of day", "Before opening"),
    "open": pgettext_lazy("time of day", "Open"),
    "lunch": pgettext_lazy("time of day", "Lunch rotation"),
    "peak": pgettext_lazy("time of day", "Afternoon peak"),
    "close": pgettext_lazy("time of day", "Closing"),
    "evening": pgettext_lazy("time of day", "Evening"),
}


def for_scripts() -> dict[str, str]:
    """Words that app.js looks up by key, in the active language."""
    return {
        "offline": now_("No connection. What you see may be old; keep this page open and send again when it is back."),
        "stale": now_("No news from the server for 10 seconds. What you see may be old."),
        "gone": now_("This no longer exists or is not yours to see. Reload the page."),
        "failed": now_(
            "The server could not do this. Nothing was changed. Try again; if it stays, tell the administrator."
        ),
        "close": now_("Close"),
        "job_unreachable": now_("The server does not answer; asking again."),
        "chart_unreachable": now_("The chart's data could not be loaded. Reload the page."),
    }
