"""Words for what a ticket history can have wrong, by the code that `science.history` gives it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS = {
    "unparsable": _("The time cannot be read."),
    "queued_early": _("The queue was entered before the arrival; left as it is."),
    "phantom": _("The record is one that the mapping says to ignore."),
    "unknown_outcome": _("The outcome is not known; guessed from the times."),
    "served_without_times": _("Served, but neither call nor finish time is given."),
    "missing_arrival": _("No arrival time; the row is not used."),
    "past_midnight": _("The time lies on the next day; one day was added."),
    "rounding": _("The time is a moment before the step before it; set equal."),
    "negative_duration": _("The time is before the step before it; it was dropped."),
    "too_long": _("The step took longer than is possible; its time was dropped."),
    "duplicate": _("Same ticket at the same moment as an earlier row; not used."),
    "clock_backwards": _("The arrival is earlier than in the row above."),
}
SEVERITIES = {"error": _("row refused"), "ignored": _("ignored"), "warning": _("repaired or noted")}


def told(problems: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Problems with message and severity in the reader's language; unknown codes keep science's own words."""
    return [
        {
            **problem,
            "message": str(WORDS.get(problem["code"], problem["message"])),
            "severity": str(SEVERITIES.get(problem["severity"], problem["severity"])),
        }
        for problem in problems
    ]
