"""What must hold between problems: more help is no worse, less rule is no dearer, equals are interchangeable."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Break,
    Costs,
    Day,
    Flexible,
    History,
    Roster,
    Shift,
    Task,
    evaluate,
    solve,
)
from counterpoint.science.rostering.tests.smallbranch import (
    CASH,
    LOBBY,
    branch,
    branches,
    need,
    rosters,
    someone,
)

DRAWN = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def best(problem):
    """The least cost; endless when there is no roster."""
    found = solve(problem, seed=1)
    return float("inf") if found.objective is None else found.objective


@DRAWN
@given(branches(2, 2), st.sampled_from([CASH, LOBBY, CASH + LOBBY]))
def test_one_more_person_never_makes_a_roster_dearer(problem, skills):
    carried = History(
        lates=min(p.history.lates for p in problem.people), weekends=min(p.history.weekends for p in problem.people)
    )
    helper = someone("sun", skills, history=carried)
    assert best(replace(problem, people=(*problem.people, helper))) <= best(problem)


@DRAWN
@given(branches(2, 2), st.data())
def test_one_more_skill_never_makes_a_roster_dearer(problem, data):
    first, *rest = problem.people
    taught = replace(first, skills=(*first.skills, data.draw(st.sampled_from([*CASH, *LOBBY]))))
    assert best(replace(problem, people=(taught, *rest))) <= best(problem)


EASED = {"posts": {"minimums": ()}, "pairs": {"two_person": ()}, "pins": {"pins": ()},
         "hard demand": {"coverage_hard": False}}  # fmt: skip


@DRAWN
@given(branches(2, 2), st.sampled_from(sorted(EASED)))
def test_giving_up_a_restriction_of_posts_never_costs_more(problem, what):
    priced = replace(problem, costs=replace(problem.costs, over=0))  # a post gives people a use that idling has not
    assert best(replace(priced, **EASED[what])) <= best(priced)


@DRAWN
@given(branches(2, 2), st.data())
def test_giving_up_one_working_time_rule_never_costs_more(problem, data):
    assume(problem.rules and not problem.waivers)
    gone = data.draw(st.sampled_from(sorted({r.key for r in problem.rules})))
    free = replace(problem, costs=replace(problem.costs, overtime=0))  # without a normal day there is no overtime
    rules = tuple(r for r in free.rules if r.key != gone)
    if gone not in ("day.max_minutes", "week.max_minutes"):  # others lean on these two
        assert best(replace(free, rules=rules)) <= best(free)
    softened = tuple(replace(r, hard=False, weight=0) if r.key == gone else r for r in free.rules)
    assert best(replace(free, rules=softened)) <= best(free)


@DRAWN
@given(branches(2, 2), st.sampled_from(["unavailable", "core", "preferences"]))
def test_people_with_fewer_conditions_never_cost_more(problem, what):
    no_credit = tuple(
        replace(p, unavailable=tuple(replace(w, credit=0) for w in p.unavailable), min_week=0) for p in problem.people
    )
    tied = replace(problem, people=no_credit)
    free = replace(problem, people=tuple(replace(p, **{what: ()}) for p in no_credit))
    assert best(free) <= best(tied)


@DRAWN
@given(branches(2, 2), st.integers(0, 7))
def test_more_demand_never_costs_less(problem, at):
    free = replace(problem, costs=replace(problem.costs, over=0))
    cash = free.demand["cash"]
    raised = tuple(x + (n == at % len(cash)) for n, x in enumerate(cash))
    assert best(replace(free, demand={**free.demand, "cash": raised})) >= best(free)


@DRAWN
@given(branches(3, 2), st.randoms(use_true_random=False))
def test_the_order_of_people_and_rules_does_not_matter(problem, random):
    people, rules = list(problem.people), list(problem.rules)
    random.shuffle(people)
    first = {r.key: r for r in rules}
    assume(len(first) == len(rules))
    random.shuffle(rules)
    assert best(replace(problem, people=tuple(people), rules=tuple(rules))) == best(problem)


@DRAWN
@given(st.data())
def test_two_equal_people_can_change_places_in_any_roster_at_no_cost(data):
    problem = data.draw(branches(1, 3, waivers=False))
    twin = replace(problem.people[0], id="omar")
    twins = replace(problem, people=(*problem.people, twin), pins=())
    plan = data.draw(rosters(twins))
    other = {"mei": "omar", "omar": "mei"}
    swapped = Roster(tuple(replace(s, person=other[s.person]) for s in plan.shifts))
    mine, theirs = evaluate(twins, plan), evaluate(twins, swapped)
    assert (mine.costs, mine.coverage, mine.changes) == (theirs.costs, theirs.coverage, theirs.changes)
    assert sorted(other[v.person] for v in mine.violations if v.person) == sorted(
        v.person for v in theirs.violations if v.person
    )


@DRAWN
@given(branches(2, 2), st.sampled_from([2, 5]))
def test_prices_have_no_unit(problem, times):
    dearer = {name: getattr(problem.costs, name) * times for name in Costs.__slots__ if name != "late_after"}
    scaled = replace(
        problem,
        costs=Costs(**dearer, late_after=problem.costs.late_after),
        rules=tuple(replace(r, weight=r.weight * times) for r in problem.rules),
        minimums=tuple(replace(m, weight=m.weight * times) for m in problem.minimums),
        two_person=tuple(replace(t, weight=t.weight * times) for t in problem.two_person),
        lunch=replace(problem.lunch, weight=problem.lunch.weight * times) if problem.lunch else None,
    )
    assert best(scaled) == best(problem) * times


def later(problem, minutes):
    """Everything of the day moved by so many minutes."""

    def moved(value):
        return None if value is None else value + minutes

    return replace(
        problem,
        days=tuple(Day(d.date, moved(d.open), moved(d.close)) for d in problem.days),
        start=problem.start + minutes,
        end=problem.end + minutes,
        shifts=replace(
            problem.shifts,
            flexible=tuple(
                Flexible(f.earliest + minutes, f.latest + minutes, f.shortest, f.longest, f.step)
                for f in problem.shifts.flexible
            ),
        ),
        lunch=problem.lunch
        and replace(problem.lunch, earliest=problem.lunch.earliest + minutes, latest=problem.lunch.latest + minutes),
        minimums=tuple(replace(m, start=moved(m.start), end=moved(m.end)) for m in problem.minimums),
        two_person=tuple(replace(t, start=t.start + minutes, end=t.end + minutes) for t in problem.two_person),
        pins=tuple(
            p if p.kind == "off" else replace(p, start=p.start + minutes, end=p.end + minutes) for p in problem.pins
        ),
        people=tuple(
            replace(
                p,
                core=tuple(replace(c, start=c.start + minutes, end=c.end + minutes) for c in p.core),
                unavailable=tuple(replace(w, start=w.start + minutes, end=w.end + minutes) for w in p.unavailable),
                preferences=tuple(replace(w, time=w.time + minutes) for w in p.preferences),
            )
            for p in problem.people
        ),
        costs=replace(problem.costs, late_after=problem.costs.late_after + minutes),
    )


@DRAWN
@given(branches(2, 2, waivers=False), st.sampled_from([30, 45, 300, -120]))
def test_the_hour_of_the_day_has_no_meaning_of_its_own(problem, minutes):
    assert best(later(problem, minutes)) == best(problem)


@pytest.mark.parametrize("first", ["2026-11-30", "2024-02-26", "2026-12-28", "2027-01-04"])
def test_a_week_costs_the_same_in_any_month_and_over_new_year(first):
    busy = {**need(*(1, 2, 2, 1) * 7), **need(*(0, 1, 0, 0) * 7, skill="lobby")}
    crew = (someone(max_week=600), someone("omar", CASH + LOBBY, min_week=240))
    here = branch(*crew, days=7, first=first, demand=busy)
    assert best(here) == best(replace(here, days=branch(days=7).days)) < float("inf")


DEMAND = st.lists(st.integers(0, 2), min_size=4, max_size=4).map(tuple)


@DRAWN
@given(DEMAND, DEMAND, st.sampled_from([12, 0, 40]))
def test_two_days_without_a_rule_between_them_cost_the_sum_of_both(one, other, over):
    crew, prices = (someone(), someone("omar", CASH + LOBBY)), Costs(over=over, late=0, weekend=0)
    first = branch(*crew, first="2026-12-01", demand=need(*one), costs=prices)
    second = branch(*crew, first="2026-12-02", demand=need(*other), costs=prices)
    both = branch(*crew, first="2026-12-01", days=2, demand=need(*one, *other), costs=prices)
    assert best(both) == best(first) + best(second)


def test_a_quarter_hour_grid_can_only_do_better_than_the_half_hours_within_it():
    coarse = branch(someone(), someone("omar"), demand=need(1, 2, 0, 1))
    fine = replace(coarse, step=15, demand={"cash": (1, 1, 2, 2, 0, 0, 1, 1)})
    assert best(fine) == best(coarse)  # the shifts are the same, only counted twice as finely
    finer = replace(fine, shifts=replace(fine.shifts, flexible=(Flexible(540, 600, 60, 120, 15),)))
    assert best(finer) <= best(fine)


def test_a_shift_knows_its_minutes_and_who_is_there_when():
    shift = Shift("mei", 0, 540, 660, Break(570, 600), (Task(540, 570, "cash"), Task(600, 660, "lobby")))
    assert shift.minutes == 90
    there = {m: (shift.present(m), shift.skill_at(m)) for m in (539, 540, 569, 570, 599, 600, 659, 660)}
    assert there == {
        539: (False, None), 540: (True, "cash"), 569: (True, "cash"), 570: (False, None), 599: (False, None),
        600: (True, "lobby"), 659: (True, "lobby"), 660: (False, None),
    }  # fmt: skip
    two = Roster((shift, replace(shift, day=1)))
    assert two.of("mei", 1).day == 1 and two.of("mei", 2) is None
    assert two.without("mei", 0).shifts == (replace(shift, day=1),)
    longer = replace(shift, end=690)
    assert two.replaced(longer).of("mei", 0) == longer and len(two.replaced(longer).shifts) == 2
    newcomer = replace(shift, person="ada")
    assert [s.person for s in two.replaced(newcomer).shifts] == ["ada", "mei", "mei"]
