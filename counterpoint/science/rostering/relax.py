"""Ways out of an infeasible roster, each priced and checked by really rostering with it.

Kinds: ``waive`` (set one restriction of the conflict aside, and whatever else then still stands in the way), ``borrow``
(people from outside for the uncovered stretches), ``call_in`` (a flexible person), ``overtime`` (with consent, never
for protected people, never beyond the law), ``lunch`` (a wider lunch window), ``accept`` (leave posts uncovered).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from counterpoint.science.rostering import limits
from counterpoint.science.rostering.conflict import Conflict, conflicts
from counterpoint.science.rostering.evaluate import Evaluation, evaluate
from counterpoint.science.rostering.model import Item, RosterModel
from counterpoint.science.rostering.problem import Person, Pin, Reserve, RosterProblem, Skill, Waiver, Window
from counterpoint.science.rostering.roster import Roster, clock
from counterpoint.science.rostering.search import Limit, Search
from counterpoint.science.rostering.solve import result

Predict = Callable[[RosterProblem, Roster], float]

PRICES = {"lunch": 60, "minimum": 250, "two_person": 600, "leave": 400, "core": 120, "pin": 80, "contract": 200,
          "coverage": 100, "rule": 150}  # fmt: skip
BORROWED_HOUR = 100
OVERTIME_HOUR = 120
LONGEST_LOAN = 300  # a borrowed person stays shorter than a lunch is due


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One way out. ``problem`` is the changed problem (rosterable: it was rostered), ``cost`` in points,
    ``uncovered`` the person-intervals of minimum posts left open, ``wait_change`` what ``predict`` says it does to the
    wait (None without it)."""

    kind: str
    words: str
    cost: int
    problem: RosterProblem
    uncovered: int
    roster: Roster
    wait_change: float | None = None

    def summary(self) -> str:
        """One line for a person."""
        wait = "" if self.wait_change is None else f", predicted wait {self.wait_change:+.1f}"
        return f"{self.words}: cost {self.cost}, {self.uncovered} person-intervals of minimum posts open{wait}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why there is no roster, and what can be done, cheapest first."""

    conflicts: tuple[Conflict, ...]
    relaxations: tuple[Relaxation, ...]

    @property
    def conflict(self) -> Conflict | None:
        """The first conflict; None when a roster exists."""
        return self.conflicts[0] if self.conflicts else None

    def summary(self) -> str:
        """Conflicts, then ways out."""
        if not self.conflicts:
            return "every hard rule can hold"
        ways = [f"{n}. {way.summary()}" for n, way in enumerate(self.relaxations, 1)]
        return "\n".join([*(c.summary() for c in self.conflicts), "Ways out:", *ways])


def diagnose(problem: RosterProblem, *, seed: int = 0, predict: Predict | None = None) -> Diagnosis:
    """Irreducible conflicts without a common restriction, and priced ways out of all of them together."""
    found = conflicts(problem, seed=seed)
    if not found:
        return Diagnosis((), ())
    ways = [*_waivers(problem, found, seed), *_from_uncovered(problem, seed), *_wider(problem, found, seed)]
    before = min((predict(w.problem, w.roster) for w in ways if w.kind == "accept"), default=None) if predict else None
    priced = [
        replace(w, wait_change=predict(w.problem, w.roster) - before) if predict and before is not None else w
        for w in ways
    ]
    unique = {way.words: way for way in sorted(priced, key=lambda w: -w.cost)}
    return Diagnosis(found, tuple(sorted(unique.values(), key=lambda w: (w.cost, w.words))))


def attempt(problem: RosterProblem, seed: int, *, least_uncovered: bool = False) -> Roster | None:
    """Some roster that keeps every hard rule (with the fewest soft minimum posts open), or None."""
    model = RosterModel(problem)
    limits.add(model)
    if not least_uncovered:
        model.costs.clear()
    model.minimise()
    search = Search(model, seed, Limit(deterministic=10.0), None)
    search.run_whole()
    return result(search).roster


def _way(kind: str, words: str, cost: int, problem: RosterProblem, roster: Roster | None) -> list[Relaxation]:
    if roster is None:
        return []
    judged = evaluate(problem, roster)
    if not judged.feasible:
        return []
    return [Relaxation(kind, words, cost, problem, _open_posts(judged), roster)]


