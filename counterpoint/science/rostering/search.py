"""How a roster is searched for.

Small problems go to CP-SAT whole and are proven. Larger ones: the linear relaxation (HiGHS) gives the bound and a
kernel of promising shifts; CP-SAT finds a first roster in the kernel; then rounds free a few days or people and solve
that part again while the rest stands. All follows from the seed; work is counted in CP-SAT's own units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from ortools.sat.python import cp_model

from counterpoint.science.rostering import relaxed
from counterpoint.science.rostering.model import RosterModel
from counterpoint.science.rostering.roster import Break, Roster, Shift

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
SMALL = 2500  # Boolean choices that CP-SAT gets in one go
WEEKS = 1000  # choices above which whole weeks are searched first, where they can be pictured
SURE = 0.95  # value in the relaxation from which a choice is kept in the dive
DIVE_COST = 2.0  # reduced cost (points) up to which the dive considers a shift
KERNEL_COST = 0.01  # the same for the first roster when the dive finds none
ROUND_COST = 12.0  # the same, generous, for the rounds


@dataclass(frozen=True, slots=True)
class Limit:
    """When to stop: work units (reproducible), ``seconds`` inside CP-SAT, and the relative ``gap`` that is enough."""

    deterministic: float | None = 30.0
    seconds: float | None = None
    gap: float = 0.0
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """One better roster: points, proven lower bound, how many so far, work units and CP-SAT seconds used."""

    objective: int
    bound: int
    solutions: int
    work: float
    seconds: float

    @property
    def gap(self) -> float:
        """Relative distance to the bound, 0 when proven best."""
        return (self.objective - self.bound) / max(1, abs(self.objective))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What every search says of itself: ``objective`` points by the judge (None: nothing found), the proven ``bound``,
    the seed, seconds and work units spent, and whether the same seed gives the same again."""

    status: Status
    objective: int | None
    bound: int
    seed: int
    seconds: float
    work: float
    reproducible: bool
    progress: tuple[Progress, ...] = ()

    @property
    def gap(self) -> float | None:
        """Relative distance to the proven bound; None when nothing was found."""
        return None if self.objective is None else (self.objective - self.bound) / max(1, abs(self.objective))


