"""All decisions of a judged day: when, what was ordered, how the hall stood, what it cost with its interval; as a page
and as a workbook. A moment at which nothing was ordered is a decision, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from counterpoint.academy.debrief import keeping, queries, shown
from counterpoint.academy.drill import log
from counterpoint.academy.drill import shown as drill
from counterpoint.academy.drill.situation import Situation, situations
from counterpoint.academy.drill.words import Names
from counterpoint.academy.models import DrillSession
from counterpoint.academy.science import playing
from counterpoint.academy.verbs import DEBRIEF
from counterpoint.foundation.api import NotFound, policy, scoped
from counterpoint.ui import excel
from counterpoint.ui.pages import download
from counterpoint.ui.tables import Cell, Column, Table


@dataclass(frozen=True)
class Decision:
    """One judged moment: the orders given then (none is one, too), the hall just before, the minutes of the coming hour
    that the better choice would have saved, as could be known then, and what it cost on the people who came."""

    second: int
    given: tuple[Any, ...]
    better: tuple[Any, ...]
    hall: Situation
    saved: float
    low: float
    high: float
    after: float
    same: bool


def decisions(
    data: Mapping[str, Any], game: playing.Game, orders: Sequence[playing.Order]
) -> tuple[Decision, ...]:  # fmt: skip
    """Every judged moment in the order of the day."""
    by_second: dict[int, list[Any]] = defaultdict(list)
    for order in orders:
        by_second[order.second].append(order.to_json())
    halls = situations(game, orders, [one["second"] for one in data["points"]])
    return tuple(
        Decision(
            one["second"], tuple(by_second.get(one["second"], ())), tuple(one["better"]), halls[one["second"]],
            one["saved"], one["low"], one["high"], one["after"], one["same"],
        )
        for one in sorted(data["points"], key=lambda one: one["second"])
    )  # fmt: skip


def hall(one: Situation, names: Names) -> str:
    """How the hall stood, in words."""
    queues = _(", ").join(f"{names.service(code)} {count}" for code, count in one["queues"].items())
    told = _("%(waiting)d waiting, longest %(longest)d min, %(late)d beyond the promise") % one
    windows = _("%(open)d windows open, %(free)d free") % {"open": len(one["windows"]), "free": one["free"]}
    down = _("down: %(machines)s") % {"machines": _(", ").join(one["down"])} if one["down"] else ""
    return _("; ").join(filter(None, (told, queues, windows, down)))


def _seen(request: Any, session_id: UUID) -> tuple[DrillSession, tuple[Decision, ...], Names]:
    """What the caller may be told; 404 for a day that is not judged, or of which nothing better is told."""
    with scoped(request.scope):
        try:
            session = queries.may_see(request.scope, session_id)
        except NotFound as absent:
            raise Http404 from absent
        row = keeping.newest(session)
        if row is None or not queries.tells_better(request.scope, session):
            raise Http404
        found = log.lines(session)
    game = log.game_played(session, found)
    return session, decisions(row.data, game, log.orders_of(found)), drill.names_of(session)


@policy.allow(DEBRIEF)
def page(request: Any, session_id: UUID) -> HttpResponse:
    """All decisions of a day as a table that sorts and searches."""
    session, found, names = _seen(request, session_id)
    table = Table(
        "decisions", _("All decisions"),
        [Column(_("Time")), Column(_("Ordered")), Column(_("The hall just before")),
         Column(_("Would have saved (people-minutes)"), number=True), Column(_("95 % interval")),
         Column(_("Cost on the people who came (minutes)"), number=True), Column(_("Better"))],
        [_row(one, names) for one in found],
        excel_url=reverse("academy:decisions-sheet", args=[session.pk]),
        empty=_("Nothing was judged on this day."),
    )  # fmt: skip
    return render(request, "academy/decisions.html", {"session": session, "table": table, "count": len(found)})


def _row(one: Decision, names: Names) -> list[Cell]:
    saved = 0.0 if one.same else one.saved
    return [
        Cell(shown.clock(one.second), value=one.second), Cell(shown.orders(one.given, names)),
        Cell(hall(one.hall, names), value=one.hall["waiting"]), Cell(_figure(saved), value=saved),
        Cell("–" if one.same else f"{_figure(one.low)} … {_figure(one.high)}", value=one.low),
        Cell(_figure(one.after), value=one.after),
        Cell(_("The same as ordered") if one.same else shown.orders(one.better, names)),
    ]  # fmt: skip


def _figure(value: float) -> str:
    return number_format(round(value, 1), decimal_pos=1)


@policy.allow(DEBRIEF)
def sheet(request: Any, session_id: UUID) -> HttpResponse:
    """The same as a workbook, each figure of the hall in a column of its own."""
    _session, found, names = _seen(request, session_id)
    headings = [
        _("Time"), _("Ordered"), _("Better"), _("Would have saved (people-minutes)"), _("Lower end of the interval"),
        _("Upper end of the interval"), _("Cost on the people who came (minutes)"), _("People waiting"),
        _("Longest wait (minutes)"), _("Beyond the promise"), _("Windows open"), _("Windows free"), _("Left unserved"),
        _("The hall just before"),
    ]  # fmt: skip
    rows = [
        [
            shown.clock(one.second), shown.orders(one.given, names),
            _("The same as ordered") if one.same else shown.orders(one.better, names), one.saved, one.low, one.high,
            one.after, one.hall["waiting"], one.hall["longest"], one.hall["late"], len(one.hall["windows"]),
            one.hall["free"], one.hall["gone"], hall(one.hall, names),
        ]
        for one in found
    ]  # fmt: skip
    made = excel.workbook([excel.Sheet(_("All decisions"), headings, rows, title=_("All decisions"))])
    return download(made, "decisions.xlsx")
