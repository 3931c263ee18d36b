"""Calibrate a bank's call centre on 1-14 February 1999 and let the trust gate judge 15-21 February.

    python -m benchmarks.trust_technion [DIR] [--train] [--json FILE]

Data: Israeli bank's call centre (I. Guedj and A. Mandelbaum, Technion; research use), not shipped; DIR (default
../shared/data/calls_technion_bank) holds february_1999_days_01_21.csv.gz. A call is a ticket from the end of the voice
menu on: hang-ups in the menu count as leaving at once. Prospective customers (type NW) are a tier of their own, and
priority customers are queued with a head start of 1.5 minutes, as the data's description says. 14 Feb 21:00-23:00 (five
times the usual calls, of seconds) is not calibrated from. Half hours in which most callers left at once (the menu's
queue was out: 3, 6, 13 February, 21 February 17:00-19:00) are set aside by the calibration's own rule; a second
verdict keeps them. `--train` judges each of the two calibration weeks by the other instead: where choices are made.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.demand_technion import MAPPING, day_info
from counterpoint.science.calibration import Calibration, calibrate, restrict, tickets
from counterpoint.science.history import Mapping, TicketLog, normalise
from counterpoint.science.trust import GATE, Verdict, judge, replay, verdict

HEAD_START = {"priority": 1.5}
SPECIAL = {date(1999, 2, 14): ((420.0, 1260.0), (1380.0, 1440.0))}


def read(folder: Path) -> TicketLog:
    """Calls in opening hours, from the end of the voice menu."""
    raw = pd.read_csv(folder / "february_1999_days_01_21.csv.gz", dtype=str)
    raw["who"] = np.where(raw["type"] == "NW", "prospect", np.where(raw["priority"] == "2", "priority", "regular"))
    mapping = {**MAPPING, "arrived": {"column": "vru_exit", "date": "date"}, "tier": "who", "tiers": {}}
    log = normalise(raw, Mapping.from_dict(mapping))
    return restrict(log, hours=lambda day: SPECIAL.get(day, day_info(day).open))


def days(first: int, last: int) -> list[date]:
    return [date(1999, 2, day) for day in range(first, last + 1)]


def published(folder: Path) -> None:
    """The file's own figures beside those published for the whole month."""
    raw = pd.read_csv(folder / "february_1999_days_01_21.csv.gz")
    calls = raw[raw["outcome"] != "PHANTOM"]
    queued = calls["q_time"] > 0
    service = calls.loc[(calls["outcome"] == "AGENT") & (calls["ser_time"] > 10), "ser_time"]
    print("                                  1-21 Feb    published, 1-28 Feb")
    print(f"mean wait of those who queued, s  {calls.loc[queued, 'q_time'].mean():8.1f}    75.8")
    print(f"share that hangs up, %            {100 * (calls['outcome'] == 'HANG').mean():8.1f}    17.9")
    print(f"share that queues, %              {100 * queued.mean():8.1f}    54.5")
    print(f"log-sd of service (over 10 s)     {np.log(service).std():8.2f}    0.94")


