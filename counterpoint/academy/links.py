"""Links that the academy adds to pages of lower rooms."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.academy.verbs import DAY_TAKE
from counterpoint.ui import links


def play_this_day(request: HttpRequest, found: Any) -> links.Link | None:
    """On a closed day whose windows and people are known: play it."""
    scope, branch = getattr(request, "scope", None), getattr(request, "branch", None)
    if branch is None or scope is None or not scope.may(DAY_TAKE, branch.path):
        return None
    if not found.closed or found.inferred:
        return None
    return links.Link(_("Play this day"), reverse("academy:day-take", args=[found.on]), "player-play", post=True)


links.register("onsite.replay.day", play_this_day)
