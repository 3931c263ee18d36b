"""Single steps that could help a scenario: one more person, somebody's lunch moved, a window in the worst hours, more
use of machines. Pure: what is tried, and what each takes; what it brings is for the twin to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from counterpoint.onsite.whatif.ground import GRAIN, Ground, Worker
from counterpoint.onsite.whatif.scenario import MOST_ROWS, Added, Scenario
from counterpoint.onsite.whatif.seats import crew, seating

WORST = 180  # minutes of the worst stretch that a window is opened for
MORE_USE = 20  # percentage points
MOST_USE = 90
SKILLS_TRIED = 3
EARLIEST, LATEST = 11 * 60, 13 * 60 + 30  # a moved lunch lies within (branch practice, as rosters take it)


@dataclass(frozen=True)
class Remedy:
    """One step as a scenario of its own. `minutes` of people; `kind` is more, worst, relief, lunch or machines."""

    kind: str
    scenario: Scenario
    minutes: int = 0
    skill: str = ""
    start: int = 0
    end: int = 0
    person: str = ""


def remedies(ground: Ground, scenario: Scenario, waited: Mapping[str, float], busy: Sequence[float]) -> list[Remedy]:
    """What is worth trying, given minutes waited by skill and the wait of each half hour from opening."""
    worst = worst_stretch(ground, busy)
    skills = sorted((s for s in waited if waited[s] > 0), key=lambda s: -waited[s])[:SKILLS_TRIED]
    whole = (ground.opens, ground.closes)
    found = [
        Remedy(kind, added, span[1] - span[0], skill, *span)
        for skill in skills
        for kind, span in (("more", whole), ("worst", worst))
        if span[1] - span[0] < whole[1] - whole[0] or kind == "more"
        if (added := with_one_more(ground, scenario, skill, span)) is not None
    ]
    found += [
        relief
        for skill in skills
        if not any(r.skill == skill for r in found) and (relief := _relief(ground, scenario, skill)) is not None
    ]
    found += [lunch for skill in skills[:1] for lunch in _lunch(ground, scenario, skill, worst, busy)]
    could = any(s.divertible and s.device in {m.kind for m in ground.machines} for s in ground.services)
    more = min(MOST_USE, scenario.uptake + MORE_USE)
    if could and more > scenario.uptake:
        found.append(Remedy("machines", replace(scenario, uptake=more)))
    return found


def worst_stretch(ground: Ground, busy: Sequence[float]) -> tuple[int, int]:
    """The stretch of WORST minutes with the longest waits, within opening hours."""
    width = min(WORST // GRAIN, len(busy))
    first = max(range(len(busy) - width + 1), key=lambda n: sum(busy[n : n + width]))
    start = ground.opens + GRAIN * first
    return start, min(ground.closes, start + WORST)


def with_one_more(ground: Ground, scenario: Scenario, skill: str, span: tuple[int, int]) -> Scenario | None:
    """One more person of the skill; None when no window is free then, or the question has no room for more rows."""
    if len(scenario.added) >= MOST_ROWS:
        return None
    more = replace(scenario, added=(*scenario.added, Added(skill, 1, *span)))
    return None if len(seating(ground, more).standing) > len(seating(ground, scenario).standing) else more


def _relief(ground: Ground, scenario: Scenario, skill: str) -> Remedy | None:
    """Where every window is taken: one more person who sits down wherever a colleague of the skill is at lunch."""
    room = MOST_ROWS - len(scenario.added)
    spans: list[tuple[int, int]] = []
    for begin, end in sorted({w.lunch for w in crew(ground, scenario) if w.main == skill and w.lunch}):
        if spans and begin < spans[-1][1]:
            continue
        spans.append((begin, end))
    changed, minutes, used = scenario, 0, []
    for span in spans[: max(0, room)]:
        more = with_one_more(ground, changed, skill, span)
        if more is not None:
            changed, minutes = more, minutes + span[1] - span[0]
            used.append(span)
    return Remedy("relief", changed, minutes, skill, used[0][0], used[-1][1]) if used else None


def _lunch(
    ground: Ground, scenario: Scenario, skill: str, worst: tuple[int, int], busy: Sequence[float]
) -> list[Remedy]:
    """One person of the skill who is at lunch in the worst stretch, eating in the calmest half hour instead."""
    away = [w for w in crew(ground, scenario) if w.main == skill and w.lunch and _overlap(w.lunch, worst)]
    for worker in sorted(away, key=lambda w: -_overlap(w.lunch, worst) if w.lunch else 0):
        begin = _calm(ground, worker, worst, busy)
        if begin is not None and any(w.key == worker.key for w in ground.workers):
            kept = tuple(pair for pair in scenario.moved if pair[0] != worker.key)
            moved = replace(scenario, moved=(*kept, (worker.key, begin)))
            length = worker.lunch[1] - worker.lunch[0] if worker.lunch else 0
            return [Remedy("lunch", moved, 0, skill, begin, begin + length, worker.key)]
    return []


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _calm(ground: Ground, worker: Worker, worst: tuple[int, int], busy: Sequence[float]) -> int | None:
    """The begin with the shortest waits among half hours in which this person may eat; None when all are worst."""
    if worker.lunch is None:
        return None
    length = worker.lunch[1] - worker.lunch[0]
    first, last = max(EARLIEST, worker.start), min(LATEST, worker.end) - length
    grid = (ground.opens + GRAIN * n for n in range(len(busy)))
    begins = [m for m in grid if first <= m <= last and not _overlap((m, m + length), worst)]
    return min(begins, key=lambda m: (busy[(m - ground.opens) // GRAIN], m), default=None)
