"""A rostering problem as flat arrays: every day that a person may work, and what one more head is worth on a post.

Costs are points; ``step`` intervals count minutes. What is not pictured (see :func:`refusal`) is left
to the other search.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from counterpoint.science.rostering import candidates
from counterpoint.science.rostering.candidates import Span
from counterpoint.science.rostering.problem import Person, RosterProblem, Rule
from counterpoint.science.rostering.roster import Break, Shift
from counterpoint.science.rostering.scoring import cells, growth, honoured, useful
from counterpoint.science.rostering.weekwise.kernel import Arrays, Floats, Ints

DEAR = 1e6  # points for one person missing on a post that must be held
MOST_SKILLS = 8


@dataclass(frozen=True)
class Tables:
    """A problem and its numbers."""

    problem: RosterProblem
    arrays: Arrays

    @property
    def sets(self) -> int:
        """How many sets of skills there could be."""
        return 1 << len(self.problem.skills)

    def shift(self, person: int, day: int, row: int) -> Shift:
        """The day of an option, without tasks."""
        problem, (a, b, la, lb, *_) = self.problem, self.arrays.option[row].tolist()

        def at(interval: int) -> int:
            return problem.start + interval * problem.step

        lunch = Break(at(la), at(lb)) if lb > la else None
        return Shift(problem.people[person].id, day, at(a), at(b), lunch)

    def row_of(self, person: int, shift: Shift) -> int:
        """The option that is this shift, or -1."""
        first, last = (int(edge[person, shift.day]) for edge in (self.arrays.first, self.arrays.last))
        lunch = (shift.lunch.start, shift.lunch.end) if shift.lunch else None
        wanted = _row(self.problem, (shift.start, shift.end), lunch, shift.minutes)
        found = np.flatnonzero((self.arrays.option[first:last] == wanted).all(axis=1))
        for row in (first + found).tolist():
            mine = self.shift(person, shift.day, row)
            if (mine.start, mine.end, mine.lunch) == (shift.start, shift.end, shift.lunch):  # not off the grid
                return int(row)
        return -1

    def narrowed(self, plan: Ints, days: Iterable[int]) -> Tables:
        """The same with only these days open: on the others everybody keeps the day of the plan."""
        first, last, off = self.arrays.first.copy(), self.arrays.last.copy(), self.arrays.off.copy()
        for day in set(range(plan.shape[1])) - set(days):
            works = plan[:, day] >= 0
            first[:, day], last[:, day] = np.where(works, plan[:, day], 0), np.where(works, plan[:, day] + 1, 0)
            off[:, day] = np.where(works, np.inf, off[:, day])
        return Tables(self.problem, self.arrays._replace(first=first, last=last, off=off))


def refusal(problem: RosterProblem) -> str:
    """Why the tables cannot picture the problem; empty when they can."""
    rest = [problem.rule("rest.between_minutes", day) for day in range(len(problem.days))]
    spans = [[s for p in problem.people for s in candidates.spans(problem, p.id, d)] for d in range(len(problem.days))]
    gaps = [
        1440 - max(end for _, end in spans[d]) + min(start for start, _ in spans[d + 1])
        for d in range(len(spans) - 1)
        if spans[d] and spans[d + 1]
    ]
    runs = [rule for day in range(len(problem.days)) if (rule := problem.rule("run.max_days", day))]
    checks = {
        "shifts outside the day": any(a < problem.start or b > problem.end for mine in spans for a, b in mine),
        "more than one week": len(problem.weeks()) != 1,
        "demand that must be met": problem.coverage_hard,
        "posts fixed by hand": any(pin.kind == "task" for pin in problem.pins),
        "posts of several skills": any(len(m.skills) != 1 for m in problem.minimums),
        "too many skills": len(problem.skills) > MOST_SKILLS,
        "rest between days": any(r and gaps and min(gaps) < r.value for r in rest),
        "short runs of days": any(rule.value < len(problem.days) - 1 for rule in runs),
        "a soft day of rest": any((r := problem.rule("week.rest_days", d)) and not r.hard for d in range(len(spans))),
    }
    return next((why for why, found in checks.items() if found), "")


def tables(problem: RosterProblem) -> Tables | None:
    """The arrays of a problem; None when they cannot picture it."""
    if refusal(problem) or any(_long_days(problem, p, d) for p in problem.people for d in range(len(problem.days))):
        return None
    people, days = problem.people, range(len(problem.days))
    rows: list[tuple[int, ...]] = []
    prices: list[float] = []
    first, off = [0], []
    for person in people:
        for day in days:
            found = _options(problem, person, day)
            rows += [row for row, _ in found]
            prices += [price for _, price in found]
            first.append(len(rows))
            off.append(_day_off(problem, person, day))
    option = np.array(rows, dtype=np.int64).reshape(-1, 6)
    longest = max((len(days) * row[4] for row in rows), default=0)
    least_late = min((p.history.lates for p in people), default=0)
    least_weekend = min((p.history.weekends for p in people), default=0)
    units, worth, unit_first, base = _worth(problem)
    need, pair_worth = _pairs(problem)
    arrays = Arrays(
        problem.intervals, option, np.array(prices), np.array(first[:-1]).reshape(len(people), len(days)),
        np.array(first[1:]).reshape(len(people), len(days)), np.array(off).reshape(len(people), len(days)),
        np.array([[_week(problem, p, n * problem.step) for n in range(longest + 1)] for p in people]),
        _growing([p.history.lates - least_late for p in people], len(days), problem.costs.late),
        _growing([p.history.weekends - least_weekend for p in people], len(days), problem.costs.weekend),
        np.array([int(day.weekday >= 5) for day in problem.days]),
        np.array([[_streak(problem, p, d) for d in days] for p in people]),
        np.array([_rests(problem, p) for p in people]),
        np.array([[_mask(problem, p, d, problem.skills) for d in days] for p in people]),
        np.array([[_mask(problem, p, d, tuple(q.skill for q in problem.two_person)) for d in days] for p in people]),
        units, worth, unit_first, base, float(problem.slot(problem.costs.over)), need, pair_worth,
    )  # fmt: skip
    return Tables(problem, arrays)


def _waived(problem: RosterProblem, key: str, person: Person | None, day: int | None, start: int | None = None) -> bool:
    who = person.id if person else None
    return any(waiver.covers(key, who, day, start) for waiver in problem.waivers)


def _mask(problem: RosterProblem, person: Person, day: int, skills: tuple[str, ...]) -> int:
    date = problem.days[day].date
    return sum(1 << n for n, s in enumerate(skills) if person.can(s, problem.levels.get(s, 1), date))


def _options(problem: RosterProblem, person: Person, day: int) -> list[tuple[tuple[int, ...], float]]:
    """Rows of ``option`` with their price."""
    spans = _allowed_spans(problem, person, day)
    rule, found = problem.lunch, []
    most, eaten = problem.rule("day.max_minutes", day), candidates.lunches(problem)
    for span in spans:
        lunches: list[tuple[Span | None, float]] = [(None, 0.0)]
        if candidates.needs_lunch(problem, span):
            assert rule is not None
            fitting = [one for one in eaten if candidates.fits(problem, span, one)]
            lunches = [(one, 0.0) for one in fitting if not _core_lunch(problem, person, day, one)]
            if _waived(problem, "lunch", person, day):
                lunches.append((None, 0.0))
            elif not rule.hard:
                lunches.append((None, float(rule.weight)))
        for lunch, price in lunches:
            minutes = span[1] - span[0] - (lunch[1] - lunch[0] if lunch else 0)
            if _right_length(problem, person, day, minutes) and not (most and minutes > most.value):
                found.append((_row(problem, span, lunch, minutes), price + _wishes(problem, person, day, span)))
    return found


def _long_days(problem: RosterProblem, person: Person, day: int) -> bool:
    """Whether the person may work longer than the normal day: overtime by the day is not pictured."""
    rule = problem.rule("day.max_minutes", day)
    if rule is None or (rule.hard and not person.overtime_agreed and not _waived(problem, rule.key, person, day)):
        return False
    sure = problem.lunch and problem.lunch.hard and not _waived(problem, "lunch", person, day)
    least = min(problem.lunch.lengths, default=0) if problem.lunch and sure else 0
    return any(
        end - start - (least if candidates.needs_lunch(problem, (start, end)) else 0) > rule.value
        for start, end in _allowed_spans(problem, person, day)
    )


def _row(problem: RosterProblem, span: Span, lunch: Span | None, minutes: int) -> tuple[int, ...]:
    def at(minute: int) -> int:
        return (minute - problem.start) // problem.step

    eats = (at(lunch[0]), at(lunch[1])) if lunch else (0, 0)
    return (at(span[0]), at(span[1]), *eats, minutes // problem.step, int(span[1] > problem.costs.late_after))


def _allowed_spans(problem: RosterProblem, person: Person, day: int) -> list[Span]:
    spans = candidates.spans(problem, person.id, day)
    for pin in problem.pins:
        if (pin.person, pin.day) == (person.id, day) and not _waived(problem, "pin", person, day, pin.start):
            spans = [s for s in spans if pin.kind == "shift" and s == (pin.start, pin.end)]
    for window in person.unavailable:
        if window.day == day and not _waived(problem, "leave", person, day, window.start):
            spans = [s for s in spans if not window.overlaps(*s)]
    for core in person.core:
        if core.day == day and not _waived(problem, "core", person, day, core.start):
            spans = [s for s in spans if s[0] <= core.start and core.end <= s[1]]
    return spans


def _core_lunch(problem: RosterProblem, person: Person, day: int, lunch: Span) -> bool:
    return any(
        core.day == day and lunch[0] < core.end and core.start < lunch[1]
        for core in person.core
        if not _waived(problem, "core", person, day, core.start)
    )


def _right_length(problem: RosterProblem, person: Person, day: int, minutes: int) -> bool:
    short = minutes < person.min_day and not _waived(problem, "contract.min_day", person, day)
    cap = person.max_day + person.overtime_agreed
    return not short and (minutes <= cap or _waived(problem, "contract.max_day", person, day))


def _wishes(problem: RosterProblem, person: Person, day: int, span: Span | None) -> float:
    shift = Shift(person.id, day, *span) if span else None
    wishes = [w for w in person.preferences if w.day == day and not honoured(w, shift)]
    return float(sum(w.weight for w in wishes) * problem.costs.preference)


def _day_off(problem: RosterProblem, person: Person, day: int) -> float:
    due = any(
        core.day == day and core.must and not _waived(problem, "core", person, day, core.start) for core in person.core
    )
    due |= any(
        (pin.person, pin.day, pin.kind) == (person.id, day, "shift")
        and not _waived(problem, "pin", person, day, pin.start)
        for pin in problem.pins
    )
    return np.inf if due else _wishes(problem, person, day, None)


def _broken(problem: RosterProblem, rule: Rule, person: Person, day: int | None, amount: int) -> float:
    """What an excess of ``amount`` costs under a rule."""
    if amount <= 0 or _waived(problem, rule.key, person, day):
        return 0.0
    return np.inf if rule.hard else float(rule.weight * amount)


def _week(problem: RosterProblem, person: Person, minutes: int) -> float:
    """The cost of so many minutes in the week."""
    whole, credit = len(problem.days) == 7, sum(w.credit for w in person.unavailable)
    cost = 0.0
    if whole:
        if minutes < person.min_week - credit and not _waived(problem, "contract.min_week", person, 0):
            return np.inf
        idle = max(0, person.max_week - credit - minutes) // problem.step
        cost += idle * problem.slot(problem.costs.off_target)
    if minutes > person.max_week + person.overtime_agreed and not _waived(problem, "contract.max_week", person, 0):
        return np.inf
    week = problem.rule("week.max_minutes", 0)
    if week is None:
        return cost
    cost += _broken(problem, week, person, 0, minutes - week.value - person.overtime_agreed)
    extra = max(0, minutes - week.value)
    if person.overtime_agreed and extra > person.overtime_agreed:
        return np.inf
    month, guard = problem.rule("overtime.month_max_minutes", 0), problem.rule("protected.no_overtime", 0)
    if month:
        cost += _broken(problem, month, person, None, extra - max(0, month.value - person.history.overtime_month))
    if guard and guard.value and person.protected:
        cost += _broken(problem, guard, person, None, extra)
    return cost + extra * problem.costs.overtime // 60


def _streak(problem: RosterProblem, person: Person, last: int) -> float:
    """The cost of working on day ``last`` when every day before it in this horizon was worked too."""
    rule = problem.rule("run.max_days", last)
    broken = rule and last - rule.value >= -person.history.run_days
    return _broken(problem, rule, person, last, 1) if rule and broken else 0.0


def _rests(problem: RosterProblem, person: Person) -> int:
    rule = problem.rule("week.rest_days", 0)
    if rule is None or _waived(problem, rule.key, person, 0):
        return 0
    return max(0, len(problem.days) - 7 + rule.value)


def _growing(carried: list[int], most: int, points: int) -> Floats:
    return np.array([[float(points * growth(c, n)) for n in range(most + 1)] for c in carried]).reshape(-1, most + 1)


def _worth(problem: RosterProblem) -> tuple[Ints, Floats, Ints, Floats]:
    """Units of worth of all positions (skills, points, where each position's begin), and the cost with nobody there."""
    price = problem.costs
    over, under, thin = (problem.slot(p) for p in (price.over, price.under, price.under_p90))
    skills, worth, first, base = [], [], [0], []
    for position, day, minute in cells(problem):
        here: list[tuple[float, int]] = []
        empty = 0.0
        for k, skill in enumerate(problem.skills):
            need = problem.demand[skill][position] if skill in problem.demand else 0
            high = max(need, problem.demand_p90[skill][position]) if skill in problem.demand_p90 else need
            held = [
                (m.count, DEAR if m.hard else float(problem.slot(m.weight)))
                for m in problem.minimums
                if m.skills == (skill,)
                and m.due(problem, day, minute)
                and not _waived(problem, f"minimum:{m.key}", None, day, minute)
            ]
            for head in range(1, useful(problem, skill, position, day, minute) + 1):
                gain = float(under * (2 if need - head >= 1 else 1)) if head <= need else 0.0
                gain += thin if need < head <= high else 0
                gain += sum(points for count, points in held if head <= count)
                empty += gain
                here.append((gain + over, k))
        here.sort(key=lambda unit: (-unit[0], unit[1]))
        worth += [points for points, _ in here]
        skills += [k for _, k in here]
        first.append(len(worth))
        base.append(empty)
    return np.array(skills, dtype=np.int64), np.array(worth), np.array(first), np.array(base)


def _pairs(problem: RosterProblem) -> tuple[Ints, Floats]:
    """People that each two-person task needs at each position, and the points for one who is missing."""
    need = np.zeros((len(problem.days) * problem.intervals, len(problem.two_person)), dtype=np.int64)
    for position, day, minute in cells(problem):
        for q, pair in enumerate(problem.two_person):
            wanted = (pair.days is None or day in pair.days) and problem.days[day].open is not None
            waived = _waived(problem, f"two_person:{pair.key}", None, day, minute)
            if wanted and not waived and problem.touches(minute, pair.start, pair.end):
                need[position, q] = pair.count
    points = [DEAR if pair.hard else float(problem.slot(pair.weight)) for pair in problem.two_person]
    return need, np.array(points, dtype=np.float64)
