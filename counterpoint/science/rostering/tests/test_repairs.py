"""Repair: as little as possible moves, and never more than trying every roster says is needed."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Absence,
    Break,
    Core,
    Costs,
    Limit,
    Minimum,
    Pin,
    TwoPerson,
    Waiver,
    Window,
    evaluate,
    repair,
    solve,
)
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.repair import CALLED_IN, MOVED_LUNCH, MOVED_SHIFT, differences, with_changes
from counterpoint.science.rostering.tests import rulebook
from counterpoint.science.rostering.tests.everyroster import cheapest
from counterpoint.science.rostering.tests.smallbranch import (
    CASH,
    LOBBY,
    LUNCH,
    branch,
    branches,
    need,
    plan,
    someone,
    works,
)

DRAWN = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
MEI, OMAR, SUN = someone(), someone("omar"), someone("sun", CASH + LOBBY)
POST = (Minimum("cash", ("cash",)),)


def moves(before, person, own, days):
    """What the docstring of repair asks for a person's days; None where a day that stands still moved."""
    total = 0
    for day in {*own, *(s.day for s in before.shifts if s.person == person.id)}:
        was, now = before.of(person.id, day), own.get(day)
        times = [(s.start, s.end) if s else None for s in (was, now)]
        lunches = [s.lunch if s else None for s in (was, now)]
        if day not in days:
            if times[0] != times[1] or lunches[0] != lunches[1]:
                return None
            continue
        if times[0] != times[1]:
            total += CALLED_IN if was is None else MOVED_SHIFT
        if lunches[1] and lunches[0] != lunches[1]:
            total += MOVED_LUNCH
    return total


@DRAWN
@given(branches(2, 2, waivers=False), st.data())
def test_a_repair_costs_what_the_least_of_all_changes_costs(problem, data):
    before = solve(problem, seed=1).roster
    if before is None or not before.shifts:
        return
    shift = data.draw(st.sampled_from(before.shifts))
    change = data.draw(
        st.sampled_from([Absence(shift.person, shift.day), Absence(shift.person, shift.day, 600, 660, credit=0)])
    )
    fixed = repair(problem, before, (change,), seed=1)
    changed = with_changes(problem, (change,))
    gone = [(w.day, w.start, w.end) for w in changed.person(shift.person).unavailable]
    kept = plan(
        *(
            s
            for s in before.shifts
            if s.person != shift.person or not any(s.day == d and s.start < b and a < s.end for d, a, b in gone)
        )
    )
    for days in ({shift.day}, set(range(len(problem.days)))):
        tried = cheapest(changed, lambda person, own, days=days: moves(kept, person, own, days))
        if tried is not None:
            break
    assert (fixed.result.roster is None) == (tried is None)
    if tried is not None:
        moved = sum(
            moves(kept, p, {s.day: s for s in fixed.result.roster.shifts if s.person == p.id}, days)
            for p in changed.people
        )
        assert fixed.result.objective + moved == tried
        assert [b for b in rulebook.breaches(changed, fixed.result.roster) if b.hard] == []


@DRAWN
@given(branches(2, 2))
def test_repairing_without_any_change_moves_nothing(problem):
    before = solve(problem, seed=1).roster
    if before is not None:
        fixed = repair(problem, before, (), seed=1)
        assert fixed.changed == ()
        assert fixed.result.evaluation.total <= evaluate(problem, before).total


def test_a_shift_that_was_agreed_to_in_spite_of_leave_stands_still():
    on_leave = someone(unavailable=(Window(0, 0, 1440, "leave"),))
    problem = branch(on_leave, days=1, demand=need(1, 1, 1, 1), waivers=(Waiver("leave", "agreed"),))
    before = plan(works("mei", 0))
    assert repair(problem, before, (), seed=1).changed == ()


