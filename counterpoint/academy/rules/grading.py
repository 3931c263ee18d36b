"""What a sitting is worth: share of right answers, ability with its error, passed or not. Pure: equal answers, equal
right answers and equal item numbers give the equal grade, whenever and wherever it is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterpoint.academy.rules.days import together, worth
from counterpoint.academy.science import psychometrics as p

QUICK = 3.0  # seconds, in which nobody reads a question


@dataclass(frozen=True)
class Slot:
    """A question of a form as grading sees it: its cell, whether it counts, and the numbers it was chosen with."""

    question: str
    cell: str
    counts: bool
    slope: float
    difficulty: float


@dataclass(frozen=True)
class Played:
    """The day of an exam: where its loss stands between doing nothing (0) and the reference (1), the standard that is
    asked for, and its part of all points."""

    position: float
    standard: float
    weight: float


@dataclass(frozen=True)
class Graded:
    """`right` of `of` counted questions; share with its 95 % limits; ability and its sd; by cell (right, of). `total`
    is the share of all points, the day's with them; `close` when chance among the questions could have turned it."""

    right: int
    of: int
    open: int
    share: float
    low: float
    high: float
    theta: float
    sd: float
    passed: bool
    close: bool
    by_cell: Mapping[str, tuple[int, int]]
    total: float = 0.0


def passes(theory: float, theta: float | None, share: float, shown: float | None) -> bool:
    """Whether a share and an ability reach their cuts."""
    return share >= theory - 1e-9 and (theta is None or (shown is not None and shown >= theta - 1e-9))


def total_of(
    theory: float, theta: float | None, share: float, shown: float | None, day: Played | None
) -> tuple[float, bool]:  # fmt: skip
    """Share of all points, and whether it passes: share and ability reach their cuts, the day its standard."""
    if day is None:
        return share, passes(theory, theta, share, shown)
    total = together(share, worth(day.position, day.standard, theory), day.weight)
    return total, passes(theory, theta, total, shown) and day.position >= day.standard - 1e-9


def needed(theory: float, day: Played | None) -> float:
    """The share of questions that is needed beside the day."""
    if day is None:
        return theory
    return (theory - day.weight * worth(day.position, day.standard, theory)) / (1 - day.weight)


def marks(worths: Sequence[float | None]) -> list[int]:
    """1 for full, 0 for less, -1 where nothing was answered."""
    return [p.OPEN if one is None else p.RIGHT if one >= 1.0 - 1e-9 else p.WRONG for one in worths]


def grade(
    slots: Sequence[Slot], worths: Sequence[float | None], theory: float, theta: float | None,
    day: Played | None = None,
) -> Graded:  # fmt: skip
    """`worths` are what the answers are worth, one a slot; None where none was given. With nothing that counts the
    result is not passed."""
    found = marks(worths)
    kept = [place for place, slot in enumerate(slots) if slot.counts]
    if not kept:
        return Graded(0, 0, 0, 0.0, 0.0, 1.0, 0.0, 1.0, False, False, {})
    told = p.score([found[i] for i in kept], [slots[i].cell for i in kept])
    able = ability([slots[i] for i in kept], [max(p.WRONG, found[i]) for i in kept])  # left open is not known
    total, passed = total_of(theory, theta, told.share, able.mean, day)
    missed = day is not None and day.position < day.standard - 1e-9  # the questions could not have turned it
    return Graded(
        told.right, told.of, told.open, told.share, told.low, told.high, able.mean, able.sd, passed,
        not missed and told.close_to(needed(theory, day)), dict(told.by_cell), total,
    )  # fmt: skip


def ability(slots: Sequence[Slot], found: Sequence[int]) -> p.Ability:
    """From the marks of questions whose numbers are known; nothing but the prior without any."""
    if not slots:
        return p.EVERYBODY
    return p.ability(p.items([one.slope for one in slots], [one.difficulty for one in slots]), found)


def believed(prior: int) -> float:
    """Difficulty on the scale of abilities as an author's 1–5 says it, before anybody answered: -2 … 2."""
    return float(prior - 3)


def quick(times: Sequence[tuple[int, float]]) -> list[int]:
    """Slots whose first answer came within `QUICK` seconds of the first answer before it; (slot, seconds) in order."""
    found, seen, last = [], set(), None
    for slot, at in times:
        if slot in seen:
            continue
        if last is not None and at - last < QUICK:
            found.append(slot)
        seen.add(slot)
        last = at
    return found
