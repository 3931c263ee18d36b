"""Pricing of day shifts: :class:`ScheduleProblem` as rows of demand and compiled automata of legal days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterpoint.science.rostering.schedules import kernel
from counterpoint.science.rostering.schedules.columns import Bools, Codes, Column, Demand, Floats, Ints, Part, Priced
from counterpoint.science.rostering.schedules.problem import OFF, Employee, Plan, ScheduleProblem

REST = -1  # the code of a day off; shifts are numbered as in the problem
TALLIES = 700  # combinations of tracked counts up to which limits are priced exactly
LARGE = 1e9  # possible steps from which a person is priced within a corridor
CORRIDOR = 1500  # minutes that such a schedule may stray from an even pace
MOST_CELLS = 4e8  # cells of a pricing's tables (two bytes each) up to which counts are carried along
MOST_MOVES = 32767  # states times moves that the kernel can write down
TURNS = 12  # prices tried on shifts taken too often, each rise four times the one before
WORK = 3e8  # steps of the kernel that make one work unit (about a second)


@dataclass(frozen=True, slots=True)
class Automaton:
    """Legal continuations: state after a day off or a shift of a kind (−1: forbidden), and whether it is a shift."""

    off_next: Ints
    work_next: Ints
    works: Bools


def automaton(one: Employee, classes: Sequence[frozenset[int]], kinds: Sequence[int]) -> Automaton:
    """States: the start; days off 1 … ``min_rest``; runs of shifts by length and class, those from day 0 apart.

    ``classes`` are the sets of kinds that may follow; ``kinds[k]`` is the class of kind k.
    """
    fresh = min(one.min_run - 1, one.max_run)  # runs from day 0 that would be too short elsewhere
    lengths, width = one.max_run + fresh, len(classes)
    rested = one.min_rest
    states = 1 + rested + lengths * width
    off_next, work_next = np.full(states, -1), np.full((states, len(kinds)), -1)
    works = np.zeros(states, np.bool_)
    works[1 + rested :] = True

    def run(length: int, of: int, from_start: bool) -> int:
        early = from_start and length <= fresh
        return 1 + rested + (length - 1 + (one.max_run if early else 0)) * width + of

    off_next[0] = rested
    for off in range(1, rested + 1):
        off_next[off] = min(off + 1, rested)
    for kind, of in enumerate(kinds):
        work_next[0, kind] = run(1, of, True)
        work_next[rested, kind] = run(1, of, False)
    for from_start in (False, True):
        for length in range(1, (fresh if from_start else one.max_run) + 1):
            for of, allowed in enumerate(classes):
                state = run(length, of, from_start)
                if from_start or length >= one.min_run:
                    off_next[state] = 1
                if length < one.max_run:
                    for kind in allowed:
                        work_next[state, kind] = run(length + 1, kinds[kind], from_start)
    return Automaton(off_next, work_next, works)


class _Person:
    """One person's rules as arrays; ``tracked`` are the limited shift types whose counts the states carry."""

    def __init__(self, problem: ScheduleProblem, one: Employee, weekend: Ints) -> None:
        self.one, self.weekend = one, weekend
        types = problem.shifts
        self.allowed = [one.most.get(s.key, problem.days) > 0 for s in types]
        unit = math.gcd(*(s.minutes for s, ok in zip(types, self.allowed, strict=True) if ok))
        self.unit = unit or 1
        self.units = [s.minutes // self.unit for s in types]
        self.least = math.ceil(max(0, one.min_minutes) / self.unit)
        self.most = min(one.max_minutes // self.unit, problem.days * max(self.units))
        self.limits = {
            n: one.most[s.key]
            for n, s in enumerate(types)
            if s.key in one.most and 0 < one.most[s.key] < min(problem.days, self.most // max(1, self.units[n]))
        }
        number = {s.key: n for n, s in enumerate(types)}
        self.forbids = [frozenset(number[key] for key in s.not_next) for s in types]
        self.forbidden_by = [
            frozenset(m for m, after in enumerate(self.forbids) if n in after) for n in range(len(types))
        ]
        self.dear = np.zeros(len(types))  # prices that kept the limits by type last time
        self.track(())

    def carries(self, tracked: Sequence[int], open_days: int) -> bool:
        """Whether these counts can be carried along when so many days are open: in time and in memory."""
        tallies = math.prod(int(self.limits[n]) + 1 for n in tracked)
        width = min(max(1, self.most), (open_days + 1) * max(self.units))
        cells = float(len(self.weekend) * len(self.rules.works) * tallies * (self.rules.weekends + 1) * width)
        return tallies <= TALLIES and cells <= MOST_CELLS

    def track(self, tracked: tuple[int, ...]) -> None:
        """Rebuild the automaton with these counts carried along."""
        keys = [
            (self.forbids[n], self.forbidden_by[n], self.units[n], tracked.index(n) if n in tracked else -1)
            for n in range(len(self.units))
        ]
        kinds = sorted(set(keys), key=keys.index)
        members = [keys.index(kind) for kind in kinds]  # one type that stands for its kind
        after = sorted({kind[0] for kind in kinds}, key=sorted)
        follows = [frozenset(k for k, n in enumerate(members) if n not in forbidden) for forbidden in after]
        walk = automaton(self.one, follows, [after.index(kind[0]) for kind in kinds])
        self.rules = kernel.Rules(
            kind_of=np.array([kinds.index(key) for key in keys]),
            units=np.array([kind[2] for kind in kinds]),
            track=np.array([kind[3] for kind in kinds]),
            off_next=walk.off_next,
            work_next=walk.work_next,
            works=walk.works,
            weekend=self.weekend,
            weekends=min(max(0, self.one.max_weekends), int((self.weekend == kernel.OPENS).sum())),
            least=self.least,
            most=self.most,
            limits=np.array([self.limits[n] for n in tracked], dtype=np.int64),
        )
        self.tracked = tracked
        if len(walk.works) * (len(kinds) + 1) > MOST_MOVES:
            raise ValueError(f"employee {self.one.key!r} may be in {len(walk.works)} states, too many to price")

    @property
    def size(self) -> float:
        """Steps that the kernel may take, at most."""
        moves = len(self.rules.works) * (len(self.rules.units) + 1)
        return float(len(self.weekend) * moves * (self.rules.weekends + 1) * max(1, self.most))

    def relax(self, idle: Sequence[int]) -> None:
        """Stop carrying along the counts that do not bind."""
        if idle:
            self.track(tuple(n for n in self.tracked if n not in idle))

    def beyond(self, codes: Sequence[int]) -> list[int]:
        """Limited types of which a schedule has too many."""
        return [n for n, most in self.limits.items() if sum(code == n for code in codes) > most]


class DayShifts:
    """The pricer of a :class:`ScheduleProblem`. A code is a shift's number in the problem, ``REST`` a day off."""

    def __init__(self, problem: ScheduleProblem) -> None:
        self.problem = problem
        self.people, self.days = len(problem.employees), problem.days
        self._types = {s.key: n for n, s in enumerate(problem.shifts)}
        width = len(problem.shifts)
        self._row = np.full((self.days, width), -1)
        for n, cell in enumerate(problem.cover):
            self._row[cell.day, self._types[cell.shift]] = n
        needed = np.array([c.needed for c in problem.cover], dtype=np.int64)
        self.demand = Demand(
            needed,
            needed.copy(),
            np.array([c.under for c in problem.cover], dtype=np.int64),
            np.array([[c.over] for c in problem.cover], dtype=np.int64).reshape(-1, 1),
        )
        weekend = _weekend(problem)
        self._people = [_Person(problem, one, weekend) for one in problem.employees]
        number = {one.key: n for n, one in enumerate(problem.employees)}
        self._wish = np.zeros((self.people, self.days, width), dtype=np.int64)
        self._base = np.zeros(self.people, dtype=np.int64)
        for wish in problem.requests:
            who, weight = number[wish.employee], wish.weight
            self._wish[who, wish.day, self._types[wish.shift]] += weight if wish.kind == "off" else -weight
            self._base[who] += weight if wish.kind == "on" else 0
        self._open = np.ones((self.people, self.days, width), dtype=np.bool_)
        self._off = np.ones((self.people, self.days), dtype=np.bool_)
        for who, one in enumerate(problem.employees):
            self._open[who] &= np.array(self._people[who].allowed)
            self._open[who, list(one.days_off)] = False
        for pin in problem.fixed:
            self._settle(self._open[number[pin.employee]], self._off[number[pin.employee]], pin.day, pin.shift)

    def _settle(self, shifts: Bools, off: Bools, day: int, shift: str) -> None:
        keep = shift != OFF and shifts[day, self._types[shift]]
        shifts[day] = False
        if shift != OFF:
            shifts[day, self._types[shift]] = keep
            off[day] = False

    def codes(self, plan: Plan) -> list[Codes]:
        """A plan's schedules as codes, in the order of the employees."""
        rows = (plan.days[one.key] for one in self.problem.employees)
        return [tuple(self._types[shift] if shift != OFF else REST for shift in row) for row in rows]

    def plan(self, schedules: Sequence[Codes]) -> Plan:
        """Schedules as a plan."""
        names = [s.key for s in self.problem.shifts]
        pairs = zip(self.problem.employees, schedules, strict=True)
        return Plan({one.key: tuple(OFF if c == REST else names[c] for c in codes) for one, codes in pairs})

    def column(self, person: int, codes: Codes) -> Column:
        """The column of a given schedule."""
        worked = [(day, code) for day, code in enumerate(codes) if code != REST]
        cost = self._base[person] + sum(self._wish[person, day, code] for day, code in worked)
        rows = (int(self._row[day, code]) for day, code in worked)
        return Column(person, int(cost), tuple(row for row in rows if row >= 0), codes)

    def price(self, person: int, prices: Floats, part: Part | None, count: int) -> Priced:
        """The cheapest legal schedules; when limits of too many types bind at once, ``least`` is only a bound.

        A person with very many states over a long horizon gets the cheapest at an even pace of work, without a bound.
        """
        values, off = self._values(person, prices, part)
        if part is None and self._people[person].size > LARGE:
            return self._even(person, values, off)
        open_days = self.days if part is None else int(part.open.sum())
        return self._exact(person, values, off, count, open_days)

    def _even(self, person: int, values: Floats, off: Bools) -> Priced:
        """The cheapest schedule at an even pace of work: shifts taken too often are made dearer until none is.

        The corridor is doubled while no schedule keeps it; in the end, and where they fit in memory, the counts are
        carried along, which tells for certain whether there is any. What the limits cost is remembered for the next
        time.
        """
        who, steps = self._people[person], 0
        corridor = max(1, CORRIDOR // who.unit)
        while True:
            rules = who.rules._replace(corridor=min(corridor, kernel.FAR))
            plans, more = self._kept(who, rules, values, off)
            steps += more
            if len(plans) or corridor >= who.most:
                break
            corridor *= 2
        if not len(plans) and who.carries(who.tracked, self.days):
            last = self._exact(person, values, off, 1, self.days)
            return last._replace(least=-math.inf if last.columns else last.least, work=last.work + steps / WORK)
        columns = [self.column(person, tuple(int(code) for code in plan)) for plan in plans]
        return Priced(columns, -math.inf, steps / WORK)

    def _kept(self, who: _Person, rules: kernel.Rules, values: Floats, off: Bools) -> tuple[Ints, int]:
        """The cheapest schedule that keeps the limits by type, found by prices (none if none comes), and the steps."""
        spread, steps = float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) + 1.0, 0
        penalties = who.dear / 2
        for turn in range(TURNS):
            _costs, plans, more = kernel.cheapest(rules, values + penalties, off, 1)
            steps += more
            beyond = who.beyond(plans[0]) if len(plans) else []
            if not beyond:
                who.dear = penalties
                return plans, steps
            penalties = penalties.copy()
            penalties[beyond] += spread * 4.0 ** (turn - 3)
        return plans[:0], steps

    def _values(self, person: int, prices: Floats, part: Part | None) -> tuple[Floats, Bools]:
        """What each shift costs a person (infinite: not allowed), and the days that may be off."""
        values = np.where(self._row >= 0, self._wish[person] - np.append(prices, 0.0)[self._row], self._wish[person])
        values = np.where(self._open[person], values, np.inf)
        off = self._off[person].copy()
        if part is not None:
            for day in np.flatnonzero(~part.open):
                code = part.codes[day]
                keep = values[day, code] if code != REST else np.inf
                values[day] = np.inf
                off[day] &= code == REST
                if code != REST:
                    values[day, code] = keep
        return values, off

    def near(self, person: int, prices: Floats, part: Part | None, bar: float, count: int) -> list[Column] | None:
        """Every legal schedule whose reduced cost (without the person's own price) is at most ``bar``; None beyond
        ``count``, and for people with very many states, whose tables of all days would not fit."""
        who = self._people[person]
        if who.size > LARGE:
            return None
        values, off = self._values(person, prices, part)
        plans, complete = kernel.within(who.rules, values, off, float(bar - self._base[person]), count)
        if not complete:
            return None
        legal = (plan for plan in plans if not who.beyond(plan))
        return [self.column(person, tuple(int(code) for code in plan)) for plan in legal]

    def _exact(self, person: int, values: Floats, off: Bools, count: int, open_days: int) -> Priced:
        who, steps, penalties, least = self._people[person], 0, np.zeros(values.shape[1]), -np.inf
        for turn in range(60):
            costs, plans, more = kernel.cheapest(who.rules, values + penalties, off, count)
            steps += more
            least = max(least, self._bound(who, costs, penalties)) if len(costs) else np.inf
            good = [n for n in range(len(costs)) if not who.beyond(plans[n])]
            if not len(costs) or (good and good[0] == 0):
                break
            beyond = [n for n in who.beyond(plans[0]) if n not in who.tracked]
            if who.carries((*who.tracked, *beyond), open_days):
                who.track(tuple(sorted((*who.tracked, *beyond))))
            else:
                spread = float(np.abs(values[np.isfinite(values)]).max()) + 1.0
                penalties[beyond] += spread * 2.0 ** (turn - 10)
        if len(costs):
            who.relax([n for n in who.tracked if sum(code == n for code in plans[0]) < who.limits[n]])
        columns = [self.column(person, tuple(int(code) for code in plans[n])) for n in good]
        return Priced(columns, float(least + self._base[person]), steps / WORK)

    def _bound(self, who: _Person, costs: Floats, penalties: Floats) -> float:
        return float(costs[0] - sum(penalties[n] * most for n, most in who.limits.items()))


def _weekend(problem: ScheduleProblem) -> Ints:
    marks = [problem.weekend(day) for day in range(problem.days)]
    second = [day > 0 and marks[day - 1] == mark for day, mark in enumerate(marks)]
    kinds = [0 if m is None else kernel.CLOSES if two else kernel.OPENS for m, two in zip(marks, second, strict=True)]
    return np.array(kinds)
