"""Definitions as dated, immutable versions: those of the files, and over them those that headquarters decided.

Files lie in the rooms' ``content/<kind>/*.yaml`` and in the folders of ``COUNTERPOINT_CONTENT``
(``<folder>/<kind>/*.yaml`` or ``<folder>/<room>/<kind>/*.yaml``).
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.primitives.content import registry, yaml_text
from counterpoint.primitives.content.registry import ContentError, Kind

PACKAGE = Path(__file__).resolve().parents[2]
FOLDERS = "COUNTERPOINT_CONTENT"
COMMON = frozenset({"key", "version", "source", "mark", "effective_from", "effective_to", "pack", "examples"})
MARKS = frozenset({"V", "K", "D", "O"})  # verified, from knowledge, design default, outline
ANY = "any"
CHOSEN = 2_000  # choices of versions that stay in memory


@dataclass(frozen=True)
class Item:
    """One version of one definition. `value` is what the kind makes of `body`; `file` says where it stands."""

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
    body: Mapping[str, Any] = field(default_factory=dict, compare=False)
    decided: str = ""  # id of the decision of headquarters that made it; empty for one from a file

    @cached_property
    def text(self) -> str:
        """The item as it stands in a file of its key."""
        return yaml_text.dump([row_of(self)])

    @property
    def may_stop(self) -> bool:
        """Whether it may forbid: only what was verified at its source may; all else warns."""
        return self.mark == "V"

    def in_force(self, on: date) -> bool:
        """Whether this version rules on the date (end exclusive)."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


class Overlay:
    """What headquarters decided on top of the files. This one decides nothing; the database brings its own."""

    def edition(self, bank: str | None) -> Hashable:
        """Changes whenever `items` would."""
        return None

    def items(self, kind: str, bank: str | None) -> tuple[Item, ...]:
        """Versions of the bank's own."""
        return ()


_overlay = Overlay()
_chosen: dict[tuple[int, date, str], tuple[tuple[Item, ...], dict[str, Item]]] = {}  # by the versions it is chosen of


def use(overlay: Overlay) -> Overlay:
    """Read with this overlay from now on; returns the one before."""
    global _overlay
    before, _overlay = _overlay, overlay
    return before


def edition(bank: str | None = None) -> Hashable:
    """What the caller's content stands at: part of the key of whatever is cached from it.

    `bank` is the org path of a unit of the bank; the active scope says it otherwise.
    """
    return _overlay.edition(bank)


def items(kind: str, on: date, pack: str = "cn", *, bank: str | None = None) -> dict[str, Item]:
    """Every key's version in force on a date: the pack's own, else the one for all packs."""
    held = every(kind, bank=bank)
    known = _chosen.get((id(held), on, pack))
    if known is None or known[0] is not held:
        if len(_chosen) >= CHOSEN:
            _chosen.clear()
        known = _chosen[id(held), on, pack] = (held, _in_force(held, on, pack))
    return dict(known[1])


def _in_force(held: tuple[Item, ...], on: date, pack: str) -> dict[str, Item]:
    chosen: dict[str, Item] = {}
    for item in held:
        if item.in_force(on) and item.pack in (pack, ANY):
            other = chosen.get(item.key)
            if other is None or (other.pack == pack, other.version) < (item.pack == pack, item.version):
                chosen[item.key] = item
    return chosen


def get(kind: str, key: str, on: date, pack: str = "cn", *, bank: str | None = None) -> Item:
    """One definition in force on a date; `ContentError` when there is none."""
    item = items(kind, on, pack, bank=bank).get(key)
    if item is None:
        raise ContentError(f"No {kind} “{key}” is in force on {on} in pack {pack}.")
    return item


def version(kind: str, key: str, version: int, pack: str = "cn", *, bank: str | None = None) -> Item:
    """The version that a run pinned, whatever rules today; `ContentError` when there never was one."""
    found = [item for item in every(kind, bank=bank) if (item.key, item.version) == (key, version)]
    for wanted in (pack, ANY):
        for item in found:
            if item.pack == wanted:
                return item
    raise ContentError(f"There is no version {version} of {kind} “{key}” in pack {pack}.")


def resolve(kind: str, key: str, *, bank: str | None = None) -> bool:
    """Whether any version of the key exists."""
    return any(item.key == key for item in every(kind, bank=bank))


def every(kind: str, *, bank: str | None = None) -> tuple[Item, ...]:
    """All versions of all keys of a kind."""
    now = _overlay.edition(bank)
    return _load(kind) if now is None else _merged(kind, now, bank)


@lru_cache(maxsize=256)
def _merged(kind: str, _edition: Hashable, bank: str | None) -> tuple[Item, ...]:
    """Files and decisions; every earlier version of a key and pack ends where a decided one begins. The edition is what
    `bank` (or the active scope) stands at."""
    from_files, own = _load(kind), _overlay.items(kind, bank)
    begins: dict[tuple[str, str], list[Item]] = {}
    for item in own:
        begins.setdefault((item.key, item.pack), []).append(item)
    return tuple(_cut(item, begins.get((item.key, item.pack), [])) for item in (*from_files, *own))


def _cut(item: Item, decisions: list[Item]) -> Item:
    later = [one.effective_from for one in decisions if one.version > item.version]
    ends = [*later, *([item.effective_to] if item.effective_to else [])]
    return replace(item, effective_to=max(item.effective_from, min(ends))) if later else item


