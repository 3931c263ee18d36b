"""What a supervisor could do in a hall as it stands, found by rules that any branch can change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from counterpoint.science import twin
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.state import table


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to do: the ``commands`` that do it and what it asks of the branch.

    ``staff_minutes`` are minutes of people who would otherwise do something else (negative: freed), ``moves`` how many
    people change place. ``kind`` with ``person``, ``counter``, ``service`` and ``amount`` (minutes that a break moves,
    share guided) says it in words.
    """

    kind: str
    commands: tuple[twin.Command, ...] = ()
    person: str | None = None
    counter: str | None = None
    service: str | None = None
    amount: float = 0.0
    staff_minutes: float = 0.0
    moves: int = 0

    @property
    def key(self) -> str:
        """A name that tells options of one hall apart."""
        return ":".join(part for part in (self.kind, self.person, self.counter, self.service) if part)


NOTHING = Option("nothing")


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be proposed (design defaults): delays in minutes, shares of 1.

    ``walk`` passes before a called person sits ready, ``guide`` before guiding to machines shows; a break is moved by
    ``break_delay`` when it starts within ``break_soon``; machines are offered to all who could use them,
    or to the share that ``ceilings`` names for the service; a window is proposed for closing only while at most
    ``quiet`` tickets wait. ``most`` options are tried at all.
    """

    walk: float = 3.0
    guide: float = 1.0
    break_soon: float = 30.0
    break_delay: float = 45.0
    quiet: int = 1
    most: int = 12
    ceilings: Mapping[str, float] | None = None
    kinds: frozenset[str] = field(
        default_factory=lambda: frozenset({"call", "from_lobby", "swap", "delay_break", "guide", "close"})
    )

    def ceiling(self, service: twin.Service) -> float:
        """The largest share of a service's customers that may be guided to machines."""
        if self.ceilings is not None:
            return self.ceilings.get(service.code, 0.0)
        return service.divertible


@dataclass(frozen=True)
class _Seat:
    """A person on duty: where, able to do what, busy or not."""

    number: int
    code: str
    at: int
    skills: int
    busy: bool


class _Hall:
    """The state read once: people on duty, counters, tickets waiting a service."""

    def __init__(self, state: twin.State) -> None:
        st, model = state.st, state.model
        self.state, self.model, self.now = state, model, state.now
        rows = table(st, st, lay.O_PERSON, int(st[lay.N_PEOPLE]), lay.P_WIDTH)
        codes = state.staffing.codes
        self.on = [
            _Seat(p, codes[p], int(r[lay.P_AT]), int(r[lay.P_SKILLS]), bool(r[lay.P_CUSTOMER] >= 0))
            for p, r in enumerate(rows)
            if r[lay.P_STATUS] == lay.ON and r[lay.P_PENDING] == 0
        ]
        self.counters = table(st, st, lay.O_COUNTER, int(st[lay.N_COUNTERS]), lay.K_WIDTH)
        customers = state.customer_rows()
        held = customers[customers[:, lay.C_STATUS] == lay.HAS_TICKET]
        self.tickets = np.bincount(held[:, lay.C_SERVICE], minlength=len(model.services))

    def waiting(self, mask: int) -> int:
        """Tickets waiting among the services of a mask."""
        return int(sum(n for s, n in enumerate(self.tickets) if (mask >> s) & 1))

    def empty_counter(self, skills: int) -> tuple[int, int]:
        """The unmanned counter where these skills reach most waiting tickets, and how many; (-1, 0) when none does."""
        best = (-1, 0)
        for k, row in enumerate(self.counters):
            reach = self.waiting(int(row[lay.K_SERVICES]) & skills)
            if row[lay.K_PERSON] < 0 and reach > best[1]:
                best = (k, reach)
        return best


def options(state: twin.State, rules: Rules | None = None, *, horizon: float = 60.0) -> list[Option]:
    """Doing nothing first, then what the rules allow, those that reach most waiting tickets first."""
    rules = rules or Rules()
    hall = _Hall(state)
    found = [NOTHING]
    for rule in (_calls, _swaps, _breaks, _guiding, _closing):
        found += [option for option in rule(hall, rules, horizon) if option.kind in rules.kinds]
    return found[: rules.most + 1]


