"""The rectification report: written on a page, read as PDF, decided by the region; the board of statistics; lessons."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, policy
from counterpoint.service import api, names, printing, shown
from counterpoint.service.actions.reporting import template
from counterpoint.service.actions.taking import kind_of
from counterpoint.service.known import facts_of
from counterpoint.service.models import Report
from counterpoint.service.queries.complaints import Whole, lesson_requests, whole
from counterpoint.service.queries.counting import counted
from counterpoint.service.queries.reports import reports
from counterpoint.service.rules.reports import GAP, Template, filled, refreshed
from counterpoint.service.verbs import DECIDE_REPORT, LESSONS, STATS, USE, WRITE_REPORT
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import PDF, download


def _seen(request: Any, complaint_id: UUID) -> tuple[Whole, Report]:
    try:
        seen = whole(scope=request.scope, complaint=complaint_id, now=clock.now())
    except NotFound as absent:
        raise Http404 from absent
    if seen.report is None:
        raise Http404
    return seen, seen.report


def _texts(request: Any) -> dict[str, str]:
    return {name.removeprefix("section-"): value for name, value in request.POST.items() if name.startswith("section-")}


@policy.allow(WRITE_REPORT)
@require_POST
def start(request: Any, complaint_id: UUID) -> HttpResponse:
    """Start the report with the facts of the case, or open the one there is."""
    try:
        api.report_start(scope=request.scope, complaint=complaint_id, now=clock.now(), language=request.LANGUAGE_CODE)
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("service:complaint", complaint_id=complaint_id)
    return redirect("service:report", complaint_id=complaint_id)


@policy.allow(USE)
def report(request: Any, complaint_id: UUID) -> HttpResponse:
    """The report: a form while it may be written, its text otherwise."""
    if request.method == "POST":
        refused = _written(request, complaint_id)
        return (
            _page(request, complaint_id, refused) if refused else redirect("service:report", complaint_id=complaint_id)
        )
    return _page(request, complaint_id)


def _page(request: Any, complaint_id: UUID, refused: str = "") -> HttpResponse:
    """The report's page; after a refusal with what was written, so that nothing is lost with it."""
    seen, found = _seen(request, complaint_id)
    scope, path = request.scope, seen.row.org_path
    if not seen.readable and not scope.may(DECIDE_REPORT, path):
        raise Http404
    form = template(found, seen.row.org_unit)
    mine = _texts(request) if refused else {}
    may_write = scope.may(WRITE_REPORT, path) and found.state in ("draft", "returned")
    texts = {**_by_now(scope, seen, found.texts, form, request.LANGUAGE_CODE), **mine} if may_write else found.texts
    sections = [(s.slug, s.name(request.LANGUAGE_CODE), texts.get(s.slug, "")) for s in form.sections]
    words, level = names.REPORT_STATES[found.state]
    context = {
        "seen": seen, "report": found, "sections": sections, "state": words, "level": level,
        "title": form.name(request.LANGUAGE_CODE),
        "may_write": may_write, "refused": refused,
        "unsaved": [] if may_write else [(name, mine[slug]) for slug, name, _t in sections if mine.get(slug)],
        "reason": request.POST.get("reason", ""),
        "may_decide": scope.may(DECIDE_REPORT, path) and found.state == "submitted",
    }  # fmt: skip
    return render(request, "service/report.html", context, status=422 if refused else 200)


def _by_now(scope: Any, seen: Whole, texts: dict[str, str], form: Template, language: str) -> dict[str, str]:
    """The sections with the gaps filled that the case has come to know since; what somebody changed stays."""
    if not any(GAP in text for text in texts.values()):
        return texts
    fresh = filled(form, facts_of(scope, seen.row, seen.detail), language)
    return {slug: refreshed(text, fresh.get(slug, text)) for slug, text in texts.items()}


def _written(request: Any, complaint_id: UUID) -> str:
    """Do what was asked; why not, when it was refused."""
    here = {"scope": request.scope, "complaint": complaint_id, "now": clock.now()}
    operation = request.POST.get("operation", "save")
    try:
        if operation == "submit":
            api.report_submit(**here, texts=_texts(request))
        elif operation in ("accept", "return"):
            api.report_decide(**here, accepted=operation == "accept", reason=request.POST.get("reason", ""))
        else:
            api.report_save(**here, texts=_texts(request))
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        if operation == "submit":  # what was written is not lost with the refusal
            _kept(here, request)
        return str(refused.message)
    return ""


def _kept(here: dict[str, Any], request: Any) -> None:
    try:
        api.report_save(**here, texts=_texts(request))
    except DomainError:
        return


@policy.allow(USE)
def report_pdf(request: Any, complaint_id: UUID) -> HttpResponse:
    """The report on paper."""
    seen, found = _seen(request, complaint_id)
    if not seen.readable and not request.scope.may(DECIDE_REPORT, seen.row.org_path):
        raise Http404
    content = printing.report_pdf(seen, found, request.LANGUAGE_CODE)
    return download(content, f"report-{seen.detail.case.label}.pdf", PDF)


