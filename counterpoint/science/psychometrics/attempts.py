"""Who answered what, in order: the record a learner model is fitted to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoint.science.psychometrics.arrays import Counts


@dataclass(frozen=True, eq=False)
class Attempts:
    """A row an answer, in the order of time for each student; `item` and `skill` are whole numbers, `right` 0 or 1.

    ValueError where lengths differ or `right` is anything else.
    """

    student: Counts
    item: Counts
    skill: Counts
    right: Counts

    def __post_init__(self) -> None:
        for name in ("student", "item", "skill", "right"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.int64))
        if len({len(self.student), len(self.item), len(self.skill), len(self.right)}) != 1:
            raise ValueError("student, item, skill and right have one entry a row")
        if not np.isin(self.right, (0, 1)).all():
            raise ValueError("right is 0 or 1")

    def __len__(self) -> int:
        return len(self.student)

    def take(self, which: Counts) -> Attempts:
        """Some rows, by position or mask."""
        return Attempts(self.student[which], self.item[which], self.skill[which], self.right[which])

    def of_each(self) -> list[Counts]:
        """Positions of the rows of each student."""
        order = np.argsort(self.student, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(self.student[order])) + 1) if len(self) else []


def repeats(attempts: Attempts) -> Counts:
    """True for a row whose student answered the same item in the row before.

    In logs that write a problem once for every skill it needs, such a row is a copy of an answer already seen: a model
    that knows the last answer reads it off, and its figures say nothing of what it knows of the learner.
    """
    found = np.zeros(len(attempts), dtype=bool)
    for rows in attempts.of_each():
        found[rows[1:]] = attempts.item[rows[1:]] == attempts.item[rows[:-1]]
    return found


def without_repeats(attempts: Attempts) -> Attempts:
    """Only the first of rows that repeat each other."""
    return attempts.take(~repeats(attempts))
