"""Pages of rounds at a desk: today's list, one round to fill in or to read, the history with its trend."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, colleagues, files, policy, scoped
from counterpoint.primitives.checklists import actions, aside, catalogue, handing, queries, shown, unsent, uploads
from counterpoint.primitives.checklists.calling import id_of
from counterpoint.primitives.checklists.definition import OF, Item
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.checklists.queries import RoundFilter
from counterpoint.primitives.checklists.verbs import ASSIGN, FILL, VIEW
from counterpoint.ui import pdf
from counterpoint.ui.charts import Chart, Limit, Series
from counterpoint.ui.excel import workbook
from counterpoint.ui.pages import PDF, branch_here, done, download

PAPER = Path(__file__).resolve().parents[1] / "templates" / "primitives" / "checklists" / "round.typ"
PAGE, EXPORT = 50, 5000
MOST_BYTES = 200 * 2**20


@policy.allow(VIEW)
def today(request: Any) -> HttpResponse:
    """What is to do at the branch, what may be begun, and what phones sent that could not be taken in."""
    unit, now, language = branch_here(request), clock.now(), request.LANGUAGE_CODE
    found = queries.rounds_due(scope=request.scope, org_unit=unit, now=now)
    free = [one for one in catalogue.in_force(unit, unit.date_at(now)).values() if one.value.schedule is None]
    may_fill = request.scope.may(FILL, unit.path)
    machines = actions.assets_of(request.scope, unit)
    waiting = aside.asides(scope=request.scope, org_unit=unit) if may_fill else []
    leads = request.scope.may(ASSIGN, unit.path)
    phones = unsent.phones_waiting(scope=request.scope, org_unit=unit, now=now) if leads else []
    context = {
        "rows": [(one, one.definition.name(language), len(one.definition.items)) for one in found],
        "free": [(one.key, one.value.name(language), sorted(machines.get(one.value.asset_kind, ()))) for one in free],
        "may_fill": may_fill,
        "may_assign": leads,
        "people": colleagues(scope=request.scope, org_unit=unit, on=unit.date_at(now)),
        "aside": [shown.aside(one, language) for one in waiting],
        "phones": [shown.phone(one, language) for one in phones],
    }
    return render(request, "primitives/checklists/today.html", context)


@policy.allow(FILL)
@require_POST
def begin(request: Any) -> HttpResponse:
    """Begin an unscheduled round."""
    try:
        made = actions.round_start(
            scope=request.scope, org_unit=branch_here(request), checklist=request.POST.get("checklist", ""),
            asset=request.POST.get("asset", ""), now=clock.now(), key=request.POST.get("idempotency_key", "")[:80],
        )  # fmt: skip
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("primitives:rounds-today")
    return redirect("primitives:round", made.id)


@policy.allow(VIEW)
def one(request: Any, round_id: UUID) -> HttpResponse:
    """A round: to fill in while it is open, else its result."""
    return _page(request, round_id)


def _page(request: Any, round_id: UUID, problem: str = "", status: int = 200) -> HttpResponse:
    found = _detail(request, round_id)
    row, language = found.row, request.LANGUAGE_CODE
    is_open = row.state != Round.State.SUBMITTED
    words, level = shown.state(row)
    late = aside.late_answers(scope=request.scope, row=row) if not is_open else []
    context = {
        "found": found, "row": row, "name": found.definition.name(language), "words": words, "level": level,
        "sections": shown.sections(found, language), "score": shown.score(row), "problem": problem,
        "filling": is_open and request.scope.may(FILL, row.org_path),
        "done": sum(1 for line in found.lines.values() if line.verdict != "open"), "all": len(found.lines),
        "done_at": shown.short(row, row.done_at), "due_at": shown.short(row, row.due_at),
        "who": found.people.get(row.done_by, "") if row.done_by else "", "mark": found.definition.pass_mark,
        "may_assign": request.scope.may(ASSIGN, row.org_path), "unproven": shown.unproven(row),
        "may_confirm": request.scope.may(FILL, row.org_path), "late": [shown.aside(one, language) for one in late],
    }  # fmt: skip
    return render(request, "primitives/checklists/round.html", context, status=status)


def _detail(request: Any, round_id: UUID) -> queries.Detail:
    try:
        return queries.round_detail(scope=request.scope, round=round_id)
    except DomainError as absent:
        raise Http404 from absent


@policy.allow(FILL)
@require_POST
def put(request: Any, round_id: UUID) -> HttpResponse:
    """Answer one item, with photos when some were chosen; back to the item."""
    found = _detail(request, round_id)
    item = found.definition.item(request.POST.get("item", ""))
    if item is None:
        raise Http404
    now, before = clock.now(), found.lines[item.slug].value if item.slug in found.lines else None
    digests = list(queries.files_of(scope=request.scope, round=round_id, item=item.slug))
    try:
        for sent in request.FILES.getlist("photo")[:5]:
            stored = uploads.photo_put(
                scope=request.scope, org_unit=found.row.org_unit, content=sent.read(), now=now, name=sent.name
            )
            digests = [stored.digest] if item.kind == "signature" else [*digests, stored.digest]
        given = None if "clear" in request.POST else _value(item, request.POST.get("value"), before)
        actions.answer_put(
            scope=request.scope, round=round_id, item=item.slug, value=given, now=now,
            files=() if given is None else dict.fromkeys(digests), key=request.POST.get("idempotency_key", "")[:80],
        )  # fmt: skip
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        return _page(request, round_id, str(refused.message), refused.status)
    return redirect(f"{reverse('primitives:round', args=[round_id])}#{item.slug.removesuffix(OF)}")


def _value(item: Item, text: str | None, before: Any) -> Any:
    """What a form says, as the item's kind of value; a form with photos only keeps the value."""
    if text is None:
        return before if before is not None else ("" if item.kind in ("photo", "signature") else None)
    text = text.strip()
    if text == "" and item.kind not in ("photo", "signature"):
        return None
    if item.kind == "number" and text != "na":
        try:
            return float(text)
        except ValueError:
            return text
    return text


