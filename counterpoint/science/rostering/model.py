"""The roster as a CP-SAT model.

One Boolean per person, day and allowed shift, one per person, day and lunch; presence is their difference. People with
the same skills on a day form a group; whole numbers say how many of a group stand on each skill in an interval, which
is exact because group members are interchangeable. Who does which post is decided afterwards (``decode``).

Every restriction is an :class:`Item`. For solving they hold outright; for finding conflicts each hangs on a literal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from counterpoint.science.rostering import candidates
from counterpoint.science.rostering.candidates import Span
from counterpoint.science.rostering.problem import Person, RosterProblem
from counterpoint.science.rostering.scoring import cells, useful

Group = frozenset[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One restriction that can be named to a person: what kind, whose, when, in words, and where it comes from."""

    kind: str
    key: str
    words: str
    source: str
    mark: str
    person: str | None = None
    day: int | None = None
    start: int | None = None
    end: int | None = None
    skills: tuple[str, ...] = ()


@dataclass(slots=True)
class PersonDay:
    """Variables of one person's day."""

    shifts: dict[Span, Any]
    lunches: dict[Span, Any]
    works: Any
    minutes: Any

    def presence(self, minute: int) -> list[tuple[Any, int]]:
        """Signed variables whose sum is 1 when at work at that minute."""
        found = [(var, 1) for span, var in self.shifts.items() if span[0] <= minute < span[1]]
        return found + [(var, -1) for span, var in self.lunches.items() if span[0] <= minute < span[1]]


