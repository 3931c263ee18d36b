"""The register in words and pictures: badges, sentences about reliability, the chart of a year."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from counterpoint.onsite.assets import rules
from counterpoint.onsite.assets.kinds import DEFINITIONS, FAULT_DAYS, AssetKind
from counterpoint.onsite.assets.queries import Detail, KindMeasure, Row
from counterpoint.onsite.assets.walks import HASTY, Proof, verdict
from counterpoint.ui.charts import Chart, Series
from counterpoint.ui.punctuation import sign

if TYPE_CHECKING:
    from counterpoint.science.reliability import Estimate, Measures

WHY = {
    rules.SERVICE: pgettext_lazy("of a thing", "Service"),
    rules.SCRAP: gettext_lazy("Scrapping"), rules.EXPIRY: gettext_lazy("Expiry"),
}  # fmt: skip
STATES = {
    "works": (gettext_lazy("works"), "fine"), "failed": (pgettext_lazy("of a thing", "out of order"), "act"),
    "partial": (gettext_lazy("works in part"), "watch"), "reported": (gettext_lazy("fault reported"), "watch"),
    "retired": (gettext_lazy("out of use"), "calm"),
    "unnamed": (gettext_lazy("one of its kind is out of order: which one?"), "act"),
}  # fmt: skip
DUE = {
    rules.LATE: (gettext_lazy("overdue"), "act"), rules.SOON: (gettext_lazy("due soon"), "watch"),
    rules.UNKNOWN: (gettext_lazy("dates missing"), "info"), rules.FINE: ("", "fine"),
}  # fmt: skip
SOURCES = {
    "staff": gettext_lazy("reported by staff"), "hall": gettext_lazy("reported from the hall"),
    "public": gettext_lazy("reported by a visitor"), "round": gettext_lazy("found on a round"),
    "unnamed": gettext_lazy("found on a round, without saying which machine"),
    "system": gettext_lazy("reported by a connected system"),
    "reopened": gettext_lazy("not mended after all"), "planned": gettext_lazy("planned work"),
}  # fmt: skip
EXTENTS = {
    "full": gettext_lazy("does not work"), "partial": gettext_lazy("works in part"),
    "network": gettext_lazy("no connection"),
}  # fmt: skip
TRENDS = {
    "worse": gettext_lazy("Faults come more and more often."),
    "better": gettext_lazy("Faults come less and less often."),
    "steady": gettext_lazy("No trend over the year."), "unknown": gettext_lazy("Too few faults to see a trend."),
}  # fmt: skip


def filters() -> list[tuple[str, str]]:
    """States that the list can be narrowed to."""
    return [
        ("failed", _("With a fault")), ("late", _("Overdue")), ("soon", _("Due soon")), ("unknown", _("Dates missing")),
        ("retired", _("Out of use")),
    ]  # fmt: skip


def line(row: Row, language: str) -> dict[str, Any]:
    """A row of the list."""
    state, level = STATES[row.state]
    due, due_level = DUE[row.due_state]
    return {
        "row": row, "code": row.code, "name": row.asset.device.name, "state": state, "level": level,
        "kind": row.kind.name(language) if row.kind else row.asset.device.kind, "due": due, "due_level": due_level,
        "why": WHY.get(row.due.why, "") if row.due else "", "on": row.due.on if row.due else None,
    }  # fmt: skip


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """Figures above the list."""
    due = Counter(row.due_state for row in rows)
    bad = sum(row.state in rules.DOWN for row in rows)
    return {"all": len(rows), "late": due["late"], "soon": due["soon"], "unknown": due["unknown"], "failed": bad}


def share(one: "Estimate") -> str:
    """A share in per cent with its interval."""
    if not one.stated:
        return "–"
    return f"{100 * one.value:.2f} % ({100 * one.low:.1f}–{100 * one.high:.1f})"


def hours(one: "Estimate") -> str:
    """Hours with the interval; only the interval where too few faults stand behind a mean."""
    high = "∞" if math.isinf(one.high) else f"{one.high:,.0f}" if one.high >= 10 else f"{one.high:.1f}"
    low = f"{one.low:,.0f}" if one.low >= 10 else f"{one.low:.1f}"
    if not one.stated:
        return _("too few faults; between %(low)s and %(high)s") % {"low": low, "high": high}
    mean = f"{one.value:,.0f}" if one.value >= 10 else f"{one.value:.1f}"
    return f"{mean} ({low}–{high})"


def repair(one: "Estimate") -> str:
    """Hours to repair; few repairs say too little for an interval that helps anybody."""
    return hours(one) if one.stated else _("too few faults")


def measured(own: "Measures", kind: AssetKind | None) -> list[dict[str, Any]]:
    """The table of an asset: figure, what its kind is held to, level."""
    target = kind.available.target if kind and kind.available else None
    fault_days = kind.fault_days if kind else FAULT_DAYS
    mend = f"≤ {kind.fix_minutes / 60:g}" if kind else "–"
    met = None if target is None else _level(own.availability.low, own.availability.high, target)
    return [
        {"label": _("Available"), "value": share(own.availability), "level": met or "",
         "wanted": f"≥ {100 * target:g} %" if target is not None else "–"},
        {"label": _("Days with a fault"), "value": share(own.fault_days), "wanted": f"≤ {100 * fault_days:g} %",
         "level": _level(-own.fault_days.high, -own.fault_days.low, -fault_days)},
        {"label": _("Open hours between faults"), "value": hours(own.between), "wanted": "–", "level": ""},
        {"label": _("Hours to repair"), "value": repair(own.repair), "wanted": mend, "level": ""},
        {"label": _("Back within 7 days of the repair"), "value": share(own.repeats), "wanted": "≤ 10 %", "level": ""},
    ]  # fmt: skip


def _level(low: float, high: float, target: float) -> str:
    """Surely met, surely missed, or not to be told apart yet."""
    return "fine" if low >= target else "act" if high < target else "watch"


def definition(key: str) -> str:
    """The definition of available in words."""
    return str(DEFINITIONS[key])


def pictures(found: Detail, language: str) -> list[dict[str, Any]]:
    """What rounds photographed of it, newest first."""
    return [
        {
            "pk": one.evidence, "round": one.round.id, "on": one.round.business_date,
            "what": one.definition.name(language) + sign(":", language) + one.item.name(language),
        }
        for one in found.pictures
    ]  # fmt: skip


def months(found: Detail, today: date) -> Chart:
    """Faults by month over a year."""
    keys = [_shift(today, -back) for back in range(11, -1, -1)]
    branch = found.row.asset.org_unit
    began = [branch.date_at(f.began_at) for f in found.faults if f.sure and not f.planned]
    counted = Counter((on.year, on.month) for on in began)
    total = sum(counted[key] for key in keys)
    return Chart(
        key="asset-months", kind="bars", title=_("%(count)d faults in a year") % {"count": total}, unit=_("faults"),
        source=_("Fault reports"), x=[f"{year}-{month:02d}" for year, month in keys], x_label=_("Month"),
        series=[Series(_("Faults"), [counted[key] for key in keys], role="bars")], size="low",
    )  # fmt: skip


def _shift(day: date, by: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    return year, month + 1


def kinds(rows: Sequence[KindMeasure], language: str) -> list[dict[str, Any]]:
    """The table of kinds against their standard."""
    return [
        {
            "name": one.kind.name(language), "machines": one.measures.machines, "faults": one.measures.faults,
            "available": share(one.measures.availability), "wanted": f"≥ {100 * one.kind.available.target:g} %",
            "definition": definition(one.kind.available.definition), "between": hours(one.measures.between),
            "repair": repair(one.measures.repair), "repeats": share(one.measures.repeats),
            "level": _level(one.measures.availability.low, one.measures.availability.high, one.kind.available.target),
        }
        for one in rows if one.kind.available
    ]  # fmt: skip


def walks(found: Sequence[Proof]) -> list[dict[str, Any]]:
    """Rounds with their legs in words."""
    told = {
        "fine": _("walked"), "too_fast": _("too fast to have been walked"), "long": _("long pause"),
        HASTY: _("within seconds, to ask about"),
    }  # fmt: skip
    levels = {"fine": "fine", "too_fast": "act", "long": "watch", HASTY: "watch"}
    return [
        {
            "proof": one, "score": f"{one.walk.score:g}", "level": one.level,
            "url": reverse("primitives:round", args=[one.round]),
            "typed": [one.names.get(code, code) for code in one.typed], "wrong": list(one.wrong),
            "legs": [
                {
                    "way": f"{one.names.get(leg.start, leg.start)} → {one.names.get(leg.end, leg.end)}",
                    "metres": "–" if leg.metres is None else f"{leg.metres:.0f}", "taken": _minutes(leg.taken),
                    "said": told[verdict(leg)], "level": levels[verdict(leg)],
                }
                for leg in one.walk.legs
            ],
        }
        for one in found
    ]  # fmt: skip


def tally(found: Sequence[Proof]) -> list[tuple[str, Any, int]]:
    """How many rounds stand how: level, words, number; those to act on first."""
    told = {"act": _("doubtful"), "watch": _("to ask about"), "fine": _("walked")}
    return [(level, text, n) for level, text in told.items() if (n := sum(one.level == level for one in found))]


def _minutes(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
