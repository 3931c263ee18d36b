"""Fixed forms: a draw of items by cells of content, the same for the same seed, and what a sitting of one is worth."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterpoint.science.inference import share_limits
from counterpoint.science.psychometrics.adaptive import Bank
from counterpoint.science.psychometrics.responses import OPEN, RIGHT


def chance(seed: int, *names: object) -> float:
    """A draw in [0, 1) named by seed and names: it stays the same whatever else is drawn before or beside it."""
    told = "\x1f".join(str(part) for part in (seed, *names)).encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big") / 2**64


def shuffled(seed: int, name: str, options: Sequence[str]) -> tuple[str, ...]:
    """Options of an item in the order in which this sitting shows them."""
    return tuple(sorted(options, key=lambda option: (chance(seed, name, option), option)))


def draw_form(bank: Bank, wanted: Mapping[str, int], *, seed: int) -> tuple[int, ...]:
    """Positions of so many items of each cell, no two of a family, in the order to show them.

    Does not depend on the order of the bank. ValueError when a cell has too few items, which it names.
    """
    used: set[str] = set()
    taken: list[int] = []
    for cell in sorted(wanted):
        inside = [i for i, own in enumerate(bank.cells) if own == cell]
        inside.sort(key=lambda i: (chance(seed, bank.items.names[i]), bank.items.names[i]))
        mine: list[int] = []
        for i in inside:
            if len(mine) < wanted[cell] and bank.families[i] not in used:
                mine.append(i)
                used.add(bank.families[i])
        if len(mine) < wanted[cell]:
            raise ValueError(f"{cell} needs {wanted[cell]} items and has {len(mine)}: write more, or ask for fewer")
        taken += mine
    return tuple(sorted(taken, key=lambda i: (chance(seed, "place", bank.items.names[i]), bank.items.names[i])))


@dataclass(frozen=True)
class Score:
    """`right` of `of` items that count; `low` and `high` are 95 % limits of the share; by cell (right, of)."""

    right: int
    of: int
    open: int
    low: float
    high: float
    by_cell: Mapping[str, tuple[int, int]]

    @property
    def share(self) -> float:
        """0–1."""
        return self.right / self.of

    def passed(self, cut: float) -> bool:
        """A share at the cut passes."""
        return self.right >= cut * self.of - 1e-9

    def close_to(self, cut: float) -> bool:
        """Whether chance alone could have put the person on the other side of the cut."""
        return self.low < cut < self.high


def score(marks: Sequence[int], cells: Sequence[str], counted: Sequence[bool] | None = None) -> Score:
    """From marks (1, 0, -1) of one sitting. An item left open counts as not right; items that are tried out or were
    dropped (`counted` False) count nowhere. ValueError when nothing counts or lengths differ."""
    keep = [True] * len(marks) if counted is None else list(counted)
    rows = [(mark, cell) for mark, cell, kept in zip(marks, cells, keep, strict=True) if kept]
    if not rows:
        raise ValueError("no item of the form counts")
    by_cell: dict[str, tuple[int, int]] = {}
    for mark, cell in rows:
        right, of = by_cell.get(cell, (0, 0))
        by_cell[cell] = (right + (mark == RIGHT), of + 1)
    right = sum(mark == RIGHT for mark, _ in rows)
    low, high = share_limits(right, len(rows))
    return Score(right, len(rows), sum(mark == OPEN for mark, _ in rows), low, high, by_cell)