class RosterModel:
    """Variables and posts; personal rules and costs are added by ``limits`` and ``objective``.

    ``assumed``: every item gets a literal in ``literals`` and nothing is priced. ``without``: items left out.
    """

    def __init__(
        self, problem: RosterProblem, *, assumed: bool = False, without: frozenset[Item] = frozenset()
    ) -> None:
        self.problem = problem
        self.assumed = assumed
        self.without = without
        self.cp = cp_model.CpModel()
        self.items: list[Item] = []
        self.literals: list[Any] = []
        self.costs: list[tuple[Any, int]] = []
        self.days: dict[tuple[str, int], PersonDay] = {}
        self.posts: dict[tuple[Group, str, int], Any] = {}
        self.present: dict[tuple[Group, int], Any] = {}
        self.on_skill: dict[tuple[str, int], Any] = {}
        for person in problem.people:
            for day in range(len(problem.days)):
                self.days[person.id, day] = self._person_day(person, day)
        self._groups()

    # -- restrictions -------------------------------------------------------------------------------------------

    def literal(self, item: Item) -> Any | None:
        """Register an item; its literal when conflicts are looked for, None when it simply holds."""
        if not self.assumed:
            return None
        self.items.append(item)
        self.literals.append(self.cp.new_bool_var(""))
        return self.literals[-1]

    def waived(self, item: Item) -> bool:
        """True when somebody set the item aside, or it is left out here."""
        return item in self.without or any(
            w.covers(item.key, item.person, item.day, item.start) for w in self.problem.waivers
        )

    def require(self, bounded: Any, literal: Any | None) -> None:
        """Add a linear constraint, hanging on the literal if there is one."""
        constraint = self.cp.add(bounded)
        if literal is not None:
            constraint.only_enforce_if(literal)

    def limit(self, expr: Any, upper: int, item: Item, *, hard: bool = True, weight: int = 0, reach: int = 0) -> None:
        """``expr ≤ upper``: an item when hard, else priced at ``weight`` per unit above (at most ``reach`` units)."""
        if self.waived(item):
            return
        if hard:
            self.require(expr <= upper, self.literal(item))
        elif weight and not self.assumed:
            excess = self.cp.new_int_var(0, reach, "")
            self.cp.add(expr - excess <= upper)
            self.price(excess, weight)

    def forbid(self, variables: Iterable[Any], item: Item) -> None:
        """None of the variables may be chosen."""
        chosen = list(variables)
        if chosen and not self.waived(item):
            self.require(cp_model.LinearExpr.sum(chosen) == 0, self.literal(item))

    def impossible(self, item: Item) -> None:
        """The item cannot hold at all."""
        self.require(cp_model.LinearExpr.sum([self.cp.new_constant(0)]) >= 1, self.literal(item))

    def price(self, variable: Any, points: int) -> None:
        """Add ``points`` per unit to the objective."""
        if points and not self.assumed:
            self.costs.append((variable, points))

    # -- variables ----------------------------------------------------------------------------------------------

    def _person_day(self, person: Person, day: int) -> PersonDay:
        problem, cp = self.problem, self.cp
        shifts = {span: cp.new_bool_var("") for span in candidates.spans(problem, person.id, day)}
        with_lunch = {span: var for span, var in shifts.items() if candidates.needs_lunch(problem, span)}
        lunches: dict[Span, Any] = {}
        for lunch in candidates.lunches(problem) if with_lunch else []:
            around = [var for span, var in with_lunch.items() if candidates.fits(problem, span, lunch)]
            if around:
                lunches[lunch] = cp.new_bool_var("")
                cp.add(lunches[lunch] <= cp_model.LinearExpr.sum(around))
        works = cp.new_bool_var("")
        cp.add(cp_model.LinearExpr.sum(list(shifts.values())) == works)
        if with_lunch:
            self._lunch(person, day, list(with_lunch.values()), list(lunches.values()))
        minutes = _weighted(
            [(v, s[1] - s[0]) for s, v in shifts.items()] + [(v, s[0] - s[1]) for s, v in lunches.items()]
        )
        return PersonDay(shifts, lunches, works, minutes)

    def _lunch(self, person: Person, day: int, needing: list[Any], lunches: list[Any]) -> None:
        rule = self.problem.lunch
        assert rule is not None
        words = f"{person.name} has lunch on {self.problem.days[day].date}"
        item = Item("lunch", "lunch", words, rule.source, rule.mark, person.id, day, None, None)
        total, need = cp_model.LinearExpr.sum(lunches), cp_model.LinearExpr.sum(needing)
        waived = self.waived(item)
        if rule.hard and not self.assumed and not waived:
            self.cp.add(total == need)
            return
        skipped = self.cp.new_bool_var("")
        self.cp.add(total + skipped == need)
        if rule.hard and not waived:
            self.require(skipped == 0, self.literal(item))
        elif not waived:
            self.price(skipped, rule.weight)

    def group_of(self, person: Person, day: int) -> Group:
        """Skills that matter to this roster and that the person holds on that day."""
        problem, date = self.problem, self.problem.days[day].date
        return frozenset(s for s in problem.qualifications if person.can(s, problem.levels.get(s, 1), date))

    def _groups(self) -> None:
        problem, cp = self.problem, self.cp
        members: dict[tuple[int, Group], list[PersonDay]] = {}
        for person in problem.people:
            for day in range(len(problem.days)):
                if self.days[person.id, day].shifts:
                    members.setdefault((day, self.group_of(person, day)), []).append(self.days[person.id, day])
        pinned = self._pinned()
        for position, day, minute in cells(problem):
            caps = {skill: useful(problem, skill, position, day, minute) for skill in problem.skills}
            standing: dict[str, list[Any]] = {skill: [] for skill in problem.skills}
            idle: list[Any] = []
            for (at, group), people in members.items():
                terms = [term for person in people for term in person.presence(minute)] if at == day else []
                if not terms:
                    continue
                here = cp.new_int_var(0, len(people), "")
                cp.add(here == _weighted(terms))
                self.present[group, position] = here
                free = cp.new_int_var(0, len(people), "")
                posts = []
                for skill in sorted(group & standing.keys()):
                    most = min(len(people), caps[skill] + pinned.get((skill, position), 0))
                    if most:
                        posts.append(cp.new_int_var(0, most, ""))
                        self.posts[group, skill, position] = posts[-1]
                        standing[skill].append(posts[-1])
                cp.add(cp_model.LinearExpr.sum([*posts, free]) == here)
                idle.append(free)
            self._coverage(position, caps, standing, pinned)
            for free in idle:
                self.price(free, problem.slot(problem.costs.over))

    def _pinned(self) -> dict[tuple[str, int], int]:
        """How many people are fixed on a skill per position: such posts may exceed what is useful."""
        found: dict[tuple[str, int], int] = {}
        for pin in self.problem.pins:
            if pin.kind == "task" and pin.skill:
                for minute in self.problem.ticks(pin.start, pin.end):
                    where = pin.day * self.problem.intervals + (minute - self.problem.start) // self.problem.step
                    found[pin.skill, where] = found.get((pin.skill, where), 0) + 1
        return found

    def _coverage(
        self, position: int, caps: dict[str, int], standing: dict[str, list[Any]], pinned: dict[tuple[str, int], int]
    ) -> None:
        problem, cp, price = self.problem, self.cp, self.problem.costs
        for skill, variables in standing.items():
            total = cp_model.LinearExpr.sum(variables) if variables else cp.new_constant(0)
            self.on_skill[skill, position] = total
            if self.assumed:
                continue
            need = problem.demand[skill][position] if skill in problem.demand else 0
            high = max(need, problem.demand_p90[skill][position]) if skill in problem.demand_p90 else need
            beyond = cp.new_int_var(0, pinned.get((skill, position), 0), "")
            cp.add(total - beyond <= caps[skill])
            self.price(beyond, problem.slot(price.over))
            missing: Any = 0
            if need:
                missing, deep = cp.new_int_var(0, need, ""), cp.new_int_var(0, need, "")
                cp.add(total + missing >= need)
                cp.add(deep >= missing - 1)
                self.price(missing, problem.slot(price.under))
                self.price(deep, problem.slot(price.under))
            if high > need:
                thin = cp.new_int_var(0, high - need, "")
                cp.add(total + missing + thin >= high)
                self.price(thin, problem.slot(price.under_p90))

    def minimise(self) -> None:
        """Install the objective."""
        self.cp.minimize(_weighted(self.costs))


def _weighted(terms: list[tuple[Any, int]]) -> Any:
    return cp_model.LinearExpr.weighted_sum([var for var, _ in terms], [weight for _, weight in terms])
