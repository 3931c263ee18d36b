"""The emergencies of a branch at a glance."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from counterpoint.foundation.api import clock, policy
from counterpoint.primitives.playbooks import DRILL, START, VIEW
from counterpoint.risk.emergencies import standings


@policy.allow(VIEW)
def overview(request: Any) -> HttpResponse:
    """Plans with their drills and chances; a press starts one, for real or as a drill."""
    branch, now = request.branch, clock.now()
    if not branch:
        raise Http404
    found = standings(scope=request.scope, branch=branch, now=now)
    language = request.LANGUAGE_CODE
    asked = sum(len(one.duties) for one in found)
    cards: list[dict[str, Any]] = [
        {
            "one": one, "name": one.book.name(language), "hint": one.book.hint(language),
            "limit": one.book.limit_name(language),
            "bottleneck": one.book.by_slug[one.chance.bottleneck].name(language) if one.chance else "",
        }
        for one in found
    ]  # fmt: skip
    context = {
        "cards": cards, "running": [card for card in cards if card["one"].running], "branch": branch,
        "drills_done": sum(one.done for one in found), "drills_asked": asked,
        "missed": sum(1 for one in found for duty in one.duties if duty.state == "missed"),
        "may_start": request.scope.may(START, branch.path), "may_drill": request.scope.may(DRILL, branch.path),
    }  # fmt: skip
    return render(request, "risk/emergencies.html", context)