def _open_posts(judged: Evaluation) -> int:
    return sum(v.amount for v in judged.violations if v.key.startswith(("minimum:", "two_person:", "coverage:")))


def negotiable(problem: RosterProblem, item: Item) -> bool:
    """True unless the item is law, shares its name with a law of another date, or is somebody's consent."""
    return item.kind not in ("law", "consent") and item.key not in problem.law


def _waivers(problem: RosterProblem, found: tuple[Conflict, ...], seed: int) -> list[Relaxation]:
    """Set aside one restriction of the first conflict; then, while something else blocks, its cheapest."""
    ways: list[Relaxation] = []
    for item in _worth_trying(found[0]):
        dropped: list[Item] = [item] if negotiable(problem, item) else []
        changed = _waive(problem, item) if dropped else problem
        rest = conflicts(changed, seed=seed, most=1) if dropped else ()
        while dropped and rest:
            choices = [i for c in rest[:1] for i in c.items if negotiable(problem, i)]
            if not choices or len(dropped) > 12:
                dropped = []
                break
            dropped.append(min(choices, key=_price))
            changed = _waive(changed, dropped[-1])
            rest = conflicts(changed, seed=seed, most=1)
        if dropped and not any(set(other.problem.waivers) < set(changed.waivers) for other in ways):
            words = "; ".join(f"set aside: {i.words}" for i in dropped)
            ways += _way("waive", words, sum(map(_price, dropped)), changed, attempt(changed, seed))
    return ways


def _worth_trying(conflict: Conflict) -> list[Item]:
    """Cheapest first, and at most three of the same rule: neighbouring half hours say the same thing again."""
    chosen: list[Item] = []
    for item in sorted(conflict.items, key=_price):
        if sum(other.key == item.key for other in chosen) < 3:
            chosen.append(item)
    return chosen


def _price(item: Item) -> int:
    return PRICES.get(item.kind, 300)


def _waive(problem: RosterProblem, item: Item) -> RosterProblem:
    waiver = Waiver(item.key, "proposed way out", item.person, item.day, item.start)
    return replace(problem, waivers=(*problem.waivers, waiver))


def _softened(problem: RosterProblem) -> RosterProblem:
    return replace(
        problem,
        minimums=tuple(replace(m, hard=False) for m in problem.minimums),
        two_person=tuple(replace(t, hard=False) for t in problem.two_person),
        coverage_hard=False,
    )


def _from_uncovered(problem: RosterProblem, seed: int) -> list[Relaxation]:
    """Leave posts open, or fill exactly those with somebody from outside."""
    soft = _softened(problem)
    roster = attempt(soft, seed, least_uncovered=True)
    if roster is None:
        return []
    judged = evaluate(soft, roster)
    holes = [v for v in judged.violations if v.key.startswith(("minimum:", "two_person:"))]
    ways = []
    if holes:
        hours = sum(v.amount for v in holes) * problem.step / 60
        words = f"accept {sum(v.amount for v in holes)} uncovered person-intervals of minimum posts"
        ways += _way("accept", words, round(hours * 2 * PRICES["minimum"]), soft, roster)
    stretches = _stretches(problem, roster)
    if stretches:
        ways += _outside(problem, stretches, "borrow", seed)
        ways += _outside(problem, stretches, "call_in", seed)
    return ways


Stretch = tuple[int, int, int, str, int]  # day, start, end, skill, people


def _stretches(problem: RosterProblem, roster: Roster) -> list[Stretch]:
    """Uncovered posts joined into stretches per day and skill."""
    judged = evaluate(problem, roster)
    skill_of = {f"minimum:{m.key}": m.skills[0] for m in problem.minimums}
    skill_of |= {f"two_person:{t.key}": t.skill for t in problem.two_person}
    skill_of |= {f"coverage:{s}": s for s in problem.demand}
    found: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for v in judged.hard:
        if v.key in skill_of and v.day is not None and v.start is not None:
            found.setdefault((v.day, skill_of[v.key]), []).append((v.start, v.amount))
    stretches: list[Stretch] = []
    for (day, skill), slots in sorted(found.items()):
        first, last = min(s for s, _ in slots), max(s for s, _ in slots) + problem.step
        for start in range(first, last, LONGEST_LOAN):
            inside = [amount for s, amount in slots if start <= s < start + LONGEST_LOAN]
            if inside:
                stretches.append((day, start, min(last, start + LONGEST_LOAN), skill, max(inside)))
    return stretches


