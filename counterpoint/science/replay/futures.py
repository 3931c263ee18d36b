"""Living the day again: as it was, or with another decision from a minute on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from counterpoint.science import twin
from counterpoint.science.replay.orders import Orders, break_lengths
from counterpoint.science.replay.record import STAFF_KINDS, Event, Recorded
from counterpoint.science.replay.scenario import Scenario, ranked
from counterpoint.science.replay.unknown import Draws
from counterpoint.science.replay.walk import Walk
from counterpoint.science.twin.commands import encode_commands
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray
from counterpoint.science.twin.model import require

Past = tuple[twin.State, np.ndarray]
TOLERANCE = 1e-6
DECIDABLE = STAFF_KINDS | {"first"}


@dataclass(frozen=True)
class Change:
    """What is decided otherwise: events put in (``DECIDABLE``, none before the fork) and recorded ones left out."""

    events: tuple[Event, ...] = ()
    without: frozenset[int] = frozenset()


NOTHING = Change()


@dataclass(frozen=True)
class Replayed:
    """The day lived again as it was. ``worst`` is the largest difference to the record in minutes, by kind of event;
    ``missing`` tells of recorded events that did not come."""

    day: twin.DayResult
    worst: dict[str, float]
    missing: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether every event came within a millionth of a minute."""
        return not self.missing and max(self.worst.values(), default=0.0) <= TOLERANCE

    def summary(self) -> dict[str, object]:
        """Exactness in three numbers."""
        return {"exact": self.exact, "worst": max(self.worst.values(), default=0.0), "missing": len(self.missing)}


def replay(scenario: Scenario, *, seed: int) -> Replayed:
    """Run the day as it was and hold every take, call, end and leaving against the record."""
    start = twin.initial_state(scenario.model, scenario.staffing, Draws(scenario, seed=seed).table(0))
    end = np.inf if scenario.recorded.closed else scenario.recorded.until + TOLERANCE
    state, events = twin.advance(start, end, scenario.commands)
    day = twin.DayResult(state, events, twin.outcome(state))
    times, status = day.result.times, day.result.codes[:, 4]
    worst = dict.fromkeys(("take", "call", "end", "leave"), 0.0)
    missing: list[str] = []

    def hold(kind: str, ticket: str, wanted: float | None, found: float) -> None:
        if wanted is None:
            return
        if np.isnan(found):
            missing.append(f"{kind} {ticket}")
        else:
            worst[kind] = max(worst[kind], abs(wanted - float(found)))

    for i, leg in enumerate(scenario.legs):
        hold("take", leg.ticket, leg.arrival, times[i, 0])
        hold("call", leg.ticket, leg.call, times[i, 3])
        hold("end", leg.ticket, leg.end, times[i, 4] if status[i] == lay.SERVED else np.nan)
        gone = status[i] in (lay.ABANDONED, lay.DISMISSED)
        hold("leave", leg.ticket, leg.gone, times[i, 4] if gone else np.nan)
        if leg.call is None and leg.gone is None and status[i] != lay.HAS_TICKET:
            missing.append(f"wait {leg.ticket}")
    return Replayed(day, worst, tuple(missing))


def standing(scenario: Scenario, minute: float, *, seed: int, number: int = 0) -> twin.State:
    """The twin as the day stood just before ``minute``, people calling by hand."""
    state = _begun(scenario, Draws(scenario, seed=seed).table(number))
    return twin.advance(state, minute, log=False)[0]


def _begun(scenario: Scenario, people: twin.CustomerTable, commands: FloatArray | None = None) -> twin.State:
    state = twin.initial_state(scenario.model, scenario.staffing, people)
    if commands is None:
        commands = encode_commands(scenario.commands, scenario.model, scenario.staffing)
    return replace(state, commands=commands)


