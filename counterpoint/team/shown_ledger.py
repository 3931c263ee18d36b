"""The fairness ledger as charts, tables and sheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.team.ledger import Line, Quarter, by_person, measures, middle
from counterpoint.ui.charts import Chart, Limit, Series
from counterpoint.ui.excel import Sheet
from counterpoint.ui.tables import Column, Table

DASH = "–"


def _kinds() -> tuple[tuple[str, str, str], ...]:
    """Measure, its name and its unit."""
    return (
        ("lates", _("Late shifts"), _("shifts")),
        ("weekends", _("Weekend days"), _("days")),
        ("overtime", _("Overtime"), _("hours")),
        ("wishes", _("Wishes granted"), "%"),
    )


def charts(lines: tuple[Line, ...], excel: str) -> list[Chart]:
    """A bar a person, longest first, against the team's median; measures that nobody has are left out."""
    found = []
    for key, name, unit in _kinds():
        known = [(line.name, measures(line)[key]) for line in lines if measures(line)[key] is not None]
        known.sort(key=lambda one: -one[1])
        values = [value for _person, value in known]
        if not any(values):
            continue
        half = middle(values)
        (most, value), (least, low) = known[0], known[-1]
        if value == low:
            title = _("%(what)s: all alike, %(n)s %(unit)s") % {"what": name, "n": _plain(value), "unit": unit}
        else:
            title = _("%(what)s: %(most)s most (%(n)s %(unit)s), %(least)s least (%(low)s), median %(middle)s") % {
                "what": name, "most": most, "n": _plain(value), "unit": unit, "least": least, "low": _plain(low),
                "middle": _plain(half),
            }  # fmt: skip
        limit = Limit(half, _("median of the team %(n)s") % {"n": _plain(half)})
        found.append(
            Chart(
                f"fairness-{key}", "ranking", title, unit, _("published rosters of this branch"),
                [person for person, _v in known], _("Person"), [Series(name, values, "bars")], limits=[limit],
                size="tall" if len(known) > 8 else "low", excel_url=excel,
            )
        )  # fmt: skip
    return found


def _plain(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _wishes(line: Line) -> str:
    return f"{line.granted}/{line.asked}" if line.asked else DASH


def table(lines: tuple[Line, ...], excel: str) -> Table:
    """The quarter, a row a person, the median last."""
    columns = (
        Column(_("Person")), Column(_("Weeks"), number=True), Column(_("Shifts"), number=True),
        Column(_("Hours"), number=True), Column(_("Late shifts"), number=True),
        Column(_("Weekend days"), number=True), Column(_("Overtime (h)"), number=True),
        Column(_("Wishes granted/asked"), number=True), Column(_("Wishes granted (%)"), number=True),
    )  # fmt: skip
    rows = [_row(line) for line in lines]
    return Table("fairness", _("What everybody carried in the quarter"), columns, rows, excel_url=excel, stack=False)


def _row(line: Line) -> list[Any]:
    share = line.share
    return [
        line.name, line.weeks, line.shifts, _plain(line.hours), line.lates, line.weekends, _plain(line.overtime),
        _wishes(line), DASH if share is None else round(100 * share),
    ]  # fmt: skip


def over_quarters(found: Mapping[Quarter, tuple[Line, ...]]) -> Table:
    """Every person's quarters side by side."""
    named = [quarter for quarter, lines in found.items() if lines]
    rows = []
    for held in by_person(found).values():
        cells = [_brief(held[q]) if q in held else DASH for q in named]
        rows.append([list(held.values())[-1].name, *cells])
    columns = [Column(_("Person")), *(Column(q.label, sort=False) for q in named)]
    return Table("fairness-quarters", _("Quarter by quarter"), columns, rows, search=False, stack=False)


def _brief(line: Line) -> str:
    values = {
        "lates": line.lates, "weekends": line.weekends, "hours": _plain(line.overtime), "wishes": _wishes(line),
    }  # fmt: skip
    return _("late %(lates)s · weekend %(weekends)s · overtime %(hours)s h · wishes %(wishes)s") % values


def sheets(found: Mapping[Quarter, tuple[Line, ...]], chosen: Quarter, title: str, note: str) -> list[Sheet]:
    """The chosen quarter with its median, and all quarters below each other."""
    headings = [
        _("Person"), _("Weeks"), _("Shifts"), _("Hours"), _("Late shifts"), _("Weekend days"), _("Overtime (h)"),
        _("Wishes asked"), _("Wishes granted"),
    ]  # fmt: skip
    lines = found[chosen]
    middles = [middle(values) for values in zip(*(_numbers(line) for line in lines), strict=True)]
    rows = [*([line.name, *_numbers(line)] for line in lines)]
    if middles:
        rows.append([_("Median of the team"), *middles])
    everything = [[q.label, line.name, *_numbers(line)] for q, own in found.items() for line in own]
    return [
        Sheet(chosen.label, headings, rows, title=title, note=note),
        Sheet(_("Quarter by quarter"), [_("Quarter"), *headings], everything, title=title, note=note),
    ]


def _numbers(line: Line) -> list[float]:
    return [
        line.weeks, line.shifts, round(line.hours, 1), line.lates, line.weekends, round(line.overtime, 1), line.asked,
        line.granted,
    ]  # fmt: skip
