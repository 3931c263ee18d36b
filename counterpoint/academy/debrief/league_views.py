"""The ghost league: rounds, one round with its groups, a form to open one, the next day to play."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.debrief import actions, league_days, queries
from counterpoint.academy.models.drill import OVER
from counterpoint.academy.verbs import LEAGUE, LEAGUE_OPEN, LEARN
from counterpoint.foundation.api import DomainError, NotFound, clock, policy, topmost
from counterpoint.ui import reader
from counterpoint.ui.pages import date_in, place_here

WEEKS = 2


@policy.allow(LEAGUE)
def rounds(request: Any) -> HttpResponse:
    """Rounds that hold here, and for who may a form to open one."""
    return _rounds(request)


def _rounds(request: Any, refused: str = "") -> HttpResponse:
    unit, now = place_here(request, LEARN), clock.now()
    zone = ZoneInfo(unit.time_zone)
    rows = [
        {
            "row": row, "name": _name(row), "days": len(row.seeds), "state": _state(row, now),
            "opens": row.opens_at.astimezone(zone), "closes": row.closes_at.astimezone(zone),
        }
        for row in queries.rounds(unit)
    ]  # fmt: skip
    today = unit.date_at(now)
    context = {
        "rows": rows, "may_open": topmost(request.scope, LEAGUE_OPEN) is not None, "refused": refused,
        "keys": list(league_days.names(unit, today, reader.language()).items()),
        "today": today, "until": today + timedelta(weeks=WEEKS), "least": actions.LEAST_SEEDS,
        "most": actions.MOST_SEEDS,
    }  # fmt: skip
    return render(request, "academy/league.html", context, status=422 if refused else 200)


def _name(row: Any) -> str:
    unit = row.org_unit
    return league_days.names(unit, unit.date_at(row.opens_at), reader.language()).get(row.key, row.key)


def _state(row: Any, now: datetime) -> tuple[str, str]:
    if now < row.opens_at:
        return _("not open yet"), "calm"
    return (_("open now"), "info") if now < row.closes_at else (_("is over"), "calm")


@policy.allow(LEAGUE_OPEN)
@require_POST
def open_round(request: Any) -> HttpResponse:
    """Open a round from a first to a last day, both whole."""
    unit = topmost(request.scope, LEAGUE_OPEN)
    if unit is None:
        raise Http404
    zone = ZoneInfo(unit.time_zone)
    first, last = date_in(request.POST.get("first", "")), date_in(request.POST.get("last", ""))
    seeds = request.POST.get("seeds", "")
    if first is None or last is None or not seeds.isdecimal() or len(seeds) > 3:
        return _rounds(request, _("Give the first day, the last day and the number of days."))
    try:
        row = actions.league_open(
            scope=request.scope, unit=unit, key=request.POST.get("key", ""), seeds=int(seeds),
            seed=secrets.randbits(62), opens_at=datetime.combine(first, time(), zone),
            closes_at=datetime.combine(last + timedelta(days=1), time(), zone), now=clock.now(),
        )  # fmt: skip
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        return _rounds(request, refused.message)
    return redirect("academy:league-round", round_id=row.pk)


@policy.allow(LEAGUE)
def one(request: Any, round_id: UUID) -> HttpResponse:
    """One round: the own days, groups of equals, branches."""
    unit, now = place_here(request, LEARN), clock.now()
    try:
        row = queries.round_of(unit, round_id)
    except NotFound as absent:
        raise Http404 from absent
    found = queries.table(request.scope, row)
    zone = ZoneInfo(unit.time_zone)
    own = [(session, regret, session.state == OVER) for _seed, session, regret in found.own]
    opened = row.opens_at <= now < row.closes_at
    context = {
        "row": row, "name": _name(row), "found": found, "own": own, "days": len(row.seeds),
        "left": len(row.seeds) - len(own), "state": _state(row, now), "may_play": opened,
        "running": any(not over for _session, _regret, over in own),
        "opens": row.opens_at.astimezone(zone), "closes": row.closes_at.astimezone(zone),
        "groups": [(n, group, len(group.people), n == found.mine) for n, group in enumerate(found.groups, 1)],
    }  # fmt: skip
    return render(request, "academy/league_round.html", context)


@policy.allow(LEAGUE)
@require_POST
def play(request: Any, round_id: UUID) -> HttpResponse:
    """The caller's next day of the round."""
    try:
        session = actions.league_play(
            scope=request.scope, unit=place_here(request, LEARN), round_id=round_id, now=clock.now(),
            real=clock.SystemClock().now(),
        )  # fmt: skip
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("academy:league-round", round_id=round_id)
    return redirect("academy:drill", session=session.pk)
