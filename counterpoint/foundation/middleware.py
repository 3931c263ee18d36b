"""Per request: the language, and the scope that every query of the request will need."""

from collections.abc import Callable
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user, logout
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.request import RawPostDataException
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from counterpoint.foundation import access, clock, openapi, practice, prefix, queries, scope
from counterpoint.foundation.errors import DomainError, NotFound
from counterpoint.foundation.models import OrgUnit
from counterpoint.foundation.prepared import Prepared

Respond = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "counterpoint-language"
_FIRST = Prepared(lambda: OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH).order_by("path")[:1])
BRANCH_HEADER = openapi.BRANCH_HEADER
ZERO, FORMS = "\x00", ("application/x-www-form-urlencoded", "multipart/form-data")


class BranchNeeded(DomainError):
    """A system that serves several branches did not say for which one it asks."""

    code = "branch_needed"
    status = 422


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


class ZeroByteMiddleware:
    """Takes the zero byte out of addresses and forms: nobody types it, and PostgreSQL keeps no text that holds it."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if ZERO in request.path_info:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _without_zero(request.GET)
        if request.content_type in FORMS and any(ZERO in one for values in request.POST.lists() for one in values[1]):
            request.POST = _without_zero(request.POST)
        return self.get_response(request)

    def process_exception(self, _request: HttpRequest, exception: Exception) -> None:
        """A form was read here, where the page expects a message or a picture: the sender's mistake, not ours."""
        if isinstance(exception, RawPostDataException):
            raise BadRequest("a form was sent where none is read") from exception


def _without_zero(given: QueryDict) -> Any:
    found = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in given.lists():
        found.setlist(name.replace(ZERO, ""), [one.replace(ZERO, "") for one in values])
    found._mutable = False
    return found


class ScopeMiddleware:
    """Sets `request.scope`, `request.branch`, `request.device` and makes the scope active for the request. Under the
    address of a practice world they are those of the world, and so are its time and the pages that exist."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.device, request.world = None, None
        code = prefix.world_of(request.META.get("SCRIPT_NAME", ""))
        if code:
            return self._in_world(request, code)
        try:
            request.scope = self._device_scope(request) or self._person_scope(request)
        except NotFound as refused:
            return openapi.refused(request, refused)
        return self._answer(request)

    def process_view(self, request: Any, _view: Any, _args: Any, _given: Any) -> None:
        """Pages that are no part of practice do not exist in a world."""
        if request.world is not None and not practice.served(request.resolver_match.view_name):
            raise Http404

    def _in_world(self, request: Any, code: str) -> HttpResponse:
        request.scope = self._person_scope(request)
        real = clock.SystemClock().now()
        found = access.practice_scope(request.user, code, real) if request.scope is not None else None
        if found is None:
            return practice.refuse(request)
        request.world, request.scope = found
        request.mode, request.mode_detail = "drill", request.world.title
        practice.catch_up(request.world, real)
        with practice.inside(request.world, request.world.now(real)):
            return practice.marked(self._answer(request))

    def _answer(self, request: Any) -> HttpResponse:
        request.branches = SimpleLazyObject(lambda: branches_of(request))
        token = scope.activate(request.scope)
        try:
            here = current_branch(request)
            request.branch = here or _refusing(request)
            with timezone.override(ZoneInfo(here.time_zone) if here else None):
                response = self.get_response(request)
            if request.scope is not None:  # the next person at a shared PC must not find it by the back key
                response.headers.setdefault("Cache-Control", "no-store")
            return response
        finally:
            scope.deactivate(token)

    def _device_scope(self, request: Any) -> scope.Scope | None:
        bearer, token = device_token(request)
        found = access.device_scope(token, clock.now()) if token else None
        if found is None:
            return None
        request.device, device_scope = found
        request.csrf_processing_done = bearer
        access.seen(request.device, clock.now())
        return _at_named(request, device_scope) if bearer else device_scope

    def _person_scope(self, request: Any) -> scope.Scope | None:
        if not request.user.is_authenticated:
            return None
        seconds = int(clock.SystemClock().now().timestamp())
        if is_over(request.session, seconds):
            logout(request)
            return None
        if "began" not in request.session:
            request.session["began"] = seconds
        if is_activity(request) and seconds - request.session.get("seen", 0) > 60:
            request.session["seen"] = seconds
        return access.scope_of(request.user, clock.now())


def _at_named(request: Any, device_scope: scope.Scope) -> scope.Scope:
    """The branch that a connected system names, and nothing beside it. `NotFound` when the key does not reach it."""
    code = request.headers.get(BRANCH_HEADER) or request.GET.get("branch", "")
    if not code:
        return device_scope
    return access.narrowed(device_scope, queries.branch(scope=device_scope, code=code))


def _refusing(request: Any) -> Any:
    """In place of the branch of a connected system that serves several and named none: whoever needs it is told so."""

    def refuse() -> None:
        words = _("This key serves several branches: name one in the header %(header)s or as ?branch=.")
        raise BranchNeeded(words % {"header": BRANCH_HEADER}, field=BRANCH_HEADER)

    connected = request.device is not None and request.path_info.startswith(reverse("open-api:api-root"))
    return SimpleLazyObject(refuse) if connected and request.branches else None


def device_token(request: Any) -> tuple[bool, str]:
    """(whether it came as a bearer token, the token); a bearer token wins over the paired browser's cookie."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    bearer = kind.lower() == "bearer"
    return bearer, token.strip() if bearer else request.COOKIES.get("device", "")


