"""A second judge for the tests, written from the handbook and the docstrings of the problem, not from `checks`.

It counts single minutes instead of intervals and knows only the values of a problem and a roster. Slow and plain.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from counterpoint.science.rostering import Minimum, Person, Pin, Preference, Roster, RosterProblem, Rule, Shift


@dataclass(frozen=True)
class Breach:
    """One broken rule. ``day`` and ``start`` say where, ``amount`` how far beyond the limit."""

    key: str
    person: str | None
    day: int | None
    amount: int
    hard: bool = True
    cost: int = 0
    start: int | None = None


def breaches(problem: RosterProblem, roster: Roster) -> list[Breach]:
    """Everything that is wrong with a roster of known people and days, one shift a person and day."""
    found: list[Breach] = []
    for person in problem.people:
        own = {s.day: s for s in roster.shifts if s.person == person.id}
        found += personal(problem, person, own)
    found += posts(problem, roster)
    return [_after_waivers(problem, breach) for breach in found]


def personal(problem: RosterProblem, person: Person, own: dict[int, Shift]) -> list[Breach]:
    """What one person's own days break, whoever else works."""
    rules = (_shapes, _tasks, _lunches, _days, _leave, _core, _weeks, _overtime, _rest, _runs, _pins)
    return [breach for rule in rules for breach in rule(problem, person, own)]


def _after_waivers(problem: RosterProblem, found: Breach) -> Breach:
    for w in problem.waivers:
        same = w.key == found.key and w.person in (None, found.person) and w.day in (None, found.day)
        if same and w.start in (None, found.start):
            return replace(found, hard=False, cost=0)
    return found


# -- what a minute is ---------------------------------------------------------------------------------------------


def at_work(shift: Shift) -> set[int]:
    """The minutes worked: the shift without its lunch."""
    eaten = set(range(shift.lunch.start, shift.lunch.end)) if shift.lunch else set()
    return set(range(shift.start, shift.end)) - eaten


def qualified(problem: RosterProblem, person: Person, skill: str, day: int) -> bool:
    """Level and certificate good enough on that date."""
    today = datetime.date.fromisoformat(problem.days[day].date)
    for held in person.skills:
        expired = held.until is not None and datetime.date.fromisoformat(held.until) < today
        if held.key == skill and held.level >= problem.levels.get(skill, 1) and not expired:
            return True
    return False


def parameter(problem: RosterProblem, key: str, day: int) -> Rule | None:
    """The dated parameter: of those in force the one that began last."""
    today = problem.days[day].date
    current = [r for r in problem.rules if r.key == key and r.valid_from <= today <= (r.valid_to or "9999-12-31")]
    return sorted(current, key=lambda r: r.valid_from)[-1] if current else None


def weeks(problem: RosterProblem) -> list[list[int]]:
    """Day numbers of every calendar week from Monday to Sunday."""
    found: dict[datetime.date, list[int]] = defaultdict(list)
    for number, day in enumerate(problem.days):
        date = datetime.date.fromisoformat(day.date)
        found[date - datetime.timedelta(days=date.weekday())].append(number)
    return list(found.values())


def _priced(rule: Rule, person: Person, day: int | None, amount: int) -> Breach:
    return Breach(rule.key, person.id, day, amount, rule.hard, 0 if rule.hard else rule.weight * amount)


Own = dict[int, Shift]


# -- the rules of people ------------------------------------------------------------------------------------------


