"""Pages of complaints for colleagues: the board, taking one in, one complaint, what a person decides."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, clock, colleagues, files, policy
from counterpoint.primitives import cases
from counterpoint.service import api, forms, names, shown
from counterpoint.service.actions.taking import kind_of
from counterpoint.service.entry import TYPE
from counterpoint.service.errors import KeyTaken
from counterpoint.service.queries.complaints import board, next_step, photo, whole
from counterpoint.service.rules import mail
from counterpoint.service.verbs import DECIDE_REPORT, ERASE, EXTEND, MANAGE, OPEN, USE, WRITE_REPORT
from counterpoint.ui import reader
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import download, number_in


def _filter(request: Any, size: int = 50) -> cases.CaseFilter:
    """What the address asks for: which, level, branch, words, page."""
    which = request.GET.get("which", "unfinished")
    ask = request.GET
    return cases.CaseFilter(
        type=TYPE, stage={"closed": "closed", "all": ""}.get(which, "unfinished"), late=which == "late",
        level=ask.get("level", ""), branch=ask.get("at", ""), text=ask.get("q", "")[:80],
        sort="new" if which in ("closed", "all") else "due", page=number_in(ask.get("page", "")), size=size,
    )  # fmt: skip


@policy.allow(USE)
def overview(request: Any) -> HttpResponse:
    """The board: worst first."""
    if not request.branch:
        raise Http404
    now = clock.now()
    page = board(scope=request.scope, filters=_filter(request), now=now)
    kind, which = kind_of(request.branch, now), request.GET.get("which", "unfinished")
    labels = (("unfinished", _("Open ones")), ("late", _("Overdue")), ("closed", _("Closed")), ("all", _("All")))
    tabs = [(slug, label, f"?which={slug}") for slug, label in labels]
    context = {
        "page": page, "tabs": tabs, "which": which, "may_take": request.scope.may(OPEN),
        "table": shown.board(page.rows, kind, branches=len(request.branches) > 1, excel=f"export.xlsx?which={which}"),
    }  # fmt: skip
    return render(request, "service/complaints.html", context)


@policy.allow(USE)
def export(request: Any) -> HttpResponse:
    """The same list as Excel, without a word of a customer."""
    if not request.branch:
        raise Http404
    now = clock.now()
    page = board(scope=request.scope, filters=_filter(request, 2000), now=now)
    table = shown.board(page.rows, kind_of(request.branch, now), branches=True)
    rows = [[cell.text for _column, cell in line] for line in table.lines()]
    sheet = Sheet(str(table.caption), [str(column.label) for column in table.columns], rows)
    return download(workbook([sheet]), "complaints.xlsx")


@policy.allow(OPEN)
def take(request: Any) -> HttpResponse:
    """Fast entry: the words, then Ctrl+Enter."""
    if not request.branch:
        raise Http404
    now = clock.now()
    kind = kind_of(request.branch, now)
    people = [
        (str(one.id), one.name)
        for one in colleagues(scope=request.scope, org_unit=request.branch, on=request.branch.date_at(now))
    ]
    start = {"channel": request.GET.get("channel", "counter")}
    form = forms.IntakeForm(kind, people, request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            taken = _take(request, form.cleaned_data, now)
        except KeyTaken as before:
            messages.error(request, before.message)
            return render(request, "service/take.html", {"form": form, "key": ""}, status=before.status)
        except DomainError as refused:
            messages.error(request, refused.message)
        else:
            return redirect("service:complaint", complaint_id=taken.id)
    status = 422 if request.method == "POST" else 200
    key = request.POST.get("idempotency_key", "")
    return render(request, "service/take.html", {"form": form, "key": key}, status=status)


def _take(request: Any, data: dict[str, Any], now: Any) -> api.Taken:
    intake = api.Intake(
        channel=data["channel"], text=data["text"], contact=data["contact"], happened_on=data["happened_on"],
        level=data["level"], category=data["category"], involved=tuple(UUID(one) for one in data["involved"]),
        amount=data["amount"], language=request.LANGUAGE_CODE,
    )  # fmt: skip
    key = f"{request.scope.actor}:{request.POST.get('idempotency_key') or now.isoformat()}"
    return api.complaint_take(scope=request.scope, org_unit=request.branch, intake=intake, key=key, now=now)


@policy.allow(OPEN)
@require_POST
def take_mail(request: Any) -> HttpResponse:
    """A forwarded e-mail as an .eml file: its innermost message becomes the complaint."""
    sent = request.FILES.get("mail")
    now = clock.now()
    if not request.branch or sent is None or sent.size > mail.LIMIT:
        messages.error(request, _("Choose the e-mail as an .eml file of at most 2 MB."))
        return redirect("service:take")
    try:
        found = mail.parse(sent.read())
        intake = api.Intake(channel="email", text=found.text, contact=found.contact, language=request.LANGUAGE_CODE)
        taken = api.complaint_take(
            scope=request.scope, org_unit=request.branch, intake=intake, key=f"mail:{found.key}", now=now
        )
    except mail.Unreadable:
        messages.error(request, _("This file is no e-mail with a text. Save the mail as .eml and try again."))
        return redirect("service:take")
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("service:take")
    if found.cut:
        words = _("The mail is longer than %(count)s letters; the rest was left out. Keep the mail.")
        messages.warning(request, words % {"count": mail.LENGTH})
    if found.garbled:
        messages.warning(request, _("Some letters of the mail could not be read. Compare it with the mail itself."))
    return redirect("service:complaint", complaint_id=taken.id)


@policy.allow(USE)
def complaint(request: Any, complaint_id: UUID) -> HttpResponse:
    """One complaint: clocks, next step, the customer's words, the proposal, report, legal time, lessons, calls."""
    return _page(request, complaint_id)


