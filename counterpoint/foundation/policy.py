"""Every view says who may call it; a view that does not is an error at start.

Page views: `@allow("room.noun.verb")`, `@signed_in`, `@public("why")`, `@device("verb")`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.checks import Error
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from counterpoint.foundation import roles
from counterpoint.foundation.scope import Withheld

View = Callable[..., Any]


@dataclass(frozen=True)
class Policy:
    """How a view is guarded. `kind` is public, signed_in, allow or device."""

    kind: str
    verb: str = ""
    why: str = ""


class SomethingMissing(PermissionDenied):
    """A verb that the caller's post would give is withheld; the page says what is missing and where the way to it
    begins."""

    def __init__(self, missing: Withheld) -> None:
        super().__init__("a right is withheld")
        self.missing = missing


def public(why: str) -> Callable[[View], View]:
    """Anyone; say why. The view runs without a scope, so it cannot touch scoped data by accident."""
    return _guard(Policy("public", why=why), lambda request: None)


def signed_in(view: View) -> View:
    """Any signed-in person; pages are not of systems with a key."""
    return _guard(Policy("signed_in"), _need_person)(view)


def allow(verb: str) -> Callable[[View], View]:
    """A signed-in person who holds the verb somewhere; the action checks it again at the row's branch."""

    def decide(request: HttpRequest) -> HttpResponse | None:
        refused = _need_person(request)
        if refused is None and not request.scope.may(verb):  # type: ignore[attr-defined]
            missing = request.scope.missing(verb)  # type: ignore[attr-defined]
            if missing is not None:
                raise SomethingMissing(missing)
            raise Http404
        return refused

    return _guard(Policy("allow", verb=verb), decide)


def device(verb: str) -> Callable[[View], View]:
    """An enrolled device holding the verb, or a signed-in person holding it."""

    def decide(request: HttpRequest) -> HttpResponse | None:
        scope = request.scope  # type: ignore[attr-defined]
        if scope is None:
            return _need_person(request)
        if not scope.may(verb):
            raise Http404
        return None

    return _guard(Policy("device", verb=verb), decide)


def _need_person(request: HttpRequest) -> HttpResponse | None:
    if request.device is not None:  # type: ignore[attr-defined]
        raise Http404
    if request.scope is None:  # type: ignore[attr-defined]
        if request.headers.get("HX-Request") or "text/event-stream" in request.headers.get("Accept", ""):
            return HttpResponse(status=401)
        return redirect_to_login(request.get_full_path())
    return None


def _guard(policy: Policy, decide: Callable[[HttpRequest], HttpResponse | None]) -> Callable[[View], View]:
    def wrap(view: View) -> View:
        if iscoroutinefunction(view):

            @wraps(view)
            async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
                return decide(request) or await view(request, *args, **kwargs)

            guarded: Any = guarded_async
        else:

            @wraps(view)
            def guarded_sync(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
                return decide(request) or view(request, *args, **kwargs)

            guarded = guarded_sync
        guarded.policy = policy
        return cast(View, guarded)

    return wrap


def routes() -> list[tuple[str, Any, Policy | None]]:
    """(pattern, callback, policy) of every route, open-API operations included."""

    def walk(resolver: URLResolver, prefix: str) -> list[tuple[str, Any, Policy | None]]:
        found: list[tuple[str, Any, Policy | None]] = []
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                found += walk(entry, route)
            elif isinstance(entry, URLPattern):
                found += _leaf(route, entry)
        return found

    return walk(get_resolver(), "/")


def _leaf(route: str, entry: URLPattern) -> list[tuple[str, Any, Policy | None]]:
    operations = getattr(getattr(entry.callback, "__self__", None), "operations", None)
    if operations:  # a ninja path view: each operation carries its own policy
        return [
            (f"{route} {'/'.join(op.methods)}", op.view_func, getattr(op.view_func, "policy", None))
            for op in operations
        ]
    return [(route, entry.callback, getattr(entry.callback, "policy", None))]


def check_policies(**_kwargs: Any) -> list[Error]:
    """System check: no route without a policy, no policy with an undeclared verb."""
    errors = []
    for route, callback, policy in routes():
        if policy is None:
            errors.append(Error(f"Route {route} ({callback}) declares no policy.", id="counterpoint.E001"))
        elif policy.verb and not roles.declared(policy.verb):
            errors.append(Error(f"Route {route} names the undeclared verb {policy.verb}.", id="counterpoint.E002"))
    return errors
