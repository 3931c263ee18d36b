"""Person-days as somebody sets them by hand: fixed in the problem, and shifts with their ends moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from counterpoint.science.rostering.problem import Pin, RosterProblem
from counterpoint.science.rostering.roster import Roster, Shift


def pinned(problem: RosterProblem, roster: Roster, cells: Iterable[tuple[str, int]]) -> RosterProblem:
    """The problem with these person-days fixed as the roster has them: shapes that no template has are then allowed."""
    touched = set(cells)
    pins = unpinned(problem, touched).pins
    for person, day in sorted(touched):
        shift = roster.of(person, day)
        fixed = Pin(person, day, "shift", shift.start, shift.end) if shift else Pin(person, day, "off")
        pins = (*pins, fixed)
    return replace(problem, pins=pins)


def unpinned(problem: RosterProblem, cells: Iterable[tuple[str, int]]) -> RosterProblem:
    """The problem with nothing fixed on these person-days."""
    touched = set(cells)
    return replace(problem, pins=tuple(pin for pin in problem.pins if (pin.person, pin.day) not in touched))


def moved_ends(shift: Shift, start: int, end: int) -> Shift:
    """The shift beginning and ending so many minutes later; its first and last post stretch or shrink along."""
    first, last = shift.start + start, shift.end + end
    stretched = [
        replace(t, start=first if t.start == shift.start else t.start, end=last if t.end == shift.end else t.end)
        for t in shift.tasks
    ]
    tasks = tuple(
        replace(t, start=max(t.start, first), end=min(t.end, last))
        for t in stretched
        if max(t.start, first) < min(t.end, last)
    )
    return replace(shift, start=first, end=last, tasks=tasks)