def _page(request: Any, complaint_id: UUID, refused: str = "") -> HttpResponse:
    """The complaint; with the words that were sent with a refused decision."""
    now = clock.now()
    seen = _seen(request, complaint_id, now)
    words = request.POST.get("remedy", "") or request.POST.get("reason", "")
    context = _context(request, seen, now) | {"wrote": {refused: words} if refused else {}}
    return render(request, "service/complaint.html", context, status=422 if refused else 200)


def _seen(request: Any, complaint_id: UUID, now: Any) -> Any:
    try:
        return whole(scope=request.scope, complaint=complaint_id, now=now)
    except NotFound as absent:
        raise Http404 from absent


def _context(request: Any, seen: Any, now: Any) -> dict[str, Any]:
    row, detail = seen.row, seen.detail
    kind = kind_of(row.org_unit, now)
    scope, path, view = request.scope, row.org_path, detail.case
    extending = next((one for one in seen.extensions if one.state == "asked"), None)
    running = {clock.clock for clock in detail.clocks if clock.cycle == view.cycle and clock.stopped_at is None}
    stops = {c.slug: c.stops_at for c in kind.clocks}
    milestones = [
        (slug, label)
        for slug, label in names.MILESTONES.items()
        if any(stops.get(clock) == slug for clock in running) and (slug != "answered" or view.stage_kind != "open")
    ]
    return {
        "seen": seen, "row": row, "detail": detail, "view": view, "kind": kind, "may": detail.may,
        "clocks": shown.clocks(seen), "level": shown.loud(view.level, kind),
        "proposed": kind.said("level", row.proposed_level), "spread": shown.spread(seen, kind),
        "signals": _signals(row, now), "levels": forms.levels(kind), "causes": forms.choices(kind, "root_cause"),
        "category": kind.said("category", row.category),
        "cause": kind.said("root_cause", row.cause),
        "channel": kind.said("channel", row.channel),
        "step": next_step(view, confirmed=row.confirmed_at is not None), "milestones": milestones,
        "report_state": names.REPORT_STATES.get(seen.report.state) if seen.report else None,
        "may_report": scope.may(WRITE_REPORT, path), "may_decide": scope.may(DECIDE_REPORT, path),
        "may_extend": scope.may(EXTEND, path), "extending": extending, "next_days": _next_days(seen, now),
        "may_manage": scope.may(MANAGE, path), "may_erase": scope.may(ERASE, path),
        "lesson_states": names.LESSON_STATES, "outcomes": names.OUTCOMES.items(),
        "told": cases.timeline(scope=scope, case=row.case),
        "receipt_url": reverse("complain:receipt", args=[row.receipt]),
        "legal_day": shown.last_day(row.legal_due_at) if row.legal_due_at else None,
    }  # fmt: skip


