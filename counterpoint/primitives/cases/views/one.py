"""One case as a conversation: what happened, who owes what by when, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import NotFound, OrgUnit, clock, files, policy
from counterpoint.primitives import cases as door
from counterpoint.primitives.cases import shown
from counterpoint.primitives.cases.types import CaseType, pinned
from counterpoint.primitives.cases.values import CaseDetail
from counterpoint.primitives.cases.verbs import DESK
from counterpoint.primitives.cases.views import frame
from counterpoint.ui.pages import done

STATES = {"kept": "fine", "missed": "act", "late": "act", "paused": "info", "running": "calm"}
MOST_FILES = 10
FOUND = 12  # cases that a search for another one offers


@policy.allow(DESK)
def case_page(request: Any, case_id: UUID) -> HttpResponse:
    """The whole case."""
    return _page(request, case_id)


def _page(request: Any, case_id: UUID, refused: str = "") -> HttpResponse:
    """The case; with the words that were sent with a refused verb."""
    now = clock.now()
    try:
        detail = door.case(scope=request.scope, case=case_id, now=now)
        told = door.timeline(scope=request.scope, case=case_id)
    except NotFound as absent:
        raise Http404 from absent
    kind = kind_of(detail)
    context = {
        "detail": detail, "case": detail.case, "kind": kind, "now": now, "due": frame.due_of(detail.case, now),
        "clocks": [(c, *_clock(c, now)) for c in detail.clocks if c.cycle == detail.case.cycle],
        "past": [c for c in detail.clocks if c.cycle != detail.case.cycle], "told": told, "step": _step(detail),
        "missing": _missing(kind, detail), "people": frame.people_here(request),
        "milestones": _milestones(kind, detail), "stages": [s for s in kind.stages if s.kind in ("open", "doing")],
        "find": _find(request), "others": _others(request, detail, now),
        "watching": request.scope.actor in dict(detail.watchers),
        "wrote": {refused: request.POST.get("text", "")} if refused else {},
    }  # fmt: skip
    part = request.headers.get("HX-Target") == "conversation"
    template = "primitives/cases/parts/told.html" if part else "primitives/cases/case.html"
    return render(request, template, context, status=422 if refused else 200)


def place_of(detail: CaseDetail) -> OrgUnit:
    """The unit that the case belongs to: a branch, a region, or a group with a board of its own."""
    return OrgUnit.objects.get(code=detail.case.branch)


def kind_of(detail: CaseDetail) -> CaseType:
    """The type as the case keeps it."""
    here = place_of(detail)
    return pinned(detail.case.type, detail.case.version, here.rule_pack, here.path)


def _clock(view: door.ClockView, now: Any) -> tuple[str, str]:
    """How loud a clock is, and its state in words."""
    level = STATES[view.state]
    if view.state == "running":
        due = frame.due_at(view.due_at, now)
        return due.level, due.text
    if view.state == "late":
        return level, frame.due_at(view.due_at, now).text
    words = {"kept": _("kept"), "missed": _("over its time"), "paused": _("paused")}
    return level, words[view.state]


def _step(detail: CaseDetail) -> str:
    """The one next step that the page offers first."""
    first = ("resume", "accept") if detail.case.stage_kind == "open" else ("resume",)
    order = (*first, "verify", "close", "resolve", "accept")
    return next((verb for verb in order if verb in detail.may), "")


def _missing(kind: CaseType, detail: CaseDetail) -> list[Any]:
    """Fields that the next stage demands and nobody has filled in."""
    wanted = ("open", "resolved") if detail.case.stage_kind in ("open", "doing") else ("open", "resolved", "closed")
    empty = {f.slug for f in detail.fields if f.value is None}
    return [f for f in kind.fields if f.required_at in wanted and f.slug in empty]


def _milestones(kind: CaseType, detail: CaseDetail) -> list[tuple[str, str]]:
    """Milestones whose clock still runs."""
    running = {c.clock for c in detail.clocks if c.cycle == detail.case.cycle and c.stopped_at is None}
    usual = {"open", "doing", "resolved", "closed", "dropped"}
    return [(c.stops_at, c.name()) for c in kind.clocks if c.stops_at not in usual and c.slug in running]


def _find(request: Any) -> str:
    """The words by which another case is looked for."""
    return str(request.GET.get("find", "")).strip()[: frame.LONGEST]


def _others(request: Any, detail: CaseDetail, now: Any) -> list[tuple[door.CaseView, bool]]:
    """Cases of the branch of any kind that the words fit and that are not linked yet, each with whether this one can go
    up into it."""
    find = _find(request)
    if not find or not {"link", "merge"} & set(detail.may):
        return []
    here = door.CaseFilter(branch=detail.case.branch, text=find, sort="new", size=FOUND)
    held = {detail.case.id, *(link.case.id for link in detail.links)}
    found = [one for one in door.cases(scope=request.scope, filters=here, now=now).rows if one.id not in held]
    return [(one, _takes(one, detail)) for one in found]


def _takes(one: door.CaseView, detail: CaseDetail) -> bool:
    return "merge" in detail.may and one.type == detail.case.type and one.stage_kind in ("open", "doing")


@policy.allow(DESK)
def deadline(request: Any, case_id: UUID, clock_slug: str) -> HttpResponse:
    """Why a deadline is when it is: every interval that counted, in words."""
    try:
        told = door.explain_deadline(scope=request.scope, case=case_id, clock=clock_slug)
        detail = door.case(scope=request.scope, case=case_id, now=clock.now())
    except NotFound as absent:
        raise Http404 from absent
    lines = [(line, shown.length(line.used), shown.length(line.total)) for line in told.lines]
    context = {"told": told, "case": detail.case, "lines": lines, "allowed": shown.length(told.allowed)}
    return render(request, "primitives/cases/deadline.html", context)


Deed = Callable[[Any, dict[str, Any]], tuple[Callable[[], Any], str]]


def _fields(request: Any) -> dict[str, Any]:
    """Values of the type's fields in a form: those named field-…"""
    return {key[6:]: value for key, value in request.POST.items() if key.startswith("field-")}


