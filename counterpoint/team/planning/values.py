"""What the planner takes and what it hands on, as frozen values that turn into plain JSON and back."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.demand import DayInfo
from counterpoint.science.history import TicketLog
from counterpoint.science.rostering import Person, Pin, Roster, RosterProblem, Rule, TwoPerson

Array = NDArray[np.float64]
Report = Callable[[float, str], None]
INTERVAL = 30
DAY = 1440
PROMISE = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*(?:<=?|≤|in|within)\s*(\d+(?:\.\d+)?)\s*(?:min(?:utes)?|分钟|分)?\s*\Z")


class PlanInputError(ValueError):
    """The question cannot be answered as put; the message says what to change."""


@dataclass(frozen=True)
class Promise:
    """`share` of customers wait less than `minutes`."""

    share: float = 0.9
    minutes: float = 15.0

    @classmethod
    def parse(cls, text: str) -> Promise:
        """From "90% < 15 min"."""
        found = PROMISE.match(text.strip())
        if not found or not 0 < float(found[1]) < 100 or float(found[2]) <= 0:
            raise PlanInputError(f'The promise {text!r} is not understood. Write it like "90% < 15 min".')
        return cls(float(found[1]) / 100, float(found[2]))


@dataclass(frozen=True)
class ServiceSpec:
    """A service of the log: its skill group and the counter time that was measured or assumed.

    `source` is log (measured on `measured` tickets), pooled (too few: mean of all services) or default (given).
    """

    code: str
    name: str
    skill: str
    minutes: float
    cv: float
    source: str
    tickets: int
    measured: int


@dataclass(frozen=True)
class Patience:
    """How long customers bear to wait, mean minutes. `source` is log (estimated on `events` walk-outs) or default."""

    mean: float
    cv: float
    shape: str
    source: str
    events: int = 0


@dataclass(frozen=True)
class Note:
    """One plain statement on what was assumed or repaired; `code` is stable, `values` fill the translation."""

    code: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class PlanInput:
    """Everything a week's plan depends on.

    `days` cover the history and the week (consecutive dates, at most 7 in `week`). `skills` and `names` speak of
    service codes; a service without a skill gets one by who served it in the log. `people` empty: `headcount`
    anonymous people (or as many as needed) are made up, and the plan says so. `speeds` divide service times.
    `defaults` give (minutes, cv) of services that the log does not measure. `daily` (customers of a usual workday) and
    `profile` (minute → weight) stand in for a history that says too little; `peers` similar branches gave them.
    """

    log: TicketLog
    days: tuple[DayInfo, ...]
    week: tuple[date, ...]
    seed: int
    branch: str = ""
    promise: Promise = Promise()
    people: tuple[Person, ...] = ()
    speeds: Mapping[str, float] = field(default_factory=dict)
    headcount: int | None = None
    skills: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    daily: float | None = None
    profile: Mapping[int, float] = field(default_factory=dict)
    peers: int = 0
    rules: tuple[Rule, ...] = ()
    minimums: Mapping[str, int] = field(default_factory=dict)
    two_person: tuple[TwoPerson, ...] = ()
    pins: tuple[Pin, ...] = ()
    baseline: Roster | None = None
    notes: tuple[Note, ...] = ()
    language: str = "zh-hans"
    work: float = 8.0
    replications: int = 200

    def __post_init__(self) -> None:
        known = {day.date for day in self.days}
        missing = [day for day in self.week if day not in known]
        if not self.week or missing:
            raise PlanInputError(f"The calendar does not know {missing[0] if missing else 'any day of the week'}.")

    def digest(self) -> str:
        """SHA-256 over everything that decides the plan, and the form in which it is kept."""
        hasher = hashlib.sha256(FORM)
        frame = self.log.usable
        hasher.update(np.ascontiguousarray(_stable_hash(frame)).tobytes())
        rest = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("log", "language")}
        hasher.update(_unordered(rest).encode())
        return hasher.hexdigest()


def _unordered(value: Any) -> str:
    """Text that is equal for equal values: sets and mappings have no order, in this process or another."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(sorted(f'{_unordered(k)}: {_unordered(v)}' for k, v in value.items()))}}}"
    if isinstance(value, frozenset | set):
        return f"{{{', '.join(sorted(map(_unordered, value)))}}}"
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_unordered, value))})"
    if is_dataclass(value):
        named = ", ".join(f"{f.name}={_unordered(getattr(value, f.name))}" for f in fields(value))
        return f"{type(value).__name__}({named})"
    return repr(value)


def _stable_hash(frame: Any) -> Any:
    import pandas as pd

    return pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy()


