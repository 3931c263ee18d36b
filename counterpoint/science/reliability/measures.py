"""Availability, fault rate, mean times with intervals, repeats. Machines of one kind are taken together.

Availability: (service minutes − down minutes) / service minutes, weighted by machine, without planned maintenance. Its
interval comes from the machines and faults as they were drawn anew (bootstrap by blocks of weeks), because down time
comes in few large pieces. Times between failures count open minutes; their interval is the exact one of a Poisson
number of failures, which holds down to none at all.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterpoint.science import inference
from counterpoint.science.reliability.record import EXTENTS, Fault, Record, common, down_minutes, merged, open_minutes

DEFINITIONS: dict[str, tuple[str, ...]] = {
    "network": ("network",),  # it could be reached
    "any_function": ("full", "network"),  # it could do something for a customer
    "all_functions": EXTENTS,  # it could do everything
}
LEVEL = 0.90
FEW = 5  # faults below which no mean is stated, only its interval
DAY = 1440.0
REPEAT_DAYS = 7.0
DRAWS = 400
BLOCKS = 13  # stretches the time line is cut into


@dataclass(frozen=True)
class Estimate:
    """A value with a 90 % interval and the number of events behind it. `value` is NaN where too few stand behind it."""

    value: float
    low: float
    high: float
    n: int

    @property
    def stated(self) -> bool:
        """Whether there is enough behind it to name the value."""
        return not math.isnan(self.value)


@dataclass(frozen=True)
class Measures:
    """Of machines of one kind. Hours are open hours; `fault_days` is the share of machine-days with a fault."""

    definition: str
    machines: int
    open_hours: float
    availability: Estimate
    fault_days: Estimate
    between: Estimate
    repair: Estimate
    repeats: Estimate
    faults: int

    def summary(self) -> dict[str, Any]:
        """Numbers for tables."""
        return {
            "definition": self.definition, "machines": self.machines, "open_hours": round(self.open_hours, 1),
            "faults": self.faults, "availability": self.availability.value, "fault_days": self.fault_days.value,
            "hours_between": self.between.value, "hours_to_repair": self.repair.value, "repeats": self.repeats.value,
        }  # fmt: skip


def measure(records: Sequence[Record], *, definition: str = "any_function", seed: int = 0) -> Measures:
    """Measure machines of one kind; ValueError for an unknown definition."""
    if definition not in DEFINITIONS:
        raise ValueError(f"definition {definition!r} is not one of {tuple(DEFINITIONS)}")
    extents = DEFINITIONS[definition]
    minutes = sum(open_minutes(record) for record in records)
    counted = [list(_apart(record, extents)) for record in records]
    number = sum(len(faults) for faults in counted)
    return Measures(
        definition=definition,
        machines=len(records),
        open_hours=minutes / 60,
        availability=_availability(records, extents, seed),
        fault_days=_share(*_fault_days(records, counted)),
        between=_between(minutes / 60, number),
        repair=_repair([(f.ended - f.began) / 60 for faults in counted for f in faults if f.ended is not None]),
        repeats=_share(*_repeats(records, counted)),
        faults=number,
    )


def _apart(record: Record, extents: Sequence[str]) -> list[Fault]:
    """Faults of the extents, those that overlap taken for one, each lasting to the first moment without any."""
    chosen = [f for f in record.faults if f.extent in extents]
    lasting = any(f.ended is None for f in chosen)
    spans = merged((f.began, f.ended if f.ended is not None else math.inf) for f in chosen)
    return [Fault(begin, None if lasting and math.isinf(end) else end) for begin, end in spans]


def _availability(records: Sequence[Record], extents: Sequence[str], seed: int) -> Estimate:
    """By blocks of time and machine, drawn anew; between no down time and the rule of three where nothing happened."""
    up, down = _blocks(records, extents)
    total, lost = float(up.sum()), float(down.sum())
    events = sum(len(_apart(record, extents)) for record in records)
    if total <= 0:
        return Estimate(math.nan, 0.0, 1.0, events)
    value = 1 - lost / total
    if events == 0:  # at most this many faults of an ordinary length may lie behind none seen
        return Estimate(value, max(0.0, 1 - 3.0 * 240 / total), 1.0, 0)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(up), (DRAWS, len(up)))
    shares = 1 - down[drawn].sum(axis=1) / np.maximum(up[drawn].sum(axis=1), 1e-9)
    low, high = np.quantile(shares, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(value, float(min(low, value)), float(max(high, value)), events)


def _blocks(records: Sequence[Record], extents: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Open and down minutes of each machine in each of BLOCKS stretches of its time line."""
    up: list[float] = []
    down: list[float] = []
    for record in records:
        if not record.hours:
            continue
        edges = np.linspace(record.hours[0][0], record.end, BLOCKS + 1)
        for begin, end in itertools.pairwise(edges):
            part = Record(tuple(common(record.hours, [(float(begin), float(end))])), (), record.planned)
            cut = [(f.began, record.end if f.ended is None else f.ended, f.extent) for f in record.faults]
            inside = tuple(Fault(max(a, begin), min(b, end), e) for a, b, e in cut if a < end and b > begin)
            up.append(open_minutes(part))
            down.append(down_minutes(Record(part.hours, inside, part.planned), extents))
    return np.array(up), np.array(down)


