"""The judge finds every planted violation; one test a rule."""

import dataclasses
import json

import pytest

from counterpoint.science.rostering import (
    Break,
    Core,
    Costs,
    History,
    LunchRules,
    Minimum,
    Pin,
    Preference,
    Roster,
    RosterProblem,
    Rule,
    Shift,
    Skill,
    Task,
    TwoPerson,
    Waiver,
    Window,
    evaluate,
)
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.tests.cases import MEI, OMAR, SUN, person, roster, shift, week


def keys(problem, plan):
    return {v.key for v in evaluate(problem, plan).violations}


def hard(problem, plan):
    return {v.key for v in evaluate(problem, plan).hard}


def test_a_clean_day_has_no_violation():
    assert keys(week(days=1), roster(shift("mei", 0))) == set()


def test_an_unknown_person_is_found():
    assert hard(week(days=1), roster(shift("stranger", 0))) == {"shift.unknown"}


def test_two_shifts_on_one_day_are_found():
    plan = roster(shift("mei", 0, 540, 600, lunch=None), shift("mei", 0, 900, 960, lunch=None))
    assert "shift.twice" in hard(week(days=1), plan)


def test_a_time_off_the_grid_is_found():
    assert "shift.grid" in hard(week(days=1), roster(shift("mei", 0, 555, 615, lunch=None)))


def test_a_shift_nobody_allows_is_found():
    assert hard(week(days=1), roster(shift("mei", 0, 900, 1140, lunch=None))) == {"shift.shape"}


def test_work_on_a_closed_day_is_found():
    problem = week(days=1)
    closed = dataclasses.replace(problem, days=(dataclasses.replace(problem.days[0], open=None, close=None),))
    assert "shift.closed" in hard(closed, roster(shift("mei", 0)))


def test_two_posts_at_once_are_found():
    twice = Shift("mei", 0, 540, 600, None, (Task(540, 600, "cash"), Task(570, 600, "lobby")))
    assert hard(week(days=1), roster(twice)) == {"task.overlap"}


def test_a_task_outside_the_shift_or_during_lunch_is_found():
    outside = Shift("mei", 0, 540, 600, None, (Task(540, 660, "cash"),))
    lunch = Shift("mei", 0, 540, 1050, Break(720, 750), (Task(540, 1050, "cash"),))
    assert hard(week(days=1), roster(outside)) == {"task.outside"}
    assert hard(week(days=1), roster(lunch)) == {"task.outside"}


def test_a_missing_skill_level_or_expired_certificate_is_found():
    problem = week((person("mei", "Mei", (Skill("lobby"),)),), days=1)
    assert hard(problem, roster(shift("mei", 0))) == {"skill.unqualified"}
    assert hard(week((MEI,), days=1, levels={"cash": 4}), roster(shift("mei", 0))) == {"skill.unqualified"}
    lapsed = person("mei", "Mei", (Skill("cash", 5, until="2026-11-29"),))
    judged = evaluate(week((lapsed,), days=1), roster(shift("mei", 0)))
    assert {v.key for v in judged.hard} == {"skill.unqualified"}
    assert sum(judged.coverage["cash"]) == 0


@pytest.mark.parametrize(
    "lunch",
    [None, Break(600, 630), Break(720, 780), Break(780, 840)],
    ids=["none", "too early", "too long", "too late"],
)
def test_a_wrong_lunch_is_found(lunch):
    tasks = (Task(540, lunch.start, "cash"), Task(lunch.end, 1020, "cash")) if lunch else (Task(540, 1020, "cash"),)
    assert hard(week(days=1), roster(Shift("mei", 0, 540, 1020, lunch, tasks))) == {"lunch"}


def test_a_lunch_at_the_edge_of_the_shift_or_in_a_short_one_is_found():
    assert hard(week(days=1), roster(shift("mei", 0, 660, 1050, lunch=690))) == {"lunch"}
    assert hard(week(days=1), roster(shift("mei", 0, 660, 900, lunch=720))) == {"lunch"}


def test_a_skipped_lunch_is_priced_when_the_rule_is_soft():
    problem = week(days=1, lunch=LunchRules(hard=False, weight=77))
    judged = evaluate(problem, roster(shift("mei", 0, 540, 1020, lunch=None)))
    assert judged.feasible and judged.costs["soft_rules"] == 77


def test_a_day_of_more_than_eight_hours_is_found_and_names_its_source():
    judged = evaluate(week((dataclasses.replace(MEI, max_day=600),), days=1), roster(shift("mei", 0, 540, 1140)))
    (found,) = judged.hard
    assert (found.key, found.amount, found.mark) == ("day.max_minutes", 90, "V")
    assert "State Council" in found.source and "Mei" in found.words


