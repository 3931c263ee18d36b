"""One day of a branch, written before it begins: who comes and what chance has decided about them, who sits where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from counterpoint.config.demo import world
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.science import twin

BEFORE, AFTER = 5.0, 60.0  # windows open so many minutes before the doors; people stay so long after closing at most
TAKE_OVER = 60.0  # a shift that has less than this left takes no counter over
PATIENCE_FLOOR = 3.0
LOBBY = "lobby"


@dataclass(frozen=True)
class Visitor:
    """A customer of the day: minute of arrival, wish, patience and minutes of work, all drawn.

    `machine` is the kind of device that the customer uses instead, `alone` the minutes there; `needs_counter` says that
    the machine does not solve it. Others use `device` when the hall guides more than the share `reluctance` to it.
    """

    number: int
    minute: float
    service: str
    tier: str
    patience: float
    work: float
    machine: str = ""
    alone: float = 0.0
    needs_counter: bool = False
    device: str = ""
    reluctance: float = 1.0


@dataclass(frozen=True)
class Seat:
    """Somebody's day at a counter; minutes after local midnight. `speed` divides the minutes of work."""

    staff_no: str
    counter: int
    start: float
    end: float
    lunch: tuple[float, float] | None
    speed: float


@dataclass(frozen=True)
class Place:
    """Somebody who sits at no counter: in the lobby or the back office from a minute on."""

    staff_no: str
    place: str
    minute: float


@dataclass(frozen=True)
class Fault:
    """A device fails and works again."""

    device: str
    minute: float
    until: float


@dataclass(frozen=True)
class Script:
    """The day: visitors by arrival, seats by start, faults."""

    on: date
    opens: float
    closes: float
    visitors: tuple[Visitor, ...]
    seats: tuple[Seat, ...]
    faults: tuple[Fault, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def begins(self) -> float:
        """The first minute at which anything happens."""
        return min([self.opens - BEFORE, *(seat.start for seat in self.seats)])


@dataclass(frozen=True)
class Shift:
    """A rostered day: minutes after midnight, and the skill worked first."""

    staff_no: str
    start: float
    end: float
    lunch: tuple[float, float] | None
    skill: str


def script_of(plan: BranchPlan, on: date, *, seed: int, shifts: Sequence[Shift] = ()) -> Script:
    """The day of a branch; the same seed, plan and roster give the same script."""
    model = world.model_of(plan, on)
    seats = seats_of(plan, model, shifts) if shifts else unrostered(plan, model, on)
    return Script(
        on,
        model.open_minute,
        model.close_minute,
        visitors_of(plan, model, on, seed=seed),
        seats,
        faults_of(plan, on, seed),
        places_of(plan, model, seats, shifts),
    )


def visitors_of(plan: BranchPlan, model: twin.BranchModel, on: date, *, seed: int) -> tuple[Visitor, ...]:
    """Customers in the order of arrival, drawn as the twin draws them."""
    own = (seed * 1000 + int(plan.code[1:])) * 100_000 + on.toordinal() % 100_000
    rates = world.rates_of(plan, model, on, seed=seed)
    frame = twin.draw_customers(model, rates, seed=own).to_frame(model).sort_values("arrival", kind="stable")
    services = {service.code: service for service in model.services}
    tiers = {tier.code: tier for tier in model.tiers}
    found: list[Visitor] = []
    for row in frame.itertuples():
        service, tier = services[row.service], tiers[row.tier]
        uses = _uses_machine(model, service, tier, row.u_triage, row.u_divert)
        found.append(
            Visitor(
                len(found), float(row.arrival), row.service, row.tier, max(PATIENCE_FLOOR, float(row.patience)),
                float(row.counter_minutes), (service.device or "") if uses else "",
                float(row.self_minutes) if service.device else 0.0, bool(row.u_fallback < service.fallback),
                (service.device or "") if tier.divertible else "", float(row.u_divert),
            )
        )  # fmt: skip
    return tuple(found)


def _uses_machine(
    model: twin.BranchModel, service: twin.Service, tier: twin.Tier, u_triage: float, u_divert: float
) -> bool:
    if service.device is None or not tier.divertible or model.triage is None:
        return False
    share = service.divertible * model.uptake * (1.0 if u_triage < model.triage.share else model.unassisted)
    return u_divert < share


def unrostered(plan: BranchPlan, model: twin.BranchModel, on: date) -> tuple[Seat, ...]:
    """A day without a published roster: one able person a counter, lunch in rotation."""
    found = []
    for person in world.staffing_of(plan, model, on).people:
        if person.post not in (None, LOBBY):
            lunch = person.breaks[0] if person.breaks else None
            start = model.open_minute - BEFORE
            found.append(
                Seat(person.code, int(person.post or 0), start, model.close_minute + AFTER, lunch, person.speed)
            )
    return tuple(found)


def seats_of(plan: BranchPlan, model: twin.BranchModel, shifts: Sequence[Shift]) -> tuple[Seat, ...]:
    """The published roster on counters: everybody takes a free counter of their kind, or takes over from who leaves."""
    speeds = {person.staff_no: person.speed for person in plan.people}
    free_at = {number: 0.0 for number, _kind in enumerate(plan.counters, 1)}
    found = []
    for shift in sorted(shifts, key=lambda s: (s.start, s.staff_no)):
        chosen = _counter(plan, shift, free_at)
        if chosen is None:
            continue
        start = max(shift.start, free_at[chosen], model.open_minute - BEFORE)
        end = shift.end if shift.end < model.close_minute else model.close_minute + AFTER
        free_at[chosen] = end
        found.append(Seat(shift.staff_no, chosen, start, end, shift.lunch, speeds.get(shift.staff_no, 1.0)))
    return tuple(found)


def places_of(
    plan: BranchPlan, model: twin.BranchModel, seats: Sequence[Seat], shifts: Sequence[Shift]
) -> tuple[Place, ...]:
    """Who is on duty without a counter: in the lobby, or on call in the back office; without a roster the managers."""
    seated, first = {seat.staff_no for seat in seats}, model.open_minute - BEFORE
    if not shifts:
        managers = sorted(person.staff_no for person in plan.of_role("lobby_manager"))
        return tuple(Place(staff_no, LOBBY, first) for staff_no in managers if staff_no not in seated)
    rest = sorted((s for s in shifts if s.staff_no not in seated), key=lambda s: (s.start, s.staff_no))
    return tuple(Place(s.staff_no, LOBBY if s.skill == LOBBY else "back_office", max(s.start, first)) for s in rest)


def _counter(plan: BranchPlan, shift: Shift, free_at: Mapping[int, float]) -> int | None:
    """The counter of the shift's kind that is free first, soon enough for the shift to be of use."""
    able = [n for n, kind in enumerate(plan.counters, 1) if kind == shift.skill and free_at[n] <= shift.end - TAKE_OVER]
    return min(able, key=lambda n: (max(free_at[n], shift.start), n), default=None)


def faults_of(plan: BranchPlan, on: date, seed: int) -> tuple[Fault, ...]:
    """One machine of the branch fails in the afternoon on two days of five (design default)."""
    chance = np.random.default_rng([seed, on.toordinal(), int(plan.code[1:]), 7])
    machines = [code for code, _name, kind in plan.devices if kind in world.MACHINES]
    if not machines or chance.uniform() > (1.0 if plan.code == "b01" else 0.4):
        return ()
    start = float(np.round(chance.uniform(815, 900)))
    return (Fault(str(chance.choice(machines)), start, start + float(np.round(chance.uniform(25, 70)))),)
