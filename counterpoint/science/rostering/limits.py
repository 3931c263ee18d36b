"""Rules of people and posts, added to the CP-SAT model one item at a time."""

from __future__ import annotations

from typing import Any

from ortools.sat.python import cp_model

from counterpoint.science.rostering.checks import describe
from counterpoint.science.rostering.model import Item, PersonDay, RosterModel
from counterpoint.science.rostering.problem import Person, Pin, RosterProblem, Rule
from counterpoint.science.rostering.roster import clock
from counterpoint.science.rostering.scoring import cells


def add(model: RosterModel) -> None:
    """All restrictions of the problem."""
    for person in model.problem.people:
        own = [model.days[person.id, day] for day in range(len(model.problem.days))]
        _days(model, person, own)
        _commitments(model, person, own)
        _weeks(model, person, own)
        _overtime(model, person, own)
        _rest(model, person, own)
    _pins(model)
    _posts(model)


def _of_rule(rule: Rule, person: Person, day: int | None, words: str) -> Item:
    return Item("law" if rule.mark == "V" else "rule", rule.key, words, rule.source, rule.mark, person.id, day)


def _days(model: RosterModel, person: Person, own: list[PersonDay]) -> None:
    problem = model.problem
    for day, mine in enumerate(own):
        if not mine.shifts:
            continue
        date = problem.days[day].date
        longest = max(end - start for start, end in mine.shifts)
        least = Item("contract", "contract.min_day", f"{person.name} works at least {person.min_day} minutes on {date}",
                     "contract", "D", person.id, day)  # fmt: skip
        if min(end - start for start, end in mine.shifts) - _longest_lunch(problem) < person.min_day:
            model.limit(person.min_day * mine.works - mine.minutes, 0, least)
        cap = person.max_day + person.overtime_agreed
        most = Item("contract", "contract.max_day", f"{person.name} works at most {cap} minutes on {date}",
                    "contract", "D", person.id, day)  # fmt: skip
        if longest > cap:
            model.limit(mine.minutes, cap, most)
        rule, extra = problem.rule("day.max_minutes", day), problem.rule("overtime.day_max_minutes", day)
        if rule and longest > rule.value:
            upper = rule.value + person.overtime_agreed
            words = f"{person.name} works at most {upper} minutes on {date}"
            item = _of_rule(rule, person, day, words)
            model.limit(mine.minutes, upper, item, hard=rule.hard, weight=rule.weight, reach=longest)
            if extra:
                words = f"{person.name} has at most {extra.value} minutes of overtime on {date}"
                item, upper = _of_rule(extra, person, day, words), rule.value + extra.value
                model.limit(mine.minutes, upper, item, hard=extra.hard, weight=extra.weight, reach=longest)


def _longest_lunch(problem: RosterProblem) -> int:
    return max(problem.lunch.lengths, default=0) if problem.lunch else 0


def _commitments(model: RosterModel, person: Person, own: list[PersonDay]) -> None:
    for window in person.unavailable:
        mine, date = own[window.day], model.problem.days[window.day].date
        blocked = [var for span, var in mine.shifts.items() if window.overlaps(*span)]
        words = f"{person.name} is away on {date} {clock(window.start)}-{clock(window.end)} ({window.reason or 'away'})"
        item = Item(
            "leave", "leave", words, "leave and availability", "D", person.id, window.day, window.start, window.end
        )
        model.forbid(blocked, item)
    for core in person.core:
        mine, date = own[core.day], model.problem.days[core.day].date
        span = f"{clock(core.start)}-{clock(core.end)}"
        words = f"{person.name} works the core hours {span} on {date}"
        item = Item("core", "core", words, "contract", "D", person.id, core.day, core.start, core.end)
        if model.waived(item):
            continue
        literal = model.literal(item)
        wrong = [var for (start, end), var in mine.shifts.items() if start > core.start or end < core.end]
        wrong += [var for (start, end), var in mine.lunches.items() if start < core.end and core.start < end]
        if wrong:
            model.require(cp_model.LinearExpr.sum(wrong) == 0, literal)
        if core.must:
            model.require(mine.works + 0 == 1, literal)


