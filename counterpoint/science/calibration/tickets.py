"""The usable tickets of one branch in minutes since midnight, in an order that does not depend on the file's."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.calibration.problem import CalibrationError
from counterpoint.science.history import TicketLog

FloatArray = NDArray[np.float64]
MOMENTS = ("arrived", "called", "finished", "left")
WORDS = ("service", "tier", "server", "ticket")
COLUMNS = ("day", *MOMENTS, "until", "waited", "minutes", "service", "tier", "server", "ticket", "outcome")


def tickets(log: TicketLog, days: Collection[date] | None = None) -> pd.DataFrame:
    """Usable tickets with the columns of COLUMNS, sorted; all days of the log or only the given ones.

    `day` is the date of arrival, moments are minutes since its midnight (a moment after midnight is over 1440, NaN is
    unknown), `until` the end of waiting (call or walk-out), `waited` and `minutes` the minutes of waiting and of
    service. Raises CalibrationError when the log holds several branches.
    """
    frame = log.usable
    branches = frame["branch"].dropna().unique()
    if len(branches) > 1:
        raise CalibrationError(f"The log holds {len(branches)} branches; calibrate one at a time.")
    day = frame["arrived"].dt.normalize()
    if days is not None:
        keep = day.dt.date.isin(set(days))
        frame, day = frame[keep], day[keep]
    table = pd.DataFrame({name: (frame[name] - day).dt.total_seconds() / 60 for name in MOMENTS})
    table["day"] = day.dt.date
    for name in (*WORDS, "outcome"):
        table[name] = frame[name].astype("object").where(frame[name].notna() & (frame[name] != ""), None)
    table["until"] = table["called"].where(table["outcome"] == "served", table["left"])
    table["waited"] = table["until"] - table["arrived"]
    table["minutes"] = table["finished"] - table["called"]
    keys = table[list(COLUMNS)].copy()
    for name in (*WORDS, "outcome"):
        keys[name] = keys[name].fillna("")
    order = keys.sort_values(["day", *MOMENTS, *WORDS, "outcome"], kind="stable").index
    return table.loc[order, list(COLUMNS)].reset_index(drop=True)


Hours = Callable[[date], tuple[tuple[float, float], ...]]


def restrict(log: TicketLog, days: Collection[date] | None = None, hours: Hours | None = None) -> TicketLog:
    """The log of some days, and of arrivals within opening hours (half-open, minutes since midnight, from a date).

    Rows and their issues outside are left out; a row without an arrival belongs to no day.
    """
    arrived = log.frame["arrived"]
    day = arrived.dt.date
    keep = arrived.notna() & (True if days is None else day.isin(set(days)))
    if hours is not None:
        minute = (arrived - arrived.dt.normalize()).dt.total_seconds() / 60
        inside = pd.Series(False, index=arrived.index)
        for one in set(day[keep]):
            for start, end in hours(one):
                inside |= (day == one) & (minute >= start) & (minute < end)
        keep &= inside
    rows = log.frame.index[keep]
    return TicketLog(log.frame.loc[rows], log.issues[log.issues["row"].isin(rows)].reset_index(drop=True))


def waiting_seen(table: pd.DataFrame) -> NDArray[np.int64]:
    """Tickets already waiting at each ticket's arrival; -1 where arrival or end of waiting is unknown."""
    seen = np.full(len(table), -1, dtype=np.int64)
    for _, rows in table.groupby("day", sort=False).indices.items():
        arrived = table["arrived"].to_numpy()[rows]
        until = table["until"].to_numpy()[rows]
        known = ~np.isnan(until)
        began, ended = np.sort(arrived[known]), np.sort(until[known])
        count = np.searchsorted(began, arrived, side="left") - np.searchsorted(ended, arrived, side="right")
        at_once = known & (until <= arrived)
        zero = np.sort(arrived[at_once])
        # somebody who came and went at the very same moment was counted as gone but not as come
        count += np.searchsorted(zero, arrived, side="right") - np.searchsorted(zero, arrived, side="left")
        seen[rows] = np.where(known, np.maximum(count, 0), -1)
    return seen


def spread_of(values: FloatArray, confidence: float) -> tuple[float, float]:
    """Percentile interval of bootstrap values."""
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail]) if len(values) else (np.nan, np.nan)
    return float(low), float(high)