def _id(request: Any, name: str) -> UUID:
    try:
        return UUID(str(request.POST.get(name, "")))
    except ValueError as wrong:
        raise Http404 from wrong


def _evidence(request: Any, here: dict[str, Any]) -> list[UUID]:
    """Store what came with the form; the ids for the verb."""
    detail = door.case(**here)
    place = place_of(detail)
    return [
        files.store(scope=request.scope, org_unit=place, name=up.name, content=up.read(), now=here["now"]).pk
        for up in request.FILES.getlist("files")[:MOST_FILES]
    ]


def _deed(request: Any, verb: str, here: dict[str, Any]) -> tuple[Callable[[], Any], str] | None:
    """What a button does, and what the page says afterwards."""
    say = request.POST
    text = str(say.get("text", ""))
    deeds: dict[str, tuple[Callable[[], Any], str]] = {
        "accept": (lambda: door.case_accept(**here), _("Accepted. The case is yours.")),
        "assign": (lambda: door.case_assign(**here, owner=_id(request, "owner")), _("Assigned.")),
        "move": (lambda: door.case_move(**here, stage=say.get("stage", "")), _("Moved.")),
        "milestone": (lambda: door.case_milestone(**here, slug=say.get("slug", "")), _("Noted.")),
        "fields": (lambda: door.case_fields(**here, fields=_fields(request)), _("Saved.")),
        "level": (lambda: door.case_level(**here, level=say.get("level", ""), reason=text), _("Level noted.")),
        "pause": (lambda: door.case_pause(**here, reason=say.get("reason", "")), _("Paused.")),
        "resume": (lambda: door.case_resume(**here), _("The clocks run again.")),
        "resolve": (
            lambda: door.case_resolve(
                **here, fields=_fields(request), text=text, files=_evidence(request, here)
            ),
            _("Resolved."),
        ),
        "verify": (
            lambda: door.case_verify(**here, passed=say.get("passed") == "1", text=text), _("Your check is noted."),
        ),
        "close": (lambda: door.case_close(**here, fields=_fields(request)), _("Closed.")),
        "drop": (lambda: door.case_drop(**here, reason=text), _("Dropped.")),
        "reopen": (lambda: door.case_reopen(**here, reason=text), _("Open again, with new deadlines.")),
        "comment": (
            lambda: door.case_comment(
                **here, text=text, files=_evidence(request, here), key=str(say.get("idempotency_key", ""))[:120]
            ),
            _("Added."),
        ),
        "watch": (lambda: door.case_watch(**here, on=say.get("on") == "1"), _("Noted.")),
        "link": (lambda: door.case_link(**here, other=_id(request, "other")), _("Linked.")),
        "unlink": (lambda: door.case_unlink(**here, other=_id(request, "other")), _("No longer linked.")),
        "adopt": (lambda: door.case_adopt(**here), _("The present rules hold; the deadlines were computed anew.")),
        "merge": (lambda: door.case_merge(**here, into=_id(request, "other")), _("Merged.")),
        "involve": (
            lambda: door.case_involve(**here, people=[_uuid(p) for p in say.getlist("people")]), _("Saved."),
        ),
    }  # fmt: skip
    return deeds.get(verb)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Http404 from wrong


@require_POST
@policy.allow(DESK)
def case_deed(request: Any, case_id: UUID, verb: str) -> HttpResponse:
    """One verb on one case."""
    found = _deed(request, verb, {"scope": request.scope, "case": case_id, "now": clock.now()})
    if found is None:
        raise Http404
    act, message = found
    again = (lambda: _page(request, case_id, verb)) if request.POST.get("text", "").strip() else None
    return done(request, act, message, "primitives:case", again, case_id=case_id)
