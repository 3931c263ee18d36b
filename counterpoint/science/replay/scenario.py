"""A recorded day as a day of the twin: the same people with the draws that came true, and what was ordered when."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from counterpoint.science import twin
from counterpoint.science.replay.orders import STEP, Orders, break_lengths, strictly_ordered
from counterpoint.science.replay.record import STAFF_KINDS, Event, Recorded, Visit
from counterpoint.science.replay.walk import Walk
from counterpoint.science.twin.model import require

LONGEST_GAP = 15.0
UNMANNED = "~"
RESUMED = -1_000_000  # who comes back after a hold goes first


@dataclass(slots=True)
class Leg:
    """One way to a counter: a ticket, or what followed a hold. Minutes; None while or when it never came.

    ``came`` tells how it ended: served, no_show, held, left, closing, or empty while it goes on. ``gone`` is the minute
    of leaving the queue, ``reason`` why.
    """

    ticket: str
    service: str
    tier: str
    arrival: float
    first: bool = True
    promise: float | None = None
    call: float | None = None
    end: float | None = None
    gone: float | None = None
    counter: str = ""
    speed: float = 1.0
    came: str = ""
    reason: str = ""

    @property
    def waited(self) -> float | None:
        """Minutes in the queue; None while it waits."""
        until = self.call if self.call is not None else self.gone
        return None if until is None else until - self.arrival


@dataclass(frozen=True)
class Scenario:
    """A day to be lived again, as it was or with other decisions.

    ``legs`` are the customers of the twin in order; ``minutes`` the recorded events' minutes, those of one instant a
    billionth apart. ``unexpressed`` counts what the twin cannot act out and how often it happened (see
    docs/explanation/replay.md). ``turnaround``: minutes that a window took between two customers while somebody waited.
    """

    recorded: Recorded
    model: twin.BranchModel
    staffing: twin.Staffing
    legs: tuple[Leg, ...]
    minutes: tuple[float, ...]
    commands: tuple[twin.Command, ...]
    unmanned: tuple[str, ...]
    unexpressed: dict[str, int]
    turnaround: float

    @property
    def shifted(self) -> float:
        """Largest difference in minutes between the record and ``minutes``."""
        pairs = zip(self.recorded.events, self.minutes, strict=True)
        return max((abs(minute - event.minute) for event, minute in pairs), default=0.0)


def scenario(recorded: Recorded, model: twin.BranchModel) -> Scenario:
    """The recorded day on the branch ``model`` (services, counters, tiers, devices; its calling, triage and balking
    are not used: those who came stayed, and people were called by hand).

    A counter and a person can do what they were recorded to do, whatever model and skills say. Raises ModelError when
    the record holds no ticket.
    """
    require(bool(recorded.visits), "The record holds no ticket: there is nothing to live again.")
    walked = _Walked(recorded)
    walked.run()
    built = _model(recorded, model, walked)
    staffing = _staffing(recorded, built, walked)
    legs = tuple(_with_codes(leg, built) for leg in walked.legs)
    commands = tuple(_plain(command, built, walked.legs) for command in walked.commands)
    return Scenario(
        recorded, built, staffing, legs, tuple(walked.minutes), commands, tuple(walked.unmanned), dict(walked.told),
        _turnaround(legs),
    )  # fmt: skip


class _Walked:
    """The record followed once: legs, commands, what could not be expressed."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        self.events = recorded.events
        self.minutes = strictly_ordered(self.events)
        self.visits = {visit.code: visit for visit in recorded.visits}
        self.speeds = {worker.code: worker.speed for worker in recorded.workers}
        self.walk = Walk.of(recorded)
        self.orders = Orders(self.walk)
        self.legs: list[Leg] = []
        self.leg_of: dict[str, int] = {}
        self.commands: list[twin.Command | _Ranked] = []
        self.unmanned: list[str] = []
        self.lanes: dict[str, str] = {}
        self.told: Tally[str] = Tally()
        self.undone = _undone(self.events)
        self.services_at: dict[str, set[str]] = {}
        self.services_of: dict[str, set[str]] = {}

    def run(self) -> None:
        """Follow the day."""
        lengths = break_lengths(self.events, self.minutes, self.recorded.until)
        for i, (event, minute) in enumerate(zip(self.events, self.minutes, strict=True)):
            if event.kind in STAFF_KINDS:
                self._count_staff(event)
                self.commands += self.orders.of(event, minute, lengths.get(i, 0.0))
            elif event.kind == "shut":
                self._shut(minute)
                self.walk.take_in(event)
            elif i not in self.undone:
                getattr(self, f"_{event.kind}")(event, minute)
                self.walk.take_in(event)
            elif event.kind == "call":
                self.told["undone_call"] += 1

    def _count_staff(self, event: Event) -> None:
        if event.kind == "open" and event.what:
            self.told["narrowed_window"] += 1
        if event.kind == "share":
            self.told["guided_at_the_door"] += 1

    def _shut(self, minute: float) -> None:
        for ticket, number in self.leg_of.items():
            leg = self.legs[number]
            if leg.call is None and leg.gone is None:
                leg.gone, leg.came, leg.reason = minute, "closing", "closing"
            elif self.walk.tickets[ticket].state == "held":
                self.told["left_on_hold"] += 1

    def shut_at(self) -> float:
        """When everybody was sent home: the closing, or the last that was told of a ticket after it."""
        moments = [m for leg in self.legs for m in (leg.arrival + STEP, leg.call, leg.end, leg.gone) if m is not None]
        shut = [minute for event, minute in zip(self.events, self.minutes, strict=True) if event.kind == "shut"]
        return max([*moments, *shut[:1]])

    # --- tickets ---

    def _new(self, visit: Visit, arrival: float, *, first: bool) -> Leg:
        leg = Leg(visit.code, visit.service, visit.tier, arrival, first, visit.promise if first else None)
        self.leg_of[visit.code] = len(self.legs)
        self.legs.append(leg)
        return leg

    def _take(self, event: Event, minute: float) -> None:
        visit = self.visits[event.ticket]
        self._new(visit, minute, first=True)
        if visit.after:
            self.told["handed_over"] += 1
        if visit.care:
            self._care(replace(event, value=1.0), minute + STEP / 2)

    def _care(self, event: Event, minute: float) -> None:
        number, visit = self.leg_of[event.ticket], self.visits[event.ticket]
        self.commands.append(_Ranked(minute, number, visit.tier, bool(event.value), False))

    def _first(self, event: Event, minute: float) -> None:
        number, visit = self.leg_of[event.ticket], self.visits[event.ticket]
        care = self.walk.tickets[event.ticket].care
        self.commands.append(_Ranked(minute, number, visit.tier, care, bool(event.value)))

    def _delay(self, event: Event, minute: float) -> None:
        self.told["delayed"] += 1

    def _start(self, event: Event, minute: float) -> None:
        """The twin serves from the call on: the window is taken from then."""

    def _undo(self, event: Event, minute: float) -> None:
        """Passed over together with its call."""

    def _call(self, event: Event, minute: float) -> None:
        self._serve(self.leg_of[event.ticket], event, minute)

    def _resume(self, event: Event, minute: float) -> None:
        self.told["held"] += 1
        self._new(self.visits[event.ticket], minute - STEP / 2, first=False)
        number = self.leg_of[event.ticket]
        self.commands.append(twin.SetPriority(minute - STEP / 4, RESUMED, ticket=number))
        self._serve(number, event, minute)

    def _serve(self, number: int, event: Event, minute: float) -> None:
        leg = self.legs[number]
        counter = event.counter
        if not counter or not self.walk.able(counter) or counter in self.lanes.values():
            counter = self._unmanned()
            self.told["no_free_window"] += 1
        else:
            who = self.walk.sitting(counter)
            leg.speed = self.speeds.get(who, 1.0)
            self.services_of.setdefault(who, set()).add(leg.service)
        self.lanes[leg.ticket] = counter
        self.services_at.setdefault(counter, set()).add(leg.service)
        leg.call, leg.counter = minute, counter
        self.commands.append(twin.CallNext(minute, counter, number))

    def _unmanned(self) -> str:
        free = (lane for lane in self.unmanned if lane not in self.lanes.values())
        lane = next(free, f"{UNMANNED}{len(self.unmanned) + 1}")
        if lane not in self.unmanned:
            self.unmanned.append(lane)
        return lane

    def _finish(self, event: Event, minute: float, came: str) -> None:
        leg = self.legs[self.leg_of[event.ticket]]
        if leg.call is None:
            self.told["ended_uncalled"] += 1
            leg.gone, leg.came, leg.reason = minute, "left", "ended_uncalled"
        elif leg.end is None:
            leg.end, leg.came = minute, came
            self.lanes.pop(event.ticket, None)

    def _hold(self, event: Event, minute: float) -> None:
        self._finish(event, minute, "held")

    def _end(self, event: Event, minute: float) -> None:
        held = self.legs[self.leg_of[event.ticket]].end is not None
        self._finish(event, minute, "served")
        if held:
            self.told["ended_on_hold"] += 1

    def _no_show(self, event: Event, minute: float) -> None:
        self.told["no_show"] += 1
        self._finish(event, minute, "no_show")

    def _leave(self, event: Event, minute: float) -> None:
        leg = self.legs[self.leg_of[event.ticket]]
        if leg.call is not None:
            self.told["left_on_hold" if leg.end is not None else "left_the_counter"] += 1
            self._finish(event, minute, "left")
            return
        if event.what in ("diverted", "cancelled"):
            self.told[event.what] += 1
        leg.gone, leg.came, leg.reason = minute, "left", event.what or "abandoned"


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A mark for care, or of a ticket taken first, made a command once the model's priorities are known."""

    minute: float
    number: int
    tier: str
    care: bool
    first: bool


