"""The board of a role: live numbers with what they are compared with, as cards, as a table, as Excel."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.analytics import cards
from counterpoint.analytics.boards import BoardBody, board_for, boards
from counterpoint.analytics.cards import Card, Shown
from counterpoint.analytics.verbs import SEE
from counterpoint.analytics.views.frame import Frame, frame, steps, tabs
from counterpoint.foundation.api import OrgUnit, policy, roles_of, scoped
from counterpoint.primitives.metrics import ALARM, alarm_list, telling
from counterpoint.ui import reader
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import download
from counterpoint.ui.tables import Cell, Column, Table

LIVE = ("onsite.ticket_finished", "onsite.ticket_called", "onsite.ticket_abandoned", "cases.opened", "cases.closed",
        "primitives.round_submitted", "primitives.alarm_raised")  # fmt: skip

MANY_SECONDS, EVERY_SECONDS = 15, 120


def _chosen(request: Any, place: Frame) -> BoardBody:
    held = roles_of(request.user, place.now)
    found = board_for(held, place.on, place.unit.rule_pack, request.GET.get("board", ""))
    if found is None:
        raise Http404
    return found


def _read(request: Any, place: Frame, body: BoardBody) -> Shown:
    person = request.user.staff_no if body.subject == "person" else ""
    return cards.shown(
        scope=request.scope, unit=place.unit, body=body, grain=place.grain, on=place.on, now=place.now, person=person
    )


@policy.allow(SEE)
def board(request: Any) -> HttpResponse:
    """The numbers that belong to the caller's role."""
    place = frame(request)
    request.live_url = reverse("foundation:live", args=[place.unit.code])  # of the unit and everything below it
    body = _chosen(request, place)
    found = _read(request, place, body)
    url = reverse("analytics:board")
    context: dict[str, Any] = {
        "place": place, "body": body, "found": found, "name": body.name(reader.language()),
        "tabs": tabs(place, url, board=body.key), "steps": steps(place, url, board=body.key),
        "query": place.query(board=body.key), "table": None,
        "live": _live(place.unit),
        "boards": [(one.key, one.name(reader.language())) for one in boards(place.on).values()],
        "links": {card.metric.key: f"{reverse('analytics:kpi', args=[card.metric.key])}?{place.query()}"
                  for card in found.cards},
    }  # fmt: skip
    if request.GET.get("view") == "table":
        context["table"] = _table(found, place, body)
    if body.compare:
        context["below"] = _below(request, place, body)
    if request.scope.may(ALARM, place.unit.path):
        context["alarms"] = len(alarm_list(scope=request.scope, unit=place.unit, open_only=True))
    part = request.headers.get("HX-Request") and request.GET.get("part")
    return render(request, "analytics/parts/board.html" if part else "analytics/board.html", context)


def _live(unit: OrgUnit) -> str:
    """What refreshes the board: news of the unit's branches, above a branch gathered for some seconds because there is
    much of it; and time."""
    pace = "" if unit.kind == OrgUnit.Kind.BRANCH else f" throttle:{MANY_SECONDS}s"
    return ", ".join([*(f"live:{kind} from:body{pace}" for kind in LIVE), f"every {EVERY_SECONDS}s"])


def state_word(card: Card) -> str:
    """How a number stands, in a word."""
    return {
        "act": _("off course"), "watch": _("target missed"), "fine": _("on course"), "few": _("few cases"),
        "none": _("no data"), "calm": _("no target"),
    }[card.value.state]  # fmt: skip


def _peers(card: Card) -> str:
    return f"{card.peers_text} · {card.peers_rank}" if card.peers else ""


def _headings() -> list[str]:
    return [
        _("Indicator"), _("Value"), _("Unit of measure"), "n", _("95 % interval"), _("Target"), _("Period before"),
        _("Change since"), _("Like branches: median (half of them)"), _("State"), _("Period"),
    ]  # fmt: skip


def _table(found: Shown, place: Frame, body: BoardBody) -> Table:
    headings = _headings()
    rows = []
    for card in found.cards:
        before = telling.number(card.metric, card.before.value, unit=False) if card.before and not card.hidden else ""
        url = f"{reverse('analytics:kpi', args=[card.metric.key])}?{place.query()}"
        rows.append(
            [Cell(card.name, url=url, detail=card.metric.code), Cell(card.text, value=card.value.value), card.unit,
             card.value.n, card.interval, card.target, before, card.change_text, _peers(card),
             Cell(state_word(card), level=card.level), telling.period(card.value.period)]
        )  # fmt: skip
    numbers = {1, 3, 4, 6, 7}
    columns = [Column(heading, number=place_ in numbers) for place_, heading in enumerate(headings)]
    excel = f"{reverse('analytics:board-excel')}?{place.query(board=body.key)}"
    return Table("board", body.name(reader.language()), columns, rows, excel_url=excel, empty=_("No numbers here yet"))


@policy.allow(SEE)
def excel(request: Any) -> HttpResponse:
    """The same as a workbook: numbers stay numbers."""
    place = frame(request)
    body = _chosen(request, place)
    found = _read(request, place, body)
    rows = []
    for card in found.cards:
        value = None if card.hidden else card.value.value
        before = card.before.value if card.before and not card.hidden else None
        rows.append(
            [card.name, value, card.unit, card.value.n, card.interval, card.target, before,
             None if card.hidden else card.change, _peers(card), state_word(card), telling.period(card.value.period)]
        )  # fmt: skip
    title = f"{place.unit.name} · {body.name(reader.language())} · {telling.period(place.period)}"
    note = _("Read at %(at)s. %(finding)s") % {"at": f"{place.now:%Y-%m-%d %H:%M} UTC", "finding": found.finding}
    name = f"board-{place.unit.code}-{place.period.slug}.xlsx"
    return download(workbook([Sheet(_("Numbers"), _headings(), rows, title, note)]), name)


def _below(request: Any, place: Frame, body: BoardBody) -> Table | None:
    """The units directly below, side by side."""
    with scoped(request.scope):
        units = list(OrgUnit.objects.filter(parent=place.unit).exclude(kind="group").order_by("path"))
    if not units:
        return None
    chosen, rows = cards.compared(
        scope=request.scope, units=units, keys=body.compare, period=place.period, now=place.now
    )
    columns = [Column(_("Unit")), *(Column(one.name(reader.language()), number=True) for one in chosen)]
    url = reverse("analytics:board")
    lines = [
        [Cell(row.unit.name, url=f"{url}?{place.query(unit=row.unit.code, board=body.key)}"),
         *(_cell(one, value) for one, value in zip(chosen, row.values, strict=True))]
        for row in rows
    ]  # fmt: skip
    return Table("below", _("The units below, side by side"), columns, lines, search=len(lines) > 8)


def _cell(metric: Any, value: Any) -> Cell:
    text = telling.number(metric, value.value, unit=False)
    detail = f"n = {value.n}" if value.few else ""
    level = value.state if value.state in ("act", "watch") else ""
    return Cell(text, level=level, value=value.value, detail=detail)
