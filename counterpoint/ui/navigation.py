"""The one list of pages. Rooms register their items as literals when their app is ready."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise

from counterpoint.foundation.api import practice

Text = str | Promise
PERSONAL = "personal"  # the chapter shown in the person's own menu instead of the side


class NavigationFault(ValueError):
    """Two items or chapters share a key, or an item names a chapter that nobody registered."""


@dataclass(frozen=True)
class NavChapter:
    """A heading in the navigation; rooms use their own name as key."""

    key: str
    label: Text
    order: int


@dataclass(frozen=True)
class NavItem:
    """One page. `verb` hides it from people who may not use it; `phone` puts it on the bottom bar (the first four),
    where `phone_url_name` may lead to a page of its own."""

    key: str
    label: Text
    url_name: str
    icon: str
    chapter: str
    verb: str | None = None
    phone: bool = False
    order: int = 0
    phone_url_name: str = ""


@dataclass(frozen=True)
class NavLink:
    """An item as a template shows it; `phone_url` is where the bottom bar leads instead."""

    key: str
    label: Text
    url: str
    icon: str
    phone: bool
    current: bool
    phone_url: str = ""


@dataclass(frozen=True)
class NavGroup:
    """A chapter with the links that this person may use."""

    key: str
    label: Text
    links: tuple[NavLink, ...]


_chapters: dict[str, NavChapter] = {}
_items: dict[str, NavItem] = {}


def register(chapter: NavChapter, *items: NavItem) -> None:
    """Add a chapter and its items. Raises `NavigationFault` when a key is taken by a different entry."""
    _add(_chapters, chapter.key, chapter)
    for item in items:
        if item.chapter not in _chapters:
            raise NavigationFault(
                f"Navigation item {item.key} names the unknown chapter {item.chapter}: register it first."
            )
        _add(_items, item.key, item)


def items() -> tuple[NavItem, ...]:
    """Every registered item in reading order."""
    return tuple(sorted(_items.values(), key=lambda i: (_chapters[i.chapter].order, i.order)))


def groups(request: HttpRequest) -> tuple[NavGroup, ...]:
    """Chapters and links for this request; chapters without a permitted link are left out."""
    scope = getattr(request, "scope", None)
    world = getattr(request, "world", None)
    offered = [item for item in items() if world is None or practice.served(item.url_name)]
    permitted = [(item, reverse(item.url_name)) for item in offered if _permitted(item, scope)]
    current = _current(request.path, (url for _, url in permitted))
    found = []
    for chapter in sorted(_chapters.values(), key=lambda c: c.order):
        links = tuple(
            NavLink(item.key, item.label, url, item.icon, item.phone, url == current, _on_phone(item, world))
            for item, url in permitted
            if item.chapter == chapter.key
        )
        if links:
            found.append(NavGroup(chapter.key, chapter.label, links))
    return tuple(found)


def phone_links(found: Iterable[NavGroup]) -> tuple[NavLink, ...]:
    """The four things of the bottom bar."""
    return tuple(link for group in found for link in group.links if link.phone)[:4]


def _on_phone(item: NavItem, world: Any) -> str:
    """The item's own page for the bottom bar, where it is served."""
    name = item.phone_url_name
    return reverse(name) if name and (world is None or practice.served(name)) else ""


def _permitted(item: NavItem, scope: Any) -> bool:
    return scope is not None and (item.verb is None or scope.may(item.verb))


def _current(path: str, urls: Iterable[str]) -> str | None:
    """The longest registered address that the path lies under, part by part; the desk counts only for itself."""
    desk = get_script_prefix()
    under = [url for url in urls if path == url or (url != desk and path.startswith(f"{url.rstrip('/')}/"))]
    return max(under, key=len, default=None)


def _add(store: dict[str, Any], key: str, entry: Any) -> None:
    if store.get(key, entry) != entry:
        raise NavigationFault(f"The navigation key {key} is already taken by {store[key]}.")
    store[key] = entry
