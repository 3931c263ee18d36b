"""Pages and documents for strangers: a certificate by its code, a badge verified, the keys, the status list.

No session and no CSRF token: nobody is signed in here, and nothing changes.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from counterpoint.academy.certificates import badges, public, shown
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import DomainError, NotFound, clock, keys, policy, ratelimit
from counterpoint.ui.pages import origin_of

WHY = "Whoever is shown a certificate checks it by its unguessable code; no name unless its holder switched it on."
WHY_KEYS = "Badges are verified outside with these public keys."
WHY_LIST = "Verifiers outside read which badges are revoked; it tells numbers only."
LONGEST = 40_000
ICONS = {True: "circle-check", False: "x"}


@csrf_exempt
@never_cache
@policy.public(WHY)
def check(request: Any, code: str = "") -> HttpResponse:
    """The certificate behind a code, and a form that takes a badge and verifies it in full."""
    wished = request.GET.get("language", "")
    language = wished if wished in dict(settings.LANGUAGES) else request.LANGUAGE_CODE
    now = clock.now()
    try:
        public.count_look(ratelimit.address_of(request), now)
        with translation.override(language):
            context = _shown(request, code, now)
    except (NotFound, keys.KeyMissing) as absent:
        raise Http404 from absent
    except ratelimit.TooMany as many:
        return HttpResponse(str(many.message), status=many.status, content_type="text/plain; charset=utf-8")
    context |= {"language": language, "languages": settings.LANGUAGES, "plain_path": request.path}
    with translation.override(language):
        answer = render(request, "academy/certificate_check.html", context, status=422 if context["bad"] else 200)
    answer["Content-Language"] = language
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _shown(request: Any, code: str, now: Any) -> dict[str, Any]:
    found = public.seen(code=code, now=now) if code else None
    steps: list[tuple[str, str, str]] = []
    if request.method == "POST":
        token = "".join(request.POST.get("badge", "")[:LONGEST].split())
        looked = dict(public.verified(token=token, code=code, now=now))
        steps = [
            (
                _steps()[one],
                _wrongs()[looked.get(one, "later")],
                "point" if one not in looked else ICONS[not looked[one]],
            )
            for one in badges.STEPS
        ]
    told: dict[str, Any] = {"steps": steps, "bad": any(icon != ICONS[True] for *_words, icon in steps)}
    if found:
        words, level = shown.states(found.state)
        told |= {"found": found, "name": tell(found.names), "about": tell(found.about), "state": words, "level": level}
    return told


def _steps() -> dict[str, str]:
    return {
        badges.SIGNATURE: _("Signature"), badges.KIND: _("Kind"), badges.ISSUER: _("Issuer"), badges.DATES: _("Dates"),
        badges.STATUS: _("Revocation"),
    }  # fmt: skip


def _wrongs() -> dict[str, str]:
    return {
        "": _("holds"),
        "later": _("not looked at any more"),
        "shape": _("this is no badge: letters are missing or changed"),
        "algorithm": _("it names a way of signing that we do not use"),
        "key": _("signed by a key that is not ours"),
        "signature": _("the signature does not fit: something was changed"),
        "no_badge": _("signed by us, but no badge"),
        "unknown": _("it belongs to no certificate, or not to this one"),
        "issuer": _("it names another issuer"),
        "altered": _("its dates are not those that were awarded"),
        "early": _("it does not hold yet"),
        "expired": _("it has ended"),
        "revoked": _("the certificate was revoked"),
    }


def _open(answer: HttpResponse) -> HttpResponse:
    """Readable from any page, by verifiers in browsers."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@require_safe
@policy.public(WHY_KEYS)
def did(request: Any) -> HttpResponse:
    """The did:web document of the academy at this address."""
    return _open(JsonResponse(badges.did_document(origin_of(request), _keys()), content_type="application/did+json"))


@require_safe
@policy.public(WHY_KEYS)
def jwks(request: Any) -> HttpResponse:
    """The same keys as a JWK set."""
    return _open(JsonResponse(badges.key_set(origin_of(request), _keys())))


def _keys() -> list[Any]:
    try:
        return keys.badge_publics()
    except keys.KeyMissing as absent:
        raise Http404 from absent


@require_safe
@policy.public(WHY_LIST)
def status(request: Any, number: int) -> HttpResponse:
    """The signed list of what is revoked among the certificates of a year."""
    try:
        token = public.status_list(number=number, origin=origin_of(request), now=clock.now())
    except (DomainError, keys.KeyMissing) as absent:
        raise Http404 from absent
    return _open(HttpResponse(token, content_type="application/vc+jwt"))