def _weeks(model: RosterModel, person: Person, own: list[PersonDay]) -> None:
    problem = model.problem
    for week, days in problem.weeks().items():
        minutes = cp_model.LinearExpr.sum([own[d].minutes for d in days])
        credit = sum(w.credit for w in person.unavailable if w.day in days)
        reach = 1440 * len(days)

        def about(kind: str, key: str, words: str, first: int = days[0]) -> Item:
            return Item(kind, key, words, "contract", "D", person.id, first)

        if len(days) == 7:
            due = person.min_week - credit
            if due > 0:
                words = f"{person.name} works at least {due} minutes in {week}"
                model.limit(-minutes, -due, about("contract", "contract.min_week", words))
            idle = model.cp.new_int_var(0, max(0, person.max_week - credit) // problem.step, "")
            if not model.assumed:
                model.cp.add(problem.step * idle + minutes >= person.max_week - credit - problem.step + 1)
                model.price(idle, problem.slot(problem.costs.off_target))
        upper = person.max_week + person.overtime_agreed
        words = f"{person.name} works at most {upper} minutes in {week}"
        model.limit(minutes, upper, about("contract", "contract.max_week", words))
        rule = problem.rule("week.max_minutes", days[0])
        if rule:
            upper = rule.value + person.overtime_agreed
            item = _of_rule(rule, person, days[0], f"{person.name} works at most {upper} minutes in {week}")
            model.limit(minutes, upper, item, hard=rule.hard, weight=rule.weight, reach=reach)
        rest = problem.rule("week.rest_days", days[0])
        if rest and sum(bool(own[d].shifts) for d in days) > 7 - rest.value:
            worked = cp_model.LinearExpr.sum([own[d].works for d in days])
            item = _of_rule(rest, person, days[0], f"{person.name} rests {rest.value} day in {week}")
            model.limit(worked, 7 - rest.value, item, hard=rest.hard, weight=rest.weight, reach=7)


def _overtime(model: RosterModel, person: Person, own: list[PersonDay]) -> None:
    problem, cp = model.problem, model.cp
    loose = {r.key for r in problem.rules if not r.hard} | {w.key for w in problem.waivers}
    loose |= {item.key for item in model.without}
    if not (person.overtime_agreed or model.assumed or loose & {"day.max_minutes", "week.max_minutes"}):
        return
    totals = []
    for days in problem.weeks().values():
        extra = cp.new_int_var(0, 1440 * len(days), "")
        daily = []
        for day in days:
            rule = problem.rule("day.max_minutes", day)
            if rule and own[day].shifts and max(end - start for start, end in own[day].shifts) > rule.value:
                daily.append(cp.new_int_var(0, 1440, ""))
                cp.add(daily[-1] >= own[day].minutes - rule.value)
        cp.add(extra >= cp_model.LinearExpr.sum(daily) if daily else extra >= 0)
        week = problem.rule("week.max_minutes", days[0])
        if week:
            cp.add(extra >= cp_model.LinearExpr.sum([own[d].minutes for d in days]) - week.value)
        totals.append(extra)
    total = cp_model.LinearExpr.sum(totals)
    if not model.assumed:
        model.price(total, problem.costs.overtime // 60)
    _overtime_limits(model, person, total)


def _overtime_limits(model: RosterModel, person: Person, total: Any) -> None:
    problem, reach = model.problem, 1440 * len(model.problem.days)
    if person.overtime_agreed:
        words = f"{person.name} agreed to {person.overtime_agreed} minutes of overtime"
        item = Item("consent", "overtime.agreed", words, "consent", "V", person.id)
        model.limit(total, person.overtime_agreed, item)
    month = problem.rule("overtime.month_max_minutes", 0)
    if month:
        room = max(0, month.value - person.history.overtime_month)
        item = _of_rule(month, person, None, f"{person.name} has {room} minutes of overtime left this month")
        model.limit(total, room, item, hard=month.hard, weight=month.weight, reach=reach)
    guard = problem.rule("protected.no_overtime", 0)
    if guard and guard.value and person.protected:
        item = _of_rule(guard, person, None, f"{person.name} is protected from overtime")
        model.limit(total, 0, item, hard=guard.hard, weight=guard.weight, reach=reach)


def _rest(model: RosterModel, person: Person, own: list[PersonDay]) -> None:
    problem = model.problem
    for day in range(len(own) - 1):
        rule = problem.rule("rest.between_minutes", day)
        if not rule or not own[day].shifts or not own[day + 1].shifts:
            continue
        latest = max(end for _, end in own[day].shifts)
        lack = rule.value - 1440 + latest - min(start for start, _ in own[day + 1].shifts)
        if lack > 0:
            ends = sum(var * end for (_, end), var in own[day].shifts.items())
            starts = sum(var * start for (start, _), var in own[day + 1].shifts.items())
            slack = max(0, latest + rule.value - 1440)
            item = _of_rule(rule, person, day + 1, f"{person.name} rests {rule.value} minutes before day {day + 2}")
            expr = ends - starts + rule.value - 1440 - slack * (1 - own[day + 1].works)
            model.limit(expr, 0, item, hard=rule.hard, weight=rule.weight, reach=lack)
    for last in range(len(own)):
        rule = problem.rule("run.max_days", last)
        if rule and last - rule.value >= -person.history.run_days:
            days = [own[d].works for d in range(max(0, last - rule.value), last + 1)]
            item = _of_rule(rule, person, last, f"{person.name} works at most {rule.value} days in a row")
            worked = cp_model.LinearExpr.sum(days)
            model.limit(worked, len(days) - 1, item, hard=rule.hard, weight=rule.weight, reach=1)


def _pins(model: RosterModel) -> None:
    posts: dict[tuple[Any, str, int], list[Any]] = {}
    for pin in model.problem.pins:
        person, mine = model.problem.person(pin.person), model.days[pin.person, pin.day]
        words = f"{person.name} {model.problem.days[pin.day].date}: {describe(pin)} is fixed by hand"
        item = Item("pin", "pin", words, "supervisor", "D", pin.person, pin.day, pin.start, pin.end)
        if model.waived(item):
            continue
        if pin.kind == "task":
            _task_pin(model, pin, person, item, posts)
        else:
            chosen = mine.works if pin.kind == "off" else mine.shifts.get((pin.start, pin.end))
            if chosen is None:  # its times do not lie on the grid
                model.impossible(item)
            else:
                model.require(chosen + 0 == (0 if pin.kind == "off" else 1), model.literal(item))
    for where, literals in posts.items():
        model.cp.add(model.posts[where] >= cp_model.LinearExpr.sum(literals))


def _task_pin(model: RosterModel, pin: Pin, person: Person, item: Item, posts: dict[Any, list[Any]]) -> None:
    problem, mine, group = model.problem, model.days[pin.person, pin.day], model.group_of(person, pin.day)
    positions = {
        minute: pin.day * problem.intervals + (minute - problem.start) // problem.step
        for minute in problem.ticks(pin.start, pin.end)
    }
    wanted = [(group, pin.skill or "", position) for position in positions.values()]
    if not mine.shifts or any(where not in model.posts for where in wanted):
        model.impossible(item)
        return
    literal = model.literal(item)
    for minute in positions:
        there = sum(var * sign for var, sign in mine.presence(minute))
        model.require(there >= 1, literal)
    for where in wanted:
        posts.setdefault(where, []).append(model.cp.new_constant(1) if literal is None else literal)


def _posts(model: RosterModel) -> None:
    problem, cp = model.problem, model.cp
    for position, day, minute in cells(problem):
        date, at = problem.days[day].date, clock(minute)
        for post in problem.minimums:
            if not post.due(problem, day, minute):
                continue
            words = f"{date} {at}: at least {post.count} on {'/'.join(post.skills)}"
            item = Item("minimum", f"minimum:{post.key}", words, post.source, post.mark, None, day, minute,
                        minute + problem.step, post.skills)  # fmt: skip
            total = cp_model.LinearExpr.sum([model.on_skill[s, position] for s in post.skills])
            weight = problem.slot(post.weight)
            model.limit(-total, -post.count, item, hard=post.hard, weight=weight, reach=post.count)
        for pair in problem.two_person:
            wanted = pair.days is None or day in pair.days
            if not wanted or problem.days[day].open is None or not problem.touches(minute, pair.start, pair.end):
                continue
            words = f"{date} {at}: {pair.key} by at least {pair.count} with {pair.skill}"
            item = Item("two_person", f"two_person:{pair.key}", words, pair.source, pair.mark, None, day, minute,
                        minute + problem.step, (pair.skill,))  # fmt: skip
            able = [v for (group, where), v in model.present.items() if where == position and pair.skill in group]
            total = cp_model.LinearExpr.sum(able or [cp.new_constant(0)])
            weight = problem.slot(pair.weight)
            model.limit(-total, -pair.count, item, hard=pair.hard, weight=weight, reach=pair.count)
        if problem.coverage_hard:
            for skill, series in problem.demand.items():
                if series[position]:
                    words = f"{date} {at}: {series[position]} on {skill}"
                    item = Item("coverage", f"coverage:{skill}", words, "demand", "D", None, day, minute,
                                minute + problem.step, (skill,))  # fmt: skip
                    model.limit(-model.on_skill[skill, position], -series[position], item)