def _signals(row: Any, now: Any) -> list[str]:

    from counterpoint.service import catalogue

    known = {one.key: one for one in catalogue.signals(row.org_unit.date_at(now), row.org_unit.rule_pack, row.org_path)}
    return [known[key].name(reader.language()) for key in row.signals if key in known]


def _next_days(seen: Any, now: Any) -> int | None:
    """The legal time that may be asked for next; None where there is none or one is asked for."""
    from counterpoint.service import catalogue

    branch = seen.row.org_unit
    allowed = catalogue.rules(branch, now).extensions
    granted = max((one.days for one in seen.extensions if one.state == "granted"), default=0)
    if any(one.state == "asked" for one in seen.extensions):
        return None
    return next((days for days in allowed if days > granted), None)


@policy.allow(USE)
def complaint_photo(request: Any, complaint_id: UUID, file_id: UUID) -> Any:
    """A photo that came with the complaint, for a reader of the words."""
    try:
        stored = photo(scope=request.scope, complaint=complaint_id, file=file_id, now=clock.now())
        content = files.read(stored)
    except (NotFound, files.UnsafeFile, OSError) as absent:
        raise Http404 from absent
    from io import BytesIO

    return FileResponse(BytesIO(content), content_type=stored.media_type)


Deed = Callable[[Any, dict[str, Any], UUID], Any]


def _case(verb: Callable[..., Any], **fixed: Any) -> Deed:
    """A verb of cases on the complaint's case."""

    def do(_request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
        row = whole(**here, complaint=complaint_id).row
        verb(**here, case=row.case, **fixed)

    return do


def _milestone(request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
    row = whole(**here, complaint=complaint_id).row
    cases.case_milestone(**here, case=row.case, slug=request.POST.get("slug", ""))


def _resolve(request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
    row = whole(**here, complaint=complaint_id).row
    fields = {slug: request.POST.get(slug, "") for slug in ("root_cause", "remedy")}
    cases.case_resolve(**here, case=row.case, fields=fields)


def _close(request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
    row = whole(**here, complaint=complaint_id).row
    cases.case_close(**here, case=row.case, fields={"satisfied": request.POST.get("satisfied", "")})


def _reopen(request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
    row = whole(**here, complaint=complaint_id).row
    cases.case_reopen(**here, case=row.case, reason=request.POST.get("reason", ""))


def _confirm(request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
    view = api.level_confirm(
        **here, complaint=complaint_id, level=request.POST.get("level", ""), reason=request.POST.get("reason", "")
    )
    if view.level != request.POST.get("level"):
        messages.info(request, _("Proposed. A second person has to confirm the lower level."))


def _extend(request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
    days = number_in(request.POST.get("days", ""), otherwise=0)
    api.extension_ask(**here, complaint=complaint_id, days=days, reason=request.POST.get("reason", ""))


def _decide_extension(request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
    api.extension_decide(**here, complaint=complaint_id, granted=request.POST.get("decision") == "grant")


def _decline_lesson(request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
    api.lesson_decline(**here, complaint=complaint_id, reason=request.POST.get("reason", ""))


def _call(request: Any, here: dict[str, Any], complaint_id: UUID) -> None:
    whole(**here, complaint=complaint_id)
    try:
        callback = UUID(request.POST.get("callback", ""))
    except ValueError as wrong:
        raise Http404 from wrong
    api.callback_record(**here, callback=callback, outcome=request.POST.get("outcome", ""))


DEEDS: dict[str, Deed] = {
    "confirm": _confirm, "accept": _case(cases.case_accept), "milestone": _milestone, "resolve": _resolve,
    "verify": _case(cases.case_verify, passed=True), "refuse": _case(cases.case_verify, passed=False),
    "close": _close, "reopen": _reopen, "extend": _extend, "extension": _decide_extension,
    "lesson": _decline_lesson, "call": _call,
}  # fmt: skip


@policy.allow(USE)
@require_POST
def deed(request: Any, complaint_id: UUID, name: str) -> HttpResponse:
    """One decision; back to the complaint with what was refused."""
    if name not in DEEDS:
        raise Http404
    here = {"scope": request.scope, "now": clock.now()}
    try:
        DEEDS[name](request, here, complaint_id)
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return _page(request, complaint_id, name)
    return redirect("service:complaint", complaint_id=complaint_id)