def _outside(problem: RosterProblem, stretches: list[Stretch], kind: str, seed: int) -> list[Relaxation]:
    people, pins, words, cost = list(problem.people), list(problem.pins), [], 0
    booked: list[tuple[Reserve, Window]] = []
    for number, (day, start, end, skill, count) in enumerate(stretches):
        level, hourly = problem.levels.get(skill, 1), 0
        for extra in range(count):
            span = Window(day, start, end)
            reserve = _reserve(problem, skill, kind, span, booked)
            if reserve is None and kind == "call_in":
                return []
            if reserve:
                booked.append((reserve, span))
            name = reserve.person.name if reserve else "a colleague of another branch"
            who = Person(f"{kind}-{number}-{extra}", name, (Skill(skill, level),), max_week=2400, min_day=0)
            people.append(who)
            pins.append(Pin(who.id, day, "shift", start, end))
            hourly += reserve.cost_per_hour if reserve else BORROWED_HOUR
        cost += round((end - start) / 60 * hourly)
        verb = "borrow" if kind == "borrow" else "call in"
        words.append(f"{verb} {count} with {skill} on {problem.days[day].date} {clock(start)}-{clock(end)}")
    changed = replace(problem, people=tuple(people), pins=tuple(pins))
    return _way(kind, "; ".join(words), cost, changed, attempt(changed, seed))


def _reserve(
    problem: RosterProblem, skill: str, kind: str, span: Window, booked: list[tuple[Reserve, Window]]
) -> Reserve | None:
    """The cheapest who has the skill, is not away and is not already taken for the same time."""
    level, date = problem.levels.get(skill, 1), problem.days[span.day].date
    able = [r for r in problem.reserves if r.kind == kind and r.person.can(skill, level, date)]
    for reserve in tuple(able):
        busy = (*reserve.person.unavailable, *(taken for other, taken in booked if other is reserve))
        if any(window.day == span.day and window.overlaps(span.start, span.end) for window in busy):
            able.remove(reserve)
    return min(able, key=lambda r: r.cost_per_hour, default=None)


def _wider(problem: RosterProblem, found: tuple[Conflict, ...], seed: int) -> list[Relaxation]:
    """An hour more of lunch window on both sides; an hour (or up to three) of overtime."""
    ways = []
    items = [item for conflict in found for item in conflict.items]
    if problem.lunch and any(i.kind in ("lunch", "minimum", "two_person", "coverage", "core", "pin") for i in items):
        lunch = replace(problem.lunch, earliest=problem.lunch.earliest - 60, latest=problem.lunch.latest + 60)
        changed = replace(problem, lunch=lunch)
        words = f"lunch between {clock(lunch.earliest)} and {clock(lunch.latest)}"
        ways += _way("lunch", words, PRICES["lunch"], changed, attempt(changed, seed))
    for minutes in (60, 120, 180):
        people = tuple(
            p if p.protected else replace(p, overtime_agreed=p.overtime_agreed + minutes) for p in problem.people
        )
        changed = replace(problem, people=people)
        roster = attempt(changed, seed, least_uncovered=True)
        if roster is not None:
            used = _overtime_used(changed, problem, roster)
            if used:
                words = "; ".join(f"{hours:g} h overtime for {name}" for name, hours in used)
                cost = round(sum(hours for _, hours in used) * OVERTIME_HOUR)
                ways += _way("overtime", words, cost, changed, roster)
            break
    return ways


def _overtime_used(changed: RosterProblem, problem: RosterProblem, roster: Roster) -> list[tuple[str, float]]:
    from counterpoint.science.rostering.scoring import overtime

    shifts = list(roster.shifts)
    before = {p.id: p.overtime_agreed for p in problem.people}
    used = [(p.name, max(0, overtime(changed, p, shifts) - before[p.id]) / 60) for p in changed.people]
    return [(name, hours) for name, hours in used if hours > 0]
