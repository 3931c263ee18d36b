"""What later chapters may know of a day to come: who is planned, and how many customers are expected. No science."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.team import queries, rules
from counterpoint.team.models import Roster
from counterpoint.team.queries import ShiftView

EDIT = "team.roster.edit"


@dataclass(frozen=True)
class PlannedDay:
    """The roster of a date: its version and state (published or draft), and the shifts by start."""

    version: int
    state: str
    shifts: tuple[ShiftView, ...]


@dataclass(frozen=True)
class ExpectedService:
    """A service of a forecast: counter minutes with their variation, expected customers of each half hour."""

    key: str
    name: str
    skill: str
    minutes: float
    cv: float
    rates: tuple[float, ...]


@dataclass(frozen=True)
class ExpectedDay:
    """One day of the newest forecast. `start` is the first half hour's minute after midnight.

    `sigma` is the log-normal spread of the whole day's number beyond chance; `patience` is (mean minutes, CV, shape)
    when it was estimated from walk-outs; `need` is people per skill and half hour.
    """

    made_at: datetime
    start: int
    services: tuple[ExpectedService, ...]
    low: float
    mean: float
    high: float
    sigma: float
    patience: tuple[float, float, str] | None
    need: tuple[tuple[str, tuple[int, ...]], ...]


def planned_day(*, scope: Scope, branch: OrgUnit, day: date) -> PlannedDay | None:
    """The published roster of a date, else (for those who plan) the newest draft; None without either."""
    row = queries.roster_published_for(scope=scope, branch=branch, day=day)
    if row is not None:
        return PlannedDay(row.version, row.state, queries.shifts_on(scope=scope, branch=branch, day=day))
    if not scope.may(EDIT, branch.path):
        return None
    row = queries.roster_latest(scope=scope, branch=branch, week=rules.monday_of(day))
    held = row.solution.get("roster") if row else None
    if row is None or row.state != Roster.State.DRAFT or not held:
        return None
    names = {person["id"]: person["name"] for person in row.problem["people"]}
    shifts = [_shift(one, names, day) for one in held["shifts"] if row.week + timedelta(days=one["day"]) == day]
    return PlannedDay(row.version, row.state, tuple(sorted(shifts, key=lambda s: (s.start, s.name))))


def _shift(one: dict[str, Any], names: dict[str, str], day: date) -> ShiftView:
    lunch = (one["lunch"]["start"], one["lunch"]["end"]) if one["lunch"] else None
    segments = tuple((task["start"], task["end"], task["skill"]) for task in one["tasks"])
    name = names.get(one["person"], one["person"])
    return ShiftView(UUID(one["person"]), name, day, one["start"], one["end"], lunch, segments)


def expected_day(*, scope: Scope, branch: OrgUnit, day: date) -> ExpectedDay | None:
    """The date in the newest forecast that covers it; None without one, or where nobody is expected."""
    row = queries.forecast_latest(scope=scope, branch=branch, on=day)
    if row is None:
        return None
    held = row.payload
    number = next((n for n, one in enumerate(held["days"]) if one["date"] == day.isoformat()), None)
    if number is None or held["day_mean"][number] <= 0:
        return None
    services = tuple(
        ExpectedService(s["code"], s["name"], s["skill"], s["minutes"], s["cv"], tuple(held["mean"][n][number]))
        for n, s in enumerate(held["services"])
    )
    bears = held["patience"]
    low, mean, high = (held[f"day_{name}"][number] for name in ("p10", "mean", "p90"))
    total = sum(sum(s.rates) for s in services)
    return ExpectedDay(
        row.made_at, held["start"], services, low, mean, high, rules.day_spread(total, low, high),
        (bears["mean"], bears["cv"], bears["shape"]) if bears["source"] == "log" else None,
        tuple((skill, tuple(days[number])) for skill, days in held["need"].items()),
    )  # fmt: skip
