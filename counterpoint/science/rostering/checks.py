"""Every rule a roster can break, checked one by one in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from counterpoint.science.rostering import scoring
from counterpoint.science.rostering.problem import Person, Pin, RosterProblem, Rule
from counterpoint.science.rostering.roster import Roster, Shift, clock

BOOKS = "roster data"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule. ``start`` is the minute of the day or None; ``amount`` is in the rule's unit (minutes, people,
    days); ``cost`` is 0 for a hard rule. ``words`` say what is wrong in English; screens translate by ``key``."""

    key: str
    person: str | None
    day: int | None
    start: int | None
    amount: int
    words: str
    source: str
    mark: str
    hard: bool
    cost: int = 0


def violations(problem: RosterProblem, roster: Roster) -> Iterator[Violation]:
    """All violations, structure first, then people, then posts; a waived one stays listed, soft and free of cost."""
    for found in _all(problem, roster):
        waiver = next((w for w in problem.waivers if w.covers(found.key, found.person, found.day, found.start)), None)
        if waiver:
            yield replace(found, hard=False, cost=0, words=f"{found.words} (waived: {waiver.reason})")
        else:
            yield found


def _all(problem: RosterProblem, roster: Roster) -> Iterator[Violation]:
    people = {person.id: person for person in problem.people}
    seen: set[tuple[str, int]] = set()
    for shift in roster.shifts:
        if shift.person not in people or not 0 <= shift.day < len(problem.days):
            yield _hard("shift.unknown", shift, 1, f"shift of {shift.person} on day {shift.day}: no such person or day")
            continue
        if (shift.person, shift.day) in seen:
            yield _hard("shift.twice", shift, 1, f"{people[shift.person].name} has two shifts on one day")
        seen.add((shift.person, shift.day))
        yield from _shape(problem, shift, people[shift.person])
        yield from _tasks(problem, shift, people[shift.person])
        yield from _lunch(problem, shift, people[shift.person])
        yield from _day(problem, shift, people[shift.person])
    known = [s for s in roster.shifts if s.person in people and 0 <= s.day < len(problem.days)]
    for person in problem.people:
        own = {s.day: s for s in known if s.person == person.id}
        yield from _commitments(problem, person, own)
        yield from _weeks(problem, person, own)
        yield from _overtime(problem, person, known)
        yield from _rest(problem, person, own)
    yield from _pins(problem, roster)
    yield from _posts(problem, known)


def _hard(key: str, shift: Shift, amount: int, words: str, source: str = BOOKS, start: int | None = None) -> Violation:
    at = shift.start if start is None else start
    return Violation(key, shift.person, shift.day, at, amount, words, source, "D", hard=True)


def _by(rule: Rule, person: Person, day: int | None, amount: int, words: str) -> Violation:
    cost = 0 if rule.hard else rule.weight * amount
    return Violation(rule.key, person.id, day, None, amount, words, rule.source, rule.mark, rule.hard, cost)


def _shape(problem: RosterProblem, shift: Shift, person: Person) -> Iterator[Violation]:
    day, rules = problem.days[shift.day], problem.shifts
    edges = [shift.start, shift.end, *(t.start for t in shift.tasks), *(t.end for t in shift.tasks)]
    edges += [shift.lunch.start, shift.lunch.end] if shift.lunch else []
    if any((edge - problem.start) % problem.step for edge in edges) or shift.start >= shift.end:
        yield _hard("shift.grid", shift, 1, f"{person.name}: times must lie on the {problem.step}-minute grid")
    if any(p.kind == "shift" and (p.person, p.day, p.start, p.end) == _key(shift) for p in problem.pins):
        return
    if day.open is None or day.close is None:
        yield _hard("shift.closed", shift, 1, f"{person.name} works on {day.date}, when the branch is closed")
        return
    span = shift.end - shift.start
    named = any((t.start, t.end) == (shift.start, shift.end) for t in rules.templates)
    flexible = any(
        f.earliest <= shift.start <= f.latest
        and (shift.start - f.earliest) % f.step == 0
        and f.shortest <= span <= f.longest
        and (span - f.shortest) % f.step == 0
        for f in rules.flexible
    )
    inside = max(problem.start, day.open - rules.lead) <= shift.start and shift.end <= min(
        problem.end, day.close + rules.tail
    )
    if not inside or not (named or flexible):
        words = f"{person.name} {day.date}: {clock(shift.start)}-{clock(shift.end)} is not an allowed shift"
        yield _hard("shift.shape", shift, 1, words, "shift rules")


