"""A branch whose every figure is known, and logs it leaves behind; rows of small logs written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd

from counterpoint.science import twin
from counterpoint.science.calibration import simulated_log
from counterpoint.science.calibration.datasets import MAPPING
from counterpoint.science.history import TicketLog, normalise

FIRST = date(2026, 3, 2)
SPEEDS = (0.8, 0.9, 1.0, 1.1, 1.2)
RATES = np.outer([14, 5, 2.2], [0.5, 0.8, 1, 1.2, 1.3, 1.2, 1, 0.8, 0.8, 1, 1.2, 1.3, 1.2, 1, 0.8, 0.5]) * 0.75


def branch() -> twin.BranchModel:
    """Cash 4 min, account 8 min, loan 15 min (two counters only); impatient normal and patient VIP customers."""
    services = (
        twin.Service("cash", twin.Duration(4, 0.7)),
        twin.Service("account", twin.Duration(8, 0.6)),
        twin.Service("loan", twin.Duration(15, 0.5)),
    )
    skills = [("cash", "account")] * 3 + [("cash", "account", "loan")] * 2
    return twin.BranchModel(
        services,
        tuple(twin.Counter(f"K{i + 1}", one) for i, one in enumerate(skills)),
        (twin.Tier("normal", 0.8, 1), twin.Tier("vip", 0.2, 1, patience_factor=1.5)),
        patience=twin.Duration(12, 0.8),
        balking=None,
    )


def staff(model: twin.BranchModel) -> twin.Staffing:
    """One person a counter with lunch in rotation and the speeds of SPEEDS."""
    return twin.Staffing(
        tuple(
            twin.Person(f"p{i}", c.services, ((540, 1030),), ((660 + 40 * i, 40),), c.code, SPEEDS[i])
            for i, c in enumerate(model.counters)
        )
    )


@cache
def known_log(days: int, seed: int = 5, crowd: float = 1.0) -> TicketLog:
    """`days` days of the branch, about 250 tickets each."""
    model = branch()
    return simulated_log(model, staff(model), RATES * crowd, days, first=FIRST, seed=seed)


def slower(model: twin.BranchModel, factor: float) -> twin.BranchModel:
    """The model with counter times multiplied."""
    return replace(
        model,
        services=tuple(replace(s, counter=replace(s.counter, mean=s.counter.mean * factor)) for s in model.services),
    )


def written(rows: list[tuple], day: date = FIRST, **more: object) -> TicketLog:
    """A log by hand: rows of (arrived, called, finished, left, server) in minutes after midnight, None for no moment;
    `more` are further columns (service, tier, ticket) of one value a row or one for all."""
    midnight = datetime.combine(day, datetime.min.time())

    def moment(minute: float | None) -> datetime | None:
        return None if minute is None else midnight + timedelta(minutes=minute)

    frame = pd.DataFrame(
        {
            "ticket": [str(i) for i in range(len(rows))],
            "service": "cash",
            "tier": "normal",
            **{name: pd.to_datetime([moment(row[k]) for row in rows]) for k, name in
               enumerate(("arrived", "called", "finished", "left"))},
            "server": [row[4] for row in rows],
            "outcome": ["served" if row[1] is not None else "abandoned" for row in rows],
        }
    )  # fmt: skip
    for name, value in more.items():
        frame[name] = value
    return normalise(frame, MAPPING)
