"""Forecast two real banks' calls and print the errors beside the seasonal-naive baseline.

    python -m benchmarks.demand_technion [--shared DIR] [--quick]

Data: call centre of an Israeli bank, 1999 (I. Guedj and A. Mandelbaum, Technion; research use) and of a North American
bank, 2003 (De Livera, Hyndman, Snyder 2011; fpp3 `bank_calls`). Not shipped; DIR holds data/calls_technion_bank/ and
data/calls_north_american_bank/. Parquet files need a reader (pyarrow); a CSV of the same name is read as well.
`naive` is the mean of all earlier same weekdays; `model` is counterpoint.science.demand with its default parameters.
Every forecast sees only days before its origin. WAPE and coverage are over opening hours, holidays included.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from counterpoint.science.demand import (
    Backtest,
    DayInfo,
    DemandProblem,
    Params,
    backtest,
    counts_from_log,
    forecast,
    nowcast,
)
from counterpoint.science.history import Mapping, normalise

MAPPING = {
    "branch_value": "technion",
    "ticket": "call_id",
    "service": "type",
    "tier": "priority",
    "server": "server",
    "outcome": "outcome",
    "date_format": "%y%m%d",
    "zero_is_missing": True,
    "missing": ["", "NO_SERVER"],
    "arrived": {"column": "vru_entry", "date": "date"},
    "queued": {"column": "q_start", "date": "date"},
    "called": {"column": "ser_start", "date": "date"},
    "finished": {"column": "ser_exit", "date": "date"},
    "left": [{"column": "q_exit", "date": "date"}, {"column": "vru_exit", "date": "date"}],
    "tiers": {"0": "regular", "1": "regular", "2": "priority"},
    "outcomes": {"AGENT": "served", "HANG": "abandoned", "PHANTOM": "ignore"},
}
FULL, FRIDAY = ((420, 1440),), ((420, 840),)
EVENING = ((1140, 1440),)
SUMMER = (date(1999, 4, 2), date(1999, 9, 3))  # summer time: the Sabbath ends an hour later
# Festivals and their eves of 1999 as any Israeli calendar of that year lists them; offices close as on a Friday
# or reopen in the evening as on a Saturday.
FESTIVALS: dict[date, tuple[tuple[int, int], ...]] = {
    date(1999, 3, 2): ((420, 840), (1140, 1440)),
    date(1999, 3, 31): FRIDAY,
    date(1999, 4, 1): EVENING,
    date(1999, 4, 6): ((840, 1020),),
    date(1999, 4, 7): ((1200, 1440),),
    date(1999, 4, 20): FULL,
    date(1999, 4, 21): FULL,
    date(1999, 5, 20): FRIDAY,
    date(1999, 5, 21): ((1200, 1440),),
    date(1999, 7, 22): FULL,
    date(1999, 9, 11): (),
    date(1999, 9, 12): EVENING,
    date(1999, 9, 19): FRIDAY,
    date(1999, 9, 20): EVENING,
}


def day_info(day: date) -> DayInfo:
    """Israel's bank week: Sunday to Thursday 7-24, Friday to 14, Saturday after the Sabbath."""
    if day in FESTIVALS:
        return DayInfo(day, FESTIVALS[day], "holiday" if FESTIVALS[day] else "closed")
    if day.weekday() == 4:
        return DayInfo(day, FRIDAY, "weekend")
    if day.weekday() == 5:
        opening = 1140 if SUMMER[0] <= day < SUMMER[1] else 1080
        return DayInfo(day, ((opening, 1440),), "weekend")
    return DayInfo(day, FULL)


def calendar(first: date, last: date) -> tuple[DayInfo, ...]:
    return tuple(day_info(first + timedelta(days=k)) for k in range((last - first).days + 1))


def february_counts(path: Path) -> pd.DataFrame:
    """Hourly counts by service from the call-level file; phantom calls left out, abandoned ones kept."""
    log = normalise(pd.read_csv(path, dtype=str), Mapping.from_dict(MAPPING))
    return counts_from_log(log, 60)


