"""The hall as the player remembers it, and what must happen next in it. Pure: no database, no clock.

All times are minutes after local midnight of the day being played.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from counterpoint.config.demo.script import Script, Seat, Visitor

CALL_PAUSE = 0.15  # minutes between a finished customer and the next call
WALK = (0.25, 0.7)  # minutes from the call to the counter
SETTLE = 15.0  # minutes after closing before the day is closed
UNKNOWN_PATIENCE = 40.0


@dataclass
class Chair:
    """A counter now. `since` is when the present state began: idle, called or serving."""

    counter: int
    open: bool = False
    staff_no: str = ""
    away_until: float | None = None
    services: frozenset[str] = frozenset()
    ticket: str = ""
    state: str = ""
    since: float = 0.0

    @property
    def idle(self) -> bool:
        """Open, somebody sits there, nobody is served."""
        return self.open and bool(self.staff_no) and self.away_until is None and not self.ticket


@dataclass(frozen=True)
class Paper:
    """A waiting ticket: when it was taken, for what, and by which visitor (None: a real person took it)."""

    ticket: str
    service: str
    taken: float
    visitor: int | None


@dataclass(frozen=True, order=True)
class Cue:
    """Something that is due: the minute, its rank among equal minutes, what, and about whom."""

    minute: float
    rank: int
    what: str
    about: str = ""
    number: int = -1


ORDER = (
    "restored", "fault", "break_end", "place", "open", "finish", "break_start", "close", "start", "arrive", "abandon",
    "call", "day_close",
)  # fmt: skip
RANKS = {name: rank for rank, name in enumerate(ORDER)}


@dataclass
class Stage:
    """What the player knows of one branch day."""

    script: Script
    chairs: dict[int, Chair] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    visitor_of: dict[str, int] = field(default_factory=dict)
    coming: int = 0
    at_machine: dict[int, float] = field(default_factory=dict)
    blocked: dict[tuple[str, str, int], float] = field(default_factory=dict)
    by_hand: set[int] = field(default_factory=set)
    closed: bool = False

    def next(self) -> Cue | None:
        """The cue that is due first; None when the day is over."""
        if self.closed:
            return None
        return min((cue for cue in self._cues() if self._free(cue)), default=None)

    def block(self, cue: Cue, minutes: float = 1.0) -> None:
        """A cue that the hall refused is tried again later, so that one refusal does not stop the day."""
        self.blocked[cue.what, cue.about, cue.number] = cue.minute + minutes

    def work_of(self, ticket: str, seat_speed: float) -> float:
        """Minutes of work of a ticket; drawn from its id when a real person took it."""
        number = self.visitor_of.get(ticket)
        if number is None:
            return 2.0 + 8.0 * fraction(ticket)
        return self.script.visitors[number].work / seat_speed

    def _luck(self, ticket: str) -> float:
        """A number in 0–1 of the customer, not of the ticket's id, so that every run of the day is the same."""
        number = self.visitor_of.get(ticket)
        return fraction(ticket if number is None else f"{self.script.on}:{number}")

    def _free(self, cue: Cue) -> bool:
        return cue.minute >= self.blocked.get((cue.what, cue.about, cue.number), -1.0)

    def _cues(self) -> Iterator[Cue]:
        yield from self._arrivals()
        for chair in self.chairs.values():
            yield from self._chair(chair)
        for seat in self.script.seats:
            yield from self._seat(seat)
        for place in self.script.places:
            if f"place:{place.staff_no}" not in self.done:
                yield self._cue("place", place.minute, place.staff_no)
        for fault in self.script.faults:
            if f"fault:{fault.device}" not in self.done:
                yield self._cue("fault", fault.minute, fault.device)
            elif f"restored:{fault.device}" not in self.done:
                yield self._cue("restored", fault.until, fault.device)
        for paper in self.papers.values():
            yield self._cue("abandon", paper.taken + self._patience(paper), paper.ticket)
        if f"day:{self.script.on}" not in self.done:
            yield from self._closing()

    def _cue(self, what: str, minute: float, about: str = "", number: int = -1) -> Cue:
        held = self.blocked.get((what, about, number), minute)
        return Cue(max(minute, held), RANKS[what], what, about, number)

    def _arrivals(self) -> Iterator[Cue]:
        """The next visitor at the door, and those whom a machine could not help, when they give up on it."""
        if self.coming < len(self.script.visitors):
            visitor = self.script.visitors[self.coming]
            yield self._cue("arrive", visitor.minute, number=visitor.number)
        for number, minute in self.at_machine.items():
            yield self._cue("arrive", minute, "counter", number)

    def _chair(self, chair: Chair) -> Iterator[Cue]:
        if chair.counter in self.by_hand:
            return
        about = str(chair.counter)
        if chair.state == "called":
            low, high = WALK
            yield self._cue("start", chair.since + low + (high - low) * self._luck(chair.ticket), about)
        elif chair.state == "serving":
            yield self._cue("finish", chair.since + self.work_of(chair.ticket, self._speed(chair)), about)
        elif chair.idle:
            waiting = [paper.taken for paper in self.papers.values() if paper.service in chair.services]
            if waiting and not self._lunch_due(chair):
                yield self._cue("call", max(chair.since, min(waiting)) + CALL_PAUSE, about)

    def _seat(self, seat: Seat) -> Iterator[Cue]:
        chair = self.chairs.get(seat.counter)
        name = f"{seat.staff_no}:{seat.counter}"
        if f"open:{name}" not in self.done:
            yield self._cue("open", seat.start, name, seat.counter)
        elif chair is not None and chair.staff_no == seat.staff_no and seat.counter not in self.by_hand:
            if chair.away_until is not None:
                yield self._cue("break_end", chair.away_until, seat.staff_no, seat.counter)
            elif seat.lunch and not chair.ticket and f"lunch:{seat.staff_no}" not in self.done:
                yield self._cue("break_start", max(seat.lunch[0], chair.since), seat.staff_no, seat.counter)
            if chair.idle and f"close:{name}" not in self.done:
                yield from self._leave(seat, chair, name)

    def _leave(self, seat: Seat, chair: Chair, name: str) -> Iterator[Cue]:
        """At the end of the shift; after closing as soon as nobody waits for this counter."""
        waited_for = any(paper.service in chair.services for paper in self.papers.values())
        if seat.end < self.script.closes or waited_for:
            yield self._cue("close", max(seat.end, chair.since), name, seat.counter)
        else:
            yield self._cue("close", max(self.script.closes + 2, chair.since), name, seat.counter)

    def _closing(self) -> Iterator[Cue]:
        if not any(chair.ticket for chair in self.chairs.values()):
            late = max([self.script.closes, *(chair.since for chair in self.chairs.values())])
            everyone = all(f"close:{seat.staff_no}:{seat.counter}" in self.done for seat in self.script.seats)
            yield self._cue("day_close", (late if everyone else self.script.closes + 60) + SETTLE)

    def _lunch_due(self, chair: Chair) -> bool:
        seat = self.seat_at(chair)
        return bool(seat and seat.lunch and chair.since >= seat.lunch[0] and f"lunch:{seat.staff_no}" not in self.done)

    def seat_at(self, chair: Chair) -> Seat | None:
        """The seat of the script that is now taken at a counter."""
        mine = (s for s in self.script.seats if s.counter == chair.counter and s.staff_no == chair.staff_no)
        return next(mine, None)

    def _speed(self, chair: Chair) -> float:
        seat = self.seat_at(chair)
        return seat.speed if seat else 1.0

    def _patience(self, paper: Paper) -> float:
        return self.visitor(paper).patience if paper.visitor is not None else UNKNOWN_PATIENCE

    def visitor(self, paper: Paper) -> Visitor:
        """The visitor who holds the ticket."""
        assert paper.visitor is not None
        return self.script.visitors[paper.visitor]


def fraction(word: str) -> float:
    """A number in 0–1 that belongs to a word, the same on every machine."""
    return float(np.random.default_rng(list(word.encode())).uniform())
