"""The phone app at /rounds/: its shell (no data), its worker and manifest, and what it asks and sends."""

import hashlib
import json
from pathlib import Path
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counterpoint.foundation.api import DomainError, OrgUnit, branch, clock, policy, read_json
from counterpoint.primitives.checklists import queries, syncing, uploads
from counterpoint.primitives.checklists.phone_words import words
from counterpoint.primitives.checklists.unsent import Unsent
from counterpoint.primitives.checklists.verbs import FILL, VIEW

SHELL = "The shell of the phone app holds no data; what it shows is asked for with a sign-in."
WASM = "'wasm-unsafe-eval'"  # the reader of codes; nothing else on the page may evaluate


def _parts() -> list[str]:
    listed = Path(settings.ASSETS) / "dist" / "rounds.json"
    return list(json.loads(listed.read_text())) if listed.is_file() else ["rounds.js", "rounds.css", "styles.css"]


@policy.public(SHELL)
@require_GET
@csp_update({"script-src": [WASM]})
def shell(request: HttpRequest) -> HttpResponse:
    """The app's page: settings and words, no data."""
    urls = {
        "page": reverse("primitives:rounds-app"), "worker": reverse("primitives:rounds-worker"),
        "work": reverse("primitives:rounds-work"), "sync": reverse("primitives:rounds-sync"),
        "photo": reverse("primitives:rounds-photo", args=["0"])[:-1], "icons": static("icons.svg"),
        "wasm": static("zxing_reader.wasm"), "desk": reverse("primitives:rounds-today"),
        "sign_in": f"{reverse('foundation:sign-in')}?next=/rounds/",
    }  # fmt: skip
    return render(request, "primitives/checklists/app.html", {"settings": {"words": words(), "urls": urls}})


@policy.public(SHELL)
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, told which files make up this version of the app in this language."""
    files = [static(name) for name in _parts()]
    source = Path(settings.ASSETS) / "dist" / "rounds-worker.js"
    if not source.is_file():
        raise Http404
    told = [files, request.LANGUAGE_CODE, words()]
    version = hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]
    page = reverse("primitives:rounds-app")
    head = {"version": version, "page": page, "files": files, "statics": settings.STATIC_URL}
    answer = HttpResponse(f"self.SHELL = {json.dumps(head)};\n{source.read_text()}", content_type="text/javascript")
    answer.headers["Service-Worker-Allowed"] = page
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@policy.public(SHELL)
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the app."""
    page = reverse("primitives:rounds-app")
    mark = {"src": static("manifest-icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    drawn = [{"src": static(f"icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"} for side in (192, 512)]
    told = {
        "name": _("Counterpoint rounds"), "short_name": _("Rounds"), "id": page, "start_url": page, "scope": page,
        "display": "standalone", "background_color": "#f5f6f8", "theme_color": "#17568f",
        "lang": request.LANGUAGE_CODE,
        "icons": [{**one, "purpose": purpose} for one in (*drawn, mark) for purpose in ("any", "maskable")],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


def _branch(request: Any) -> OrgUnit:
    code = request.GET.get("branch", "")
    found = branch(scope=request.scope, code=code) if code else request.branch
    if not found:
        raise Http404
    unit: OrgUnit = found
    return unit


@policy.allow(VIEW)
@require_GET
def work(request: Any) -> HttpResponse:
    """Everything to work without a network, and the token to send with."""
    try:
        unit = _branch(request)
    except DomainError:  # the person works elsewhere now
        unit = request.branch
    if not unit:
        raise Http404
    told = queries.work(scope=request.scope, org_unit=unit, now=clock.now(), language=request.LANGUAGE_CODE)
    told |= {"csrf": get_token(request), "person": {"id": str(request.user.pk), "name": request.user.name}}
    return JsonResponse(told)


@policy.allow(FILL)
@require_POST
def sync(request: Any) -> HttpResponse:
    """Items of a phone; receipts for each."""
    try:
        body = read_json(request.body)
        items, clock_says = tuple(map(syncing.read, body["items"])), syncing.claim(str(body.get("clock", "")))
        batch = syncing.Batch(str(body["branch"]), items, _unsent(body.get("unsent")), clock_says)
        done = syncing.sync(scope=request.scope, device=str(body["device"]), batch=batch, now=clock.now())
    except DomainError as refused:
        return JsonResponse({"code": refused.code, "message": str(refused.message)}, status=refused.status)
    except (ValueError, KeyError, TypeError, OverflowError):
        return JsonResponse({"code": "damaged", "message": _("The message did not arrive whole.")}, status=400)
    return JsonResponse(done.model_dump(mode="json"))


def _unsent(told: Any) -> Unsent | None:
    return Unsent(int(told["count"]), int(told["hours"])) if told else None


@policy.allow(FILL)
@require_POST
def photo(request: Any, digest: str) -> HttpResponse:
    """The bytes of a picture, named by their hash; the answer names it again when it is safely stored. `taken` says
    when it was taken and `clock` what the phone's clock says now."""
    taken, clock_says = (syncing.claim(request.GET.get(name, "")) for name in ("taken", "clock"))
    try:
        done = uploads.photo_put(
            scope=request.scope, org_unit=_branch(request), content=request.body, digest=digest, now=clock.now(),
            taken=taken, clock=clock_says,
        )  # fmt: skip
    except DomainError as refused:
        return JsonResponse({"code": refused.code, "message": str(refused.message)}, status=refused.status)
    return JsonResponse(done.model_dump(mode="json"))
