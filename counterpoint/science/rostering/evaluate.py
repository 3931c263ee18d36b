"""The independent judge: plain Python, no solver. Every roster, whoever made it, is measured here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from counterpoint.science.rostering import checks, scoring
from counterpoint.science.rostering.checks import Violation
from counterpoint.science.rostering.problem import RosterProblem
from counterpoint.science.rostering.roster import Roster, clock


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a roster is worth. ``coverage[skill]`` counts people on the post per interval (flat, day after day);
    ``costs`` are points by kind; ``changes`` counts changes of post within a day (reported, not priced)."""

    violations: tuple[Violation, ...]
    coverage: Mapping[str, tuple[int, ...]]
    short: Mapping[str, tuple[int, ...]]
    costs: Mapping[str, int]
    changes: int
    step: int
    start: int
    intervals: int

    @property
    def hard(self) -> tuple[Violation, ...]:
        """The violations that make the roster unusable unless waived with a reason."""
        return tuple(v for v in self.violations if v.hard)

    @property
    def feasible(self) -> bool:
        """True when no hard rule is broken."""
        return not self.hard

    @property
    def total(self) -> int:
        """All points together: what the solver minimises."""
        return sum(self.costs.values())

    @property
    def short_hours(self) -> float:
        """Person-hours missing against the demand."""
        return sum(sum(series) for series in self.short.values()) * self.step / 60

    def summary(self) -> str:
        """Three lines for a person."""
        soft = len(self.violations) - len(self.hard)
        parts = ", ".join(f"{name} {cost}" for name, cost in self.costs.items() if cost)
        first = f"{len(self.hard)} hard and {soft} soft violations, {self.short_hours:.1f} person-hours short"
        worst = "; ".join(v.words for v in self.hard[:3])
        return "\n".join(filter(None, [first, f"cost {self.total}: {parts or 'nothing'}", worst]))

    def to_frame(self) -> pd.DataFrame:
        """One row an interval and skill: skill, day, time, staffed, short."""
        rows = []
        for skill, series in self.coverage.items():
            per_day = self.intervals
            for n, staffed in enumerate(series):
                time = clock(self.start + (n % per_day) * self.step)
                rows.append((skill, n // per_day, time, staffed, self.short[skill][n]))
        return pd.DataFrame(rows, columns=["skill", "day", "time", "staffed", "short"])


def evaluate(problem: RosterProblem, roster: Roster) -> Evaluation:
    """Judge ``roster``: every violation with its source, coverage, and the cost by kind."""
    violations = tuple(checks.violations(problem, roster))
    coverage = scoring.coverage(problem, roster)
    costs = scoring.costs(problem, roster)
    costs["soft_rules"] = sum(v.cost for v in violations if not v.hard)
    return Evaluation(
        violations=violations,
        coverage=coverage,
        short=scoring.short(problem, coverage),
        costs=costs,
        changes=sum(a.skill != b.skill for shift in roster.shifts for a, b in pairwise(shift.tasks)),
        step=problem.step,
        start=problem.start,
        intervals=problem.intervals,
    )
