"""Can a part of a problem's restrictions hold? Answered by listing every day of everybody by the rulebook.

The second answer to what conflicts say. A person's restrictions depend on own days only, a post's on who is there; more
people present never harm a post, so of everybody's possible presences only the largest are combined.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from counterpoint.science.rostering import Item, Person, Pin, RosterProblem, Shift
from counterpoint.science.rostering.tests import everyroster, rulebook

Name = tuple[str, str | None, int | None, int | None]
Cell = tuple[int, int]
STRUCTURE = ("shift.grid", "shift.closed", "shift.shape")


def name_of(item: Item) -> Name:
    """What tells an item from all others: rule, person, day and, for leave, core hours, cells and posts, the start."""
    return item.key, item.person, item.day, item.start


class Parts:
    """All sequences of days of everybody in a problem, with what each breaks."""

    def __init__(self, problem: RosterProblem) -> None:
        self.problem = problem
        self.weeks = [_weeks(problem, person) for person in problem.people]

    def hold(self, items: Iterable[Item]) -> bool:
        """True when some roster keeps the shape of shifts and these restrictions, whatever else it breaks."""
        wanted = {name_of(item) for item in items}
        posts = [(key, day, at) for key, who, day, at in wanted if who is None and day is not None and at is not None]
        fixed = [p for p in self.problem.pins if p.kind == "task" and ("pin", p.person, p.day, p.start) in wanted]
        cells = sorted({(day, at) for _, day, at in posts} | {(p.day, m) for p in fixed for m in self._ticks(p)})
        each = []
        for weeks in self.weeks:
            able = {frozenset(there.intersection(cells)) for there, broken in weeks if not broken & wanted}
            each.append([here for here in able if not any(here < other for other in able)])
        return any(all(self._manned(cell, who, posts, fixed) for cell in cells) for who in product(*each))

    def _ticks(self, pin: Pin) -> range:
        return self.problem.ticks(pin.start, pin.end)

    def _manned(
        self, cell: Cell, presence: tuple[frozenset[Cell], ...], posts: list[tuple[str, int, int]], fixed: list[Pin]
    ) -> bool:
        """Some way to stand on the posts of one interval gives each of them enough people."""
        problem, (day, minute) = self.problem, cell
        crew = [p for p, there in zip(problem.people, presence, strict=True) if cell in there]
        keys = [key for key, d, at in posts if (d, at) == cell]
        for pair in problem.two_person:
            able = sum(rulebook.qualified(problem, p, pair.skill, day) for p in crew)
            if f"two_person:{pair.key}" in keys and able < pair.count:
                return False
        options = []
        for person in crew:
            tied = [p.skill for p in fixed if (p.person, p.day) == (person.id, day) and minute in self._ticks(p)]
            skills = {s.key for s in person.skills if rulebook.qualified(problem, person, s.key, day)}
            options.append([s for s in (*sorted(skills), None) if all(s == other for other in tied)])
        return any(self._enough(keys, cell, chosen) for chosen in product(*options))

    def _enough(self, keys: list[str], cell: Cell, chosen: tuple[str | None, ...]) -> bool:
        problem = self.problem
        at = rulebook.cells(problem).index(cell)
        needs = [(f"minimum:{m.key}", m.skills, m.count) for m in problem.minimums]
        needs += [(f"coverage:{skill}", (skill,), series[at]) for skill, series in problem.demand.items()]
        return all(sum(s in skills for s in chosen) >= count for key, skills, count in needs if key in keys)


def _weeks(problem: RosterProblem, person: Person) -> list[tuple[frozenset[Cell], frozenset[Name]]]:
    """Cells where the person is at work, and the names of what is broken, of every sequence of days of right shape."""
    each = [
        [s for s in everyroster.days_of(problem, person, day) if s is None or _shaped(problem, person, s)]
        for day in range(len(problem.days))
    ]
    found = {}
    for chosen in product(*each):
        own = {s.day: s for s in chosen if s is not None}
        there = frozenset((s.day, m) for s in own.values() for m in rulebook.at_work(s) if not m % problem.step)
        broken = {(b.key, b.person, b.day, b.start) for b in rulebook.personal(problem, person, own) if b.hard}
        broken -= {name for name in broken if name[0] == "pin"}
        broken |= {("pin", p.person, p.day, p.start) for p in problem.pins if p.person == person.id
                   and not _pinned(problem, person, p, own.get(p.day))}  # fmt: skip
        found[there, frozenset(broken)] = None
    return list(found)


def _shaped(problem: RosterProblem, person: Person, s: Shift) -> bool:
    broken = rulebook.personal(problem, person, {s.day: s})
    return not any(b.key in STRUCTURE or (b.key == "lunch" and s.lunch is not None) for b in broken)


def _pinned(problem: RosterProblem, person: Person, pin: Pin, s: Shift | None) -> bool:
    """A cell fixed by hand is kept, as far as the times of the day say; a post needs its skill."""
    if pin.kind == "off":
        return s is None
    if pin.kind == "shift":
        return s is not None and (s.start, s.end) == (pin.start, pin.end)
    able = rulebook.qualified(problem, person, pin.skill or "", pin.day)
    return able and s is not None and set(range(pin.start, pin.end)) <= rulebook.at_work(s)
