"""What was wrong with the log, counted once: what `history` repaired or refused, and what only the whole log shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from counterpoint.science.calibration.presence import Presence, overlaps
from counterpoint.science.calibration.problem import Params
from counterpoint.science.history import TicketLog

OUT_OF_ORDER = ("negative_duration", "clock_backwards", "queued_early")
COLUMNS = ("kind", "rows", "share", "done")
_DONE = {
    "phantom": "left out: the source says they are no customers",
    "negative_duration": "a moment before the one it follows: that time was dropped, the ticket kept",
    "too_long": "a wait or service beyond reason: that time was dropped, the ticket kept",
    "rounding": "a clock's rounding of a few seconds: set equal",
    "past_midnight": "moved to the next day",
    "clock_backwards": "arrival earlier than a row above: kept",
    "queued_early": "queue entry before arrival: kept",
    "duplicate": "the same ticket twice: the second refused",
    "unparsable": "a time that cannot be read: left empty, or the row refused",
    "missing_arrival": "no arrival: refused",
    "served_without_times": "served, but no time says when: kept for counts only",
    "unknown_outcome": "an outcome outside the mapping: guessed from the times",
}


def clock_change_days(table: pd.DataFrame, zone: str | None) -> dict[object, tuple[float, float]]:
    """Days of `tickets` on which the wall clock jumps: minute of the jump on the old clock, and minutes gained (+60 in
    spring). Empty without a zone."""
    if zone is None:
        return {}
    here = ZoneInfo(zone)
    found: dict[object, tuple[float, float]] = {}
    for day in sorted(set(table["day"])):
        start = datetime(day.year, day.month, day.day, tzinfo=here)
        before = start.utcoffset() or timedelta()
        after = (start + timedelta(days=1)).utcoffset() or timedelta()
        if before == after:
            continue
        steps = [start + timedelta(minutes=m) for m in range(0, 1441, 15)]
        jump = next(k for k, step in enumerate(steps) if (step.utcoffset() or timedelta()) == after)
        gained = (after - before).total_seconds() / 60
        found[day] = (15.0 * jump - max(gained, 0.0), gained)
    return found


def across_clock_change(table: pd.DataFrame, zone: str | None) -> np.ndarray:
    """Tickets whose moments lie around a jump of the clock, so that their minutes are wrong by it."""
    hit = np.zeros(len(table), dtype=bool)
    for day, (minute, gained) in clock_change_days(table, zone).items():
        last = table[["called", "finished", "left"]].max(axis=1).fillna(table["arrived"])
        low, high = min(minute, minute + gained), max(minute, minute + gained)
        hit |= ((table["day"] == day) & (table["arrived"] < high) & (last >= low)).to_numpy()
    return hit


def outages(table: pd.DataFrame, params: Params) -> np.ndarray:
    """Tickets of half hours in which most left at once: the ticket system was out, nobody's patience was tried.

    So are those of a day before the first who stayed: the doors were shut.
    """
    if params.outage_share >= 1:
        return np.zeros(len(table), dtype=bool)
    gone = ((table["outcome"] == "abandoned") & (table["waited"] * 60 <= params.at_once_seconds)).to_numpy()
    halves = pd.Series(gone).groupby([table["day"].to_numpy(), (table["arrived"] // 30).to_numpy()])
    share, number = halves.transform("mean").to_numpy(), halves.transform("size").to_numpy()
    stayed = table["arrived"].where(~gone).groupby(table["day"]).transform("min").fillna(-np.inf)
    shut = (table["arrived"] < stayed).to_numpy()
    return np.asarray((number >= params.outage_tickets) & (share > params.outage_share) | shut)


def dirt(
    log: TicketLog, table: pd.DataFrame, found: Presence, params: Params, turnaround_seconds: float
) -> pd.DataFrame:
    """One row a kind of dirt: rows (or minutes), share, and what was done. Kinds of `history` come from its issues.

    `out_of_order`, `overlap`, `impossible_service`, `short_service`, `clock_change`, `outage`, `unexplained_minutes`
    are added; a clock change cannot be looked for without `zone` and then has NaN rows.
    """
    total = max(len(log.frame), 1)
    counts = log.issues.drop_duplicates(["row", "code"])["code"].value_counts().sort_index()
    rows = [(code, float(n), n / total, _DONE.get(code, "see the issues of the log")) for code, n in counts.items()]
    served = table[table["outcome"] == "served"]
    timed = max(int(served["minutes"].notna().sum()), 1)
    zero = int((served["minutes"] <= 0).sum())
    short = int(((served["minutes"] > 0) & (served["minutes"] * 60 < params.short_seconds)).sum())
    twice = overlaps(table)
    out = int(outages(table, params).sum())
    jumped = int(across_clock_change(table, params.zone).sum()) if params.zone else float("nan")
    idle = found.unexplained_minutes(turnaround_seconds)
    moments = max(int(table[["arrived", "called", "finished", "left"]].notna().sum().sum()), 1)
    broken = int(log.issues["code"].isin(OUT_OF_ORDER).sum()) + twice
    rows += [
        ("out_of_order", float(broken), broken / moments, "moments that contradict their order, over all moments"),
        ("overlap", float(twice), twice / timed, "a server began before ending another service: both kept"),
        ("impossible_service", float(zero), zero / timed, "a service of 0 or less: left out of service times"),
        ("short_service", float(short), short / timed, f"under {params.short_seconds:g} s: busy time, but no service"),
        ("clock_change", float(jumped), jumped / max(len(table), 1), "minutes across a change of the clock: left out"
         if params.zone else "not looked for: no time zone was given"),
        ("outage", float(out), out / max(len(table), 1),
         "half hours in which most left at once, and who left at once before anybody stayed: waits set aside"),
        ("unexplained_minutes", idle, idle / max(found.on_duty_minutes(), 1e-9),
         "minutes on duty without service while a ticket waited, over staffed minutes"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))