def _undone(events: Sequence[Event]) -> frozenset[int]:
    """Calls that were taken back, with what took them back and the starts between."""
    last: dict[str, int] = {}
    found: set[int] = set()
    for i, event in enumerate(events):
        if event.kind == "call":
            last[event.ticket] = i
        elif event.kind == "undo" and event.ticket in last:
            found |= {last.pop(event.ticket), i}
    return frozenset(found)


def _model(recorded: Recorded, model: twin.BranchModel, walked: _Walked) -> twin.BranchModel:
    """The branch of that day: all that was served there can be, nobody turns round, windows call by hand."""
    known = set(model.service_codes)
    strange = sorted({leg.service for leg in walked.legs} - known)
    if strange:
        walked.told["unknown_service"] += sum(leg.service in strange for leg in walked.legs)
    walked.told["unknown_tier"] += sum(leg.tier not in model.tier_codes for leg in walked.legs if leg.first)
    walked.told["still_at_counter"] += sum(leg.call is not None and leg.end is None for leg in walked.legs)
    walked.told = +walked.told
    services = tuple(
        replace(s, divertible=0.0, onward=None, form_share=0.0, authorised=0.0, assisted=0.0, cash=None)
        for s in model.services
    )  # the record has it all in it already
    services += tuple(twin.Service(code, _lasted(walked.legs, code)) for code in strange)
    codes = {c.code for c in model.counters}
    places = [*model.counters, *(twin.Counter(c, ()) for c in sorted(_counters(recorded, walked) - codes))]
    opened = set(recorded.opened) | set(walked.unmanned)
    counters = tuple(_counter(recorded, c, walked.services_at, opened) for c in places)
    first = walked.minutes[0] if walked.minutes else 0.0
    closes = walked.shut_at() if recorded.closed else recorded.until + 1.0
    return replace(
        model, services=services, counters=counters,
        devices=tuple(replace(d, up=d.code not in recorded.down) for d in model.devices),
        triage=None, balking=None, uptake=1.0, calling="manual", pace=(), switch_minutes=0.0, cash=None,
        delays=twin.Delays(),  # what is recorded is when it took effect
        open_minute=min(model.open_minute, first, closes - 1.0), close_minute=closes,
        overrun_minutes=0.0 if recorded.closed else 1440.0,
    )  # fmt: skip


