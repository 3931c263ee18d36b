"""From a ticket log to what is expected: forecast with quantiles, its own track record, people needed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from counterpoint.science import demand, staffing
from counterpoint.science.history import TicketLog
from counterpoint.team.planning import calibrate
from counterpoint.team.planning.values import (
    DAY,
    INTERVAL,
    Array,
    Note,
    Outlook,
    Patience,
    PlanInput,
    PlanInputError,
    Promise,
    Report,
    ServiceSpec,
)

BACKTEST_WEEKS = 3
LEAST_TRAINING = 12
EXPERIENCE = 400  # days of history that the forecast reads
NOTHING = pd.DataFrame({"date": [], "minute": [], "service": [], "count": []})


def look_ahead(given: PlanInput, report: Report = lambda share, words: None) -> Outlook:
    """Forecast the week, score past forecasts the same way, and turn arrivals into people needed."""
    log, left, specs, notes, patience = _learned(given)
    problem = demand.DemandProblem(
        log if len(log.usable) else NOTHING, given.days, given.week, INTERVAL, default_shares=given.shares,
        default_daily=given.daily, default_profile=given.profile,
    )  # fmt: skip
    report(0.05, "forecast")
    found = demand.forecast(problem, seed=given.seed)
    report(0.25, "backtest")
    scores = track_record(problem, given.week[0], given.seed)
    report(0.4, "need")
    opens, closes = _window(found.days)
    cut = slice(opens // INTERVAL, -(-closes // INTERVAL))
    order = [found.services.index(s.code) for s in specs if s.code in found.services]
    specs = tuple(s for s in specs if s.code in found.services)
    mean, low, middle, high = (a[order][:, :, cut] for a in (found.mean, *found.quantile))
    start = cut.start * INTERVAL
    need, why = need_of(mean, specs, found.days, start, patience, given.promise)
    high_rates = _joint_high(found, order, specs, cut)
    need_high, _why = need_of(high_rates, specs, found.days, start, patience, given.promise)
    return Outlook(
        days=found.days,
        services=specs,
        patience=patience,
        promise=given.promise,
        start=start,
        mean=mean, p10=low, p50=middle, p90=high,
        total_mean=found.total_mean[:, cut],
        total_p10=found.total_quantile[0][:, cut],
        total_p50=found.total_quantile[1][:, cut],
        total_p90=found.total_quantile[2][:, cut],
        day_mean=found.day_mean[-1],
        day_p10=found.day_quantile[0, -1],
        day_p50=found.day_quantile[1, -1],
        day_p90=found.day_quantile[2, -1],
        need=need,
        why=why,
        need_p90={k: np.maximum(v, need[k]) for k, v in need_high.items()},
        notes=(*_borrowed(given), *left, *notes, _patience_note(patience), *_said(found, given)),
        scores=scores,
        history={**calibrate.history_of(log), "peers": given.peers},
        drivers=_drivers(found.drivers),
        latent=tuple(demand.keep(found, row) for row in range(len(found.days))),
    )  # fmt: skip


def _drivers(found: demand.Drivers | None) -> dict[str, Any]:
    if found is None:
        return {}
    parts = {name: np.round(row, 5).tolist() for name, row in found.parts.items()}
    return {"usual": round(found.usual, 3), "parts": {name: row for name, row in parts.items() if any(row)}}


def _learned(
    given: PlanInput,
) -> tuple[TicketLog, tuple[Note, ...], tuple[ServiceSpec, ...], tuple[Note, ...], Patience]:
    """The log of those who reached the queue, and what it says of services and patience; a branch that borrows may have
    none and starts from the defaults."""
    if given.peers and not len(given.log.usable):
        assumed = calibrate.assumed_services(given.names, given.skills, given.defaults, given.shares)
        return given.log, (), assumed, (), calibrate.PATIENCE
    log, left = calibrate.reached_queue(given.log)
    if not len(log.usable):
        raise PlanInputError("Nobody in the log reached the queue; check the mapping of arrived, called and left.")
    days = sum(day.is_open for day in given.days if day.date < given.week[0])
    specs, notes = calibrate.services_of(
        log, skills=given.skills, names=given.names, defaults=given.defaults, days=max(1, days)
    )
    if given.peers:
        known = {spec.code for spec in specs}
        more = calibrate.assumed_services(given.names, given.skills, given.defaults, given.shares)
        specs = (*specs, *(spec for spec in more if spec.code not in known))
    return log, left, specs, notes, calibrate.patience_of(log)


def _borrowed(given: PlanInput) -> tuple[Note, ...]:
    if not given.peers:
        return ()
    text = f"Too little history of its own: level, services and times of day start from {given.peers} similar branches."
    return (Note("forecast.borrowed", text, {"peers": given.peers}),)


def _said(found: demand.DemandForecast, given: PlanInput) -> tuple[Note, ...]:
    """The science's assumptions, less those that the word on similar branches says better."""
    better = {"no_history", "default_shares", "default_profile"} if given.peers else set()
    return tuple(Note(f"forecast.{one.code}", one.text) for one in found.assumptions if one.code not in better)


