"""A simulated branch with a known demand process, for tests, docs and the demo. Nothing in it was measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.demand.problem import DayInfo, DemandProblem, plain_days

HOURS = {weekday: ((540, 1020),) if weekday < 5 else ((570, 960),) for weekday in range(7)}
WEEKDAY = (1.20, 1.0, 0.95, 0.95, 1.05, 0.65, 0.50)
HOURLY = (12.0, 16.0, 14.0, 9.0, 9.0, 14.0, 14.5, 11.5)  # per cent of a day from 9:00 to 17:00
SERVICES = {"cash": 0.34, "transfer": 0.22, "account": 0.18, "pension": 0.14, "wealth": 0.08, "corporate": 0.04}
EFFECTS = {"payday": 1.25, "month_end": 1.15}


@dataclass(frozen=True, eq=False)
class SyntheticBranch:
    """`counts`: date, minute, service, count of every day; `rate` (days, intervals): expected total."""

    days: tuple[DayInfo, ...]
    counts: pd.DataFrame
    rate: NDArray[np.float64]
    interval: int

    def problem(self, horizon_days: int, *, history_days: int | None = None) -> DemandProblem:
        """Forecast the last `horizon_days` from the days before them (or only the last `history_days` of those)."""
        cut = len(self.days) - horizon_days
        first = 0 if history_days is None else cut - history_days
        days = self.days[first:]
        start, origin = days[0].date, self.days[cut].date
        known = (self.counts["date"] >= start) & (self.counts["date"] < origin)
        return DemandProblem(self.counts[known], days, tuple(day.date for day in self.days[cut:]), self.interval)

    def actual(self, horizon_days: int) -> NDArray[np.int64]:
        """What came on the last days: branch total, shape (days, intervals)."""
        index = {day.date: row for row, day in enumerate(self.days)}
        out = np.zeros(self.rate.shape, dtype=np.int64)
        at = (self.counts["date"].map(index).to_numpy(), self.counts["minute"].to_numpy() // self.interval)
        np.add.at(out, at, self.counts["count"].to_numpy())
        return out[-horizon_days:]


def synthetic_branch(
    *,
    seed: int,
    start: date = date(2026, 1, 5),
    days: int = 182,
    daily: float = 240.0,
    interval: int = 30,
    day_sd: float = 0.08,
    noise_sd: float = 0.12,
    paydays: tuple[int, ...] = (10, 25),
) -> SyntheticBranch:
    """Poisson counts around weekday × profile × tag effect × log-normal day effect × log-normal interval noise.

    `daily` is the expected number of customers on a Tuesday; `day_sd`, `noise_sd` are log standard deviations.
    """
    rng = np.random.default_rng(seed)
    dates = [start + timedelta(days=step) for step in range(days)]
    tags = {day: _tags(day, paydays) for day in dates}
    listed = plain_days(start, days, hours=HOURS, tags=tags)
    names, shares = list(SERVICES), np.array(list(SERVICES.values()))
    edges = np.arange(0, 1440, interval)
    profile = np.interp(edges + interval / 2, np.arange(9, 17) * 60 + 30, HOURLY)
    usual = profile[(edges >= 540) & (edges < 1020)].sum()
    rate = np.zeros((days, len(edges)))
    for place, day in enumerate(listed):
        factor = WEEKDAY[day.date.weekday()] * np.prod([EFFECTS[tag] for tag in sorted(day.tags)])
        for opening, closing in day.open:
            inside = (edges >= opening) & (edges < closing)
            rate[place, inside] = daily * factor * profile[inside] / usual
    noise = rng.normal(-(day_sd**2) / 2, day_sd, (days, 1)) + rng.normal(-(noise_sd**2) / 2, noise_sd, rate.shape)
    drawn = rng.poisson((rate * np.exp(noise))[None] * shares[:, None, None])
    service, row, column = np.nonzero(drawn)
    frame = pd.DataFrame(
        {
            "date": np.array(dates, dtype=object)[row],
            "minute": edges[column],
            "service": np.array(names, dtype=object)[service],
            "count": drawn[service, row, column],
        }
    )
    return SyntheticBranch(listed, frame, rate, interval)


def _tags(day: date, paydays: tuple[int, ...]) -> frozenset[str]:
    found = {"payday"} if day.day in paydays else set()
    if (day + timedelta(days=3)).month != day.month:
        found.add("month_end")
    return frozenset(found)
