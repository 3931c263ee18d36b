"""Synthetic networks of branches for tests, documentation and benchmarks. Invented."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.network.problem import Floater, NetworkProblem, Place
from counterpoint.science.rostering.problem import RosterProblem

ABLE = {"cash", "noncash"}


def branch_network(
    branches: int = 12, people: int = 25, floaters: int = 6, *, seed: int = 0, busy: float = 0.15, near: int = 4
) -> NetworkProblem:
    """Weeks of branches on a map, each with a load of its own (log-normal, ``busy``) in all and on each day, and
    floaters spread over them who can reach the ``near`` next branches, 20 to 90 minutes there and back."""
    random = np.random.default_rng([seed, branches])
    spots = random.uniform(0, 1, (branches, 2)) * np.sqrt(branches)
    places = tuple(
        Place(f"B{n:04d}", _loaded(_named(branch_week(people, seed * 1000 + n), n), busy, random))
        for n in range(branches)
    )
    found: list[Floater] = []
    taken: dict[int, int] = {}
    for k in range(floaters):
        home = k * branches // max(1, floaters) if floaters <= branches else k % branches
        able = [p for p in places[home].problem.people if {s.key for s in p.skills} >= ABLE and not p.core]
        taken[home] = taken.get(home, -1) + 1
        far = np.hypot(*(spots - spots[home]).T)
        order = [int(n) for n in np.argsort(far, kind="stable") if n != home][:near]
        travel = {places[n].name: int(np.clip(round(60 * far[n] / 5) * 5, 20, 90)) for n in order}
        found.append(Floater(able[taken[home] % len(able)].id, places[home].name, travel))
    return NetworkProblem(places, tuple(found))


def _named(problem: RosterProblem, branch: int) -> RosterProblem:
    people = tuple(replace(p, id=f"{branch}-{p.id}", name=f"{p.name} of {branch}") for p in problem.people)
    return replace(problem, people=people)


def _loaded(problem: RosterProblem, busy: float, random: np.random.Generator) -> RosterProblem:
    """The same branch busier or quieter than its staff is meant for, as a whole and day by day."""
    factor = np.exp(random.normal(0.0, busy) + random.normal(0.0, busy, len(problem.days)))

    def scaled(series: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(round(x * factor[n // problem.intervals]) if x > 1 else x for n, x in enumerate(series))

    demand = {skill: scaled(series) for skill, series in problem.demand.items()}
    high = {
        skill: tuple(max(a, b) for a, b in zip(scaled(series), demand[skill], strict=True))
        for skill, series in problem.demand_p90.items()
    }
    return replace(problem, demand=demand, demand_p90=high)
