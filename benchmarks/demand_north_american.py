"""A North American bank's calls per five minutes: the published split, and the day corrected at eleven.

    python -m benchmarks.demand_north_american [--shared DIR]

Data: fpp3 `bank_calls`, first 10,140 values (De Livera, Hyndman, Snyder 2011; GPL-3), not shipped; needs pyarrow.
Train 45 days (7,605 values), test 15 days (2,535), one origin. Published: last week repeated RMSE 24.14, MAE 18.53.
The calendar says Monday to Friday, Memorial Day (26 May 2003) closed; 4 and 7 April have no records: missing.
Nowcast: each of the last 30 days forecast from the evening before, then corrected at 11:00.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from benchmarks.demand_scores import coverage, options, peers, read_table, running_days, table, wape
from counterpoint.science.demand import DayInfo, DemandProblem, Params, forecast

SPAN = ((420, 1265),)
DAY, TRAIN = 169, 45
CLOSED = {date(2003, 5, 26)}


def main() -> None:
    given = options(__doc__ or "")
    warnings.filterwarnings("ignore")
    frame = read_table(given.data / "calls_north_american_bank/first_10140.parquet")
    if frame is None:
        return
    when = pd.to_datetime(frame["DateTime"])
    calls = pd.DataFrame({"date": when.dt.date, "minute": when.dt.hour * 60 + when.dt.minute, "count": frame["Calls"]})
    dates = sorted(calls["date"].unique())
    every = [dates[0] + timedelta(days=k) for k in range((dates[-1] - dates[0]).days + 1)]
    days = tuple(DayInfo(d, SPAN) if d.weekday() < 5 and d not in CLOSED else DayInfo(d, (), "closed") for d in every)
    values = frame["Calls"].to_numpy(float)
    train, test = values[: TRAIN * DAY], values[TRAIN * DAY :]
    rows: dict[str, dict[str, float]] = {}

    def add(name: str, found: np.ndarray, seconds: float) -> None:
        rows[name] = {"RMSE": float(np.sqrt(((test - found) ** 2).mean())), "MAE": float(np.abs(test - found).mean()),
                      "WAPE": wape(test, found), "CPU s": seconds}  # fmt: skip

    add("last week repeated", np.tile(train[-5 * DAY :], 3), 0.0)
    began = time.process_time()
    horizon = tuple(day for day in every if day >= dates[TRAIN])
    problem = DemandProblem(calls, days, horizon, 5)
    found = forecast(problem, Params(paths=400), seed=1)
    part = found.to_frame("total").merge(calls, on=["date", "minute"])
    add("counterpoint", part["mean"].to_numpy(), time.process_time() - began)
    inside = coverage(part["count"].to_numpy(), part["p10"].to_numpy(), part["p90"].to_numpy())
    rows["counterpoint"]["P10-P90"] = inside
    try:
        from statsforecast.models import MSTL, AutoETS

        for name, season in (("MSTL, day and week", [DAY, 5 * DAY]), ("MSTL, week", [5 * DAY])):
            began = time.process_time()
            model = MSTL(season, trend_forecaster=AutoETS(model="ZZN"))
            add(name, np.asarray(model.forecast(y=train, h=len(test))["mean"]), time.process_time() - began)
    except ImportError:
        peers(DAY)
    table(rows)
    print(f"RMSE is {rows['counterpoint']['RMSE'] / rows['last week repeated']['RMSE']:.3f} of last week repeated\n")
    spans = [(dates[first], dates[first + 4]) for first in range(30, 60, 5)]
    weeks = [
        forecast(replace(problem, horizon=tuple(d for d in every if start <= d <= end)), seed=1) for start, end in spans
    ]
    rolling = pd.concat([week.to_frame("total") for week in weeks]).merge(calls, on=["date", "minute"])
    print(f"six weeks, each from the week before: P10-P90 covers "
          f"{coverage(*(rolling[name].to_numpy() for name in ('count', 'p10', 'p90'))):.3f}\n")  # fmt: skip
    half = calls.assign(minute=calls["minute"] // 30 * 30).groupby(["date", "minute"], as_index=False)["count"].sum()
    last = {"five minutes": (calls, 5), "half hours": (half, 30)}
    table({
        name: running_days(DemandProblem(history, days, (dates[-1],), step), dates[30 if step == 30 else 45 :])
        for name, (history, step) in last.items()
    })  # fmt: skip


if __name__ == "__main__":
    main()
