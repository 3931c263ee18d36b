"""The quick first roster keeps what it promises on any small week: leave, hours, rest, templates and lunches."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import History, Person, Skill, Window
from counterpoint.team.planning import crew
from counterpoint.team.planning.sketch import sketch
from counterpoint.team.planning.tests import examples
from counterpoint.team.rules import HALVES, half_of

LONG = (((540, 1020),), ((540, 1020),), ((570, 960),))
SKILLS = ("cash", "desk")


def problem(people, hours=LONG, *, cash=1, desk=1, **more):
    info = examples.days(hours)
    is_open = np.array([[any(a <= 540 + 30 * n < b for a, b in d.open) for n in range(16)] for d in info], dtype=float)
    need = {"cash": cash * is_open, "desk": desk * is_open}
    high = more.pop("need_p90", need)
    view = examples.outlook(hours, mean=np.zeros((3, 3, 16)), need=need, need_p90=high)
    return crew.week_problem(view, tuple(people), **more)


def person(name, *skills, **more):
    return Person(name, name, tuple(Skill(key) for key in skills or SKILLS), **{"min_day": 120, **more})


persons = st.lists(
    st.builds(
        lambda skills, week, low, high, leave, run: (skills, week, low, max(low, high), leave, run),
        st.sets(st.sampled_from(SKILLS), min_size=1),
        st.sampled_from([0, 300, 900, 2400]),
        st.sampled_from([120, 240, 420]),
        st.sampled_from([300, 480]),
        st.sets(st.integers(0, 2), max_size=2),
        st.sampled_from([0, 6, 30, 40]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=40)
@given(persons, st.integers(0, 3), st.integers(0, 2), st.sampled_from([0, 1]))
def test_whatever_is_asked_the_sketch_keeps_its_word(made, cash, desk, lobby):
    people = [
        person(f"p{n}", *sorted(skills), max_week=week, min_day=low, max_day=high,
               unavailable=tuple(Window(d, 0, 1440, "leave") for d in sorted(leave)), history=History(run_days=run))
        for n, (skills, week, low, high, leave, run) in enumerate(made)
    ]  # fmt: skip
    asked = problem(people, cash=cash, desk=desk, minimums={"cash": lobby})
    found = sketch(asked)
    assert found == sketch(asked)
    assert max(Counter((s.person, s.day) for s in found.shifts).values(), default=0) <= 1
    spans = {(t.start, t.end) for t in asked.shifts.templates}
    by_id = {p.id: p for p in people}
    for shift in found.shifts:
        who, day = by_id[shift.person], asked.days[shift.day]
        assert (shift.start, shift.end) in spans and day.open - 30 <= shift.start and shift.end <= day.close + 30
        assert who.min_day <= shift.minutes <= who.max_day
        assert not any(w.day == shift.day for w in who.unavailable)
        assert (shift.lunch is not None) == (shift.end - shift.start >= asked.lunch.from_span)
        if shift.lunch:
            assert asked.lunch.earliest <= shift.lunch.start and shift.lunch.end <= asked.lunch.latest
            assert shift.start + 60 <= shift.lunch.start and shift.lunch.end <= shift.end - 60
    for who in people:
        own = [s for s in found.shifts if s.person == who.id]
        assert sum(s.minutes for s in own) <= who.max_week
        assert len(own) <= max(0, 6 - who.history.run_days // 6)
    assert [(s.day, s.person) for s in found.shifts] == sorted((s.day, s.person) for s in found.shifts)


def test_nothing_asked_is_nobody_called():
    assert sketch(problem([person("mei")], cash=0, desk=0)).shifts == ()


def test_a_closed_day_has_no_shift():
    found = sketch(problem([person("mei"), person("sun")], (((540, 1020),), (), ())))
    assert {s.day for s in found.shifts} == {0}


def test_a_person_is_called_only_where_their_skill_helps():
    found = sketch(problem([person("mei", "cash"), person("sun", "lobby")], desk=0))
    assert {s.person for s in found.shifts} == {"mei"}


def test_a_certificate_that_ends_is_followed_by_no_shift():
    held = replace(person("mei"), skills=(Skill("cash", 1, "2026-11-30"),))
    assert {s.day for s in sketch(problem([held], desk=0)).shifts} == {0}


def test_of_equals_the_one_with_more_hours_left_comes_first():
    full, part = person("a", max_week=900), person("b", max_week=2400)
    first = sketch(problem([full, part], (((540, 1020),), (), ()), desk=0)).shifts
    assert [s.person for s in first] == ["b"]


def test_minimum_posts_that_no_customer_asks_for_are_staffed():
    lobby = sketch(problem([person("omar", "lobby")], cash=0, desk=0, minimums={"lobby": 1}))
    assert {s.day for s in lobby.shifts} == {0, 1, 2}


def test_a_busy_days_need_alone_is_not_worth_a_shift():
    quiet = problem([person("mei")], cash=0, desk=0)
    busy = replace(quiet, demand_p90={"cash": (1,) * len(quiet.demand["cash"])})
    assert sketch(busy).shifts == ()


def test_a_weekly_minimum_is_filled_with_further_days_and_paid_leave_counts_towards_it():
    idle = {"cash": 0, "desk": 0}
    owed = person("mei", min_week=960)
    assert sum(s.minutes for s in sketch(problem([owed], **idle)).shifts) >= 960
    away = replace(owed, unavailable=(Window(0, 0, 1440, "leave (annual)", 480),))
    found = sketch(problem([away], **idle)).shifts
    assert [s.day for s in found] == [1]
    assert sketch(problem([person("mei", min_week=0)], **idle)).shifts == ()


@pytest.mark.parametrize("cash", [0, 1])
@pytest.mark.parametrize("half", HALVES)
def test_half_a_day_of_leave_leaves_the_other_half_to_the_sketch(half, cash):
    """Laid where somebody is missing, and where only the contract asks for a day."""
    window = Window(0, *half_of(half, 540, 1020), "leave")
    away = person("away", "cash", unavailable=(window,), max_week=300, min_week=240, max_day=300)
    hours = (((540, 1020),), (), ())
    laid = sketch(problem([away], hours, cash=cash, desk=0)).shifts
    assert len(laid) == 1 and not window.overlaps(laid[0].start, laid[0].end)


def test_somebody_at_work_all_day_is_not_passed_over_for_a_colleague_on_half_a_day_of_leave():
    away = person("a", "cash", unavailable=(Window(0, *half_of("morning", 540, 1020), "leave"),))
    hours = (((540, 1020),), (), ())
    laid = {s.person: s for s in sketch(problem([away, person("b", "cash")], hours, cash=1, desk=0)).shifts}
    assert laid["b"].start <= 540
