"""``require``: people per skill group and interval that keep a promise, by formula."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from counterpoint.science.queueing import Queue, solve
from counterpoint.science.staffing.load import Floats, offered_load
from counterpoint.science.staffing.problem import Method, Promise, StaffingError, StaffingProblem

STRAGGLERS = 0.05  # after closing, a load above this still needs somebody


@dataclass(frozen=True, slots=True)
class StaffingResult:
    """``need[group]`` people per interval; ``load`` mean busy people; ``level`` the predicted share served within the
    promise (1 where nobody comes); ``reason`` is ``load`` (no fewer can do the work), ``promise``, ``minimum``,
    ``simulation`` (raised or lowered by the twin) or ``closed``; ``crowded`` lists (interval, groups, people too many
    for the shared counters)."""

    problem: StaffingProblem
    need: Mapping[str, tuple[int, ...]]
    load: Mapping[str, tuple[float, ...]]
    level: Mapping[str, tuple[float, ...]]
    reason: Mapping[str, tuple[str, ...]]
    crowded: tuple[tuple[int, tuple[str, ...], int], ...] = ()

    @property
    def method(self) -> Method:
        """The formula used."""
        return self.problem.method

    @property
    def hours(self) -> float:
        """Person-hours in the day."""
        return sum(sum(series) for series in self.need.values()) * self.problem.step / 60

    def summary(self) -> str:
        """Two or more lines for a person."""
        peaks = ", ".join(f"{group} {max(series, default=0)}" for group, series in self.need.items())
        lines = [f"{self.hours:.1f} person-hours by {self.method}; peak need: {peaks}"]
        lines += [
            f"interval {n}: {extra} more than the counters of {'/'.join(groups)}" for n, groups, extra in self.crowded
        ]
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """One row a group and interval: group, minute, need, load, level, reason."""
        p = self.problem
        rows = [
            (g, p.start + n * p.step, self.need[g][n], self.load[g][n], self.level[g][n], self.reason[g][n])
            for g in self.need
            for n in range(p.intervals)
        ]
        return pd.DataFrame(rows, columns=["group", "minute", "need", "load", "level", "reason"])


def require(problem: StaffingProblem) -> StaffingResult:
    """The fewest people per cell that keep the promise and the minimum posts.

    StaffingError when a cell needs more than ``problem.most`` people.
    """
    need: dict[str, tuple[int, ...]] = {}
    load: dict[str, tuple[float, ...]] = {}
    reason: dict[str, tuple[str, ...]] = {}
    for group in problem.groups:
        busy = group_load(problem, group)
        cells = [_cell(problem, group, n, busy[n]) for n in range(problem.intervals)]
        need[group] = tuple(people for people, _ in cells)
        reason[group] = tuple(why for _, why in cells)
        load[group] = tuple(float(x) for x in busy)
    return StaffingResult(problem, need, load, levels(problem, need), reason, crowded(problem, need))


def group_load(problem: StaffingProblem, group: str) -> Floats:
    """Mean busy people of a group per interval, by the problem's method."""
    total = np.zeros(problem.intervals)
    for service in problem.of(group):
        total += offered_load(service, problem.step, problem.method)
    return total


def mean_service(problem: StaffingProblem, group: str, interval: int) -> float:
    """Mean minutes of the group's mix in an interval (of the day when nobody arrives in it)."""
    services = problem.of(group)
    weights = [s.arrivals[interval] for s in services]
    if not sum(weights):
        weights = [sum(s.arrivals) for s in services]
    if not sum(weights):
        weights = [1.0] * len(services)
    return sum(w * s.mean for w, s in zip(weights, services, strict=True)) / sum(weights)


def level(problem: StaffingProblem, group: str, interval: int, busy: float, people: int) -> float:
    """Predicted share of arrivals served within the promise, Erlang-C (Erlang-A with patience) at load ``busy``."""
    if busy <= 0:
        return 1.0
    promise, mean = problem.promised(group), mean_service(problem, group, interval)
    if people <= 0:
        return 0.0
    patient = [s.patience for s in problem.of(group)]
    leaving = 0.0
    if patient and all(p is not None for p in patient):
        leaving = sum(1 / p for p in patient if p is not None) / len(patient)
    if leaving == 0 and busy >= people:
        return 0.0
    return solve(Queue(busy / mean, 1 / mean, people, leaving)).service_level(promise.within)


def levels(problem: StaffingProblem, need: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[float, ...]]:
    """Predicted level of every cell for a given staffing; 1 where no customer is let in."""
    found = {}
    for group in problem.groups:
        busy = group_load(problem, group)
        found[group] = tuple(
            level(problem, group, n, busy[n], need[group][n]) if problem.is_open(n) else 1.0
            for n in range(problem.intervals)
        )
    return found


def _cell(problem: StaffingProblem, group: str, n: int, busy: float) -> tuple[int, str]:
    if not problem.of(group):
        people = problem.minimums.get(group, 0) if problem.is_open(n) else 0
        return people, "minimum" if people else "closed"
    if not problem.is_open(n):
        return (max(1, math.ceil(busy)), "load") if busy > STRAGGLERS else (0, "closed")
    comes = any(service.arrivals[n] > 0 for service in problem.of(group))
    enough = max(int(comes), _fewest(problem, group, n, busy, problem.promised(group)))
    floor = problem.minimums.get(group, 0)
    if enough <= floor:
        return floor, "minimum" if floor else "load"
    bare = math.floor(busy) + 1 if busy > 0 else 0
    return enough, "load" if enough <= bare else "promise"


def _fewest(problem: StaffingProblem, group: str, n: int, busy: float, promise: Promise) -> int:
    if busy <= 1e-9:
        return 0
    people = 1
    while level(problem, group, n, busy, people) < promise.share:
        people += 1
        if people > problem.most:
            raise StaffingError(f"{group}, interval {n}: more than {problem.most} people; check arrivals and times.")
    return people


def crowded(
    problem: StaffingProblem, need: Mapping[str, tuple[int, ...]]
) -> tuple[tuple[int, tuple[str, ...], int], ...]:
    """Intervals in which groups need more people than the counters they share."""
    found = []
    for n in range(problem.intervals):
        for shared in problem.shared:
            extra = sum(need[g][n] for g in shared.groups if g in need) - shared.count
            if extra > 0:
                found.append((n, shared.groups, extra))
    return tuple(found)
