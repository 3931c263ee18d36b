"""From an outlook to a plan: what the solver is given, what is told of its answer, and what it is compared with."""

from dataclasses import replace

import pytest

from counterpoint.science.rostering import Person, Pin, Roster, Rule, Skill, evaluate
from counterpoint.team.planning import pipeline, priced, waits
from counterpoint.team.planning.tests import examples, files
from counterpoint.team.planning.tests.examples import shift
from counterpoint.team.planning.values import Note


def plan(view=None, report=None, **changes):
    return pipeline.plan_from(view or examples.outlook(), examples.asked(**changes), report or (lambda _s, _w: None))


@pytest.fixture(scope="module")
def usual():
    return plan()


@pytest.fixture(scope="module")
def stuck():
    """Two people who may not cover three posts: no roster keeps every hard rule."""
    people = (
        Person("mei", "Mei", (Skill("cash"),), min_day=60),
        Person("omar", "Omar", (Skill("desk"),), min_day=60),
    )
    return plan(people=people, minimums={"cash": 2})


class TestUsual:
    def test_given_people_are_planned_by_name_and_nobody_is_invented(self, usual):
        assert not usual.anonymous and [p.name for p in usual.problem.people] == ["Mei", "Omar", "孙", "Ada"]
        assert "anonymous_staff" not in {n.code for n in usual.outlook.notes}

    def test_the_judgement_is_the_judges_own(self, usual):
        found = evaluate(usual.problem, usual.roster)
        assert (usual.objective, usual.judgement["total"]) == (found.total, found.total)
        assert usual.judgement["feasible"] and usual.judgement["short_hours"] == found.short_hours
        assert usual.judgement["coverage"]["cash"] == list(found.coverage["cash"])

    def test_leave_is_kept(self, usual):
        assert usual.roster.of("ada", 0) is None

    def test_waits_are_those_of_the_roster_and_the_flat_pattern_of_the_same_hours(self, usual):
        assert usual.waits == waits.predict(usual.outlook, usual.roster, seed=3, replications=20)
        assert usual.baseline == waits.flat_baseline(usual.outlook, usual.roster, seed=3, replications=20)
        assert usual.baseline_kind == "flat"

    def test_the_input_is_named_by_its_digest(self, usual):
        assert usual.inputs_hash == examples.asked().digest() and usual.seed == 3

    def test_the_same_again_is_the_same(self, usual):
        assert plan().to_json() == usual.to_json()

    def test_the_steps_are_told(self):
        told = []
        plan(report=lambda share, words: told.append((share, words)))
        assert told == [(0.8, "waits"), (1.0, "done")]


def test_pins_and_rules_reach_the_roster():
    rule = Rule("week.max_minutes", 360, "minutes", "hours rule", "V", hard=True)
    found = plan(pins=(Pin("mei", 0, "off"),), rules=(rule,))
    assert found.roster.of("mei", 0) is None
    assert all(sum(s.minutes for s in found.roster.shifts if s.person == p.id) <= 360 for p in found.problem.people)


def test_notes_of_the_input_and_of_made_up_people_come_before_the_forecasts_own():
    found = plan(people=(), notes=(Note("hours_inferred", "Read.", {"hours": "mon"}),), language="en")
    assert [n.code for n in found.outlook.notes] == ["anonymous_staff", "hours_inferred", "patience"]
    assert found.anonymous and found.problem.people[0].name == "Person 01"


def test_refused_rows_of_the_log_go_with_the_plan():
    twice = files.ticket(1, "2026-11-09 09:05")
    found = plan(log=files.log(twice, twice))
    assert [(i["row"], i["code"]) for i in found.issues] == [(3, "duplicate")]


class TestLastWeek:
    def test_a_published_pattern_is_what_the_plan_is_compared_with(self):
        found = plan(baseline=examples.roster())
        assert found.baseline_kind == "last_week"
        assert found.baseline == waits.predict(found.outlook, examples.roster(), seed=3, replications=20)

    def test_people_who_left_and_days_beyond_the_week_are_not_played(self):
        strange = (shift("gone", 0, 540, 720, ("cash", 720)), shift("mei", 5, 540, 720, ("cash", 720)))
        found = plan(baseline=Roster((*examples.roster().shifts, *strange)))
        assert found.baseline == plan(baseline=examples.roster()).baseline

    def test_an_empty_pattern_is_none(self):
        assert plan(baseline=Roster(())).baseline_kind == "flat"


class TestStuck:
    def test_there_is_no_roster_and_nothing_is_predicted(self, stuck):
        assert (stuck.status, stuck.roster, stuck.waits, stuck.baseline) == ("infeasible", None, None, None)
        assert stuck.judgement == {} and stuck.baseline_kind == ""

    def test_every_restriction_in_conflict_has_words_and_a_source(self, stuck):
        assert [c["number"] for c in stuck.conflicts] == list(range(1, len(stuck.conflicts) + 1)) != []
        for conflict in stuck.conflicts:
            for item in conflict["restrictions"]:
                assert item["words"] and item["source"] and item["mark"] in "VKD"

    def test_ways_out_are_few_priced_cheapest_first_and_proved_by_a_roster(self, stuck):
        costs = [way["cost"] for way in stuck.ways_out]
        assert 0 < len(costs) <= priced.MOST and costs == sorted(costs)
        for way in stuck.ways_out:
            problem = type(stuck.problem).from_dict(way["problem"])
            assert evaluate(problem, Roster.from_dict(way["roster"])).feasible


def test_no_diagnosis_is_no_conflict_and_no_way_out():
    assert pipeline.conflict_dicts(None) == () == pipeline.way_dicts(None)


def test_a_judgement_as_json_keeps_every_violation_with_where_and_why():
    problem = examples.plan().problem
    wrong = Roster((shift("ada", 0, 540, 720, ("cash", 720)),))
    found, data = pipeline.judge(problem, wrong)
    assert len(data["violations"]) == len(found.violations) > 1 and not data["feasible"]
    leave = next(v for v in data["violations"] if v["key"] == "leave")
    assert (leave["person"], leave["day"], leave["hard"], leave["cost"]) == ("ada", 0, True, 0)
    assert {v["key"] for v in data["violations"]} == {"leave", "skill.unqualified"}
    assert data["costs"] == dict(found.costs)


def test_a_roster_that_somebody_improved_costs_less():
    problem, roster = examples.plan().problem, examples.roster()
    better = roster.replaced(shift("omar", 1, 540, 720, ("cash", 690)))
    assert pipeline.judge(problem, better)[1]["total"] < pipeline.judge(problem, roster)[1]["total"]
    assert pipeline.judge(replace(problem, demand={}, demand_p90={}), Roster(()))[1]["short_hours"] == 0
