"""Who sits where and when: the planned people, changed by the scenario, each stretch on a free window. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from counterpoint.onsite.whatif.ground import LOBBY, Desk, Ground, Worker
from counterpoint.onsite.whatif.scenario import OFF, Added, Scenario

EXTRA = "+"
TOGETHER = 12 * 60
STAGGER = (11 * 60, 30, 5)  # first lunch, minutes between two, lunches before it begins again


@dataclass(frozen=True)
class Stretch:
    """One person on one post without a pause. `desk` is a counter's number, None in the lobby."""

    worker: str
    start: int
    end: int
    skill: str
    skills: tuple[str, ...]
    speed: float
    desk: int | None = None


@dataclass(frozen=True)
class Seating:
    """Stretches with their windows, those that found none, and when each person's day ends."""

    seated: tuple[Stretch, ...]
    standing: tuple[Stretch, ...]
    ends: tuple[tuple[str, int], ...]


def seating(ground: Ground, scenario: Scenario) -> Seating:
    """The people of the scenario on the branch's windows: those as planned first, then who was moved or added."""
    people = crew(ground, scenario)
    changed = dict(scenario.posts)
    stretches = [(key_order(w, changed), s) for w in people for s in stretches_of(w, ground)]
    stretches.sort(key=lambda pair: (pair[0], pair[1].start))  # stable: then in the order of the plan
    taken: dict[int, list[tuple[int, int]]] = {}
    last: dict[str, int] = {}
    seated, standing = [], []
    for _order, one in stretches:
        desk = None if one.skill == LOBBY else _free(ground.desks, one, taken, last.get(one.worker))
        if desk is None and one.skill != LOBBY:
            standing.append(one)
            continue
        if desk is not None:
            taken.setdefault(desk, []).append((one.start, one.end))
            last[one.worker] = desk
        seated.append(replace(one, desk=desk))
    return Seating(tuple(seated), tuple(standing), tuple((w.key, w.end) for w in people))


def key_order(worker: Worker, changed: dict[str, str]) -> int:
    """As planned first: who is moved or added takes what is left."""
    return 2 if worker.key.startswith(EXTRA) else int(worker.key in changed)


def crew(ground: Ground, scenario: Scenario) -> tuple[Worker, ...]:
    """The planned people without the absent, on their changed posts and lunches, and the added ones."""
    posts, moved = dict(scenario.posts), dict(scenario.moved)
    found = []
    for worker in ground.workers:
        if posts.get(worker.key) == OFF:
            continue
        found.append(_with_post(worker, posts.get(worker.key, ""), ground))
    found = _lunches(found, scenario.lunch)
    found = [_with_lunch(w, moved[w.key]) if w.key in moved else w for w in found]
    return (*found, *(one for n, more in enumerate(scenario.added) for one in _extra(more, n)))


def _extra(more: Added, number: int) -> Iterable[Worker]:
    for n in range(more.count):
        task = (more.start, more.end, more.skill)
        yield Worker(f"{EXTRA}{number}.{n}", "", more.start, more.end, None, (task,), (more.skill,))


def _with_post(worker: Worker, skill: str, ground: Ground) -> Worker:
    """All of the day on one post; somebody without tasks has the shift to give."""
    if not skill:
        return worker
    start = min((t[0] for t in worker.tasks), default=max(worker.start, ground.opens))
    end = max((t[1] for t in worker.tasks), default=min(worker.end, ground.closes))
    whole = replace(worker, tasks=((start, end, skill),) if start < end else ())
    return _with_lunch(whole, worker.lunch[0]) if worker.lunch else whole


def _lunches(people: list[Worker], how: str) -> list[Worker]:
    """Everybody at once, or in turn by skill; as planned otherwise."""
    if how == "planned":
        return people
    turn: dict[str, int] = {}
    found = []
    for worker in people:
        first, gap, turns = STAGGER
        place = turn.setdefault(worker.main, 0)
        turn[worker.main] += bool(worker.lunch)
        begin = TOGETHER if how == "together" else first + gap * (place % turns)
        found.append(_with_lunch(worker, begin) if worker.lunch else worker)
    return found


def _with_lunch(worker: Worker, begin: int) -> Worker:
    """The lunch at another time: the old gap is worked on the post before it. As it was where it would not fit."""
    if worker.lunch is None:
        return worker
    length = worker.lunch[1] - worker.lunch[0]
    if not (worker.start <= begin and begin + length <= worker.end):
        return worker
    filled = [(a, worker.lunch[1] if b == worker.lunch[0] else b, skill) for a, b, skill in worker.tasks]
    tasks = [part for task in filled for part in _cut(task, (begin, begin + length))]
    return replace(worker, lunch=(begin, begin + length), tasks=tuple(tasks))


def _cut(task: tuple[int, int, str], out: tuple[int, int]) -> list[tuple[int, int, str]]:
    """A task without a span: none, one or two pieces."""
    start, end, skill = task
    return [(a, b, skill) for a, b in ((start, min(end, out[0])), (max(start, out[1]), end)) if a < b]


def stretches_of(worker: Worker, ground: Ground) -> list[Stretch]:
    """Stretches on posts that serve customers or greet them; neighbouring ones of the same post are one."""
    known = {*ground.skills, LOBBY}
    found: list[Stretch] = []
    for start, end, skill in sorted(worker.tasks):
        if skill not in known:
            continue
        if found and found[-1].end == start and found[-1].skill == skill:
            found[-1] = replace(found[-1], end=end)
            continue
        able = tuple(sorted({*worker.skills, skill} - {LOBBY}))
        found.append(Stretch(worker.key, start, end, skill, able, worker.speed))
    return found


def _free(
    desks: tuple[Desk, ...], one: Stretch, taken: dict[int, list[tuple[int, int]]], before: int | None
) -> int | None:
    """The window of before if it is free and fits, else the most special free one of the skill, lowest number first."""
    fit = [
        d for d in desks
        if one.skill in d.skills and all(b <= one.start or one.end <= a for a, b in taken.get(d.number, ()))
    ]  # fmt: skip
    fit.sort(key=lambda d: (d.number != before, d.kind != one.skill, len(d.skills), d.number))
    return fit[0].number if fit else None
