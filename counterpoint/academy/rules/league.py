"""The table of a round: groups of equals, never a false order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterpoint.academy.science import playing

FEWEST = 3  # judged days before somebody is placed
BEST = 3  # people of a branch that count


@dataclass(frozen=True)
class Standing:
    """A group of people whose intervals meet that of its first: regret an hour of the first with its interval, and the
    worst mean of the group."""

    people: tuple[str, ...]
    regret: float
    low: float
    high: float
    last: float


def standing(days: Mapping[str, Sequence[float]]) -> tuple[Standing, ...]:
    """Groups, best first: each begins with the best who is left, and holds everybody whose interval meets theirs."""
    left = {name: values for name, values in days.items() if len(values) >= FEWEST}
    found = []
    while left:
        rows = playing.ranking(left)
        tied = rows[rows["tied"]]
        first = tied.iloc[0]
        found.append(
            Standing(
                tuple(str(name) for name in tied.index), float(first["regret"]), float(first["low"]),
                float(first["high"]), float(tied["regret"].max()),
            )
        )  # fmt: skip
        left = {name: values for name, values in left.items() if name not in set(tied.index)}
    return tuple(found)


def branches(days: Mapping[str, Sequence[float]], homes: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """Branches by the mean of their best three people; those with fewer are left out."""
    means: dict[str, list[float]] = {}
    for name, values in days.items():
        if len(values) >= FEWEST:
            means.setdefault(homes[name], []).append(sum(values) / len(values))
    rows = [(home, sum(sorted(some)[:BEST]) / BEST) for home, some in means.items() if len(some) >= BEST]
    return tuple(sorted(rows, key=lambda row: (row[1], row[0])))
