"""Disputes: mine, raising one, one with its ladder and precedents, and what its parties and deciders do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, OrgUnit, clock, colleagues, policy
from counterpoint.primitives.cases import case_comment, case_types
from counterpoint.team import actions, disputing
from counterpoint.team.actions.disputes import LEVELS, TYPE
from counterpoint.team.views.frame import opened, units_for
from counterpoint.ui.pages import done

OPEN = "team.dispute.open"
TITLES = 200


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _words(request: Any) -> dict[str, dict[str, str]]:
    """Names of topics, decisions and levels by slug."""
    branch = request.branch
    pack = branch.rule_pack if branch else "cn"
    day = branch.date_at(clock.now()) if branch else clock.now().date()
    kind = case_types(day, pack)[TYPE]
    choices = {slug: kind.field(slug) for slug in ("topic", "decision")}
    words = {slug: {c.slug: c.name() for c in field.choices} for slug, field in choices.items() if field}
    return words | {"level": {level.slug: level.name() for level in kind.levels}}


@policy.allow(OPEN)
def home(request: Any) -> HttpResponse:
    """My disputes, those I may see, and how they go."""
    now = clock.now()
    words = _words(request)
    context: dict[str, Any] = {"mine": disputing.my_disputes(scope=request.scope, now=now), "words": words, "now": now}
    if request.scope.may(disputing.VIEW):
        held = {row.id for row in context["mine"]}
        others = disputing.open_disputes(scope=request.scope, now=now)
        found = disputing.statistics(scope=request.scope, now=now)
        context |= {
            "others": [row for row in others if row.id not in held], "found": found,
            "levels": [(words["level"].get(k, k), n) for k, n in found.by_level],
            "topics": [(words["topic"].get(k, k), n) for k, n in found.by_topic],
            "decisions": [(words["decision"].get(k, k), n) for k, n in found.by_decision],
        }  # fmt: skip
    return render(request, "team/disputes.html", context)


@policy.allow(OPEN)
def raise_one(request: Any) -> HttpResponse:
    """The form: with whom, about what, in a few words. Who reaches several units says where the other side works."""
    opened(request)
    now, units = clock.now(), units_for(request, OPEN)
    branch = _chosen(request, units)
    known = colleagues(scope=request.scope, org_unit=branch, on=branch.date_at(now))
    people = [one for one in known if one.id != request.user.pk]
    context = {
        "units": units,
        "unit": branch,
        "people": people,
        "words": _words(request),
        "given": request.POST,
        "refused": "",
    }
    if request.method == "POST" and "title" in request.POST:
        try:
            view = actions.dispute_open(
                scope=request.scope, now=now, branch=branch,
                respondent=_person(request.POST.get("person", "")), topic=request.POST.get("topic", ""),
                title=request.POST.get("title", "")[:TITLES], text=request.POST.get("text", ""),
                rule=request.POST.get("rule", ""), key=request.POST.get("idempotency_key", "")[:80],
            )  # fmt: skip
            return redirect("team:dispute", view.id)
        except DomainError as refused:
            context["refused"] = refused.message
    return render(request, "team/dispute_raise.html", context)


def _chosen(request: Any, units: list[OrgUnit]) -> OrgUnit:
    """The unit that the form names, else the caller's branch."""
    code = request.POST.get("unit") or request.GET.get("unit") or request.branch.code
    unit = next((one for one in units if one.code == code), None)
    if unit is None:
        raise Http404
    return unit


@policy.allow("team.dispute.view")
def search(request: Any) -> HttpResponse:
    """Closed disputes by their point."""
    text = request.GET.get("q", "")
    found = disputing.find(scope=request.scope, text=text, now=clock.now(), most=20) if text else []
    context = {"found": found, "text": text, "words": _words(request)}
    return render(request, "team/dispute_precedents.html", context)


@policy.allow(OPEN)
def one(request: Any, dispute_id: UUID) -> HttpResponse:
    """One dispute: who, the ladder, the story, what was decided before, and what the reader may do."""
    try:
        found = disputing.dispute(scope=request.scope, dispute=dispute_id, now=clock.now())
    except NotFound as absent:
        raise Http404 from absent
    view, may = found.detail.case, found.detail.may
    direct = view.level == LEVELS[0]
    running = view.stage_kind in ("open", "doing")
    waits = view.stage_kind == "resolved" and not found.detail.verified
    fixer = next((line.actor for line in reversed(found.story) if line.kind == "resolved"), None)
    words = _words(request)
    context = {
        "found": found, "view": view, "words": words, "direct": direct, "running": running, "waits": waits,
        "ladder": [
            (words["level"][level], next((s for s in found.steps if s.level == level), None)) for level in LEVELS
        ],
        "may_settle": running and "resolve" in may,
        "may_confirm": waits and request.user.pk != fixer and (found.party if direct else "verify" in may),
        "may_climb": (running or waits) and view.level != LEVELS[-1]
        and (found.party or view.owner == request.user.pk or request.scope.may("team.dispute.manage")),
        "clock": next((c for c in found.detail.clocks if c.stopped_at is None), None),
        "decisions": [(k, v) for k, v in words["decision"].items() if (k == "agreed") == direct],
        "told": {f.slug: f.shown for f in found.detail.fields},
    }  # fmt: skip
    return render(request, "team/dispute.html", context)


@policy.allow(OPEN)
@require_POST
def comment(request: Any, dispute_id: UUID) -> HttpResponse:
    """Say something about it."""
    text = request.POST.get("text", "")
    return _act(request, dispute_id, lambda: case_comment(
        scope=request.scope, case=dispute_id, now=clock.now(), text=text,
        key=request.POST.get("idempotency_key", "")[:80],
    ), _("Written down."))  # fmt: skip


@policy.allow(OPEN)
@require_POST
def settle(request: Any, dispute_id: UUID) -> HttpResponse:
    """What was agreed or decided, with its reasons."""
    given = {name: request.POST.get(name, "") for name in ("decision", "reasons", "holding")}
    return _act(request, dispute_id, lambda: actions.dispute_settle(
        scope=request.scope, now=clock.now(), dispute=dispute_id, **given
    ), _("Written down. It is closed when the other side confirms it."))  # fmt: skip


@policy.allow(OPEN)
@require_POST
def confirm(request: Any, dispute_id: UUID) -> HttpResponse:
    """Agree, or not."""
    agreed = request.POST.get("answer") == "yes"
    return _act(request, dispute_id, lambda: actions.dispute_confirm(
        scope=request.scope, now=clock.now(), dispute=dispute_id, agreed=agreed
    ), _("The dispute is closed.") if agreed else _("The dispute goes on."))  # fmt: skip


@policy.allow(OPEN)
@require_POST
def climb(request: Any, dispute_id: UUID) -> HttpResponse:
    """Pass it up."""
    return _act(request, dispute_id, lambda: actions.dispute_climb(
        scope=request.scope, now=clock.now(), dispute=dispute_id
    ), _("Passed on to the next level."))  # fmt: skip


def _act(request: Any, dispute_id: UUID, act: Any, message: str) -> HttpResponse:
    return done(request, act, message, "team:dispute", dispute_id=dispute_id)