def _calls(hall: _Hall, rules: Rules, horizon: float) -> Iterator[Option]:
    """Somebody off post, or from the lobby, opens the unmanned window that reaches most waiting tickets."""
    at = hall.now + rules.walk
    seen: set[tuple[str, int, int]] = set()
    for seat in hall.on:
        if seat.at >= 0:
            continue
        kind = "from_lobby" if seat.at == lay.LOBBY else "call"
        k, reach = hall.empty_counter(seat.skills)
        if reach == 0 or (kind, k, seat.skills) in seen:
            continue
        seen.add((kind, k, seat.skills))
        code = hall.model.counters[k].code
        commands = (twin.OpenCounter(at, code), twin.MovePerson(at, seat.code, code))
        yield Option(kind, commands, seat.code, code, None, 0.0, horizon - rules.walk, 1)


def _swaps(hall: _Hall, rules: Rules, _horizon: float) -> Iterator[Option]:
    """Somebody whose own window has nobody waiting moves to an unmanned one where people wait."""
    at = hall.now + rules.walk
    for seat in hall.on:
        if seat.at < 0 or hall.waiting(int(hall.counters[seat.at][lay.K_SERVICES]) & seat.skills) > 0:
            continue
        k, reach = hall.empty_counter(seat.skills)
        if reach > 1:
            code = hall.model.counters[k].code
            commands = (twin.OpenCounter(at, code), twin.MovePerson(at, seat.code, code))
            yield Option("swap", commands, seat.code, code, None, 0.0, 0.0, 1)


def _breaks(hall: _Hall, rules: Rules, _horizon: float) -> Iterator[Option]:
    """The next break at a window where people wait starts later."""
    for seat in hall.on:
        if seat.at < 0 or hall.waiting(int(hall.counters[seat.at][lay.K_SERVICES]) & seat.skills) == 0:
            continue
        person = hall.state.staffing.people[seat.number]
        taken = _taken(hall.state, seat.number)
        due = [(b, m) for i, (b, m) in enumerate(person.breaks) if not taken[i] and b >= hall.now]
        if not due or due[0][0] - hall.now > rules.break_soon:
            continue
        start, minutes = due[0]
        later = start + rules.break_delay
        if any(a <= start and later + minutes <= b for a, b in person.shifts):
            move = twin.MoveBreak(hall.now, seat.code, later)
            yield Option("delay_break", (move,), seat.code, None, None, rules.break_delay, 0.0, 1)


def _taken(state: twin.State, person: int) -> np.ndarray:
    breaks = int(state.st[lay.N_BREAKS])
    at = int(state.st[lay.O_TAKEN]) + person * breaks
    return state.st[at : at + breaks]


def _guiding(hall: _Hall, rules: Rules, horizon: float) -> Iterator[Option]:
    """A lobby manager guides to the machines all who could use them, for the service that most wait for."""
    if not any(seat.at == lay.LOBBY for seat in hall.on):
        return
    model, state = hall.model, hall.state
    best, tickets = -1, 0
    for s, service in enumerate(model.services):
        share = state.tm[state.st[lay.F_SERVICE] + s * lay.SF_WIDTH + lay.SF_SHARE]
        room = rules.ceiling(service) - share > 0.05
        if service.device in model.device_kinds and room and hall.tickets[s] > tickets:
            best, tickets = s, int(hall.tickets[s])
    if best >= 0:
        service = model.services[best]
        share = rules.ceiling(service)
        order = twin.SetDiversion(hall.now + rules.guide, service.code, share)
        yield Option("guide", (order,), None, None, service.code, share, 0.1 * horizon, 0)


def _closing(hall: _Hall, rules: Rules, horizon: float) -> Iterator[Option]:
    """In a quiet hall an idle window that others can stand in for is closed, and its person freed."""
    if int(hall.tickets.sum()) > rules.quiet:
        return
    for seat in hall.on:
        if seat.at < 0 or seat.busy:
            continue
        mask = int(hall.counters[seat.at][lay.K_MASK])
        others = [s for s in hall.on if s.at >= 0 and s.number != seat.number]
        covered = [int(hall.counters[s.at][lay.K_MASK]) & mask == mask for s in others]
        if sum(covered) >= 1:
            code = hall.model.counters[seat.at].code
            commands = (twin.CloseCounter(hall.now, code), twin.MovePerson(hall.now, seat.code, None))
            yield Option("close", commands, seat.code, code, None, 0.0, -horizon, 1)
            return
