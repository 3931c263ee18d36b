"""Check a formula's staffing by simulation, and correct it where the simulation disagrees.

The correction is in the spirit of iterative staffing (Feldman, Mandelbaum, Massey, Whitt 2008): simulate, raise the
cells that miss the promise, then try to take people away where there is room; equal seeds give equal customers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from counterpoint.science.staffing.problem import StaffingError, StaffingProblem
from counterpoint.science.staffing.require import StaffingResult, crowded, levels

Need = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Simulated:
    """Simulated share served within the promise and mean customers a day, per group and interval of arrival. The level
    is NaN where nobody came."""

    level: Mapping[str, tuple[float, ...]]
    customers: Mapping[str, tuple[float, ...]]


Simulate = Callable[[Need, int], Simulated]


@dataclass(frozen=True, slots=True)
class Verification:
    """Predicted and simulated levels side by side. ``short`` lists (group, interval, level) below the promise."""

    result: StaffingResult
    simulated: Simulated
    tolerance: float
    short: tuple[tuple[str, int, float], ...]
    rounds: int = 0

    @property
    def holds(self) -> bool:
        """True when every interval with customers keeps the promise within the tolerance."""
        return not self.short

    def summary(self) -> str:
        """One line for a person."""
        worst = min((level for _, _, level in self.short), default=None)
        if worst is None:
            return f"the simulated promise holds in every interval ({self.result.hours:.1f} person-hours)"
        return f"{len(self.short)} intervals miss the simulated promise, the worst at {100 * worst:.0f} %"

    def to_frame(self) -> pd.DataFrame:
        """The result's frame with ``simulated`` and ``customers``."""
        frame = self.result.to_frame()
        frame["simulated"] = [level for g in self.result.need for level in self.simulated.level[g]]
        frame["customers"] = [count for g in self.result.need for count in self.simulated.customers[g]]
        return frame


def verify(result: StaffingResult, *, simulate: Simulate, seed: int, tolerance: float = 0.02) -> Verification:
    """Simulate the result's staffing and compare."""
    simulated = simulate(result.need, seed)
    return Verification(result, simulated, tolerance, _short(result.problem, simulated, tolerance))


def _short(problem: StaffingProblem, simulated: Simulated, tolerance: float) -> tuple[tuple[str, int, float], ...]:
    return tuple(
        (group, n, level)
        for group, series in simulated.level.items()
        for n, level in enumerate(series)
        if not math.isnan(level) and problem.is_open(n) and level < problem.promised(group).share - tolerance
    )


def refine(
    result: StaffingResult, *, simulate: Simulate, seed: int, tolerance: float = 0.02, rounds: int = 12
) -> Verification:
    """Raise, then lower cells until the simulated promise holds with little to spare; at most ``rounds`` simulations.

    Cells changed against the formula get the reason ``simulation``. If the rounds run out first, the best staffing
    found comes back with ``holds`` False.
    """
    if rounds < 1:
        raise StaffingError(f"Refining needs at least one simulation, not {rounds}.")
    need = {group: list(series) for group, series in result.need.items()}
    best: tuple[int, dict[str, list[int]], Simulated] | None = None
    settled: set[tuple[str, int]] = set()
    used = 0
    while used < rounds:
        used += 1
        simulated = simulate(_frozen(need), seed)
        short = _short(result.problem, simulated, tolerance)
        if best is None or (len(short), _people(need)) < (best[0], _people(best[1])):
            best = (len(short), _copy(need), simulated)
        if short:
            if best[0] == 0:
                settled |= _changed(need, best[1])
                need = _copy(best[1])
                simulated = best[2]
                if not _lower(result.problem, need, simulated, settled):
                    break
            else:
                _raise(result.problem, need, short)
        elif not _lower(result.problem, need, simulated, settled):
            break
    assert best is not None
    return _judged(result, best[1], best[2], tolerance, used)


def _judged(
    result: StaffingResult, need: dict[str, list[int]], simulated: Simulated, tolerance: float, rounds: int
) -> Verification:
    problem, final = result.problem, _frozen(need)
    reason = {
        group: tuple(
            why if final[group][n] == result.need[group][n] else "simulation"
            for n, why in enumerate(result.reason[group])
        )
        for group in final
    }
    refined = replace(result, need=final, level=levels(problem, final), reason=reason, crowded=crowded(problem, final))
    return Verification(refined, simulated, tolerance, _short(problem, simulated, tolerance), rounds)


def _raise(problem: StaffingProblem, need: dict[str, list[int]], short: tuple[tuple[str, int, float], ...]) -> None:
    """One more where the promise is missed; two, and one in the interval before, where it is missed by far."""
    for group, n, level in short:
        far = level < problem.promised(group).share - 0.3
        need[group][n] += 2 if far else 1
        if far and n and problem.is_open(n - 1):
            need[group][n - 1] += 1


def _lower(
    problem: StaffingProblem, need: dict[str, list[int]], simulated: Simulated, settled: set[tuple[str, int]]
) -> bool:
    """Take one person from the roomiest cells, never from neighbours at once; False when nothing is left to try."""
    changed = False
    for group, series in need.items():
        promise, floor = problem.promised(group), problem.minimums.get(group, 0)
        room = [
            (simulated.level[group][n], n)
            for n in range(problem.intervals)
            if problem.is_open(n)
            and series[n] > max(floor, 1)
            and (group, n) not in settled
            and simulated.level[group][n] > promise.share + (1 - promise.share) * 0.6
        ]
        taken: list[int] = []
        for _, n in sorted(room, reverse=True):
            if all(abs(n - other) > 2 for other in taken):
                series[n] -= 1
                taken.append(n)
                changed = True
    return changed


def _people(need: dict[str, list[int]]) -> int:
    return sum(map(sum, need.values()))


def _copy(need: dict[str, list[int]]) -> dict[str, list[int]]:
    return {group: list(series) for group, series in need.items()}


def _frozen(need: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {group: tuple(series) for group, series in need.items()}


def _changed(need: dict[str, list[int]], other: dict[str, list[int]]) -> set[tuple[str, int]]:
    return {(g, n) for g, series in need.items() for n, people in enumerate(series) if people != other[g][n]}
