"""Dives: settle the surest person-days of the relaxation step by step, generating schedules in between."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from counterpoint.science.rostering.schedules.columns import Column, Floats, Part, staffed, total
from counterpoint.science.rostering.schedules.generation import Generation, whole
from counterpoint.science.rostering.schedules.state import Standing

ROUNDS = 6  # of generation between two decisions
STEP = 0.04  # share of the undecided person-days settled at a time
SURE = 0.999  # a share that needs no decision


def dive(search: Standing, people: Sequence[int], target: int, noise: float) -> bool:
    """Try for a plan below ``target`` points by settling days of ``people``; ``noise`` shuffles near-equal choices.

    True when the search's best plan has become better. A dive whose bound reaches the target is given up.
    """
    master, others = search.master(people)
    demand, days = search.pricer.demand, search.pricer.days
    fixed = total(demand, others) - demand.cost(staffed(demand, others))
    parts = {person: Part((0,) * days, np.ones(days, dtype=np.bool_)) for person in people}
    generation = Generation(
        search.pricer, master, parts=parts, best_prices=search.prices, count=1, workers=search.workers
    )
    dead: set[int] = set()
    found: list[Column] | None = None
    while search.go_on():
        relaxed = generation.run(people, rounds=ROUNDS, go_on=search.go_on)
        if whole(generation.bound) + fixed >= target:
            break
        undecided = _undecided(master.columns, relaxed.shares, parts)
        if not undecided:
            found = [*others, *(master.columns[n] for n in np.flatnonzero(relaxed.shares > 0.5))]
            break
        strength = {key: share * (1 + noise * search.random.random()) for key, share in undecided.items()}
        surest = sorted(undecided, key=lambda key: (-strength[key], key))
        chosen: dict[int, tuple[int, int]] = {}
        for person, day, code in surest[: max(1, int(len(surest) * STEP))]:
            chosen.setdefault(person, (day, code))
        for person, (day, code) in chosen.items():
            parts[person] = _settled(parts[person], day, code)
        gone = [n for n, c in enumerate(master.columns) if n not in dead and _against(c, chosen)]
        dead.update(gone)
        master.forbid(gone)
    search.account(generation)
    return found is not None and search.offer(found)


def _undecided(columns: Sequence[Column], shares: Floats, parts: dict[int, Part]) -> dict[tuple[int, int, int], float]:
    """(person, day, code) → share in the relaxation, of open days on which it wavers."""
    share: dict[tuple[int, int, int], float] = {}
    for n in map(int, np.flatnonzero((shares > 1e-9) & (shares < SURE))):
        column = columns[n]
        for day in np.flatnonzero(parts[column.person].open):
            key = (column.person, int(day), column.codes[day])
            share[key] = share.get(key, 0.0) + float(shares[n])
    return {key: value for key, value in share.items() if value < SURE}


def _settled(part: Part, day: int, code: int) -> Part:
    opened = part.open.copy()
    opened[day] = False
    return Part((*part.codes[:day], code, *part.codes[day + 1 :]), opened)


def _against(column: Column, chosen: dict[int, tuple[int, int]]) -> bool:
    day, code = chosen.get(column.person, (0, column.codes[0]))
    return column.codes[day] != code
