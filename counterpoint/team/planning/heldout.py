"""Held-out days: forecast and waits predicted as they would have been then, beside what really happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from counterpoint.science.demand import DemandProblem, forecast
from counterpoint.science.history import TicketLog
from counterpoint.team.planning import calibrate, waits
from counterpoint.team.planning.outlook import look_ahead
from counterpoint.team.planning.values import INTERVAL, Outlook, PlanInput

GAP = 5.0  # minutes without a customer after which a server is taken as away (chosen on the days that the how-to shows)
DAILY = 5  # tickets of a service a server must have had to count as able


@dataclass(frozen=True)
class HeldOut:
    """One day: arrivals forecast and actual, waits predicted (forecast arrivals, actual staff) and actual."""

    date: str
    arrivals: int
    forecast: float
    low: float
    high: float
    wape_hour: float
    inside: float
    people: int
    wait_actual: float
    wait_predicted: float
    p90_actual: float
    p90_predicted: float
    walkouts_actual: float
    walkouts_predicted: float


def held_out(given: PlanInput, dates: Sequence[date]) -> tuple[HeldOut, ...]:
    """Each date judged with earlier days only; staffing is inferred from who served whom on that date."""
    return tuple(_one(given, day) for day in dates)


def _one(given: PlanInput, day: date) -> HeldOut:
    log, _notes = calibrate.reached_queue(given.log)
    arrived = log.usable["arrived"].dt.date
    before = TicketLog(log.frame.drop(index=log.usable.index[arrived >= day]), log.issues)
    today = log.usable[arrived == day]
    view = look_ahead(replace(given, log=before, week=(day,), days=tuple(d for d in given.days if d.date <= day)))
    posts = posts_from_log(today, before.usable, view)
    played = waits.play_day(view, 0, posts, seed=given.seed, replications=given.replications)
    waited = (today["called"] - today["arrived"]).dt.total_seconds() / 60
    waited = waited[today["outcome"].eq("served") & waited.ge(0)]
    inside_hours = today[_open(today, view)]
    counts = _counts(inside_hours, view)
    hours = counts.reshape(-1, 2).sum(axis=1) if counts.size % 2 == 0 else counts
    expected = view.total_p50[0]
    by_hour = expected.reshape(-1, 2).sum(axis=1) if counts.size % 2 == 0 else expected
    live = view.total_mean[0] > 0
    inside = (counts >= view.total_p10[0]) & (counts <= view.total_p90[0])
    return HeldOut(
        day.isoformat(), len(inside_hours), float(view.day_p50[0]), float(view.day_p10[0]), float(view.day_p90[0]),
        float(np.abs(hours - by_hour).sum() / max(hours.sum(), 1)), float(inside[live].mean()),
        len({p.person for p in posts}), float(waited.mean()), played.wait_mean, float(np.quantile(waited, 0.9)),
        played.wait_p90, float(today["outcome"].eq("abandoned").mean()), played.walkouts,
    )  # fmt: skip


def _open(frame: pd.DataFrame, view: Outlook) -> pd.Series:
    minute = frame["arrived"].dt.hour * 60 + frame["arrived"].dt.minute
    flag = pd.Series(False, index=frame.index)
    for opens, closes in view.days[0].open:
        flag |= (minute >= opens) & (minute < closes)
    return flag


def _counts(frame: pd.DataFrame, view: Outlook) -> np.ndarray:
    minute = (frame["arrived"].dt.hour * 60 + frame["arrived"].dt.minute).to_numpy()
    return np.bincount((minute - view.start) // INTERVAL, minlength=view.mean.shape[2])[: view.mean.shape[2]]


def posts_from_log(today: pd.DataFrame, before: pd.DataFrame, view: Outlook) -> list[waits.Post]:
    """Who sat there when: spans between a server's first and last customers, cut at long gaps.

    A server is able to do a service that they served at least five times before or on that day.
    """
    known = [s.code for s in view.services]
    history = pd.concat([before, today])
    history = history[history["server"].notna() & history["outcome"].eq("served")]
    table = pd.crosstab(history["server"], history["service"])
    posts = []
    served = today[today["server"].notna() & today["called"].notna() & today["finished"].notna()]
    for server, rows in served.groupby("server"):
        able = tuple(code for code in known if code in table and table.loc[server, code] >= DAILY)
        if not able:
            continue
        start = rows["called"].dt.hour * 60 + rows["called"].dt.minute + rows["called"].dt.second / 60
        minutes = (rows["finished"] - rows["called"]).dt.total_seconds() / 60
        order = start.sort_values().index
        begin, until = float(start[order[0]]), float(start[order[0]] + minutes[order[0]])
        for row in order[1:]:
            if start[row] - until > GAP:
                posts.append(waits.Post(str(server), begin, max(until, begin + 1), able))
                begin = float(start[row])
            until = max(until, float(start[row] + minutes[row]))
        posts.append(waits.Post(str(server), begin, max(until, begin + 1), able))
    return posts


def coverage(given: PlanInput, dates: Sequence[date]) -> tuple[float, float, float]:
    """One forecast for consecutive held-out days: hourly WAPE, share of half hours inside P10–P90, daily WAPE."""
    log, _notes = calibrate.reached_queue(given.log)
    arrived = log.usable["arrived"].dt.date
    before = TicketLog(log.frame.drop(index=log.usable.index[arrived >= dates[0]]), log.issues)
    days = tuple(d for d in given.days if d.date <= dates[-1])
    found = forecast(DemandProblem(before, days, tuple(dates), INTERVAL), seed=given.seed)
    actual = np.zeros_like(found.total_mean)
    for row, info in enumerate(found.days):
        today = log.usable[arrived.eq(info.date)]
        minute = (today["arrived"].dt.hour * 60 + today["arrived"].dt.minute).to_numpy()
        actual[row] = np.bincount(minute // INTERVAL, minlength=actual.shape[1])
    live = found.total_mean > 0
    inside = (actual >= found.total_quantile[0]) & (actual <= found.total_quantile[-1])
    middle = found.total_quantile[1]
    actual = np.where(live, actual, 0)
    hourly = np.abs((actual - middle).reshape(len(dates), -1, 2).sum(axis=2)).sum() / max(actual.sum(), 1)
    daily = np.abs(actual.sum(axis=1) - found.day_quantile[1, -1]).sum() / max(actual.sum(), 1)
    return float(hourly), float(inside[live].mean()), float(daily)
