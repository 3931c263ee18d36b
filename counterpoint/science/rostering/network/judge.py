"""The independent judge of a network: plain counting over finished rosters, with nothing of the search.

What a branch's own rules say is judged by ``rostering.evaluate``; here stands what only shows over several branches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from counterpoint.science.rostering.evaluate import evaluate
from counterpoint.science.rostering.network.problem import Floater, NetworkProblem
from counterpoint.science.rostering.problem import Person, RosterProblem
from counterpoint.science.rostering.roster import Roster, Shift

EVERYWHERE = ("leave", "core", "pin", "week.rest_days", "run.max_days", "rest.between_minutes")


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken rule of the network: ``key``, whose, and in words."""

    key: str
    person: str
    words: str


def breaches(network: NetworkProblem, rosters: Mapping[str, Roster]) -> tuple[Breach, ...]:
    """Everything that is wrong across branches: strangers, two places on a day, too many moves, hours and rest over all
    branches, and posts that the person cannot hold."""
    floaters = {floater.person: floater for floater in network.floaters}
    found: list[Breach] = []
    for name, roster in rosters.items():
        own = {person.id for person in network.places[name].people}
        for shift in roster.shifts:
            guest = floaters.get(shift.person)
            if shift.person not in own and (guest is None or name not in guest.travel):
                found.append(Breach("stranger", shift.person, f"{shift.person} has no way to {name}"))
    for floater in network.floaters:
        if floater.home in rosters:
            found += of_floater(network, floater, rosters)
    return tuple(found)


def of_floater(network: NetworkProblem, floater: Floater, rosters: Mapping[str, Roster]) -> Iterable[Breach]:
    """What one floater's days break over all branches."""
    who = floater.person
    days = [
        (name, shift)
        for name in (floater.home, *floater.travel)
        if name in rosters
        for shift in rosters[name].shifts
        if shift.person == who
    ]
    away = [(name, shift) for name, shift in days if name != floater.home]
    twice = {s.day for _, s in days if sum(other.day == s.day for _, other in days) > 1}
    for day in sorted(twice):
        yield Breach("two places", who, f"{who} is at two places on day {day + 1}")
    if len(away) > floater.most_moves:
        yield Breach("moves", who, f"{who} is away on {len(away)} days; {floater.most_moves} are agreed")
    home, person = network.places[floater.home], network.who(floater)
    yield from _hours(home, person, floater, days)
    for name, shift in away:
        yield from _posts(network.places[name], person, name, shift)
    whole = Roster(tuple(replace(shift, tasks=()) for _, shift in sorted(days, key=lambda d: d[1].day)))
    pins = tuple(pin for pin in home.pins if pin.person == who)
    alone = replace(home, people=(person,), minimums=(), two_person=(), demand={}, demand_p90={}, pins=pins,
                    coverage_hard=False)  # fmt: skip
    for violation in evaluate(alone, whole).hard:
        task = violation.key == "pin" and any(p.kind == "task" and p.start == violation.start for p in pins)
        if violation.key in EVERYWHERE and not (task and violation.day not in {s.day for _, s in away}):
            yield Breach(violation.key, who, violation.words)


def _hours(home: RosterProblem, person: Person, floater: Floater, days: list[tuple[str, Shift]]) -> Iterable[Breach]:
    """Working minutes with the travel, by the day away and by the week."""
    for name, shift in days:
        minutes = shift.minutes + floater.travel.get(name, 0)
        law = home.rule("day.max_minutes", shift.day)
        most = min(person.max_day, law.value if law and law.hard else person.max_day)
        if name != floater.home and minutes > most:
            yield Breach("day", person.id, f"{person.id} works and travels {minutes} minutes on day {shift.day + 1}")
    for week, dates in home.weeks().items():
        inside = [(name, shift) for name, shift in days if shift.day in dates]
        if all(name == floater.home for name, _ in inside):
            continue  # the home branch's own judge says it all
        minutes = sum(shift.minutes + floater.travel.get(name, 0) for name, shift in inside)
        law = home.rule("week.max_minutes", dates[0])
        most = min(person.max_week, law.value if law and law.hard else person.max_week) + person.overtime_agreed
        due = person.min_week - sum(w.credit for w in person.unavailable if w.day in dates)
        if minutes > most or (len(dates) == 7 and minutes < due):
            yield Breach("week", person.id, f"{person.id} works and travels {minutes} minutes in {week}")


def _posts(host: RosterProblem, person: Person, name: str, shift: Shift) -> Iterable[Breach]:
    date = host.days[shift.day].date
    for task in shift.tasks:
        if not person.can(task.skill, host.levels.get(task.skill, 1), date):
            yield Breach("skill", person.id, f"{person.id} cannot hold {task.skill} at {name} on {date}")
