"""What the demand benchmarks share: where the data lies, scores, tables, and the libraries' single models as peers.

Peers need `pip install statsforecast==2.1.1 pyarrow` beside counterpoint (no part of the product: on these data its own
model is ahead, see docs/explanation/demand.md). Without them the table has our own rows and the naive ones only.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.demand import DemandProblem, forecast, nowcast

Array = NDArray[np.float64]
Peer = Callable[[Array, int], Array]


def options(text: str) -> argparse.Namespace:
    """`--shared DIR` (default: COUNTERPOINT_SHARED or ../shared) and `--quick`."""
    parser = argparse.ArgumentParser(description=text.splitlines()[0])
    parser.add_argument("--shared", default=os.environ.get("COUNTERPOINT_SHARED", "../shared"))
    parser.add_argument("--quick", action="store_true", help="a part of the work only")
    given = parser.parse_args()
    given.data = Path(given.shared) / "data"
    return given


def read_table(path: Path) -> pd.DataFrame | None:
    """The Parquet file, or a CSV of the same name beside it, or None (said on the screen) when neither can be read."""
    if path.with_suffix(".csv").exists():
        return pd.read_csv(path.with_suffix(".csv"))
    try:
        return pd.read_parquet(path)
    except (ImportError, OSError) as error:
        print(f"{path.name} not read: {str(error).splitlines()[0]}")
        return None


def wape(actual: Array, found: Array) -> float:
    return float(np.abs(actual - found).sum() / np.abs(actual).sum())


def coverage(actual: Array, low: Array, high: Array) -> float:
    return float(((actual >= low) & (actual <= high)).mean())


def table(rows: dict[str, dict[str, float]]) -> None:
    print(pd.DataFrame(rows).T.to_string(float_format=lambda x: f"{x:.3f}", na_rep="–"), flush=True)


def peers(season: int) -> dict[str, Peer]:
    """Single models of statsforecast by name, history and horizon in, forecast out; empty when it is not installed."""
    try:
        from statsforecast import models
    except ImportError:
        print("statsforecast is not installed: no peers in this run.")
        return {}
    single = {
        "AutoETS": models.AutoETS(season),
        "AutoCES": models.AutoCES(season),
        "AutoTheta": models.AutoTheta(season_length=season),
        "DynamicOptimizedTheta": models.DynamicOptimizedTheta(season),
        "MSTL": models.MSTL([season], trend_forecaster=models.AutoETS(model="ZZN")),
    }
    return {
        name: lambda y, h, model=model: np.asarray(model.forecast(y=y, h=h)["mean"]) for name, model in single.items()
    }


def running_days(problem: DemandProblem, days: list[date], at: int = 660) -> dict[str, float]:
    """The rest of each day after `at`: the forecast of the evening before against the same corrected at `at`."""
    step = problem.interval
    plans, lates, truth, low, high, whole = [], [], [], [], [], []
    for day in days:
        plan = forecast(replace(problem, horizon=(day,)), seed=1)
        today = problem.history[problem.history["date"] == day]
        late = nowcast(plan, today, day=day, at=at, seed=2)
        actual = np.zeros(plan.total_mean.shape[1])
        np.add.at(actual, today["minute"].to_numpy() // step, today["count"].to_numpy())
        rest = np.flatnonzero((plan.total_mean[0] > 0) & (np.arange(len(actual)) * step >= at))
        plans.append(plan.total_quantile[1, 0, rest])
        lates.append(late.total_quantile[1, 0, rest])
        truth.append(actual[rest])
        low.append(late.total_quantile[0, 0, rest])
        high.append(late.total_quantile[2, 0, rest])
        ends = np.quantile(late.sample(500, 3)[:, :, 0, rest].sum(axis=(1, 2)), [0.1, 0.9])
        whole.append(bool(ends[0] <= actual[rest].sum() <= ends[1]))
    sums = [np.array([part.sum() for part in parts]) for parts in (truth, plans, lates)]
    actual, before, after, below, above = map(np.concatenate, (truth, plans, lates, low, high))
    evening, eleven = wape(actual, before), wape(actual, after)
    return {
        "days": len(days), "WAPE evening before": evening, "WAPE at 11": eleven, "better by": 1 - eleven / evening,
        "coverage at 11": coverage(actual, below, above),
        "afternoon sum better by": 1 - wape(sums[0], sums[2]) / wape(sums[0], sums[1]),
        "afternoon sum covered": float(np.mean(whole)),
    }  # fmt: skip
