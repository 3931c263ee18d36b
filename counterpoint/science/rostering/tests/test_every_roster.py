"""The solver against trying every roster by the rulebook: equal cost, or neither has one."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Core,
    Costs,
    History,
    Minimum,
    Pin,
    Preference,
    TwoPerson,
    Waiver,
    Window,
    first_conflict,
    holds,
    solve,
)
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

DRAWN = settings(max_examples=35, deadline=None, suppress_health_check=list(HealthCheck))
MEI, OMAR, SUN = someone(), someone("omar"), someone("sun", CASH + LOBBY)
BUSY = need(1, 2, 2, 1)


@DRAWN
@given(branches())
def test_any_small_problem_costs_what_the_best_of_all_rosters_costs(problem):
    found, tried = solve(problem, seed=1), cheapest(problem)
    assert found.objective == tried
    assert found.status == ("infeasible" if tried is None else "optimal")
    assert tried is None or found.bound == tried


@settings(DRAWN, max_examples=20)
@given(branches())
def test_there_is_a_conflict_exactly_when_no_roster_can_be_found_by_trying(problem):
    conflict = first_conflict(problem)
    assert (conflict is None) == (cheapest(problem) is not None)
    if conflict is not None:
        assert conflict.minimal
        assert not holds(problem, conflict.items)


BOOK = {
    "the eight-hour day": (rule("day.max_minutes", 90),),
    "the week": (rule("week.max_minutes", 180),),
    "a week sold at a price": (rule("week.max_minutes", 120, hard=False, weight=2),),
    "days of rest": (rule("week.rest_days", 6),),
    "nights": (rule("rest.between_minutes", 1380, hard=False, weight=1),),
    "runs": (rule("run.max_days", 1),),
}


@pytest.mark.parametrize("days", [1, 3])
@pytest.mark.parametrize("rules", BOOK.values(), ids=list(BOOK))
def test_each_working_time_rule_alone_costs_what_trying_says(rules, days):
    crew = (MEI, OMAR) if days == 1 else (MEI,)
    wanted = (1, len(crew), len(crew), 1) * days
    problem = branch(*crew, days=days, demand=need(*wanted), rules=rules)
    assert solve(problem, seed=1).objective == cheapest(problem)


CHANGES = {
    "lunch": {"lunch": LUNCH},
    "lunch that may be skipped": {"lunch": replace(LUNCH, hard=False, weight=40)},
    "lunch set aside": {"lunch": LUNCH, "waivers": (Waiver("lunch", "short day"),)},
    "a post for either skill": {"minimums": (Minimum("any", ("cash", "lobby"), 2),)},
    "a soft post": {"minimums": (Minimum("lobby", ("lobby",), 1, hard=False, weight=60),)},
    "two for the vault": {"two_person": (TwoPerson("vault", "cash", 540, 570),)},
    "two for the vault, at a price": {"two_person": (TwoPerson("vault", "cash", 540, 570, 3, hard=False),)},
    "three for the vault": {"two_person": (TwoPerson("vault", "cash", 540, 570, 3),)},
    "demand that must be met": {"coverage_hard": True},
    "a task by hand": {"pins": (Pin("sun", 0, "task", 570, 630, "lobby"),)},
    "a task of no use": {"pins": (Pin("sun", 0, "task", 570, 630, "lobby"), Pin("mei", 0, "off"))},
    "a shift by hand": {"pins": (Pin("mei", 0, "shift", 570, 660),)},
    "late is dear": {"costs": Costs(late=400, late_after=630)},
    "idling is dear": {"costs": Costs(over=400)},
    "nothing costs": {"costs": Costs(0, 0, 0, 0, 0, 0, 0, 0)},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_each_kind_of_wish_for_posts_costs_what_trying_says(change):
    problem = branch(MEI, SUN, demand={**BUSY, **need(0, 1, 0, 1, skill="lobby")}, **change)
    found = solve(problem, seed=1)
    assert found.objective == cheapest(problem)


PEOPLE = {
    "leave in the morning": {"unavailable": (Window(0, 500, 570, "clinic"),)},
    "core hours": {"core": (Core(0, 600, 660),)},
    "core hours that oblige": {"core": (Core(0, 600, 630, must=True),)},
    "a long contract day": {"min_day": 120},
    "a short contract day": {"max_day": 60},
    "a wish to be off": {"preferences": (Preference(0, "off", 0, 5),)},
    "a wish to work": {"preferences": (Preference(0, "work", 0, 5),)},
    "a wish for the morning": {"preferences": (Preference(0, "early", 600, 5),)},
    "a wish for later": {"preferences": (Preference(0, "late", 570, 5),)},
    "school at ten": {"preferences": (Preference(0, "avoid", 600, 5),)},
    "tired of late shifts": {"history": History(lates=9)},
    "overtime agreed": {"overtime_agreed": 30, "max_day": 60},
}


@pytest.mark.parametrize("given_to", PEOPLE.values(), ids=list(PEOPLE))
def test_each_thing_a_person_brings_costs_what_trying_says(given_to):
    problem = branch(
        replace(MEI, **given_to), OMAR, demand=BUSY, rules=(rule("day.max_minutes", 90),), costs=Costs(late_after=630)
    )
    assert solve(problem, seed=1).objective == cheapest(problem)


@settings(DRAWN, max_examples=15)
@given(branches(2, 1, waivers=False), st.data())
def test_setting_a_restriction_aside_helps_exactly_as_much_as_trying_says(problem, data):
    conflict = first_conflict(problem)
    if conflict is None:
        return
    item = data.draw(st.sampled_from([i for i in conflict.items if i.kind != "consent"] or [None]))
    if item is None:
        return
    eased = replace(problem, waivers=(Waiver(item.key, "agreed", item.person, item.day, item.start),))
    assert solve(eased, seed=1).objective == cheapest(eased)