def _counters(recorded: Recorded, walked: _Walked) -> set[str]:
    named = {e.counter for e in recorded.events if e.counter and (e.kind in STAFF_KINDS)}
    return named | set(recorded.opened) | set(walked.unmanned) | {c for c in walked.services_at if c}


def _counter(recorded: Recorded, counter: twin.Counter, served: dict[str, set[str]], opened: set[str]) -> twin.Counter:
    """What the counter could call: its equipment, or what its window was narrowed to; always what it did serve."""
    mine = [e for e in recorded.events if e.kind == "open" and e.counter == counter.code]
    able = set(counter.services)
    if mine and all(e.what for e in mine):
        able &= {service for e in mine for service in e.what.split(",")}
    if recorded.inferred and counter.services == ():
        able |= {s for w in recorded.workers if w.code == counter.code for s in w.skills}
    able |= served.get(counter.code, set())
    return twin.Counter(counter.code, tuple(sorted(able)), counter.code in opened)


def _lasted(legs: Sequence[Leg], service: str) -> twin.Duration:
    spans = [leg.end - leg.call for leg in legs if leg.service == service and leg.call and leg.end]
    return twin.Duration(max(0.5, float(np.mean(spans))) if spans else 8.0)


def _staffing(recorded: Recorded, model: twin.BranchModel, walked: _Walked) -> twin.Staffing:
    known = {worker.code: worker for worker in recorded.workers}
    people = sorted({e.person for e in recorded.events if e.person and e.kind in STAFF_KINDS} | set(known))
    shift = ((0.0, model.close_minute + model.overrun_minutes + 1440.0),)
    rows = []
    for code in people:
        skills = set(known[code].skills) if code in known else set(model.service_codes)
        skills = (skills & set(model.service_codes)) | walked.services_of.get(code, set())
        speed = known[code].speed if code in known else 1.0
        rows.append(twin.Person(code, tuple(sorted(skills)), shift, (), None, speed))
    rows += [twin.Person(lane, model.service_codes, shift, (), lane) for lane in walked.unmanned]
    return twin.Staffing(tuple(rows))


