"""Two rosters of one day against each other: the same simulated customers meet both, so that chance cancels out.

The P90 wait of a half hour is pooled over all simulated days. Its change is told with an interval from sectioning: the
days are cut into SECTIONS equal parts, each gives its own change, and their spread is that of the whole (Asmussen and
Glynn, Stochastic Simulation, 2007, III.5a).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from counterpoint.science import twin
from counterpoint.team.planning.values import INTERVAL, Array, Outlook, WaitDay
from counterpoint.team.planning.waits import Post, play_day, simulated, wait_day

SECTIONS = 10
CALLED = tuple(twin.STATUS_NAMES.index(name) for name in ("served", "at_counter", "no_cash"))


@dataclass(frozen=True, eq=False)
class Played:
    """One day played. ``p90``: the P90 wait of each simulated day (NaN: nobody was called); ``parts``: sections × half
    hours from opening, the pooled P90 of each tenth of the days. Both are empty where nothing could be played."""

    day: WaitDay
    minutes: tuple[int, ...]
    p90: Array
    parts: Array


@dataclass(frozen=True)
class Change:
    """Minutes more (or fewer) with the 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class DayChange:
    """What the second roster does to the waits of the first: of the day, and by the minute a half hour begins. None and
    empty where one of the two cannot be played, or in half hours in which one of them calls nobody."""

    p90: Change | None
    cells: dict[int, Change]


def play(outlook: Outlook, day: int, posts: tuple[Post, ...], *, seed: int, replications: int) -> Played:
    """Play a day of these posts; a closed day and one without posts are not simulated."""
    info = outlook.days[day]
    if not posts or not info.is_open or float(outlook.mean[:, day].sum()) <= 0:
        day_of = play_day(outlook, day, list(posts), seed=seed, replications=replications)
        return Played(day_of, (), np.empty(0), np.empty((SECTIONS, 0)))
    result = simulated(outlook, day, list(posts), seed=seed, replications=replications)
    minutes = tuple(range(info.open[0][0], info.open[-1][1], INTERVAL))
    found = wait_day(info.date.isoformat(), result)
    return Played(found, minutes, result.kpis["wait_p90"], _parts(result, minutes))


def _parts(result: twin.Result, minutes: tuple[int, ...]) -> Array:
    called = np.isin(result.codes[:, 4], CALLED)
    cell = np.floor((result.times[called, 0] - minutes[0]) / INTERVAL).astype(np.int64).clip(0, len(minutes) - 1)
    part = result.codes[called, 0] * SECTIONS // result.replications
    found = twin.grouped_quantile(
        np.ascontiguousarray(result.times[called, 1]), part * len(minutes) + cell, SECTIONS * len(minutes), 0.9
    )
    return found.reshape(SECTIONS, len(minutes))


def change(before: Played, after: Played) -> DayChange:
    """The second less the first, paired day by day and part by part."""
    if not before.p90.size or not after.p90.size:
        return DayChange(None, {})
    pooled = [{cell.minute: cell.p90 for cell in one.day.cells} for one in (before, after)]
    cells = {}
    for number, minute in enumerate(before.minutes):
        if all(minute in one for one in pooled):
            spread = interval(after.parts[:, number] - before.parts[:, number])
            if spread is not None:
                moved = pooled[1][minute] - pooled[0][minute] - spread.mean
                cells[minute] = Change(spread.mean + moved, spread.low + moved, spread.high + moved)
    return DayChange(interval(after.p90 - before.p90), cells)


def interval(values: Array) -> Change | None:
    """Mean with its 95 % Student interval; None of fewer than two values."""
    kept = values[~np.isnan(values)]
    if kept.size < 2:
        return None
    mean = float(kept.mean())
    half = float(stats.t.ppf(0.975, kept.size - 1) * kept.std(ddof=1) / np.sqrt(kept.size))
    return Change(mean, mean - half, mean + half)
