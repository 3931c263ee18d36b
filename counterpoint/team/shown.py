"""What the team's pages show: charts, tables and words made from stored payloads. No science, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import calendar
from counterpoint.team.models import LeaveRequest
from counterpoint.team.record import RecordDay
from counterpoint.ui.charts import Chart, Series
from counterpoint.ui.tables import Column, Table

SKILLS = {
    "cash": gettext_lazy("Cash"),
    "non_cash": gettext_lazy("Non-cash"),
    "wealth": gettext_lazy("Wealth"),
    "corporate": gettext_lazy("Corporate"),
    "lobby": gettext_lazy("Lobby"),
}
WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)
REASONS = {
    "load": gettext_lazy("no fewer people can do the work"),
    "promise": gettext_lazy("fewer would break the promise"),
    "minimum": gettext_lazy("minimum post while open"),
    "simulation": gettext_lazy("changed after simulation"),
    "closed": gettext_lazy("closed"),
}
LEAVE_KINDS = {
    "annual": gettext_lazy("Annual leave"),
    "sick": gettext_lazy("Sick leave"),
    "training": gettext_lazy("Training"),
    "nursing": gettext_lazy("Nursing leave"),
    "other": gettext_lazy("Other"),
}
HALVES = {"morning": gettext_lazy("morning"), "afternoon": gettext_lazy("afternoon")}
STATES = {
    "requested": gettext_lazy("requested"), "approved": gettext_lazy("approved"), "refused": gettext_lazy("refused"),
    "withdrawn": gettext_lazy("withdrawn"), "asked": gettext_lazy("asked"), "agreed": gettext_lazy("agreed by both"),
    "declined": gettext_lazy("declined"), "draft": gettext_lazy("draft"), "published": gettext_lazy("published"),
    "superseded": gettext_lazy("superseded"),
}  # fmt: skip
NOTES = {
    "shared_skill": gettext_lazy("%(service)s is served by the people of %(with)s."),
    "merged_skill": gettext_lazy(
        "%(skill)s alone would keep %(load)s people busy; the people of %(with)s serve it too."
    ),
    "left_before_queue": gettext_lazy("%(count)s customers left before they queued; they are not counted as work."),
    "assumed_minutes": gettext_lazy("%(service)s: too few measured tickets; %(minutes)s minutes are assumed."),
    "patience": gettext_lazy(
        "Customers bear to wait %(mean)s minutes on average (%(events)s walk-outs; a default when few)."
    ),
    "calendar_provisional": gettext_lazy(
        "The holidays of %(year)s are not announced: its days are provisional, nearness to its holidays is not counted."
    ),
    "known_few": gettext_lazy("%(name)s: told of %(days)s past days; from %(enough)s on the forecast learns from it."),
    "forecast.borrowed": gettext_lazy(
        "Too little history of its own: level, services and times of day start from %(peers)s similar branches."
    ),
    "forecast.no_history": gettext_lazy("No usable history: a default number of customers is assumed."),
    "forecast.short_history": gettext_lazy("Less than two weeks of history: weekday effects are mostly assumed."),
    "forecast.few_same_days": gettext_lazy("Fewer than 8 earlier days of the same kind: pulled towards the average."),
    "forecast.unseen_tags": gettext_lazy(
        "Some special days have no earlier example: only more uncertainty is assumed."
    ),
    "forecast.suspected_outage": gettext_lazy("Silent intervals in busy hours were taken as missing."),
    "forecast.outliers": gettext_lazy("Wild intervals were pulled in so that they do not move the forecast."),
    "forecast.balking_unseen": gettext_lazy(
        "Customers who left before taking a ticket are not in the log and not in here."
    ),
    "forecast.uncalibrated": gettext_lazy("Too little history to check the width of the ranges on past weeks."),
    "forecast.default_shares": gettext_lazy("Service shares lean on the default table."),
    "forecast.default_profile": gettext_lazy("The time-of-day pattern leans on the default profile."),
    "forecast.days_without_records": gettext_lazy("Open days without any ticket were taken as missing."),
    "forecast.no_calendar": gettext_lazy("Tickets of days that the calendar does not know were left out."),
    "forecast.outages": gettext_lazy("Reported outages were taken as missing, not as no demand."),
    "forecast.balking": gettext_lazy("Arrivals were corrected for customers who turned away before taking a ticket."),
    "forecast.outside_hours": gettext_lazy("Tickets outside opening hours were left out."),
}


def clock(minute: int) -> str:
    """``540`` → ``09:00``."""
    return calendar.wall(minute)


def leave_days(row: LeaveRequest) -> str:
    """``11-30``, ``11-30–12-02``, ``11-30 morning (until 13:00)`` or ``11-30 14:00 to 16:00``."""
    if row.since != row.until:
        return f"{row.since:%m-%d}–{row.until:%m-%d}"
    return f"{row.since:%m-%d} {leave_part(row)}".strip()


def leave_part(row: LeaveRequest) -> str:
    """The part of the day that a leave takes; empty when it is the whole."""
    values = {"half": HALVES.get(row.half, ""), "from": clock(row.start), "to": clock(row.end)}
    if row.half == "morning":
        return _("%(half)s (until %(to)s)") % values
    if row.half:
        return _("%(half)s (from %(from)s)") % values
    return "" if (row.start, row.end) == (0, 1440) else _("%(from)s to %(to)s") % values


def skill(key: str) -> str:
    """A skill's name; unknown skills show their key."""
    return str(SKILLS.get(key, key))


