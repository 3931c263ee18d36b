"""What is read off simulated days: one value a day and measure, half-hour bands, and paired differences. Uses numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from counterpoint.onsite.whatif.ground import GRAIN, Ground
from counterpoint.onsite.whatif.scenario import Scenario
from counterpoint.onsite.whatif.translate import inputs
from counterpoint.science import twin

Array = NDArray[np.float64]
MEASURES = ("wait_p50", "wait_p90", "wait_mean", "queue_max", "walkouts", "breaches", "idle", "overtime", "waited")
DAYS = 200
STEP = 5
SERVED, ABANDONED, BALKED, DISMISSED = (
    twin.STATUS_NAMES.index(name) for name in ("served", "abandoned", "balked", "dismissed")
)


@dataclass(frozen=True)
class Band:
    """P10, P50 and P90 over days, for each of the half hours."""

    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Played:
    """One plan played: days × MEASURES, bands of the half hours from opening, minutes waited by skill, warnings."""

    days: Array
    minutes: tuple[int, ...]
    wait: Band
    queue: Band
    by_skill: dict[str, float]
    arrivals: float
    served: float
    self_served: float
    unserved: tuple[str, ...]
    standing: int

    def of(self, measure: str) -> Array:
        """One value a day; NaN where a day has nothing to measure."""
        return self.days[:, MEASURES.index(measure)]

    def mean(self, measure: str) -> float:
        """Mean over the days that have a value; NaN without any."""
        kept = self.of(measure)
        kept = kept[~np.isnan(kept)]
        return float(kept.mean()) if kept.size else float("nan")


@dataclass(frozen=True)
class Difference:
    """Scenario minus plan, paired by day: mean with its 95 % Student interval."""

    mean: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def play(ground: Ground, scenario: Scenario, *, seed: int, days: int = DAYS) -> Played:
    """Simulate the scenario; the same seed gives every scenario of a ground the same people. Raises Impossible."""
    given = inputs(ground, scenario)
    result = twin.simulate(
        given.model, given.staffing, given.rates, days, seed=seed, commands=given.commands,
        interval_minutes=float(GRAIN), start_minute=given.start,
    )  # fmt: skip
    grid = tuple(range(ground.opens, ground.closes, GRAIN))
    _, path = result.queue_sizes(float(STEP), given.model.close_minute + given.model.overrun_minutes + STEP)
    queue = np.stack([path[:, at : at + GRAIN // STEP].max(axis=1) for at in _places(grid, ground.opens)], axis=1)
    kpis = result.kpis
    arrivals, served, self_served = (float(kpis[name].mean()) for name in ("arrivals", "served", "self_served"))
    return Played(
        _days(result, path, given.ends), grid, _band(_waits(result, grid)), _band(queue), _by_skill(result, ground),
        arrivals, served, self_served, given.unserved, given.standing,
    )  # fmt: skip


def _places(grid: tuple[int, ...], opens: int) -> list[int]:
    return [(minute - opens) // STEP for minute in grid]


def _days(result: twin.Result, path: Array, ends: dict[str, float]) -> Array:
    """Days × MEASURES. Waits are of those called, as everywhere in the house; a breach is a ticket that waited longer
    than its promise, called or not; walk-outs are all who left unserved."""
    kpis, n = result.kpis, result.replications
    day = result.codes[:, 0] - result.first_replication
    status, waited = result.codes[:, 4], result.times[:, 1]
    promise = np.array([tier.promise for tier in result.model.tiers])[result.codes[:, 3]]
    took = ~np.isnan(result.times[:, 2]) & np.isin(status, (SERVED, ABANDONED, DISMISSED))
    gone = np.isin(status, (ABANDONED, BALKED, DISMISSED))
    return np.column_stack(
        [
            kpis["wait_median"], kpis["wait_p90"], kpis["wait_mean"], path.max(axis=1),
            np.bincount(day[gone], minlength=n), np.bincount(day[took & (waited > promise)], minlength=n),
            100 * (1 - kpis["utilisation"]), overtime(result, ends),
            np.bincount(day[took], waited[took], minlength=n),
        ]
    ).astype(np.float64)  # fmt: skip


def overtime(result: twin.Result, ends: dict[str, float]) -> Array:
    """Minutes worked beyond the end of people's days, summed over people, one value a day."""
    people = len(result.staffing.people)
    until = np.array([ends.get(code, np.inf) for code in result.staffing.codes])
    served = result.codes[:, 4] == SERVED
    day, person = result.codes[served, 0] - result.first_replication, result.codes[served, 6]
    last = np.full(result.replications * people, -np.inf)
    np.maximum.at(last, day * people + person, result.times[served, 4])
    return np.asarray(np.maximum(last.reshape(-1, people) - until, 0.0).sum(axis=1))


def _waits(result: twin.Result, grid: tuple[int, ...]) -> Array:
    """P90 wait of those called, by half hour of the ticket: days × half hours, NaN where nobody came."""
    called = result.codes[:, 4] == SERVED
    ticket, waited = result.times[called, 2], result.times[called, 1]
    day = result.codes[called, 0] - result.first_replication
    cell = np.clip((ticket - grid[0]) // GRAIN, 0, len(grid) - 1).astype(np.int64)
    found = twin.grouped_quantile(waited, day * len(grid) + cell, result.replications * len(grid), 0.9)
    return found.reshape(-1, len(grid))


def _band(table: Array) -> Band:
    """Quantiles over days; 0 in a half hour in which no day has a value."""
    empty = np.isnan(table).sum(axis=0) == len(table)
    filled = np.where(np.broadcast_to(empty, table.shape), 0.0, table)
    rows = np.nanquantile(filled, (0.1, 0.5, 0.9), axis=0)
    return Band(*(tuple(round(float(v), 2) for v in row) for row in rows))


def _by_skill(result: twin.Result, ground: Ground) -> dict[str, float]:
    """Minutes waited a day by the skill that was waited for."""
    took = ~np.isnan(result.times[:, 2])
    total = np.bincount(result.codes[took, 2], result.times[took, 1], minlength=len(ground.services))
    found = dict.fromkeys(ground.skills, 0.0)
    for one, minutes in zip(ground.services, total / result.replications, strict=True):
        found[one.skill] += float(minutes)
    return found


def difference(scenario: Played, plan: Played, measure: str) -> Difference:
    """Paired over the days on which both have a value; NaN without such days."""
    return interval(scenario.of(measure) - plan.of(measure))


def interval(values: Array) -> Difference:
    """Mean with its 95 % Student interval; values that are all alike have no spread."""
    kept = values[~np.isnan(values)]
    if kept.size < 2:
        return Difference(float("nan"), float("nan"), float("nan"))
    mean = float(kept.mean())
    half = float(stats.t.ppf(0.975, kept.size - 1) * kept.std(ddof=1) / np.sqrt(kept.size))
    return Difference(mean, mean - half, mean + half)
