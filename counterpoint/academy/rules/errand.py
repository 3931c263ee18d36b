"""An errand of a drill: something to be done on the product's own pages, and what is found of it afterwards.

Each of its checks is an inject of the game with three answers: done, missed, and unread where nobody could look. So a
game and its log alone say what an errand cost, and no practice branch is ever read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

DONE, MISSED, UNREAD = "done", "missed", "unread"
ANSWERS = frozenset({DONE, MISSED, UNREAD})
PATIENCE = 24 * 60.0  # minutes: a check waits for its finding to the end of the day


class Asked(Protocol):
    """An inject of a game, as far as it is looked at here."""

    @property
    def key(self) -> str: ...
    @property
    def choices(self) -> Sequence[Any]: ...


def is_check(inject: Asked) -> bool:
    """Whether an inject asks for the finding of a check, and not for an answer."""
    return {choice.key for choice in inject.choices} == ANSWERS


def of_check(key: str) -> tuple[str, str]:
    """The errand and the check that a game's key stands for."""
    errand, _dot, check = key.partition(".")
    return errand, check


def errands_in(injects: Iterable[Asked]) -> tuple[str, ...]:
    """Short names of the errands of a game, in its order."""
    return tuple(dict.fromkeys(of_check(one.key)[0] for one in injects if is_check(one)))


def findings(found: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Checks with the answer that each finding of a log line stands for."""
    for check, one in sorted(found.items()):
        holds = one.get("holds")
        yield check, UNREAD if holds is None else DONE if holds else MISSED


@dataclass(frozen=True)
class Worth:
    """What a check is worth: its dimension of the sheet, its points, and the minutes that missing it costs."""

    dimension: str
    points: float
    minutes: float


def worth_of(check: Any) -> Worth:
    """What a check of a game is worth."""
    by_key = {choice.key: choice for choice in check.choices}
    dimension, points = by_key[DONE].scores[0]
    return Worth(dimension, points, by_key[MISSED].points)


def lost(injects: Iterable[Any], answers: Iterable[tuple[str, str, float]]) -> dict[str, float]:
    """Minutes that missed checks cost, by dimension."""
    checks = {one.key: worth_of(one) for one in injects if is_check(one)}
    found: dict[str, float] = {}
    for key, answer, _minute in answers:
        if key in checks and answer == MISSED:
            worth = checks[key]
            found[worth.dimension] = found.get(worth.dimension, 0.0) + worth.minutes
    return found
