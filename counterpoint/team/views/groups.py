"""Virtual teams: mine, forming one, the live board, its end, the archive."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import Colleague, DomainError, NotFound, clock, people_within, policy
from counterpoint.primitives.cases import case_types, timeline
from counterpoint.team import actions, grouping
from counterpoint.team.actions.groups import CARD, FORM
from counterpoint.team.views.frame import units_for
from counterpoint.ui.pages import date_in, done

PAGES, VIEW = "team.group.pages", "team.group.view"
MOST = 200  # people that a form shows at once


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@policy.allow(PAGES)
def home(request: Any) -> HttpResponse:
    """The teams that I belong to or stand above, and the archive."""
    text = request.GET.get("q", "")
    rows = grouping.teams(scope=request.scope, text=text)
    context = {
        "active": [row for row in rows if row.state == "active"],
        "archive": [row for row in rows if row.state != "active"], "text": text,
        "may_form": request.scope.may(FORM),
    }  # fmt: skip
    return render(request, "team/groups.html", context)


def _narrowed(people: Sequence[Colleague], text: str, chosen: Collection[str]) -> list[Colleague]:
    """People by parts of names, staff numbers or branches, any of them; those chosen stay. A whole bank is too many to
    show at once."""
    words = text.lower().split()
    found = [one for one in people if not words or any(word in _about(one) for word in words)]
    kept = [one for one in people if str(one.id) in chosen]
    return list(dict.fromkeys([*kept, *found[:MOST]]))


def _about(one: Colleague) -> str:
    return f"{one.name} {one.staff_no} {one.branch_code}".lower()


@policy.allow(FORM)
def form(request: Any) -> HttpResponse:
    """The form of a new team: under which unit, who, until when."""
    units = units_for(request, FORM)
    if not units:
        raise Http404
    code = request.POST.get("unit") or request.GET.get("unit") or units[0].code
    unit = next((one for one in units if one.code == code), None)
    if unit is None:
        raise Http404
    now = clock.now()
    everybody = people_within(scope=request.scope, path=unit.path, on=unit.date_at(now))
    chosen, text = request.POST.getlist("members"), request.GET.get("q", "")[:80]
    people = _narrowed(everybody, text, {*chosen, request.POST.get("lead", "")})
    context = {"units": units, "unit": unit, "people": people, "given": request.POST, "refused": "", "text": text,
               "chosen": chosen, "more": len(everybody) - len(people)}  # fmt: skip
    if request.method == "POST" and "name" in request.POST:
        try:
            team = actions.group_form(
                scope=request.scope, now=now, above=unit, name=request.POST.get("name", ""),
                purpose=request.POST.get("purpose", ""), goal=request.POST.get("goal", ""),
                ends_on=date_in(request.POST.get("ends_on", "")) or unit.date_at(now),
                lead=_id(request.POST.get("lead", "")), members=[_id(one) for one in request.POST.getlist("members")],
            )  # fmt: skip
            return redirect("team:group", team.pk)
        except DomainError as refused:
            context["refused"] = refused.message
    return render(request, "team/group_form.html", context)


def _board(request: Any, team_id: UUID) -> dict[str, Any]:
    now = clock.now()
    try:
        found = grouping.board(scope=request.scope, team=team_id, now=now)
    except NotFound as absent:
        raise Http404 from absent
    unit = found.team.org_unit
    kind = case_types(unit.date_at(now), unit.rule_pack)[CARD]
    names = {stage.slug: stage.name() for stage in kind.stages}
    return {
        "found": found, "team": found.team, "names": names,
        "columns": [(slug, names[slug], cards) for slug, cards in found.columns],
        "today": unit.date_at(now).isoformat(),
    }  # fmt: skip


@policy.allow(VIEW)
def board(request: Any, team_id: UUID) -> HttpResponse:
    """The team's page; its board follows what the others do."""
    context = _board(request, team_id)
    unit = context["team"].org_unit
    request.live_url = reverse("foundation:live", args=[unit.code])
    if context["found"].may_form:
        people = people_within(scope=request.scope, path=unit.parent.path, on=unit.date_at(clock.now()))
        held = {mate.user for mate in context["found"].mates}
        text = request.GET.get("q", "")[:80]
        context |= {"others": _narrowed([one for one in people if one.id not in held], text, ()), "text": text,
                    "more": len(people) > MOST}  # fmt: skip
    if context["found"].archived:
        context["notes"] = {
            str(card.id): [line for line in timeline(scope=request.scope, case=card.id) if line.text]
            for _slug, _name, cards in context["columns"] for card in cards[:40]
        }  # fmt: skip
    return render(request, "team/group.html", context)


