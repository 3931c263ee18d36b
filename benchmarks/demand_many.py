"""Many half-hour series, two weeks ahead: 100, 1,000 and 10,000 branches through the fan-out, and the cost curve.

    nice python -m benchmarks.demand_many [sizes...] [--workers 2] [--calibrate-weeks 8] [--speed-up N]

Synthetic branches of one service with 182 days of history. Wall seconds are of the whole way: packing, forecasting
with ranges, collecting; making the series is timed apart. `--speed-up N` forecasts N series with one worker and with
two. Peer in the same run, if installed: statsforecast's SeasonalNaive and MSTL on the same series, one process.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from counterpoint.science import fanout
from counterpoint.science.demand import Params, Series, forecast_many, synthetic_branch

DIFFERENT = 50


def base() -> list[Series]:
    """Fifty different branches with all tickets under one service; larger sizes repeat them under other seeds."""
    out = []
    for number in range(DIFFERENT):
        branch = synthetic_branch(seed=number, days=196, daily=80.0 + 8 * number)
        problem = branch.problem(14)
        one = problem.history.groupby(["date", "minute"], as_index=False)["count"].sum()
        out.append(Series(str(number), replace(problem, history=one), number))
    return out


def series(size: int, weeks: int) -> Iterator[Series]:
    known = base()
    for number in range(size):
        one = known[number % DIFFERENT]
        yield Series(str(number), one.problem, number, Params(paths=400, calibrate_weeks=weeks))


def timed(size: int, workers: int, weeks: int) -> float:
    began = time.perf_counter()
    found = forecast_many(series(size, weeks), fanout.Local(workers))
    assert len(found.total) == size and not found.failed
    return time.perf_counter() - began


def peer(size: int) -> None:
    try:
        from statsforecast.models import MSTL, AutoETS, SeasonalNaive
    except ImportError:
        print("statsforecast is not installed: no peer in this run.")
        return
    for name, model in (("SeasonalNaive", SeasonalNaive(112)),
                        ("MSTL", MSTL([16, 112], trend_forecaster=AutoETS(model="ZZN")))):  # fmt: skip
        spent = 0.0
        for one in islice(series(size, 0), size):
            grid = one.problem.history.pivot_table(index="date", columns="minute", values="count", fill_value=0)
            values = grid.to_numpy(float)[:, :16].ravel()
            began = time.perf_counter()
            model.forecast(y=np.asarray(values), h=14 * 16, level=[80], fitted=True)
            spent += time.perf_counter() - began
        print(f"statsforecast {name}: {size / spent:.1f} series/s in one process")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[100, 1_000, 10_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--calibrate-weeks", type=int, default=8)
    parser.add_argument("--speed-up", type=int, default=0)
    given = parser.parse_args()
    timed(4, given.workers, given.calibrate_weeks)
    print("series  workers  wall s  ms a series")
    for size in given.sizes:
        wall = timed(size, given.workers, given.calibrate_weeks)
        print(f"{size:6d}  {given.workers:7d}  {wall:6.1f}  {1000 * wall / size:11.1f}", flush=True)
    if given.speed_up:
        one, two = (timed(given.speed_up, workers, given.calibrate_weeks) for workers in (1, 2))
        print(f"{given.speed_up} series: one worker {one:.1f} s, two {two:.1f} s: {one / two:.2f} times as fast")
    peer(20)


if __name__ == "__main__":
    main()
