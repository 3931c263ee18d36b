"""A day as it was: who came, what happened to each, and where the people sat, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from counterpoint.science.twin.model import require

TICKET_KINDS = frozenset(
    {"take", "call", "undo", "start", "hold", "resume", "end", "no_show", "leave", "care", "first", "delay"}
)
STAFF_KINDS = frozenset({"open", "close", "post", "break", "back", "down", "up", "share", "rank"})
KINDS = TICKET_KINDS | STAFF_KINDS | {"shut"}
PLACES = ("counter", "lobby", "back_office", "break", "gone")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at ``minute`` (after midnight; fractions count).

    Tickets: ``take``, ``call`` (to ``counter``), ``undo`` (of a call), ``start``, ``hold``, ``resume`` (``counter``),
    ``end``, ``no_show``, ``leave`` (``what``: why), ``care`` (``value`` 1 or 0), ``first`` (``value`` 1: taken before
    the others of its rank, 0: put back), ``delay`` (``value`` minutes). Staff:
    ``open`` (``counter``, ``person``; ``what``: services when narrowed, by comma), ``close``, ``post`` (``person``,
    ``what``: a place of ``PLACES``, ``counter``), ``break`` (``person``, ``value`` minutes planned), ``back``
    (``person``, ``counter`` or nowhere), ``down`` and ``up`` (``what``: device), ``share`` (``what``: service,
    ``value``: share guided to machines), ``rank`` (``what``: tier, ``value``: priority). ``shut``: the day was closed.
    """

    minute: float
    kind: str
    ticket: str = ""
    counter: str = ""
    person: str = ""
    what: str = ""
    value: float = 0.0

    def __post_init__(self) -> None:
        require(self.kind in KINDS, f"A record knows no event {self.kind!r}.")


@dataclass(frozen=True, slots=True)
class Visit:
    """A ticket: ``promise`` in minutes (None: none made), ``care``: called with the first tier, ``after``: the ticket
    that was handed over into this one."""

    code: str
    service: str
    tier: str
    promise: float | None = None
    care: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class Worker:
    """A person of the day with the services they can do; ``speed`` divides the time that work takes."""

    code: str
    skills: tuple[str, ...] = ()
    speed: float = 1.0


@dataclass(frozen=True)
class Recorded:
    """A real day, known up to minute ``until``.

    ``events`` stand in the order in which they happened, equal minutes too. ``opened``, ``down`` and ``shares``
    (service, share) are how the hall stood before the first of them. ``inferred``: windows and people were not
    recorded but found from who served when.
    """

    events: tuple[Event, ...]
    visits: tuple[Visit, ...]
    workers: tuple[Worker, ...] = ()
    until: float = 1440.0
    opened: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    shares: tuple[tuple[str, float], ...] = ()
    inferred: bool = False

    def __post_init__(self) -> None:
        codes = [visit.code for visit in self.visits]
        require(len(set(codes)) == len(codes), "A ticket is listed twice in the record.")
        backwards = any(b.minute < a.minute for a, b in zip(self.events, self.events[1:], strict=False))
        require(not backwards, "The events of a record must stand in the order of their minutes.")
        strange = sorted({e.ticket for e in self.events if e.ticket} - set(codes))
        require(not strange, f"The record tells of tickets that it does not list: {', '.join(strange[:3])}.")

    @cached_property
    def closed(self) -> bool:
        """Whether the day was closed: everything that belongs to it is in the record."""
        return any(event.kind == "shut" for event in self.events)

    def decisions(self) -> tuple[int, ...]:
        """Positions of the events that somebody decided on: windows, places, breaks, guiding."""
        chosen = {"open", "close", "post", "break", "share"}
        return tuple(i for i, event in enumerate(self.events) if event.kind in chosen)


Row = tuple[str, str, str, str, float, float | None, float | None, float | None]
ORDER = {"open": 0, "end": 1, "leave": 2, "take": 3, "call": 4, "close": 6}
AT_ONCE = 5  # an end or a leaving in the very minute in which it could first happen


def served_from_log(rows: list[Row], promises: dict[str, float], *, closes: float) -> Recorded:
    """A day of which only tickets are known: (ticket, service, tier, server, taken, called, finished, left) a row.

    Each server is taken for a window of that name, open from the first call to the last end; calls without a server,
    and calls that overlap, find their place in :func:`counterpoint.science.replay.scenario`. Minutes after midnight;
    a moment that never came is None. The day ends at ``closes`` or with its last event.
    """
    ranked: list[tuple[float, int, Event]] = []
    spans: dict[str, tuple[float, float]] = {}
    able: dict[str, set[str]] = {}
    for row in rows:
        moments = _moments(row)
        ranked += moments
        at = {event.kind: event.minute for _minute, _rank, event in moments}
        if (server := row[3]) and (called := at.get("call")) is not None:
            first, last = spans.get(server, (called, called))
            spans[server] = min(first, called), max(last, at.get("end", called))
            able.setdefault(server, set()).add(row[1])
    for server, (first, last) in spans.items():
        ranked.append((first, ORDER["open"], Event(first, "open", counter=server, person=server)))
        ranked.append((last, ORDER["close"], Event(last, "close", counter=server)))
    ranked.sort(key=lambda one: one[:2])
    events = tuple(event for _minute, _rank, event in ranked)
    until = max([closes, *(event.minute for event in events)])
    visits = tuple(Visit(r[0], r[1], r[2], promises.get(r[0])) for r in rows)
    workers = tuple(Worker(server, tuple(sorted(able[server]))) for server in sorted(spans))
    return Recorded((*events, Event(until, "shut")), visits, workers, until, inferred=True)


def _moments(row: Row) -> list[tuple[float, int, Event]]:
    """The ticket's events with their rank among those of the same minute; nothing before the ticket was taken."""
    code, _service, _tier, server, taken, called, finished, left = row
    found = [(taken, ORDER["take"], Event(taken, "take", ticket=code))]
    if called is not None:
        called = max(called, taken)
        found.append((called, ORDER["call"], Event(called, "call", ticket=code, counter=server)))
    for kind, minute in (("end", finished), ("leave", left if finished is None else None)):
        if minute is not None:
            earliest = taken if called is None else called
            at = max(minute, earliest)
            found.append((at, AT_ONCE if at == earliest else ORDER[kind], Event(at, kind, ticket=code)))
    return found
