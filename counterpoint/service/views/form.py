"""The public form behind the code in the hall, and the state of a complaint by its receipt.

No session and no CSRF token: nobody is signed in here, and the signed challenge in the form proves that we served it.
"""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from counterpoint.foundation.api import DomainError, NotFound, clock, policy, ratelimit
from counterpoint.service import names, public, shown
from counterpoint.service.actions.taking import Intake
from counterpoint.service.forms import PublicForm

WHY = "A customer without an account complains to the branch whose code hangs in the hall."
WHY_RECEIPT = "A customer opens the own complaint by its unguessable receipt; it shows no personal data."
PHOTO = 8 * 2**20


def _language(request: Any) -> str:
    """The customer's choice on the page, else the cookie's or the house's language."""
    wished = request.GET.get("language", "")
    return wished if wished in dict(settings.LANGUAGES) else request.LANGUAGE_CODE


def _page(request: Any, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    language = _language(request)
    with translation.override(language):
        shared = {"language": language, "languages": settings.LANGUAGES, "plain_path": request.path}
        answer = render(request, template, context | shared, status=status)
    answer["Content-Language"] = language
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@csrf_exempt
@never_cache
@policy.public(WHY)
def form(request: Any, code: str) -> HttpResponse:
    """The form; sent once, then the receipt."""
    try:
        branch = public.branch_of(code)
    except NotFound as absent:
        raise Http404 from absent
    with translation.override(_language(request)), timezone.override(ZoneInfo(branch.time_zone)):
        sent = PublicForm(request.POST or None, request.FILES or None)
        problem, status = "", 200
        if request.method == "POST":
            status = 422
            if sent.is_valid():
                done, problem, status = _sent(request, branch, sent.cleaned_data)
                if done:
                    return redirect(f"{reverse('complain:receipt', args=[done])}?language={_language(request)}&new=1")
        now = clock.now()
        context = {
            "branch": branch, "form": sent, "problem": problem, "challenge": public.challenge(branch, now),
            "bits": public.bits(branch, now),
        }  # fmt: skip
        return _page(request, "service/form.html", context, status)


def _sent(request: Any, branch: Any, data: dict[str, Any]) -> tuple[str, str, int]:
    """(receipt, problem, status)."""
    photo = data.get("photo")
    if photo is not None and photo.size > PHOTO:
        return "", _("The photo is larger than 8 MB. Take a smaller one."), 422
    intake = Intake(
        channel="qr", text=data["text"], contact=data["contact"], happened_on=data["happened_on"],
        language=_language(request), photos=((photo.name, photo.read()),) if photo else (),
    )  # fmt: skip
    try:
        taken = public.send(
            branch=branch, intake=intake, challenge=request.POST.get("challenge", ""),
            answer=request.POST.get("answer", "")[:20], address=ratelimit.address_of(request), now=clock.now(),
        )  # fmt: skip
    except DomainError as refused:
        return "", str(refused.message), refused.status
    return taken.receipt, "", 200


@never_cache
@policy.public(WHY_RECEIPT)
def receipt(request: Any, code: str) -> HttpResponse:
    """The state in plain words: what happens, by when, and when the law has it answered."""
    try:
        found = public.state(receipt=code, address=ratelimit.address_of(request), now=clock.now())
    except NotFound as absent:
        raise Http404 from absent
    except ratelimit.TooMany as many:
        return HttpResponse(str(many.message), status=many.status, content_type="text/plain; charset=utf-8")
    with timezone.override(ZoneInfo(found.time_zone)), translation.override(_language(request)):
        words = str(names.PUBLIC_STATES[found.stage_kind])
        legal = shown.last_day(found.legal_due_at) if found.legal_due_at else None
        context = {"found": found, "words": words, "code": code, "new": request.GET.get("new") == "1", "legal": legal}
        return _page(request, "service/receipt.html", context)