def quarter_counts(folder: Path) -> pd.DataFrame | None:
    """Hourly counts January to September from the six-minute file, or None without a reader for it."""
    frame = read_table(folder / "counts_6min_1999_q1_q3.parquet")
    if frame is None:
        return None
    frame["minute"] = (frame["interval6min"].astype(int) - 1) // 10 * 60
    frame["date"] = pd.to_datetime(frame["date"]).dt.date
    hourly = frame.groupby(["date", "minute"], as_index=False)["calls"].sum().rename(columns={"calls": "count"})
    return hourly[hourly["count"] > 0]


def read_table(path: Path) -> pd.DataFrame | None:
    """The Parquet file, or a CSV of the same name beside it, or None (said on the screen) when neither can be read."""
    if path.with_suffix(".csv").exists():
        return pd.read_csv(path.with_suffix(".csv"))
    try:
        return pd.read_parquet(path)
    except (ImportError, OSError) as error:
        print(f"{path.name} not read: {str(error).splitlines()[0]}")
        return None


def february(path: Path, *, weeks: int = 1, daily: bool = False) -> Backtest:
    """15-21 February from the call-level file alone: one origin, or each day from the day before."""
    days = calendar(date(1999, 2, 1), date(1999, 2, 22))
    problem = DemandProblem(february_counts(path), days, (date(1999, 2, 22),), 60)
    origins = [date(1999, 2, 15) + timedelta(days=k) for k in range(7 * weeks if daily else 1)]
    return backtest(problem, origins, 1 if daily else 7, seed=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", default=os.environ.get("COUNTERPOINT_SHARED", "../shared"))
    parser.add_argument("--quick", action="store_true", help="every fourth week of March to September only")
    options = parser.parse_args()
    folder = Path(options.shared) / "data/calls_technion_bank"
    log = folder / "february_1999_days_01_21.csv.gz"
    print("hourly calls                        model   naive   coverage  day-wape  day-cov  cells")
    show("15-21 Feb, week ahead, Feb only", february(log))
    show("15-21 Feb, day ahead, Feb only", february(log, daily=True))
    services(log)
    north_american(folder.parent / "calls_north_american_bank")
    counts = quarter_counts(folder)
    if counts is None:
        return
    problem = DemandProblem(counts, calendar(date(1999, 1, 1), date(1999, 9, 30)), (date(1999, 9, 30),), 60)
    week = [date(1999, 2, 15)]
    show("15-21 Feb, week ahead, from January", backtest(problem, week, 7, seed=1))
    ahead = [date(1999, 2, 15) + timedelta(days=k) for k in range(7)]
    show("15-21 Feb, day ahead, from January", backtest(problem, ahead, 1, seed=1))
    weeks = [date(1999, 3, 7) + timedelta(days=7 * k) for k in range(0, 29, 4 if options.quick else 1)]
    began = time.perf_counter()
    many = backtest(problem, weeks, 7, seed=1)
    took = (time.perf_counter() - began) / len(weeks)
    show(f"{len(weeks)} weeks March-Sept, week ahead", many)
    show("  the same, intervals uncalibrated", backtest(problem, weeks, 7, Params(calibrate_weeks=0), seed=1))
    show("  the same weeks without festivals", usual_only(many))
    ordinary = [date(1999, 3, 3) + timedelta(days=3 * k) for k in range(68)]
    running_day(problem, [d for d in ordinary if d not in FESTIVALS and d.weekday() not in (4, 5)])
    print(f"one week-ahead forecast took {took:.2f} s")
    if not options.quick:
        print(many.scores().round(3).to_string())


def services(path: Path) -> None:
    """15-21 February per call type: the share of an interval's customers is forecast, small types have wide ranges."""
    counts = february_counts(path)
    ahead = tuple(date(1999, 2, 15) + timedelta(days=k) for k in range(7))
    result = forecast(DemandProblem(counts, calendar(date(1999, 2, 1), ahead[-1]), ahead, 60), seed=1)
    table = result.to_frame().merge(counts, how="left", on=["date", "minute", "service"]).fillna({"count": 0})
    print("\nby service, hourly, week ahead      calls    WAPE  coverage")
    for name, part in table.groupby("service"):
        inside = ((part["count"] >= part["p10"]) & (part["count"] <= part["p90"])).mean()
        wape = (part["count"] - part["p50"]).abs().sum() / part["count"].sum()
        print(f"{name!s:35s} {part['count'].sum():6.0f}  {wape:6.3f}  {inside:8.3f}")


def running_day(problem: DemandProblem, days: list[date], at: int = 720) -> None:
    """Calls after noon of ordinary days: forecast the evening before against the nowcast at noon."""
    rows = []
    for day in days:
        plan = forecast(replace(problem, horizon=(day,)), seed=1)
        today = problem.history[problem.history["date"] == day]
        late = nowcast(plan, today, day=day, at=at, seed=2)
        actual = np.zeros(24)
        np.add.at(actual, today["minute"].to_numpy() // 60, today["count"].to_numpy())
        rest = slice(at // 60, 24)
        error = [np.abs(one.total_quantile[1, 0, rest] - actual[rest]).sum() for one in (plan, late)]
        inside = (actual[rest] >= late.total_quantile[0, 0, rest]) & (actual[rest] <= late.total_quantile[2, 0, rest])
        rows.append((*error, actual[rest].sum(), inside.mean()))
    plan_error, late_error, total, inside = np.array(rows).T
    print(f"\n{len(days)} afternoons: WAPE {plan_error.sum() / total.sum():.3f} the evening before, ", end="")
    print(f"{late_error.sum() / total.sum():.3f} at noon; coverage of the noon range {inside.mean():.3f}")


def north_american(folder: Path) -> None:
    """45 days of five-minute counts, then 15 days ahead, as in the published split; MAE beside last week repeated."""
    frame = read_table(folder / "first_10140.parquet")
    if frame is None:
        return
    when = pd.to_datetime(frame["DateTime"])
    calls = pd.DataFrame({"date": when.dt.date, "minute": when.dt.hour * 60 + when.dt.minute, "count": frame["Calls"]})
    dates = sorted(calls["date"].unique())
    days = tuple(DayInfo(day, ((420, 1265),)) for day in dates)
    result = forecast(DemandProblem(calls, days, tuple(dates[45:]), 5), Params(paths=400), seed=1)
    grid = calls.pivot_table(index="date", columns="minute", values="count").reindex(dates)
    last = {day.weekday(): grid.loc[day] for day in dates[40:45]}
    table = result.to_frame("total").merge(calls, on=["date", "minute"])
    naive = [last[day.weekday()][minute] for day, minute in zip(table["date"], table["minute"], strict=True)]
    inside = ((table["count"] >= table["p10"]) & (table["count"] <= table["p90"])).mean()
    print(
        f"\nNorth American bank, 15 days ahead, 5-minute MAE {(table['count'] - table['p50']).abs().mean():.2f}, ",
        end="",
    )
    print(f"last week repeated {(table['count'] - naive).abs().mean():.2f}; coverage {inside:.3f}")


def usual_only(result: Backtest) -> Backtest:
    keep = ~result.cells["date"].isin(list(FESTIVALS))
    rows = ~result.day_rows["date"].isin(list(FESTIVALS))
    return replace(result, cells=result.cells[keep], day_rows=result.day_rows[rows])


def show(name: str, result: Backtest) -> None:
    row = result.scores().loc["all"]
    print(
        f"{name:35s} {row['wape']:6.3f}  {row['wape_naive']:6.3f}  {row['coverage']:8.3f}  {row['wape_day']:8.3f}"
        f"  {row['coverage_day']:7.3f}  {int(row['cells']):5d}"
    )


if __name__ == "__main__":
    main()
