"""The content check of the build: every file parses, every example holds, every reference resolves, no two versions of
a key rule at once, and no number means two versions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from counterpoint.primitives.content import loader, registry
from counterpoint.primitives.content.loader import Item
from counterpoint.primitives.content.registry import ContentError, Kind


@dataclass(frozen=True)
class Problem:
    """Something wrong in a content file."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}"


def check() -> list[Problem]:
    """All problems of all declared kinds; empty when sound."""
    problems: list[Problem] = []
    declared = {kind.name for kind in registry.kinds()}
    for path in sorted(loader.PACKAGE.glob("*/content/*/*.yaml")):
        if path.parent.name not in declared:
            problems.append(Problem(str(path.name), path.parent.name, "nobody declared this kind"))
    for kind in registry.kinds():
        try:
            items = loader.every(kind.name)
        except (ContentError, ValueError) as wrong:
            problems.append(Problem(kind.name, "", str(wrong)))
            continue
        problems += check_items(kind, items)
    return problems


def check_items(kind: Kind, items: Iterable[Item], *, also: frozenset[tuple[str, str]] = frozenset()) -> list[Problem]:
    """Problems of these versions of a kind; `also` are (kind, key) that are about to exist."""
    held = tuple(items)
    problems = [
        Problem(item.file, item.key, f"example {example}: {wrong}")
        for item, example, wrong in loader.failing(kind, held)
    ]
    for item in held:
        problems += [
            Problem(item.file, item.key, _dangling(other, key))
            for other, key in kind.names(item.value)
            if (other, key) not in also and not _exists(other, key)
        ]
    return problems + _clashes(held)


def _dangling(kind: str, key: str) -> str:
    return _("refers to %(kind)s “%(key)s”, which does not exist") % {"kind": kind, "key": key} if kind else key


def _exists(kind: str, key: str) -> bool:
    try:
        return loader.resolve(kind, key)
    except ContentError:  # a kind that nobody declared has no items
        return False


def _clashes(items: tuple[Item, ...]) -> list[Problem]:
    """Of the files alone: headquarters' later version takes over from the one before without ending it."""
    problems = []
    versions, numbers = defaultdict(list), defaultdict(set)
    for item in items:
        numbers[item.key, item.version].add(item.pack)
        if not item.decided:
            versions[item.key, item.pack].append(item)
    for rows in versions.values():
        for earlier, later in pairwise(sorted(rows, key=lambda i: i.effective_from)):
            if earlier.effective_to is None or earlier.effective_to > later.effective_from:
                problems.append(Problem(later.file, later.key, "two versions are in force at once"))
    for (key, number), packs in sorted(numbers.items()):
        if loader.ANY in packs and len(packs) > 1:
            file = next(item.file for item in items if (item.key, item.version) == (key, number))
            problems.append(Problem(file, key, f"version {number} is one for all packs and one of a pack of its own"))
    return problems
