"""Which shifts and lunches may be: what the solver can choose is exactly what the judge lets pass."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Break,
    Day,
    Flexible,
    LunchRules,
    Pin,
    ShiftRules,
    Template,
    evaluate,
)
from counterpoint.science.rostering.candidates import fits, lunches, needs_lunch, spans
from counterpoint.science.rostering.tests.smallbranch import branch, plan, someone, works

MEI = someone(min_day=0, max_day=1440)
SHAPES = {"shift.shape", "shift.grid", "shift.closed"}


def shaped(problem, start, end):
    """The judge has nothing against the shift's times."""
    return not {v.key for v in evaluate(problem, plan(works("mei", 0, start, end, skill=None))).violations} & SHAPES


minutes = st.integers(0, 8).map(lambda n: 480 + 30 * n)
rules = st.builds(
    ShiftRules,
    st.lists(st.builds(Template, st.just("t"), minutes, minutes), max_size=2).map(tuple),
    st.lists(
        st.builds(
            Flexible,
            minutes,
            minutes,
            st.sampled_from([30, 60]),
            st.sampled_from([60, 120]),
            st.sampled_from([15, 30, 60]),
        ),
        max_size=2,
    ).map(tuple),
    st.sampled_from([0, 15, 30]),
    st.sampled_from([0, 15, 30]),
)
day = st.one_of(
    st.just(Day("2026-11-30")),
    st.builds(Day, st.just("2026-11-30"), st.sampled_from([540, 555]), st.sampled_from([630, 660])),
)
pins = st.lists(st.builds(Pin, st.just("mei"), st.just(0), st.just("shift"), minutes, minutes), max_size=1).map(tuple)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules, day, pins, st.sampled_from([15, 30]))
def test_a_shift_can_be_chosen_exactly_when_the_judge_allows_its_times(shifts, today, fixed, step):
    wide = replace(branch(MEI, shifts=shifts, demand={}, pins=fixed), days=(today,))
    problem = replace(wide, start=510, end=690, step=step)
    possible = {
        (start, end)
        for start in range(480, 721, 15)
        for end in range(start + 15, 721, 15)
        if shaped(problem, start, end)
    }
    assert set(spans(problem, "mei", 0)) == possible


eating = st.builds(
    LunchRules,
    st.sampled_from([540, 570, 585]),
    st.sampled_from([600, 630, 645]),
    st.sampled_from([(30,), (15,), (15, 30)]),
    st.sampled_from([60, 90, 120]),
    st.sampled_from([0, 15, 30]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(eating)
def test_a_lunch_can_be_chosen_exactly_when_the_judge_allows_it(lunch):
    free = ShiftRules(flexible=(Flexible(540, 660, 15, 120, 15),), lead=0, tail=0)
    problem = replace(branch(MEI, shifts=free), step=15, demand={}, lunch=lunch)
    for span in [(540, 660), (540, 600), (555, 645), (570, 660)]:
        chosen = {at for at in lunches(problem) if fits(problem, span, at)} if needs_lunch(problem, span) else set()
        allowed = set()
        for a in range(span[0], span[1], 15):
            for b in range(a + 15, span[1] + 1, 15):
                eats = replace(works("mei", 0, *span, skill=None), lunch=Break(a, b))
                if "lunch" not in {v.key for v in evaluate(problem, plan(eats)).violations}:
                    allowed.add((a, b))
        assert chosen == allowed


@pytest.mark.parametrize(
    ("span", "lunch", "words"),
    [
        ((540, 900), Break(660, 690), None),  # the earliest possible, an hour and more from both ends
        ((540, 900), Break(659, 689), "lunch at 10:59, outside 11:00-13:30"),
        ((540, 1020), Break(780, 810), None),  # ends with the window
        ((540, 1020), Break(781, 811), "lunch at 13:01, outside 11:00-13:30"),
        ((600, 960), Break(660, 690), None),  # just an hour after the start
        ((630, 990), Break(660, 690), "lunch within 60 minutes of the shift's end or start"),
        ((480, 840), Break(750, 780), None),  # just an hour before the end
        ((480, 840), Break(780, 810), "lunch within 60 minutes of the shift's end or start"),
        ((540, 900), Break(660, 720), "lunch of 60 minutes"),
        ((540, 900), None, "no lunch"),
        ((540, 899), None, None),  # a minute short of six hours: none is due
        ((540, 899), Break(660, 690), "a short shift holds no lunch"),
    ],
)
def test_the_lunch_window_of_the_handbook_has_these_edges(span, lunch, words):
    problem = replace(
        branch(MEI), start=480, end=1020, demand={}, lunch=LunchRules(), days=(Day("2026-11-30", 480, 1020),)
    )
    eats = replace(works("mei", 0, *span, skill=None), lunch=lunch)
    found = [v.words for v in evaluate(problem, plan(eats)).violations if v.key == "lunch"]
    assert [w.split(": ")[1] for w in found] == ([words] if words else [])


def test_a_lunch_is_thirty_minutes_unpaid_whatever_the_wish_to_work_through():
    soft = LunchRules(570, 630, (30,), 120, 30, hard=False, weight=90)
    problem = branch(MEI, lunch=soft)
    worked_through = evaluate(problem, plan(works("mei")))
    assert [(v.hard, v.cost) for v in worked_through.violations] == [(False, 90)]
    early = evaluate(problem, plan(works("mei", lunch=550)))
    assert [v.key for v in early.hard if v.key == "lunch"] == ["lunch"]  # eating at a wrong time stays forbidden


def test_without_a_lunch_rule_nobody_may_book_one():
    assert lunches(branch(MEI)) == []
    assert not needs_lunch(branch(MEI), (0, 1440))
    assert {v.key for v in evaluate(branch(MEI), plan(works("mei", lunch=600))).hard} == {"lunch"}


def test_lunches_begin_on_the_grid_even_when_the_window_does_not():
    problem = branch(MEI, lunch=LunchRules(earliest=575, latest=640, lengths=(30,)))
    assert lunches(problem) == [(600, 630)]
    early = branch(MEI, lunch=LunchRules(earliest=400, latest=600, lengths=(30,)))
    assert lunches(early) == [(540, 570), (570, 600)]


def test_a_shift_by_hand_may_lie_outside_opening_hours_and_on_a_closed_day():
    problem = replace(branch(MEI), days=(Day("2026-11-30"),), pins=(Pin("mei", 0, "shift", 540, 630),))
    assert spans(problem, "mei", 0) == [(540, 630)]
    assert evaluate(problem, plan(works("mei", 0, 540, 630))).feasible
    assert {v.key for v in evaluate(problem, plan(works("mei", 0, 540, 600))).hard} == {"shift.closed", "pin"}
