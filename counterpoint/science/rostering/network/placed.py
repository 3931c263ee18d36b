"""The problem of one branch once it is known who of its people is away and who comes as a guest.

A floater who is away has that day off at home and keeps the other free days of the roster without floating: only the
day itself can then touch rest days and runs of days over all branches. Hours worked and travelled are taken off the
contract's. A guest may work on the days of the loan only, shorter by the travel; a loan whose times are settled is a
fixed cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from counterpoint.science.rostering.network.problem import Floater, Move, NetworkProblem
from counterpoint.science.rostering.problem import Person, Pin, RosterProblem, Window
from counterpoint.science.rostering.roster import Roster, Shift


@dataclass(frozen=True, slots=True)
class Loan:
    """A move and, once the host has rostered it, the times and working minutes (travel included)."""

    move: Move
    start: int = 0
    end: int = 0
    minutes: int = 0

    @property
    def settled(self) -> bool:
        """Whether the host has said when."""
        return self.end > self.start


Loans = tuple[Loan, ...]
Free = Mapping[str, frozenset[int]]  # the free days of floaters in the roster without floating


def problem_of(network: NetworkProblem, name: str, loans: Iterable[Loan], free: Free) -> RosterProblem:
    """The branch's problem with these loans."""
    loans, base = tuple(loans), network.places[name]
    floaters = {floater.person: floater for floater in network.floaters}
    away = {who: [x for x in loans if x.move.person == who] for who in {x.move.person for x in loans}}
    people = [at_home(p, away[p.id], free[p.id]) if p.id in away else p for p in base.people]
    here = [loan for loan in loans if loan.move.branch == name]
    for who in sorted({loan.move.person for loan in here}):
        days = frozenset(loan.move.day for loan in here if loan.move.person == who)
        people.append(as_guest(network, floaters[who], name, days))
    fixed = [Pin(x.move.person, x.move.day, "shift", x.start, x.end) for x in here if x.settled]
    gone = {(loan.move.person, loan.move.day) for loan in loans if loan.move.branch != name}
    pins = [pin for pin in base.pins if (pin.person, pin.day) not in gone]
    return replace(base, people=tuple(people), pins=(*pins, *fixed))


def at_home(person: Person, loans: list[Loan], free: frozenset[int]) -> Person:
    """A floater of this branch with some days elsewhere."""
    days, minutes = {loan.move.day for loan in loans}, sum(loan.minutes for loan in loans)
    gone = tuple(Window(day, 0, 1440, "at another branch") for day in sorted(days))
    rest = tuple(Window(day, 0, 1440, "free all the same") for day in sorted(free - days))
    return replace(
        person,
        min_week=max(0, person.min_week - minutes),
        max_week=max(0, person.max_week - minutes),
        unavailable=(*person.unavailable, *gone, *rest),
        preferences=tuple(wish for wish in person.preferences if wish.day not in days),
    )


def as_guest(network: NetworkProblem, floater: Floater, name: str, days: frozenset[int], key: str = "") -> Person:
    """The floater at another branch, there on ``days`` only. Hours of the week are settled at home: none are missed
    here, and what was carried before counts as far as it differs from the home branch's least."""
    host, home, person = network.places[name], network.places[floater.home], network.who(floater)
    longest = min([person.max_day, *(r.value for d in days if (r := host.rule("day.max_minutes", d)))])
    longest = max(0, longest - floater.travel[name])
    elsewhere = [
        Window(day, 0, 1440, "elsewhere", credit=person.max_week) for day in range(len(host.days)) if day not in days
    ]

    def carried(load: str) -> int:
        def of(p: Person) -> int:
            return int(getattr(p.history, load))

        return of(person) - min(map(of, home.people)) + min((of(p) for p in host.people), default=0)

    return replace(
        person,
        id=key or person.id,
        min_week=0,
        min_day=min(person.min_day, longest),
        max_day=longest,
        overtime_agreed=0,
        core=(),
        unavailable=(*(w for w in person.unavailable if w.day in days), *elsewhere),
        preferences=tuple(wish for wish in person.preferences if wish.day in days),
        history=replace(person.history, lates=carried("lates"), weekends=carried("weekends"), run_days=0),
    )


def settled(network: NetworkProblem, loan: Loan, roster: Roster) -> Loan:
    """The loan with the times of the host's roster; unsettled when the host has no use for it."""
    shift = roster.of(loan.move.person, loan.move.day)
    if shift is None:
        return replace(loan, start=0, end=0, minutes=0)
    return replace(loan, start=shift.start, end=shift.end, minutes=minutes_of(network, loan.move, shift))


def minutes_of(network: NetworkProblem, move: Move, shift: Shift) -> int:
    """Working minutes of a day away: the shift and the travel."""
    floater = next(f for f in network.floaters if f.person == move.person)
    return shift.minutes + floater.travel[move.branch]


def may_go(network: NetworkProblem, floater: Floater) -> list[int]:
    """Days on which a floater may be lent: no core hours, nothing fixed, not away all day."""
    home, person = network.places[floater.home], network.who(floater)
    bound = {core.day for core in person.core} | {pin.day for pin in home.pins if pin.person == person.id}
    bound |= {window.day for window in person.unavailable if window.start <= home.start and window.end >= home.end}
    return [day for day in range(len(home.days)) if day not in bound]
