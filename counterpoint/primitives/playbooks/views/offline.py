"""The plans without the server: a page of its own, and the worker that shows its kept copy when nothing answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, clock, colleagues, policy
from counterpoint.primitives.playbooks.definition import Playbook, playbooks
from counterpoint.primitives.playbooks.printing import within_text
from counterpoint.primitives.playbooks.shown import role_name
from counterpoint.primitives.playbooks.verbs import VIEW
from counterpoint.primitives.playbooks.views.shelf import plan_steps
from counterpoint.ui import reader
from counterpoint.ui.pages import branch_here
from counterpoint.ui.punctuation import listed

WORKER = Path(__file__).resolve().parents[2] / "static" / "primitives" / "plays-worker.js"
WHY = "The worker and the manifest hold no data of the bank."


@policy.allow(VIEW)
def offline(request: Any) -> HttpResponse:
    """Every plan of the branch on one page, with the words to read out and who works here today."""
    now, branch, language = clock.now(), branch_here(request), request.LANGUAGE_CODE
    on = branch.date_at(now)
    books = [_book(item.value, language) for item in playbooks(on, branch.rule_pack).values()]
    context = {"branch": branch, "now": now, "books": books, "people": _people(request, branch, now)}
    return render(request, "primitives/playbooks/offline.html", context)


def _book(book: Playbook, language: str) -> dict[str, Any]:
    steps = plan_steps(book, language)
    for step in steps:
        step["limit"] = within_text(step["within"])
    limit = book.time_limit
    return {
        "anchor": book.key.replace(".", "-"), "name": book.name(language), "hint": reader.said(book.hints, language),
        "limit": reader.said(limit.names, language) if limit else "", "steps": steps,
        "rules": [reader.said(words, language) for words in book.rules],
        "wording": [reader.said(words, language) for words in book.wording],
    }  # fmt: skip


def _people(request: Any, branch: OrgUnit, now: Any) -> list[tuple[str, str]]:
    held: dict[str, list[str]] = {}
    for one in colleagues(scope=request.scope, org_unit=branch, on=branch.date_at(now)):
        for role in one.roles:
            held.setdefault(role_name(role), []).append(one.name)
    return [(role, listed(names)) for role, names in held.items()]


@policy.public(WHY)
def worker(_request: Any) -> HttpResponse:
    """The service worker, from an address above which it may serve."""
    answer = HttpResponse(WORKER.read_bytes(), content_type="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@policy.public(WHY)
def manifest(_request: Any) -> JsonResponse:
    """What a phone needs to put the plans on its home screen."""
    return JsonResponse(
        {
            "name": _("Emergency plans"), "short_name": _("Emergency plans"), "display": "standalone",
            "start_url": reverse("primitives:plays-offline"), "scope": reverse("primitives:plays"),
            "icons": [{"src": static("favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )  # fmt: skip
