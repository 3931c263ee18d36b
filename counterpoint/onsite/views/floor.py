"""The branch's floor plan with its layers: what no camera sees, the ways out, the walks."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from counterpoint.foundation.api import clock, policy
from counterpoint.onsite import shown_floor, shown_safety
from counterpoint.onsite.catalogue import Catalogue, catalogue
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.queries.floors import Furnished, furnished
from counterpoint.onsite.queries.trust import standing
from counterpoint.onsite.verbs import CAMERAS, VIEW
from counterpoint.ui.pages import branch_here

CAMERA_LAYER, OUT_LAYER, WALK_LAYER = "cameras", "evacuation", "walks"


@policy.allow(VIEW)
def floor_plan(request: Any) -> HttpResponse:
    """One layer at a time; the cameras only for who may know what they do not see."""
    branch, language = branch_here(request), request.LANGUAGE_CODE
    on = business_date(branch, clock.now())
    found = furnished(scope=request.scope, branch=branch, on=on)
    if found is None:
        return render(request, "onsite/floor.html", {"branch": branch})
    layers = {OUT_LAYER: _("Ways out"), WALK_LAYER: _("Walks")}
    if request.scope.may(CAMERAS, branch.path):
        layers = {CAMERA_LAYER: _("Cameras and blind spots")} | layers
    asked = request.GET.get("layer", "")
    layer = asked if asked in layers else next(iter(layers))
    measured = layer == WALK_LAYER and standing(scope=request.scope, branch=branch) is not None
    context = {
        "branch": branch, "layer": layer, "tabs": [(key, name, f"?layer={key}", "") for key, name in layers.items()],
        **_layer(layer, found, catalogue(on, branch.rule_pack), language, request.GET.get("blocked", ""), measured),
    }  # fmt: skip
    return render(request, "onsite/floor.html", context)


def _layer(
    layer: str, found: Furnished, content: Catalogue, language: str, blocked: str, measured: bool
) -> dict[str, Any]:
    if layer == CAMERA_LAYER:
        return {"seen": shown_safety.seen(found, content, language)}
    if layer == OUT_LAYER:
        return {"outs": shown_safety.outs(found, content, language, blocked)}
    return {"plan": shown_floor.picture(found, content, language, measured)}
