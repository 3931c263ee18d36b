"""One address for everything that a press on these pages does."""

import json
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, clock, policy
from counterpoint.onsite import api
from counterpoint.onsite.entry import MAX_KEY
from counterpoint.onsite.verbs import VIEW
from counterpoint.onsite.views.pages import branch_of

Read = Callable[[str], Any]
Deed = tuple[Callable[..., Any], Mapping[str, Read]]


def _flag(text: str) -> bool:
    return text in ("1", "on", "true")


def _number(text: str) -> int | None:
    return int(text) if text else None


def _channel(text: str) -> str:
    """People at the hall take tickets as staff or at the kiosk; simulated ones come from elsewhere."""
    if text not in {"staff", "kiosk"}:
        raise ValueError(text)
    return text


DEEDS: dict[str, Deed] = {
    "take": (api.ticket_take, {"service": str, "tier": str, "vulnerable": _flag, "channel": _channel}),
    "call-next": (api.ticket_call_next, {"counter": int}),
    "call": (api.ticket_call, {"counter": int, "ticket": UUID}),
    "undo": (api.call_undo, {"ticket": UUID}),
    "start": (api.ticket_start, {"ticket": UUID}),
    "hold": (api.ticket_hold, {"ticket": UUID}),
    "resume": (api.ticket_resume, {"ticket": UUID, "counter": int}),
    "hand-over": (api.ticket_hand_over, {"ticket": UUID, "service": str}),
    "finish": (api.ticket_finish, {"ticket": UUID}),
    "no-show": (api.ticket_no_show, {"ticket": UUID}),
    "abandon": (api.ticket_abandon, {"ticket": UUID}),
    "cancel": (api.ticket_cancel, {"ticket": UUID}),
    "flag": (api.ticket_flag, {"ticket": UUID, "vulnerable": _flag}),
    "divert": (api.ticket_divert, {"ticket": UUID}),
    "first": (api.ticket_first, {"ticket": UUID}),
    "put-back": (api.ticket_put_back, {"ticket": UUID}),
    "window-open": (api.window_open, {"counter": int, "user": UUID}),
    "window-close": (api.window_close, {"counter": int}),
    "person-move": (api.person_move, {"user": UUID, "place": str, "counter": _number}),
    "break-start": (api.break_start, {"user": UUID, "minutes": int}),
    "break-end": (api.break_end, {"user": UUID}),
    "break-move": (api.break_move, {"user": UUID, "minute": int}),
    "device-fault": (api.device_fault, {"device": str}),
    "device-restored": (api.device_restored, {"device": str}),
    "diversion": (api.diversion_set, {"service": str, "share": float}),
    "advice-ask": (api.advice_ask, {}),
    "advice-take": (api.advice_take, {"advice": UUID}),
    "advice-decline": (api.advice_decline, {"advice": UUID}),
    "day-open": (api.day_open, {}),
    "day-close": (api.day_close, {}),
}


@policy.allow(VIEW)
@require_POST
def deed(request: Any, name: str) -> HttpResponse:
    """Do it once, say what happened, and go back (or, for a script, answer with a message to show)."""
    if name not in DEEDS:
        raise Http404
    act, fields = DEEDS[name]
    try:
        sent = request.GET.dict() | request.POST.dict()  # the undo of a message sends its ticket in the address
        inputs = {field: read(sent[field]) for field, read in fields.items() if field in sent}
    except ValueError as wrong:
        raise Http404 from wrong
    key = request.POST.get("idempotency_key", "")
    given = {"scope": request.scope, "branch": branch_of(request), "now": clock.now(), "key": key, **inputs}
    try:
        signature(act).bind(**given)
    except TypeError as incomplete:
        raise Http404 from incomplete
    if len(key) > MAX_KEY:
        raise Http404
    try:
        done = act(**given)
    except DomainError as refused:
        return _answer(request, refused.message, "act", status=refused.status)
    return _answer(request, _told(name, done), "calm", undo=_undo(name, done))


def _undo(name: str, done: Any) -> str:
    """The address that takes it back, where one press can."""
    ways = {"call-next": ("undo", "id"), "first": ("put-back", "id"), "advice-take": ("put-back", "ticket")}
    back, field = ways.get(name, ("", ""))
    number = getattr(done, field) if field else None
    return f"{reverse('onsite:deed', args=[back])}?ticket={number}" if number else ""


def _told(name: str, done: Any) -> str:
    label = getattr(done, "label", "")
    texts = {
        "take": _("%(label)s: wait %(low)d to %(high)d minutes"), "call-next": _("%(label)s is called"),
        "call": _("%(label)s is called"), "undo": _("%(label)s waits again"), "finish": _("%(label)s is finished"),
        "hand-over": _("Handed over as %(label)s"), "no-show": _("%(label)s did not come"),
        "divert": _("%(label)s is guided to a machine"), "hold": _("%(label)s is on hold"),
        "day-close": _("The day is closed"), "advice-ask": _("The advisor has answered"),
        "advice-decline": _("Noted: not now"), "first": _("%(label)s is called next"),
        "put-back": _("%(label)s is back in its old place"),
    }  # fmt: skip
    low, high = getattr(done, "promise_low", 0) or 0, getattr(done, "promise_high", 0) or 0
    return texts.get(name, _("Done")) % {"label": label, "low": low, "high": high}


def _answer(request: Any, text: str, level: str, *, undo: str = "", status: int = 200) -> HttpResponse:
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Trigger"] = json.dumps({"toast": {"text": text, "level": level, "undo": undo}, "live:any": {}})
        return answer
    (messages.error if status >= 400 else messages.success)(request, text)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else reverse("onsite:hall"))