def test_one_colleague_is_called_in_rather_than_two_moved():
    problem = branch(MEI, OMAR, SUN, days=2, demand=need(*(1,) * 8), minimums=POST)
    before = plan(works("mei", 0), works("omar", 1))
    fixed = repair(problem, before, (Absence("mei", 0),), seed=1)
    assert len(fixed.changed) == 1
    ((who, day),) = fixed.changed
    assert who in ("omar", "sun") and day == 0
    assert fixed.result.roster.of("omar", 1) == works("omar", 1)
    assert fixed.summary().startswith("1 person-days moved\noptimal")


def test_days_without_a_change_stand_still_even_if_they_could_be_better():
    problem = branch(MEI, OMAR, days=2, demand=need(1, 1, 1, 1, 0, 0, 0, 0))
    before = plan(works("mei", 0), works("omar", 1))  # nobody is needed on the second day
    fixed = repair(problem, before, (Absence("mei", 0),), seed=1)
    assert fixed.result.roster.of("omar", 1) is not None
    assert fixed.changed == (("omar", 0),)


def test_the_whole_week_opens_only_when_the_day_alone_cannot_be_mended():
    tired = replace(OMAR, max_week=120)
    problem = branch(MEI, tired, days=2, minimums=POST, demand=need(*(1,) * 8))
    before = plan(works("mei", 0), works("omar", 1))
    assert evaluate(problem, before).feasible
    fixed = repair(problem, before, (Absence("mei", 0),), seed=1)  # Omar's only shift of the week must come forward
    assert fixed.result.evaluation.feasible
    assert fixed.changed == (("mei", 1), ("omar", 0), ("omar", 1))


def test_a_shift_stays_and_only_its_lunch_gives_way():
    problem = branch(MEI, OMAR, lunch=LUNCH, demand=need(1, 1, 2, 1), costs=Costs(under=2000))
    before = plan(works("mei", lunch=600), works("omar", 0, 540, 630))
    fixed = repair(problem, before, (Pin("mei", 0, "shift", 540, 660),), seed=1)
    assert fixed.result.roster.of("mei", 0).lunch == Break(570, 600)
    assert fixed.changed == (("mei", 0),)
    assert fixed.result.roster.of("omar", 0).start == 540


@pytest.mark.parametrize(
    ("pin", "stays"),
    [
        (Pin("mei", 0, "shift", 540, 600), False),  # nobody can be ill and at work
        (Pin("mei", 0, "task", 540, 600, "cash"), False),
        (Pin("mei", 0, "off"), True),  # off stays off
        (Pin("mei", 1, "shift", 540, 600), True),  # another day
        (Pin("omar", 0, "shift", 540, 600), True),  # another person
    ],
)
def test_a_fixed_cell_gives_way_to_an_absence_of_the_same_person_and_day(pin, stays):
    problem = branch(MEI, OMAR, days=2, pins=(pin,))
    changed = with_changes(problem, (Absence("mei", 0),))
    assert (changed.pins == (pin,)) is stays
    assert repair(problem, plan(), (Absence("mei", 0),), seed=1).result.roster is not None


def test_a_cell_fixed_after_the_absence_was_told_stays():
    late = (Absence("mei", 0, 0, 570, "train"), Pin("mei", 0, "shift", 570, 660))
    changed = with_changes(branch(MEI), late)
    assert changed.pins == (late[1],)
    fixed = repair(branch(MEI), plan(works("mei")), late, seed=1)
    assert [(s.start, s.end) for s in fixed.result.roster.shifts] == [(570, 660)]


@pytest.mark.parametrize(
    ("absence", "left"),
    [
        (Absence("mei", 0, 540, 600), ()),
        (Absence("mei", 0, 540, 570), (Core(0, 570, 600, must=True),)),
        (Absence("mei", 0, 571, 572), ()),
        (Absence("mei", 1), (Core(0, 570, 600, must=True),)),
    ],
)
def test_core_hours_are_lifted_where_the_absence_touches_them(absence, left):
    bound = replace(MEI, core=(Core(0, 570, 600, must=True),))
    (person,) = with_changes(branch(bound, days=2), (absence,)).people
    assert person.core == left
    assert person.unavailable == (Window(absence.day, absence.start, absence.end, "sick", 480),)


