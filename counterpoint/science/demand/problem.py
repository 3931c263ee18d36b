"""What the caller knows: ticket counts, opening hours, the kind of each day, outages and local defaults."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

import pandas as pd

from counterpoint.science.history import TicketLog

Kind = Literal["workday", "weekend", "holiday", "makeup", "closed"]
KINDS: tuple[Kind, ...] = ("workday", "weekend", "holiday", "makeup", "closed")
DAY_MINUTES = 24 * 60


class DemandInputError(ValueError):
    """The question cannot be answered as put; the message says what to change."""


@dataclass(frozen=True)
class DayInfo:
    """One branch day as the calendar knows it beforehand.

    `open` holds half-open intervals in minutes after midnight, for example ((540, 1020),); empty means closed.
    `tags` name known effects (payday, month_end, pension_day, before_festival, after_holiday ...); days with the same
    tag share one estimated effect. `weather` maps covariates to standardised numbers (0 = usual, about ±1 = unusual);
    anything known beforehand will do: rain, a fair, a campaign. `festivals` maps moving festivals to the days since
    them, negative before, as `near_festivals` fills in.
    """

    date: date
    open: tuple[tuple[int, int], ...]
    kind: Kind = "workday"
    tags: frozenset[str] = frozenset()
    weather: Mapping[str, float] | None = None
    services_closed: frozenset[str] = frozenset()
    festivals: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DemandInputError(f"{self.date}: kind {self.kind!r} is unknown; use one of {', '.join(KINDS)}.")
        for start, end in self.open:
            if not 0 <= start < end <= DAY_MINUTES:
                raise DemandInputError(f"{self.date}: open interval {start}-{end} must lie within 0-1440 minutes.")

    @property
    def is_open(self) -> bool:
        return bool(self.open) and self.kind != "closed"


@dataclass(frozen=True)
class Outage:
    """Minutes of a day when customers came but were not recorded (ticket machine down, branch evacuated)."""

    date: date
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY_MINUTES:
            raise DemandInputError(f"{self.date}: outage {self.start}-{self.end} must lie within 0-1440 minutes.")


@dataclass(frozen=True, eq=False)
class DemandProblem:
    """History in, days ahead out.

    `history` is a TicketLog, or a tidy frame with `date`, `minute` (start of the interval, minutes after midnight),
    `service` and `count`. An open interval without a row counts as zero; an open day without any row is missing.
    `days` covers history and horizon; rows on or after the first horizon day are never read.
    `balk_share` is the share of customers who leave before they take a ticket: a number, or a frame with `date`,
    `minute`, `balk_share`. `default_daily` (customers on a usual workday), `default_shares` (per service) and
    `default_profile` (minute → weight) are used, and named in the result, where the log says too little.
    """

    history: TicketLog | pd.DataFrame
    days: Sequence[DayInfo]
    horizon: Sequence[date]
    interval: int = 30
    outages: Sequence[Outage] = ()
    balk_share: float | pd.DataFrame | None = None
    default_daily: float | None = None
    default_shares: Mapping[str, float] = field(default_factory=dict)
    default_profile: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.interval not in (5, 6, 10, 15, 20, 30, 60):
            raise DemandInputError(f"interval {self.interval} is not supported; use 15, 30 or 60 minutes.")
        if not self.horizon:
            raise DemandInputError("horizon is empty; name at least one day to forecast.")
        if self.default_daily is not None and not 0 <= self.default_daily < math.inf:
            raise DemandInputError(f"default_daily must be 0 or more customers, not {self.default_daily}.")
        for minute, weight in self.default_profile.items():
            if not (0 <= minute < DAY_MINUTES and 0 <= weight < math.inf):
                raise DemandInputError(f"default_profile maps minutes 0-1439 to weights, not {minute} to {weight}.")
        known = {day.date for day in self.days}
        if len(known) != len(self.days):
            raise DemandInputError("days holds the same date twice; give each date one DayInfo.")
        missing = [day for day in self.horizon if day not in known]
        if missing:
            raise DemandInputError(f"days has no DayInfo for {missing[0]}; the calendar must cover the whole horizon.")


@dataclass(frozen=True)
class Params:
    """Tunable constants of the model; the defaults suit a branch with weeks to a few years of history.

    Half-lives are in days. `paths` is the number of joint sample paths behind every quantile; `calibrate_weeks` is how
    many past weeks are re-forecast to choose a model and to calibrate the width of the intervals (0 switches both off);
    without `choose` the branch's own model is always taken.
    """

    quantiles: tuple[float, ...] = (0.1, 0.5, 0.9)
    paths: int = 1000
    profile_half_life: float = 50.0
    history_days: int = 400
    tune_days: int = 160
    calibrate_weeks: int = 8
    outlier_sd: float = 3.5
    choose: bool = True

    def __post_init__(self) -> None:
        if not self.quantiles or any(not 0 < level < 1 for level in self.quantiles):
            raise DemandInputError("quantiles must lie strictly between 0 and 1.")
        if self.paths < 1:
            raise DemandInputError(f"paths must be 1 or more, not {self.paths}.")


def near_festivals(
    days: Iterable[DayInfo], festivals: Mapping[str, Iterable[date]], *, reach: int = 21
) -> tuple[DayInfo, ...]:
    """The days with their distance to the nearest date of each festival, where that is at most `reach` days.

    Days equally far from a festival share an effect in every year, wherever the calendar puts it.
    """
    dates = {name: tuple(given) for name, given in festivals.items()}
    out = []
    for day in days:
        away = {name: min(((day.date - one).days for one in given), key=abs) for name, given in dates.items() if given}
        out.append(replace(day, festivals={name: gap for name, gap in away.items() if abs(gap) <= reach}))
    return tuple(out)


def plain_days(
    start: date,
    count: int,
    *,
    hours: Mapping[int, tuple[tuple[int, int], ...]],
    weekend: Iterable[int] = (5, 6),
    tags: Mapping[date, frozenset[str]] | None = None,
    holidays: Iterable[date] = (),
) -> tuple[DayInfo, ...]:
    """Days from weekday opening rules alone, for tests and standalone use.

    `hours` maps a weekday (Monday 0) to its open intervals; a weekday left out is closed, and so is a holiday.
    """
    weekend_set, holiday_set, tag_map = set(weekend), set(holidays), tags or {}
    days = []
    for offset in range(count):
        day = start + timedelta(days=offset)
        opening = () if day in holiday_set else hours.get(day.weekday(), ())
        kind: Kind = "weekend" if day.weekday() in weekend_set else "workday"
        if day in holiday_set:
            kind = "holiday"
        days.append(
            DayInfo(day, opening, kind if opening or day in holiday_set else "closed", tag_map.get(day, frozenset()))
        )
    return tuple(days)
