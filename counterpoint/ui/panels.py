"""Panels of the desk. Rooms register them as literals when their app is ready; the desk shows those of the hour.

A panel names its places: the desk of a branch, the hall for who stands there, the desk of people above the branch.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from counterpoint.ui.dayline import PHASES
from counterpoint.ui.levels import LEVELS, rank

log = logging.getLogger(__name__)
DESK, HALL, ABOVE = "desk", "hall", "above"
PLACES = frozenset({DESK, HALL, ABOVE})
Text = str | Promise


class PanelFault(ValueError):
    """A panel key is taken, or a panel names an unknown phase, place or level."""


@dataclass(frozen=True)
class PanelBody:
    """What a panel says now: a template with its context, how loud it is, and one sentence for a short glance."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    level: str = "calm"
    headline: Text = ""

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise PanelFault(f"Unknown level {self.level}: use one of {', '.join(LEVELS)}.")
        object.__setattr__(self, "context", MappingProxyType(dict(self.context)))


@dataclass(frozen=True)
class Panel:
    """One question of the day. `render` returns None when there is nothing to say.

    `live` names fact kinds that refresh it; `url_name` is the page behind it. Above the branch there are no phases.
    """

    key: str
    title: Text
    phases: frozenset[str]
    order: int
    verb: str | None
    render: Callable[[HttpRequest], PanelBody | None]
    live: tuple[str, ...] = ()
    url_name: str | None = None
    places: frozenset[str] = frozenset({DESK})

    def __post_init__(self) -> None:
        unknown = self.phases - set(PHASES) | self.places - PLACES
        if unknown:
            raise PanelFault(f"Panel {self.key} names unknown phases or places: {', '.join(sorted(unknown))}.")


@dataclass(frozen=True)
class ShownPanel:
    """A panel with its answer; `body` is None when its render failed, which the page says instead of hiding it."""

    panel: Panel
    body: PanelBody | None

    @property
    def level(self) -> str:
        return self.body.level if self.body else "watch"

    @property
    def trigger(self) -> str:
        """The htmx trigger that refreshes this panel."""
        return ", ".join(f"live:{kind} from:body" for kind in ("resync", *self.panel.live))


_panels: dict[str, Panel] = {}


def register(*panels: Panel) -> None:
    """Add panels. Raises `PanelFault` when a key is taken by another panel."""
    for panel in panels:
        if _panels.get(panel.key, panel) != panel:
            raise PanelFault(f"The panel key {panel.key} is already taken.")
        _panels[panel.key] = panel


def panels() -> tuple[Panel, ...]:
    """Every registered panel by order."""
    return tuple(sorted(_panels.values(), key=lambda p: (p.order, p.key)))


def get(key: str) -> Panel | None:
    """The panel with this key, to refresh it alone."""
    return _panels.get(key)


def permitted(panel: Panel, request: HttpRequest) -> bool:
    """Whether the caller may see the panel."""
    scope = getattr(request, "scope", None)
    return scope is not None and (panel.verb is None or scope.may(panel.verb))


def for_phase(request: HttpRequest, phase: str, place: str = DESK) -> tuple[ShownPanel, ...]:
    """A place's panels of the hour that have something to say, worst first, then by order."""
    wanted = [panel for panel in panels() if place in panel.places and (place == ABOVE or phase in panel.phases)]
    found = [show(panel, request) for panel in wanted if permitted(panel, request)]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: rank(one.level)))


def show(panel: Panel, request: HttpRequest) -> ShownPanel | None:
    """Render one panel. A panel that breaks must not take the desk with it: it is logged and shown as unavailable."""
    try:
        body = panel.render(request)
    except Exception:
        log.exception("Panel %s failed", panel.key)
        return ShownPanel(panel, None)
    return ShownPanel(panel, body) if body is not None else None