def _plain(command: twin.Command | _Ranked, model: twin.BranchModel, legs: Sequence[Leg]) -> twin.Command:
    if not isinstance(command, _Ranked):
        return command
    own = next((t.priority for t in model.tiers if t.code == command.tier), max(t.priority for t in model.tiers))
    first = min(tier.priority for tier in model.tiers)
    urgent = model.services[model.index("service", legs[command.number].service)].priority
    rank = (min(own, first) if command.care else own) + urgent - command.first
    return twin.SetPriority(command.minute, rank, ticket=command.number)


def ranked(scenario: Scenario, event: Event, minute: float, walk: Walk) -> twin.Command:
    """The order to call a ticket of the day before the others of its rank, or to put it back; ``walk`` stands there."""
    legs = scenario.legs
    number = next((i for i, leg in enumerate(legs) if leg.ticket == event.ticket and leg.first), -1)
    require(number >= 0 and event.ticket in walk.tickets, f"There is no ticket {event.ticket!r} at minute {minute:g}.")
    care = walk.tickets[event.ticket].care
    return _plain(_Ranked(minute, number, legs[number].tier, care, bool(event.value)), scenario.model, legs)


def _with_codes(leg: Leg, model: twin.BranchModel) -> Leg:
    if leg.tier not in model.tier_codes:
        leg.tier = max(model.tiers, key=lambda tier: tier.priority).code
    return leg


def _turnaround(legs: Sequence[Leg]) -> float:
    """Mean minutes between an end and the next call at a window while the one called was already waiting."""
    served = sorted((leg for leg in legs if leg.call is not None and leg.counter), key=lambda leg: leg.call or 0.0)
    last: dict[str, Leg] = {}
    gaps: list[float] = []
    for leg in served:
        before = last.get(leg.counter)
        last[leg.counter] = leg
        if before is None or before.end is None or leg.call is None or leg.arrival > before.end:
            continue
        if leg.call - before.end <= LONGEST_GAP:
            gaps.append(leg.call - before.end)
    return float(np.mean(gaps)) if gaps else 0.0
