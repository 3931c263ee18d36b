"""What staffing needs depend on. Times are minutes, arrivals are expected customers per interval, counts are people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Method = Literal["sipp", "lag", "mol"]


class StaffingError(ValueError):
    """A staffing problem that cannot be computed; the message says which value and what to do."""


@dataclass(frozen=True, slots=True)
class ServiceLoad:
    """One service: expected ``arrivals`` per interval (a point forecast or a quantile), served by the skill ``group``
    in ``mean`` minutes (log-normal, coefficient of variation ``cv``). ``patience``: mean minutes or None."""

    code: str
    group: str
    arrivals: tuple[float, ...]
    mean: float
    cv: float = 0.6
    patience: float | None = None

    def __post_init__(self) -> None:
        if not (0 < self.mean < math.inf and 0 <= self.cv < math.inf):
            raise StaffingError(f"{self.code}: service time needs a finite positive mean and a cv of 0 or more.")
        if any(not (x >= 0 and math.isfinite(x)) for x in self.arrivals):
            raise StaffingError(f"{self.code}: arrivals must be finite and 0 or more in every interval.")
        if self.patience is not None and not self.patience > 0:
            raise StaffingError(f"{self.code}: patience must be positive minutes, or None.")


@dataclass(frozen=True, slots=True)
class Promise:
    """``share`` of arriving customers are served after waiting at most ``within`` minutes."""

    within: float = 15.0
    share: float = 0.9

    def __post_init__(self) -> None:
        if not (0 < self.share < 1 and self.within >= 0):
            raise StaffingError(f"A promise needs 0 < share < 1 and within ≥ 0, not {self.share}, {self.within}.")


@dataclass(frozen=True, slots=True)
class SharedCounters:
    """``count`` counters that several groups sit at: their needs together should not exceed it."""

    groups: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class StaffingProblem:
    """One day of ``len(arrivals)`` intervals of ``step`` minutes from ``start``.

    ``promises`` overrides ``promise`` for a group; ``minimums`` are posts kept while open (``opened``: one flag per
    interval, None: all open); ``method``: ``sipp`` treats every interval alone, ``lag`` shifts arrivals by the mean
    service time (Green, Kolesar, Soares 2001), ``mol`` carries unfinished services over by the M_t/G/∞ convolution
    (modified offered load; Jennings, Mandelbaum, Massey, Whitt 1996). ``most`` bounds the people per cell.
    """

    start: int
    step: int
    services: tuple[ServiceLoad, ...]
    promise: Promise = Promise()
    promises: Mapping[str, Promise] = field(default_factory=dict)
    minimums: Mapping[str, int] = field(default_factory=dict)
    opened: tuple[bool, ...] | None = None
    shared: tuple[SharedCounters, ...] = ()
    method: Method = "mol"
    most: int = 200

    def __post_init__(self) -> None:
        if self.step not in (15, 30, 60):
            raise StaffingError(f"Intervals last 15, 30 or 60 minutes, not {self.step}.")
        if not self.services:
            raise StaffingError("Staffing needs at least one service.")
        lengths = {len(s.arrivals) for s in self.services}
        if len(lengths) != 1 or (self.opened is not None and len(self.opened) not in lengths):
            raise StaffingError(
                f"All services (and opened) need the same number of intervals; found {sorted(lengths)}."
            )
        if not self.intervals:
            raise StaffingError("A day needs at least one interval.")
        if self.method not in get_args(Method):
            raise StaffingError(f"method {self.method!r} is unknown; use one of {', '.join(get_args(Method))}.")
        negative = sorted(group for group, people in self.minimums.items() if people < 0)
        if negative:
            raise StaffingError(f"{negative[0]}: a minimum post is 0 or more people.")
        codes = [s.code for s in self.services]
        if len(set(codes)) != len(codes):
            raise StaffingError("Two services share a code; pool them or rename one.")

    @property
    def intervals(self) -> int:
        """Number of intervals."""
        return len(self.services[0].arrivals)

    @property
    def groups(self) -> tuple[str, ...]:
        """Skill groups, those with only a minimum included, sorted."""
        return tuple(sorted({s.group for s in self.services} | set(self.minimums)))

    def of(self, group: str) -> tuple[ServiceLoad, ...]:
        """The services of a group."""
        return tuple(s for s in self.services if s.group == group)

    def promised(self, group: str) -> Promise:
        """The promise that holds for a group."""
        return self.promises.get(group, self.promise)

    def is_open(self, interval: int) -> bool:
        """True when customers are let in."""
        return self.opened is None or self.opened[interval]
