"""What a step of a plan or an item of a round may point to by `see`: the floor plan, with the layer that is meant."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.onsite.verbs import CAMERAS, VIEW
from counterpoint.ui import links

LAYERS = {
    "cameras": (CAMERAS, _("Blind spots on the floor plan"), "camera"),
    "evacuation": (VIEW, _("Ways out on the floor plan"), "map-pin"),
}


def floor_plan(request: HttpRequest, subject: Any) -> links.Link | None:
    """The page with its layer, for who may open it."""
    asked: Any = request
    if subject not in LAYERS or not asked.branch:
        return None
    verb, words, icon = LAYERS[subject]
    if not asked.scope.may(verb, asked.branch.path):
        return None
    return links.Link(words, f"{reverse('onsite:floor')}?layer={subject}", icon)


links.register("primitives.see", floor_plan)
