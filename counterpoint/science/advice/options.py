"""What a supervisor could do in a hall as it stands, found by rules that any branch can change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from counterpoint.science import twin
from counterpoint.science.advice.fairness import Fairness, gains
from counterpoint.science.advice.hall import Hall, Seat
from counterpoint.science.twin.kernel import layout as lay


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to do: the ``commands`` that do it and what it asks of the branch.

    ``staff_minutes`` are minutes of people who would otherwise do something else (negative: freed), ``moves`` how many
    people change place. ``kind`` with ``person``, ``counter``, ``service``, ``ticket`` (its number in the state) and
    ``amount`` (minutes that a break moves, share guided, people overtaken) says it in words, ``why`` a ticket should
    be taken first too; ``steps`` are the single options that a surge plan is made of.
    """

    kind: str
    commands: tuple[twin.Command, ...] = ()
    person: str | None = None
    counter: str | None = None
    service: str | None = None
    amount: float = 0.0
    staff_minutes: float = 0.0
    moves: int = 0
    ticket: int | None = None
    why: str = ""
    steps: tuple[Option, ...] = ()

    @property
    def key(self) -> str:
        """A name that tells options of one hall apart."""
        ticket = None if self.ticket is None else str(self.ticket)
        return ":".join(part for part in (self.kind, self.person, self.counter, self.service, ticket) if part)


NOTHING = Option("nothing")
SINGLE = ("call", "from_lobby", "swap", "reorder", "delay_break", "guide", "close")
KINDS = (*SINGLE, "surge")


@dataclass(frozen=True, slots=True)
class Surge:
    """A plan for a hall that fills up (design defaults): single steps, taken together.

    It is proposed when more than ``waiting`` tickets a manned window wait, or when one in ten of those waiting will
    have waited more than ``p90`` minutes (by mean service times). ``steps`` are the kinds that belong to it: as many
    of each as the hall has people, windows and services for, but at most ``moves`` people change place.
    """

    waiting: float = 4.0
    p90: float = 25.0
    steps: tuple[str, ...] = ("call", "delay_break", "guide")
    moves: int = 6

    def triggered(self, tickets: int, windows: int, p90: float) -> bool:
        """Whether a hall is full enough: tickets waiting, manned windows, minutes foreseen."""
        return tickets > 0 and (tickets > self.waiting * windows or p90 > self.p90)


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be proposed (design defaults): delays in minutes, shares of 1.

    ``walk`` passes before a called person sits ready, ``guide`` before guiding to machines shows; a break is moved by
    ``break_delay`` when it starts within ``break_soon``; machines are offered to all who could use them,
    or to the share that ``ceilings`` names for the service; a window is proposed for closing only while at most
    ``quiet`` tickets wait; at most ``firsts`` tickets are proposed for being taken first, within ``fairness``
    (``told``: the minutes of wait that single tickets were promised, by their number in the state).
    ``most`` options are tried at all.
    """

    walk: float = 3.0
    guide: float = 1.0
    break_soon: float = 30.0
    break_delay: float = 45.0
    quiet: int = 1
    most: int = 12
    ceilings: Mapping[str, float] | None = None
    firsts: int = 2
    fairness: Fairness = field(default_factory=Fairness)
    surge: Surge = field(default_factory=Surge)
    told: Mapping[int, float] | None = None
    kinds: frozenset[str] = frozenset(KINDS)

    def ceiling(self, service: twin.Service) -> float:
        """The largest share of a service's customers that may be guided to machines."""
        if self.ceilings is not None:
            return self.ceilings.get(service.code, 0.0)
        return service.divertible


def options(state: twin.State, rules: Rules | None = None, *, horizon: float = 60.0) -> list[Option]:
    """Doing nothing first, then what the rules allow, those that reach most waiting tickets first."""
    rules = rules or Rules()
    hall = Hall(state, rules.told)
    found = [NOTHING]
    for rule in (_surges, _calls, _swaps, _reorders, _breaks, _guiding, _closing):
        found += [option for option in rule(hall, rules, horizon) if option.kind in rules.kinds]
    return found[: rules.most + 1]


def _calls(hall: Hall, rules: Rules, horizon: float) -> Iterator[Option]:
    """Somebody off post, or from the lobby, opens the unmanned window that reaches most waiting tickets."""
    seen: set[tuple[str, int, int]] = set()
    for seat in hall.on:
        if seat.at >= 0:
            continue
        kind = "from_lobby" if seat.at == lay.LOBBY else "call"
        k, reach = hall.empty_counter(seat.skills)
        if reach == 0 or (kind, k, seat.skills) in seen:
            continue
        seen.add((kind, k, seat.skills))
        yield _seating(kind, hall, rules, seat, k, horizon - rules.walk)


