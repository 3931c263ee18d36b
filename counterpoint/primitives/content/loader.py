"""Reading content files into validated, dated items. Pure data: no expressions, no database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PACKAGE = Path(__file__).resolve().parents[2]
COMMON = frozenset({"key", "version", "source", "mark", "effective_from", "effective_to", "pack", "examples"})
MARKS = frozenset({"V", "K", "D", "O"})  # verified, from knowledge, design default, outline


class ContentError(ValueError):
    """A content file is wrong; the message names file and key."""


@dataclass(frozen=True)
class Item:
    """One version of one definition. `value` is what the kind's parser made of the body."""

    key: str
    version: int
    pack: str
    source: str
    mark: str
    effective_from: date
    effective_to: date | None
    value: Any
    examples: tuple[dict[str, Any], ...] = ()
    file: str = ""

    def in_force(self, on: date) -> bool:
        """Whether this version rules on the date (end exclusive)."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


@dataclass(frozen=True)
class Kind:
    """A kind of content: its folder name, the parser of a body, and how an example is checked.

    `parse(body)` raises ValueError/KeyError/TypeError on a bad body. `check_example(value, example)` returns a message
    when the example does not hold, else an empty string. `references(value)` names (kind, key) pairs it depends on.
    """

    name: str
    parse: Callable[[dict[str, Any]], Any]
    check_example: Callable[[Any, dict[str, Any]], str] | None = None
    references: Callable[[Any], list[tuple[str, str]]] = field(default=lambda value: [])


_kinds: dict[str, Kind] = {}


def declare(kind: Kind) -> None:
    """Register a kind; once per name."""
    if _kinds.get(kind.name, kind) != kind:
        raise ContentError(f"Kind {kind.name} is declared twice.")
    _kinds[kind.name] = kind
    _load.cache_clear()


def kinds() -> list[Kind]:
    """All declared kinds, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def items(kind: str, on: date, pack: str = "cn") -> dict[str, Item]:
    """Every key's version in force on a date: the pack's own, else the one for all packs."""
    chosen: dict[str, Item] = {}
    for item in _load(kind):
        if item.in_force(on) and item.pack in (pack, "any"):
            held = chosen.get(item.key)
            if held is None or (held.pack == pack, held.version) < (item.pack == pack, item.version):
                chosen[item.key] = item
    return chosen


def get(kind: str, key: str, on: date, pack: str = "cn") -> Item:
    """One definition in force on a date; `ContentError` when there is none."""
    item = items(kind, on, pack).get(key)
    if item is None:
        raise ContentError(f"No {kind} “{key}” is in force on {on} in pack {pack}.")
    return item


def resolve(kind: str, key: str) -> bool:
    """Whether any version of the key exists."""
    return any(item.key == key for item in _load(kind))


def every(kind: str) -> tuple[Item, ...]:
    """All versions of all keys of a kind."""
    return _load(kind)


@lru_cache(maxsize=64)
def _load(kind: str) -> tuple[Item, ...]:
    if kind not in _kinds:
        raise ContentError(f"Nobody declared the content kind “{kind}”.")
    found: list[Item] = []
    for path in sorted(PACKAGE.glob(f"*/content/{kind}/*.yaml")):
        found += read(path, _kinds[kind])
    return tuple(found)


def read(path: Path, kind: Kind) -> list[Item]:
    """All items of one file."""
    try:
        documents = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise ContentError(f"{_where(path, kind)} is no YAML: {wrong}") from wrong
    rows = documents if isinstance(documents, list) else [documents]
    return [_item(row, kind, path) for row in rows]


def _item(row: Any, kind: Kind, path: Path) -> Item:
    where = _where(path, kind)
    if not isinstance(row, dict) or "key" not in row:
        raise ContentError(f"{where}: an item needs a key.")
    missing = {"version", "source", "mark", "effective_from"} - set(row)
    if missing:
        raise ContentError(f"{where}: {row['key']} lacks {', '.join(sorted(missing))}.")
    if row["mark"] not in MARKS:
        raise ContentError(f"{where}: {row['key']} has the mark {row['mark']!r}; use one of {sorted(MARKS)}.")
    wrong_head = _wrong_head(row)
    if wrong_head:
        raise ContentError(f"{where}: {row['key']}: {wrong_head}.")
    body = {name: value for name, value in row.items() if name not in COMMON}
    try:
        value = kind.parse({"key": row["key"], **body})
    except (ValueError, KeyError, TypeError) as wrong:
        raise ContentError(f"{where}: {row['key']}: {wrong}") from wrong
    return Item(
        key=str(row["key"]),
        version=row["version"],
        pack=row.get("pack", "any"),
        source=str(row["source"]),
        mark=row["mark"],
        effective_from=row["effective_from"],
        effective_to=row.get("effective_to"),
        value=value,
        examples=tuple(row.get("examples", ())),
        file=where,
    )


def _where(path: Path, kind: Kind) -> str:
    return f"{path.parent.parent.parent.name}/{kind.name}/{path.name}"


def _wrong_head(row: dict[str, Any]) -> str:
    """What is wrong with version, dates or examples; empty when nothing is."""
    since, until = row["effective_from"], row.get("effective_to")
    if type(row["version"]) is not int:
        return "version must be a whole number"
    if type(since) is not date or type(until) not in (date, type(None)):
        return "effective_from and effective_to must be dates"
    if until is not None and until <= since:
        return "it ends before it is in force"
    if not isinstance(row.get("examples", []), list):
        return "examples must be a list"
    return ""
