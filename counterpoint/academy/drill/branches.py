"""A branch for a game: a branch model as the twin takes it, or the player's own as the what-if page hands it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from counterpoint.academy.catalogue.branch_models import LOBBY, USUAL, BranchModelBody, DayType
from counterpoint.academy.science import twin
from counterpoint.primitives.content import minute_of

HALVES = 2  # half hours in an hour
FORM = 0.5  # spread of times at machines


class Inputs(Protocol):
    """The player's own branch on a usual day, as `onsite.whatif.translate.inputs` makes it. `rates` are services × half
    hours from minute `start`, or paths of them."""

    @property
    def model(self) -> twin.BranchModel: ...
    @property
    def staffing(self) -> twin.Staffing: ...
    @property
    def commands(self) -> Sequence[Any]: ...
    @property
    def rates(self) -> NDArray[Any]: ...
    @property
    def start(self) -> float: ...


@dataclass(frozen=True)
class Branch:
    """A branch on the day to be played; `rates` are paths × services × half hours from minute `start`."""

    model: twin.BranchModel
    staffing: twin.Staffing
    rates: NDArray[Any]
    start: float
    given: tuple[twin.Command, ...] = ()


def own_branch(inputs: Inputs, like: BranchModelBody, day: str) -> Branch:
    """The player's own branch; a special day is as much busier than a usual one, hour by hour and service by service,
    as it is at the branch model."""
    rates = np.asarray(inputs.rates, dtype=np.float64)
    rates = rates[None] if rates.ndim == 2 else rates
    codes = inputs.model.service_codes
    factor = np.array([_factors(like, day, code, inputs.start, rates.shape[2]) for code in codes])
    model = replace(inputs.model, delays=twin.planned_delays())
    return Branch(model, inputs.staffing, rates * factor[None], float(inputs.start), tuple(inputs.commands))


def _factors(like: BranchModelBody, day: str, service: str, start: float, width: int) -> list[float]:
    """Of a service by half hour: the day against the usual one; 1 where the model has no customers."""
    usual, special = like.days[USUAL], like.days.get(day, like.days[USUAL])
    opens = minute_of(like.opens)
    found = []
    for slot in range(width):
        hour = int(start + 30 * slot - opens) // 60
        inside = 0 <= hour < len(usual.hours) and usual.hours[hour] > 0
        busier = special.hours[hour] / usual.hours[hour] if inside else 1.0
        found.append(busier * _mix(like, special).get(service, 1.0) / (_mix(like, usual).get(service, 1.0) or 1.0))
    return found


def _mix(body: BranchModelBody, day: DayType) -> dict[str, float]:
    """Factor of each service's share on a day, so that all shares still add up to 1."""
    total = sum(one.share * day.more.get(one.key, 1.0) for one in body.services)
    return {one.key: day.more.get(one.key, 1.0) / total for one in body.services}


def model_branch(body: BranchModelBody, day: str) -> Branch:
    """A branch model on a day of a type; the usual day where it has no such type."""
    kinds = {one.kind for one in body.machines}
    services = tuple(
        twin.Service(
            one.key, twin.Duration(one.minutes, one.cv), device=one.device if one.device in kinds else None,
            self_service=twin.Duration(one.self_minutes, FORM) if one.device in kinds else None,
            divertible=one.divertible if one.device in kinds else 0.0,
        )
        for one in body.services
    )  # fmt: skip
    tiers = tuple(
        twin.Tier(one.key, one.share, one.priority, one.promise, one.patience, one.guided) for one in body.tiers
    )
    opens, closes = body.span
    model = twin.BranchModel(
        services,
        tuple(twin.Counter(str(one.number), _able(body, one.skills)) for one in body.windows),
        tiers, tuple(twin.Device(one.code, one.kind) for one in body.machines), triage=twin.Triage(),
        open_minute=float(opens), close_minute=float(closes), delays=twin.planned_delays(),
    )  # fmt: skip
    return Branch(model, _staffing(body), rates_of(body, day)[None], float(opens))


def rates_of(body: BranchModelBody, day: str) -> NDArray[Any]:
    """Expected customers, services × half hours from opening."""
    kind = body.days.get(day, body.days[USUAL])
    mix = _mix(body, kind)
    shares = np.array([one.share * mix[one.key] for one in body.services])
    halves = np.repeat(np.array(kind.hours, dtype=np.float64) / HALVES, HALVES)
    return np.ascontiguousarray(np.outer(shares, halves))


def _able(body: BranchModelBody, skills: Sequence[str]) -> tuple[str, ...]:
    return tuple(one.key for one in body.services if one.skill in skills)


def _staffing(body: BranchModelBody) -> twin.Staffing:
    return twin.Staffing(
        tuple(
            twin.Person(
                one.code, _able(body, one.skills),
                ((float(minute_of(one.shift[0])), float(minute_of(one.shift[1]))),),
                ((float(minute_of(one.lunch)), float(one.lunch_minutes)),) if one.lunch else (),
                LOBBY if one.post == LOBBY else one.post or None, one.speed,
            )
            for one in body.staff
        )
    )  # fmt: skip
