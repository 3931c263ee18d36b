"""Answers of many people to many items, and answers of one person put into numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterpoint.science.psychometrics.arrays import Counts, Floats

RIGHT, WRONG, OPEN = 1, 0, -1


@dataclass(frozen=True, eq=False)
class Responses:
    """`marks` is people × items: 1 right, 0 wrong, -1 not answered. `names` are those of the items.

    ValueError for other marks, another number of names, names that repeat, or nobody.
    """

    marks: Counts
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        marks = np.asarray(self.marks)
        if marks.ndim != 2 or not marks.shape[0] or marks.shape[1] != len(self.names) or not self.names:
            raise ValueError(f"marks of shape {marks.shape} do not fit {len(self.names)} items")
        if len(set(self.names)) != len(self.names):
            raise ValueError("two items have the same name")
        if not np.isin(marks, (RIGHT, WRONG, OPEN)).all():
            raise ValueError("a mark is 1 (right), 0 (wrong) or -1 (not answered)")
        object.__setattr__(self, "marks", marks.astype(np.int8))

    @property
    def people(self) -> int:
        """Rows."""
        return int(self.marks.shape[0])

    def patterns(self) -> tuple[Counts, Floats]:
        """The different rows, and how many people gave each."""
        rows, counts = np.unique(self.marks, axis=0, return_counts=True)
        return rows, counts.astype(float)


def responses(rows: Sequence[Sequence[int]], names: Sequence[str] | None = None) -> Responses:
    """From rows of 1, 0 and -1; items are called 1, 2, … unless named."""
    marks = np.asarray(rows, dtype=int)
    return Responses(marks, tuple(names or (str(j + 1) for j in range(marks.shape[-1]))))