@dataclass
class Fork:
    """The day up to ``at`` as it was, from there with ``change``; windows call by themselves from then on.

    What was ordered later in the record is ordered too, at its minute, unless ``change`` leaves it out. A window takes
    the scenario's ``turnaround`` between two customers.
    """

    scenario: Scenario
    at: float
    change: Change
    draws: Draws
    before: FloatArray = field(init=False)
    after: FloatArray = field(init=False)
    extra: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self._check()
        scenario, model, staffing = self.scenario, self.scenario.model, self.scenario.staffing
        self.before = encode_commands([c for c in scenario.commands if c.minute < self.at], model, staffing)
        self.after = encode_commands(self._orders(), model, staffing)
        open_ended = np.array([leg.call is None or leg.call >= self.at for leg in scenario.legs])
        speed = np.array([leg.speed for leg in scenario.legs])
        logged = open_ended & ~np.isnan(self.draws.work)  # drawn work is the model's, with its own turnaround in it
        self.extra = np.where(logged, scenario.turnaround * speed, 0.0)

    def _check(self) -> None:
        recorded, minutes = self.scenario.recorded, self.scenario.minutes
        require(self.at <= recorded.until, f"The day is known up to minute {recorded.until:g}, not {self.at:g}.")
        wrong = [e.kind for e in self.change.events if e.kind not in DECIDABLE]
        require(not wrong, f"{wrong[:1]} is nothing that somebody decides.")
        early = [e for e in self.change.events if e.minute < self.at]
        early += [recorded.events[i] for i in sorted(self.change.without) if minutes[i] < self.at]
        require(not early, f"{early[:1]} lies before the fork at minute {self.at:g}: what has happened stays.")

    def _orders(self) -> list[twin.Command]:
        """Recorded and changed orders from the fork on, merged; the marks for care too; unmanned windows close."""
        recorded, minutes = self.scenario.recorded, self.scenario.minutes
        walk = Walk.of(recorded)
        orders = Orders(walk)
        later: list[tuple[float, Event]] = []
        for i, (event, minute) in enumerate(zip(recorded.events, minutes, strict=True)):
            if minute < self.at:
                if event.kind in STAFF_KINDS:
                    orders.of(event, minute, 0.0)
                else:
                    walk.take_in(event)
            elif event.kind in STAFF_KINDS and i not in self.change.without:
                later.append((minute, event))
        walk.busy.clear()
        recorded_shares = dict(walk.shares)
        later += [(event.minute, event) for event in self.change.events]
        later.sort(key=lambda pair: pair[0])
        lengths = break_lengths([e for _m, e in later], [m for m, _e in later], recorded.until)
        found: list[twin.Command] = [twin.CloseCounter(self.at, lane) for lane in self.scenario.unmanned]
        chosen = set(map(id, self.change.events))
        for i, (minute, event) in enumerate(later):
            if event.kind == "first":
                found.append(ranked(self.scenario, event, minute, walk))
                continue
            found += orders.of(event, minute, lengths.get(i, 0.0))
            if event.kind == "share":
                found.append(self._guided(event, minute, recorded_shares, id(event) in chosen))
        kept = (twin.SetPriority,)
        return found + [c for c in self.scenario.commands if c.minute >= self.at and isinstance(c, kept)]

    def _guided(self, event: Event, minute: float, recorded: dict[str, float], chosen: bool) -> twin.Command:
        """Those who took a ticket had passed the guiding of that day: only a larger share changes their way."""
        if not chosen:
            recorded[event.what] = event.value
            return twin.SetDiversion(minute, event.what, 0.0)
        was = recorded.get(event.what, 0.0)
        share = 0.0 if was >= 1.0 else max(0.0, (event.value - was) / (1.0 - was))
        return twin.SetDiversion(minute, event.what, share)

    def past(self, number: int, *, log: bool = False) -> Past:
        """One draw up to the fork and its events: the same for every change at this minute."""
        state = _begun(self.scenario, self.draws.table(number, extra=self.extra), self.before)
        return twin.advance(state, self.at, log=log)

    def begin(self, number: int, *, log: bool = False, past: Past | None = None) -> Past:
        """The state at the fork in one draw, calling by itself from now on, and the events before. ``past``: that of
        another fork of the same day, minute and draws."""
        state, events = past or self.past(number, log=log)
        state = replace(state.copy(), model=replace(state.model, calling="auto"), commands=self.after)
        state.st[lay.MANUAL], state.st[lay.NEXT_COMMAND] = 0, 0
        return state, events

    def run(self, number: int, *, log: bool = False, past: Past | None = None) -> twin.DayResult:
        """One draw of the future, to the end of the record."""
        state, before = self.begin(number, log=log, past=past)
        end = np.inf if self.scenario.recorded.closed else self.scenario.recorded.until
        state, events = twin.advance(state, end, log=log)
        return twin.DayResult(state, np.concatenate([before, events]), twin.outcome(state))


def changed(scenario: Scenario, at: float, change: Change = NOTHING, *, seed: int) -> Fork:
    """Fork the day at minute ``at``; :meth:`Fork.run` lives one draw of it.

    Raises ModelError when the change touches what lies before ``at`` or names people and places that do not exist.
    """
    return Fork(scenario, at, change, Draws(scenario, seed=seed))


def without(scenario: Scenario, position: int) -> Change:
    """One recorded decision left out; the end of a break goes with its beginning."""
    recorded = scenario.recorded
    require(position in recorded.decisions(), f"Event {position} of the record is no decision.")
    event = recorded.events[position]
    dropped = {position}
    if event.kind == "break":
        dropped |= _back_of(recorded, position)
    return Change((), frozenset(dropped))


def _back_of(recorded: Recorded, position: int) -> set[int]:
    """The return from a break, when it is the next that is told of the person."""
    person = recorded.events[position].person
    for i in range(position + 1, len(recorded.events)):
        event = recorded.events[i]
        if event.person == person and event.kind in STAFF_KINDS:
            return {i} if event.kind == "back" else set()
    return set()


def moved_break(scenario: Scenario, position: int, to: float) -> Change:
    """A recorded break begins at minute ``to`` instead and lasts as long; the person returns to where they did."""
    recorded, minutes = scenario.recorded, scenario.minutes
    event = recorded.events[position]
    require(event.kind == "break", f"Event {position} of the record is no break.")
    back = _back_of(recorded, position)
    length = break_lengths(recorded.events, minutes, recorded.until)[position]
    start = Event(to, "break", person=event.person, value=length)
    ends = [replace(recorded.events[i], minute=to + length) for i in back]
    return Change((start, *ends), frozenset({position} | back))


def sequence(changes: Sequence[Change]) -> Change:
    """Several changes at once."""
    return Change(tuple(e for c in changes for e in c.events), frozenset().union(*(c.without for c in changes)))
