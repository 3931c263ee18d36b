"""The content check of the build: every file parses, every example holds, every reference resolves, no two versions of
a key rule at once."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from counterpoint.primitives.content import loader


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
    declared = {kind.name for kind in loader.kinds()}
    for path in sorted(loader.PACKAGE.glob("*/content/*/*.yaml")):
        if path.parent.name not in declared:
            problems.append(Problem(str(path.name), path.parent.name, "nobody declared this kind"))
    for kind in loader.kinds():
        try:
            items = loader.every(kind.name)
        except (loader.ContentError, ValueError) as wrong:
            problems.append(Problem(kind.name, "", str(wrong)))
            continue
        for item in items:
            problems += _item_problems(kind, item)
        problems += _overlaps(items)
    return problems


def _item_problems(kind: loader.Kind, item: loader.Item) -> list[Problem]:
    problems = []
    for example in item.examples:
        wrong = kind.check_example(item.value, example) if kind.check_example else "this kind has no examples"
        if wrong:
            problems.append(Problem(item.file, item.key, f"example {example}: {wrong}"))
    for other, key in kind.references(item.value):
        if not loader.resolve(other, key):
            problems.append(Problem(item.file, item.key, f"refers to {other} “{key}”, which does not exist"))
    return problems


def _overlaps(items: tuple[loader.Item, ...]) -> list[Problem]:
    versions = defaultdict(list)
    for item in items:
        versions[item.key, item.pack].append(item)
    return [
        Problem(later.file, later.key, "two versions are in force at once")
        for rows in versions.values()
        for earlier, later in pairwise(sorted(rows, key=lambda i: i.effective_from))
        if earlier.effective_to is None or earlier.effective_to > later.effective_from
    ]