def test_leave_booked_before_keeps_its_place_beside_the_new_one():
    away = replace(MEI, unavailable=(Window(1, 0, 1440, "leave"),))
    changed = with_changes(branch(away, OMAR, days=2), (Absence("mei", 0, reason="flu"), Absence("omar", 1, credit=0)))
    assert [w.reason for w in changed.people[0].unavailable] == ["leave", "flu"]
    assert [w.credit for w in changed.people[1].unavailable] == [0]
    assert [p.id for p in changed.people] == ["mei", "omar"]


def test_sick_leave_counts_towards_the_hours_of_the_week():
    owed = replace(MEI, min_week=480)
    problem = branch(owed, days=7)
    assert solve(problem, seed=1).roster is not None
    fixed = repair(problem, plan(*(works("mei", d) for d in range(4))), (Absence("mei", 0),), seed=1)
    assert fixed.result.evaluation.feasible
    assert {s.day for s in fixed.result.roster.shifts} <= {1, 2, 3}


def test_an_unknown_person_or_day_is_an_error_of_the_caller():
    problem = branch(MEI)
    with pytest.raises(KeyError, match="omar"):
        repair(problem, plan(), (Absence("omar", 0),), seed=1)
    with pytest.raises(ValueError, match="omar"):
        repair(problem, plan(), (Pin("omar", 0, "off"),), seed=1)
    with pytest.raises(ValueError, match="leave on day 1"):
        repair(problem, plan(), (Absence("mei", 1),), seed=1)


def test_people_who_left_the_branch_since_are_simply_missing():
    problem = branch(MEI, OMAR, demand=need(1, 1, 1, 1))
    fixed = repair(problem, plan(works("mei"), works("sun")), (Absence("mei", 0),), seed=1)
    assert {s.person for s in fixed.result.roster.shifts} == {"omar"}
    assert ("sun", 0) in fixed.changed


def test_a_broken_two_person_rule_is_mended_by_the_second_best():
    problem = branch(MEI, OMAR, SUN, two_person=(TwoPerson("vault", "cash", 540, 570),))
    before = plan(works("mei", 0, 540, 600), works("omar", 0, 540, 600))
    fixed = repair(problem, before, (Absence("omar", 0),), seed=1)
    assert {s.person for s in fixed.result.roster.shifts} == {"mei", "sun"}
    assert fixed.changed == (("sun", 0),)


def test_no_time_to_repair_is_said_and_not_taken_for_impossible():
    problem = branch_week(12, 0)
    fixed = repair(problem, plan(), (Absence("p01", 0),), seed=1, limit=Limit(deterministic=0.001))
    assert fixed.result.status == "unknown"
    assert fixed.changed == ()
    assert "unknown" in fixed.summary()


@pytest.mark.parametrize(
    ("before", "after", "without", "found"),
    [
        ((), (), (), ()),
        ((works("mei"),), (works("mei"),), (), ()),
        ((works("mei"),), (works("mei", skill="lobby"),), (), ()),  # another post is no other time
        ((works("mei"),), (works("mei", lunch=570),), (), (("mei", 0),)),
        ((works("mei"),), (works("mei", 0, 570),), (), (("mei", 0),)),
        ((works("mei"),), (), (), (("mei", 0),)),
        ((), (works("mei", 1), works("mei")), (), (("mei", 0), ("mei", 1))),
        ((works("mei"),), (works("omar"),), (("mei", 0),), (("omar", 0),)),
    ],
)
def test_a_difference_is_another_time_or_lunch_of_somebody_not_left_out(before, after, without, found):
    assert differences(plan(*before), plan(*after), without) == found
