"""Ticket logs lived by the twin, with everything that a calibration should find known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd

from counterpoint.science.history import Mapping, TicketLog, normalise
from counterpoint.science.twin import STATUS_NAMES, BranchModel, Result, Staffing, simulate
from counterpoint.science.twin.customers import Rates

COLUMNS = ("ticket", "service", "tier", "arrived", "called", "finished", "left", "server", "outcome")
MAPPING = Mapping.from_dict(
    {name: name for name in COLUMNS} | {"branch_value": "simulated", "past_midnight_hours": 0.0}
)


def simulated_rows(result: Result, first: date, *, skip: Sequence[int] = ()) -> pd.DataFrame:
    """Tickets of simulated days as a queue machine would write them, one day a replication from `first`.

    `skip` are weekdays without business (0 is Monday). Columns: ticket, service, tier, arrived, called, finished, left,
    server (the counter), outcome. People without a ticket (turned round, away, served by a machine) are not in it.
    """
    rows = result.outcomes
    status = np.array(STATUS_NAMES, dtype=object)[rows["status"]]
    keep = np.isin(status, ("served", "abandoned")) & rows["ticket"].notna().to_numpy()
    rows, status = rows[keep], status[keep]
    days = [first]
    while len(days) <= int(rows["replication"].max()):
        after = days[-1] + timedelta(days=1)
        while after.weekday() in skip:
            after += timedelta(days=1)
        days.append(after)
    midnight = pd.Series([datetime.combine(day, time()) for day in days]).iloc[rows["replication"]].to_numpy()
    served = status == "served"

    def moment(name: str, where: np.ndarray) -> np.ndarray:
        stamp = midnight + pd.to_timedelta(rows[name].to_numpy() * 60, unit="s").to_numpy()
        return np.where(where, stamp, np.datetime64("NaT"))

    everywhere = np.ones(len(rows), dtype=bool)
    counters = np.array([*result.model.counter_codes, None], dtype=object)
    return pd.DataFrame(
        {
            "ticket": [f"{r}-{c}" for r, c in zip(rows["replication"], rows["customer"], strict=True)],
            "service": np.array(result.model.service_codes, dtype=object)[rows["service"]],
            "tier": np.array(result.model.tier_codes, dtype=object)[rows["tier"]],
            "arrived": moment("ticket", everywhere),
            "called": moment("start", served),
            "finished": moment("end", served),
            "left": moment("end", ~served),
            "server": np.where(served, counters[rows["counter"]], None),
            "outcome": status,
        }
    )


def simulated_log(
    model: BranchModel, staffing: Staffing, rates: Rates, days: int, *, first: date, seed: int,
    skip: Sequence[int] = (),
) -> TicketLog:  # fmt: skip
    """The clean ticket log of `days` simulated days from `first`; `rates` as for `twin.simulate`."""
    return normalise(simulated_rows(simulate(model, staffing, rates, days, seed=seed), first, skip=skip), MAPPING)