def is_over(session: Any, seconds: int) -> bool:
    """Whether a sign-in rested too long or is too old, whatever was done in between; `seconds` is real time."""
    rested = seconds - session.get("seen", seconds) > settings.SESSION_IDLE_SECONDS
    return rested or seconds - session.get("began", seconds) > settings.SESSION_COOKIE_AGE


def is_activity(request: Any) -> bool:
    """Whether a person did something: a page that refreshes itself on an empty chair does not count."""
    if request.method not in ("GET", "HEAD") or request.headers.get("HX-Boosted"):
        return True
    fetched = request.headers.get("HX-Request") or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    return not fetched


def scope_again(request: Any) -> scope.Scope | None:
    """The scope of a long-lived request's caller as it is now; None when signed out, revoked or expired since."""
    if getattr(request, "world", None) is not None:
        return _world_scope_again(request)
    if request.device is not None:
        found = access.device_scope(device_token(request)[1], clock.now())
        return found[1] if found else None
    user = _still_signed_in(request)
    return access.scope_of(user, clock.now()) if user is not None else None


def _world_scope_again(request: Any) -> scope.Scope | None:
    user = _still_signed_in(request)
    code, real = prefix.world_of(request.META["SCRIPT_NAME"]), clock.SystemClock().now()
    found = access.practice_scope(user, code, real) if user is not None else None
    return found[1] if found else None


def _still_signed_in(request: Any) -> Any:
    now = HttpRequest()
    now.session = type(request.session)(request.session.session_key)
    user = get_user(now)
    over = not user.is_authenticated or is_over(now.session, int(clock.SystemClock().now().timestamp()))
    return None if over else user


def chosen_key(request: Any) -> str:
    """Where the session keeps the chosen branch: a tab in a practice world does not change what a live tab shows."""
    return "branch" if request.world is None else "practice-branch"


def branches_of(request: Any) -> list[OrgUnit]:
    """Branches that the caller may switch between."""
    if request.scope is None:
        return []
    return queries.BRANCHES.rows()


def current_branch(request: Any) -> OrgUnit | None:
    """The branch that the caller works at: the chosen one while it is in scope, else the first of the scope. That of a
    machine is its own, the one that it names, or the only one that it serves: it does not fall to one by chance."""
    if request.scope is None:
        return None
    if request.device is not None:
        if request.device.org_unit.kind == OrgUnit.Kind.BRANCH:
            return cast(OrgUnit, request.device.org_unit)
        return request.branches[0] if len(request.branches) == 1 else None
    chosen = request.session.get(chosen_key(request))
    return (queries.BRANCH.first(chosen) if chosen else None) or _FIRST.first()
