"""Rolling-origin back-test: forecast past weeks as they would have been forecast then, and score them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from counterpoint.science.demand.forecast import forecast
from counterpoint.science.demand.grid import Array, Grid, build
from counterpoint.science.demand.problem import DemandInputError, DemandProblem, Params


@dataclass(frozen=True, eq=False)
class Backtest:
    """`cells`: one row per origin, date and open interval (branch total): actual, p50, low, high, naive, pinball.

    `naive` is the mean of all earlier same weekdays. Intervals without a valid record are left out.
    """

    cells: pd.DataFrame
    day_rows: pd.DataFrame
    low: float
    high: float

    def scores(self) -> pd.DataFrame:
        """One row per origin and a last row `all`: WAPE per interval and day, baseline, coverage, pinball loss."""
        rows = [self._score(key, part) for key, part in self.cells.groupby("origin")]
        return pd.DataFrame([*rows, self._score("all", self.cells)]).set_index("origin")

    def _score(self, key: object, part: pd.DataFrame) -> dict[str, object]:
        days = self.day_rows if key == "all" else self.day_rows[self.day_rows["origin"] == key]
        actual = max(part["actual"].sum(), 1.0)
        return {
            "origin": key,
            "wape": (part["actual"] - part["p50"]).abs().sum() / actual,
            "wape_naive": (part["actual"] - part["naive"]).abs().sum() / actual,
            "coverage": ((part["actual"] >= part["low"]) & (part["actual"] <= part["high"])).mean(),
            "wape_day": (days["actual"] - days["p50"]).abs().sum() / actual,
            "coverage_day": ((days["actual"] >= days["low"]) & (days["actual"] <= days["high"])).mean(),
            "pinball": part["pinball"].mean(),
            "cells": len(part),
        }

    def summary(self) -> dict[str, float]:
        """The last row of `scores()`."""
        last = self.scores().drop(columns="cells").iloc[-1]
        return {str(name): float(value) for name, value in last.items()}

    def to_frame(self) -> pd.DataFrame:
        return self.cells


def backtest(
    problem: DemandProblem, origins: Sequence[date], horizon: int, params: Params | None = None, *, seed: int
) -> Backtest:
    """Forecast `horizon` days from each origin with earlier data only; scores the branch total.

    The problem's own horizon is not used except as the end of what may be read.
    """
    params = params or Params()
    end = max(problem.horizon)
    listed = {day.date for day in problem.days}
    cells, day_rows = [], []
    truth = build(replace(problem, horizon=(end,)), 10**6)
    for number, origin in enumerate(origins):
        ahead = tuple(origin + timedelta(days=step) for step in range(horizon))
        ahead = tuple(day for day in ahead if day in listed and day < end)
        if not ahead:
            continue
        one, whole = _one(problem, truth, origin, ahead, params, seed + number)
        cells.append(one)
        day_rows.append(whole)
    if not cells:
        raise DemandInputError("No origin leaves a recorded day to score; move the origins back.")
    levels = sorted(params.quantiles)
    return Backtest(pd.concat(cells, ignore_index=True), pd.concat(day_rows, ignore_index=True), levels[0], levels[-1])


def _one(
    problem: DemandProblem, truth: Grid, origin: date, ahead: tuple[date, ...], params: Params, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    levels = tuple(sorted({*params.quantiles, 0.5}))
    result = forecast(replace(problem, horizon=ahead), replace(params, quantiles=levels), seed=seed)
    index = {day.date: row for row, day in enumerate(truth.days)}
    rows = np.array([index[day] for day in result.dates])
    actual, valid = truth.total[rows], truth.valid[rows]
    naive = same_weekday_mean(truth, origin, result.dates)
    at = np.nonzero(valid)
    error = actual[None] - result.total_quantile
    pinball = np.mean([np.maximum(q * e, (q - 1) * e) for q, e in zip(levels, error, strict=True)], axis=0)
    middle = levels.index(0.5)
    frame = pd.DataFrame(
        {
            "origin": origin,
            "date": np.array(result.dates, dtype=object)[at[0]],
            "minute": at[1] * problem.interval,
            "actual": actual[at],
            "p50": result.total_quantile[middle][at],
            "low": result.total_quantile[0][at],
            "high": result.total_quantile[-1][at],
            "naive": naive[at],
            "pinball": pinball[at],
        }
    )
    complete = [
        row for row in range(len(rows)) if valid[row].any() and (valid[row] | (truth.exposure[rows[row]] == 0)).all()
    ]
    whole = pd.DataFrame(
        {
            "origin": origin,
            "date": np.array(result.dates, dtype=object)[complete],
            "actual": actual[complete].sum(axis=1),
            "p50": result.day_quantile[middle, -1, complete],
            "low": result.day_quantile[0, -1, complete],
            "high": result.day_quantile[-1, -1, complete],
        }
    )
    return frame, whole


def same_weekday_mean(grid: Grid, origin: date, days: tuple[date, ...]) -> Array:
    """Seasonal-naive baseline: mean count of all earlier valid same weekdays per interval, shape (days, intervals)."""
    past = np.array([day.date < origin for day in grid.days])
    weekday = np.array([day.date.weekday() for day in grid.days])
    out = np.zeros((len(days), grid.counts.shape[2]))
    for row, day in enumerate(days):
        chosen = past & (weekday == day.weekday())
        seen = grid.valid[chosen].sum(axis=0)
        out[row] = (grid.total * grid.valid)[chosen].sum(axis=0) / np.maximum(seen, 1)
    return out