def _seating(kind: str, hall: Hall, rules: Rules, seat: Seat, counter: int, staff_minutes: float) -> Option:
    at, code = hall.now + rules.walk, hall.model.counters[counter].code
    commands = (twin.OpenCounter(at, code), twin.MovePerson(at, seat.code, code))
    return Option(kind, commands, seat.code, code, None, 0.0, staff_minutes, 1)


def _swaps(hall: Hall, rules: Rules, _horizon: float) -> Iterator[Option]:
    """Somebody whose own window has nobody waiting moves to an unmanned one where people wait."""
    for seat in hall.on:
        if seat.at < 0 or hall.waiting(int(hall.counters[seat.at][lay.K_SERVICES]) & seat.skills) > 0:
            continue
        k, reach = hall.empty_counter(seat.skills)
        if reach > 1:
            yield _seating("swap", hall, rules, seat, k, 0.0)


def _reorders(hall: Hall, rules: Rules, _horizon: float) -> Iterator[Option]:
    """The next able window takes first a ticket that would break its promise, or whose holder would likely leave."""
    if "reorder" not in rules.kinds:
        return
    ranks = {tier.priority + service.priority for tier in hall.model.tiers for service in hall.model.services}
    for gain in gains(hall.line, rules.fairness)[: rules.firsts]:
        rank = int(gain.ticket.rank) - 1
        if rank not in ranks:  # else it would also go before people of a higher tier who come later
            order = twin.SetPriority(hall.now, rank, ticket=gain.ticket.key)
            yield Option(
                "reorder", (order,), None, None, gain.ticket.service, float(gain.overtakes),
                ticket=gain.ticket.key, why=gain.why,
            )  # fmt: skip


def _breaks(hall: Hall, rules: Rules, _horizon: float) -> Iterator[Option]:
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


def _guiding(hall: Hall, rules: Rules, horizon: float) -> Iterator[Option]:
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


def _closing(hall: Hall, rules: Rules, horizon: float) -> Iterator[Option]:
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


def _surges(hall: Hall, rules: Rules, horizon: float) -> Iterator[Option]:
    """In a hall that fills up: who can be called, breaks put off, guiding, as one plan of two steps or more."""
    plan, tickets = rules.surge, len(hall.held)
    if "surge" not in rules.kinds or tickets == 0:
        return
    p90 = float(np.quantile(hall.line.waits(), 0.9, method="higher"))
    if not plan.triggered(tickets, hall.manned, p90):
        return
    own = replace(rules, kinds=rules.kinds & frozenset(plan.steps))
    steps: list[Option] = []
    for rule in (_crew, _swaps, _reorders, _breaks, _guiding):
        for option in rule(hall, own, horizon):
            if option.kind in own.kinds and _fits(option, steps, plan):
                steps.append(option)
    if len(steps) > 1:
        yield together(steps)


def together(steps: Sequence[Option]) -> Option:
    """Options as one surge plan: commands, minutes and moves add up."""
    return Option(
        "surge", tuple(c for o in steps for c in o.commands), staff_minutes=sum(o.staff_minutes for o in steps),
        moves=sum(o.moves for o in steps), steps=tuple(steps),
    )  # fmt: skip


def _fits(option: Option, steps: Sequence[Option], plan: Surge) -> bool:
    """One thing a person, one person a window, one ticket first; no more moves than the plan allows."""
    people, counters = {o.person for o in steps} - {None}, {o.counter for o in steps} - {None}
    if option.person in people or option.counter in counters:
        return False
    if option.kind in ("reorder", "guide") and option.kind in {o.kind for o in steps}:
        return False
    return sum(o.moves for o in steps) + option.moves <= plan.moves


def _crew(hall: Hall, rules: Rules, horizon: float) -> Iterator[Option]:
    """Everybody off post, then from the lobby, each to the unmanned window left where most wait.

    Somebody stays in the lobby when guiding belongs to the plan.
    """
    taken: frozenset[int] = frozenset()
    wanted = [kind for kind in ("call", "from_lobby") if kind in rules.kinds]
    lobby = sum(seat.at == lay.LOBBY for seat in hall.on)
    spare = lobby - ("guide" in rules.kinds)
    for kind in wanted:
        for seat in hall.on:
            if seat.at >= 0 or (seat.at == lay.LOBBY) != (kind == "from_lobby"):
                continue
            k, reach = hall.empty_counter(seat.skills, taken)
            if reach == 0 or (kind == "from_lobby" and spare <= 0):
                continue
            spare -= kind == "from_lobby"
            taken |= {k}
            yield _seating(kind, hall, rules, seat, k, horizon - rules.walk)