STANDARD = Limit()
OnProgress = Callable[[Progress], bool | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """Chosen shift and lunch variables (by index) and people per skill and position."""

    ones: frozenset[int]
    heads: dict[tuple[str, int], int]
    objective: int


def configured(seed: int, limit: Limit) -> cp_model.CpSolver:
    """A CP-SAT solver with the seed and limits set; several workers are interleaved to stay reproducible."""
    solver = cp_model.CpSolver()
    settings = solver.parameters
    settings.random_seed = seed
    settings.num_workers = limit.workers
    settings.interleave_search = limit.workers > 1
    settings.relative_gap_limit = limit.gap
    settings.linearization_level = 2
    if limit.deterministic is not None:
        settings.max_deterministic_time = max(0.01, limit.deterministic)
    if limit.seconds is not None:
        settings.max_time_in_seconds = max(0.01, limit.seconds)
    return solver


class Search:
    """One run: the best choice so far, the bound, and what has been spent."""

    def __init__(self, model: RosterModel, seed: int, limit: Limit, on_progress: OnProgress | None) -> None:
        self.model, self.seed, self.limit, self.on_progress = model, seed, limit, on_progress
        self.random = np.random.default_rng(seed)
        self.best: Choice | None = None
        self.bound = 0
        self.status: Status = "unknown"
        self.work = self.seconds = 0.0
        self.progress: list[Progress] = []
        self.unlikely: set[int] = set()
        self.values: relaxed.Floats = np.zeros(0)
        self.stopped = False
        self.choices = {
            where: [v.index for v in (*mine.shifts.values(), *mine.lunches.values())]
            for where, mine in model.days.items()
        }

    def run(self, hint: Roster | None) -> None:
        """Search until proven, good enough, out of budget, or stopped."""
        if hint is not None:
            self._keep(hint)
        if sum(len(v) for v in self.choices.values()) <= SMALL:
            self._solve(self.model.cp, self._left(1.0), whole=True)
            return
        relaxation = relaxed.solve(self.model.cp)
        if relaxation is None:
            self.status = "infeasible"
            return
        self.bound = relaxation.bound
        # Only choices of shifts may be ruled out: a shortage is dear, yet the best roster so far may need it.
        self.unlikely = relaxation.unlikely(ROUND_COST) & {n for mine in self.choices.values() for n in mine}
        self.values = relaxation.values
        if self.best is None:
            self._dive(relaxation.unlikely(DIVE_COST))
        if self.best is None:
            self._kernel(relaxation.unlikely(KERNEL_COST))
        if self.best is None and self.status != "infeasible":
            self._solve(self.model.cp, self._left(1.0), whole=True)
            return
        turn = 0
        while not self._enough():
            self._round(turn)
            turn += 1
        self.status = "optimal" if self.best and self.best.objective <= self.bound else "feasible"

    def run_whole(self) -> None:
        """One CP-SAT call on the whole model, hints included: for problems that are mostly fixed."""
        self._solve(self.model.cp, self._left(1.0), whole=True)

    def _enough(self) -> bool:
        assert self.best is not None
        near = self.best.objective - self.bound <= self.limit.gap * self.best.objective
        left = self._left(1.0)
        spent = (left.deterministic is not None and left.deterministic <= 0.02) or (
            left.seconds is not None and left.seconds <= 0.02
        )
        return near or spent or self.stopped

    def _left(self, share: float, most: float | None = None) -> Limit:
        """What remains of the budget, or ``share`` of it, at most ``most`` work units."""
        total, seconds = self.limit.deterministic, self.limit.seconds
        work = None if total is None else (total - self.work) * share
        if most is not None:
            work = most if work is None else min(work, most)
        return replace(
            self.limit, deterministic=work, seconds=None if seconds is None else (seconds - self.seconds) * share
        )

    def _dive(self, unlikely: set[int]) -> None:
        """Keep what the relaxation is sure of (shifts, and days worked at all) and let CP-SAT settle the rest."""
        days = self.model.days.values()
        shifts = {v.index for mine in days for v in mine.shifts.values()}
        works = {mine.works.index for mine in days}
        sure = {index for index in shifts | works if self.values[index] >= SURE}
        part = self._restricted((shifts & unlikely) - sure - self._pinned(), sure)
        self._solve(part, self._left(0.5, 3.0), watch=True)

    def _kernel(self, unlikely: set[int]) -> None:
        shifts = {v.index for mine in self.model.days.values() for v in mine.shifts.values()}
        part = self._restricted((shifts & unlikely) - self._pinned(), set())
        self._solve(part, self._left(0.6, 12.0), first=True)

    def _pinned(self) -> set[int]:
        pins = (p for p in self.model.problem.pins if p.kind == "shift")
        fixed = (self.model.days[p.person, p.day].shifts.get((p.start, p.end)) for p in pins)
        return {variable.index for variable in fixed if variable is not None}

    def _round(self, turn: int) -> None:
        """Free some days, some people, or whatever disagrees with the relaxation; everything else stays."""
        people = [p.id for p in self.model.problem.people]
        days = range(len(self.model.problem.days))
        if turn % 4 == 3:
            free = self._disagreeing()
        elif turn % 2 == 0:
            free_days = set(self.random.choice(len(days), min(len(days), 3), replace=False).tolist())
            free = {(p, d) for p in people for d in free_days}
        else:
            chosen = self.random.choice(len(people), min(len(people), 4), replace=False).tolist()
            free = {(people[n], d) for n in chosen for d in days}
        self.improve(free, self._left(1.0, 1.0))

    def _disagreeing(self) -> set[tuple[str, int]]:
        """Person-days whose choice the relaxation does not share, and the whole week of a few people besides."""
        assert self.best is not None
        values, ones = self.values, self.best.ones
        free = {where for where, every in self.choices.items() if any(values[v] > 0.1 and v not in ones for v in every)}
        people = sorted({person for person, _ in free})
        chosen = set(self.random.permutation(people)[:10].tolist())
        return {where for where in free if where[0] in chosen}

    def improve(self, free: set[tuple[str, int]], limit: Limit) -> None:
        """Solve again with only these person-days free."""
        assert self.best is not None
        fixed = [v for where, variables in self.choices.items() if where not in free for v in variables]
        ones = {v for v in fixed if v in self.best.ones}
        part = self._restricted((set(fixed) | self.unlikely) - self.best.ones, ones)
        for where in free:
            for index in self.choices[where]:
                part.add_hint(part.get_int_var_from_proto_index(index), int(index in self.best.ones))
        self._solve(part, limit)

    def _restricted(self, zeros: set[int], ones: set[int]) -> Any:
        part = self.model.cp.clone()
        part.clear_hints()
        for wanted, value in ((zeros, 0), (ones, 1)):
            variables = [part.get_int_var_from_proto_index(index) for index in sorted(wanted)]
            if variables:
                part.add(cp_model.LinearExpr.sum(variables) == value * len(variables))
        return part

    def _keep(self, hint: Roster) -> None:
        """Make ``hint`` the first choice if it keeps every hard rule; otherwise let the search start near it."""
        ones = set()
        for shift in hint.shifts:
            mine = self.model.days.get((shift.person, shift.day))
            variable = mine.shifts.get((shift.start, shift.end)) if mine is not None else None
            if mine is not None and variable is not None:
                ones.add(variable.index)
                lunch = mine.lunches.get((shift.lunch.start, shift.lunch.end)) if shift.lunch else None
                ones |= {lunch.index} if lunch is not None else set()
        every = {v for variables in self.choices.values() for v in variables}
        self._solve(self._restricted(every - ones, ones), self._left(0.2, 4.0))
        if self.best is None:
            self.status = "unknown"
            for index in sorted(every):
                self.model.cp.add_hint(self.model.cp.get_int_var_from_proto_index(index), int(index in ones))

    def _solve(self, part: Any, limit: Limit, *, whole: bool = False, first: bool = False, watch: bool = False) -> None:
        solver = configured(self.seed, limit)
        solver.parameters.stop_after_first_solution = first
        code = solver.solve(part, _Watcher(self) if whole or watch else None)
        self.work += solver.response_proto.deterministic_time
        self.seconds += solver.wall_time
        if whole:
            self.bound = max(self.bound, round(solver.best_objective_bound)) if code != cp_model.INFEASIBLE else 0
            self.status = "infeasible" if code == cp_model.INFEASIBLE else "unknown"
        if code in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            choice = self._read(solver)
            if self.best is None or choice.objective < self.best.objective:
                self.best = choice
                if not (whole or watch):
                    self.note(choice.objective)
        if whole and self.best is not None:  # the hint's, if time ran out before any other
            self.status = "optimal" if self.best.objective <= self.bound else "feasible"
        if not whole and self.best is not None:
            self._tick()

    def _tick(self) -> None:
        if self.on_progress and self.progress and self.on_progress(self._now()) is False:
            self.stopped = True

    def _now(self) -> Progress:
        assert self.best is not None
        return Progress(self.best.objective, self.bound, len(self.progress), self.work, self.seconds)

    def note(self, objective: int, bound: int = 0, seconds: float = 0.0) -> None:
        """Remember a better roster."""
        at = len(self.progress) + 1
        self.progress.append(Progress(objective, max(self.bound, bound), at, self.work, self.seconds + seconds))

    def _read(self, solver: cp_model.CpSolver) -> Choice:
        values = list(solver.response_proto.solution)
        ones = frozenset(v for variables in self.choices.values() for v in variables if values[v])
        heads: dict[tuple[str, int], int] = {}
        for (_, skill, position), variable in self.model.posts.items():
            heads[skill, position] = heads.get((skill, position), 0) + values[variable.index]
        return Choice(ones, heads, round(solver.objective_value))

    def shifts(self) -> list[Shift]:
        """The best choice as shifts without tasks."""
        found = []
        ones = self.best.ones if self.best else frozenset()
        for (person, day), mine in self.model.days.items():
            span = next((s for s, v in mine.shifts.items() if v.index in ones), None)
            if span:
                lunch = next((Break(*s) for s, v in mine.lunches.items() if v.index in ones), None)
                found.append(Shift(person, day, *span, lunch))
        return found


class _Watcher(cp_model.CpSolverSolutionCallback):
    def __init__(self, search: Search) -> None:
        super().__init__()
        self.search = search

    def on_solution_callback(self) -> None:
        objective, bound = round(self.objective_value), max(0, round(self.best_objective_bound))
        if self.search.best is not None and objective >= self.search.best.objective:
            return  # no better than the hint
        self.search.note(objective, bound, self.wall_time)
        if self.search.on_progress and self.search.on_progress(self.search.progress[-1]) is False:
            self.stop_search()
