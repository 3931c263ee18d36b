"""Mergeable states of a part: what a day leaves behind so that a month needs no rows. Pure.

A state holds how many values, their sum and sum of squares, and for a spread how often each value on the grid came. Any
order of merging gives the same; the empty state changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class State:
    """`n` values, their `total` and `squares`; `steps` maps a place on the grid to how many values fell there."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    steps: Mapping[int, int] = field(default_factory=dict)

    def quantile(self, q: float, grid: float) -> float | None:
        """The smallest value on the grid that at least a share `q` of the values do not exceed; None of nothing."""
        count = sum(self.steps.values())
        return value_at(self.steps, rank_of(q, count), grid) if count else None


EMPTY = State()


def rank_of(q: float, count: int) -> int:
    """Which of `count` sorted values (from 1) is the quantile."""
    return max(1, ceil(q * count - 1e-9))


def value_at(steps: Mapping[int, int], rank: int, grid: float) -> float:
    """The value of a rank (from 1) among the values on the grid."""
    seen = 0
    for place in sorted(steps):
        seen += steps[place]
        if seen >= rank:
            return place * grid
    raise IndexError(f"There are only {seen} values, not {rank}.")


def place_of(value: float, grid: float) -> int:
    """Where a value falls on the grid: halves go up."""
    return floor(value / grid + 0.5)


def merge(states: Iterable[State]) -> State:
    """All states as one."""
    n, total, squares = 0, 0.0, 0.0
    steps: dict[int, int] = {}
    for one in states:
        n, total, squares = n + one.n, total + one.total, squares + one.squares
        for place, count in one.steps.items():
            steps[place] = steps.get(place, 0) + count
    return State(n, total, squares, steps)


def pack(steps: Mapping[int, int]) -> bytes:
    """Places and counts as two little-endian int32 arrays, one after the other."""
    import numpy as np

    places = np.array(sorted(steps), dtype="<i4")
    counts = np.array([steps[int(place)] for place in places], dtype="<i4")
    return places.tobytes() + counts.tobytes()


def unpack(blobs: Iterable[bytes]) -> dict[int, int]:
    """The merged steps of many packed ones; fast for thousands of days."""
    import numpy as np

    halves: list[tuple[NDArray[np.int32], NDArray[np.int32]]] = []
    for blob in blobs:
        both = np.frombuffer(bytes(blob), dtype="<i4")
        halves.append((both[: len(both) // 2], both[len(both) // 2 :]))
    if not halves:
        return {}
    places = np.concatenate([places for places, _counts in halves])
    counts = np.concatenate([counts for _places, counts in halves])
    known, at = np.unique(places, return_inverse=True)
    sums = np.bincount(at, weights=counts, minlength=len(known)).astype("int64")
    return dict(zip(known.tolist(), sums.tolist(), strict=True))
