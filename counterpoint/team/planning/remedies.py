"""What would shorten the wait of one day of a roster that exists: single steps, each priced and played in the twin.

Kinds: ``borrow`` (a colleague of another branch for the worst two hours), ``lunch`` (another lunch), ``post`` (another
post in the worst hours), ``overtime`` (an hour more, within what is agreed), ``shift`` (another day for somebody, or a
day for somebody who is off). No step breaks a hard rule that is kept now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from counterpoint.science.rostering import (
    BORROWED_HOUR,
    Break,
    History,
    Person,
    Pin,
    Roster,
    RosterProblem,
    Shift,
    Skill,
    Task,
    alternatives,
    evaluate,
    fresh,
    moved_ends,
    pinned,
)
from counterpoint.team.planning.trial import Change, Played, change
from counterpoint.team.planning.values import INTERVAL

PEAK = 4  # half hours that count as the worst time of a day
LOAN = "borrow-"
MOST_SHIFTS = 6


class Player(Protocol):
    """Plays the day of a roster: few simulated days when `quick`."""

    def __call__(self, roster: Roster, *, quick: bool) -> Played: ...


@dataclass(frozen=True)
class Remedy:
    """One step. ``shift`` is the changed (or the borrowed person's) day, ``cost`` the points it adds to the roster, a
    borrowed person's hours included, ``wait`` what it does to the P90 of the day."""

    kind: str
    shift: Shift
    cost: int
    wait: Change
    p90: float


@dataclass(frozen=True)
class _Step:
    kind: str
    shift: Shift
    problem: RosterProblem
    roster: Roster
    extra: int = 0


def shorter_waits(
    problem: RosterProblem, roster: Roster, day: int, skills: tuple[str, ...], play: Player
) -> list[Remedy]:
    """The step of each kind that shortens the wait most, the strongest first; only steps whose interval shows it."""
    base = {quick: play(roster, quick=quick) for quick in (True, False)}
    peak = worst(base[False])
    if peak is None:
        return []
    now = evaluate(problem, roster)
    best: dict[str, tuple[float, int, _Step]] = {}
    for step in _steps(problem, roster, day, peak, skills):
        after = evaluate(step.problem, step.roster)
        if any(v.hard for v in fresh(now, after)):
            continue
        moved = change(base[True], play(step.roster, quick=True)).p90
        cost = after.total - now.total + step.extra
        if moved is not None and (step.kind not in best or (moved.mean, cost) < best[step.kind][:2]):
            best[step.kind] = (moved.mean, cost, step)
    found = []
    for kind, (_mean, cost, step) in best.items():
        played = play(step.roster, quick=False)
        moved = change(base[False], played).p90
        if moved is not None and moved.high < 0:
            found.append(Remedy(kind, step.shift, cost, moved, played.day.wait_p90))
    return sorted(found, key=lambda one: one.wait.mean)


def worst(played: Played) -> tuple[int, int] | None:
    """The two hours with most minutes waited by those who wait longest; None where nothing was played."""
    weight = {cell.minute: cell.p90 * cell.customers for cell in played.day.cells}
    if not played.minutes:
        return None
    starts = played.minutes[: max(1, len(played.minutes) - PEAK + 1)]
    first = max(starts, key=lambda m: sum(weight.get(m + n * INTERVAL, 0.0) for n in range(PEAK)))
    return first, min(first + PEAK * INTERVAL, played.minutes[-1] + INTERVAL)


def _steps(
    problem: RosterProblem, roster: Roster, day: int, peak: tuple[int, int], skills: tuple[str, ...]
) -> Iterator[_Step]:
    for skill in skills:
        yield borrowed(problem, roster, day, peak, skill)
    date = problem.days[day].date
    for person in problem.people:
        held = roster.of(person.id, day)
        if held is None or person.id.startswith(LOAN):
            continue
        able = [s for s in skills if person.can(s, problem.levels.get(s, 1), date)]
        for shift in (*_lunches(problem, held, peak), *_posts(held, able, peak)):
            yield _fixed(problem, roster, "lunch" if shift.lunch != held.lunch else "post", shift)
        if person.overtime_agreed and not person.protected:
            for start, end in ((-60, 0), (0, 60)):
                yield _fixed(problem, roster, "overtime", moved_ends(held, start, end))
    yield from _days(problem, roster, day)


def borrowed(problem: RosterProblem, roster: Roster, day: int, span: tuple[int, int], skill: str) -> _Step:
    """Somebody from outside on a post for the span: no contract here to fill, and no part in what is shared fairly."""
    people = problem.people
    least = History(
        lates=min((p.history.lates for p in people), default=0),
        weekends=min((p.history.weekends for p in people), default=0),
    )
    number, minutes = sum(p.id.startswith(LOAN) for p in people), span[1] - span[0]
    who = Person(
        f"{LOAN}{number}-{skill}", "a colleague of another branch", (Skill(skill, problem.levels.get(skill, 1)),),
        max_week=minutes, min_day=0, history=least,
    )  # fmt: skip
    shift = Shift(who.id, day, *span, None, (Task(*span, skill),))
    changed = replace(problem, people=(*people, who), pins=(*problem.pins, Pin(who.id, day, "shift", *span)))
    return _Step("borrow", shift, changed, roster.replaced(shift), minutes * BORROWED_HOUR // 60)


def _fixed(problem: RosterProblem, roster: Roster, kind: str, shift: Shift) -> _Step:
    """A shift set by hand, as the editor would."""
    changed = roster.replaced(shift)
    return _Step(kind, shift, pinned(problem, changed, [(shift.person, shift.day)]), changed)


def _lunches(problem: RosterProblem, held: Shift, peak: tuple[int, int]) -> Iterator[Shift]:
    """Lunches outside the worst hours for somebody who eats in them; the post of that time is taken on."""
    rule = problem.lunch
    if rule is None or held.lunch is None or not (held.lunch.start < peak[1] and peak[0] < held.lunch.end):
        return
    size = held.lunch.end - held.lunch.start
    for start in range(rule.earliest, rule.latest - size + 1, problem.step):
        lunch = Break(start, start + size)
        inside = held.start + rule.edge <= start and lunch.end <= held.end - rule.edge
        if inside and not (start < held.lunch.end and held.lunch.start < lunch.end):
            yield replace(held, lunch=lunch, tasks=_around(held, lunch))


def _around(held: Shift, lunch: Break) -> tuple[Task, ...]:
    """The posts with the old lunch filled by the post before it and the new one cut out."""
    assert held.lunch is not None
    tasks = [replace(t, end=held.lunch.end) if t.end == held.lunch.start else t for t in held.tasks]
    cut = [
        replace(t, start=a, end=b)
        for t in tasks
        for a, b in ((t.start, min(t.end, lunch.start)), (max(t.start, lunch.end), t.end))
        if a < b
    ]
    return tuple(cut)


def _posts(held: Shift, able: list[str], peak: tuple[int, int]) -> Iterator[Shift]:
    """Another post in the worst hours."""
    for skill in able:
        tasks: list[Task] = []
        for t in held.tasks:
            inner = (max(t.start, peak[0]), min(t.end, peak[1]))
            if t.skill == skill or inner[0] >= inner[1]:
                tasks.append(t)
                continue
            pieces = (Task(t.start, inner[0], t.skill), Task(*inner, skill), Task(inner[1], t.end, t.skill))
            tasks += [piece for piece in pieces if piece.start < piece.end]
        if tuple(tasks) != held.tasks:
            yield replace(held, tasks=tuple(tasks))


def _days(problem: RosterProblem, roster: Roster, day: int) -> Iterator[_Step]:
    """The best other day of everybody, the cheapest few of them."""
    found = [
        one
        for person in problem.people
        if not person.id.startswith(LOAN)
        for one in alternatives(problem, roster, person.id, day, most=1)
        if one.shift is not None and not one.hard
    ]
    for one in sorted(found, key=lambda a: a.change)[:MOST_SHIFTS]:
        assert one.shift is not None
        yield _fixed(problem, roster, "shift", one.shift)


def loan(
    problem: RosterProblem, roster: Roster, day: int, span: tuple[int, int], skill: str
) -> tuple[RosterProblem, Roster, Shift]:
    """The problem and the roster with that person on loan."""
    step = borrowed(problem, roster, day, span, skill)
    return step.problem, step.roster, step.shift
