"""Tickets on a regular grid: service × day × interval, with closed, missing and corrected cells told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.demand.problem import DAY_MINUTES, DayInfo, DemandInputError, DemandProblem
from counterpoint.science.history import TicketLog

Array = NDArray[np.float64]
ALL = "all"


@dataclass(frozen=True, eq=False)
class Grid:
    """Counts of shape (services, days, intervals); `exposure` is the open share of an interval, 0 when closed.

    `valid` is False where the count says nothing (closed, outage, day without records). `notes` are (code, text).
    """

    counts: Array
    exposure: Array
    valid: NDArray[np.bool_]
    days: tuple[DayInfo, ...]
    services: tuple[str, ...]
    interval: int
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def total(self) -> Array:
        """Counts of all services, shape (days, intervals)."""
        return cast(Array, self.counts.sum(axis=0))

    def between(self, start: int, stop: int) -> Grid:
        """The days from `start` up to `stop` only."""
        cut = slice(start, stop)
        return Grid(
            self.counts[:, cut], self.exposure[cut], self.valid[cut], self.days[cut], self.services, self.interval
        )


def counts_from_log(log: TicketLog, interval: int = 30) -> pd.DataFrame:
    """Tickets per service and interval: `date`, `minute`, `service`, `count`.

    Every usable ticket is one customer who wanted service, abandoned ones too.
    """
    frame = log.usable
    arrived = frame["arrived"]
    minute = (arrived.dt.hour * 60 + arrived.dt.minute) // interval * interval
    service = frame["service"].astype("string").fillna(ALL)
    keys = pd.DataFrame({"date": arrived.dt.date, "minute": minute, "service": service})
    return keys.groupby(["date", "minute", "service"], sort=True).size().rename("count").reset_index()


def exposure_of(days: tuple[DayInfo, ...], interval: int) -> Array:
    """Open share of each interval, shape (days, 1440 / interval)."""
    edges = np.arange(0, DAY_MINUTES, interval)
    known: dict[tuple[tuple[int, int], ...], Array] = {}
    out = np.zeros((len(days), len(edges)))
    for row, day in enumerate(days):
        if not day.is_open:
            continue
        if day.open not in known:
            overlap = [np.minimum(edges + interval, end) - np.maximum(edges, start) for start, end in day.open]
            known[day.open] = np.minimum(sum(np.clip(one, 0, interval) / interval for one in overlap), 1.0)
        out[row] = known[day.open]
    return out


def number_column(frame: pd.DataFrame, name: str, source: str, below: float = np.inf) -> Array:
    """A column as finite numbers from 0 up to but not including `below`; DemandInputError shows the first other one."""
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
    wrong = np.flatnonzero(~((values >= 0) & (values < below)))
    if len(wrong):
        limit = "0 or more" if np.isinf(below) else f"0 to {below - 1:g}"
        raise DemandInputError(f"{source} holds the {name} {frame[name].iloc[wrong[0]]}; it must be {limit}.")
    return values


def _tidy(problem: DemandProblem) -> pd.DataFrame:
    if isinstance(problem.history, TicketLog):
        frame = counts_from_log(problem.history, problem.interval)
    else:
        frame = problem.history
        absent = {"date", "minute", "count"} - set(frame.columns)
        if absent:
            raise DemandInputError(f"history lacks the column(s) {', '.join(sorted(absent))}.")
        if "service" not in frame.columns:
            frame = frame.assign(service=ALL)
    if len(frame) and (pd.to_numeric(frame["count"], errors="coerce") < 0).any():
        raise DemandInputError("history holds negative counts; clean the log first (science.history.normalise).")
    return frame


def _dates(frame: pd.DataFrame, source: str) -> NDArray[np.datetime64]:
    when = pd.to_datetime(frame["date"], errors="coerce")
    if when.isna().any():
        raise DemandInputError(f"{source} holds the date {frame['date'][when.isna()].iloc[0]}, which cannot be read.")
    return when.to_numpy().astype("datetime64[D]")


def build(problem: DemandProblem, window: int) -> Grid:
    """Grid of the last `window` calendar days before the first horizon day, in date order."""
    origin = min(problem.horizon)
    days = tuple(sorted((d for d in problem.days if d.date < origin), key=lambda d: d.date))
    days = tuple(d for d in days if (origin - d.date).days <= window)
    frame = _tidy(problem)
    when = _dates(frame, "history")
    listed = np.array([d.date for d in days], dtype="datetime64[D]")
    where = np.searchsorted(listed, when)
    inside = where < len(listed)
    inside[inside] = listed[where[inside]] == when[inside]
    frame, where = frame.loc[inside], where[inside]
    code, names = pd.factorize(frame["service"])
    if (code < 0).any():  # a ticket without a service counts under the name its absence prints as
        code, names = pd.factorize(frame["service"].astype(str))
    names = np.array([str(name) for name in names], dtype=object)
    named = set(names) | set(problem.default_shares)
    services = tuple(sorted(named)) or (ALL,)
    shape = (len(services), len(days), DAY_MINUTES // problem.interval)
    counts = np.zeros(shape)
    column = number_column(frame, "minute", "history", DAY_MINUTES).astype(int) // problem.interval
    place = {name: number for number, name in enumerate(services)}
    service = np.array([place[name] for name in names], dtype=np.intp)[code]
    np.add.at(counts, (service, where, column), number_column(frame, "count", "history"))
    unlisted = {day for day in when[~inside].tolist() if 0 < (origin - day).days <= window}
    return _mask(problem, counts, days, services, len(unlisted))


def _mask(
    problem: DemandProblem, counts: Array, days: tuple[DayInfo, ...], services: tuple[str, ...], unlisted: int
) -> Grid:
    notes: list[tuple[str, str]] = []
    if unlisted:
        notes.append(("no_calendar", f"{unlisted} days with tickets have no DayInfo and were left out."))
    exposure = exposure_of(days, problem.interval)
    outside = float(counts.sum(axis=0)[exposure == 0].sum())
    if outside:
        share = outside / max(counts.sum(), 1.0)
        notes.append(("outside_hours", f"{outside:.0f} tickets ({share:.1%}) outside opening hours were left out."))
    counts = counts * (exposure > 0)
    valid = exposure > 0
    silent = valid.any(axis=1) & (counts.sum(axis=(0, 2)) == 0)
    if silent.any():
        notes.append(
            ("days_without_records", f"{int(silent.sum())} open days without any ticket were taken as missing.")
        )
        valid[silent] = False
    index = {day.date: row for row, day in enumerate(days)}
    for outage in problem.outages:
        row = index.get(outage.date)
        if row is not None:
            valid[row, outage.start // problem.interval : -(-outage.end // problem.interval)] = False
    if problem.outages:
        notes.append(("outages", f"{len(problem.outages)} reported outages were taken as missing, not as no demand."))
    counts = _unhide(problem, counts, index, notes)
    return Grid(counts, exposure, valid, days, services, problem.interval, tuple(notes))


def _unhide(problem: DemandProblem, counts: Array, index: dict[date, int], notes: list[tuple[str, str]]) -> Array:
    """Divide by the share of customers who stayed long enough to be counted."""
    if problem.balk_share is None:
        return counts
    stayed = np.ones(counts.shape[1:])
    if isinstance(problem.balk_share, pd.DataFrame):
        frame = problem.balk_share
        minutes = number_column(frame, "minute", "balk_share", DAY_MINUTES)
        for day, minute, share in zip(_dates(frame, "balk_share").tolist(), minutes, frame["balk_share"], strict=True):
            if day in index:
                stayed[index[day], int(minute) // problem.interval] = 1 - float(share)
    else:
        stayed[:] = 1 - float(problem.balk_share)
    if not ((stayed > 0) & (stayed <= 1)).all():
        raise DemandInputError("balk_share must lie in [0, 1).")
    notes.append(("balking", "Counts were divided by the share of customers who did not turn away (balk_share)."))
    return counts / stayed