def _key(shift: Shift) -> tuple[str, int, int, int]:
    return shift.person, shift.day, shift.start, shift.end


def _tasks(problem: RosterProblem, shift: Shift, person: Person) -> Iterator[Violation]:
    date = problem.days[shift.day].date
    for minute in range(shift.start, shift.end, problem.step):
        posts = [t.skill for t in shift.tasks if t.start <= minute < t.end]
        if len(posts) > 1:
            words = f"{person.name} {date} {clock(minute)}: on {' and '.join(posts)} at once"
            yield _hard("task.overlap", shift, len(posts) - 1, words, start=minute)
        if posts and not shift.present(minute):
            words = f"{person.name} {date} {clock(minute)}: on {posts[0]} during lunch"
            yield _hard("task.outside", shift, 1, words, start=minute)
    for task in shift.tasks:
        if task.start < shift.start or task.end > shift.end or task.start >= task.end:
            words = f"{person.name} {date}: task {clock(task.start)}-{clock(task.end)} lies outside the shift"
            yield _hard("task.outside", shift, 1, words, start=task.start)
        level = problem.levels.get(task.skill, 1)
        if not person.can(task.skill, level, date):
            words = f"{person.name} holds no valid {task.skill} level {level} on {date}"
            yield _hard("skill.unqualified", shift, 1, words, "skills matrix", start=task.start)


def _lunch(problem: RosterProblem, shift: Shift, person: Person) -> Iterator[Violation]:
    rule, date = problem.lunch, problem.days[shift.day].date
    if rule is None or shift.end - shift.start < rule.from_span:
        if shift.lunch:
            yield _hard(
                "lunch", shift, 1, f"{person.name} {date}: a short shift holds no lunch", start=shift.lunch.start
            )
        return
    words = ""
    if shift.lunch is None:
        words = "no lunch"
    elif shift.lunch.end - shift.lunch.start not in rule.lengths:
        words = f"lunch of {shift.lunch.end - shift.lunch.start} minutes"
    elif shift.lunch.start < rule.earliest or shift.lunch.end > rule.latest:
        words = f"lunch at {clock(shift.lunch.start)}, outside {clock(rule.earliest)}-{clock(rule.latest)}"
    elif shift.lunch.start < shift.start + rule.edge or shift.lunch.end > shift.end - rule.edge:
        words = f"lunch within {rule.edge} minutes of the shift's end or start"
    if words:
        hard = rule.hard or shift.lunch is not None
        text = f"{person.name} {date}: {words}"
        cost = 0 if hard else rule.weight
        yield Violation("lunch", shift.person, shift.day, None, 1, text, rule.source, rule.mark, hard, cost)


def _day(problem: RosterProblem, shift: Shift, person: Person) -> Iterator[Violation]:
    date, minutes = problem.days[shift.day].date, shift.minutes
    if minutes < person.min_day:
        words = f"{person.name} {date}: {minutes} minutes, contract asks for {person.min_day} a day"
        yield _hard("contract.min_day", shift, person.min_day - minutes, words, "contract")
    if minutes > person.max_day + person.overtime_agreed:
        words = f"{person.name} {date}: {minutes} minutes, contract allows {person.max_day} a day"
        yield _hard("contract.max_day", shift, minutes - person.max_day - person.overtime_agreed, words, "contract")
    rule = problem.rule("day.max_minutes", shift.day)
    if rule and minutes > rule.value + person.overtime_agreed:
        words = f"{person.name} {date}: {minutes} minutes, more than {rule.value} a day without agreed overtime"
        yield _by(rule, person, shift.day, minutes - rule.value - person.overtime_agreed, words)
    cap = problem.rule("overtime.day_max_minutes", shift.day)
    if rule and cap and minutes > rule.value + cap.value:
        words = f"{person.name} {date}: {minutes - rule.value} minutes of overtime, at most {cap.value} a day"
        yield _by(cap, person, shift.day, minutes - rule.value - cap.value, words)