def tell(found: Calibration) -> None:
    """What was fitted."""
    print(f"\ncalibrated on {len(found.days)} days, {found.tickets} calls; service log-sd {found.pooled_log_sd:.2f}")
    print("service   calls  mean s [95 %]          cv    best law   twin      KS best  KS twin  P90 cost")
    for fit in found.services:
        low, high = (60 * value for value in fit.mean_interval)
        ks = fit.laws["ks"]
        print(
            f"{fit.service:7s} {fit.tickets:7d}  {60 * fit.mean:6.0f} [{low:4.0f}, {high:4.0f}]  {fit.cv:8.2f}"
            f"    {fit.best:10s} {fit.twin:10s} {ks[fit.best]:6.3f} {ks[fit.twin]:8.3f}  {fit.p90_cost:+8.1%}"
        )
    speeds = np.array(list(found.speeds.values()))
    print(f"{len(speeds)} agents, speed {speeds.min():.2f} to {speeds.max():.2f}")
    patience = found.patience
    assert patience.law is not None
    print(
        f"patience of {patience.reference}: median {60 * patience.law.frozen.ppf(0.5):.0f} s "
        f"[{60 * patience.median_interval[0]:.0f}, {60 * patience.median_interval[1]:.0f}], {patience.law.family}; "
        f"naive mean of those who left {60 * patience.naive_mean:.0f} s"
    )
    print(
        patience.laws.assign(mean=patience.laws["mean"] * 60, median=patience.laws["median"] * 60).round(3).to_string()
    )
    print(f"patience factors {', '.join(f'{tier} {value:.2f}' for tier, value in patience.factors.items())}")
    print(
        f"leave at once: {found.at_once_quiet.value:.1%} when nobody waits, {found.at_once_queue.value:.1%} otherwise; "
        f"turnaround {60 * found.turnaround.mean:.1f} s (median {60 * found.turnaround.median:.0f})"
    )
    ready, staff = found.readiness, found.following
    print(
        f"free but not ready: {ready.not_ready:.1%} [{ready.interval[0]:.1%}, {ready.interval[1]:.1%}] from "
        f"{ready.tickets} calls; who was not answered at once waited {60 * ready.wait_mean:.0f} s "
        f"(median {60 * ready.wait_median:.0f})"
    )
    print(ready.by_free.round(3).to_string())
    print(
        f"people on duty by calls waiting, over the hour's usual: {', '.join(f'{one:.3f}' for one in staff.levels)}; "
        f"with any waiting {staff.waiting:.3f} [{staff.waiting_interval[0]:.3f}, {staff.waiting_interval[1]:.3f}], "
        f"{'used' if staff.used else 'not used'}"
    )
    print(
        found.dirt.assign(share=found.dirt["share"].round(4), rows=found.dirt["rows"].round(0)).to_string(index=False)
    )


def show(answer: Verdict) -> None:
    """The verdict and its figures."""
    print(f"\n{answer.status.upper()}: {answer.reason} ({answer.set_aside} calls of outages set aside)")
    for one in answer.criteria:
        print(f"  {'kept  ' if one.passed else 'broken'} {one.sentence}")
    table = answer.by_day.copy()
    for name in ("median", "p90", "mean"):
        table[[name, f"{name}_twin"]] *= 60
    print("waits in seconds")
    print(
        table.round({name: 0 if name in ("median", "p90", "mean") else 3 for name in table.columns})
        .round(3)
        .to_string()
    )


def judged(
    log: TicketLog, train: list[date], test: list[date], *, keep_outages: bool = False
) -> tuple[Calibration, Verdict]:
    found = calibrate(log, days=train, seed=1)
    if keep_outages:
        found = replace(found, params=replace(found.params, outage_share=1.0))
    model = found.branch(open_minute=0.0, close_minute=1440.0)
    return found, judge(model, found, log, test, head_start=HEAD_START, seed=2)


def with_own_services(log: TicketLog, train: list[date], test: list[date]) -> Verdict:
    """Not a verdict: what is left of the errors when every call takes the minutes it took."""
    print("\neach call with its own minutes of service:")
    found = calibrate(log, days=train, seed=1)
    part = restrict(log, test)
    model = found.branch(open_minute=0.0, close_minute=1440.0)
    return verdict(replay(model, found, part, head_start=HEAD_START, seed=2, own_services=True), found, part, GATE, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(os.environ.get("COUNTERPOINT_SHARED", "../shared")) / "data/calls_technion_bank"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    parser.add_argument("--train", action="store_true", help="judge the calibration weeks by each other")
    parser.add_argument("--json", type=Path, help="write the verdict, pictures' arrays included")
    options = parser.parse_args()
    log = read(options.folder)
    if options.train:
        for train, test in ((days(1, 7), days(8, 14)), (days(8, 14), days(1, 7))):
            show(judged(log, train, test)[1])
            show(with_own_services(log, train, test))
        return
    published(options.folder)
    began = time.perf_counter()
    found, answer = judged(log, days(1, 14), days(15, 21))
    tell(found)
    show(answer)
    print("\nthe same with the outage of 21 February kept:")
    show(judged(log, days(1, 14), days(15, 21), keep_outages=True)[1])
    table = tickets(log, days(15, 21))
    queued = table["waited"] * 60 > answer.gate.queued_seconds
    print(
        f"\n15-21 Feb: mean wait of the {queued.sum()} who queued {60 * table.loc[queued, 'waited'].mean():.1f} s",
        end="",
    )
    print(f" logged; calibration and judgement took {time.perf_counter() - began:.0f} s")
    if options.json:
        options.json.write_text(answer.to_json())


if __name__ == "__main__":
    main()