def day_label(day: date) -> str:
    """``11-30 周一``."""
    return f"{day:%m-%d} {WEEKDAYS[day.weekday()]}"


def note(one: Mapping[str, Any]) -> str:
    """An assumption in the reader's language."""
    pattern = NOTES.get(one["code"])
    if pattern is None:
        return str(one["text"])
    try:
        values = {k: round(v, 1) if isinstance(v, float) else v for k, v in one.get("values", {}).items()}
        return str(pattern % values)
    except (KeyError, TypeError, ValueError):
        return str(one["text"])


def open_cells(payload: Mapping[str, Any], number: int) -> list[int]:
    """Positions of the half hours in which somebody is expected."""
    return [k for k, mean in enumerate(payload["total_mean"][number]) if mean > 0]


def forecast_chart(payload: Mapping[str, Any], number: int, actual: Mapping[int, int] | None, excel: str) -> Chart:
    """One day per half hour: median with its band, and what came when known."""
    day = date.fromisoformat(payload["days"][number]["date"])
    cells = open_cells(payload, number)
    minutes = [payload["start"] + 30 * k for k in cells]
    peak = max(cells, key=lambda k: payload["total_mean"][number][k], default=None)
    title = _("%(day)s: %(n)s customers expected (%(low)s to %(high)s), busiest at %(peak)s") % {
        "day": day_label(day),
        "n": round(payload["day_p50"][number]),
        "low": round(payload["day_p10"][number]),
        "high": round(payload["day_p90"][number]),
        "peak": clock(payload["start"] + 30 * peak) if peak is not None else "–",
    }
    series = [
        Series(
            _("Forecast"), [round(payload["total_p50"][number][k], 1) for k in cells], "forecast",
            [round(payload["total_p10"][number][k], 1) for k in cells],
            [round(payload["total_p90"][number][k], 1) for k in cells],
        )
    ]  # fmt: skip
    if actual:
        series.append(Series(_("Came"), [actual.get(minute, 0) for minute in minutes], "actual"))
    return Chart(
        f"forecast-{day.isoformat()}", "line", title, _("customers"),
        _("forecast of this branch; band: 8 of 10 half hours"), [clock(m) for m in minutes], _("Time"), series,
        excel_url=excel,
    )  # fmt: skip


def services_chart(payload: Mapping[str, Any], number: int) -> Chart:
    """Expected customers of the day per service with their range."""
    rows = []
    for s, service in enumerate(payload["services"]):
        rows.append((service["name"], sum(payload["mean"][s][number])))
    rows.sort(key=lambda row: -row[1])
    first = rows[0][0] if rows else "–"
    title = _("%(service)s brings most customers") % {"service": first}
    values = [round(value, 1) for _name, value in rows]
    return Chart(
        "services", "ranking", title, _("customers"), _("forecast of this branch"), [name for name, _v in rows],
        _("Service"), [Series(_("Expected"), values, "bars")],
    )  # fmt: skip


def record_chart(days: Sequence[RecordDay]) -> Chart | None:
    """Past days: forecast band and what came."""
    if not days:
        return None
    inside = sum(d.low <= d.actual <= d.high for d in days)
    title = _("%(inside)s of %(all)s past days lay inside the forecast range") % {"inside": inside, "all": len(days)}
    return Chart(
        "record", "line", title, _("customers"), _("stored forecasts and recorded tickets"),
        [day_label(d.date) for d in days], _("Date"),
        [
            Series(_("Forecast"), [round(d.forecast) for d in days], "forecast", [round(d.low) for d in days],
                   [round(d.high) for d in days]),
            Series(_("Came"), [d.actual for d in days], "actual"),
        ], size="low",
    )  # fmt: skip


def need_chart(payload: Mapping[str, Any], number: int) -> Chart:
    """Heat map of people per skill and half hour."""
    cells = open_cells(payload, number)
    keys = list(payload["need"])
    together = [sum(payload["need"][key][number][k] for key in keys) for k in cells]
    top = max(together, default=0)
    at = clock(payload["start"] + 30 * cells[together.index(top)]) if together else "–"
    title = _("At most %(n)s people on posts at once, at %(time)s") % {"n": top, "time": at}
    return Chart(
        "need", "heat", title, _("people"), _("need for the promise at the expected number of customers"),
        [clock(payload["start"] + 30 * k) for k in cells], _("Skill"),
        rows=[skill(key) for key in keys],
        cells=[[payload["need"][key][number][k] for k in cells] for key in keys],
    )  # fmt: skip


def need_table(payload: Mapping[str, Any], number: int) -> Table:
    """The same as rows with the reason of each."""
    rows = []
    for key in payload["need"]:
        for k in open_cells(payload, number):
            why = payload["why"][key][number][k]
            rows.append(
                (clock(payload["start"] + 30 * k), skill(key), payload["need"][key][number][k],
                 payload["need_p90"][key][number][k], str(REASONS.get(why, why)))
            )  # fmt: skip
    columns = (
        Column(_("Time")), Column(_("Skill")), Column(_("People"), number=True),
        Column(_("People on a busy day (P90)"), number=True), Column(_("Why")),
    )  # fmt: skip
    return Table("need-rows", _("People needed per half hour"), columns, sorted(rows))
