"""Kinds of content: what a room declares once, so that its definitions are data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from counterpoint.primitives.content import bodies
from counterpoint.primitives.content.bodies import BodyError, BodyProblem

References = Callable[[Any], list[tuple[str, str]]]


class ContentError(ValueError):
    """A content file or call is wrong; the message names file and key."""


@dataclass(frozen=True)
class Kind:
    """A kind of content: its folder name, the frozen dataclass of its bodies, and what else must hold.

    `type` validates a body and gives its JSON schema. `check(body)` says what the type cannot, an empty string when all
    is well. `build(body)` makes the value that readers get (ValueError says what is wrong still), the body itself
    without it. `check_example(value, example)` returns a message when a worked example does not hold, else an empty
    string. `references(value)` names (kind, key) pairs it depends on; a pair without a kind says in words what else is
    missing. `cites(value)` names those it only tells of: they must be known, and may end. `title`, `labels` (field →
    words) and `pages` (words, url name) are for headquarters' pages.
    `needs` are keys without which the room cannot work: no version of theirs may end.
    """

    name: str
    type: Any
    check_example: Callable[[Any, dict[str, Any]], str] | None = None
    references: References = field(default=lambda value: [])
    cites: References = field(default=lambda value: [])
    check: Callable[[Any], str] | None = None
    build: Callable[[Any], Any] | None = None
    title: Any = ""
    labels: Mapping[str, Any] = field(default_factory=dict, hash=False)
    pages: tuple[tuple[Any, str], ...] = ()
    needs: frozenset[str] = frozenset()

    def names(self, value: Any) -> list[tuple[str, str]]:
        """Everything that it depends on or tells of."""
        return [*self.references(value), *self.cites(value)]

    @property
    def room(self) -> str:
        """The room that declares it."""
        module = self.type.__module__ or ""
        parts = module.split(".")
        return parts[1] if parts[0] == "counterpoint" and len(parts) > 1 else ""

    def value_of(self, key: str, body: Mapping[str, Any]) -> Any:
        """What the body means. ValueError, KeyError or TypeError say what is wrong; `BodyError` names the fields."""
        own = {"key": key} if bodies.takes_key(self.type) else {}
        found = bodies.read_as(self.type, {**own, **body})
        wrong = self.check(found) if self.check else ""
        if wrong:
            raise BodyError((BodyProblem("", wrong),))
        try:
            return self.build(found) if self.build else found
        except ValueError as wrong:
            raise BodyError((BodyProblem("", str(wrong)),)) from None

    def schema(self) -> dict[str, Any]:
        """JSON schema of a body, without the key."""
        found = dict(bodies.schema_of(self.type))
        if bodies.takes_key(self.type):
            found["properties"] = {name: node for name, node in found["properties"].items() if name != "key"}
            found["required"] = [name for name in found.get("required", []) if name != "key"]
        return found


_kinds: dict[str, Kind] = {}
_listeners: list[Callable[[], None]] = []


def declare(kind: Kind) -> None:
    """Register a kind; once per name."""
    if _kinds.get(kind.name, kind) != kind:
        raise ContentError(f"Kind {kind.name} is declared twice.")
    _kinds[kind.name] = kind
    for tell in _listeners:
        tell()


def on_declared(tell: Callable[[], None]) -> None:
    """Call `tell()` whenever a kind is declared."""
    _listeners.append(tell)


def kinds() -> list[Kind]:
    """All declared kinds, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def kind_of(name: str) -> Kind:
    """A declared kind; `ContentError` otherwise."""
    if name not in _kinds:
        raise ContentError(f"Nobody declared the content kind “{name}”.")
    return _kinds[name]
