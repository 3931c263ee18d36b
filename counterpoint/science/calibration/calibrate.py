"""The verb: from a clean ticket log to fitted values with intervals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd

from counterpoint.science.calibration.dirt import across_clock_change, dirt, outages
from counterpoint.science.calibration.pace import fit_pace
from counterpoint.science.calibration.patience import fit_patience
from counterpoint.science.calibration.presence import presence
from counterpoint.science.calibration.problem import CalibrationError, Params
from counterpoint.science.calibration.readiness import fit_following, fit_readiness
from counterpoint.science.calibration.result import Calibration
from counterpoint.science.calibration.routing import (
    fit_at_once,
    fit_paces,
    fit_servers,
    fit_tiers,
    fit_turnaround,
    share,
)
from counterpoint.science.calibration.services import fit_services
from counterpoint.science.calibration.tickets import restrict, tickets
from counterpoint.science.history import TicketLog

UNEXPLAINED_AFTER_SECONDS = 30.0


def calibrate(
    log: TicketLog, params: Params | None = None, *, days: Collection[date] | None = None, seed: int
) -> Calibration:
    """Fit services, servers, patience, tiers, turning round, turnaround, readiness and arrivals to `days` of a log.

    `days` default to all. The order of rows does not matter. The same log, parameters and seed give the same result.
    Raises CalibrationError when the log holds several branches or no ticket on those days.
    """
    params = params or Params()
    part = log if days is None else restrict(log, days)
    table = tickets(part)
    if table.empty:
        raise CalibrationError("The log has no usable ticket on the days to calibrate from.")
    jumped = across_clock_change(table, params.zone)
    clean = table.copy()
    clean.loc[jumped, ["called", "finished", "left", "until", "waited", "minutes"]] = np.nan
    streams = [np.random.default_rng([seed & 0x7FFF_FFFF_FFFF_FFFF, k]) for k in range(4)]
    paces = fit_paces(clean)
    pace = clean["server"].map({server: one[0] for server, one in paces.items()}).fillna(1.0)
    levelled = clean.assign(minutes=clean["minutes"] / pace.astype(float))
    services = fit_services(levelled, params, streams[0])
    servers = fit_servers(clean, paces, params)
    skills = {fit.server: frozenset(fit.skills) for fit in servers}
    found = presence(clean, skills, params.absence_minutes, params.passed_over)
    usual = clean[~outages(clean, params)]
    quiet, queue = fit_at_once(clean, params, usual.index)
    turnaround = fit_turnaround(found, params, streams[2])
    gone = clean[clean["outcome"] == "abandoned"]
    unseen = int(gone["left"].isna().sum())
    long = clean["minutes"][clean["minutes"] * 60 > params.short_seconds]
    return Calibration(
        params=params,
        days=tuple(sorted(set(table["day"]))),
        tickets=len(table),
        services=services,
        servers=servers,
        patience=fit_patience(usual, params, streams[1]),
        tiers=fit_tiers(clean, params),
        at_once_quiet=quiet,
        at_once_queue=queue,
        no_show=share(unseen, len(clean), params.confidence),
        turnaround=turnaround,
        pace=fit_pace(levelled, services, turnaround.mean, params),
        readiness=fit_readiness(usual, found, skills, params),
        following=fit_following(usual, found, params, streams[3]),
        arrivals=arrivals(table.loc[usual.index]),
        dirt=dirt(part, table, found, params, UNEXPLAINED_AFTER_SECONDS),
        pooled_log_sd=float(np.log(long).std(ddof=1)) if len(long) > 1 else float("nan"),
    )


def arrivals(table: pd.DataFrame, interval: int = 30) -> pd.DataFrame:
    """Mean tickets a day by service (index) and start minute of the interval, and `dispersion`: variance over mean of
    the intervals' counts between days (1 is Poisson, NaN for one day). Days of the log count, closed ones do not."""
    days = table["day"].nunique()
    minute = (table["arrived"] // interval * interval).astype(int)
    cells = (
        table.assign(minute=minute, service=table["service"].fillna("")).groupby(["service", "minute", "day"]).size()
    )
    groups = cells.groupby(["service", "minute"])
    mean = groups.sum() / days
    squares = (cells**2).groupby(["service", "minute"]).sum()
    variance = (squares - days * mean**2) / (days - 1) if days > 1 else mean * np.nan
    return pd.DataFrame({"mean": mean, "dispersion": variance / mean})
