"""A labelled corpus drawn from written patterns: openings, cores and closings with words in their slots.

No text of a real customer. The same seed gives the same corpus.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from counterpoint.primitives.content import Count, Text
from counterpoint.service.rules.signals import LEVELS

SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Silent:
    """Choices beside those of a list that say nothing, so that not every text begins or ends with something."""

    openings: Count = 0
    closings: Count = 0
    fillers: Count = 0
    en_openings: Count = 0
    en_closings: Count = 0
    en_fillers: Count = 0


@dataclass(frozen=True)
class Patterns:
    """Cores of one kind of complaint with its level and category; the item `slots` brings the shared words instead."""

    key: str
    level: str = ""
    category: str = ""
    texts: tuple[Text, ...] = ()
    english: tuple[Text, ...] = ()
    slots: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    openings: tuple[Text, ...] = ()
    closings: tuple[Text, ...] = ()
    fillers: tuple[Text, ...] = ()
    en_openings: tuple[Text, ...] = ()
    en_closings: tuple[Text, ...] = ()
    en_fillers: tuple[Text, ...] = ()
    silent: Silent = field(default_factory=Silent)

    def choices(self, part: str) -> tuple[str, ...]:
        """What one of the lists `openings` to `en_fillers` may say, the silent choices first."""
        said: tuple[str, ...] = getattr(self, part)
        return ("",) * getattr(self.silent, part) + said


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
    own, gap, space = ("en_", " ", " ") if english else ("", ",", "")
    before, after, fillers = (shared.choices(f"{own}{part}") for part in ("openings", "closings", "fillers"))
    around = [fillers[int(at)] for at in chance.integers(len(fillers), size=2)] if fillers else []
    middle = gap.join(part for part in (*around[:1], core, *around[1:]) if part)
    whole = (before[int(chance.integers(len(before)))], middle, after[int(chance.integers(len(after)))])
    text = space.join(part for part in whole if part)

    def word(match: re.Match[str]) -> str:
        choices = shared.slots[match[1]]
        return choices[int(chance.integers(len(choices)))]

    return SLOT.sub(word, SLOT.sub(word, text))
