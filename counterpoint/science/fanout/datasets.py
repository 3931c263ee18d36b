"""Synthetic branches that really differ, as many as wanted. Invented, not measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from counterpoint.science import twin
from counterpoint.science.fanout.branches import Branch
from counterpoint.science.twin.datasets import SIZES, demo_model, demo_rates, demo_staffing


def varied_branch(number: int, *, seed: int, replications: int = 100) -> Branch:
    """Branch ``number`` of a synthetic bank.

    Size, counters, handling times, tiers, patience, uptake of machines, load and weekday are its own, drawn from
    ``seed`` and its number only.
    """
    rng = np.random.default_rng([seed, number])
    size = str(rng.choice(sorted(SIZES), p=[0.2, 0.5, 0.3]))
    base = demo_model(size)
    slower = rng.lognormal(0.0, 0.1, len(base.services))
    services = tuple(
        replace(s, counter=replace(s.counter, mean=round(s.counter.mean * float(by), 3)))
        for s, by in zip(base.services, slower, strict=True)
    )
    more = int(rng.integers(0, 3))
    counters = (*base.counters, *(twin.Counter(f"X{i + 1}", base.counters[i].services) for i in range(more)))
    vip, senior = round(float(rng.uniform(0.02, 0.12)), 3), round(float(rng.uniform(0.08, 0.25)), 3)
    shares = {"vip": vip, "senior": senior, "normal": 1 - vip - senior}
    patience = twin.Duration(round(float(rng.uniform(20, 36)), 2), 0.6)
    uptake = round(float(rng.uniform(0.3, 0.7)), 3)
    tiers = tuple(replace(tier, share=shares[tier.code]) for tier in base.tiers)
    model = replace(base, services=services, counters=counters, tiers=tiers, patience=patience, uptake=uptake)
    staffing = demo_staffing(model, SIZES[size][5], seed=int(rng.integers(2**31)))
    customers = SIZES[size][0] * float(rng.uniform(0.7, 1.2))
    rates = demo_rates(model, customers, weekday=int(rng.integers(5)), payday=bool(rng.random() < 0.2))
    return Branch(f"B{number:05d}", model, staffing, rates, int(rng.integers(2**31)), replications)


def varied_branches(n: int, *, seed: int, replications: int = 100) -> Iterator[Branch]:
    """Branches 0 to n - 1 of a synthetic bank, made as they are asked for; a larger n only adds more."""
    return (varied_branch(number, seed=seed, replications=replications) for number in range(n))
