"""The verb: held-out days of a branch against its calibrated twin."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from counterpoint.science.calibration import (
    Calibration,
    Presence,
    across_clock_change,
    dirt,
    joined,
    outages,
    presence,
    restrict,
    tickets,
)
from counterpoint.science.history import TicketLog
from counterpoint.science.trust import compare
from counterpoint.science.trust.gate import GATE, Gate
from counterpoint.science.trust.replay import (
    Lived,
    counters_of,
    live_again,
    logged,
    own_minutes,
    skills_of_day,
    staff_trace,
)
from counterpoint.science.trust.verdict import FAILED, NOT_JUDGED, PASSED, Criterion, Verdict
from counterpoint.science.twin import BranchModel, Staffing

WORDS = {
    "median": "median wait of those called after queueing",
    "p90": "nine-in-ten wait of those called after queueing",
    "mean": "mean wait of all who queued",
    "walkout": "share of tickets that walk out",
    "unexplained": "staffed minutes idle while a ticket waited",
    "out_of_order": "logged moments out of order",
}


class TrustError(ValueError):
    """The gate cannot be asked so; the message says what to change."""


@dataclass(frozen=True, eq=False)
class Replay:
    """Held-out days as logged and as lived again.

    `left_out` tickets had no service that the model knows, `set_aside` tickets came in an outage of the ticket system.

    `found` is the presence by the gate's own rule, which the unexplained minutes are counted from.
    """

    days: tuple[date, ...]
    actual: tuple[Lived, ...]
    simulated: tuple[tuple[Lived, ...], ...]
    found: Presence
    left_out: int
    set_aside: int


def replay(
    model: BranchModel, calibration: Calibration, log: TicketLog, days: Collection[date] | None = None, *,
    head_start: Mapping[str, float] | None = None, gate: Gate = GATE, seed: int, own_services: bool = False,
    duty: pd.DataFrame | None = None,
) -> Replay:  # fmt: skip
    """Days of a log with the twin's days beside them. `model` should carry the calibration (`calibration.apply`).

    Arrivals (minute, service, tier) are the logged ones, staff is read from who called whom (`calibration.presence`),
    services and patience are drawn. The logged staff answered to the logged queue; the simulated hall has one at other
    minutes. Where people follow the queue by more than chance (`calibration.following`) they do so as capacity: work
    goes that much faster with so many waiting. Machines and the lobby are left out: a ticket log begins with the
    ticket. With `own_services` every ticket served takes its logged minutes at whatever counter: what is still wrong
    then does not come from service times. That is to search for causes, not to judge by. So is `duty` (day, server,
    start, end): who was there when, where that is known otherwise.
    """
    table = tickets(log, days)
    params = calibration.params
    if calibration.following.used:
        model = replace(model, pace=joined(model.pace, calibration.following.levels))
    trace = presence(table, calibration.skills, params.absence_minutes, params.passed_over)
    if duty is not None:
        trace = replace(trace, duty=duty)
    found = presence(table, calibration.skills, gate.absence_minutes, gate.passed_over)
    known = table["service"].isin(model.service_codes)
    quiet = calibration.at_once_quiet.value if calibration.at_once_quiet.of else 0.0
    judged, actual, simulated = [], [], []
    out = outages(table, params) | across_clock_change(table, params.zone)
    for number, (day, today) in enumerate(table[known & ~out].groupby("day", sort=True)):
        staffing = staff_trace(day, trace, calibration)
        if not staffing.people:
            continue
        bare, people = counters_of(staffing, skills_of_day(today, calibration.skills), model)
        own = None
        if own_services:
            own = own_minutes(today, calibration.turnaround.mean)
            people = Staffing(tuple(replace(person, speed=1.0) for person in people.people))
        judged.append(day)
        actual.append(logged(today))
        starts, number_seed = head_start or {}, seed + 7919 * number
        ways = live_again(bare, people, today, quiet, starts, gate.replications, number_seed, own)
        simulated.append(tuple(ways))
    return Replay(tuple(judged), tuple(actual), tuple(simulated), found, int((~known).sum()), int(out.sum()))


def judge(
    model: BranchModel, calibration: Calibration, log: TicketLog, days: Collection[date] | None = None, *,
    head_start: Mapping[str, float] | None = None, gate: Gate = GATE, seed: int,
) -> Verdict:  # fmt: skip
    """Ask the gate whether `model` may be trusted on this branch, from days that the calibration never saw.

    `days` default to all days of `log` on which the calibration was not fitted; naming one that it was fitted to raises
    TrustError. Too few days or queued tickets give `not_judged`, never `passed`. Same input and seed, same verdict.
    """
    seen = set(calibration.days)
    held = sorted(set(log.usable["arrived"].dropna().dt.date) - seen) if days is None else sorted(set(days))
    peeked = [day for day in held if day in seen]
    if peeked:
        raise TrustError(f"{peeked[0]} was used to calibrate; a gate judges days that the calibration never saw.")
    part = restrict(log, held)
    if part.usable.empty:
        raise TrustError("The log has no usable ticket on days that the calibration never saw.")
    lived = replay(model, calibration, part, head_start=head_start, gate=gate, seed=seed)
    return verdict(lived, calibration, part, gate, seed)


def verdict(lived: Replay, calibration: Calibration, log: TicketLog, gate: Gate, seed: int) -> Verdict:
    """The verdict on days already lived again."""
    if not lived.days:
        empty = pd.DataFrame()
        reason = "No server is known on any of these days."
        return Verdict(
            NOT_JUDGED,
            reason,
            gate,
            seed,
            calibration.days,
            (),
            (),
            empty,
            empty,
            empty,
            lived.left_out,
            lived.set_aside,
        )
    cuts = compare.edges([*[(one,) for one in lived.actual], *lived.simulated])
    actual = [compare.count((one,), cuts, gate.queued_seconds) for one in lived.actual]
    simulated = [compare.count(ways, cuts, gate.queued_seconds) for ways in lived.simulated]
    rng = np.random.default_rng([seed & 0x7FFF_FFFF_FFFF_FFFF, 1])
    here, twin = compare.resample(actual, simulated, cuts, gate.resamples, rng)
    thin = too_thin(actual, gate)
    rows = [*waits(here, twin, gate), walkouts(here, twin, gate), *records(lived, calibration, log, gate)]
    if thin:
        rows = [Criterion(r.key, r.value, r.bound, r.threshold, None, r.logged, r.simulated, r.sentence) for r in rows]
    failed = [WORDS[row.key] for row in rows if row.passed is False]
    status = NOT_JUDGED if thin else FAILED if failed else PASSED
    reason = thin or (f"Not within its threshold: {'; '.join(failed)}." if failed else "Every threshold is kept.")
    return Verdict(
        status, reason, gate, seed, calibration.days, lived.days, tuple(rows),
        compare.day_rows(lived.days, actual, simulated, cuts), compare.curves(lived.days, actual, simulated, cuts),
        compare.half_hours(lived.days, lived.actual, lived.simulated, gate.queued_seconds), lived.left_out,
        lived.set_aside,
    )  # fmt: skip


def too_thin(actual: Sequence[compare.Counts], gate: Gate) -> str:
    """Why nothing can be judged, or nothing."""
    queued = int(sum(day.queued.sum() for day in actual))
    called = int(sum(day.bins.sum() for day in actual))
    for number, least, what in (
        (len(actual), gate.min_days, "held-out days"),
        (queued, gate.min_queued, "tickets that queued"),
        (called, gate.min_called, "tickets called after queueing"),
    ):
        if number < least:
            return f"Not judged: {number} {what}, {least} are needed."
    return ""


def waits(here: dict[str, np.ndarray], twin: dict[str, np.ndarray], gate: Gate) -> list[Criterion]:
    """Relative errors of waits; the bootstrap upper bound of their size counts."""
    rows = []
    for key, limit in (("median", gate.median), ("p90", gate.p90), ("mean", gate.mean)):
        with np.errstate(invalid="ignore", divide="ignore"):
            error = twin[key] / here[key] - 1
        value, bound = float(error[0]), upper(error[1:], gate.confidence)
        real, simulated = float(here[key][0]), float(twin[key][0])
        words = (
            f"The {WORDS[key]} was {real:.2f} min, the twin says {simulated:.2f} ({value:+.0%}); with "
            f"{gate.confidence:.0%} confidence it is off by at most {bound:.0%}, allowed are {limit:.0%}."
        )
        rows.append(Criterion(key, value, bound, limit, bool(bound <= limit), real, simulated, words))
    return rows


def walkouts(here: dict[str, np.ndarray], twin: dict[str, np.ndarray], gate: Gate) -> Criterion:
    """Difference of walk-out shares; its value counts, the bound is told."""
    gap = twin["walkout"] - here["walkout"]
    value, bound = float(gap[0]), upper(gap[1:], gate.confidence)
    real, simulated = float(here["walkout"][0]), float(twin["walkout"][0])
    words = (
        f"{real:.1%} of tickets walked out, the twin says {simulated:.1%} ({100 * value:+.1f} points); "
        f"allowed are {100 * gate.walkout:.0f} points either way."
    )
    return Criterion("walkout", value, bound, gate.walkout, bool(abs(value) <= gate.walkout), real, simulated, words)


def records(lived: Replay, calibration: Calibration, log: TicketLog, gate: Gate) -> list[Criterion]:
    """What the log itself must keep: minutes nobody can explain, moments out of order."""
    idle = lived.found.unexplained_share(gate.turnaround_seconds)
    table = dirt(log, tickets(log), lived.found, calibration.params, gate.turnaround_seconds).set_index("kind")
    broken = float(table.loc["out_of_order", "share"])
    rows = []
    for key, value, limit, words in (
        ("unexplained", idle, gate.unexplained, "of staffed minutes somebody was free while a ticket waited for them"),
        ("out_of_order", broken, gate.out_of_order, "of logged moments contradict their order"),
    ):
        sentence = f"{value:.1%} {words}; allowed are {limit:.0%}."
        rows.append(Criterion(key, value, value, limit, bool(value <= limit), value, math.nan, sentence))
    return rows


def upper(errors: np.ndarray, confidence: float) -> float:
    """Bootstrap upper bound of the size of an error; infinite when any resample has none."""
    size = np.abs(errors)
    return float(np.quantile(size, confidence)) if np.isfinite(size).all() else math.inf
