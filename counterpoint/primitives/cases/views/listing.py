"""The list and the board: find, scan, take in bulk, save a view, export."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, policy
from counterpoint.primitives.cases import (
    CaseFilter,
    CaseView,
    case,
    case_accept,
    case_assign,
    case_close,
    case_move,
    case_resolve,
    cases,
)
from counterpoint.primitives.cases.models import CaseFilterSaved
from counterpoint.primitives.cases.verbs import DESK
from counterpoint.primitives.cases.views import frame
from counterpoint.ui import excel
from counterpoint.ui.pages import download

COLUMNS = ("open", "doing", "resolved", "closed")
CARDS = 60
MOST = 5000
SAVED = 12


@policy.allow(DESK)
def cases_list(request: Any) -> HttpResponse:
    """Cases by deadline, as far as the filter asks for them."""
    now, filters = clock.now(), frame.filter_of(request)
    found = cases(scope=request.scope, filters=filters, now=now)
    context = _frame(request, filters, "list") | {
        "rows": [(view, frame.due_of(view, now)) for view in found.rows], "total": found.total, "now": now,
        "page": Paginator(range(found.total), found.size).get_page(found.number),
    }  # fmt: skip
    part = request.headers.get("HX-Target") == "cases"
    return render(request, "primitives/cases/parts/list.html" if part else "primitives/cases/list.html", context)


def _frame(request: Any, filters: CaseFilter, here: str) -> dict[str, Any]:
    """Choices of the filter bar, what is chosen, and whether it is the list or the board."""
    kinds = frame.types_here(request)
    kind = kinds.get(filters.type)
    stages = frame.stage_names()
    if kind:
        stages |= {stage.slug: stage.name() for stage in kind.stages if stage.slug not in stages}
    return {
        "here": here, "filters": filters,
        "types": [(key, one.name()) for key, one in kinds.items()], "stages": stages.items(),
        "levels": [(level.slug, level.name()) for level in kind.levels] if kind else [],
        "people": frame.people_here(request), "asked": request.GET.get("owner", ""),
        "branches": request.branches if len(request.branches) > 1 else [],
        "saved": list(CaseFilterSaved.objects.filter(user=request.user)), "query": frame.query(request),
        "late_query": frame.query(request, late=None if filters.late else "1"),
    }  # fmt: skip


@policy.allow(DESK)
def cases_excel(request: Any) -> HttpResponse:
    """The filtered list as a workbook."""
    now, rows = clock.now(), []
    filters = replace(frame.filter_of(request, size=500), page=1)
    for page in range(1, MOST // 500 + 1):
        found = cases(scope=request.scope, filters=replace(filters, page=page), now=now)
        rows += [_line(view) for view in found.rows]
        if page >= found.pages:
            break
    headings = [
        _("Case"), _("Kind"), _("Title"), _("Level"), _("Stage"), _("Owner"), _("Branch"), _("Opened"), _("Due"),
        _("Deadlines missed"), _("Ended"),
    ]  # fmt: skip
    sheet = excel.Sheet(_("Cases"), headings, rows, _("Cases"), _("As of %(time)s") % {"time": frame.wall(now)})
    return download(excel.workbook([sheet]), "cases.xlsx")


def _line(view: CaseView) -> list[Any]:
    return [
        view.label, view.type_name, view.title, view.level_name, view.stage_name, view.owner_name, view.branch_name,
        frame.wall(view.opened_at), frame.wall(view.due_at), view.breaches, frame.wall(view.ended_at),
    ]  # fmt: skip


@require_POST
@policy.allow(DESK)
def cases_bulk(request: Any) -> HttpResponse:
    """One verb for every ticked case; each that is refused is named with its reason."""
    deed, now, done, refused = request.POST.get("deed", ""), clock.now(), 0, []
    for text in request.POST.getlist("case")[:200]:
        try:
            _bulk_one(request, deed, UUID(text), now)
            done += 1
        except ValueError as wrong:
            raise Http404 from wrong
        except DomainError as reason:
            refused.append(str(reason.message))
    if done:
        messages.success(request, _("%(count)s cases changed.") % {"count": done})
    for why in dict.fromkeys(refused):
        messages.error(request, _("%(count)s refused: %(reason)s") % {"count": refused.count(why), "reason": why})
    back = reverse("primitives:cases")
    asked = str(request.POST.get("query", ""))[:400]
    return redirect(f"{back}?{asked}" if asked else back)


def _bulk_one(request: Any, deed: str, case_id: UUID, now: Any) -> None:
    here = {"scope": request.scope, "case": case_id, "now": now}
    if deed == "assign":
        case_assign(**here, owner=UUID(str(request.POST.get("owner", ""))))
    elif deed == "accept":
        case_accept(**here)
    elif deed == "move":
        _to_column(here, str(request.POST.get("stage", "")))
    else:
        raise Http404


def _to_column(here: dict[str, Any], column: str) -> CaseView:
    """Into a stage, or into the first stage of a kind, by the verb that leads there."""
    row = case(**here).case
    if column in (row.stage, row.stage_kind):
        return row
    if column == "resolved":
        return case_resolve(**here)
    if column == "closed":
        return case_close(**here)
    if column == "doing" and row.stage_kind == "open":
        return case_accept(**here)
    return case_move(**here, stage=row.stages.get(column, column))


@policy.allow(DESK)
def board(request: Any) -> HttpResponse:
    """Cards by stage; a card is moved by dragging it or with the arrow keys."""
    now, filters = clock.now(), frame.filter_of(request, size=CARDS)
    names, columns = frame.stage_names(), []
    for kind in COLUMNS:
        sort = "new" if kind == "closed" else "due"
        found = cases(scope=request.scope, filters=replace(filters, stage=kind, sort=sort, page=1), now=now)
        cards = [(view, frame.due_of(view, now)) for view in found.rows]
        columns.append({"key": kind, "name": names[kind], "cards": cards, "total": found.total})
    context = _frame(request, filters, "board") | {"columns": columns, "now": now}
    part = request.headers.get("HX-Target") == "board"
    return render(request, "primitives/cases/parts/board.html" if part else "primitives/cases/board.html", context)


@require_POST
@policy.allow(DESK)
def board_move(request: Any) -> HttpResponse:
    """A card was dropped: the verb that leads to its column, or the reason why not as a message."""
    here = {"scope": request.scope, "now": clock.now()}
    answer, level = HttpResponse(status=204), "calm"
    try:
        moved = _to_column({**here, "case": UUID(str(request.POST.get("item", "")))}, str(request.POST.get("to", "")))
        text = _("%(case)s: %(stage)s") % {"case": moved.label, "stage": moved.stage_name}
    except (ValueError, NotFound) as wrong:
        raise Http404 from wrong
    except DomainError as refused:
        text, level = str(refused.message), "act"
    answer.headers["HX-Trigger"] = json.dumps({"toast": {"text": text, "level": level}, "cases-changed": {}})
    return answer


@require_POST
@policy.allow(DESK)
def filter_save(request: Any) -> HttpResponse:
    """Keep the present filter under a name; an empty name removes the one given."""
    name, asked = str(request.POST.get("name", "")).strip()[:40], str(request.POST.get("query", ""))[:400]
    gone = str(request.POST.get("remove", ""))
    mine = CaseFilterSaved.objects.filter(user=request.user)
    if gone:
        mine.filter(name=gone).delete()
    elif name and (mine.filter(name=name).exists() or mine.count() < SAVED):
        CaseFilterSaved.objects.update_or_create(user=request.user, name=name, defaults={"query": asked})
    else:
        messages.error(request, _("Give the view a name; at most %(most)s can be kept.") % {"most": SAVED})
    back = reverse("primitives:cases")
    return redirect(f"{back}?{asked}" if asked else back)
