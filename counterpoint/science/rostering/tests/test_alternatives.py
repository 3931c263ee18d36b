"""What else somebody's day could be, against every day tried by hand; and what holds the ends of a shift."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Minimum,
    Pin,
    Shift,
    Task,
    alternatives,
    bounds,
    candidates,
    evaluate,
    fresh,
)
from counterpoint.science.rostering.tests.smallbranch import branch, branches, rosters, someone

MEI, OMAR = someone(), someone("omar")


def plan(*shifts):
    from counterpoint.science.rostering import Roster

    return Roster(tuple(sorted(shifts, key=lambda s: (s.day, s.person))))


def works(person, start=540, end=660):
    return Shift(person, 0, start, end, None, (Task(start, end, "cash"),))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_prices_are_those_of_the_judge_and_no_allowed_span_is_left_out(data):
    problem = data.draw(branches(3, 8))
    roster = data.draw(rosters(problem))
    person = data.draw(st.sampled_from([p.id for p in problem.people]))
    day = data.draw(st.integers(0, len(problem.days) - 1))
    free = dataclasses.replace(problem, pins=tuple(p for p in problem.pins if (p.person, p.day) != (person, day)))
    now, found = evaluate(problem, roster), alternatives(problem, roster, person, day, most=99)
    for one in found:
        changed = roster.without(person, day) if one.shift is None else roster.replaced(one.shift)
        after = evaluate(free, changed)
        assert (one.change, one.breaks) == (after.total - now.total, fresh(now, after))
    spans = {(one.shift.start, one.shift.end) for one in found if one.shift}
    held = roster.of(person, day)
    assert spans >= set(candidates.spans(free, person, day)) - ({(held.start, held.end)} if held else set())
    assert any(one.shift is None for one in found) == (held is not None)
    assert [(one.hard, one.change) for one in found] == sorted((one.hard, one.change) for one in found)


def test_the_next_best_takes_the_hours_that_lack_most():
    problem = branch(MEI, OMAR, demand={"cash": (0, 0, 1, 1)})
    found = alternatives(problem, plan(works("omar", 540, 600)), "omar", 0, most=1)
    assert (found[0].shift.start, found[0].shift.end, found[0].hard) == (600, 660, 0) and found[0].change < 0


def test_somebody_who_is_off_is_offered_days_and_never_off():
    found = alternatives(branch(MEI, OMAR), plan(works("omar")), "mei", 0, most=99)
    assert found and all(one.shift is not None for one in found)


def test_an_unknown_person_is_an_error():
    with pytest.raises(KeyError):
        alternatives(branch(MEI), plan(), "zoe", 0)


def test_ends_are_held_by_rules_or_by_points():
    problem = branch(MEI, OMAR, demand={"cash": (1, 1, 0, 0)}, minimums=(Minimum("till", ("cash",), 1, 540, 600),))
    found = {one.side: one for one in bounds(problem, plan(works("mei", 540, 600)), "mei", 0)}
    assert {v.key for v in found["later"].breaks} == {"minimum:till", "contract.min_day"}
    assert found["longer"].breaks == () and found["longer"].change > 0
    assert bounds(problem, plan(), "mei", 0) == []


def test_a_pin_of_the_same_day_is_no_bound():
    problem = branch(MEI, OMAR, pins=(Pin("mei", 0, "shift", 540, 630),))
    assert all(v.key != "pin" for one in bounds(problem, plan(works("mei", 540, 630)), "mei", 0) for v in one.breaks)
