"""Ways out of an impossible day: which are offered, what each costs by hand, and that each really leads out."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from counterpoint.science.rostering import (
    Core,
    Flexible,
    History,
    LunchRules,
    Minimum,
    Pin,
    Reserve,
    ShiftRules,
    Skill,
    TwoPerson,
    Window,
    diagnose,
    evaluate,
)
from counterpoint.science.rostering.tests import rulebook
from counterpoint.science.rostering.tests.everyroster import cheapest
from counterpoint.science.rostering.tests.smallbranch import (
    CASH,
    LOBBY,
    LUNCH,
    branch,
    branches,
    need,
    rule,
    someone,
)

POST = (Minimum("cash", ("cash",)),)
DAY = rule("day.max_minutes", 60)


def ways(problem, **more):
    """The cheapest way of each kind."""
    found = {}
    for way in diagnose(problem, **more).relaxations:
        found.setdefault(way.kind, way)
    return found


def alone(**more):
    """Mei alone has to hold the cash post through her own lunch: half an hour is missing."""
    return branch(someone(min_day=90), lunch=LUNCH, minimums=POST, **more)


def reserve(key, price, kind="borrow", skills=CASH, **more):
    return Reserve(replace(someone("ada", skills, **more), id=key, name=key), price, kind)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(branches(2, 1))
def test_every_way_out_of_any_trouble_is_a_roster_by_the_rulebook_and_never_sets_law_aside(problem):
    diagnosis = diagnose(problem)
    assert (diagnosis.conflict is None) == (cheapest(problem) is not None)
    assert [(w.cost, w.words) for w in diagnosis.relaxations] == sorted(
        (w.cost, w.words) for w in diagnosis.relaxations
    )
    assert len({w.words for w in diagnosis.relaxations}) == len(diagnosis.relaxations)
    for way in diagnosis.relaxations:
        assert [b for b in rulebook.breaches(way.problem, way.roster) if b.hard] == []
        assert cheapest(way.problem) is not None or len(way.problem.people) > 3
        open_posts = [b for b in rulebook.breaches(way.problem, way.roster) if b.person is None]
        assert way.uncovered == sum(b.amount for b in open_posts)


def test_half_an_hour_that_nobody_covers_has_these_prices():
    found = ways(alone())
    assert {kind: way.cost for kind, way in found.items()} == {
        "borrow": 50,  # half an hour at 100 an hour
        "waive": 60,  # her lunch
        "accept": 250,  # half an hour, twice the price of a post set aside
    }
    assert {kind: way.uncovered for kind, way in found.items()} == {"borrow": 0, "waive": 0, "accept": 1}
    assert found["borrow"].words.startswith("borrow 1 with cash on 2026-11-30 ")
    assert found["waive"].words == "set aside: Mei has lunch on 2026-11-30"
    assert found["accept"].words == "accept 1 uncovered person-intervals of minimum posts"
    assert found["borrow"].summary().endswith("cost 50, 0 person-intervals of minimum posts open")


@pytest.mark.parametrize(
    ("reserves", "kind", "cost"),
    [
        ((), "borrow", 50),
        ((), "call_in", None),  # nobody is on call
        ((reserve("r", 80),), "borrow", 40),
        ((reserve("dear", 90), reserve("cheap", 60)), "borrow", 30),
        ((reserve("r", 80, "call_in"),), "call_in", 40),
        ((reserve("r", 80, "call_in"),), "borrow", 50),  # on call is not the same as to be borrowed
        ((reserve("r", 80, "call_in", LOBBY),), "call_in", None),
        ((reserve("r", 80, "call_in", (Skill("cash", until="2026-11-29"),)),), "call_in", None),
        ((reserve("r", 80, "call_in", (Skill("cash", until="2026-11-30"),)),), "call_in", 40),
        ((reserve("r", 80, "call_in", unavailable=(Window(0, 0, 1440, "ill"),)),), "call_in", None),
        ((reserve("ill", 6, "call_in", unavailable=(Window(0, 0, 1440),)), reserve("r", 80, "call_in")), "call_in", 40),
    ],
)  # fmt: skip
def test_from_outside_comes_the_cheapest_who_can_and_may(reserves, kind, cost):
    way = ways(alone(reserves=reserves)).get(kind)
    assert (way.cost if way else None) == cost


@pytest.mark.parametrize(("level", "cost"), [(1, 30), (2, 40)])
def test_the_level_of_the_post_is_asked_of_people_from_outside_too(level, cost):
    reserves = (reserve("junior", 60), reserve("senior", 80, skills=(Skill("cash", 3),)))
    problem = replace(alone(reserves=reserves, levels={"cash": level}))
    able = replace(problem, people=(someone(skills=(Skill("cash", 5),), min_day=90),))
    assert ways(able)["borrow"].cost == cost


def test_one_person_on_call_cannot_be_in_two_places():
    problem = branch(someone(skills=LOBBY), minimums=(Minimum("cash", ("cash",), 2),),
                     reserves=(reserve("r", 60, "call_in"),))  # fmt: skip
    assert "call_in" not in ways(problem)
    pair = replace(problem, reserves=(reserve("r", 60, "call_in"), reserve("s", 80, "call_in")))
    assert ways(pair)["call_in"].cost == 2 * 60 + 2 * 80


def test_a_long_day_is_borrowed_in_pieces_shorter_than_a_lunch():
    base = branch(someone(skills=LOBBY), minimums=POST)
    long_day = replace(base, end=1020, demand={}, days=(replace(base.days[0], close=1020),), lunch=LunchRules())
    way = ways(long_day)["borrow"]
    assert way.words == ("borrow 1 with cash on 2026-11-30 09:00-14:00; borrow 1 with cash on 2026-11-30 14:00-17:00")
    assert (way.cost, way.uncovered) == (800, 0)


def test_the_second_of_a_pair_is_borrowed_for_the_vault():
    problem = branch(someone(), two_person=(TwoPerson("vault", "cash", 540, 570, 3),))
    way = ways(problem)["borrow"]
    assert way.words == "borrow 2 with cash on 2026-11-30 09:00-09:30"
    assert way.cost == 100


def longer(hours, **person):
    """Mei may work an hour a day and holds the cash post alone for so many hours."""
    base = branch(someone(max_day=60, **person), rules=(DAY,), minimums=POST)
    close = 540 + 60 * hours
    shifts = ShiftRules(flexible=(Flexible(540, 600, 60, 300, 30),), lead=0, tail=0)
    return replace(base, end=close, demand={}, days=(replace(base.days[0], close=close),), shifts=shifts)


@pytest.mark.parametrize(("hours", "extra"), [(2, 1), (3, 2), (4, 3), (5, None)])
def test_overtime_is_offered_by_the_hour_up_to_three(hours, extra):
    way = ways(longer(hours)).get("overtime")
    if extra is None:
        assert way is None
    else:
        assert (way.words, way.cost) == (f"{extra} h overtime for Mei", 120 * extra)
        assert way.problem.people[0].overtime_agreed == 60 * extra


@pytest.mark.parametrize(
    ("person", "rules", "offered"),
    [
        ({}, (), True),
        ({"protected": True}, (rule("protected.no_overtime", 1),), False),
        ({}, (rule("overtime.day_max_minutes", 60),), True),
        ({}, (rule("overtime.day_max_minutes", 30),), False),
        ({"history": History(overtime_month=60)}, (rule("overtime.month_max_minutes", 120),), True),
        ({"history": History(overtime_month=90)}, (rule("overtime.month_max_minutes", 120),), False),
    ],
)
def test_overtime_is_offered_within_the_law_and_never_to_protected_people(person, rules, offered):
    problem = longer(2, **person)
    assert ("overtime" in ways(replace(problem, rules=(DAY, *rules)))) is offered


def test_overtime_already_agreed_is_no_longer_a_way_out_but_more_of_it_is():
    way = ways(longer(3, overtime_agreed=60))["overtime"]
    assert (way.words, way.cost) == ("1 h overtime for Mei", 120)
    assert way.problem.people[0].overtime_agreed == 120


def test_lunch_an_hour_earlier_or_later_is_offered_where_it_helps():
    narrow = LunchRules(earliest=600, latest=630, from_span=120, edge=30)
    bound = someone(min_day=90, core=(Core(0, 600, 630, must=True), Core(0, 540, 570), Core(0, 630, 660)))
    way = ways(branch(bound, lunch=narrow))["lunch"]
    assert (way.words, way.cost) == ("lunch between 09:00 and 11:30", 60)
    assert (way.problem.lunch.earliest, way.problem.lunch.latest) == (540, 690)
    assert way.roster.of("mei", 0).lunch.start == 570
    assert "lunch" not in ways(alone())  # eating at another time leaves the same hole


def test_against_the_law_alone_there_is_no_way_but_to_change_what_was_wanted():
    pins = (Pin("mei", 0, "shift", 540, 630),)
    diagnosis = diagnose(branch(someone(), rules=(DAY,), pins=pins))
    assert {i.kind for i in diagnosis.conflict.items} == {"pin", "law"}
    assert {w.kind for w in diagnosis.relaxations} == {"waive", "overtime"}
    guarded = diagnose(branch(someone(protected=True), rules=(DAY,), pins=pins))
    assert [w.words for w in guarded.relaxations] == ["set aside: Mei 2026-11-30: shift 09:00-10:30 is fixed by hand"]


def test_two_troubles_are_left_by_one_way_that_sets_one_thing_of_each_aside():
    mei = someone(core=(Core(0, 540, 570, must=True),))
    omar = someone("omar", unavailable=(Window(0, 0, 1440, "leave"),))
    pins = (Pin("mei", 0, "off"), Pin("omar", 0, "shift", 540, 600))
    diagnosis = diagnose(branch(mei, omar, pins=pins))
    assert len(diagnosis.conflicts) == 2
    first = diagnosis.relaxations[0]
    assert first.words == (
        "set aside: Mei 2026-11-30: off is fixed by hand; "
        "set aside: Omar 2026-11-30: shift 09:00-10:00 is fixed by hand"
    )
    assert first.cost == 80 + 80
    assert {(w.key, w.person) for w in first.problem.waivers} == {("pin", "mei"), ("pin", "omar")}


def test_a_house_rule_is_not_waived_where_the_law_has_the_same_name_later():
    """Waivers go by name; one for the house rule of November would set the law of December aside."""
    house = rule("day.max_minutes", 60, mark="D", valid_to="2026-11-30")
    law = rule("day.max_minutes", 90, valid_from="2026-12-01")
    problem = branch(someone(), days=2, rules=(house, law), pins=(Pin("mei", 0, "shift", 540, 630),))
    diagnosis = diagnose(problem)
    assert "day.max_minutes" in {i.key for i in diagnosis.conflict.items}
    assert {w.key for way in diagnosis.relaxations for w in way.problem.waivers} == {"pin"}


def test_a_house_rule_alone_can_be_set_aside_at_its_price():
    house = rule("day.max_minutes", 60, mark="D")
    found = diagnose(branch(someone(), rules=(house,), pins=(Pin("mei", 0, "shift", 540, 630),)))
    assert {w.words: w.cost for w in found.relaxations if w.kind == "waive"} == {
        "set aside: Mei works at most 60 minutes on 2026-11-30": 150,
        "set aside: Mei 2026-11-30: shift 09:00-10:30 is fixed by hand": 80,
    }


def test_the_predicted_wait_is_told_against_leaving_the_posts_open():
    def wait(problem, plan):
        return 20.0 + 5 * sum(v.amount for v in evaluate(problem, plan).violations if v.key == "minimum:cash")

    found = ways(alone(), predict=wait)
    assert found["accept"].wait_change == 0
    assert found["borrow"].wait_change == -5.0
    assert found["borrow"].summary().endswith("predicted wait -5.0")
    no_post = ways(branch(someone(), rules=(DAY,), pins=(Pin("mei", 0, "shift", 540, 630),)), predict=wait)
    assert {way.wait_change for way in no_post.values()} == {None}


def test_demand_that_must_be_met_is_borrowed_for():
    problem = branch(someone(), demand=need(1, 2, 1, 1), coverage_hard=True)
    found = ways(problem)
    assert found["borrow"].cost == 50
    assert found["borrow"].words == "borrow 1 with cash on 2026-11-30 09:30-10:00"
    assert found["waive"].words == "set aside: 2026-11-30 09:30: 2 on cash"
