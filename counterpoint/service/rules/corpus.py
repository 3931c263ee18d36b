"""A labelled corpus drawn from written patterns: openings, cores and closings with words in their slots.

No text of a real customer. The same seed gives the same corpus.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from counterpoint.service.rules.signals import LEVELS

SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Patterns:
    """Cores of one kind of complaint with its level and category; the item `slots` brings the shared words instead."""

    key: str
    level: str = ""
    category: str = ""
    texts: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    openings: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()
    en_openings: tuple[str, ...] = ()
    en_closings: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    en_fillers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Labelled:
    """A text with its level and category."""

    text: str
    level: str
    category: str


def draw(patterns: Sequence[Patterns], *, seed: int, each: int = 4, mixed: int = 400) -> list[Labelled]:
    """`each` texts of every core, and `mixed` texts of two cores, which have the severer one's labels."""
    chance = np.random.default_rng(seed)
    (shared,) = (one for one in patterns if one.slots)
    kinds = sorted((one for one in patterns if one.level), key=lambda one: (one.level, one.key))
    rows = [
        Labelled(_whole(core, shared, chance, english), kind.level, kind.category)
        for kind in kinds
        for english, cores in ((False, kind.texts), (True, kind.english))
        for core in cores
        for _ in range(each)
    ]
    for _ in range(mixed):
        first, second = (kinds[int(at)] for at in chance.choice(len(kinds), 2, replace=False))
        worst = min(first, second, key=lambda kind: LEVELS.index(kind.level))
        parts = [kind.texts[int(chance.integers(len(kind.texts)))] for kind in (first, second)]
        rows.append(Labelled(_whole(",".join(parts), shared, chance, False), worst.level, worst.category))
    return rows


def _whole(core: str, shared: Patterns, chance: np.random.Generator, english: bool) -> str:
    before, after = (shared.en_openings, shared.en_closings) if english else (shared.openings, shared.closings)
    fillers, gap = (shared.en_fillers, " ") if english else (shared.fillers, ",")
    around = [fillers[int(at)] for at in chance.integers(len(fillers), size=2)] if fillers else []
    parts = [part for part in (*around[:1], core, *around[1:]) if part]
    text = before[int(chance.integers(len(before)))] + gap.join(parts) + after[int(chance.integers(len(after)))]

    def word(match: re.Match[str]) -> str:
        choices = shared.slots[match[1]]
        return choices[int(chance.integers(len(choices)))]

    return SLOT.sub(word, SLOT.sub(word, text))