def _commitments(problem: RosterProblem, person: Person, own: dict[int, Shift]) -> Iterator[Violation]:
    for window in person.unavailable:
        shift = own.get(window.day)
        if shift and window.overlaps(shift.start, shift.end):
            reason = window.reason or "unavailable"
            words = f"{person.name} is rostered on {problem.days[window.day].date} during {reason}"
            yield _hard("leave", shift, 1, words, "leave and availability", start=window.start)
    for core in person.core:
        shift = own.get(core.day)
        date, span = problem.days[core.day].date, f"{clock(core.start)}-{clock(core.end)}"
        if shift is None:
            if core.must:
                words = f"{person.name} must work {span} on {date}"
                yield Violation("core", person.id, core.day, core.start, 1, words, "contract", "D", hard=True)
        elif not _throughout(shift, core.start, core.end):
            words = f"{person.name} is away in the core hours {span} on {date}"
            yield _hard("core", shift, 1, words, "contract", start=core.start)


def _throughout(shift: Shift, start: int, end: int) -> bool:
    """True when the shift covers the whole span and lunch keeps out of it."""
    eats = shift.lunch is not None and shift.lunch.start < end and start < shift.lunch.end
    return shift.start <= start and end <= shift.end and not eats


def _weeks(problem: RosterProblem, person: Person, own: dict[int, Shift]) -> Iterator[Violation]:
    for week, days in problem.weeks().items():
        minutes = sum(own[d].minutes for d in days if d in own)
        worked = sum(d in own for d in days)
        credit = sum(w.credit for w in person.unavailable if w.day in days)
        if len(days) == 7 and minutes < person.min_week - credit:
            words = f"{person.name} {week}: {minutes} minutes, contract asks for {person.min_week - credit}"
            amount = person.min_week - credit - minutes
            yield Violation("contract.min_week", person.id, days[0], None, amount, words, "contract", "D", hard=True)
        if minutes > person.max_week + person.overtime_agreed:
            words = f"{person.name} {week}: {minutes} minutes, contract allows {person.max_week}"
            amount = minutes - person.max_week - person.overtime_agreed
            yield Violation("contract.max_week", person.id, days[0], None, amount, words, "contract", "D", hard=True)
        rule = problem.rule("week.max_minutes", days[0])
        if rule and minutes > rule.value + person.overtime_agreed:
            words = f"{person.name} {week}: {minutes} minutes, more than {rule.value} without agreed overtime"
            yield _by(rule, person, days[0], minutes - rule.value - person.overtime_agreed, words)
        rest = problem.rule("week.rest_days", days[0])
        if rest and worked > 7 - rest.value:
            words = f"{person.name} {week}: works {worked} days, {rest.value} day of rest is due"
            yield _by(rest, person, days[0], worked - 7 + rest.value, words)


def _overtime(problem: RosterProblem, person: Person, known: list[Shift]) -> Iterator[Violation]:
    extra = scoring.overtime(problem, person, known)
    if person.overtime_agreed and extra > person.overtime_agreed:
        words = f"{person.name}: {extra} minutes of overtime, {person.overtime_agreed} agreed"
        amount = extra - person.overtime_agreed
        yield Violation("overtime.agreed", person.id, None, None, amount, words, "consent", "V", hard=True)
    month = problem.rule("overtime.month_max_minutes", 0)
    room = max(0, month.value - person.history.overtime_month) if month else 0
    if month and extra > room:
        words = (
            f"{person.name}: {person.history.overtime_month + extra} overtime minutes this month, limit {month.value}"
        )
        yield _by(month, person, None, extra - room, words)
    guard = problem.rule("protected.no_overtime", 0)
    if guard and guard.value and person.protected and extra > 0:
        yield _by(
            guard, person, None, extra, f"{person.name} is protected and may not work {extra} minutes of overtime"
        )