def _fault_days(records: Sequence[Record], counted: Sequence[Sequence[Fault]]) -> tuple[int, int]:
    """Machine-days with a fault, machine-days; a day is one on which the branch was open."""
    bad = total = 0
    for record, faults in zip(records, counted, strict=True):
        days = {int(begin // DAY) for begin, _ in record.hours}
        total += len(days)
        spans = [(f.began, record.end if f.ended is None else f.ended) for f in faults]
        bad += len({int(begin // DAY) for begin, _ in common(record.hours, spans)})
    return bad, total


def _repeats(records: Sequence[Record], counted: Sequence[Sequence[Fault]]) -> tuple[int, int]:
    """Faults that came back within a week of the repair, and faults that had a week in which they could."""
    again = total = 0
    for record, faults in zip(records, counted, strict=True):
        for i, fault in enumerate(faults):
            if fault.ended is None:
                continue
            following = faults[i + 1].began if i + 1 < len(faults) else math.inf
            came_back = following - fault.ended <= REPEAT_DAYS * DAY
            if came_back or fault.ended + REPEAT_DAYS * DAY <= record.end:
                total += 1
                again += came_back
    return again, total


def _share(part: int, whole: int) -> Estimate:
    """A share with its exact interval (Clopper and Pearson 1934)."""
    low, high = inference.exact_share(part, whole, LEVEL)
    return Estimate(part / whole if whole else math.nan, low, high, part)


def _between(hours: float, faults: int) -> Estimate:
    """Open hours between failures, with the exact interval of a Poisson count (Garwood 1936)."""
    if hours <= 0:
        return Estimate(math.nan, 0.0, math.inf, faults)
    fewest, most = inference.count_limits(faults, LEVEL)
    return Estimate(
        hours / faults if faults >= FEW else math.nan, hours / most, hours / fewest if fewest else math.inf, faults
    )


def _repair(hours: Sequence[float]) -> Estimate:
    """Mean clock hours to repair; the interval takes the logarithms as normal (Cox's method)."""
    from scipy.stats import t

    n = len(hours)
    if n < 2:
        return Estimate(math.nan, 0.0, math.inf, n)
    logs = np.log(np.maximum(hours, 1 / 60))
    middle, spread = float(logs.mean()), float(logs.var(ddof=1))
    reach = float(t.ppf((1 + LEVEL) / 2, n - 1)) * math.sqrt(spread / n + spread**2 / (2 * (n - 1)))
    value = float(np.mean(hours))
    low, high = math.exp(middle + spread / 2 - reach), math.exp(middle + spread / 2 + reach)
    return Estimate(value if n >= FEW else math.nan, min(low, value), max(high, value), n)
