"""What a problem refuses, in words that say what to change; and JSON that comes back as it was."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Core,
    Costs,
    Day,
    LunchRules,
    Pin,
    Preference,
    Roster,
    RosterProblem,
    Waiver,
    Window,
)
from counterpoint.science.rostering.datasets import branch_week, tiny
from counterpoint.science.rostering.tests.smallbranch import branch, branches, need, plan, rosters, rule, someone, works

MEI, OMAR = someone(), someone("omar")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"step": 20}, "step must be 15 or 30 minutes and divide the day 540-660, not 20"),
        ({"step": 0}, "step must be 15 or 30"),
        ({"step": 60}, "step must be 15 or 30"),
        ({"end": 650}, "divide the day 540-650, not 30"),
        ({"demand": need(1, 1, 1)}, "demand of cash has 3 intervals; 1 days need 4"),
        ({"demand": need(1, 1, 1, 1, 1)}, "demand of cash has 5 intervals"),
        ({"demand_p90": need(1, skill="lobby")}, "demand of lobby has 1 intervals; 1 days need 4"),
        ({"people": (MEI, OMAR, MEI)}, "two people share an id; every person needs an own one"),
        ({"lunch": LunchRules(lengths=(30, 45))}, "lunch lengths (30, 45) do not fit a grid of 30 minutes"),
        ({"pins": (Pin("sun", 0, "off"), Pin("ada", 0, "off"))}, "pinned people are not in the roster: ['ada', 'sun']"),
        ({"pins": (Pin("mei", 1, "off"),)}, "mei has a fixed cell on day 1; the roster's days are 0 to 0"),
        ({"pins": (Pin("mei", -1, "off"),)}, "mei has a fixed cell on day -1"),
        ({"people": (someone(unavailable=(Window(7, 0, 60),)),)}, "mei has leave on day 7"),
        ({"people": (MEI, someone("omar", core=(Core(-1, 540, 600),)))}, "omar has core hours on day -1"),
        ({"people": (someone(preferences=(Preference(2, "off"),)),)}, "mei has a wish on day 2"),
        (
            {"rules": (rule("day.max_minutes", 60),), "waivers": (Waiver("day.max_minutes", "busy"),)},
            "['day.max_minutes'] cannot be waived: the law stands; change the roster instead",
        ),
    ],
)
def test_a_problem_that_does_not_add_up_says_why(change, words):
    with pytest.raises(ValueError) as refused:
        replace(branch(MEI, OMAR), **change)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "allowed",
    [
        {"step": 15, "demand": need(*(1,) * 8)},
        {"lunch": LunchRules(lengths=())},
        {"lunch": LunchRules(lengths=(45,)), "step": 15, "demand": {}},
        {"rules": (rule("day.max_minutes", 60, mark="D"),), "waivers": (Waiver("day.max_minutes", "ours"),)},
        {"rules": (rule("day.max_minutes", 60, hard=False),), "waivers": (Waiver("day.max_minutes", "soft"),)},
        {"people": ()},
    ],
)
def test_what_adds_up_is_taken(allowed):
    assert replace(branch(MEI), **allowed) == replace(branch(MEI), **allowed)


@pytest.mark.parametrize(
    ("costs", "allowed"),
    [
        ({"under": 0}, True), ({"under": 4}, True), ({"under": 2}, False), ({"under": -4}, False),
        ({"over": 13}, False), ({"under_p90": 22}, False), ({"off_target": 6}, False), ({"off_target": 8}, True),
        ({"overtime": 60}, True), ({"overtime": 64}, False), ({"overtime": 0}, True),
        ({"preference": 7, "late": 3, "weekend": 1}, True),  # not by the hour: any whole number
    ],
)  # fmt: skip
def test_prices_an_hour_must_split_into_whole_points_a_quarter(costs, allowed):
    if allowed:
        made = branch(MEI, costs=Costs(**costs))
        assert all(made.slot(getattr(made.costs, name)) * 2 == value for name, value in costs.items()
                   if name in ("under", "over", "under_p90", "off_target"))  # fmt: skip
    else:
        with pytest.raises(ValueError, match="whole multiples of 4 points"):
            Costs(**costs)


@pytest.mark.parametrize("name", ["mei", "mei ", "Mei", "梅"])
def test_a_person_is_found_by_the_exact_id_only(name):
    problem = branch(MEI)
    if name == "mei":
        assert problem.person(name) is MEI
    else:
        with pytest.raises(KeyError, match="nobody in this roster has the id"):
            problem.person(name)


@pytest.mark.parametrize(
    ("on", "value"),
    [("2026-11-30", 60), ("2026-12-01", 90), ("2026-12-02", 90), ("2026-12-03", 120), ("2026-12-04", 90)],
)
def test_of_overlapping_parameters_the_one_that_began_last_counts(on, value):
    rules = (
        rule("day.max_minutes", 90, valid_from="2026-12-01"),
        rule("day.max_minutes", 60),
        rule("day.max_minutes", 120, valid_from="2026-12-03", valid_to="2026-12-03"),
        rule("week.max_minutes", 1),
    )
    assert branch(MEI, rules=rules, first=on).rule("day.max_minutes", 0).value == value
    assert branch(MEI, rules=rules[1:2], first="1994-12-31").rule("day.max_minutes", 0) is None
    assert branch(MEI, rules=rules[1:2], first="1995-01-01").rule("day.max_minutes", 0).value == 60


@pytest.mark.parametrize(
    ("date", "weekday", "week"),
    [
        ("2026-11-30", 0, "2026-W49"),
        ("2026-12-06", 6, "2026-W49"),
        ("2026-12-31", 3, "2026-W53"),
        ("2027-01-01", 4, "2026-W53"),  # the new year begins in the old week
        ("2027-01-04", 0, "2027-W01"),
        ("2024-12-30", 0, "2025-W01"),  # and here the old one ends in the new week
    ],
)
def test_weeks_are_those_of_the_calendar_also_at_new_year(date, weekday, week):
    assert (Day(date).weekday, Day(date).week) == (weekday, week)


def test_a_horizon_over_new_year_keeps_its_week_whole():
    assert list(branch(MEI, days=8, first="2026-12-28").weeks().values()) == [(0, 1, 2, 3, 4, 5, 6), (7,)]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_problem_and_any_roster_come_back_from_json_as_they_were(data):
    problem = data.draw(branches(3, 3))
    plan_ = data.draw(rosters(problem))
    assert RosterProblem.from_dict(json.loads(json.dumps(problem.to_dict()))) == problem
    assert Roster.from_dict(json.loads(json.dumps(plan_.to_dict()))) == plan_


def mangled(change):
    data = json.loads(json.dumps(branch(MEI, OMAR, pins=(Pin("mei", 0, "off"),), lunch=LunchRules()).to_dict()))
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(format="counterpoint.roster/2"), "expected format 'counterpoint.roster/1', found"),
        (lambda d: d.pop("format"), "found None"),
        (lambda d: d.update(colour="red", taste=1), "problem: unknown fields ['colour', 'taste']"),
        (lambda d: d.pop("people"), "people"),
        (lambda d: d.update(people={}), "problem.people: expected a list, found dict"),
        (lambda d: d.update(people=[7]), "problem.people[0]: expected an object, found int"),
        (lambda d: d["people"][1].update(name=None), "problem.people[1].name: expected str, found None"),
        (lambda d: d["people"][1].pop("id"), "problem.people[1]"),
        (lambda d: d["people"][0].update(min_day="６０"), "problem.people[0].min_day: expected int, found '６０'"),
        (lambda d: d["people"][0].update(min_day=60.0), "problem.people[0].min_day: expected int, found 60.0"),
        (lambda d: d["people"][0].update(min_day=True), "problem.people[0].min_day: expected int, found True"),
        (lambda d: d["people"][0].update(protected=1), "problem.people[0].protected: expected bool, found 1"),
        (lambda d: d["pins"][0].update(kind="holiday"), "problem.pins[0].kind: 'holiday' is none of"),
        (lambda d: d["days"][0].update(open="09:00"), "problem.days[0].open: expected int, found '09:00'"),
        (lambda d: d["demand"].update(cash="1111"), "problem.demand.cash: expected a list, found str"),
        (lambda d: d["demand"].update(cash=[1, 1, None, 1]), "problem.demand.cash[2]: expected int, found None"),
        (lambda d: d.update(demand=[1, 1]), "problem.demand: expected an object, found list"),
        (lambda d: d.update(levels=None), "problem.levels: expected an object, found NoneType"),
        (lambda d: d["lunch"].update(lengths=30), "problem.lunch.lengths: expected a list, found int"),
        (lambda d: d["costs"].update(under=3), "whole multiples of 4"),
        (lambda d: d.update(coverage_hard="no"), "problem.coverage_hard: expected bool, found 'no'"),
    ],
)
def test_json_that_does_not_fit_names_the_field(change, words):
    with pytest.raises(ValueError) as refused:
        RosterProblem.from_dict(mangled(change))
    assert words in str(refused.value)


def test_json_may_leave_out_what_has_a_default_and_say_none_where_none_is_a_value():
    short = {k: v for k, v in branch(MEI).to_dict().items() if k not in ("pins", "costs", "waivers", "reserves")}
    assert RosterProblem.from_dict({**short, "lunch": None}) == branch(MEI)


def test_a_roster_that_does_not_fit_names_its_field_too():
    data = plan(works("mei")).to_dict()
    data["shifts"][0]["tasks"][0]["skill"] = 3
    with pytest.raises(ValueError, match=r"roster\.shifts\[0\]\.tasks\[0\]\.skill: expected str, found 3"):
        Roster.from_dict(data)
    with pytest.raises(ValueError, match="roster: expected an object, found list"):
        Roster.from_dict([])


def test_the_made_up_branches_are_the_same_for_equal_seeds_and_are_called_by_their_size():
    assert branch_week(9, 3) == branch_week(9, 3) != branch_week(9, 4)
    assert [len(branch_week(n, 0).people) for n in (1, 9, 25)] == [1, 9, 25]
    assert tiny(1) == tiny(1) != tiny(2)
    quarter = branch_week(5, 0, step=15)
    assert (quarter.step, quarter.lunch.lengths, quarter.intervals) == (15, (30, 45), 36)


@pytest.mark.parametrize("seed", range(4))
def test_in_a_made_up_branch_nobody_is_wanted_while_it_is_closed_and_the_softer_target_is_no_lower(seed):
    problem = branch_week(12, seed)
    for skill, series in problem.demand.items():
        for n, wanted in enumerate(series):
            day, minute = divmod(n, problem.intervals)
            is_open = problem.open_at(day, problem.start + minute * problem.step)
            assert (wanted == 0 or is_open) and problem.demand_p90[skill][n] >= wanted
    held = {s.key for person in problem.people for s in person.skills}
    assert held >= set(problem.demand) | {pair.skill for pair in problem.two_person}