def _shapes(problem: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    """A shift is a template or flexible, on the grid, within opening hours plus lead and tail, or fixed by hand."""
    for day, s in own.items():
        times = {s.start, s.end} | {x for t in s.tasks for x in (t.start, t.end)}
        times |= {s.lunch.start, s.lunch.end} if s.lunch else set()
        grid = set(range(problem.start - 1440, problem.end + 1440, problem.step))
        if not times <= grid or s.end <= s.start:
            yield Breach("shift.grid", person.id, day, 1)
        if any((p.kind, p.person, p.day, p.start, p.end) == ("shift", person.id, day, s.start, s.end)
               for p in problem.pins):  # fmt: skip
            continue
        this, rules = problem.days[day], problem.shifts
        if this.open is None or this.close is None:
            yield Breach("shift.closed", person.id, day, 1)
            continue
        allowed = {(t.start, t.end) for t in rules.templates}
        for f in rules.flexible:
            for start in range(f.earliest, f.latest + 1, f.step):
                allowed |= {(start, start + n) for n in range(f.shortest, f.longest + 1, f.step)}
        room = set(range(max(problem.start, this.open - rules.lead), min(problem.end, this.close + rules.tail)))
        if (s.start, s.end) not in allowed or not set(range(s.start, s.end)) <= room:
            yield Breach("shift.shape", person.id, day, 1)


def _tasks(problem: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    """One post at a time, at work only, with the skill."""
    for day, s in own.items():
        held = [m for t in s.tasks for m in range(t.start, t.end)]
        if len(set(held)) < len([m for m in held if s.start <= m < s.end]):
            yield Breach("task.overlap", person.id, day, 1)
        if not set(held) <= at_work(s):
            yield Breach("task.outside", person.id, day, 1)
        if any(not qualified(problem, person, t.skill, day) for t in s.tasks):
            yield Breach("skill.unqualified", person.id, day, 1)


def _lunches(problem: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    """Long shifts hold one lunch of a known length, in the window, away from both ends; short ones hold none."""
    rule = problem.lunch
    for day, s in own.items():
        if rule is None or s.end - s.start < rule.from_span:
            if s.lunch:
                yield Breach("lunch", person.id, day, 1)
        elif s.lunch is None:
            yield Breach("lunch", person.id, day, 1, rule.hard, 0 if rule.hard else rule.weight)
        else:
            a, b = s.lunch.start, s.lunch.end
            window = rule.earliest <= a and b <= rule.latest
            if b - a not in rule.lengths or not window or min(a - s.start, s.end - b) < rule.edge:
                yield Breach("lunch", person.id, day, 1)


def _days(problem: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    """Contract and law on the length of a day."""
    for day, s in own.items():
        worked, agreed = len(at_work(s)), person.overtime_agreed
        if worked < person.min_day:
            yield Breach("contract.min_day", person.id, day, person.min_day - worked)
        if worked > person.max_day + agreed:
            yield Breach("contract.max_day", person.id, day, worked - person.max_day - agreed)
        normal, most = (parameter(problem, k, day) for k in ("day.max_minutes", "overtime.day_max_minutes"))
        if normal and worked > normal.value + agreed:
            yield _priced(normal, person, day, worked - normal.value - agreed)
        if normal and most and worked > normal.value + most.value:
            yield _priced(most, person, day, worked - normal.value - most.value)


def _leave(_: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    for w in person.unavailable:
        if w.day in own and set(range(own[w.day].start, own[w.day].end)) & set(range(w.start, w.end)):
            yield Breach("leave", person.id, w.day, 1, start=w.start)


def _core(_: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    """Whoever works on that day is there throughout the core hours; ``must`` says to work."""
    for c in person.core:
        missing = c.must if c.day not in own else not set(range(c.start, c.end)) <= at_work(own[c.day])
        if missing:
            yield Breach("core", person.id, c.day, 1, start=c.start)


def _weeks(problem: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    """Hours and rest of calendar weeks; the contract's least hours count for whole weeks, leave credited."""
    for days in weeks(problem):
        worked, agreed = sum(len(at_work(own[d])) for d in days if d in own), person.overtime_agreed
        due = person.min_week - sum(w.credit for w in person.unavailable if w.day in days)
        if len(days) == 7 and worked < due:
            yield Breach("contract.min_week", person.id, days[0], due - worked)
        if worked > person.max_week + agreed:
            yield Breach("contract.max_week", person.id, days[0], worked - person.max_week - agreed)
        normal, rest = (parameter(problem, k, days[0]) for k in ("week.max_minutes", "week.rest_days"))
        if normal and worked > normal.value + agreed:
            yield _priced(normal, person, days[0], worked - normal.value - agreed)
        busy = len(own.keys() & set(days))
        if rest and busy + rest.value > 7:
            yield _priced(rest, person, days[0], busy + rest.value - 7)


def overtime(problem: RosterProblem, person: Person, own: Own) -> int:
    """Minutes beyond the normal day or the normal week, whichever is more in each week."""
    total = 0
    for days in weeks(problem):
        long_days = [
            max(0, len(at_work(own[d])) - rule.value)
            for d in days
            for rule in [parameter(problem, "day.max_minutes", d)]
            if d in own and rule
        ]
        week = parameter(problem, "week.max_minutes", days[0])
        worked = sum(len(at_work(own[d])) for d in days if d in own)
        total += max(sum(long_days), worked - week.value if week else 0)
    return total


def _overtime(problem: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    extra = overtime(problem, person, own)
    if 0 < person.overtime_agreed < extra:
        yield Breach("overtime.agreed", person.id, None, extra - person.overtime_agreed)
    month = parameter(problem, "overtime.month_max_minutes", 0)
    left = max(0, month.value - person.history.overtime_month) if month else 0
    if month and extra > left:
        yield _priced(month, person, None, extra - left)
    guard = parameter(problem, "protected.no_overtime", 0)
    if guard and guard.value and person.protected and extra:
        yield _priced(guard, person, None, extra)


def _rest(problem: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    """Minutes between the end of a day and the beginning of the next."""
    for day in own:
        rule = parameter(problem, "rest.between_minutes", day)
        if rule and day + 1 in own:
            slept = own[day + 1].start + 1440 - own[day].end
            if slept < rule.value:
                yield _priced(rule, person, day + 1, rule.value - slept)


def _runs(problem: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    """Every day that makes a run of work too long, the days before the horizon included."""
    run = person.history.run_days
    for day in range(len(problem.days)):
        run = run + 1 if day in own else 0
        rule = parameter(problem, "run.max_days", day)
        if rule and run > rule.value:
            yield _priced(rule, person, day, 1)


def _pins(problem: RosterProblem, person: Person, own: Own) -> Iterator[Breach]:
    for pin in problem.pins:
        if pin.person == person.id and not _kept(pin, own.get(pin.day)):
            yield Breach("pin", person.id, pin.day, 1, start=pin.start)


def _kept(pin: Pin, s: Shift | None) -> bool:
    if pin.kind == "off" or s is None:
        return pin.kind == "off" and s is None
    if pin.kind == "shift":
        return (s.start, s.end) == (pin.start, pin.end)
    there = {m for t in s.tasks if t.skill == pin.skill for m in range(t.start, t.end)} & at_work(s)
    return set(range(pin.start, pin.end)) <= there  # tasks lie on the grid, so whole intervals follow


# -- posts --------------------------------------------------------------------------------------------------------


def cells(problem: RosterProblem) -> list[tuple[int, int]]:
    """Day and first minute of every interval."""
    return [(d, m) for d in range(len(problem.days)) for m in range(problem.start, problem.end, problem.step)]


def standing(problem: RosterProblem, roster: Roster, skill: str, day: int, minute: int) -> int:
    """Qualified people on a post."""
    count = 0
    for s in roster.shifts:
        who = next(p for p in problem.people if p.id == s.person)
        there = s.day == day and minute in at_work(s)
        on_post = any(t.skill == skill and t.start <= minute < t.end for t in s.tasks)
        count += there and on_post and qualified(problem, who, skill, day)
    return count


def _meets(problem: RosterProblem, minute: int, start: int, end: int) -> bool:
    return bool(set(range(minute, minute + problem.step)) & set(range(start, end)))


def wanted_here(problem: RosterProblem, post: Minimum, day: int, minute: int) -> bool:
    """A minimum post is due in every interval that shares a minute with opening hours and the post's own hours."""
    this = problem.days[day]
    if this.open is None or this.close is None:
        return False
    start, end = max(this.open, post.start or 0), min(this.close, post.end or 1440)
    return _meets(problem, minute, start, end)


def posts(problem: RosterProblem, roster: Roster) -> Iterator[Breach]:
    """Too few people on minimum posts, two-person tasks and, where demand is hard, on any skill asked for."""
    for n, (day, minute) in enumerate(cells(problem)):
        for post in problem.minimums:
            lack = post.count - sum(standing(problem, roster, s, day, minute) for s in post.skills)
            if lack > 0 and wanted_here(problem, post, day, minute):
                cost = 0 if post.hard else lack * post.weight * problem.step // 60
                yield Breach(f"minimum:{post.key}", None, day, lack, post.hard, cost, minute)
        for pair in problem.two_person:
            due = problem.days[day].open is not None and (pair.days is None or day in pair.days)
            if due and _meets(problem, minute, pair.start, pair.end):
                there = {s.person for s in roster.shifts if s.day == day and minute in at_work(s)}
                able = [p for p in problem.people if p.id in there and qualified(problem, p, pair.skill, day)]
                lack = pair.count - len(able)
                if lack > 0:
                    cost = 0 if pair.hard else lack * pair.weight * problem.step // 60
                    yield Breach(f"two_person:{pair.key}", None, day, lack, pair.hard, cost, minute)
        for skill, series in problem.demand.items() if problem.coverage_hard else ():
            lack = series[n] - standing(problem, roster, skill, day, minute)
            if lack > 0:
                yield Breach(f"coverage:{skill}", None, day, lack, start=minute)


# -- prices -------------------------------------------------------------------------------------------------------


def cell_price(problem: RosterProblem, n: int, on: dict[str, int], present: int) -> dict[str, int]:
    """Points of one interval: missing people (each after the first counts double), P90, and people without a use."""
    day, minute = cells(problem)[n]
    under = thin = useful = 0
    for skill in {*problem.demand, *problem.demand_p90, *(s for m in problem.minimums for s in m.skills)}:
        need = problem.demand[skill][n] if skill in problem.demand else 0
        high = problem.demand_p90[skill][n] if skill in problem.demand_p90 else 0
        have = on.get(skill, 0)
        under += sum(1 if k == 0 else 2 for k in range(need - have))
        thin += max(0, high - max(have, need))
        floor = sum(m.count for m in problem.minimums if skill in m.skills and wanted_here(problem, m, day, minute))
        useful += min(have, max(need, high, floor))
    hourly = {"under": under, "under_p90": thin, "over": present - useful}
    return {kind: people * getattr(problem.costs, kind) * problem.step // 60 for kind, people in hourly.items()}


def personal_price(problem: RosterProblem, person: Person, own: Own) -> dict[str, int]:
    """Points of one person's days: overtime, hours below the contract, wishes, late shifts and weekends."""
    costs, idle = problem.costs, 0
    for days in weeks(problem):
        if len(days) == 7:
            credit = sum(w.credit for w in person.unavailable if w.day in days)
            missing = person.max_week - credit - sum(len(at_work(own[d])) for d in days if d in own)
            idle += max(0, missing) // problem.step
    lates = [s for s in own.values() if s.end > costs.late_after]
    free_days = [d for d in own if datetime.date.fromisoformat(problem.days[d].date).weekday() >= 5]
    carried_lates = person.history.lates - min(p.history.lates for p in problem.people)
    carried_weekends = person.history.weekends - min(p.history.weekends for p in problem.people)
    return {
        "overtime": overtime(problem, person, own) * costs.overtime // 60,
        "off_target": idle * (costs.off_target * problem.step // 60),
        "preference": sum(w.weight * costs.preference for w in person.preferences if not met(w, own.get(w.day))),
        "late": costs.late * sum(2 * (carried_lates + k) + 1 for k in range(len(lates))),
        "weekend": costs.weekend * sum(2 * (carried_weekends + k) + 1 for k in range(len(free_days))),
    }


def met(wish: Preference, s: Shift | None) -> bool:
    """The day went as wished; a free day spoils only the wish to work."""
    if wish.kind in ("off", "work"):
        return (s is None) == (wish.kind == "off")
    if s is None:
        return True
    if wish.kind == "avoid":
        return wish.time not in range(s.start, s.end)
    return s.end <= wish.time if wish.kind == "early" else s.start >= wish.time


def price(problem: RosterProblem, roster: Roster) -> dict[str, int]:
    """Points by kind, soft rules included."""
    total: dict[str, int] = defaultdict(int)
    skills = {*problem.demand, *problem.demand_p90, *(s for m in problem.minimums for s in m.skills)}
    for n, (day, minute) in enumerate(cells(problem)):
        present = sum(s.day == day and minute in at_work(s) for s in roster.shifts)
        on = {skill: standing(problem, roster, skill, day, minute) for skill in skills}
        for kind, points in cell_price(problem, n, on, present).items():
            total[kind] += points
    for person in problem.people:
        own = {s.day: s for s in roster.shifts if s.person == person.id}
        for kind, points in personal_price(problem, person, own).items():
            total[kind] += points
    total["soft_rules"] = sum(b.cost for b in breaches(problem, roster) if not b.hard)
    return dict(total)