def test_a_day_outside_the_contract_is_found():
    assert hard(week((person("mei", "Mei", min_day=240),), days=1), roster(shift("mei", 0, 540, 600, lunch=None))) == {
        "contract.min_day"
    }
    assert hard(week((person("mei", "Mei", max_day=240),), days=1), roster(shift("mei", 0))) == {"contract.max_day"}


def test_overtime_beyond_three_hours_a_day_is_found():
    eager = person("mei", "Mei", overtime_agreed=600)
    rules = tuple(dataclasses.replace(r, value=120) if r.key == "overtime.day_max_minutes" else r for r in week().rules)
    assert hard(week((eager,), days=1, rules=rules), roster(shift("mei", 0, 480, 1140))) == {"overtime.day_max_minutes"}


def test_overtime_beyond_the_agreement_is_found():
    agreed = person("mei", "Mei", overtime_agreed=60)
    plan = roster(shift("mei", 0, 540, 1110), shift("mei", 1, 540, 1110))
    assert hard(week((agreed,), days=2), plan) == {"overtime.agreed"}


def test_overtime_beyond_36_hours_a_month_is_found():
    worn = person("mei", "Mei", overtime_agreed=60, history=History(overtime_month=2150))
    assert hard(week((worn,), days=1), roster(shift("mei", 0, 540, 1110))) == {"overtime.month_max_minutes"}


def test_overtime_of_a_protected_person_is_found():
    guarded = person("mei", "Mei", overtime_agreed=60, protected=True)
    assert hard(week((guarded,), days=1), roster(shift("mei", 0, 540, 1110))) == {"protected.no_overtime"}


def test_a_week_of_more_than_forty_hours_and_without_rest_is_found():
    plan = roster(*(shift("mei", d, 540, 1020) for d in range(7)))
    found = hard(week((person("mei", "Mei", max_week=3600),)), plan)
    assert found == {"week.max_minutes", "week.rest_days"}


def test_a_week_outside_the_contract_is_found():
    assert hard(week((person("mei", "Mei", min_week=960),)), roster(shift("mei", 0))) == {"contract.min_week"}
    plan = roster(*(shift("mei", d) for d in range(3)))
    assert hard(week((person("mei", "Mei", max_week=960),)), plan) == {"contract.max_week"}


def test_paid_leave_counts_towards_the_contract():
    away = (Window(1, 0, 1440, "annual leave", credit=480),)
    assert hard(week((person("mei", "Mei", min_week=960, unavailable=away),)), roster(shift("mei", 0))) == set()


def test_short_rest_and_long_runs_are_soft():
    rules = (Rule("rest.between_minutes", 960, "minutes", "trial", "K", hard=False, weight=1), *week().rules[-1:])
    plan = roster(shift("mei", 0, 540, 1050), shift("mei", 1))
    judged = evaluate(week(days=2, rules=rules), plan)
    assert [(v.key, v.amount, v.hard) for v in judged.violations] == [("rest.between_minutes", 30, False)]
    tired = person("mei", "Mei", history=History(run_days=5))
    judged = evaluate(week((tired,), days=2), plan)
    assert [(v.key, v.hard) for v in judged.violations] == [("run.max_days", False)]


def test_work_during_leave_is_found():
    away = person("mei", "Mei", unavailable=(Window(0, 840, 960, "clinic"),))
    judged = evaluate(week((away,), days=1), roster(shift("mei", 0)))
    assert [v.key for v in judged.hard] == ["leave"] and "clinic" in judged.hard[0].words


def test_missed_core_hours_are_found():
    bound = person("mei", "Mei", core=(Core(0, 690, 750, must=True),))
    assert hard(week((bound,), days=1), roster(shift("mei", 0, lunch=720))) == {"core"}
    assert hard(week((bound,), days=1), roster()) == {"core"}


@pytest.mark.parametrize("kind", ["off", "shift", "task"])
def test_a_moved_pin_is_found(kind):
    pin = Pin("mei", 0, kind, 540, 600, "lobby")
    assert "pin" in hard(week(days=1, pins=(pin,)), roster(shift("mei", 0)))


def test_an_empty_minimum_post_is_found_for_every_interval():
    judged = evaluate(week(days=1, minimums=(Minimum("cash", ("cash",)),)), roster(shift("mei", 0)))
    assert [(v.key, v.start) for v in judged.hard] == [("minimum:cash", 720)]


