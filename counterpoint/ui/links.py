"""Links that a higher room adds to a page of a lower one, which cannot know it: by the name of a place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True)
class Link:
    """What stands there: words, where it leads, an icon of the sprite; with `post` a button that does something."""

    text: str | Promise
    url: str
    icon: str = "chevron-right"
    post: bool = False


Source = Callable[[HttpRequest, Any], Link | None]
_places: dict[str, list[Source]] = {}


def register(place: str, source: Source) -> None:
    """Let `source(request, subject)` add a link at a place such as ``cases.case``; None adds nothing."""
    if source not in _places.setdefault(place, []):
        _places[place].append(source)


def at(place: str, request: HttpRequest, subject: Any = None) -> list[Link]:
    """The links of a place, in the order of registration."""
    return [link for source in _places.get(place, ()) if (link := source(request, subject)) is not None]