@policy.allow(FILL)
@require_POST
def submit(request: Any, round_id: UUID) -> HttpResponse:
    """Hand the round in."""
    try:
        key = request.POST.get("idempotency_key", "")[:80]
        result = actions.round_submit(scope=request.scope, round=round_id, now=clock.now(), key=key)
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        return _page(request, round_id, str(refused.message), refused.status)
    told = _("Handed in: %(percent)g %%.") if result.passed else _("Handed in: %(percent)g %%; the round failed.")
    messages.success(request, told % {"percent": result.percent or 0})
    return redirect("primitives:round", round_id)


@policy.allow(ASSIGN)
@require_POST
def assign(request: Any, round_id: UUID) -> HttpResponse:
    """Give the round to a person or back to its role."""
    try:
        text = request.POST.get("user", "")
        actions.round_assign(scope=request.scope, round=round_id, user=UUID(text) if text else None, now=clock.now())
    except (DomainError, ValueError) as absent:
        raise Http404 from absent
    return redirect("primitives:rounds-today")


@policy.allow(FILL)
@require_POST
def confirm(request: Any, evidence_id: UUID) -> HttpResponse:
    """A person says whether the machine read the photo right."""
    try:
        found = queries.evidence_of(scope=request.scope, evidence=evidence_id)
        right = request.POST.get("confirmed") == "yes"
        actions.photo_confirm(scope=request.scope, evidence=evidence_id, confirmed=right, now=clock.now())
    except DomainError as absent:
        raise Http404 from absent
    return redirect(f"{reverse('primitives:round', args=[found.round_id])}#{found.item}")


@policy.allow(VIEW)
def picture(request: Any, evidence_id: UUID) -> HttpResponse:
    """A photo of a round."""
    try:
        found = queries.evidence_of(scope=request.scope, evidence=evidence_id)
        content = files.read(found.file)
    except (DomainError, OSError) as absent:
        raise Http404 from absent
    answer = HttpResponse(content, content_type=found.file.media_type)
    answer.headers["Content-Security-Policy"] = "sandbox"
    return answer


def _filter(request: Any) -> RoundFilter:
    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(request.GET.get(name, ""))
        except ValueError:
            return None

    text = {name: request.GET.get(name, "")[:80] for name in ("checklist", "state", "verdict", "asset")}
    return RoundFilter(**text, since=day("since"), until=day("until"))


