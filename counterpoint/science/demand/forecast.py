"""The verb: from a demand problem to a calibrated forecast."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from counterpoint.science.demand import daylevel
from counterpoint.science.demand.calibrate import Calibration, calibrate, cell_cov
from counterpoint.science.demand.choose import OWN, Choice, choose, moved, shift
from counterpoint.science.demand.drivers import drivers_of
from counterpoint.science.demand.grid import Array, Grid, build
from counterpoint.science.demand.problem import DAY_MINUTES, DayInfo, DemandProblem, Params
from counterpoint.science.demand.replay import replay
from counterpoint.science.demand.result import Assumption, DemandForecast, Latent, assemble
from counterpoint.science.demand.shares import fit_shares
from counterpoint.science.demand.total import TotalModel, fit_total

SHORT_DAYS, FEW_SAME, USUAL_CUSTOMERS = 14, 8, 200.0


def forecast(problem: DemandProblem, params: Params | None = None, *, seed: int) -> DemandForecast:
    """Arrivals per service and interval for the horizon, with quantiles and joint paths.

    Deterministic for the same problem, params and seed. Never raises for short history: it widens and says so.
    """
    params = params or Params()
    grid = build(problem, params.history_days)
    wanted = set(problem.horizon)
    asked = tuple(sorted((d for d in problem.days if d.date in wanted), key=lambda d: d.date))
    fallback = default_profile(problem)
    model = fit_total(grid, asked, params, fallback=fallback, centre=_default_level(problem))
    ahead = np.array([(day.date - asked[0].date).days + 1 for day in asked], dtype=np.intp)
    past = replay(grid, model, params.calibrate_weeks, int(ahead[-1])) if params.calibrate_weeks else None
    choice = choose(past, model.past) if params.choose else Choice()
    if past is not None:
        past = moved(past, choice.name, model.past)
    factor = calibrate(past)
    move = np.zeros(len(asked))
    if choice.name != OWN:
        first = len(grid.days)
        move = shift(model.past, first, np.arange(first, first + len(asked)), model.mean)[choice.name]
    level = model.mean + move
    shares = fit_shares(grid, asked, params, problem.default_shares)
    day_of, interval_of = np.nonzero(model.profile > 0)
    cov = cell_cov(model, (day_of, interval_of), factor, problem.interval, ahead)
    mean = level[day_of] + np.log(model.profile[day_of, interval_of])
    noise = np.diag(cov) - (np.diag(model.cov) * factor.width(ahead) ** 2)[day_of]
    mean = mean - 0.5 * noise
    latent = Latent(day_of, interval_of, mean, cov, shares, np.full((len(grid.services), len(mean)), np.nan))
    found = assemble(
        latent,
        days=asked,
        services=grid.services,
        interval=problem.interval,
        width=DAY_MINUTES // problem.interval,
        levels=params.quantiles,
        paths=params.paths,
        seed=seed,
        assumptions=assumptions(problem, grid, asked, model, factor),
        calibration=factor,
        choice=choice,
    )
    return replace(found, drivers=drivers_of(grid, asked, model, move))


def _default_level(problem: DemandProblem) -> float:
    return float(np.log(problem.default_daily or USUAL_CUSTOMERS))


def default_profile(problem: DemandProblem) -> Array:
    """The caller's profile, or an even one over all hours that are ever open; sums to one."""
    width = DAY_MINUTES // problem.interval
    shape = np.zeros(width)
    for minute, weight in problem.default_profile.items():
        shape[int(minute) // problem.interval] += weight
    if shape.sum() <= 0:
        shape = np.zeros(width)
        for day in problem.days:
            for start, end in day.open:
                shape[start // problem.interval : -(-end // problem.interval)] = 1.0
    shape = shape + 1e-6
    return np.asarray(shape / shape.sum(), dtype=float)


def assumptions(
    problem: DemandProblem, grid: Grid, asked: tuple[DayInfo, ...], model: TotalModel, factor: Calibration
) -> tuple[Assumption, ...]:
    """What the forecast took for granted, most important first."""
    said: list[tuple[str, str]] = []
    usable = np.asarray(grid.valid.any(axis=1), dtype=bool)
    count = int(usable.sum())
    if count == 0:
        level = problem.default_daily or USUAL_CUSTOMERS
        source = "given by the branch" if problem.default_daily else "a placeholder, not a measurement"
        said.append(("no_history", f"No usable history: {level:.0f} customers on a usual day is assumed ({source})."))
    elif count < SHORT_DAYS:
        said.append(
            ("short_history", f"Only {count} usable days: weekday effects are mostly assumed, ranges are wide.")
        )
    if count < SHORT_DAYS and problem.default_shares:
        said.append(("default_shares", "Service shares lean on the branch's default table (worth fifty tickets)."))
    if count < SHORT_DAYS and problem.default_profile:
        said.append(
            ("default_profile", "The time-of-day pattern starts from the default profile where nothing was seen.")
        )
    seen = Counter(daylevel.label(day) for day, known in zip(grid.days, usable, strict=True) if known)
    rare = sorted({daylevel.label(d) for d in asked if d.is_open and seen[daylevel.label(d)] < FEW_SAME})
    if rare and count:
        listed = ", ".join(f"{_plain(name)} ({seen[name]})" for name in rare)
        said.append(
            ("few_same_days", f"Fewer than {FEW_SAME} earlier days of the same kind: {listed}; pulled to the average.")
        )
    tagged = Counter(tag for day, known in zip(grid.days, usable, strict=True) if known for tag in day.tags)
    new = sorted({tag for d in asked if d.is_open for tag in d.tags if not tagged[tag]})
    if new:
        said.append(("unseen_tags", f"No earlier day with {', '.join(new)}: no effect assumed, only more uncertainty."))
    said.extend(grid.notes)
    if model.suspected:
        said.append(("suspected_outage", f"{model.suspected} silent intervals in busy hours were taken as missing."))
    if model.pulled:
        said.append(
            ("outliers", f"{model.pulled} wild intervals were pulled in so that they do not move the forecast.")
        )
    if problem.balk_share is None:
        said.append(("balking_unseen", "Customers who left before taking a ticket are not in the log and not in here."))
    if not factor.days:
        said.append(("uncalibrated", "Too little history to check the width of the ranges on past weeks."))
    return tuple(Assumption(code, text) for code, text in said)


def _plain(name: str) -> str:
    kind, _, number = name.partition(":")
    return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[int(number)] if number else kind
