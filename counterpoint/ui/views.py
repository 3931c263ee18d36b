"""Language and theme switches, the gallery of components, and the error pages."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import policy
from counterpoint.ui.context import LANGUAGE_COOKIE, THEME_COOKIE, THEMES
from counterpoint.ui.problems import problem_page
from counterpoint.ui.words import MODES

YEAR = 365 * 24 * 3600


@policy.public("Anyone may choose a language, also before signing in.")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back."""
    chosen = request.POST.get("language", "")
    return _remember(request, LANGUAGE_COOKIE, chosen, allowed=dict(settings.LANGUAGES))


@policy.public("Anyone may choose light or dark, also before signing in.")
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie and go back."""
    return _remember(request, THEME_COOKIE, request.POST.get("theme", ""), allowed=THEMES)


@policy.public("A catalogue of components without data; it exists only in the demo and in tests.")
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once, for people who build pages and for the browser test."""
    if settings.PROFILE not in {"demo", "test"}:
        raise Http404
    from counterpoint.ui.gallery import specimens

    mode = request.GET.get("mode", "live")
    request.mode = mode if mode in MODES else "live"  # type: ignore[attr-defined]
    return render(request, "ui/gallery.html", specimens())


@policy.public("Part of the catalogue of components.")
def gallery_part(request: HttpRequest, part: str) -> HttpResponse:
    """What the gallery's drawer and progress bar ask for."""
    if settings.PROFILE not in {"demo", "test"}:
        raise Http404
    if part == "job":
        return JsonResponse(
            {"state": "done", "done": 100, "total": 100, "text": "100 / 100", "url": reverse("ui:gallery")}
        )
    from counterpoint.ui.gallery import specimens

    return render(request, "ui/gallery_part.html", specimens())


def _remember(request: HttpRequest, cookie: str, value: str, allowed: Any) -> HttpResponse:
    answer = HttpResponseRedirect(_back(request))
    if value in allowed:
        answer.set_cookie(
            cookie, value, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return answer


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.headers.get("referer", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else reverse("role:desk")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """handler400."""
    return problem_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403; says what is missing where a right of the caller's post is withheld."""
    if isinstance(exception, policy.SomethingMissing):
        return problem_page(request, 403, key="missing", happened=exception.missing.why(), link=exception.missing.link)
    return problem_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """handler404."""
    return problem_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: no database, no session, no navigation."""
    return problem_page(request, 500)


def disk_full(request: HttpRequest) -> HttpResponse:
    """For the middleware that answers a full disk with 507."""
    return problem_page(request, 507)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """CSRF_FAILURE_VIEW: the form was open too long or came from elsewhere."""
    return problem_page(request, 403, key="csrf")
