"""Synthetic recorded days: a small branch lived by plain rules that know nothing of the twin. Invented, not measured.

Everything happens that a hall's record can tell of: calls out of turn and taken back, customers who do not come, holds,
hand-overs, breaks, moves, windows that close behind the last customer, marks for care, machines that fail.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from counterpoint.science import twin
from counterpoint.science.replay.record import Event, Recorded, Visit, Worker
from counterpoint.science.replay.walk import Walk

SERVICES = (("cash", 5.0), ("transfer", 8.0), ("loan", 20.0))
COUNTERS = {"1": ("cash", "transfer"), "2": ("cash", "transfer"), "3": ("transfer",), "4": ("loan", "cash")}
TIERS = (("priority", 0, 8.0), ("vip", 1, 10.0), ("standard", 2, 20.0))
PEOPLE = ("ada", "bo", "eve", "mei", "omar")
OPENS = 540.0


def branch() -> twin.BranchModel:
    """Three services, four windows, one machine for transfers."""
    services = tuple(
        twin.Service(code, twin.Duration(mean, 0.6), "", "stm", twin.Duration(4.0, 0.4), 0.0)
        if code == "transfer" else twin.Service(code, twin.Duration(mean, 0.6))
        for code, mean in SERVICES
    )  # fmt: skip
    counters = tuple(twin.Counter(code, able) for code, able in COUNTERS.items())
    tiers = tuple(twin.Tier(code, share, rank, promise)
                  for (code, rank, promise), share in zip(TIERS, (0.1, 0.1, 0.8), strict=True))  # fmt: skip
    return twin.BranchModel(services, counters, tiers, (twin.Device("m1", "stm"),), patience=twin.Duration(25.0, 0.6),
                            close_minute=1020.0)  # fmt: skip


def recorded_day(
    seed: int, *, minutes: float = 180.0, rate: float = 0.7, trouble: float = 0.05, closed: bool = True
) -> Recorded:
    """A day of so many ``minutes`` from nine with ``rate`` customers a minute.

    ``trouble`` is the chance of each odd turn (a call taken back, a hold, a hand-over, a customer who does not come);
    0 gives a day of plain services. ``closed`` False: the record ends while people are inside.
    """
    day = _Day(np.random.default_rng(seed), minutes, rate, trouble)
    day.live()
    if closed:
        day.write("shut")
    until = day.now if closed else OPENS + minutes
    events = tuple(event for event in day.events if event.minute <= until)
    taken = {event.ticket for event in events}
    visits = tuple(visit for visit in day.visits if visit.code in taken)
    workers = tuple(Worker(code, tuple(s for s, _m in SERVICES)) for code in PEOPLE)
    return Recorded(events, visits, workers, until)


@dataclass
class _Day:
    rng: np.random.Generator
    minutes: float
    rate: float
    trouble: float
    now: float = OPENS
    walk: Walk = field(default_factory=Walk)
    events: list[Event] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    rank: dict[str, tuple[int, float]] = field(default_factory=dict)
    agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    number: int = 0

    def live(self) -> None:
        """Everything up to the end; whoever is at a counter then is finished."""
        end = OPENS + self.minutes
        for person, counter in (("mei", "1"), ("ada", "4"), ("omar", "2")):
            self.at(OPENS - 2 * self.rng.random(), lambda p=person, c=counter: self.seat(p, c))  # type: ignore[misc]
        at = OPENS
        while (at := at + self.rng.exponential(1 / self.rate)) < end:
            self.at(at, self.arrive)
        for at in self.rng.uniform(OPENS + 5, end, size=int(self.minutes / 6)):
            self.at(at, self.decide)
        while self.agenda:
            at, _n, act = heapq.heappop(self.agenda)
            if at > end and not any(t.state in ("called", "serving") for t in self.walk.tickets.values()):
                break
            self.now = max(self.now, at)
            act()
        self.now += 1.0

    def at(self, minute: float, act: Callable[[], None]) -> None:
        """Do it then; some things happen in the same second."""
        self.number += 1
        heapq.heappush(self.agenda, (round(float(minute) * 60) / 60, self.number, act))

    def write(self, kind: str, **more: object) -> None:
        """It has happened."""
        event = Event(self.now, kind, **more)  # type: ignore[arg-type]
        self.events.append(event)
        self.walk.take_in(event)

    def pick(self, things: list[str]) -> str:
        """One of them."""
        return things[int(self.rng.integers(len(things)))]

    def odd(self) -> bool:
        """Whether something goes another way."""
        return bool(self.rng.random() < self.trouble)

    # --- customers ---

    def arrive(self, service: str = "", after: str = "", since: float | None = None) -> None:
        """A ticket, with a patience nobody knows of."""
        code = f"T{len(self.visits) + 1:03d}"
        service = service or self.pick(["cash", "cash", "transfer", "transfer", "loan"])
        tier = self.pick(["priority", "vip", *["standard"] * 6])
        care = self.odd()
        self.visits.append(Visit(code, service, tier, float(self.rng.integers(5, 30)), care, after))
        self.rank[code] = (0 if care else [t for t, _r, _p in TIERS].index(tier), since or self.now)
        self.walk.care[code] = care
        self.write("take", ticket=code)
        self.at(self.now + self.rng.exponential(25.0), lambda: self.lose(code))
        if self.odd():
            self.at(self.now + 1, lambda: self.mark(code))

    def lose(self, code: str) -> None:
        """Patience ends."""
        if self.walk.tickets[code].state in ("waiting", "held"):
            self.write("leave", ticket=code, what=self.pick(["abandoned", "abandoned", "diverted", "cancelled"]))

    def mark(self, code: str) -> None:
        """Care, or some minutes' delay."""
        if self.walk.tickets[code].state == "waiting":
            if self.odd():
                self.write("delay", ticket=code, value=5.0)
            else:
                self.rank[code] = (0, self.rank[code][1])
                self.write("care", ticket=code, value=1.0)

    # --- windows ---

    def look(self, counter: str) -> None:
        """An able window calls whoever comes first, or somebody else."""
        waiting = [c for c, t in self.walk.tickets.items() if t.state == "waiting"
                   and self.visits[int(c[1:]) - 1].service in COUNTERS[counter]]  # fmt: skip
        if not self.walk.able(counter):
            return
        if not waiting:
            self.at(self.now + 0.25, lambda: self.look(counter))
            return
        code = self.pick(waiting) if self.odd() else min(waiting, key=lambda c: self.rank[c])
        self.write("call", ticket=code, counter=counter)
        if self.odd():
            self.write("undo", ticket=code)
            self.at(self.now + 0.1, lambda: self.look(counter))
        elif self.odd():
            self.at(self.now + 1, lambda: self.close_ticket("no_show", code, counter))
        else:
            self.at(self.now + self.rng.choice([0.0, 0.3]), lambda: self.begin(code, counter))

    def begin(self, code: str, counter: str) -> None:
        """The customer sits down."""
        self.write("start", ticket=code)
        self.go_on(code, counter)

    def go_on(self, code: str, counter: str) -> None:
        """So long it takes, unless it is put on hold."""
        mean = dict(SERVICES)[self.visits[int(code[1:]) - 1].service]
        length = mean * self.rng.lognormal(-0.15, 0.55)
        if self.odd():
            self.at(self.now + length / 2, lambda: self.put_aside(code, counter))
        else:
            self.at(self.now + length, lambda: self.close_ticket("end", code, counter))

    def put_aside(self, code: str, counter: str) -> None:
        """A form has to be filled in."""
        self.write("hold", ticket=code)
        self.at(self.now + 0.1, lambda: self.look(counter))
        self.at(self.now + self.rng.exponential(4.0), lambda: self.take_up(code))

    def take_up(self, code: str) -> None:
        """Back at any window that is free."""
        if self.walk.tickets[code].state != "held":
            return
        free = [c for c in COUNTERS if self.walk.able(c)]
        if free:
            counter = self.pick(free)
            self.write("resume", ticket=code, counter=counter)
            self.go_on(code, counter)
        elif self.now < OPENS + self.minutes:
            self.at(self.now + 1, lambda: self.take_up(code))

    def close_ticket(self, kind: str, code: str, counter: str) -> None:
        """Done, or handed over to another service; the window turns to the next."""
        self.write(kind, ticket=code)
        if kind == "end" and self.odd():
            self.arrive(self.pick(["cash", "transfer", "loan"]), code, self.rank[code][1])
        self.at(self.now + self.rng.choice([0.0, 0.2, 0.7]), lambda: self.look(counter))

    # --- decisions ---

    def free(self) -> list[str]:
        """People who serve nobody."""
        busy = {self.walk.sitting(c) for c in self.walk.busy}
        return [p for p in PEOPLE if p not in busy]

    def seat(self, person: str, counter: str) -> None:
        """Open a window with the person."""
        self.write("open", counter=counter, person=person)
        self.at(self.now + 0.2, lambda: self.look(counter))

    def decide(self) -> None:
        """Somebody moves, pauses, opens, closes; a machine fails."""
        what = self.pick(["open", "open", "close", "post", "break", "back", "device", "share"])
        counter, people = self.pick(list(COUNTERS)), self.free()
        person = self.pick(people) if people else ""
        place = self.walk.people.get(person)
        if what == "open" and person and counter not in self.walk.busy:
            self.seat(person, counter)
        elif what == "close" and len(self.walk.open) > 1:
            self.write("close", counter=counter)
        elif what == "post" and person:
            self.write("post", person=person, what=self.pick(["lobby", "back_office", "gone"]))
        elif what == "break" and place is not None and place.where != "break":
            self.write("break", person=person, value=15.0)
            self.at(self.now + self.rng.uniform(5, 25), lambda: self.back(person))
        elif what == "device":
            self.write("up" if "m1" in self.walk.down else "down", what="m1")
        elif what == "share":
            self.write("share", what="transfer", value=float(self.rng.choice([0.0, 0.2, 0.4])))

    def back(self, person: str) -> None:
        """The break is over."""
        place = self.walk.people[person]
        if place.where == "break":
            counter = place.counter if place.counter and not self.walk.sitting(place.counter) else ""
            self.write("back", person=person, counter=counter)
            if counter:
                self.at(self.now + 0.3, lambda: self.look(counter))
