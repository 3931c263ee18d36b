"""The indicators of a risk in the reader's words: their names, what was read last, and the bound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from counterpoint.foundation.api import OrgUnit
from counterpoint.primitives.metrics import UnknownMetric, metric_of, telling
from counterpoint.risk.models import RiskIndicator
from counterpoint.risk.register.kinds import RiskBody
from counterpoint.risk.register.shown import STATE
from counterpoint.ui import reader


@dataclass(frozen=True)
class Watched:
    """An indicator as the page shows it; without a key where nobody defines the number any more."""

    key: str
    name: str
    value: str
    bound: str
    state: str
    state_name: str


def told(unit: OrgUnit, body: RiskBody, held: Iterable[RiskIndicator], on: date) -> list[Watched]:
    """The indicators in the order of the definition; those that it no longer names come last, without a bound."""
    places = {one.metric: place for place, one in enumerate(body.indicators)}
    return [_one(unit, body, one, on) for one in sorted(held, key=lambda i: places.get(i.metric, len(places)))]


def _one(unit: OrgUnit, body: RiskBody, held: RiskIndicator, on: date) -> Watched:
    state = (held.state, str(STATE[held.state]))
    try:
        metric = metric_of(held.metric, on, unit.rule_pack, unit.path)
    except UnknownMetric:
        return Watched("", held.metric, "–", "", *state)
    limit = next((one for one in body.indicators if one.metric == held.metric), None)
    bound = ""
    if limit is not None:
        sign, at = ("≤", limit.high) if limit.high is not None else ("≥", limit.low)
        bound = f"{sign} {telling.number(metric, at)}"
    return Watched(held.metric, metric.name(reader.language()), telling.number(metric, held.value), bound, *state)