def _rest(problem: RosterProblem, person: Person, own: dict[int, Shift]) -> Iterator[Violation]:
    for day in range(len(problem.days) - 1):
        rule = problem.rule("rest.between_minutes", day)
        if rule and day in own and day + 1 in own:
            rest = 1440 - own[day].end + own[day + 1].start
            if rest < rule.value:
                words = f"{person.name}: {rest} minutes between two days, {rule.value} wanted"
                yield _by(rule, person, day + 1, rule.value - rest, words)
    for last in range(len(problem.days)):
        rule = problem.rule("run.max_days", last)
        first = last - rule.value if rule else 0
        before = person.history.run_days
        if rule and all((d in own) if d >= 0 else (-d <= before) for d in range(first, last + 1)):
            yield _by(rule, person, last, 1, f"{person.name}: more than {rule.value} days in a row")


def _pins(problem: RosterProblem, roster: Roster) -> Iterator[Violation]:
    for pin in problem.pins:
        shift = roster.of(pin.person, pin.day)
        if not pin_kept(problem, pin, shift):
            words = f"{problem.person(pin.person).name} {problem.days[pin.day].date}: {describe(pin)} was fixed by hand"
            yield Violation("pin", pin.person, pin.day, pin.start, 1, words, "supervisor", "D", hard=True)


def pin_kept(problem: RosterProblem, pin: Pin, shift: Shift | None) -> bool:
    """True when the fixed cell stands in the roster."""
    if pin.kind == "off":
        return shift is None
    if shift is None:
        return False
    if pin.kind == "shift":
        return (shift.start, shift.end) == (pin.start, pin.end)
    return all(shift.present(m) and shift.skill_at(m) == pin.skill for m in problem.ticks(pin.start, pin.end))


def describe(pin: Pin) -> str:
    """``off``, ``shift 09:00-17:00`` or ``cash 09:00-11:00``."""
    span = f"{clock(pin.start)}-{clock(pin.end)}"
    return {"off": "off", "shift": f"shift {span}", "task": f"{pin.skill} {span}"}[pin.kind]


def _posts(problem: RosterProblem, shifts: list[Shift]) -> Iterator[Violation]:
    covered = scoring.coverage(problem, Roster(tuple(shifts)))
    people = {person.id: person for person in problem.people}
    for position, day, minute in scoring.cells(problem):
        date, at = problem.days[day].date, clock(minute)
        for post in problem.minimums:
            if not post.due(problem, day, minute):
                continue
            lack = post.count - sum(covered[skill][position] for skill in post.skills)
            if lack > 0:
                words = f"{date} {at}: {lack} too few on {'/'.join(post.skills)} (minimum {post.count})"
                cost = 0 if post.hard else problem.slot(post.weight) * lack
                key = f"minimum:{post.key}"
                yield Violation(key, None, day, minute, lack, words, post.source, post.mark, post.hard, cost)
        for pair in problem.two_person:
            if (pair.days is not None and day not in pair.days) or problem.days[day].open is None:
                continue
            level = problem.levels.get(pair.skill, 1)
            if problem.touches(minute, pair.start, pair.end):
                there = [s for s in shifts if s.day == day and s.present(minute)]
                lack = pair.count - sum(people[s.person].can(pair.skill, level, date) for s in there)
                if lack > 0:
                    words = f"{date} {at}: {pair.key} needs {pair.count} with {pair.skill}, {lack} too few"
                    cost = 0 if pair.hard else problem.slot(pair.weight) * lack
                    key = f"two_person:{pair.key}"
                    yield Violation(key, None, day, minute, lack, words, pair.source, pair.mark, pair.hard, cost)
        if problem.coverage_hard:
            for skill, series in problem.demand.items():
                lack = series[position] - covered[skill][position]
                if lack > 0:
                    words = f"{date} {at}: {lack} too few on {skill} (demand {series[position]})"
                    yield Violation(f"coverage:{skill}", None, day, minute, lack, words, "demand", "D", hard=True)