@policy.allow(VIEW)
def columns(request: Any, team_id: UUID) -> HttpResponse:
    """The board alone, for the live page."""
    return render(request, "team/parts/group_board.html", _board(request, team_id))


@policy.allow(VIEW)
@require_POST
def add(request: Any, team_id: UUID) -> HttpResponse:
    """A new card."""
    owner = request.POST.get("owner", "")
    return _act(request, team_id, lambda: actions.card_add(
        scope=request.scope, now=clock.now(), team=team_id, title=request.POST.get("title", "")[:200],
        owner=_id(owner) if owner else None, due_on=date_in(request.POST.get("due", "")),
        key=request.POST.get("idempotency_key", "")[:80],
    ))  # fmt: skip


@policy.allow(VIEW)
@require_POST
def move(request: Any, team_id: UUID, card_id: UUID) -> HttpResponse:
    """A card to another column."""
    return _act(request, team_id, lambda: actions.card_move(
        scope=request.scope, now=clock.now(), card=card_id, column=request.POST.get("column", "")
    ))  # fmt: skip


def _act(request: Any, team_id: UUID, act: Any, message: str = "") -> HttpResponse:
    """Carry it out; htmx gets the board back, a plain form the page."""
    if not request.headers.get("HX-Request"):
        return done(request, act, message or _("Saved."), "team:group", team_id=team_id)
    refused = ""
    try:
        act()
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as error:
        refused = error.message
    return render(request, "team/parts/group_board.html", _board(request, team_id) | {"refused": refused})


@policy.allow(FORM)
@require_POST
def join(request: Any, team_id: UUID) -> HttpResponse:
    """One more member."""
    return _act(request, team_id, lambda: actions.group_join_team(
        scope=request.scope, now=clock.now(), team=team_id, user=_id(request.POST.get("user", ""))
    ))  # fmt: skip


@policy.allow(VIEW)
@require_POST
def leave(request: Any, team_id: UUID) -> HttpResponse:
    """A member goes; who took themselves out lands on the list of teams."""
    user = _id(request.POST.get("user", ""))
    to = {} if user == request.user.pk else {"team_id": team_id}
    return done(request, lambda: actions.group_leave_team(
        scope=request.scope, now=clock.now(), team=team_id, user=user
    ), _("Saved."), "team:group" if to else "team:groups", **to)  # fmt: skip


@policy.allow(FORM)
@require_POST
def prolong(request: Any, team_id: UUID) -> HttpResponse:
    """Another last day."""
    ends = date_in(request.POST.get("ends_on", ""))
    if ends is None:
        raise Http404
    return _act(request, team_id, lambda: actions.group_prolong(
        scope=request.scope, now=clock.now(), team=team_id, ends_on=ends
    ))  # fmt: skip


@policy.allow("team.group.lead")
@require_POST
def dissolve(request: Any, team_id: UUID) -> HttpResponse:
    """The end, with what was learned."""
    return _act(request, team_id, lambda: actions.group_dissolve(
        scope=request.scope, now=clock.now(), team=team_id, lessons=request.POST.get("lessons", "")
    ), _("The team is dissolved; its board stays as an archive."))  # fmt: skip


@policy.allow("team.group.lead")
@require_POST
def lessons(request: Any, team_id: UUID) -> HttpResponse:
    """Lessons after an end by date."""
    return _act(request, team_id, lambda: actions.lessons_write(
        scope=request.scope, now=clock.now(), team=team_id, lessons=request.POST.get("lessons", "")
    ))  # fmt: skip
