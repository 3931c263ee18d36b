"""Forecast a real bank's calls and print the errors beside the seasonal-naive baseline and single models.

    python -m benchmarks.demand_technion [--shared DIR] [--quick]

Data: call centre of an Israeli bank, 1999 (I. Guedj and A. Mandelbaum, Technion; research use). Not shipped; DIR holds
data/calls_technion_bank/. Parquet files need a reader (pyarrow); a CSV of the same name is read as well.
`naive` is the mean of all earlier same weekdays; `model` is counterpoint.science.demand with its default parameters.
Every forecast sees only days before its origin. WAPE and coverage are over opening hours, holidays included.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.demand_scores import options, peers, read_table, running_days, table, wape
from counterpoint.science.demand import (
    Backtest,
    DayInfo,
    DemandProblem,
    Params,
    backtest,
    counts_from_log,
    forecast,
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


def quarter_counts(folder: Path, interval: int = 60) -> pd.DataFrame | None:
    """Counts January to September from the six-minute file, or None without a reader for it."""
    frame = read_table(folder / "counts_6min_1999_q1_q3.parquet")
    if frame is None:
        return None
    frame["minute"] = (frame["interval6min"].astype(int) - 1) // (interval // 6) * interval
    frame["date"] = pd.to_datetime(frame["date"]).dt.date
    hourly = frame.groupby(["date", "minute"], as_index=False)["calls"].sum().rename(columns={"calls": "count"})
    return hourly[hourly["count"] > 0]


def february(path: Path, *, weeks: int = 1, daily: bool = False) -> Backtest:
    """15-21 February from the call-level file alone: one origin, or each day from the day before."""
    days = calendar(date(1999, 2, 1), date(1999, 2, 22))
    problem = DemandProblem(february_counts(path), days, (date(1999, 2, 22),), 60)
    origins = [date(1999, 2, 15) + timedelta(days=k) for k in range(7 * weeks if daily else 1)]
    return backtest(problem, origins, 1 if daily else 7, seed=1)


def main() -> None:
    given = options(__doc__ or "")
    folder = given.data / "calls_technion_bank"
    log = folder / "february_1999_days_01_21.csv.gz"
    print("hourly calls                        model   naive   coverage  day-wape  day-cov  cells")
    show("15-21 Feb, week ahead, Feb only", february(log))
    show("15-21 Feb, day ahead, Feb only", february(log, daily=True))
    services(log)
    counts = quarter_counts(folder)
    if counts is None:
        return
    problem = DemandProblem(counts, calendar(date(1999, 1, 1), date(1999, 9, 30)), (date(1999, 9, 30),), 60)
    week = [date(1999, 2, 15)]
    show("15-21 Feb, week ahead, from January", backtest(problem, week, 7, seed=1))
    ahead = [date(1999, 2, 15) + timedelta(days=k) for k in range(7)]
    show("15-21 Feb, day ahead, from January", backtest(problem, ahead, 1, seed=1))
    weeks = [date(1999, 3, 7) + timedelta(days=7 * k) for k in range(0, 29, 4 if given.quick else 1)]
    began = time.perf_counter()
    many = backtest(problem, weeks, 7, seed=1)
    took = (time.perf_counter() - began) / len(weeks)
    show(f"{len(weeks)} weeks March-Sept, week ahead", many)
    show("  the same, intervals uncalibrated", backtest(problem, weeks, 7, Params(calibrate_weeks=0), seed=1))
    show("  the same weeks without festivals", usual_only(many))
    ordinary = [date(1999, 3, 3) + timedelta(days=3 * k) for k in range(68)]
    ordinary = [d for d in ordinary if d not in FESTIVALS and d.weekday() not in (4, 5)]
    half_hours(folder, weeks, ordinary, quick=given.quick)
    print(f"one week-ahead forecast took {took:.2f} s")
    if not given.quick:
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


def half_hours(folder: Path, weeks: list[date], ordinary: list[date], *, quick: bool) -> None:
    """By half hours: a week and a day ahead, whole days beside single models, the day corrected at 11:00."""
    counts = quarter_counts(folder, 30)
    if counts is None:
        return
    problem = DemandProblem(counts, calendar(date(1999, 1, 1), date(1999, 9, 30)), (date(1999, 9, 30),), 30)
    print("\nhalf-hourly calls                   model   naive   coverage  day-wape  day-cov  cells")
    ahead = backtest(problem, weeks, 7, seed=1)
    show(f"{len(weeks)} weeks March-Sept, week ahead", ahead)
    show("  the same without festivals", usual_only(ahead))
    if not quick:
        each = [weeks[0] + timedelta(days=k) for k in range(7 * len(weeks))]
        show("every day from the day before", backtest(problem, each, 1, seed=1))
    whole_days(counts, ahead)
    table({"afternoons from 11:00": running_days(problem, ordinary)})


def whole_days(counts: pd.DataFrame, ahead: Backtest) -> None:
    """WAPE of whole days a week ahead, festivals left out: single models get closed and silent days filled in."""
    sums = counts.groupby("date")["count"].sum()
    first = date(1999, 1, 1)
    values = sums.reindex([first + timedelta(days=k) for k in range(273)]).to_numpy(dtype=float)
    for place in np.flatnonzero(np.isnan(values)):
        past = values[place % 7 : place : 7]
        values[place] = np.nanmedian(past[-4:]) if np.isfinite(past[-4:]).any() else np.nanmedian(values)
    days = usual_only(ahead).day_rows
    rows = {"counterpoint": {"day WAPE": wape(days["actual"].to_numpy(), days["p50"].to_numpy())}}
    for name, peer in peers(7).items():
        found = {}
        for origin in sorted(set(days["origin"])):
            start = (origin - first).days
            step = np.exp(peer(np.log(values[:start]), 7))
            found |= {origin + timedelta(days=k): one for k, one in enumerate(step)}
        rows[name] = {"day WAPE": wape(days["actual"].to_numpy(), days["date"].map(found).to_numpy(dtype=float))}
    table(rows)


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
