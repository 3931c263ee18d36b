"""The independent judge of a plan: plain Python, no solver, nothing compiled. Every plan is measured here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby, pairwise

from counterpoint.science.rostering.schedules.problem import OFF, Employee, Plan, ScheduleProblem


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken hard rule: which, whose, from which day on (None: the whole horizon), in words."""

    rule: str
    employee: str
    day: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a plan is worth. Points by kind; ``missing`` and ``surplus`` count people over all days and shifts."""

    breaches: tuple[Breach, ...]
    requests_on: int
    requests_off: int
    under: int
    over: int
    missing: int
    surplus: int

    @property
    def feasible(self) -> bool:
        """True when no hard rule is broken."""
        return not self.breaches

    @property
    def total(self) -> int:
        """All points together: what the solver minimises."""
        return self.requests_on + self.requests_off + self.under + self.over

    def summary(self) -> str:
        """Two lines for a person, and the first three broken rules."""
        wishes = self.requests_on + self.requests_off
        head = f"cost {self.total}: wishes {wishes}, {self.missing} people short {self.under}, "
        head += f"{self.surplus} too many {self.over}"
        broken = [f"{len(self.breaches)} hard rules broken", *(b.words for b in self.breaches[:3])]
        return "\n".join([head, *(broken if self.breaches else ["every hard rule is kept"])])


def judge(problem: ScheduleProblem, plan: Plan) -> Verdict:
    """Measure a plan: every broken hard rule and the points. ValueError when it is no plan of these people and days."""
    _check_shape(problem, plan)
    breaches = [b for one in problem.employees for b in _breaches(problem, one, plan.days[one.key])]
    for pin in problem.fixed:
        has = plan.days[pin.employee][pin.day]
        if has != pin.shift:
            words = f"{pin.employee} has {has or 'a day off'} on day {pin.day}, fixed was {pin.shift or 'a day off'}"
            breaches.append(Breach("fixed", pin.employee, pin.day, words))
    ungranted = Counter[str]()
    for wish in problem.requests:
        works = plan.days[wish.employee][wish.day] == wish.shift
        if works != (wish.kind == "on"):
            ungranted[wish.kind] += wish.weight
    staffed = Counter((day, shift) for row in plan.days.values() for day, shift in enumerate(row))
    short = [(max(0, c.needed - staffed[c.day, c.shift]), c.under) for c in problem.cover]
    long = [(max(0, staffed[c.day, c.shift] - c.needed), c.over) for c in problem.cover]
    return Verdict(
        breaches=tuple(breaches),
        requests_on=ungranted["on"],
        requests_off=ungranted["off"],
        under=sum(people * weight for people, weight in short),
        over=sum(people * weight for people, weight in long),
        missing=sum(people for people, _ in short),
        surplus=sum(people for people, _ in long),
    )


def _check_shape(problem: ScheduleProblem, plan: Plan) -> None:
    people, shifts = {e.key for e in problem.employees}, {s.key for s in problem.shifts} | {OFF}
    if set(plan.days) != people:
        raise ValueError(f"the plan and the problem differ in people: {sorted(set(plan.days) ^ people)}")
    for key, row in plan.days.items():
        if len(row) != problem.days or not set(row) <= shifts:
            raise ValueError(f"the plan of {key} must name one of {sorted(shifts)} on each of {problem.days} days")


def _breaches(problem: ScheduleProblem, one: Employee, row: tuple[str, ...]) -> list[Breach]:
    found: list[Breach] = []

    def broken(rule: str, day: int | None, words: str) -> None:
        found.append(Breach(rule, one.key, day, f"{one.key}: {words}"))

    types = {s.key: s for s in problem.shifts}
    for day in one.days_off:
        if row[day] != OFF:
            broken("days_off", day, f"works {row[day]} on day {day}, a day off")
    for day, (now, later) in enumerate(pairwise(row)):
        if now != OFF and later in types[now].not_next:
            broken("succession", day, f"{later} on day {day + 1} follows {now}")
    for shift, most in one.most.items():
        if row.count(shift) > most:
            broken("most", None, f"{row.count(shift)} shifts {shift}, at most {most}")
    minutes = sum(types[shift].minutes for shift in row if shift != OFF)
    if not one.min_minutes <= minutes <= one.max_minutes:
        broken("minutes", None, f"{minutes} minutes, {one.min_minutes} to {one.max_minutes} allowed")
    weekends = {problem.weekend(day) for day, shift in enumerate(row) if shift != OFF} - {None}
    if len(weekends) > one.max_weekends:
        broken("weekends", None, f"{len(weekends)} weekends, at most {one.max_weekends}")
    day = 0
    for working, group in groupby(row, key=lambda shift: shift != OFF):
        length = len(list(group))
        inside = day > 0 and day + length < problem.days
        if working and length > one.max_run:
            broken("max_run", day, f"{length} shifts in a row from day {day}, at most {one.max_run}")
        if working and inside and length < one.min_run:
            broken("min_run", day, f"{length} shifts in a row from day {day}, at least {one.min_run}")
        if not working and inside and length < one.min_rest:
            broken("min_rest", day, f"{length} days off in a row from day {day}, at least {one.min_rest}")
        day += length
    return found
