"""Timefold (open-source planning solver, constraint streams, one thread) on a whole-shift problem.

Stands alone, so that it runs in an environment of its own: a :class:`ScheduleProblem` as JSON on stdin, the days of
each person as JSON on stdout. Run: ``python timefold_peer.py SECONDS < problem.json``. Needs Java 17 and ``timefold``
1.24.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Annotated, Any

from timefold.solver import SolverFactory
from timefold.solver.config import Duration, ScoreDirectorFactoryConfig, SolverConfig, TerminationConfig
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningPin,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardSoftScore,
    Joiners,
    constraint_provider,
)


@dataclass
class Kind:
    key: str
    minutes: int
    not_next: list[str]


@dataclass
class Person:
    key: str
    min_minutes: int
    max_minutes: int
    most: dict[str, int]
    max_run: int
    min_run: int
    min_rest: int
    max_weekends: int


@dataclass
class Wish:
    person: str
    day: int
    shift: str
    weight: int
    on: bool


@dataclass
class Wanted:
    day: int
    shift: str
    needed: int
    under: int
    over: int


@planning_entity
@dataclass
class Duty:
    id: Annotated[str, PlanningId]
    person: Person
    day: int
    weekend: int
    last: int
    off: Annotated[bool, PlanningPin]
    kind: Annotated[Kind | None, PlanningVariable(allows_unassigned=True)] = field(default=None)

    def shift(self) -> str:
        return "" if self.kind is None else self.kind.key


@planning_solution
@dataclass
class Ward:
    kinds: Annotated[list[Kind], ProblemFactCollectionProperty, ValueRangeProvider]
    wishes: Annotated[list[Wish], ProblemFactCollectionProperty]
    cover: Annotated[list[Wanted], ProblemFactCollectionProperty]
    duties: Annotated[list[Duty], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore, PlanningScore] = field(default=None)


def run_excess(person: Person, length: int, first: int, last: int, end: int) -> int:
    short = person.min_run - length if first > 0 and last < end else 0
    return max(0, length - person.max_run) + max(0, short)


def rest_lack(person: Person, length: int, first: int, last: int, end: int) -> int:
    return max(0, person.min_rest - length) if first > 0 and last < end else 0


@constraint_provider
def rules(f: ConstraintFactory) -> list[Constraint]:
    hard, soft = HardSoftScore.ONE_HARD, HardSoftScore.ONE_SOFT
    runs = ConstraintCollectors.to_consecutive_sequences(lambda duty: duty.day)
    return [
        f.for_each(Duty)
        .join(
            Duty,
            Joiners.equal(lambda d: d.person.key),
            Joiners.equal(lambda d: d.day + 1, lambda d: d.day),
        )
        .filter(lambda a, b: b.kind.key in a.kind.not_next)
        .penalize(hard)
        .as_constraint("succession"),
        f.for_each(Duty)
        .group_by(lambda d: d.person, lambda d: d.kind.key, ConstraintCollectors.count())
        .filter(lambda p, k, n: n > p.most.get(k, 1000))
        .penalize(hard, lambda p, k, n: n - p.most.get(k, 1000))
        .as_constraint("most"),
        f.for_each_including_unassigned(Duty)
        .group_by(lambda d: d.person, ConstraintCollectors.sum(lambda d: 0 if d.kind is None else d.kind.minutes))
        .filter(lambda p, n: n < p.min_minutes or n > p.max_minutes)
        .penalize(hard, lambda p, n: max(p.min_minutes - n, n - p.max_minutes) // 60 + 1)
        .as_constraint("minutes"),
        f.for_each(Duty)
        .filter(lambda d: d.weekend >= 0)
        .group_by(lambda d: d.person, ConstraintCollectors.count_distinct(lambda d: d.weekend))
        .filter(lambda p, n: n > p.max_weekends)
        .penalize(hard, lambda p, n: n - p.max_weekends)
        .as_constraint("weekends"),
        f.for_each(Duty)
        .group_by(lambda d: d.person, lambda d: d.last, runs)
        .flatten_last(lambda found: found.getConsecutiveSequences())
        .penalize(hard, lambda p, end, s: run_excess(p, s.getCount(), s.getFirstItem().day, s.getLastItem().day, end))
        .as_constraint("runs"),
        f.for_each_including_unassigned(Duty)
        .filter(lambda d: d.kind is None)
        .group_by(lambda d: d.person, lambda d: d.last, runs)
        .flatten_last(lambda found: found.getConsecutiveSequences())
        .penalize(hard, lambda p, end, s: rest_lack(p, s.getCount(), s.getFirstItem().day, s.getLastItem().day, end))
        .as_constraint("rests"),
        f.for_each(Wanted).penalize(soft, lambda c: c.needed * c.under).as_constraint("wanted"),
        f.for_each(Wanted)
        .join(Duty, Joiners.equal(lambda c: c.day, lambda d: d.day), Joiners.equal(lambda c: c.shift, Duty.shift))
        .group_by(lambda c, d: c, ConstraintCollectors.count_bi())
        .impact(soft, lambda c, n: min(n, c.needed) * c.under - max(0, n - c.needed) * c.over)
        .as_constraint("cover"),
        f.for_each(Wish)
        .join(
            f.for_each_including_unassigned(Duty),
            Joiners.equal(lambda w: w.person, lambda d: d.person.key),
            Joiners.equal(lambda w: w.day, lambda d: d.day),
        )
        .filter(lambda w, d: (d.shift() == w.shift) != w.on)
        .penalize(soft, lambda w, d: w.weight)
        .as_constraint("wishes"),
    ]


def ward(data: dict[str, Any]) -> Ward:
    kinds = [Kind(s["key"], s["minutes"], list(s["not_next"])) for s in data["shifts"]]
    duties = []
    for one in data["employees"]:
        person = Person(
            one["key"], one["min_minutes"], one["max_minutes"], one["most"], one["max_run"], one["min_run"],
            one["min_rest"], one["max_weekends"],
        )  # fmt: skip
        for day in range(data["days"]):
            weekend = day // 7 if day % 7 >= 5 else -1
            off = day in one["days_off"]
            duties.append(Duty(f"{person.key} {day}", person, day, weekend, data["days"] - 1, off))
    wishes = [Wish(w["employee"], w["day"], w["shift"], w["weight"], w["kind"] == "on") for w in data["requests"]]
    cover = [Wanted(c["day"], c["shift"], c["needed"], c["under"], c["over"]) for c in data["cover"]]
    return Ward(kinds, wishes, cover, duties)


def main() -> None:
    problem, seconds = ward(json.load(sys.stdin)), int(sys.argv[1])
    config = SolverConfig(
        solution_class=Ward,
        entity_class_list=[Duty],
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=rules),
        termination_config=TerminationConfig(spent_limit=Duration(seconds=seconds)),
        random_seed=1,
    )
    found = SolverFactory.create(config).build_solver().solve(problem)
    days: dict[str, list[str]] = {}
    for duty in found.duties:
        days.setdefault(duty.person.key, []).append(duty.shift())
    json.dump({"days": days, "score": str(found.score)}, sys.stdout)


if __name__ == "__main__":
    main()
