"""Complaints as tables, charts and forms for templates."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from counterpoint.primitives.cases import CaseType
from counterpoint.service.names import CLOCK_LOUD, CLOCK_STATES, LEVEL_LOUD, STEPS
from counterpoint.service.queries.complaints import Line, Whole
from counterpoint.service.queries.counting import Counted, Group, Share
from counterpoint.service.queries.reports import ReportLine
from counterpoint.ui.charts import Chart, Series
from counterpoint.ui.tables import Cell, Column, Table

REPORT_LATE = timedelta(days=2)  # a submitted report that waits longer is loud
FAR = datetime(9000, 1, 1)  # noqa: DTZ001  (sorts after every deadline)


def moment(at: datetime | None) -> str:
    """A local time as 11-23 10:30, midnight as the end of the day before; "" for none."""
    if at is None:
        return ""
    local = at.astimezone(timezone.get_current_timezone())
    if local.hour == local.minute == 0:
        return f"{last_day(at):%m-%d} 24:00"
    return f"{local:%m-%d %H:%M}"


def last_day(at: datetime) -> date:
    """The last whole day of a time that ends at an instant: 12-10 for the midnight after it."""
    return (at.astimezone(timezone.get_current_timezone()) - timedelta(microseconds=1)).date()


def age(amount: timedelta) -> str:
    """How long something has waited, for a short glance: 3 d, 5 h, 20 min."""
    minutes = int(amount.total_seconds() // 60)
    if minutes >= 2 * 1440:
        return _("%(count)d d") % {"count": minutes // 1440}
    return _("%(count)d h") % {"count": minutes // 60} if minutes >= 60 else _("%(count)d min") % {"count": minutes}


def loud(level: str, kind: CaseType) -> str:
    """How loud a level is; one that the house does not know by name is as loud as its rank."""
    if level in LEVEL_LOUD:
        return LEVEL_LOUD[level]
    return "act" if kind.level(level) and kind.rank(level) == len(kind.levels) - 1 else "watch"


def board(lines: Sequence[Line], kind: CaseType, *, branches: bool, excel: str = "") -> Table:
    """The list: number, level, category, next step, nearest deadline, legal clock, owner, channel."""
    columns = [
        Column(_("Number")), *([Column(_("Branch"))] if branches else []), Column(_("Level")), Column(_("Category")),
        Column(_("Next step")), Column(_("Due")), Column(_("Legal answer")), Column(_("Owner")), Column(_("Channel")),
    ]  # fmt: skip
    rows = [_line(line, kind, branches) for line in lines]
    return Table(
        "complaints", _("Complaints"), columns, rows, excel_url=excel, empty=_("No complaint here."),
        empty_todo=_("What comes in by code, call, letter or mail shows here at once."),
    )  # fmt: skip


def _line(line: Line, kind: CaseType, branches: bool) -> list[Any]:
    view = line.view
    url = reverse("service:complaint", args=[line.complaint])
    name = view.level_name if line.confirmed else _("%(level)s, proposed") % {"level": view.level_name}
    due = Cell(
        moment(view.due_at) or "–", level="act" if view.late else "", value=(view.due_at or FAR).isoformat(),
        detail=_("missed %(count)d") % {"count": view.breaches} if view.breaches else "",
    )  # fmt: skip
    legal = Cell(
        f"{last_day(line.legal_due_at):%m-%d}" if line.legal_due_at else "–",
        value=line.legal_due_at.isoformat() if line.legal_due_at else "",
    )
    return [
        Cell(view.label, url=url, detail=moment(line.received_at)),
        *([view.branch_name] if branches else []),
        Cell(name, level=loud(view.level, kind), value=-kind.rank(view.level) if kind.level(view.level) else 0),
        Cell(kind.said("category", str(view.fields.get("category", ""))),
             detail=_("repeated") if line.repeats else ""),
        Cell(STEPS[line.step] or view.stage_name), due, legal, view.owner_name or "–",
        kind.said("channel", line.channel),
    ]  # fmt: skip


def reports(lines: Sequence[ReportLine], kind: CaseType, state: str) -> Table:
    """Reports of a state: number, branch, level, category, how long it waits, author."""
    columns = [
        Column(_("Number")), Column(_("Branch")), Column(_("Level")), Column(_("Category")),
        Column(_("Waiting") if state == "submitted" else _("Waited")), Column(_("Submitted at")), Column(_("Author")),
    ]  # fmt: skip
    return Table(
        "reports", _("Rectification reports"), columns, [_report(line, kind, state) for line in lines],
        empty=_("No report here."), empty_todo=_("A report that a branch submits shows here at once."),
    )  # fmt: skip


def _report(line: ReportLine, kind: CaseType, state: str) -> list[Any]:
    view, late = line.view, state == "submitted" and line.age >= REPORT_LATE
    rank = kind.rank(view.level) if kind.level(view.level) else 0
    return [
        Cell(view.label, url=reverse("service:report", args=[line.complaint])), view.branch_name,
        Cell(view.level_name, level=loud(view.level, kind), value=-rank), kind.said("category", line.category),
        Cell(age(line.age), level="act" if late else "", value=line.age.total_seconds()),
        Cell(moment(line.submitted_at), value=line.submitted_at.isoformat()), line.author_name or "–",
    ]  # fmt: skip


def clocks(seen: Whole) -> list[dict[str, Any]]:
    """The clocks of the present cycle with words and loudness."""
    return [
        {
            "name": clock.name, "due": moment(clock.due_at), "state": CLOCK_STATES[clock.state],
            "level": CLOCK_LOUD[clock.state], "clock": clock.clock,
            "url": reverse("primitives:case-deadline", args=[seen.row.case, clock.clock]),
        }
        for clock in seen.detail.clocks
        if clock.cycle == seen.detail.case.cycle
    ]  # fmt: skip


def spread(seen: Whole, kind: CaseType) -> list[tuple[str, int]]:
    """Levels with their probability in per cent, gravest first."""
    return [
        (kind.said("level", level.slug), round(100 * float(seen.row.spread.get(level.slug, 0.0))))
        for level in reversed(kind.levels)
        if level.slug in seen.row.spread
    ]


def percent(one: Share) -> str:
    """A share with its interval: 97 % (92–99 %); a dash without cases."""
    if one.value is None or one.low is None or one.high is None:
        return "–"
    return f"{one.value:.0%} ({one.low:.0%}–{one.high:.0%})"


def sample(one: Share) -> str:
    """How many, and whether that is few."""
    words = _("%(hits)d of %(n)d") % {"hits": one.hits, "n": one.n}
    return words + (" · " + _("few cases") if one.few and one.n else "")


def groups(key: str, title: str, rows: Sequence[Group], names: Any) -> Table:
    """A Pareto table."""
    columns = [
        Column(title), Column(_("Count"), number=True), Column(_("Share"), number=True),
        Column(_("Running share"), number=True), Column(_("Share in time"), number=True),
    ]  # fmt: skip
    return Table(
        key, title,
        columns,
        [
            [names(row.key), row.count, Cell(f"{row.part:.0%}", value=row.part),
             Cell(f"{row.running:.0%}", value=row.running), Cell(percent(row.on_time), value=row.on_time.value or 0)]
            for row in rows
        ],
        search=False, stack=False, empty=_("Nothing to count in this time."),
    )  # fmt: skip


def pareto(found: Counted, kind: CaseType) -> Chart | None:
    """Causes by size; the title states how much the three largest make."""
    rows = found.by_cause or found.by_category
    if not rows:
        return None
    field = "root_cause" if found.by_cause else "category"
    top = rows[min(2, len(rows) - 1)].running
    return Chart(
        "complaint-causes", "ranking",
        _("The largest three make %(share)d %% of what was complained about") % {"share": round(100 * top)},
        _("complaints"), _("complaints received in the chosen time"),
        [kind.said(field, row.key) for row in rows[:10]], _("Root cause") if found.by_cause else _("Category"),
        (Series(_("Complaints"), [row.count for row in rows[:10]], role="bars"),),
    )  # fmt: skip


def months(found: Counted, kind: CaseType) -> Chart | None:
    """Complaints a month by level, stacked."""
    if len(found.months) < 2:
        return None
    most = max(found.months, key=lambda month: sum(month[1].values()))
    series = [
        Series(kind.said("level", level.slug), [row.get(level.slug, 0) for _month, row in found.months], role="bars")
        for level in reversed(kind.levels)
        if any(level.slug in row for _month, row in found.months)
    ]
    return Chart(
        "complaint-months", "bars",
        _("Most complaints came in %(month)s: %(count)d") % {"month": most[0], "count": sum(most[1].values())},
        _("complaints"), _("complaints received in the chosen time"), [month for month, _row in found.months],
        _("Month"), series, stacked=True,
    )  # fmt: skip
