"""What differs between two versions of a rule, field by field: all that a diff lesson teaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from counterpoint.primitives.content import Item


@dataclass(frozen=True)
class Change:
    """One field that differs. `path` names it (`clocks.contact.within.level_1.minutes`); None where nothing stands."""

    path: str
    old: Any
    new: Any


@dataclass(frozen=True)
class DiffLesson:
    """A rule as it was taught and as it is: what changed, and since when."""

    kind: str
    taught: Item
    now: Item
    changes: tuple[Change, ...]

    @property
    def since(self) -> date:
        """From which day the new version rules."""
        return self.now.effective_from


def diff(kind: str, taught: Item, now: Item) -> DiffLesson:
    """The difference of two versions of one rule, in the order of the fields."""
    return DiffLesson(kind, taught, now, tuple(changes(taught.body, now.body)))


def changes(old: Any, new: Any, path: str = "") -> Iterator[Change]:
    """Every leaf that differs. Rows of a list are matched by their short name; a list
    without short names is one field."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*old, *new]):
            yield from changes(old.get(name), new.get(name), f"{path}.{name}" if path else str(name))
    elif _rows(old) and _rows(new):
        yield from changes({one["slug"]: one for one in old}, {one["slug"]: one for one in new}, path)
    else:
        yield Change(path, old, new)


def touches(found: Iterable[Change], fields: Sequence[str]) -> bool:
    """Whether a change lies in, or holds, one of the fields; an empty field is the whole rule."""
    return any(
        not field or one.path == field or one.path.startswith(f"{field}.") or field.startswith(f"{one.path}.")
        for one in found
        for field in fields
    )


def _rows(value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(one, Mapping) and "slug" in one for one in value)
    )
