"""When no roster exists: the conflict is irreducible, and the ways out lead out."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings

from counterpoint.science.rostering import (
    Core,
    Minimum,
    Pin,
    Reserve,
    TwoPerson,
    Window,
    conflicts,
    diagnose,
    evaluate,
    first_conflict,
    holds,
    solve,
)
from counterpoint.science.rostering.tests.cases import MEI, OMAR, person, problems, week

CASH = (Minimum("cash", ("cash",)),)


def lunch_trouble():
    """One teller alone cannot eat and keep the cash post."""
    return week((MEI, dataclasses.replace(OMAR, unavailable=(Window(0, 0, 1440, "training"),))), days=1, minimums=CASH)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_a_conflict_is_irreducible(problem):
    conflict = first_conflict(problem)
    if conflict is None:
        assert solve(problem, seed=1).roster is not None
        return
    assert not holds(problem, conflict.items)
    for left_out in conflict.items:
        rest = tuple(item for item in conflict.items if item != left_out)
        assert holds(problem, rest), f"{left_out.words} is not needed for the conflict"


def test_dropping_any_one_item_of_the_only_conflict_makes_a_roster_possible():
    from counterpoint.science.rostering.relax import _waive

    problem = week(
        (dataclasses.replace(MEI, core=(Core(0, 540, 600, must=True),)),), days=1, pins=(Pin("mei", 0, "off"),)
    )
    conflict = first_conflict(problem)
    assert {i.kind for i in conflict.items} == {"core", "pin"}
    for item in conflict.items:
        assert solve(_waive(problem, item), seed=1).roster is not None


def test_the_words_name_person_day_rule_and_source():
    conflict = first_conflict(week((MEI,), days=1, two_person=(TwoPerson("vault opening", "cash", 540, 570),)))
    assert [i.kind for i in conflict.items] == ["two_person"]
    assert "vault opening" in conflict.summary() and "dual control" in conflict.summary()
    assert list(conflict.to_frame()["mark"]) == ["K"]


def test_two_separate_troubles_give_two_conflicts():
    bound = dataclasses.replace(MEI, core=(Core(0, 540, 600, must=True),))
    problem = week((bound, OMAR), days=1, pins=(Pin("mei", 0, "off"), Pin("omar", 0, "shift", 540, 600)))
    problem = dataclasses.replace(
        problem, people=(bound, dataclasses.replace(OMAR, unavailable=(Window(0, 540, 600, "leave"),)))
    )
    found = conflicts(problem)
    assert len(found) == 2
    assert not set(found[0].items) & set(found[1].items)


def test_at_least_three_priced_ways_lead_out_of_a_lunch_conflict():
    diagnosis = diagnose(lunch_trouble())
    assert len(diagnosis.relaxations) >= 3
    assert {"borrow", "accept", "waive"} <= {way.kind for way in diagnosis.relaxations}
    assert all(way.cost > 0 for way in diagnosis.relaxations)
    assert [w.cost for w in diagnosis.relaxations] == sorted(w.cost for w in diagnosis.relaxations)
    for way in diagnosis.relaxations:
        assert evaluate(way.problem, way.roster).feasible
        assert solve(way.problem, seed=1).roster is not None
    assert "Ways out" in diagnosis.summary()


def test_borrowing_somebody_covers_what_accepting_leaves_open():
    ways = {way.kind: way for way in diagnose(lunch_trouble()).relaxations}
    assert ways["borrow"].uncovered == 0
    assert ways["accept"].uncovered >= 1
    assert "with cash on 2026-11-30" in ways["borrow"].words


def test_a_flexible_person_on_call_is_offered_at_the_agreed_price():
    reserve = Reserve(person("r", "Reserve"), 60, "call_in")
    ways = diagnose(dataclasses.replace(lunch_trouble(), reserves=(reserve,))).relaxations
    called = next(way for way in ways if way.kind == "call_in")
    hours = called.cost / 60
    assert hours * 2 == round(hours * 2) and called.uncovered == 0


def test_overtime_is_offered_when_an_hour_more_resolves_it():
    late = week((MEI, OMAR), days=1, minimums=(Minimum("cash", ("cash",), count=1),))
    problem = dataclasses.replace(
        late,
        people=(dataclasses.replace(MEI, core=(Core(0, 540, 690, must=True), Core(0, 720, 1080, must=True))),),
        minimums=(),
        lunch=dataclasses.replace(late.lunch, earliest=690, latest=720),
    )
    assert first_conflict(problem) is not None
    ways = [way for way in diagnose(problem).relaxations if way.kind == "overtime"]
    assert ways and "overtime for Mei" in ways[0].words


def test_no_way_out_ever_sets_the_law_aside():
    law = {"day.max_minutes", "week.max_minutes", "week.rest_days", "protected.no_overtime", "overtime.agreed"}
    busy = dataclasses.replace(MEI, core=tuple(Core(d, 540, 600, must=True) for d in range(7)))
    diagnosis = diagnose(week((busy,)))
    assert "week.rest_days" in {i.key for i in diagnosis.conflict.items}
    for way in diagnosis.relaxations:
        assert not law & {w.key for w in way.problem.waivers}
        assert not law & {v.key for v in evaluate(way.problem, way.roster).violations}


def test_the_predicted_wait_of_every_way_out_is_compared_when_asked():
    def wait(problem, plan):
        return 30.0 - evaluate(problem, plan).short_hours * -2 - len(problem.people)

    ways = diagnose(lunch_trouble(), predict=wait).relaxations
    assert all(way.wait_change is not None for way in ways)
    assert "predicted wait" in ways[0].summary()


def test_a_possible_roster_has_no_conflict():
    diagnosis = diagnose(week(days=1))
    assert diagnosis.conflict is None and diagnosis.relaxations == ()
    assert "every hard rule can hold" in diagnosis.summary()


@pytest.mark.parametrize("kind", ["leave", "pin"])
def test_a_fixed_cell_against_leave_offers_both_ways(kind):
    away = dataclasses.replace(MEI, unavailable=(Window(0, 0, 1440, "annual leave"),))
    diagnosis = diagnose(week((away, OMAR), days=1, pins=(Pin("mei", 0, "shift", 540, 600),)))
    waived = {w.key for way in diagnosis.relaxations for w in way.problem.waivers}
    assert kind in waived