def test_a_missing_second_person_is_found():
    problem = week(days=1, two_person=(TwoPerson("vault", "cash", 540, 570),))
    assert hard(problem, roster(shift("mei", 0))) == {"two_person:vault"}
    assert hard(problem, roster(shift("mei", 0), shift("omar", 0, skill="lobby"))) == set()


def test_uncovered_demand_is_a_cost_or_a_violation_as_asked():
    soft = evaluate(week(days=1), roster())
    assert soft.feasible and soft.costs["under"] == 16 * 100 and soft.short_hours == 8
    assert {v.key for v in evaluate(week(days=1, coverage_hard=True), roster()).hard} == {"coverage:cash"}


def test_the_second_missing_person_costs_double():
    problem = week(days=1, demand={"cash": (2, *(0,) * 21)})
    assert evaluate(problem, roster()).costs["under"] == 300


def test_a_waived_violation_stays_listed_but_soft_and_a_law_cannot_be_waived():
    waiver = Waiver("minimum:cash", "branch head agreed", day=0, start=720)
    problem = week(days=1, minimums=(Minimum("cash", ("cash",)),), waivers=(waiver,))
    judged = evaluate(problem, roster(shift("mei", 0)))
    assert judged.feasible
    assert "waived: branch head agreed" in judged.violations[0].words
    with pytest.raises(ValueError, match="cannot be waived"):
        week(waivers=(Waiver("day.max_minutes", "busy"),))


def test_a_dated_rule_counts_only_while_in_force():
    old = Rule("day.max_minutes", 240, "minutes", "old rule", "D", hard=True, valid_to="2026-11-30")
    new = Rule("day.max_minutes", 480, "minutes", "new rule", "D", hard=True, valid_from="2026-12-01")
    plan = roster(shift("mei", 0), shift("omar", 1))
    judged = evaluate(week(days=2, rules=(old, new)), plan)
    assert [(v.person, v.source) for v in judged.hard] == [("mei", "old rule")]


def test_wishes_and_fairness_are_counted():
    same_day = (Preference(0, kind, 900, 2) for kind in ("off", "early", "late", "avoid"))
    wishes = (*same_day, Preference(1, "work", 0, 1))
    who = dataclasses.replace(SUN, preferences=wishes)
    costs = evaluate(week((who, OMAR), days=2), roster(shift("sun", 0))).costs
    assert costs["preference"] == 4 * 20 + 10
    carried = dataclasses.replace(MEI, history=History(lates=2))
    assert evaluate(week((carried, OMAR), days=1), roster(shift("mei", 0))).costs["late"] == 4 * (9 - 4)
    assert evaluate(week((MEI,)), roster(shift("mei", 5))).costs["weekend"] == 8


def test_a_problem_and_a_roster_survive_json():
    for problem in (branch_week(9, 3), week(pins=(Pin("mei", 0, "off"),), waivers=(Waiver("pin", "why"),))):
        assert RosterProblem.from_dict(json.loads(json.dumps(problem.to_dict()))) == problem
    plan = roster(shift("mei", 0), shift("omar", 1, lunch=None))
    assert Roster.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


def test_wrong_json_names_the_field():
    data = json.loads(json.dumps(week().to_dict()))
    data["people"][0]["skills"][0]["level"] = "high"
    with pytest.raises(ValueError, match=r"people\[0\]\.skills\[0\]\.level"):
        RosterProblem.from_dict(data)
    with pytest.raises(ValueError, match="unknown fields"):
        RosterProblem.from_dict({**week().to_dict(), "colour": 1})
    with pytest.raises(ValueError, match="format"):
        RosterProblem.from_dict({})


def test_a_problem_that_does_not_add_up_is_refused():
    with pytest.raises(ValueError, match="days need"):
        week(demand={"cash": (1,)})
    with pytest.raises(ValueError, match="share an id"):
        week((MEI, MEI))
    with pytest.raises(ValueError, match="pinned people"):
        week((MEI,), pins=(Pin("omar", 0, "off"),))
    with pytest.raises(ValueError, match="do not fit a grid"):
        week(lunch=LunchRules(lengths=(45,)))
    with pytest.raises(ValueError, match="multiples of 4"):
        Costs(under=3)


def test_the_frames_have_a_row_a_cell_and_a_task():
    judged = evaluate(week(days=1), roster(shift("mei", 0)))
    assert len(judged.to_frame()) == 22
    assert list(roster(shift("mei", 0)).to_frame()["skill"]) == ["cash", "cash"]
    assert "hard" in judged.summary()