@policy.allow(VIEW)
def history(request: Any) -> HttpResponse:
    """All rounds by filter, and the trend of one checklist's score."""
    filters, language, unit = _filter(request), request.LANGUAGE_CODE, branch_here(request)
    rows = queries.rounds(scope=request.scope, filters=filters)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown_rows = list(page)
    people = queries.names_of(one.done_by for one in shown_rows)
    query = request.GET.urlencode()
    context = {
        "table": shown.table(shown_rows, people, language, f"{reverse('primitives:rounds-excel')}?{query}"),
        "page": page, "filters": filters, "chart": _trend(request, unit, filters.checklist),
        "known": sorted((key, item.value.name(language)) for key, item in _in_force(unit).items()),
        "verdicts": [("passed", _("passed")), ("failed", _("failed")), ("late", _("overdue"))],
    }  # fmt: skip
    return render(request, "primitives/checklists/history.html", context)


def _in_force(unit: Any) -> Any:
    return catalogue.in_force(unit, unit.date_at(clock.now()))


def _trend(request: Any, unit: Any, checklist: str) -> Chart | None:
    points = queries.trend(scope=request.scope, org_unit=unit, checklist=checklist) if checklist else []
    if len(points) < 2:
        return None
    item = _in_force(unit).get(checklist)
    first, last = points[0][1], points[-1][1]
    way = _("rose") if last > first else _("fell") if last < first else _("stayed")
    title = _("The score %(way)s from %(first)g to %(last)g %% over %(count)d rounds")
    return Chart(
        "trend", "line", title % {"way": way, "first": first, "last": last, "count": len(points)}, "%",
        _("submitted rounds of %(branch)s") % {"branch": unit.name}, [day.isoformat() for day, _score in points],
        _("Date"), [Series(_("Score"), [score for _day, score in points])],
        limits=[Limit(item.value.pass_mark, _("pass mark"))] if item else [],
    )  # fmt: skip


@policy.allow(VIEW)
def excel(request: Any) -> HttpResponse:
    """The filtered history as a workbook."""
    rows = list(queries.rounds(scope=request.scope, filters=_filter(request))[:EXPORT])
    people = queries.names_of(one.done_by for one in rows)
    return download(workbook([shown.sheet(rows, people, request.LANGUAGE_CODE)]), "rounds.xlsx")


@policy.allow(VIEW)
def paper(request: Any, round_id: UUID) -> HttpResponse:
    """The round with its photos as PDF."""
    found = _detail(request, round_id)
    with scoped(request.scope):
        images = {f"{e.pk}.jpg": files.read(e.file) for line in found.lines.values() for e in line.evidence}
    content = pdf.render(PAPER, shown.paper(found, request.LANGUAGE_CODE), images)
    return download(content, f"round-{found.row.business_date}.pdf", PDF)


@policy.allow(FILL)
def take_in(request: Any) -> HttpResponse:
    """The way out of a phone that cannot send: its file is handed in at a desk."""
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            sent = request.FILES.get("file")
            content = sent.read(MOST_BYTES) if sent else b""
            unit, now = branch_here(request), clock.now()
            context = {"taken": handing.file_take(scope=request.scope, org_unit=unit, content=content, now=now)}
        except DomainError as refused:
            context = {"problem": refused.message}
    return render(request, "primitives/checklists/import.html", context, status=422 if "problem" in context else 200)


@policy.allow(ASSIGN)
@require_POST
def settle(request: Any, message: int) -> HttpResponse:
    """A leader has seen to what a phone sent in vain, and leaves it as it is."""
    return _decided(request, aside.aside_settle, message, _("Seen to; it stays in the record."))


@policy.allow(ASSIGN)
@require_POST
def note(request: Any, message: int) -> HttpResponse:
    """A leader takes an answer that came too late over into the round's record."""
    return _decided(request, aside.aside_note, message, _("Taken over into the record of the round as a note."))


def _decided(request: Any, verb: Callable[..., None], message: int, words: str) -> HttpResponse:
    """Carry the verb out, and back to the round whose page asked, else to the list."""
    unit, now, asked = branch_here(request), clock.now(), id_of(request.POST.get("round", ""))
    to, at = ("primitives:round", {"round_id": asked}) if asked else ("primitives:rounds-today", {})
    return done(request, lambda: verb(scope=request.scope, org_unit=unit, message=message, now=now), words, to, **at)
