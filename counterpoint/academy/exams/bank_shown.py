"""The question bank as its page shows it: rows, those that were asked for, and where the bank measures well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from counterpoint.academy.exams import measuring, shown
from counterpoint.academy.learning.shown import number
from counterpoint.academy.rules.grading import believed
from counterpoint.academy.rules.words import tell
from counterpoint.academy.science import psychometrics as p
from counterpoint.ui.charts import Chart, Limit, Series

Row = dict[str, Any]
PAGE = 50
EXAM = 20  # questions of the exam that the chart speaks of
NEAR = 0.32  # the sd at which a section that adapts may stop
ABILITIES = np.arange(-3.0, 3.01, 0.5)
LACKING = 99.0  # sorts behind everything


def row(one: measuring.Line) -> Row:
    """A question with its numbers and words."""
    stat, report = one.stat, one.report
    fits = stat is not None and stat.version == one.version
    return {
        "key": one.key, "stem": tell(one.body.stem), "prior": number(believed(one.body.prior)),
        "measured": fits, "stat": stat if fits else None, "answers": report.answers if report else 0,
        "right": None if report is None or report.difficulty is None else round(100 * report.difficulty),
        "separation": None if report is None or report.separation is None else number(report.separation),
        "shown": round(100 * one.shown), "cap": round(100 * one.body.exposure), "report": report,
        "flags": [shown.FLAG_WORDS[flag]() for flag in measuring.flags_of(one)],
        "difference": one.difference.grade if one.difference else "",
    }  # fmt: skip


def kinds() -> dict[str, str]:
    """What may be asked for."""
    return {
        "": _("All questions"), "notes": _("With notes"), "measured": _("Measured"), "unmeasured": _("Not measured yet")
    }  # fmt: skip


def orders() -> dict[str, str]:
    """What may be sorted by."""
    return {
        "": _("By lesson"), "hard": _("Hardest first"), "easy": _("Easiest first"),
        "weak": _("Telling least first"), "shown": _("Asked most first"),
    }  # fmt: skip


_KINDS: Mapping[str, Callable[[Row], bool]] = {
    "notes": lambda one: bool(one["flags"]), "measured": lambda one: bool(one["measured"]),
    "unmeasured": lambda one: not one["measured"],
}  # fmt: skip
_ORDERS: Mapping[str, Callable[[Row], float]] = {
    "hard": lambda one: -one["stat"].difficulty if one["stat"] else LACKING,
    "easy": lambda one: one["stat"].difficulty if one["stat"] else LACKING,
    "weak": lambda one: one["stat"].slope if one["stat"] else LACKING,
    "shown": lambda one: -one["shown"],
}


def chosen(rows: Sequence[Row], *, text: str, kind: str, order: str) -> list[Row]:
    """The rows that hold a text and are of a kind, in an order; unknown kinds and orders are as none."""
    words = text.strip().casefold()
    keep = _KINDS.get(kind, lambda _one: True)
    found = [one for one in rows if keep(one) and (words in one["stem"].casefold() or words in one["key"])]
    return sorted(found, key=_ORDERS[order]) if order in _ORDERS else found


def sharpness(rows: Sequence[Row]) -> Chart | None:
    """How near the most telling questions would come to each ability; None while too few are measured."""
    stats = [one["stat"] for one in rows if one["stat"]]
    if len(stats) < EXAM:
        return None
    known = p.items([one.slope for one in stats], [one.difficulty for one in stats])
    told = np.sort(known.information(ABILITIES), axis=1)[:, -EXAM:].sum(axis=1)
    sd = np.round(1 / np.sqrt(told), 3)
    far, best = np.flatnonzero(sd > NEAR), int(sd.argmin())
    near = ABILITIES[max([-1, *far[far <= best]]) + 1 : min([len(sd), *far[far >= best]])]  # around the best
    words = {"n": EXAM, "sd": NEAR, "low": f"{near[0]:+g}", "high": f"{near[-1]:+g}"} if len(near) else {}
    title = (
        _("%(n)d questions measure abilities from %(low)s to %(high)s to within ±%(sd)s; beyond it takes more") % words
        if words else _("No %(n)d questions measure anybody to within ±%(sd)s yet") % {"n": EXAM, "sd": NEAR}
    )  # fmt: skip
    return Chart(
        "sharpness", "line", title, _("± of the ability"), _("measured slope and difficulty of each question"),
        [f"{one:+g}" for one in ABILITIES], _("Ability"),
        [Series(_("The most telling %(n)d questions there") % {"n": EXAM}, sd.tolist())],
        limits=[Limit(NEAR, _("near enough to stop"))], size="low",
    )  # fmt: skip
