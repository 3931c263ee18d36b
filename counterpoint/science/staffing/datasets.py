"""A synthetic branch day for tests, docs and notebooks. Invented, not measured."""

from __future__ import annotations

import numpy as np

from counterpoint.science.staffing.problem import Method, Promise, ServiceLoad, StaffingProblem

SERVICES = (  # code, group, mean minutes, cv, share of tickets (planning defaults of the operations model)
    ("deposit", "cash", 4.0, 0.6, 0.30),
    ("large cash", "cash", 12.0, 0.5, 0.06),
    ("account", "noncash", 18.0, 0.5, 0.12),
    ("card", "noncash", 12.0, 0.5, 0.10),
    ("transfer", "noncash", 6.0, 0.6, 0.28),
    ("wealth", "advice", 30.0, 0.4, 0.09),
    ("corporate account", "advice", 75.0, 0.3, 0.02),
)
SHAPE = (12.0, 16.0, 14.0, 9.0, 9.0, 14.0, 14.5, 11.5)  # % of the day's customers per hour from 09:00


def branch_day(
    customers: float = 300.0,
    *,
    method: Method = "mol",
    step: int = 30,
    patience: float | None = None,
    swing: float = 1.0,
) -> StaffingProblem:
    """One day 09:00-17:00. ``swing`` stretches the hourly shape around its mean (2: twice as uneven)."""
    hours = np.array(SHAPE) / sum(SHAPE)
    hours = np.clip(hours.mean() + swing * (hours - hours.mean()), 0.0, None)
    shape = np.repeat(hours / hours.sum() * step / 60, 60 // step)
    return StaffingProblem(
        start=540,
        step=step,
        services=tuple(
            ServiceLoad(code, group, tuple(float(x) for x in customers * share * shape), mean, cv, patience)
            for code, group, mean, cv, share in SERVICES
        ),
        promise=Promise(15.0, 0.9),
        minimums={"cash": 1, "noncash": 1, "lobby": 1},
        method=method,
    )
