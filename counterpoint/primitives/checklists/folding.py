"""Which of several answers to one item counts, pure: a function of the set of entries, never of their arrival.

An entry carries the device's running number, which is always larger than every number the device has seen (a logical
clock), so an edit made in knowledge of another is ordered after it. The order is (number, device); no wall clock takes
part. `base` names the entry that the person saw when answering.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One answer as it was captured."""

    key: str
    device: str
    seq: int
    value: Any
    files: tuple[str, ...] = ()
    base: str = ""

    @property
    def order(self) -> tuple[int, str, str]:
        """Later entries are larger."""
        return self.seq, self.device, self.key


@dataclass(frozen=True)
class Folded:
    """The entry that counts, and those that somebody else gave without knowing of it."""

    current: Entry | None
    contested: tuple[Entry, ...]


def fold(entries: Iterable[Entry]) -> Folded:
    """The same set gives the same answer in any order and with any repetition."""
    known = {entry.key: entry for entry in entries}
    if not known:
        return Folded(None, ())
    current = max(known.values(), key=lambda one: one.order)
    bases = {entry.base for entry in known.values() if entry.base}
    newest: dict[str, Entry] = {}
    for entry in sorted(known.values(), key=lambda one: one.order):
        newest[entry.device] = entry
    contested = [
        entry
        for entry in newest.values()
        if entry.key != current.key and entry.key not in bases and _content(entry) != _content(current)
    ]
    return Folded(current, tuple(sorted(contested, key=lambda one: one.order)))


def _content(entry: Entry) -> tuple[str, tuple[str, ...]]:
    return repr(entry.value), tuple(sorted(entry.files))
