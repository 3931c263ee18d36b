"""A simulated year of tickets: every open day of a branch played by the twin in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.config.demo import world
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.foundation.api import calendar
from counterpoint.role.api import service_types
from counterpoint.science import twin

if TYPE_CHECKING:
    from counterpoint.science.twin import Result

LABEL = "对位演示数据:由数字孪生模拟,非真实客户"
SERVED, ABANDONED, DISMISSED = (twin.STATUS_NAMES.index(name) for name in ("served", "abandoned", "dismissed"))


def open_days(plan: BranchPlan, since: date, until: date) -> list[date]:
    """Dates on which the branch was open, `until` exclusive: weekly hours, holidays and make-up workdays."""
    hours = calendar.Hours(plan.hours)
    every = (since + timedelta(days=step) for step in range((until - since).days))
    return [on for on in every if hours.on(on, provisional=True)]


def history(plan: BranchPlan, since: date, until: date, *, seed: int) -> pd.DataFrame:
    """Tickets of the branch in the columns of `counterpoint.science.history`, by time of arrival.

    Days with equal hours and staffing are simulated together; the same seed gives the same year.
    """
    groups: dict[tuple[float, float, bool], list[date]] = {}
    for on in open_days(plan, since, until):
        model = world.model_of(plan, on)
        groups.setdefault((model.open_minute, model.close_minute, on.weekday() >= 5), []).append(on)
    parts = [_played(plan, days, seed) for days in groups.values()]
    return pd.concat(parts, ignore_index=True).sort_values("arrived", kind="stable", ignore_index=True)


def _played(plan: BranchPlan, days: Sequence[date], seed: int) -> pd.DataFrame:
    model = world.model_of(plan, days[0])
    staffing = world.staffing_of(plan, model, days[0])
    rates = np.stack([world.rates_of(plan, model, on, seed=seed) for on in days])
    own = seed * 1000 + int(plan.code[1:])
    return tickets_of(twin.simulate(model, staffing, rates, len(days), seed=own), days, plan.code)


def tickets_of(result: Result, days: Sequence[date], branch: str) -> pd.DataFrame:
    """Everybody who took a ticket, with numbers as the kiosk would have given them out."""
    frame = result.outcomes
    took = frame[frame["ticket"].notna() & frame["status"].isin((SERVED, ABANDONED, DISMISSED))]
    took = took.sort_values(["replication", "ticket"], kind="stable")
    at = took["replication"].to_numpy() - result.first_replication
    midnight = np.array([np.datetime64(on, "s") for on in days])[at]
    gone = took["status"].to_numpy() != SERVED
    services = np.array(result.model.service_codes, dtype=object)[took["service"]]
    letters = _letters(services, days[0])
    people = np.array([*result.staffing.codes, None], dtype=object)[took["person"]]
    windows = np.array([*result.model.counter_codes, None], dtype=object)[took["counter"]]
    return pd.DataFrame(
        {
            "branch": branch,
            "ticket": _labels(letters, at),
            "service": services,
            "tier": np.array(result.model.tier_codes, dtype=object)[took["tier"]],
            "arrived": _moment(midnight, took["ticket"], np.zeros(len(took), dtype=bool)),
            "called": _moment(midnight, took["start"], gone),
            "finished": _moment(midnight, took["end"], gone),
            "left": _moment(midnight, took["end"], ~gone),
            "server": np.where(gone, None, people),
            "outcome": np.where(gone, "abandoned", "served"),
            "window": np.where(gone, None, windows),
        }
    )


def _letters(services: NDArray[np.object_], on: date) -> NDArray[np.object_]:
    known = {key: service.letter for key, service in service_types(on).items()}
    return np.array([known[key] for key in services], dtype=object)


def _labels(letters: NDArray[np.object_], day: NDArray[np.int64]) -> list[str]:
    numbers = pd.DataFrame({"day": day, "letter": letters}).groupby(["day", "letter"]).cumcount() + 1
    return [f"{letter}{number:03d}" for letter, number in zip(letters, numbers, strict=True)]


def _moment(midnight: NDArray[np.datetime64], minutes: pd.Series, absent: NDArray[np.bool_]) -> NDArray[np.datetime64]:
    values = minutes.to_numpy()
    none = absent | np.isnan(values)
    seconds = np.round(np.where(none, 0.0, values) * 60).astype("timedelta64[s]")
    return np.where(none, np.datetime64("NaT"), midnight + seconds).astype("datetime64[ns]")