def _window(days: tuple[demand.DayInfo, ...]) -> tuple[int, int]:
    spans = [span for day in days for span in day.open if day.is_open]
    if not spans:
        raise PlanInputError("The branch is closed on every day of this week; nothing is to be planned.")
    return min(a for a, _ in spans) // INTERVAL * INTERVAL, min(DAY, max(b for _, b in spans))


def _patience_note(patience: Patience) -> Note:
    if patience.source == "log":
        text = f"Patience of {patience.mean:.1f} minutes on average, estimated from {patience.events} walk-outs."
    else:
        text = f"Too few timed walk-outs: a mean patience of {patience.mean:.0f} minutes is assumed."
    return Note("patience", text, {"mean": patience.mean, "events": patience.events, "source": patience.source})


def track_record(problem: demand.DemandProblem, origin: date, seed: int) -> dict[str, float]:
    """Errors and coverage of forecasts made for the last weeks with earlier days only; empty when history is short."""
    known = sorted(day.date for day in problem.days if day.date < origin and day.is_open)
    origins = []
    for week in range(1, BACKTEST_WEEKS + 1):
        start = origin - timedelta(days=7 * week)
        if sum(day < start for day in known) >= LEAST_TRAINING and known[-1] >= start:
            origins.append(start)
    if not origins:
        return {}
    from dataclasses import replace

    last = known[-1] + timedelta(days=1)
    days = problem.days
    if last not in {d.date for d in days}:
        days = (*days, demand.DayInfo(last, (), "closed"))
    past = replace(problem, horizon=(last,), days=days)
    try:
        found = demand.backtest(past, sorted(origins), 7, seed=seed)
    except demand.DemandInputError:
        return {}
    return {**{k: round(v, 4) for k, v in found.summary().items()}, "weeks": float(len(origins))}


def need_of(
    rates: Array,
    specs: tuple[ServiceSpec, ...],
    days: tuple[demand.DayInfo, ...],
    start: int,
    patience: Patience,
    promise: Promise,
) -> tuple[dict[str, Array], dict[str, list[list[str]]]]:
    """People per skill, (days, intervals), so that the promise holds; and why: load, promise, minimum or closed.

    `science.staffing` carries unfinished services over (modified offered load); impatience counts only when measured.
    """
    bears = patience.mean if patience.source == "log" else None
    skills = tuple(dict.fromkeys(spec.skill for spec in specs))
    need = {skill: np.zeros(rates.shape[1:]) for skill in skills}
    why: dict[str, list[list[str]]] = {skill: [] for skill in skills}
    for day, info in enumerate(days):
        loads = tuple(
            staffing.ServiceLoad(s.code, s.skill, tuple(map(float, rates[n, day])), s.minutes, s.cv, bears)
            for n, s in enumerate(specs)
        )
        opened = tuple(
            any(a < start + (n + 1) * INTERVAL and start + n * INTERVAL < b for a, b in info.open) and info.is_open
            for n in range(rates.shape[2])
        )
        within = staffing.Promise(promise.minutes, promise.share)
        found = staffing.require(staffing.StaffingProblem(start, INTERVAL, loads, within, opened=opened))
        for skill in skills:
            need[skill][day] = found.need[skill]
            why[skill].append(list(found.reason[skill]))
    return need, why


def _joint_high(found: Any, order: list[int], specs: tuple[ServiceSpec, ...], cut: slice) -> Array:
    """P90 of arrivals per skill from joint paths (services of one skill do not peak all at once), divided among the
    skill's services as their means are; shape (services, days, intervals)."""
    paths = found.sample(300, seed=1)[:, order][:, :, :, cut]
    mean = found.mean[order][:, :, cut]
    out = np.zeros(mean.shape)
    for skill in dict.fromkeys(spec.skill for spec in specs):
        rows = [n for n, spec in enumerate(specs) if spec.skill == skill]
        high = np.quantile(paths[:, rows].sum(axis=1), 0.9, axis=0)
        out[rows] = mean[rows] * (high / np.maximum(mean[rows].sum(axis=0), 1e-9))[None]
    return out


def scores_words(scores: Mapping[str, float]) -> str:
    """One line on the forecast's record."""
    if not scores:
        return "The history is too short to test the forecast on past weeks."
    return (
        f"Past weeks: error {scores['wape']:.0%} of arrivals per half hour, {scores['coverage']:.0%} of half hours "
        "inside P10 to P90."
    )
