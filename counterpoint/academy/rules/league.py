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


@dataclass(frozen=True)
class BranchStanding:
    """A branch with the number of its group of equals: regret an hour with its interval, the people placed there, and
    the days that it is counted on."""

    home: str
    group: int
    regret: float
    low: float
    high: float
    people: int
    days: int


def branches(days: Mapping[str, Mapping[int, float]], homes: Mapping[str, str]) -> tuple[BranchStanding, ...]:
    """Branches as people are ranked, best first: a branch's figure of a day is the mean of its best three people on it,
    over the days that all three have played; `days` are by person and day. Branches with fewer people, or with too few
    days in common, are left out."""
    placed: dict[str, list[str]] = {}
    for name, values in days.items():
        if len(values) >= FEWEST:
            placed.setdefault(homes[name], []).append(name)
    figures = {home: _together([days[name] for name in names]) for home, names in placed.items() if len(names) >= BEST}
    groups = standing(figures)
    found = []
    for number, group in enumerate(groups, 1):
        rows = playing.ranking({home: figures[home] for home in group.people})
        for home, row in rows.iterrows():
            found.append(
                BranchStanding(
                    str(home), number, float(row["regret"]), float(row["low"]), float(row["high"]),
                    len(placed[str(home)]), len(figures[str(home)]),
                )
            )  # fmt: skip
    return tuple(found)


def _together(people: Sequence[Mapping[int, float]]) -> list[float]:
    """The mean of the best people on each day that all of them have played."""
    best = sorted(people, key=lambda one: sum(one.values()) / len(one))[:BEST]
    common = sorted(set.intersection(*(set(one) for one in best)))
    return [sum(one[day] for one in best) / len(best) for day in common]
