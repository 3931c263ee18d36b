"""What people or other systems know of days beforehand, as the forecast wants it: tags, and amounts against the usual.

Pure, and without the science libraries.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterpoint.science.demand import DayInfo

EVENT = "event:"  # before the name, so that no event is taken for a payday
ENOUGH = 20  # past days with an amount before the forecast learns from it
FURTHEST = 4.0  # standard deviations; what lies further counts as this


@dataclass(frozen=True)
class Known:
    """One thing known of a day; `amount` None: it happens."""

    date: date
    name: str
    amount: float | None = None


def with_known(
    days: Sequence[DayInfo], known: Iterable[Known], since: date
) -> tuple[tuple[DayInfo, ...], dict[str, int]]:
    """The days with what is known of them, and the names that cannot be learnt from yet, each with its past days.

    An event is a tag. An amount is told in standard deviations from the mean of the open days before `since`; a day
    that nobody told anything of counts as usual.
    """
    opened = {day.date for day in days if day.is_open}
    events: dict[date, set[str]] = {}
    amounts: dict[str, dict[date, float]] = {}
    for one in known:
        if one.date not in opened:
            continue
        if one.amount is None:
            events.setdefault(one.date, set()).add(EVENT + one.name)
        else:
            amounts.setdefault(one.name, {})[one.date] = one.amount
    scaled: dict[date, dict[str, float]] = {}
    few: dict[str, int] = {}
    for name, told in amounts.items():
        past = [amount for on, amount in told.items() if on < since]
        if len(past) < ENOUGH or len(set(past)) == 1:
            few[name] = len(past)
            continue
        for on, value in _scaled(told, past).items():
            scaled.setdefault(on, {})[name] = value
    out = [
        replace(day, tags=day.tags | events.get(day.date, set()), weather=scaled.get(day.date) or day.weather)
        for day in days
    ]
    return tuple(out), few


def _scaled(told: Mapping[date, float], past: Sequence[float]) -> dict[date, float]:
    middle, spread = statistics.fmean(past), statistics.stdev(past)
    return {on: max(-FURTHEST, min(FURTHEST, (amount - middle) / spread)) for on, amount in told.items()}
