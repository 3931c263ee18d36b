"""Cold start: what a branch without history borrows from those like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from counterpoint.science.demand.grid import build
from counterpoint.science.demand.problem import DemandInputError, DemandProblem

LEAST_DAYS = 10


@dataclass(frozen=True, eq=False)
class Peer:
    """A branch with history: `traits` are numbers that say what it is like (counters, staff, distance to a market)."""

    problem: DemandProblem
    traits: Mapping[str, float]


def borrow(problem: DemandProblem, traits: Mapping[str, float], peers: Sequence[Peer]) -> DemandProblem:
    """The problem with `default_daily`, `default_shares` and `default_profile` of similar branches filled in.

    A peer counts by exp(-d²/2), d its distance in traits, each measured in the peers' standard deviations. The level
    is a geometric mean of the peers' median days; shares and profile are means. What the caller has given stays.
    Raises DemandInputError without a peer of ten recorded days, or when a peer lacks a trait.
    """
    daily, shares, profile, weight = [], [], [], []
    names = sorted(traits)
    lacking = [name for name in names for peer in peers if name not in peer.traits]
    if lacking:
        raise DemandInputError(f"A peer lacks the trait {lacking[0]!r}; give every peer the same traits.")
    table = np.array([[peer.traits[name] for name in names] for peer in peers]).reshape(len(peers), len(names))
    scale = table.std(axis=0) if len(peers) else np.ones(len(names))
    away = (table - np.array([traits[name] for name in names])) / np.where(scale > 0, scale, 1.0)
    nearest = (away**2).sum(axis=1) - (away**2).sum(axis=1).min(initial=np.inf)
    for peer, gap in zip(peers, nearest, strict=True):
        grid = build(replace(peer.problem, interval=problem.interval), 400)
        days = [row for row in np.flatnonzero(grid.valid.any(axis=1)) if grid.days[row].kind == "workday"]
        if len(days) < LEAST_DAYS:
            continue
        seen = grid.counts[:, days] * grid.valid[days]
        daily.append(float(np.log(np.median(seen.sum(axis=(0, 2))) + 0.5)))
        total = max(float(seen.sum()), 1.0)
        shares.append(dict(zip(grid.services, seen.sum(axis=(1, 2)) / total, strict=True)))
        profile.append(seen.sum(axis=(0, 1)) / total)
        weight.append(float(np.exp(-gap / 2)))
    if not weight:
        raise DemandInputError(f"No peer has {LEAST_DAYS} recorded workdays to borrow from.")
    part = np.array(weight) / sum(weight)
    services = sorted({name for one in shares for name in one})
    mixed = {name: float(sum(p * one.get(name, 0.0) for p, one in zip(part, shares, strict=True))) for name in services}
    shape = part @ np.array(profile)
    return replace(
        problem,
        default_daily=problem.default_daily or float(np.exp(part @ np.array(daily))),
        default_shares=problem.default_shares or mixed,
        default_profile=problem.default_profile
        or {int(place) * problem.interval: float(shape[place]) for place in np.flatnonzero(shape)},
    )
