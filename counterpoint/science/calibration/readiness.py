"""Is who is free also ready, and do people come when customers wait? Read from who called whom and when."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from counterpoint.science.calibration.laws import MOST_CV
from counterpoint.science.calibration.presence import Presence, Skills
from counterpoint.science.calibration.problem import Params
from counterpoint.science.calibration.tickets import FloatArray, spread_of, waiting_seen
from counterpoint.science.twin.model import MOST_PACES, Duration, Pickup

NOT_AT_ONCE_SECONDS = 5.0  # a ticket that waits longer was not called at once
STEP = 1 / 6  # minutes between looks at the hall
AROUND = 60.0  # minutes either side whose mean is the usual staff of a moment: rosters change by the hour
PRIOR = 60.0  # minutes of waiting that staff as usual count for
PLAIN = 3.0  # standard errors beyond which staff that follow the queue are no chance
SMALLEST = 0.02  # and at least so much: reading staff from calls alone makes up to half of it
FEW_FREE = 8
MADE_UP = 0.1  # of the free not ready, at most: people read from calls alone stay a moment after they have gone


@dataclass(frozen=True)
class Readiness:
    """Of tickets that came when nobody waited and k able servers were free: how many waited all the same.

    If each free server is not ready with chance `not_ready`, independently, `not_ready ** k` wait. `by_free` has the
    goodness: index k (the last for more), tickets, waited, expected (shares). `wait_mean`, `wait_median` are the
    minutes waited by those not called at once who were called later. `origin` is default when too few tickets came so.
    """

    origin: str
    tickets: int
    not_ready: float
    interval: tuple[float, float]
    wait_mean: float
    wait_median: float
    by_free: pd.DataFrame

    @property
    def pickup(self) -> Pickup | None:
        """What the twin lives of it; None where it may be what reading staff from calls makes up.

        Somebody is ready after a log-normal time with the mean and the median of `wait_mean` and `wait_median`.
        """
        if self.interval[0] <= MADE_UP or not self.wait_median > 0:
            return None
        cv = math.sqrt(max((self.wait_mean / self.wait_median) ** 2 - 1, 0.0))
        return Pickup(self.not_ready, Duration(self.wait_mean, min(cv, MOST_CV)))


@dataclass(frozen=True)
class Following:
    """People at work with 0, 1, 2 … tickets waiting (the last for more), over the usual number of that hour.

    `levels` are shrunk towards 1, with `intervals` (bootstrap over days); `minutes` of the log each rests on. `waiting`
    is the same whenever anybody waits. `used` says whether it is above 1 by more than chance and by more than reading
    staff from calls makes up; fewer people where more wait (a lunch) is the cause of a queue and no answer to it.
    Where one call passed over proves an absence (`passed_over` 1) and people are often away, an absence reaches into
    the quiet minutes after it, which lets even people who come at random seem to follow by a few hundredths; where
    whoever is free is called at random and not whoever is free longest, by up to a quarter (waits move by 3 to 8 %).
    """

    levels: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    minutes: tuple[float, ...]
    waiting: float
    waiting_interval: tuple[float, float]
    used: bool


NOBODY_FOLLOWS = Following((), (), (), 1.0, (1.0, 1.0), False)


def covering(starts: FloatArray, ends: FloatArray, at: FloatArray, *, began: bool = True) -> NDArray[np.int64]:
    """How many stretches hold each moment; one that begins at that very moment counts only when `began`."""
    side = "right" if began else "left"
    return np.asarray(
        np.searchsorted(np.sort(starts), at, side=side) - np.searchsorted(np.sort(ends), at, side="right")  # type: ignore[call-overload]
    )


def fit_readiness(table: pd.DataFrame, found: Presence, skills: Skills, params: Params) -> Readiness:
    """Maximum likelihood of `not_ready`, with its interval from the information."""
    seen = waiting_seen(table)
    turned = (table["outcome"] == "abandoned") & (table["waited"] * 60 <= params.at_once_seconds)
    free = free_servers(table, found, skills)
    good = (seen == 0) & (free > 0) & ~turned.to_numpy()
    count = np.minimum(free[good], FEW_FREE)
    minutes = table["waited"].to_numpy(dtype=np.float64)[good]
    late = minutes * 60 > NOT_AT_ONCE_SECONDS
    called = late & (table["outcome"] == "served").to_numpy()[good]
    tickets, waited = (np.bincount(count[which], minlength=FEW_FREE + 1)[1:] for which in (count > 0, late))
    servers = np.arange(1, FEW_FREE + 1)
    known = len(count) >= params.min_turnarounds
    chance = likeliest(servers, tickets, waited) if known else 0.0
    some = tickets > 0
    by_free = pd.DataFrame(
        {"tickets": tickets[some], "waited": waited[some] / tickets[some], "expected": chance ** servers[some]},
        index=pd.Index(servers[some], name="free"),
    )
    delay = minutes[called]
    return Readiness(
        "fitted" if known else "default", len(count), chance, _band(servers, tickets, chance, params.confidence),
        float(delay.mean()) if len(delay) else math.nan, float(np.median(delay)) if len(delay) else math.nan, by_free,
    )  # fmt: skip


def likeliest(servers: NDArray[np.int64], tickets: NDArray[np.int64], waited: NDArray[np.int64]) -> float:
    """The chance of a free server not being ready under which `waited` of `tickets` are likeliest."""
    if waited.sum() == 0 or (waited == tickets).all():
        return float(waited.sum() > 0)

    def cost(chance: float) -> float:
        return -float((waited * servers * np.log(chance) + (tickets - waited) * np.log1p(-(chance**servers))).sum())

    return float(optimize.minimize_scalar(cost, bounds=(1e-6, 1 - 1e-6), method="bounded").x)


def _band(
    servers: NDArray[np.int64], tickets: NDArray[np.int64], chance: float, confidence: float
) -> tuple[float, float]:
    if not 0 < chance < 1:
        return chance, chance
    share = chance**servers
    information = float((tickets * (servers * chance ** (servers - 1)) ** 2 / (share * (1 - share))).sum())
    half = float(special.ndtri(0.5 + confidence / 2)) / math.sqrt(information)
    return max(chance - half, 0.0), min(chance + half, 1.0)


def free_servers(table: pd.DataFrame, found: Presence, skills: Skills) -> NDArray[np.int64]:
    """Able servers on duty and not serving when each ticket came."""
    free = np.zeros(len(table), dtype=np.int64)
    calls = table[(table["outcome"] == "served") & table["called"].notna() & table["server"].notna()]
    duty = dict(iter(found.duty.groupby(["day", "server"], sort=False)))
    days = table.groupby("day", sort=False).indices
    for (day, server), part in calls.groupby(["day", "server"], sort=False):
        if (day, server) not in duty:
            continue
        rows = days[day]
        at = table["arrived"].to_numpy(dtype=np.float64)[rows]
        stretch = duty[(day, server)]
        here = covering(stretch["start"].to_numpy(), stretch["end"].to_numpy(), at) > 0
        begin = part["called"].to_numpy(dtype=np.float64)
        end = part["finished"].fillna(part["called"]).to_numpy(dtype=np.float64)
        serving = covering(begin, end, at, began=False) > 0
        able = table["service"].iloc[rows].isin(skills.get(str(server)) or set(part["service"].dropna())).to_numpy()
        free[rows] += here & ~serving & able
    return free


def fit_following(table: pd.DataFrame, found: Presence, params: Params, rng: np.random.Generator) -> Following:
    """From looks at the hall every ten seconds: people on duty against their mean over an hour either side."""
    duty = dict(iter(found.duty.groupby("day", sort=True)))
    days = [(today, duty[day]) for day, today in table.groupby("day", sort=True) if day in duty]
    if len(days) < 2:
        return NOBODY_FOLLOWS
    looks = np.array([_looks(today, rows) for today, rows in days])  # days x (minutes, people, usual people) x waiting
    minutes = looks[:, 0].sum(axis=0)
    last = int(np.flatnonzero(minutes)[-1]) + 1
    if last < 2:
        return NOBODY_FOLLOWS
    draws = rng.multinomial(len(days), np.full(len(days), 1 / len(days)), params.bootstrap)
    levels = _levels(looks.sum(axis=0)[None])[0, :last]
    drawn = _levels(np.einsum("bd,dkn->bkn", draws, looks))[:, :last]
    queue = looks[:, :, 1:].sum(axis=2, keepdims=True)
    waiting = float(_levels(queue.sum(axis=0)[None])[0, 0])
    spread = _levels(np.einsum("bd,dkn->bkn", draws, queue))[:, 0]
    used = waiting - 1 > max(PLAIN * float(spread.std()), SMALLEST)
    bands = tuple(spread_of(drawn[:, n], params.confidence) for n in range(last))
    return Following(
        tuple(float(one) for one in levels), bands, tuple(float(one) for one in minutes[:last]), waiting,
        spread_of(spread, params.confidence), bool(used),
    )  # fmt: skip


def _levels(looks: FloatArray) -> FloatArray:
    """Ratios, shrunk towards 1, of looks (…, 3, waiting)."""
    minutes, people, usual = looks[:, 0], looks[:, 1], looks[:, 2]
    ratio = np.divide(people, usual, out=np.ones_like(people), where=usual > 0)
    return (minutes * ratio + PRIOR) / (minutes + PRIOR)


def _looks(today: pd.DataFrame, duty: pd.DataFrame) -> FloatArray:
    """Of one day: minutes, people on duty and their usual number, each summed by tickets waiting."""
    starts, ends = duty["start"].to_numpy(dtype=np.float64), duty["end"].to_numpy(dtype=np.float64)
    at = np.arange(starts.min(), ends.max(), STEP)
    known = today[today["until"] > today["arrived"]]
    waiting = covering(known["arrived"].to_numpy(dtype=np.float64), known["until"].to_numpy(dtype=np.float64), at)
    people = covering(starts, ends, at).astype(np.float64)
    total = np.concatenate([[0.0], np.cumsum(people)])
    reach, place = int(AROUND / STEP), np.arange(len(at))
    low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, len(at))
    usual = (total[high] - total[low]) / (high - low)
    level = np.minimum(waiting, MOST_PACES - 1)
    rows = (np.ones(len(at)), people, usual)
    return np.array([STEP * np.bincount(level, row, minlength=MOST_PACES) for row in rows])


def joined(pace: tuple[float, ...], levels: tuple[float, ...]) -> tuple[float, ...]:
    """The product of two rows by tickets waiting, of which the last value counts for more."""
    if not pace or not levels:
        return pace or levels
    most = max(len(pace), len(levels))
    return tuple(pace[min(n, len(pace) - 1)] * levels[min(n, len(levels) - 1)] for n in range(most))