@policy.allow(DECIDE_REPORT)
def waiting(request: Any) -> HttpResponse:
    """Reports of the branches below that wait for a decision, or were decided."""
    if not request.branch:
        raise Http404
    now, state = clock.now(), request.GET.get("state", "submitted")
    state = state if state in ("submitted", "returned", "accepted") else "submitted"
    found = reports(scope=request.scope, state=state, now=now)
    labels = (("submitted", _("Waiting for a decision")), ("returned", _("Returned")), ("accepted", _("Accepted")))
    context = {
        "state": state, "tabs": [(slug, label, f"?state={slug}") for slug, label in labels], "total": found.total,
        "table": shown.reports(found.rows, kind_of(request.branch, now), state),
    }  # fmt: skip
    return render(request, "service/reports.html", context)


def _period(request: Any, today: date) -> tuple[date, date]:
    """From and until of the address, the last twelve months without; swapped ones are put right."""

    def given(name: str) -> date | None:
        try:
            return parse_date(request.GET.get(name, ""))
        except ValueError:
            return None

    since, until = given("since") or today - timedelta(days=364), given("until") or today
    return (since, until) if since <= until else (until, since)


@policy.allow(STATS)
def statistics(request: Any) -> HttpResponse:
    """Where complaints come from, how many were in time, and how sure these figures are."""
    if not request.branch:
        raise Http404
    now = clock.now()
    since, until = _period(request, request.branch.date_at(now))
    everywhere = request.GET.get("all") == "1" and len(request.branches) > 1
    found = counted(scope=request.scope, branch=None if everywhere else request.branch, since=since, until=until)
    kind = kind_of(request.branch, now)
    context = {
        "found": found, "everywhere": everywhere, "many": len(request.branches) > 1, "shown": shown,
        "stats": [
            (_("Share in time"), shown.percent(found.on_time), shown.sample(found.on_time)),
            (_("Customer accepts"), shown.percent(found.satisfied), shown.sample(found.satisfied)),
            (_("Repeated within 30 days"), shown.percent(found.repeated), shown.sample(found.repeated)),
            (_("Proposed level kept"), shown.percent(found.agreed), shown.sample(found.agreed)),
        ],
        "pareto": shown.pareto(found, kind), "months": shown.months(found, kind), "tables": _tables(found, kind),
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "service/statistics.html", context)


def _tables(found: Any, kind: Any) -> list[Any]:
    return [
        shown.groups("causes", _("Root cause"), found.by_cause, lambda k: kind.said("root_cause", k)),
        shown.groups("categories", _("Category"), found.by_category, lambda k: kind.said("category", k)),
        shown.groups("levels", _("Level"), found.by_level, lambda k: kind.said("level", k)),
        shown.groups("channels", _("Channel"), found.by_channel, lambda k: kind.said("channel", k)),
    ]


@policy.allow(STATS)
def statistics_excel(request: Any) -> HttpResponse:
    """The same as Excel, a sheet a table."""
    if not request.branch:
        raise Http404
    now = clock.now()
    since, until = _period(request, request.branch.date_at(now))
    everywhere = request.GET.get("all") == "1"
    found = counted(scope=request.scope, branch=None if everywhere else request.branch, since=since, until=until)
    sheets = [
        Sheet(
            str(table.caption), [str(column.label) for column in table.columns],
            [[cell.text for _column, cell in line] for line in table.lines()], note=f"{since} – {until}",
        )
        for table in _tables(found, kind_of(request.branch, now))
    ]  # fmt: skip
    return download(workbook(sheets), "complaint-statistics.xlsx")


@policy.allow(LESSONS)
def lessons(request: Any) -> HttpResponse:
    """What training is asked to make of closed complaints."""
    if not request.branch:
        raise Http404
    state = request.GET.get("state", "asked")
    state = state if state in names.LESSON_STATES else "asked"
    kind = kind_of(request.branch, clock.now())
    rows = [
        (
            one, kind.said("level", one.level), kind.said("category", one.category),
            kind.said("root_cause", one.cause),
        )
        for one in lesson_requests(scope=request.scope, state=state)
    ]  # fmt: skip
    tabs = [(slug, words, f"?state={slug}") for slug, (words, _level) in names.LESSON_STATES.items()]
    return render(request, "service/lessons.html", {"rows": rows, "tabs": tabs, "state": state})


@policy.allow(USE)
def poster(request: Any) -> HttpResponse:
    """The poster for the hall with the branch's code, as PDF."""
    if not request.branch:
        raise Http404
    url = request.build_absolute_uri(reverse("complain:form", args=[request.branch.code]))
    content = printing.poster_pdf(request.branch.name, url)
    return download(content, f"complaint-poster-{request.branch.code}.pdf", PDF)
