"""NN5: daily cash of 100 British cash machines, 56 days ahead from three rolling origins, beside single models.

    python -m benchmarks.demand_nn5 [--shared DIR] [--quick]

Data: NN5 competition, first 735 days (GPL-3/CC BY copies), not shipped. Published errors (Godahewa et al. 2021) are of
the 56 days after these 735, which are not here. `scaled` puts our error on their scale: our MAE over AutoTheta's in
the same window, times 3.80, Theta's published MAE. MAE is the mean over series of recorded days; missing ones left out.
Peers get missing days filled with the median of the weekday, as published; ours takes them as missing.
The calendar (Christmas, Easter, bank holidays) was known beforehand and is given to ours; `no festivals` is without it.
`own model only` is without the choice among models.
"""

from __future__ import annotations

import time
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.demand_scores import Array, coverage, options, peers, table
from counterpoint.science.demand import DayInfo, DemandProblem, Params, forecast, near_festivals

HORIZON, ORIGINS, SCALE = 56, (679, 623, 567), 50.0
THETA = 3.80
FESTIVALS = {
    "christmas": [date(year, 12, 25) for year in (1995, 1996, 1997, 1998)],
    "easter": [date(1996, 4, 7), date(1997, 3, 30), date(1998, 4, 12)],
}
OURS = (("counterpoint", True, True), ("  own model only", True, False), ("  no festivals", False, True))
BANK_HOLIDAYS = {
    date(1996, 5, 6), date(1996, 5, 27), date(1996, 8, 26), date(1997, 5, 5), date(1997, 5, 26), date(1997, 8, 25),
    date(1998, 5, 4),
}  # fmt: skip


def load(path: Path) -> tuple[list[date], Array]:
    frame = pd.read_csv(path, parse_dates=["date"])
    return frame["date"].dt.date.tolist(), frame.drop(columns="date").to_numpy(float)


def calendar(dates: list[date], *, festivals: bool) -> tuple[DayInfo, ...]:
    days = [
        DayInfo(
            day, ((0, 60),), "weekend" if day.weekday() > 4 else "workday",
            frozenset({"bank_holiday"} if festivals and day in BANK_HOLIDAYS else ()),
        )
        for day in dates
    ]  # fmt: skip
    return near_festivals(days, FESTIVALS if festivals else {})


def own(dates: list[date], values: Array, origin: int, params: Params, *, festivals: bool) -> Array:
    """P50, P10, P90 of the next 56 days, shape (3, days); amounts are counted in fiftieths, so that chance is small."""
    days = calendar(dates[: origin + HORIZON], festivals=festivals)
    seen = np.flatnonzero(values[:origin] > 0)
    history = pd.DataFrame({"date": [dates[k] for k in seen], "minute": 0, "count": values[seen] * SCALE})
    found = forecast(DemandProblem(history, days, tuple(dates[origin : origin + HORIZON]), 60), params, seed=1)
    return np.asarray(found.total_quantile[[1, 0, 2], :, 0] / SCALE)


def filled(values: Array, weekday: Array) -> Array:
    out = values.copy()
    for day in range(7):
        out[(weekday == day) & np.isnan(out)] = np.nanmedian(values[weekday == day])
    return out


def mae(actual: Array, found: Array) -> float:
    return float(np.nanmean(np.nanmean(np.abs(actual - found), axis=0)))


def main() -> None:
    given = options(__doc__ or "")
    warnings.filterwarnings("ignore")
    dates, values = load(given.data / "cash_nn5_atm/daily_T001_T100_first_735.csv.gz")
    if given.quick:
        values = values[:, ::5]
    weekday = np.array([day.weekday() for day in dates])
    rows: dict[str, dict[str, float]] = {}
    for origin in ORIGINS:
        actual = values[origin : origin + HORIZON]
        window = f"from {dates[origin]}"
        for name, festivals, choose in OURS:
            began = time.process_time()
            found = np.stack([own(dates, one, origin, Params(choose=choose), festivals=festivals)
                              for one in values.T], axis=2)  # fmt: skip
            row = rows.setdefault(name, {})
            row[window] = mae(actual, found[0])
            known = np.isfinite(actual)
            inside = coverage(actual[known], found[1][known], found[2][known])
            row[f"cover {dates[origin].month}"] = inside
            row["cover"] = row.get("cover", 0.0) + inside / len(ORIGINS)
            row["CPU s"] = row.get("CPU s", 0.0) + time.process_time() - began
        last = np.stack([np.tile(filled(one[:origin], weekday[:origin])[-7:], 8) for one in values.T], axis=1)
        rows.setdefault("last week repeated", {})[window] = mae(actual, last)
        for name, peer in peers(7).items():
            began = time.process_time()
            found = np.stack([peer(filled(one[:origin], weekday[:origin]), HORIZON) for one in values.T], axis=1)
            row = rows.setdefault(name, {})
            row[window] = mae(actual, found)
            row["CPU s"] = row.get("CPU s", 0.0) + time.process_time() - began
    windows = [f"from {dates[origin]}" for origin in ORIGINS]
    for row in rows.values():
        row["mean"] = float(np.mean([row[w] for w in windows]))
        if "AutoTheta" in rows:
            row["scaled"] = THETA * float(np.exp(np.mean([np.log(row[w] / rows["AutoTheta"][w]) for w in windows])))
    table(rows)


if __name__ == "__main__":
    main()
