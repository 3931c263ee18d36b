"""Following a day event by event: who waits, who is served where, who sits where, what is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from counterpoint.science.replay.record import TICKET_KINDS, Event, Recorded


@dataclass(slots=True)
class Place:
    """Where a person is; on a break ``counter`` is the one left. ``since`` and ``until`` (of a break) in minutes."""

    where: str
    counter: str = ""
    since: float = 0.0
    until: float | None = None


@dataclass(slots=True)
class Standing:
    """A ticket as it stands: waiting, called, serving, held or over, with the minutes of the last change of each."""

    state: str
    counter: str = ""
    person: str = ""
    called: float | None = None
    started: float | None = None
    held: float | None = None
    not_before: float | None = None
    care: bool = False
    first: bool = False
    reason: str = ""


@dataclass
class Walk:
    """The hall as it stood, moved on by :meth:`take_in`. The rules are those of the hall's own actions."""

    open: dict[str, float] = field(default_factory=dict)
    narrowed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    people: dict[str, Place] = field(default_factory=dict)
    tickets: dict[str, Standing] = field(default_factory=dict)
    busy: dict[str, str] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    shares: dict[str, float] = field(default_factory=dict)
    care: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, recorded: Recorded) -> Walk:
        """The hall before the first event."""
        return cls(
            dict.fromkeys(recorded.opened, 0.0), down=set(recorded.down), shares=dict(recorded.shares),
            care={visit.code: visit.care for visit in recorded.visits},
        )  # fmt: skip

    def sitting(self, counter: str) -> str:
        """Who sits at the counter; empty when nobody does."""
        return next((p for p, at in self.people.items() if at.where == "counter" and at.counter == counter), "")

    def able(self, counter: str) -> bool:
        """Whether the counter may call now: open, somebody there, nobody before it."""
        return counter in self.open and counter not in self.busy and bool(self.sitting(counter))

    def take_in(self, event: Event) -> None:
        """One event more."""
        if event.kind in TICKET_KINDS:
            self._ticket(event)
        elif event.kind == "shut":
            self._shut(event)
        else:
            getattr(self, f"_{event.kind}")(event)

    # --- tickets ---

    def _ticket(self, event: Event) -> None:
        if event.kind == "take":
            self.tickets[event.ticket] = Standing("waiting", care=self.care.get(event.ticket, False))
            return
        ticket = self.tickets[event.ticket]
        if event.kind in ("call", "resume"):
            ticket.counter, ticket.person = event.counter, event.person or self.sitting(event.counter)
            self.busy.setdefault(event.counter, event.ticket)
        if event.kind == "call":
            ticket.state, ticket.called, ticket.not_before = "called", event.minute, None
        elif event.kind == "resume":
            ticket.state, ticket.held = "serving", None
        elif event.kind == "start":
            ticket.state, ticket.started = "serving", event.minute
        elif event.kind == "undo":
            self._free(event.ticket)
            ticket.state, ticket.called, ticket.counter, ticket.person = "waiting", None, "", ""
        elif event.kind == "hold":
            self._free(event.ticket)
            ticket.state, ticket.held = "held", event.minute
        elif event.kind == "care":
            ticket.care, ticket.first = bool(event.value), False
        elif event.kind == "first":
            ticket.first = bool(event.value)
        elif event.kind == "delay":
            ticket.not_before = event.minute + event.value
        else:
            self._free(event.ticket)
            ticket.state, ticket.reason = "over", event.what or event.kind
            if event.kind != "leave":
                self._leave_closed(ticket.counter)

    def _free(self, ticket: str) -> None:
        counter = self.tickets[ticket].counter
        if self.busy.get(counter) == ticket:
            del self.busy[counter]

    def _leave_closed(self, counter: str) -> None:
        """After the last customer of a closed window its person goes to the back office."""
        who = self.sitting(counter)
        if who and counter not in self.open and counter not in self.busy:
            self.people[who] = Place("back_office")

    def _shut(self, event: Event) -> None:
        for ticket in self.tickets.values():
            if ticket.state != "over":
                ticket.state, ticket.reason = "over", "closing"
        self.busy.clear()
        self.open.clear()
        self.people = {who: Place("gone", since=event.minute) for who in self.people}

    # --- staff ---

    def _seat(self, event: Event) -> None:
        now = self.people.get(event.person)
        if now is not None and now.where == "counter" and now.counter == event.counter:
            return
        other = self.sitting(event.counter)
        if other:
            self.people[other] = Place("back_office", since=event.minute)
        self.people[event.person] = Place("counter", event.counter, event.minute)

    def _open(self, event: Event) -> None:
        if event.person:
            self._seat(event)
        self.open.setdefault(event.counter, event.minute)
        self.narrowed[event.counter] = tuple(event.what.split(",")) if event.what else ()

    def _close(self, event: Event) -> None:
        self.open.pop(event.counter, None)
        if event.counter not in self.busy:
            self._leave_closed(event.counter)

    def _post(self, event: Event) -> None:
        if event.what == "counter":
            self._seat(event)
        else:
            self.people[event.person] = Place(event.what, since=event.minute)

    def _break(self, event: Event) -> None:
        now = self.people.get(event.person, Place("back_office"))
        self.people[event.person] = Place("break", now.counter, event.minute, event.minute + event.value)

    def _back(self, event: Event) -> None:
        where = "counter" if event.counter else "back_office"
        if event.counter:
            self._seat(event)
        else:
            self.people[event.person] = Place(where, since=event.minute)

    def _down(self, event: Event) -> None:
        self.down.add(event.what)

    def _up(self, event: Event) -> None:
        self.down.discard(event.what)

    def _share(self, event: Event) -> None:
        self.shares[event.what] = event.value

    def _rank(self, event: Event) -> None:
        """A tier's priority is the model's matter."""


def standing_at(recorded: Recorded, minute: float) -> Walk:
    """The hall at ``minute``, everything of that minute included."""
    walk = Walk.of(recorded)
    for event in _until(recorded, minute):
        walk.take_in(event)
    return walk


def _until(recorded: Recorded, minute: float) -> Iterator[Event]:
    return (event for event in recorded.events if event.minute <= minute)
