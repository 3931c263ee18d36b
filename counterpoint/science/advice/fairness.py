"""May a waiting ticket be taken first? Judged with mean service times, so that it can be checked by hand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

REFUSALS = ("", "unknown", "twice", "another", "ahead", "care", "places", "longer", "late", "promise")
LEFT = 0.25  # of the mean service time is still to come at least, however long a service has lasted
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Ticket:
    """A waiting ticket; minutes ``waited``, of its ``promise``, of work at a counter (``mean``) and of ``patience``.

    The lower ``rank`` is called first. ``cared``: a customer who needs care; ``first``: it was already taken first.
    """

    key: int
    service: str
    rank: float
    waited: float
    promise: float
    mean: float
    patience: float = float("inf")
    cared: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A counter that calls: the services it can do and the minutes until it is free."""

    services: frozenset[str]
    free: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """Waiting tickets in the order of calling, and the windows that call them."""

    tickets: tuple[Ticket, ...]
    windows: tuple[Window, ...]

    def calls(self) -> dict[int, float]:
        """Minutes until each ticket is called when every service takes its mean; infinite when no window can."""
        waiting, found = list(self.tickets), dict.fromkeys((t.key for t in self.tickets), float("inf"))
        free = [(window.free, n) for n, window in enumerate(self.windows)]
        heapify(free)
        while free and waiting:
            at, n = heappop(free)
            place = next((i for i, t in enumerate(waiting) if t.service in self.windows[n].services), None)
            if place is not None:
                ticket = waiting.pop(place)
                found[ticket.key] = at
                heappush(free, (at + ticket.mean, n))
        return found

    def waits(self) -> list[float]:
        """Minutes that each will have waited when called, in the order of calling."""
        calls = self.calls()
        return [t.waited + calls[t.key] for t in self.tickets]

    def rivals(self, chosen: Ticket) -> frozenset[str]:
        """Services that the windows which can serve ``chosen`` can do."""
        able = [window.services for window in self.windows if chosen.service in window.services]
        return frozenset().union(*able)

    def overtaken(self, chosen: Ticket) -> tuple[Ticket, ...]:
        """Who stands before ``chosen`` within its rank at the windows that can serve it."""
        rivals = self.rivals(chosen)
        ahead = self.tickets[: self.tickets.index(chosen)]
        return tuple(t for t in ahead if t.rank == chosen.rank and t.service in rivals)

    def with_first(self, chosen: Ticket) -> Line:
        """The line with ``chosen`` before all others of its rank."""
        rest = [t for t in self.tickets if t is not chosen]
        place = sum(t.rank < chosen.rank for t in rest)
        moved = replace(chosen, rank=chosen.rank - 0.5, first=True)
        return Line((*rest[:place], moved, *rest[place:]), self.windows)


@dataclass(frozen=True, slots=True)
class Fairness:
    """Within what a ticket may be taken first (design defaults).

    It goes before at most ``places`` others, all of its own rank and none of them a customer who needs care. Whoever
    is called later for it is so by at most ``longer`` minutes, and still ``spare`` minutes before the own promise is
    up; somebody whose promise will be broken anyway is overtaken only where ``late`` allows it. No ticket is taken
    first twice, and none while another that was taken first still waits for the same windows.
    """

    places: int = 5
    spare: float = 1.0
    longer: float = 10.0
    late: bool = False

    def refusal(self, line: Line, key: int) -> str:
        """Why ticket ``key`` may not be taken first (one of ``REFUSALS``); empty when it may."""
        chosen = next((t for t in line.tickets if t.key == key), None)
        if chosen is None or not any(chosen.service in w.services for w in line.windows):
            return "unknown"
        if chosen.first:
            return "twice"
        rivals = line.rivals(chosen)
        if any(t.first and 0 < chosen.rank - t.rank <= 1 and t.service in rivals for t in line.tickets):
            return "another"
        overtaken = line.overtaken(chosen)
        if not overtaken:
            return "ahead"
        if any(t.cared for t in overtaken):
            return "care"
        if len(overtaken) > self.places:
            return "places"
        return self._harm(line, chosen)

    def _harm(self, line: Line, chosen: Ticket) -> str:
        before, after = line.calls(), line.with_first(chosen).calls()
        for ticket in line.tickets:
            then, now = before[ticket.key], after[ticket.key]
            if ticket is chosen or now <= then + CLOSE:
                continue
            if now - then > self.longer + CLOSE:
                return "longer"
            lost = ticket.waited + then > ticket.promise
            if lost and not self.late:
                return "late"
            if not lost and ticket.waited + now + self.spare > ticket.promise:
                return "promise"
        return ""


@dataclass(frozen=True, slots=True)
class Gain:
    """A ticket that may be taken first: ``why`` ("promise": kept only so; "patience": its holder would likely leave),
    how many it overtakes, and the minutes that all together wait less."""

    ticket: Ticket
    why: str
    overtakes: int
    saved: float


def gains(line: Line, fairness: Fairness) -> list[Gain]:
    """Tickets worth taking first within the rules, those that save most waiting first."""
    before = line.calls()
    found = []
    for ticket in line.tickets:
        why = _trouble(ticket, before[ticket.key])
        if not why or fairness.refusal(line, ticket.key):
            continue
        after = line.with_first(ticket).calls()
        if not _trouble(ticket, after[ticket.key]):
            saved = _total(line.tickets, before) - _total(line.tickets, after)
            found.append(Gain(ticket, why, len(line.overtaken(ticket)), saved))
    return sorted(found, key=lambda gain: (-gain.saved, gain.ticket.key))


def _trouble(ticket: Ticket, call: float) -> str:
    if ticket.waited + call > ticket.promise >= ticket.waited:
        return "promise"
    return "patience" if ticket.waited + call > ticket.patience else ""


def _total(tickets: Sequence[Ticket], calls: dict[int, float]) -> float:
    finite = [calls[t.key] for t in tickets if calls[t.key] < float("inf")]
    return sum(finite)
