"""Pages of connections: what the academy is connected to, lessons as packages, arriving from a learning system."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.catalogue.reading import Shelf, shelf
from counterpoint.academy.connect import actions, doors, lti, packages
from counterpoint.academy.models import Connection, LtiLaunch
from counterpoint.academy.models.connect import STORE
from counterpoint.academy.probes import Look
from counterpoint.academy.rules.words import tell
from counterpoint.academy.verbs import CONNECT, LEARN
from counterpoint.foundation.api import NotFound, OrgUnit, clock, place_of, policy, scoped, topmost
from counterpoint.ui.pages import done, download, origin_of
from counterpoint.ui.problems import problem_page

ZIP = "application/zip"
LANGUAGES = ("zh-hans", "zh-hant", "en")
FIELDS = tuple(lti.Platform.__dataclass_fields__)


def _unit(request: Any) -> OrgUnit:
    found = topmost(request.scope, CONNECT)
    if found is None:
        raise Http404
    return found


def _held(unit: OrgUnit) -> Shelf:
    return shelf(unit, unit.date_at(clock.now()))


@policy.allow(CONNECT)
def connections(request: Any) -> HttpResponse:
    """Record stores and learning systems with how they do, and every lesson as a package."""
    return _page(request)


def _page(request: Any, typed: Any = None) -> HttpResponse:
    unit = _unit(request)
    held = _held(unit)
    with scoped(request.scope):
        rows = list(Connection.objects.select_related("org_unit"))
        platforms = [(one, *_grades(one)) for one in rows if one.kind != STORE]
    context = {
        "unit": unit, "typed": typed or {}, "home": origin_of(request),
        "stores": [one for one in rows if one.kind == STORE],
        "platforms": platforms,
        "lessons": [
            (key, tell(item.value.names), ", ".join(item.value.mechanism)) for key, item in held.lessons.items()
        ],
        "standards": [("scorm12", "SCORM 1.2"), ("scorm2004", "SCORM 2004"), ("cmi5", "cmi5")],
        "languages": [("zh-hans", "简体"), ("zh-hant", "繁體"), ("en", "English")],
        "platform_fields": [(name, words) for name, words in _words().items()],
    }  # fmt: skip
    return render(request, "academy/connections.html", context)


def _grades(platform: Connection) -> tuple[int, str]:
    """How many grades are still to come, and why the newest was not taken."""
    open_ = platform.launches.filter(graded_at=None).exclude(line_item="").exclude(user=None)
    return open_.count(), open_.exclude(error="").values_list("error", flat=True).first() or ""


def _words() -> dict[str, str]:
    return {
        "issuer": _("Issuer (its own address)"), "client": _("Client id that it gave us"),
        "deployment": _("Deployment id"), "login": _("Address for logging in (OIDC)"),
        "keys": _("Address of its keys (JWKS)"), "token": _("Address for access tokens"),
    }  # fmt: skip


@policy.allow(CONNECT)
@require_POST
def store_add(request: Any) -> HttpResponse:
    """Connect a record store."""
    given = request.POST
    return done(
        request,
        lambda: actions.store_connect(
            scope=request.scope, unit=_unit(request), name=given.get("name", ""), url=given.get("url", ""),
            user=given.get("user", ""), password=given.get("password", ""), people=given.get("people", ""),
            choices=given.get("choices") == "yes", home=origin_of(request), now=clock.now(),
        ),
        _("The record store is connected. It is told what happens from now on."), "academy:connections",
        lambda: _page(request, given),
    )  # fmt: skip


@policy.allow(CONNECT)
@require_POST
def platform_add(request: Any) -> HttpResponse:
    """Connect a learning system."""
    given = request.POST
    return done(
        request,
        lambda: actions.platform_connect(
            scope=request.scope, unit=_unit(request), name=given.get("name", ""), home=origin_of(request),
            settings={name: given.get(name, "") for name in FIELDS}, now=clock.now(),
        ),
        _("The learning system is connected. Give it the addresses below."), "academy:connections",
        lambda: _page(request, given),
    )  # fmt: skip


@policy.allow(CONNECT)
@require_POST
def switch(request: Any, connection_id: UUID) -> HttpResponse:
    """Stop a connection or let it go on."""
    active = request.POST.get("active") == "yes"
    return done(
        request,
        lambda: actions.connection_switch(
            scope=request.scope, connection=connection_id, active=active, now=clock.now()
        ),
        _("It runs again.") if active else _("It is stopped."), "academy:connections",
    )  # fmt: skip


@policy.allow(CONNECT)
def package(request: Any, key: str, standard: str) -> HttpResponse:
    """A lesson as a package to save."""
    unit, language = _unit(request), request.GET.get("language", LANGUAGES[0])
    if language not in LANGUAGES:
        raise Http404
    home = f"{origin_of(request)}{reverse('academy:lesson', args=[key])}"
    look = Look(request.scope, unit, clock.now())
    try:
        data = packages.package(_held(unit), look, key, standard, language, home)
    except NotFound as absent:
        raise Http404 from absent
    return download(data, f"{key}-{standard}-{language}.zip", ZIP)


@policy.allow(LEARN)
def arrive(request: Any, launch_id: UUID) -> HttpResponse:
    """From a learning system to the lesson; the first time the person says that the account over there is theirs."""
    return _arrived(request, launch_id, confirmed=False)


@policy.allow(LEARN)
@require_POST
def link(request: Any, launch_id: UUID) -> HttpResponse:
    """The account over there is mine."""
    return _arrived(request, launch_id, confirmed=True)


def _arrived(request: Any, launch_id: UUID, *, confirmed: bool) -> HttpResponse:
    house, now = doors.house(), clock.now()
    try:
        row = actions.launch_claim(scope=request.scope, house=house, launch=launch_id, confirmed=confirmed, now=now)
    except NotFound as absent:
        raise Http404 from absent
    except lti.Refused:
        return problem_page(request, 403, key="lti-other")
    if row is None:
        with scoped(house):
            asked = LtiLaunch.objects.select_related("connection", "org_unit").get(pk=launch_id)
        return render(request, "academy/link_account.html", {"launch": asked})
    unit = place_of(request.scope, request.branch, LEARN)
    if row.lesson in _held(unit).lessons:
        return redirect("academy:lesson", key=row.lesson)
    return redirect("academy:home")
