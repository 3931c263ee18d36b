"""Per request: the language, and the scope that every query of the request will need."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from counterpoint.foundation import access, clock, scope
from counterpoint.foundation.models import OrgUnit

Respond = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "counterpoint-language"


class LanguageMiddleware:
    """Chinese first: the person's choice, else the site's language. The browser's wish is not followed, because the
    hall's screens and shared PCs speak the branch's language."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wished = request.COOKIES.get(LANGUAGE_COOKIE, "")
        language = wished if wished in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class ScopeMiddleware:
    """Sets `request.scope`, `request.branch`, `request.device` and makes the scope active for the request."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.device = None
        request.scope = self._device_scope(request) or self._person_scope(request)
        request.branch = SimpleLazyObject(lambda: current_branch(request))
        request.branches = SimpleLazyObject(lambda: branches_of(request))
        token = scope.activate(request.scope)
        try:
            with timezone.override(ZoneInfo(request.branch.time_zone) if request.branch else None):
                return self.get_response(request)
        finally:
            scope.deactivate(token)

    def _device_scope(self, request: Any) -> scope.Scope | None:
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else request.COOKIES.get("device", "")
        found = access.device_scope(token, clock.now()) if token else None
        if found is None:
            return None
        request.device, device_scope = found
        request.csrf_processing_done = header.startswith("Bearer ")
        return device_scope

    def _person_scope(self, request: Any) -> scope.Scope | None:
        if not request.user.is_authenticated:
            return None
        seconds = clock.SystemClock().now().timestamp()
        if seconds - request.session.get("seen", seconds) > settings.SESSION_IDLE_SECONDS:
            logout(request)
            return None
        if seconds - request.session.get("seen", 0) > 60:
            request.session["seen"] = int(seconds)
        return access.scope_of(request.user, clock.now().date())


def branches_of(request: Any) -> list[OrgUnit]:
    """Branches that the caller may switch between."""
    if request.scope is None:
        return []
    return list(OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH).order_by("path"))


def current_branch(request: Any) -> OrgUnit | None:
    """The branch that the caller works at: the chosen one while it is in scope, else the first of the scope."""
    if request.scope is None:
        return None
    branches = OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH)
    chosen = request.session.get("branch") if request.device is None else None
    return (branches.filter(code=chosen).first() if chosen else None) or branches.order_by("path").first()