@dataclass(frozen=True, eq=False)
class Outlook:
    """What is expected of the week and how many people it takes.

    Arrays are (services, days, intervals) for `mean`, `p10`, `p50`, `p90`; (days, intervals) for `total_*`; (days,)
    for `day_*`; need per skill is (days, intervals). Intervals are half hours from `start` minutes after midnight.
    `drivers` are {"usual": customers, "parts": {name: log effect of each day}}; `latent` holds each day's log rates.
    """

    days: tuple[DayInfo, ...]
    services: tuple[ServiceSpec, ...]
    patience: Patience
    promise: Promise
    start: int
    mean: Array
    p10: Array
    p50: Array
    p90: Array
    total_mean: Array
    total_p10: Array
    total_p50: Array
    total_p90: Array
    day_mean: Array
    day_p10: Array
    day_p50: Array
    day_p90: Array
    need: Mapping[str, Array]
    need_p90: Mapping[str, Array]
    why: Mapping[str, list[list[str]]]
    notes: tuple[Note, ...]
    scores: Mapping[str, float]
    history: Mapping[str, Any]
    drivers: Mapping[str, Any] = field(default_factory=dict)
    latent: tuple[Mapping[str, Any], ...] = ()

    @property
    def skills(self) -> tuple[str, ...]:
        """Skills that the services ask for, in order of their need."""
        return tuple(self.need)

    @property
    def minutes(self) -> tuple[int, ...]:
        """Start of each interval."""
        return tuple(self.start + n * INTERVAL for n in range(self.mean.shape[2]))

    def need_hours(self, skill: str) -> float:
        """Person-hours of the horizon on one skill."""
        return float(self.need[skill].sum()) * INTERVAL / 60

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; `from_dict` gives it back with counts to three decimals."""
        return {
            "days": [
                {
                    "date": d.date.isoformat(),
                    "open": [list(i) for i in d.open],
                    "kind": d.kind,
                    "tags": sorted(d.tags),
                    "festivals": dict(d.festivals),
                }
                for d in self.days
            ],
            "services": [vars(s) for s in self.services],
            "patience": vars(self.patience),
            "promise": vars(self.promise),
            "start": self.start,
            **{name: np.round(getattr(self, name), 3).tolist() for name in ARRAYS},
            "need": {k: v.astype(int).tolist() for k, v in self.need.items()},
            "need_p90": {k: v.astype(int).tolist() for k, v in self.need_p90.items()},
            "why": {k: [list(row) for row in v] for k, v in self.why.items()},
            "notes": [{"code": n.code, "text": n.text, "values": dict(n.values)} for n in self.notes],
            "scores": dict(self.scores),
            "history": dict(self.history),
            "drivers": dict(self.drivers),
            "latent": [dict(one) for one in self.latent],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Outlook:
        """Read `to_dict`'s form."""
        days = tuple(
            DayInfo(
                date.fromisoformat(d["date"]), tuple((a, b) for a, b in d["open"]), d["kind"], frozenset(d["tags"]),
                festivals=d.get("festivals", {}),
            )
            for d in data["days"]
        )  # fmt: skip
        return cls(
            days=days,
            services=tuple(ServiceSpec(**s) for s in data["services"]),
            patience=Patience(**data["patience"]),
            promise=Promise(**data["promise"]),
            start=data["start"],
            **{name: np.array(data[name], dtype=float) for name in ARRAYS},
            need={k: np.array(v, dtype=float) for k, v in data["need"].items()},
            need_p90={k: np.array(v, dtype=float) for k, v in data["need_p90"].items()},
            why={k: [list(row) for row in v] for k, v in data["why"].items()},
            notes=tuple(Note(n["code"], n["text"], n.get("values", {})) for n in data["notes"]),
            scores=data["scores"],
            history=data["history"],
            drivers=data.get("drivers", {}),
            latent=tuple(data.get("latent", ())),
        )

    def only(self, dates: tuple[date, ...]) -> Outlook:
        """The same outlook for some of its days."""
        rows = [n for n, day in enumerate(self.days) if day.date in set(dates)]
        if len(rows) != len(dates):
            raise PlanInputError("The forecast does not cover the whole week; make a newer one.")
        cut: dict[str, Any] = {}
        for name in ARRAYS:
            value = getattr(self, name)
            cut[name] = value[:, rows] if value.ndim == 3 else value[rows]
        cut |= {name: {k: v[rows] for k, v in getattr(self, name).items()} for name in ("need", "need_p90")}
        cut["why"] = {k: [v[n] for n in rows] for k, v in self.why.items()}
        parts = {k: [v[n] for n in rows] for k, v in self.drivers.get("parts", {}).items()}
        cut["drivers"] = {**self.drivers, "parts": parts} if self.drivers else {}
        cut["latent"] = tuple(self.latent[n] for n in rows) if self.latent else ()
        rest = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in cut and f.name != "days"}
        return Outlook(days=tuple(self.days[n] for n in rows), **rest, **cut)