def decided(item: Item, by: str) -> Item:
    """The item as one of headquarters' decisions."""
    return replace(item, decided=by, file="")


def from_files(kind: str) -> tuple[Item, ...]:
    """All versions of a kind that stand in files, whatever headquarters decided."""
    return _load(kind)


def folders() -> tuple[Path, ...]:
    """Folders of definitions beside the package, from the environment."""
    return tuple(Path(one).expanduser() for one in os.environ.get(FOLDERS, "").split(os.pathsep) if one)


def files(kind: str) -> list[Path]:
    """Every file of a kind, the package's first."""
    found = sorted(PACKAGE.glob(f"*/content/{kind}/*.yaml"))
    for folder in folders():
        found += sorted({*folder.glob(f"{kind}/*.yaml"), *folder.glob(f"*/{kind}/*.yaml")})
    return found


def forget() -> None:
    """Read the files afresh at the next call."""
    _load.cache_clear()
    _merged.cache_clear()
    _chosen.clear()


registry.on_declared(forget)


def warm() -> None:
    """Read the files of every kind now, so that nobody reads them while others wait to write."""
    for kind in registry.kinds():
        _load(kind.name)


@lru_cache(maxsize=128)
def _load(kind: str) -> tuple[Item, ...]:
    declared, found = registry.kind_of(kind), list[Item]()
    for path in files(kind):
        found += read(path, declared)
    return tuple(found)


def read(path: Path, kind: Kind) -> list[Item]:
    """All items of one file."""
    where = _where(path, kind)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise ContentError(f"{where} is no YAML: {wrong}") from wrong
    return read_text(text, kind, where, anchors=True)


def read_text(text: str, kind: Kind, where: str, *, anchors: bool = False) -> list[Item]:
    """All items of a text; `where` stands in the messages, anchors are for files of the house."""
    try:
        documents = yaml_text.load(text, anchors=anchors)
    except yaml_text.YamlFault as wrong:
        raise ContentError(f"{where} is no YAML: {wrong}") from wrong
    rows = documents if isinstance(documents, list) else [documents]
    return [item_of(row, kind, where) for row in rows]


def item_of(row: Any, kind: Kind, where: str) -> Item:
    """The item of a row of YAML. Raises `ContentError` with file, key and field."""
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
        value = kind.value_of(str(row["key"]), body)
    except (ValueError, KeyError, TypeError) as wrong:
        raise ContentError(f"{where}: {row['key']}: {wrong}") from wrong
    return Item(
        key=str(row["key"]),
        version=row["version"],
        pack=str(row.get("pack", ANY)),
        source=str(row["source"]),
        mark=row["mark"],
        effective_from=row["effective_from"],
        effective_to=row.get("effective_to"),
        value=value,
        examples=tuple(row.get("examples", ())),
        file=where,
        body=body,
    )


def row_of(item: Item) -> dict[str, Any]:
    """The item as a row of YAML: reading it again gives the same item."""
    row: dict[str, Any] = {"key": item.key, "version": item.version}
    if item.pack != ANY:
        row["pack"] = item.pack
    row |= {"source": item.source, "mark": item.mark, "effective_from": item.effective_from}
    if item.effective_to is not None:
        row["effective_to"] = item.effective_to
    row |= item.body
    if item.examples:
        row["examples"] = list(item.examples)
    return row


def shown_text(item: Item) -> str:
    """The item as YAML, as a page shows it."""
    return yaml_text.dump(row_of(item))


def told(item: Item) -> Any:
    """What an item says, as plain data: two versions that say the same rule the same."""
    return (
        yaml_text.plain(dict(item.body)), yaml_text.plain(list(item.examples)),
        item.source, item.mark, item.effective_to,
    )  # fmt: skip


def wrong_example(kind: Kind, item: Item, example: dict[str, Any]) -> str:
    """Why a worked example does not hold; empty when it does."""
    if kind.check_example is None:
        return _("this kind has no examples")
    try:
        return kind.check_example(item.value, example)
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        return _("cannot be worked: %(why)s") % {"why": f"{type(wrong).__name__}: {wrong}"}


def failing(kind: Kind, held: Iterable[Item]) -> list[tuple[Item, dict[str, Any], str]]:
    """Worked examples that do not hold: item, example, why."""
    return [
        (item, example, wrong)
        for item in held
        for example in item.examples
        if (wrong := wrong_example(kind, item, example))
    ]


def _where(path: Path, kind: Kind) -> str:
    """room/kind/file for a file of the package; the folder's own name otherwise."""
    above = path.parent.parent
    room = above.parent.name if path.is_relative_to(PACKAGE) else above.name
    return f"{room}/{kind.name}/{path.name}"


def _wrong_head(row: dict[str, Any]) -> str:
    """What is wrong with version, dates or examples; empty when nothing is."""
    since, until = row["effective_from"], row.get("effective_to")
    if type(row["version"]) is not int or row["version"] < 1:
        return "version must be a whole number"
    if type(since) is not date or type(until) not in (date, type(None)):
        return "effective_from and effective_to must be dates"
    if until is not None and until <= since:
        return "it ends before it is in force"
    examples = row.get("examples", [])
    if not isinstance(examples, list) or not all(isinstance(one, dict) for one in examples):
        return "examples must be a list"
    return ""
