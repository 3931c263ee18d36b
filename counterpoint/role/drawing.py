"""Panels as pages show them: each with its inside rendered apart, so that one template's failure stays in its frame."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from counterpoint.ui import panels
from counterpoint.ui.panels import ShownPanel


def drawn(request: HttpRequest, shown: ShownPanel, *, in_drawer: bool = False) -> dict[str, Any]:
    """A panel with its inside; `trigger` refreshes it by facts, at most every three seconds, and every half minute."""
    inside = ""
    if shown.body is not None:
        inside = render_to_string(shown.body.template, {**shown.body.context, "in_drawer": in_drawer}, request)
    kinds = [f"live:{kind} from:body throttle:3s" for kind in shown.panel.live]
    trigger = ", ".join(["live:resync from:body", *kinds, "every 30s"])
    return {
        "panel": shown.panel, "body": shown.body, "level": shown.level, "inside": inside, "trigger": trigger,
    }  # fmt: skip


def panels_at(request: HttpRequest, phase: str, place: str) -> list[dict[str, Any]]:
    """The panels of a place at a phase of the day, the loudest first; a place without a day takes every phase."""
    return [drawn(request, one) for one in panels.for_phase(request, phase, place)]
