"""A hundred branches that cannot be rostered, each for a planted reason, amid things that do not matter.

``small(number)`` is one of ``SMALL``, small enough to try everything; ``real(number)`` one of ``REAL``, a week of a
branch in half hours. All is drawn from the number. Invented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from counterpoint.science.rostering import (
    Core,
    Flexible,
    History,
    Minimum,
    Person,
    Pin,
    Preference,
    RosterProblem,
    Rule,
    ShiftRules,
    Skill,
    Template,
    TwoPerson,
    Window,
)
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.tests.smallbranch import (
    CASH,
    CLOSE,
    LOBBY,
    LUNCH,
    OPEN,
    SLOTS,
    branch,
    rule,
    someone,
)

Draw = np.random.Generator
Plant = Callable[[Draw, int], RosterProblem]
WHOLE = Template("whole", OPEN, CLOSE)
REAL_PEOPLE = (8, 10, 12)


def _day(draw: Draw, days: int) -> int:
    return int(draw.integers(days))


def _some(draw: Draw, *choices: int) -> int:
    return int(draw.choice(choices))


def _away(day: int, start: int = 0, end: int = 1440) -> tuple[Window, ...]:
    return (Window(day, start, end, "leave"),)


def _tills(count: int, start: int | None = None, end: int | None = None) -> tuple[Minimum, ...]:
    return (Minimum("tills", ("cash",), count, start, end),)


def _more(draw: Draw, days: int, *people: Person, **more: object) -> RosterProblem:
    """A branch of these people and up to two colleagues of the lobby, with wishes and leave that cause no trouble."""
    cast = list(people)
    for key in ("sun", "ada")[: _some(draw, 0, 1, 2)]:
        leave = _away(_day(draw, days), 0, _some(draw, 570, 1440)) if draw.random() < 0.5 else ()
        wish = (Preference(_day(draw, days), "off", 0, 2),) if draw.random() < 0.5 else ()
        cast.append(someone(key, LOBBY, unavailable=leave, preferences=wish))
    return branch(*cast, **{"days": days, "demand": _demand(draw, days), **more})  # type: ignore[arg-type]


def _demand(draw: Draw, days: int) -> dict[str, tuple[int, ...]]:
    return {"cash": tuple(int(x) for x in draw.integers(0, 2, SLOTS * days))}


def leave_against_a_fixed_shift(draw: Draw, days: int) -> RosterProblem:
    day, start = _day(draw, days), _some(draw, 540, 600)
    mei = someone(unavailable=_away(day, 570, _some(draw, 630, 1440)))
    return _more(draw, days, mei, pins=(Pin("mei", day, "shift", start, CLOSE),))


def leave_against_core_hours(draw: Draw, days: int) -> RosterProblem:
    day = _day(draw, days)
    core = (Core(day, _some(draw, 540, 570), 600, must=True),)
    return _more(draw, days, someone(core=core, unavailable=_away(day, 0, _some(draw, 600, 1440))), someone("omar"))


def too_few_skilled_for_a_post(draw: Draw, days: int) -> RosterProblem:
    start = _some(draw, 540, 570, 600)
    people = (someone(), someone("omar"))[: _some(draw, 1, 2)]
    return _more(draw, days, *people, minimums=_tills(len(people) + 1, start, start + 30))


def the_skilled_are_on_leave(draw: Draw, days: int) -> RosterProblem:
    day = _day(draw, days)
    people = (someone(unavailable=_away(day)), someone("omar", CASH + LOBBY, unavailable=_away(day, 0, 600)))
    return _more(draw, days, *people, minimums=_tills(_some(draw, 1, 2), 540, 570))


def one_of_two_is_away(draw: Draw, days: int) -> RosterProblem:
    pair = TwoPerson("vault", "vault", 540, _some(draw, 555, 600))
    vault = (Skill("cash"), Skill("vault"))
    mei = someone("mei", vault, unavailable=_away(_day(draw, days), 0, _some(draw, 570, 1440)))
    return _more(draw, days, mei, someone("omar", vault), two_person=(pair,))


def one_of_two_is_off_by_hand(draw: Draw, days: int) -> RosterProblem:
    day = _day(draw, days)
    pair = TwoPerson("vault", "cash", _some(draw, 600, 630), CLOSE, days=(day,))
    return _more(draw, days, someone(), someone("omar"), two_person=(pair,), pins=(Pin("mei", day, "off"),))


def a_skill_that_has_run_out(draw: Draw, days: int) -> RosterProblem:
    old = (Skill("cash", 3, until="2026-11-29"), Skill("lobby"))
    return _more(
        draw, days, someone(skills=old), someone("omar", LOBBY), minimums=_tills(1, 540, _some(draw, 570, 600))
    )


def a_level_that_is_too_low(draw: Draw, days: int) -> RosterProblem:
    pin = Pin("mei", _day(draw, days), "task", 570, _some(draw, 600, 630), "cash")
    return _more(draw, days, someone(), someone("omar"), levels={"cash": 3}, pins=(pin,))


def a_day_off_against_core_hours(draw: Draw, days: int) -> RosterProblem:
    day = _day(draw, days)
    mei = someone(core=(Core(day, 570, _some(draw, 600, 630), must=True),))
    return _more(draw, days, mei, someone("omar"), pins=(Pin("mei", day, "off"),))


def lunch_against_core_hours(draw: Draw, days: int) -> RosterProblem:
    day, least = _day(draw, days), _some(draw, 60, 90)
    if draw.random() < 0.5:
        return _more(draw, days, someone(core=(Core(day, 540, 660, must=True),), min_day=least), lunch=LUNCH)
    pins = (Pin("mei", day, "shift", OPEN, CLOSE),)
    return _more(
        draw, days, someone(core=(Core(day, 570, 630),), min_day=least), someone("omar"), lunch=LUNCH, pins=pins
    )


def one_teller_who_must_eat(draw: Draw, days: int) -> RosterProblem:
    shifts = ShiftRules(templates=(WHOLE,), lead=0, tail=0)
    omar = someone("omar", unavailable=_away(_day(draw, days)))
    return _more(draw, days, someone(), omar, lunch=LUNCH, shifts=shifts, minimums=_tills(1, 570, 630))


def more_core_hours_than_the_week_allows(draw: Draw, days: int) -> RosterProblem:
    busy = tuple(Core(d, 540, 600, must=True) for d in range(days))
    least = 60 * days
    if draw.random() < 0.5:
        return _more(draw, days, someone(core=busy, max_week=least - 30), someone("omar"))
    return _more(draw, days, someone(core=busy), rules=(rule("week.max_minutes", least - 30),))


def a_run_that_is_too_long(draw: Draw, days: int) -> RosterProblem:
    run = _some(draw, 1, 2)
    mei = someone(core=tuple(Core(d, 570, 600, must=True) for d in range(days)), history=History(run_days=run))
    most = run + days - 1 if run + days > 1 else 1
    return _more(draw, days, mei, someone("omar"), rules=(rule("run.max_days", most, mark="D"),))


def a_long_day_fixed_by_hand(draw: Draw, days: int) -> RosterProblem:
    pin = Pin("mei", _day(draw, days), "shift", OPEN, CLOSE)
    if draw.random() < 0.5:
        return _more(draw, days, someone(max_day=90), pins=(pin,))
    return _more(draw, days, someone(), someone("omar"), rules=(rule("day.max_minutes", 90),), pins=(pin,))


def overtime_of_somebody_protected(draw: Draw, days: int) -> RosterProblem:
    rules = (rule("day.max_minutes", 90), rule("protected.no_overtime", 1))
    mei = someone(protected=True, overtime_agreed=_some(draw, 30, 60))
    return _more(draw, days, mei, rules=rules, pins=(Pin("mei", _day(draw, days), "shift", OPEN, CLOSE),))


def no_overtime_left(draw: Draw, days: int) -> RosterProblem:
    rules = (rule("day.max_minutes", 60), rule("overtime.month_max_minutes", 120))
    mei = someone(overtime_agreed=60, history=History(overtime_month=_some(draw, 70, 120, 300)))
    return _more(draw, days, mei, rules=rules, pins=(Pin("mei", _day(draw, days), "shift", OPEN, CLOSE),))


def demand_that_must_be_met(draw: Draw, days: int) -> RosterProblem:
    day, at = _day(draw, days), _some(draw, 0, 1, 2, 3)
    series = tuple(2 if n == day * SLOTS + at else 0 for n in range(days * SLOTS))
    mei = someone(unavailable=_away(day))
    return _more(draw, days, mei, someone("omar"), demand={"cash": series}, coverage_hard=True)


def one_person_on_two_posts(draw: Draw, days: int) -> RosterProblem:
    start = _some(draw, 540, 570, 600)
    posts = (*_tills(1, start, start + 30), Minimum("lobby", ("lobby",), 1, start, start + 30))
    omar = someone("omar", unavailable=_away(_day(draw, days)))
    return branch(someone("mei", CASH + LOBBY), omar, days=days, minimums=posts, demand=_demand(draw, days))


def the_teller_is_put_elsewhere(draw: Draw, days: int) -> RosterProblem:
    day, start = _day(draw, days), _some(draw, 570, 600)
    pin = Pin("mei", day, "task", start, start + 30, "lobby")
    return _more(draw, days, someone("mei", CASH + LOBBY), minimums=_tills(1, start, start + 30), pins=(pin,))


def everybody_goes_home_early(draw: Draw, days: int) -> RosterProblem:
    day = _day(draw, days)
    pins = tuple(Pin(who, day, "shift", 540, _some(draw, 600, 630)) for who in ("mei", "omar"))
    return _more(draw, days, someone(), someone("omar"), minimums=_tills(1, 630, CLOSE), pins=pins)


def a_day_too_short_for_the_contract(draw: Draw, days: int) -> RosterProblem:
    day = _day(draw, days)
    mei = someone(
        min_day=120, core=(Core(day, 540, 570, must=True),), unavailable=_away(day, 600, _some(draw, 630, 660))
    )
    return _more(draw, days, mei, someone("omar"))


def a_night_too_short(draw: Draw, days: int) -> RosterProblem:
    pins = (Pin("mei", 0, "shift", _some(draw, 540, 600), CLOSE), Pin("mei", 1, "shift", OPEN, _some(draw, 600, 630)))
    rules = (rule("rest.between_minutes", 1350, mark="K"),)
    return _more(draw, max(2, days), someone(), someone("omar"), rules=rules, pins=pins)


def _week(draw: Draw, mei: Person, *rules: Rule) -> RosterProblem:
    shifts = ShiftRules(
        templates=(WHOLE,), flexible=(Flexible(OPEN, OPEN, 60, 60),)[: _some(draw, 0, 1)], lead=0, tail=0
    )
    omar = someone("omar", unavailable=_away(_day(draw, 7)))
    return branch(mei, omar, days=7, shifts=shifts, rules=rules, demand=_demand(draw, 7))


def no_day_of_rest(draw: Draw, _: int) -> RosterProblem:
    rest = _some(draw, 1, 2)
    busy = tuple(Core(d, 540, 600, must=True) for d in range(8 - rest))
    return _week(draw, someone(core=busy), rule("week.rest_days", rest))


def hours_that_leave_makes_impossible(draw: Draw, _: int) -> RosterProblem:
    free = _some(draw, 3, 4)
    away = tuple(Window(d, 0, 1440, "leave", credit=0) for d in range(free))
    return _week(draw, someone(unavailable=away, min_week=120 * (8 - free)))


def more_hours_than_days_of_work(draw: Draw, _: int) -> RosterProblem:
    return _week(draw, someone(min_week=_some(draw, 750, 840)), rule("week.rest_days", 1))


PLANTS: tuple[Plant, ...] = (
    leave_against_a_fixed_shift, leave_against_core_hours, too_few_skilled_for_a_post, the_skilled_are_on_leave,
    one_of_two_is_away, one_of_two_is_off_by_hand, a_skill_that_has_run_out, a_level_that_is_too_low,
    a_day_off_against_core_hours, lunch_against_core_hours, one_teller_who_must_eat,
    more_core_hours_than_the_week_allows, a_run_that_is_too_long, a_long_day_fixed_by_hand,
    overtime_of_somebody_protected, no_overtime_left, demand_that_must_be_met, one_person_on_two_posts,
    the_teller_is_put_elsewhere, everybody_goes_home_early, a_day_too_short_for_the_contract, a_night_too_short,
    no_day_of_rest, hours_that_leave_makes_impossible, more_hours_than_days_of_work,
)  # fmt: skip
SMALL, REAL = range(3 * len(PLANTS)), range(100 - 3 * len(PLANTS))


def small(number: int) -> RosterProblem:
    """One of the small ones: its reason is ``PLANTS[number % len(PLANTS)]``."""
    draw = np.random.default_rng([number, 7])
    days = 1 + (number // len(PLANTS)) % 2
    return PLANTS[number % len(PLANTS)](draw, days)


def real(number: int) -> RosterProblem:
    """A week of a branch in which some are away on a course, hours are short or a post asks for too many."""
    draw = np.random.default_rng([number, 11])
    base = branch_week(REAL_PEOPLE[number % len(REAL_PEOPLE)], seed=number)
    base = replace(base, two_person=(replace(base.two_person[0], hard=number % 4 == 0),))
    skill, day = str(draw.choice(["cash", "noncash", "lobby", "vault"])), _day(draw, 5)
    able = [p.id for p in base.people if p.can(skill, 1, base.days[day].date)]
    trouble = number % 5
    if trouble == 0:  # all who can are away
        return _changed(base, able, lambda p: replace(p, unavailable=(*p.unavailable, *_away(day))))
    if trouble == 1:  # more at the window than there are
        post = Minimum("window", (skill,), len(able) + 1, 600, 660)
        return replace(base, minimums=(*base.minimums, post))
    if trouble == 2:  # all must come on every day of the week
        busy = tuple(Core(d, 600, 660, must=True) for d in range(7))
        return _changed(base, able[:1], lambda p: replace(p, core=busy))
    if trouble == 3:  # everybody is fixed to go home before the afternoon
        pins = tuple(Pin(who, day, "shift", 510, 750) for who in able)
        return replace(base, pins=pins, minimums=(*base.minimums, Minimum("late", (skill,), 1, 900, 930)))
    cut = 240 + 60 * int(draw.integers(3))  # nobody has the hours to hold the posts all week
    return _changed(base, [p.id for p in base.people], lambda p: replace(p, min_week=0, max_week=cut))


def _changed(problem: RosterProblem, who: list[str], how: Callable[[Person], Person]) -> RosterProblem:
    return replace(problem, people=tuple(how(p) if p.id in who else p for p in problem.people))
