"""The twin as the judge of a staffing: one counter a person, groups apart, the problem's own service times."""

from __future__ import annotations

import numpy as np

from counterpoint.science import twin
from counterpoint.science.staffing.check import Need, Simulate, Simulated
from counterpoint.science.staffing.problem import StaffingError, StaffingProblem


def by_twin(problem: StaffingProblem, *, replications: int = 200) -> Simulate:
    """A ``simulate`` for :func:`verify` and :func:`refine` that plays ``replications`` days in the twin.

    Closed intervals must lie at the ends of the day. StaffingError when customers arrive in a closed interval.
    """
    opened = [n for n in range(problem.intervals) if problem.is_open(n)]
    if not opened or opened != list(range(opened[0], opened[-1] + 1)):
        raise StaffingError("The twin needs one unbroken stretch of open intervals.")
    outside = [s.code for s in problem.services for n, x in enumerate(s.arrivals) if x and n not in opened]
    if outside:
        raise StaffingError(f"Customers of {sorted(set(outside))} arrive while the branch is closed.")
    rates = np.array([[s.arrivals[n] for n in opened] for s in problem.services], dtype=float)
    begin = problem.start + opened[0] * problem.step
    close = problem.start + (opened[-1] + 1) * problem.step

    def simulate(need: Need, seed: int) -> Simulated:
        if not any(max(series, default=0) > 0 for group, series in need.items() if problem.of(group)):
            return _unattended(problem)
        model, staffing = _branch(problem, need, begin, close)
        found = twin.simulate(model, staffing, rates, replications, seed=seed, interval_minutes=float(problem.step))
        return _levels(problem, found, replications)

    return simulate


def _unattended(problem: StaffingProblem) -> Simulated:
    """A day on which no customer finds anybody; the twin knows no branch without a counter."""
    customers = {
        group: tuple(float(sum(s.arrivals[n] for s in problem.of(group))) for n in range(problem.intervals))
        for group in problem.groups
    }
    level = {group: tuple(0.0 if came else float("nan") for came in series) for group, series in customers.items()}
    return Simulated(level, customers)


def _branch(problem: StaffingProblem, need: Need, begin: int, close: int) -> tuple[twin.BranchModel, twin.Staffing]:
    counters, people = [], []
    for group, series in need.items():
        codes = tuple(s.code for s in problem.of(group))
        for rank in range(1, max(series, default=0) + 1) if codes else []:
            name = f"{group}-{rank}"
            counters.append(twin.Counter(name, codes))
            shifts = _runs(problem, [people >= rank for people in series], close)
            people.append(twin.Person(name, codes, shifts, post=name))
    patience = [s.patience for s in problem.services if s.patience is not None]
    shape = twin.Duration(sum(patience) / len(patience), shape="exponential") if patience else None
    model = twin.BranchModel(
        services=tuple(twin.Service(s.code, twin.Duration(s.mean, s.cv)) for s in problem.services),
        counters=tuple(counters),
        patience=shape,
        balking=None,
        open_minute=float(begin),
        close_minute=float(close),
    )
    return model, twin.Staffing(tuple(people))


def _runs(problem: StaffingProblem, working: list[bool], close: int) -> tuple[tuple[float, float], ...]:
    """Stretches of work in minutes."""
    found: list[tuple[float, float]] = []
    for n, works in enumerate(working):
        start = problem.start + n * problem.step
        if works and start < close:
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], float(start + problem.step))
            else:
                found.append((float(start), float(start + problem.step)))
    return tuple(found)


def _levels(problem: StaffingProblem, found: twin.Result, replications: int) -> Simulated:
    rows = found.outcomes
    names = np.array(twin.STATUS_NAMES)[rows["status"].to_numpy()]
    counted = ~np.isin(names, ("future", "turned_away"))
    interval = ((rows["arrival"].to_numpy() - problem.start) // problem.step).astype(int)
    service = rows["service"].to_numpy()
    served = np.isin(names, ("served", "at_counter"))
    level: dict[str, tuple[float, ...]] = {}
    customers: dict[str, tuple[float, ...]] = {}
    for group in problem.groups:
        mine = [i for i, s in enumerate(problem.services) if s.group == group]
        kept_within = rows["waited"].to_numpy() <= problem.promised(group).within
        inside = counted & np.isin(service, mine) & (interval >= 0) & (interval < problem.intervals)
        came = np.bincount(interval[inside], minlength=problem.intervals)
        kept = np.bincount(interval[inside & served & kept_within], minlength=problem.intervals)
        level[group] = tuple(float(k / c) if c else float("nan") for k, c in zip(kept, came, strict=True))
        customers[group] = tuple(float(c / replications) for c in came)
    return Simulated(level, customers)
