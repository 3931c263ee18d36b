"""Corners in which solver and judge once went different ways, each with the least problem that shows it."""

from dataclasses import replace

import pytest

from counterpoint.science.rostering import (
    Costs,
    Day,
    Minimum,
    Pin,
    TwoPerson,
    Waiver,
    evaluate,
    first_conflict,
    solve,
)
from counterpoint.science.rostering.tests.smallbranch import CASH, LOBBY, branch, need, plan, rule, someone, works

MEI, OMAR = someone(), someone("omar")


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (540, 570, [540]),  # exactly one interval
        (555, 565, [540]),  # inside one interval: nobody may slip through between two ticks of the grid
        (555, 585, [540, 570]),  # a part of two
        (525, 541, [540]),  # one minute of the first
        (500, 540, []),  # over before the day begins
        (660, 690, []),
    ],
)
def test_a_two_person_task_counts_in_every_interval_that_it_touches(start, end, found):
    problem = branch(MEI, two_person=(TwoPerson("vault", "cash", start, end),))
    assert [v.start for v in evaluate(problem, plan(works("mei"))).hard] == found
    assert (solve(problem, seed=1).roster is None) == bool(found)
    assert {i.start for i in (first_conflict(problem).items if found else ())} <= set(found)


@pytest.mark.parametrize(
    ("opens", "closes", "post", "found"),
    [
        (540, 660, (None, None), [540, 570, 600, 630]),
        (555, 645, (None, None), [540, 570, 600, 630]),  # a quarter of an hour before and after the grid's ticks
        (570, 630, (None, None), [570, 600]),
        (540, 660, (555, 585), [540, 570]),
        (540, 660, (0, 541), [540]),
        (600, 660, (540, 600), []),  # the post's hours are over when the branch opens
    ],
)
def test_a_minimum_post_is_held_in_every_interval_that_is_open_for_a_part(opens, closes, post, found):
    problem = branch(MEI, minimums=(Minimum("cash", ("cash",), 1, *post),))
    problem = replace(problem, days=(Day("2026-11-30", opens, closes),))
    assert [v.start for v in evaluate(problem, plan()).hard] == found


def test_a_demand_known_only_by_its_p90_is_staffed_and_priced():
    wanted = need(1, 1, 1, 1, skill="lobby")
    problem = branch(someone(skills=LOBBY), demand={}, demand_p90=wanted)
    assert evaluate(problem, plan()).costs["under_p90"] == 4 * 12
    found = solve(problem, seed=1)
    assert (found.objective, found.bound) == (0, 0)
    assert found.evaluation.coverage["lobby"] == (1, 1, 1, 1)


def test_overtime_under_a_waived_working_day_is_still_priced():
    own = (rule("day.max_minutes", 60, mark="D"),)
    problem = branch(MEI, demand=need(1, 1, 1, 1), rules=own, waivers=(Waiver("day.max_minutes", "stocktaking"),),
                     costs=Costs(under=1000))  # fmt: skip
    found = solve(problem, seed=1)
    assert found.evaluation.costs["overtime"] == 120
    assert found.objective == found.bound == 120


def test_a_waived_working_day_does_not_let_protected_people_work_overtime():
    rules = (rule("day.max_minutes", 60, mark="D"), rule("protected.no_overtime", 1))
    problem = branch(someone(protected=True), demand=need(1, 1, 1, 1), rules=rules,
                     waivers=(Waiver("day.max_minutes", "stocktaking"),))  # fmt: skip
    found = solve(problem, seed=1)
    assert found.evaluation.hard == ()
    assert [s.minutes for s in found.roster.shifts] == [60]


def test_the_month_limit_holds_under_a_waived_week():
    rules = (rule("week.max_minutes", 60, mark="D"), rule("overtime.month_max_minutes", 30))
    problem = branch(MEI, days=2, demand=need(*(1,) * 8), rules=rules,
                     waivers=(Waiver("week.max_minutes", "year end"),))  # fmt: skip
    found = solve(problem, seed=1)
    assert found.evaluation.hard == ()
    assert sum(s.minutes for s in found.roster.shifts) == 90


def test_a_pin_that_fixes_a_task_keeps_the_group_apart_from_its_equals():
    problem = branch(MEI, OMAR, demand=need(1, 1, 1, 1), pins=(Pin("omar", 0, "task", 570, 630, "cash"),))
    found = solve(problem, seed=1)
    assert found.evaluation.hard == ()
    assert found.objective == found.bound == evaluate(problem, found.roster).total


@pytest.mark.parametrize(("start", "end"), [(555, 615), (540, 570), (571, 572), (530, 541)])
def test_a_task_fixed_between_two_ticks_of_the_grid_is_held_in_every_interval_it_touches(start, end):
    problem = branch(
        someone(skills=CASH + LOBBY), demand=need(1, 1, 1, 1), pins=(Pin("mei", 0, "task", start, end, "lobby"),)
    )
    found = solve(problem, seed=1)
    if start < 540:  # nobody can be at work before the day begins
        assert found.status == "infeasible"
        assert "pin" in {i.key for i in first_conflict(problem).items}
        return
    assert found.evaluation.hard == ()
    touched = [m for m in range(540, 660, 30) if set(range(start, end)) & set(range(m, m + 30))]
    (shift,) = found.roster.shifts
    assert [m for m in range(540, 660, 30) if shift.skill_at(m) == "lobby"] == touched


@pytest.mark.parametrize(("start", "end"), [(545, 605), (540, 605), (600, 540), (540, 540)])
def test_a_shift_fixed_off_the_grid_is_named_as_the_conflict_not_rostered_in_silence(start, end):
    problem = branch(MEI, OMAR, pins=(Pin("mei", 0, "shift", start, end),))
    assert solve(problem, seed=1).status == "infeasible"
    assert [i.key for i in first_conflict(problem).items] == ["pin"]
