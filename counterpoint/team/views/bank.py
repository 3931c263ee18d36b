"""The bank's coming days for those above a branch: rows that add up, from the bank to the region to the branch."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import OrgUnit, clock, policy, scoped
from counterpoint.team import actions, card, queries, shown
from counterpoint.team.models import TreeForecast
from counterpoint.team.views.frame import remember, running
from counterpoint.ui.charts import Chart, Series
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import date_in, download


def _found(request: Any) -> tuple[TreeForecast | None, int]:
    """The newest run that the caller may see, and the number of the day asked for."""
    found = queries.tree_latest(scope=request.scope)
    if found is None:
        return None, 0
    day = date_in(request.GET.get("day", "")) or found.since
    number = (day - found.since).days
    if not 0 <= number < len(found.payload["days"]):
        raise Http404
    return found, number


@policy.allow("team.tree.view")
def bank(request: Any) -> HttpResponse:
    """A day of every region, or with ?unit= of every branch of one, and their sum."""
    found, number = _found(request)
    top = queries.tree_top(scope=request.scope)
    context: dict[str, Any] = {
        "found": found,
        "jobs": running(request),
        "may_make": top is not None and request.scope.may("team.tree.make", top.path),
    }
    if found:
        context |= _day(request, found, number)
    return render(request, "team/bank.html", context)


def _day(request: Any, found: TreeForecast, number: int) -> dict[str, Any]:
    rows = found.payload["rows"]
    root = tuple(rows[0]["path"])
    chosen = request.GET.get("unit", "")
    head = (
        next((r for r in rows if r["path"][-1] == chosen and len(r["path"]) == len(root) + 1), None)
        if chosen
        else rows[0]
    )
    if head is None:
        raise Http404
    below = [
        r for r in rows if len(r["path"]) == len(head["path"]) + 1 and r["path"][: len(head["path"])] == head["path"]
    ]
    units = queries.units_by_code(scope=request.scope, codes=[r["path"][-1] for r in rows])
    dates = [date.fromisoformat(day) for day in found.payload["days"]]
    day, pack = dates[number], found.org_unit.rule_pack
    name = units[head["path"][-1]].name
    lines = [_line(r, number, units, day, deeper=len(r["path"]) < len(rows[-1]["path"])) for r in below]
    total = _line(head, number, units, day, deeper=False)
    return {
        "tabs": [
            (one.isoformat(), shown.day_label(one), f"{reverse('team:bank')}?day={one.isoformat()}&unit={chosen}")
            for one in dates
        ],
        "current": day.isoformat(),
        "day": day,
        "day_text": shown.day_label(day),
        "name": name,
        "up": chosen and len(head["path"]) > len(root),
        "lines": sorted(lines, key=lambda line: -line["expected"]),
        "total": total,
        "chart": _chart(head, dates, name, pack),
        "missing": sorted(u.name for u in queries.units_by_code(
            scope=request.scope, codes=found.payload["missing"]).values()),
        "provisional": card.provisional(day, pack),
    }  # fmt: skip


def _line(row: dict[str, Any], number: int, units: dict[str, OrgUnit], day: date, *, deeper: bool) -> dict[str, Any]:
    code = row["path"][-1]
    expected, usual = row["expected"][number], row["usual"][number]
    name = units[code].name if code in units else code
    if len(row["path"]) > 1 and row["path"][-1] == row["path"][-2]:
        name = _("Directly under %(unit)s") % {"unit": name}
    return {
        "code": code, "name": name, "expected": expected, "low": row["low"][number], "high": row["high"][number],
        "usual": usual, "change": f"{round(100 * (expected / usual - 1)):+d} %".replace("-", "−") if usual else "–",
        "leaf": not deeper,
        "url": f"{reverse('team:bank')}?day={day.isoformat()}&unit={code}" if deeper else "",
    }  # fmt: skip


def _chart(row: dict[str, Any], dates: list[date], name: str, pack: str) -> Chart:
    """The coming days of the chosen unit with their range."""
    most = max(range(len(dates)), key=lambda n: row["expected"][n])
    title = _("%(name)s: %(day)s is the fullest with %(n)s customers") % {
        "name": name, "day": shown.day_label(dates[most]), "n": row["expected"][most],
    }  # fmt: skip
    return Chart(
        "bank-days", "line", title, _("customers"), _("reconciled forecasts; band: 8 of 10 days"),
        [card.day_text(day, pack) for day in dates], _("Date"),
        [Series(_("Forecast"), row["expected"], "forecast", row["low"], row["high"])], size="low",
    )  # fmt: skip


@policy.allow("team.tree.make")
@require_POST
def make(request: Any) -> HttpResponse:
    """Ask for new rows of everything below the caller's unit."""
    top = queries.tree_top(scope=request.scope)
    if top is None:
        raise Http404
    with scoped(request.scope):
        remember(request, actions.tree_make(scope=request.scope, now=clock.now(), unit=top))
    return redirect("team:bank")


@policy.allow("team.tree.view")
def excel(request: Any) -> HttpResponse:
    """All days and rows as a workbook."""
    found, _number = _found(request)
    if found is None:
        raise Http404
    rows = []
    units = queries.units_by_code(scope=request.scope, codes=[r["path"][-1] for r in found.payload["rows"]])
    for n, day in enumerate(found.payload["days"]):
        for row in found.payload["rows"]:
            names = [units[code].name if code in units else code for code in row["path"]]
            cells = [row[key][n] for key in ("expected", "low", "high", "usual")]
            rows.append([day, " / ".join(names), *cells])
    headings = [_("Date"), _("Unit"), _("Expected"), "P10", "P90", _("Same weekday, last four weeks")]
    last = found.until - timedelta(days=1)
    note = _("Sums add up from branch to bank; ranges are each row's own.")
    content = workbook([Sheet(_("Forecast"), headings, rows, title=f"{found.since} – {last}", note=note)])
    return download(content, f"bank-forecast-{found.since.isoformat()}.xlsx")
