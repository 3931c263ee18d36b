"""The gate's verdict in the reader's words: a sentence a criterion, pictures of a day, what was fitted. Pure."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import calendar
from counterpoint.onsite.models import TwinCheck
from counterpoint.onsite.models.trust import FAILED, PASSED
from counterpoint.ui.charts import Chart, Series

LEVELS = {PASSED: "fine", FAILED: "act"}


@dataclass(frozen=True)
class Criterion:
    """One line of the verdict: what, what the log says, what the simulation says, how far off, what is allowed."""

    name: str
    logged: str
    simulated: str
    off: str
    allowed: str
    passed: bool | None


def label(status: str | None) -> str:
    """What stands beside every simulated figure of the branch."""
    if status == PASSED:
        return _("simulated, checked against this branch’s own tickets")
    if status == FAILED:
        return _("simulated, not calibrated: the last check against this branch’s tickets failed")
    return _("simulated, not yet calibrated for this branch")


def verdict(check: TwinCheck) -> dict[str, Any]:
    """Headline, level and criteria."""
    rows = [_criterion(row) for row in check.verdict["criteria"]]
    broken = [row.name for row in rows if row.passed is False]
    words = {
        PASSED: _("Passed: the simulation may be believed for this branch."),
        FAILED: _("Failed: %(what)s. Advice and exams carry the label “not calibrated”.")
        % {"what": _(", ").join(broken)},
    }  # fmt: skip
    headline = words.get(check.status, _("Not judged: too few days or waiting customers to say anything."))
    return {"headline": headline, "level": LEVELS.get(check.status, "watch"), "rows": rows}


def _criterion(row: dict[str, Any]) -> Criterion:
    key = row["key"]
    names = {
        "median": _("median wait of those called after queueing"),
        "p90": _("wait that 9 of 10 stay within"),
        "mean": _("mean wait of all who queued"),
        "walkout": _("share that walks out"),
        "unexplained": _("staffed minutes idle while a ticket waits"),
        "out_of_order": _("recorded moments out of order"),
    }
    allowed = row["threshold"]
    if key in ("median", "p90", "mean"):
        return Criterion(
            names[key], _minutes(row["logged"]), _minutes(row["simulated"]),
            _("%(value)s, surely within %(bound)s")
            % {"value": _percent(row["value"], True), "bound": _percent(row["bound"])},
            _percent(allowed), row["passed"],
        )  # fmt: skip
    if key == "walkout":
        off = "–" if row["value"] is None else _("%(points)s points") % {"points": f"{100 * row['value']:+.1f}"}
        return Criterion(
            names[key], _percent(row["logged"]), _percent(row["simulated"]), off,
            _("%(points)s points") % {"points": f"{100 * allowed:.0f}"}, row["passed"],
        )  # fmt: skip
    return Criterion(names.get(key, key), _percent(row["value"]), "", "", _percent(allowed), row["passed"])


def _minutes(value: float | None) -> str:
    return "–" if value is None else _("%(minutes)s min") % {"minutes": f"{value:.1f}"}


def _percent(value: float | None, signed: bool = False) -> str:
    return "–" if value is None else f"{100 * value:{'+' if signed else ''}.{0 if signed else 1}f} %"


def days(check: TwinCheck) -> list[dict[str, Any]]:
    """The judged days with what was logged and what was simulated."""
    return [row for row in check.verdict["by_day"] if "day" in row]


def charts(check: TwinCheck, day: str) -> list[Chart]:
    """How long people waited on one judged day, and when: logged beside the band of simulated days."""
    source = _("own tickets and 100 simulated runs of the same day")
    waits = [row for row in check.verdict["cdf"] if row["day"] == day]
    hours = [row for row in check.verdict["half_hours"] if row["day"] == day]
    found = []
    if waits:
        found.append(
            Chart(
                "trust-waits", "line", _("How long those waited who were called, %(day)s") % {"day": day},
                _("% of those called"), source, [f"{row['minutes']:.1f}" for row in waits], _("Waited at most (min)"),
                series=_pair(waits, 100.0),
            )
        )  # fmt: skip
    if hours:
        found.append(
            Chart(
                "trust-hours", "line", _("Mean wait by half hour of arrival, %(day)s") % {"day": day}, _("min"), source,
                [calendar.wall(row['minute']) for row in hours], _("Ticket taken at"),
                series=_pair(hours, 1.0),
            )
        )  # fmt: skip
    return found


def _pair(rows: list[dict[str, Any]], factor: float) -> tuple[Series, Series]:
    def column(name: str) -> list[float | None]:
        return [None if row[name] is None else round(factor * row[name], 2) for row in rows]

    return (
        Series(_("Logged"), column("logged")),
        Series(_("Simulated, 9 of 10 runs"), column("simulated"), "forecast", column("low"), column("high")),
    )


def fitted(check: TwinCheck, services: dict[str, str], tiers: dict[str, str]) -> list[dict[str, Any]]:
    """What was fitted: name, value with unit and interval, where it comes from, from how many tickets."""
    names = {
        "service_minutes": (_("Minutes at the window, %(name)s"), services, 1.0),
        "tier_share": (_("Share of customers, %(name)s (%%)"), tiers, 100.0),
        "patience_mean": (_("Patience, mean (min)"), {}, 1.0),
        "patience_factor": (_("Patience of %(name)s, times the usual"), tiers, 1.0),
        "turnaround_minutes": (_("From one customer to the next (min)"), {}, 1.0),
        "not_ready": (_("Window free but not ready when a customer comes (%%)"), {}, 100.0),
        "ready_minutes": (_("Until one of the free windows is ready, mean (min)"), {}, 1.0),
        "staff_following": (_("People at work while customers wait, times the usual (in this check alone)"), {}, 1.0),
        "no_show": (_("Did not come when called (%%)"), {}, 100.0),
    }
    origins = {
        "fitted": _("own tickets"), "pooled": _("shared with similar ones: few tickets"),
        "default": _("planning value: no tickets"),
    }  # fmt: skip
    rows = []
    for row in check.values:
        if row["what"] not in names or row["value"] is None:
            continue
        text, known, factor = names[row["what"]]
        rows.append(
            {
                "name": text % {"name": known.get(row["code"], row["code"])},
                **{end: None if row[end] is None else factor * row[end] for end in ("value", "low", "high")},
                "origin": origins.get(row["origin"], row["origin"]), "tickets": row["tickets"],
            }
        )  # fmt: skip
    return rows
