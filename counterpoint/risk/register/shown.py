"""The register in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.risk.models import RiskMove

CATEGORY = {
    "process": gettext_lazy("Process"), "human": gettext_lazy("People"), "system": gettext_lazy("Systems"),
    "fraud": gettext_lazy("Fraud"),
}  # fmt: skip
CONTROL = {
    "preventive": gettext_lazy("Prevents"), "detective": gettext_lazy("Finds"), "corrective": gettext_lazy("Corrects"),
}  # fmt: skip
EVERY = {
    "day": gettext_lazy("daily"), "week": gettext_lazy("weekly"), "month": gettext_lazy("monthly"),
    "quarter": gettext_lazy("quarterly"), "half_year": gettext_lazy("half-yearly"), "year": gettext_lazy("yearly"),
}  # fmt: skip
STATE = {
    "fine": gettext_lazy("Within limits"), "watch": gettext_lazy("Watch"), "act": gettext_lazy("Act"),
    "breached": gettext_lazy("Past its bound"), "few": gettext_lazy("Too few cases"), "none": gettext_lazy("No data"),
}  # fmt: skip
CAUSE = {
    "registered": gettext_lazy("Put into the register"), "test": gettext_lazy("Control test"),
    "drill": gettext_lazy("Drill or real emergency"), "incident": gettext_lazy("Incident"),
    "metric": gettext_lazy("Indicator past its bound"), "retracted": gettext_lazy("Incident taken back"),
    "time": gettext_lazy("Evidence grew old"),  # only in what earlier versions kept
}  # fmt: skip


def move_words(move: RiskMove) -> str:
    """A move in a sentence."""
    if move.before is None:
        return _("Starts at %(score)s") % {"score": f"{move.after:.1f}"}
    return _("%(cause)s: %(before)s → %(after)s") % {
        "cause": CAUSE.get(move.cause, move.cause), "before": f"{move.before:.1f}", "after": f"{move.after:.1f}",
    }  # fmt: skip
