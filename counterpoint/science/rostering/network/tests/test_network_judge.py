"""The judge of a network names each rule that only shows over several branches."""

from dataclasses import replace

import pytest

from counterpoint.science.rostering import Core, Roster, Skill, Window
from counterpoint.science.rostering.network import Floater, NetworkProblem, Place, breaches
from counterpoint.science.rostering.network.tests.small import at, cash
from counterpoint.science.rostering.tests.smallbranch import LOBBY, plan, rule, someone, works

DAYS = 7


def network(way=30, moves=2, rules=(), **mei):
    """Mei of the north, who may go south."""
    north = at("north", someone("mei", **mei), someone("omar"), days=DAYS, demand=cash(*[0] * 4 * DAYS), rules=rules)
    south = at("south", someone("sun"), days=DAYS, demand=cash(*[1] * 4 * DAYS), rules=rules)
    west = at("west", someone("ada"), days=DAYS, demand=cash(*[1] * 4 * DAYS), rules=rules)
    return NetworkProblem((north, south, west), (Floater("north-mei", "north", {"south": way}, moves),))


def keys(problem, north=(), south=(), west=()):
    rosters = {"north": plan(*north), "south": plan(*south), "west": plan(*west)}
    return [breach.key for breach in breaches(problem, rosters)]


def mei(day, start=540, end=630, skill="cash"):
    return works("north-mei", day, start, end, skill)


def test_a_day_away_within_the_rules_is_right():
    assert keys(network(), north=[mei(0, end=660)], south=[mei(1)]) == []


@pytest.mark.parametrize(
    ("key", "problem", "north", "south", "west"),
    [
        ("two places", network(), [mei(0)], [mei(0)], []),
        ("moves", network(moves=1), [], [mei(0), mei(1)], []),
        ("stranger", network(), [], [], [mei(0)]),
        ("stranger", network(), [], [works("north-omar")], []),
        ("day", network(way=31), [], [mei(0)], []),
        ("day", network(way=0, rules=(rule("day.max_minutes", 60),)), [], [mei(0)], []),
        ("week", network(max_week=200), [mei(0)], [mei(1)], []),
        ("week", network(min_week=300), [mei(0)], [mei(1)], []),
        ("week", network(rules=(rule("week.max_minutes", 200),)), [mei(0)], [mei(1)], []),
        ("leave", network(unavailable=(Window(1, 600, 660, "clinic"),)), [], [mei(1)], []),
        ("core", network(core=(Core(1, 630, 660),)), [], [mei(1)], []),
        ("week.rest_days", network(rules=(rule("week.rest_days", 1),)), [mei(d) for d in range(6)], [mei(6)], []),
        ("run.max_days", network(rules=(rule("run.max_days", 1),)), [mei(0)], [mei(1)], []),
        ("rest.between_minutes", network(rules=(rule("rest.between_minutes", 1400),)), [mei(0)], [mei(1, 540)], []),
        ("skill", network(), [], [mei(0, skill="lobby")], []),
        ("skill", network(skills=(Skill("cash", 1, until="2026-11-30"),)), [], [mei(1)], []),
    ],
)  # fmt: skip
def test_each_rule_over_branches_is_named(key, problem, north, south, west):
    assert keys(problem, north, south, west) == [key]


def test_travel_at_home_is_none_and_a_missing_branch_judges_nobody():
    problem = network(max_week=120)
    assert keys(problem, north=[mei(0, end=660)]) == []
    assert breaches(problem, {"south": Roster((mei(0),))}) == ()


def test_skills_of_the_host_are_asked_for_at_its_level():
    problem = network(skills=(*LOBBY, Skill("cash", 2)))
    south = replace(problem.places["south"], levels={"cash": 3})
    changed = replace(problem, branches=(problem.branches[0], Place("south", south), problem.branches[2]))
    assert keys(changed, south=[mei(0)]) == ["skill"]
