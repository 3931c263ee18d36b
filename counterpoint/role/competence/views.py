"""Pages of competence: the own, a person's and the team's for leaders, and the form of an observation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, OrgUnit, clock, colleagues, policy
from counterpoint.role.competence import actions, queries, shown
from counterpoint.role.competence.kinds import DIMENSION_NAMES, DIMENSIONS
from counterpoint.role.verbs import COMPETENCE, OBSERVE, TEAM
from counterpoint.ui import reader
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import branch_here, done, download, number_in, place_here


@policy.allow(COMPETENCE)
def own(request: Any) -> HttpResponse:
    """Where I stand, why, and what to do next."""
    unit, now = place_here(request, COMPETENCE), clock.now()
    try:
        profile = queries.own_profile(scope=request.scope, unit=unit, now=now)
    except NotFound as absent:
        raise Http404 from absent
    return _person(request, unit, profile)


@policy.allow(TEAM)
def person(request: Any, user_id: UUID) -> HttpResponse:
    """Where somebody of the branch stands, for the leaders; never what was answered in a lesson."""
    unit, now = branch_here(request), clock.now()
    try:
        profile = queries.profile_of(scope=request.scope, unit=unit, user=user_id, now=now)
    except NotFound as absent:
        raise Http404 from absent
    return _person(request, unit, profile)


def _person(request: Any, unit: OrgUnit, profile: queries.Profile) -> HttpResponse:
    mine = profile.person.id == request.scope.actor
    ways = queries.way(scope=request.scope, unit=unit, profile=profile) if profile.gaps else []
    dimensions = [
        {"key": key, "name": DIMENSION_NAMES[key], "points": round(profile.dimensions[key]),
         "rows": shown.rows(request.scope, profile, key)}
        for key in DIMENSIONS
    ]  # fmt: skip
    needed = [one for one in profile.standings if one.need]
    context = {
        "mine": mine, "person": profile.person, "post": shown.post_name(profile.post), "unit": unit,
        "total": None if profile.total is None else round(profile.total), "picture": shown.picture(profile),
        "dimensions": dimensions, "steps": shown.steps(ways, profile), "limits": shown.LIMITS,
        "needed": len(needed), "reached": sum(not one.missing for one in needed),
        "any": any(one.proofs for one in profile.standings), "others": _others(request, unit) if mine else [],
        "may_observe": request.scope.may(OBSERVE, unit.path) and unit.kind == OrgUnit.Kind.BRANCH,
    }  # fmt: skip
    return render(request, "role/competence.html", context)


def _others(request: Any, unit: OrgUnit) -> list[Any]:
    if not request.scope.may(OBSERVE, unit.path) or unit.kind != OrgUnit.Kind.BRANCH:
        return []
    found = colleagues(scope=request.scope, org_unit=unit, on=unit.date_at(clock.now()))
    return [one for one in found if one.id != request.scope.actor]


@policy.allow(TEAM)
def team(request: Any) -> HttpResponse:
    """People by competencies: needed and shown levels, what is about to fall."""
    unit = branch_here(request)
    found = queries.team(scope=request.scope, unit=unit, now=clock.now())
    if request.GET.get("as") == "xlsx":
        return _excel(unit, found)
    rows = [
        {"person": one.person, "post": shown.post_name(one.post), "cells": shown.cells(one),
         "missing": sum(bool(row.missing) for row in one.standings),
         "total": None if one.total is None else round(one.total)}
        for one in found
    ]  # fmt: skip
    columns = [one.competency.name(reader.language()) for one in found[0].standings] if found else []
    falling = [(one.person, cell) for one in found for row, cell in zip(one.standings, shown.cells(one), strict=True)
               if row.falls is not None and row.need]  # fmt: skip
    holes = [
        (columns[at], sum(bool(one.standings[at].missing) for one in found))
        for at in range(len(columns)) if any(one.standings[at].missing for one in found)
    ]  # fmt: skip
    context = {
        "rows": rows, "columns": columns, "falling": falling, "unit": unit,
        "holes": sorted(holes, key=lambda pair: -pair[1])[:5],
    }  # fmt: skip
    return render(request, "role/competence_team.html", context)


def _excel(unit: OrgUnit, found: list[queries.Profile]) -> HttpResponse:
    heads = [_("Person"), _("Staff number"), _("Post"), _("Competency"), _("Dimension"), _("Needed"), _("Shown"),
             _("Points"), _("Low"), _("High"), _("Remark")]  # fmt: skip
    body = [
        [one.person.name, one.person.staff_no, shown.post_name(one.post), row.competency.name(reader.language()),
         str(DIMENSION_NAMES[row.competency.dimension]), row.need or None, row.estimate.level,
         round(row.estimate.value, 1), round(row.estimate.low, 1), round(row.estimate.high, 1),
         shown.falls(row) or shown.history(row)]
        for one in found for row in one.standings
    ]  # fmt: skip
    day = unit.date_at(clock.now()).isoformat()
    title = _("What the team can do")
    sheet = Sheet(title, heads, body, title=f"{title} · {unit.name}", note=day)
    return download(workbook([sheet]), f"competence-{unit.code}-{day}.xlsx")


@policy.allow(OBSERVE)
def observe(request: Any, user_id: UUID) -> HttpResponse:
    """Mark a colleague or oneself by what was seen."""
    unit, now = branch_here(request), clock.now()
    people = colleagues(scope=request.scope, org_unit=unit, on=unit.date_at(now))
    seen = next((one for one in people if one.id == user_id), None)
    if seen is None:
        raise Http404
    if request.method == "POST":
        levels = {
            name.removeprefix("level-"): number_in(value)
            for name, value in request.POST.items() if name.startswith("level-") and value
        }  # fmt: skip
        here = {"scope": request.scope, "unit": unit, "user": user_id, "levels": levels, "now": now}
        words = _("Kept. Marks of peers are shown once three have given theirs.")
        to = reverse("role:competence")
        return done(request, lambda: actions.competence_observe(**here), words, to)
    context = {
        "person": seen, "mine": user_id == request.scope.actor,
        "choices": shown.choices(queries.to_observe(scope=request.scope, unit=unit, person=seen, now=now)),
    }  # fmt: skip
    return render(request, "role/competence_observe.html", context)
