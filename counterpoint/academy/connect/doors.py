"""What learning systems call without anybody signed in here: beginning a login, the launch, our keys.

All reads go through the house's own scope; what is written is a launch at the connection's unit, and only when the
message is signed by that learning system.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.academy.connect import lti
from counterpoint.academy.connect.actions import launch_keep
from counterpoint.academy.models import Connection
from counterpoint.academy.models.connect import PLATFORM
from counterpoint.academy.verbs import CONNECT
from counterpoint.foundation.api import Scope, clock, fetch, keys, policy, ratelimit, read_json, scoped, system_scope
from counterpoint.ui.problems import problem_page

COOKIE, SALT, SECONDS = "counterpoint-lti", "academy.lti", 600
HURRY = timedelta(minutes=1)  # between two looks at a platform's keys
WHY = "A learning system sends people here before anybody is signed in."


def house() -> Scope:
    """Reads connections, which stand above whoever comes through them."""
    return system_scope((CONNECT,), label="academy.lti")


def _platform(**wanted: Any) -> Connection:
    with scoped(house()):
        found = Connection.objects.select_related("org_unit").filter(kind=PLATFORM, active=True, **wanted).first()
    if found is None:
        raise Http404
    return found


def _counted(request: HttpRequest, now: datetime) -> None:
    mark = ratelimit.mark_of(ratelimit.address_of(request))
    ratelimit.take(key=f"lti:{mark}", limit=120, window=timedelta(minutes=1), now=now)


@policy.public(WHY)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """First step of a launch: send the person to their own system, with a mark that only this browser holds."""
    now = clock.now()
    _counted(request, now)
    told = request.POST if request.method == "POST" else request.GET
    wanted = {"settings__issuer": told.get("iss", "")}
    if told.get("client_id"):
        wanted["settings__client"] = told["client_id"]
    if told.get("lti_deployment_id"):
        wanted["settings__deployment"] = told["lti_deployment_id"]
    connection = _platform(**wanted)
    nonce = secrets.token_urlsafe(24)
    state = signing.dumps({"c": str(connection.pk), "n": nonce}, salt=SALT)
    to = lti.login_address(
        lti.Platform.of(connection.settings), launch_url=f"{connection.home}{reverse('academy:lti-launch')}",
        state=state, nonce=nonce, hint=told.get("login_hint", ""), message=told.get("lti_message_hint", ""),
    )  # fmt: skip
    answer = HttpResponseRedirect(to)
    answer.set_cookie(COOKIE, nonce, max_age=SECONDS, httponly=True, secure=True, samesite="None")
    return answer


@policy.public(WHY)
@csrf_exempt
@require_POST
def launch(request: HttpRequest) -> HttpResponse:
    """Second step: the signed message. It leads to a page for whoever is signed in here."""
    now = clock.now()
    _counted(request, now)
    try:
        state = signing.loads(request.POST.get("state", ""), salt=SALT, max_age=SECONDS)
        if not secrets.compare_digest(request.COOKIES.get(COOKIE, ""), state["n"]):
            raise lti.Refused(_("This browser did not begin the launch. Open the lesson in a window of its own."))
        connection = _platform(pk=state["c"])
        token = request.POST.get("id_token", "")
        told = lti.launch_of(lti.Platform.of(connection.settings), token, _keyset(connection, token, now), state["n"])
        row = launch_keep(scope=house(), connection=connection, told=told, now=now)
    except (signing.BadSignature, lti.Refused, fetch.Unreachable):
        return problem_page(request, 400, key="lti")
    answer = HttpResponseRedirect(reverse("academy:lti-arrive", args=[row.pk]))
    answer.delete_cookie(COOKIE, samesite="None")
    return answer


def _keyset(connection: Connection, token: str, now: datetime) -> dict[str, Any]:
    """The platform's keys as last read; read again when they lack the one that signed, at most once a minute."""
    held = connection.settings.get("keyset") or {"keys": []}
    known = {one.get("kid") for one in held["keys"]}
    if lti.kid_of(token) in known or (connection.next_at and connection.next_at > now):
        return held
    try:
        held = {"keys": list(read_json(fetch.ask(connection.settings["keys"]).body)["keys"])}
    except (ValueError, KeyError, TypeError) as wrong:
        raise lti.Refused(_("The learning system's keys cannot be read.")) from wrong
    with scoped(house()):
        connection.settings, connection.next_at = connection.settings | {"keyset": held}, now + HURRY
        connection.save(update_fields=["settings", "next_at", "org_path"])
    return held


@policy.public("A learning system checks our signature with it.")
@require_GET
def our_keys(_request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """The public half of the key with which we ask for the right to give grades."""
    connection = _platform(pk=connection_id)
    private = json.loads(keys.decrypt(connection.sealed))["private"]
    return JsonResponse(lti.public_keys(private, str(connection.pk)))