FORM = b"outlook/2"  # changes with what is kept of a forecast, so that an older run is not taken for the same
ARRAYS = (
    "mean", "p10", "p50", "p90", "total_mean", "total_p10", "total_p50", "total_p90", "day_mean", "day_p10",
    "day_p50", "day_p90",
)  # fmt: skip


@dataclass(frozen=True)
class WaitCell:
    """Predicted waits of customers who arrive in one half hour, minutes; `customers` a day."""

    minute: int
    customers: float
    mean: float
    median: float
    p90: float
    within: float


@dataclass(frozen=True)
class WaitDay:
    """One simulated day: cells, and the day's figures (mean over replications); infinite waits where nobody serves.

    `p90_low` and `p90_high` hold the P90 wait of 8 of 10 replications; both 0 in what was kept before they were known.
    """

    date: str
    cells: tuple[WaitCell, ...]
    customers: float
    wait_mean: float
    wait_p90: float
    within: float
    walkouts: float
    utilisation: float
    p90_low: float = 0.0
    p90_high: float = 0.0


@dataclass(frozen=True)
class Waits:
    """Predicted waits of a week under one plan; simulated, and called so wherever they are shown."""

    days: tuple[WaitDay, ...]

    def overall(self) -> dict[str, float]:
        """Customer-weighted figures of the week."""
        weight = [max(d.customers, 1e-9) for d in self.days]
        total = sum(weight) or 1.0
        names = ("wait_mean", "wait_p90", "within", "walkouts", "p90_low", "p90_high")
        found = {n: sum(w * getattr(d, n) for w, d in zip(weight, self.days, strict=True)) / total for n in names}
        return {"customers": sum(d.customers for d in self.days), **found}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON with rounded figures; null for the waits of a day on which nobody serves."""
        return {
            "days": [
                {**{k: _round(v) for k, v in vars(d).items() if k != "cells"},
                 "cells": [{k: _round(v) for k, v in vars(c).items()} for c in d.cells]}
                for d in self.days
            ],
            "overall": {k: _round(v) for k, v in self.overall().items()},
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Waits:
        """Read `to_dict`'s form."""
        return cls(tuple(_wait_day(d) for d in data["days"]))


def _wait_day(data: Mapping[str, Any]) -> WaitDay:
    read: dict[str, Any] = {name: math.inf if value is None else value for name, value in data.items()}
    read["cells"] = tuple(WaitCell(**cell) for cell in data["cells"])
    return WaitDay(**read)


def _round(value: Any) -> Any:
    """JSON knows no infinity: a wait without end, where nobody is on a post, is null."""
    if not isinstance(value, float):
        return value
    return round(value, 3) if math.isfinite(value) else None


@dataclass(frozen=True, eq=False)
class PlanOutput:
    """A planned week. `roster` is None when hard rules contradict each other; `conflicts` and `ways_out` say why."""

    branch: str
    week: tuple[date, ...]
    seed: int
    inputs_hash: str
    language: str
    anonymous: bool
    outlook: Outlook
    problem: RosterProblem
    roster: Roster | None
    status: str
    objective: int | None
    gap: float | None
    judgement: Mapping[str, Any]
    conflicts: tuple[Mapping[str, Any], ...]
    ways_out: tuple[Mapping[str, Any], ...]
    waits: Waits | None
    baseline: Waits | None
    baseline_kind: str
    issues: tuple[Mapping[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """The whole plan as plain JSON."""
        return {
            "format": "counterpoint.plan/1",
            "branch": self.branch,
            "week": [d.isoformat() for d in self.week],
            "seed": self.seed,
            "inputs_hash": self.inputs_hash,
            "anonymous_staff": self.anonymous,
            "outlook": self.outlook.to_dict(),
            "problem": self.problem.to_dict(),
            "solution": self.solution(),
            "judgement": dict(self.judgement),
            "conflicts": [dict(c) for c in self.conflicts],
            "ways_out": [dict(w) for w in self.ways_out],
            "waits": self.waits_dict(),
            "issues": [dict(i) for i in self.issues],
        }

    def solution(self) -> dict[str, Any]:
        """The roster with how it was found."""
        return {
            "status": self.status,
            "objective": self.objective,
            "gap": self.gap,
            "roster": self.roster.to_dict() if self.roster else None,
        }

    def waits_dict(self) -> dict[str, Any]:
        """Predicted waits of the plan and of the baseline."""
        return {
            "plan": self.waits.to_dict() if self.waits else None,
            "baseline": self.baseline.to_dict() if self.baseline else None,
            "baseline_kind": self.baseline_kind,
        }

    def to_json(self) -> str:
        """JSON text, readable by people."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1, sort_keys=True)
