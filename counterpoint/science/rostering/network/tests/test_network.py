"""People float when it pays, never otherwise, and within the rules of all branches together."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.science.fanout import FanoutError
from counterpoint.science.rostering import Core, Pin, Preference, Window, evaluate
from counterpoint.science.rostering.network import (
    Floater,
    Move,
    NetworkProblem,
    Place,
    breaches,
    solve_network,
    work,
)  # fmt: skip
from counterpoint.science.rostering.network.assign import choose
from counterpoint.science.rostering.network.placed import Loan, as_guest, problem_of
from counterpoint.science.rostering.network.pricing import prices
from counterpoint.science.rostering.network.tests.small import QUICK, Here, at, cash, networks, total_of, uneven
from counterpoint.science.rostering.solve import solve
from counterpoint.science.rostering.tests.rulebook import breaches as rulebook_breaches
from counterpoint.science.rostering.tests.rulebook import price as rulebook_price
from counterpoint.science.rostering.tests.smallbranch import CASH, LOBBY, branches, someone

DRAWN = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def solved(network, **more):
    return solve_network(network, seed=1, effort=QUICK, executor=Here(), **more)


def test_somebody_idle_goes_where_somebody_is_missing():
    found = solved(uneven())
    assert found.moves == (Move("north-mei", 0, "south"),)
    assert found.cost < found.cost_alone
    assert sum(found.short.values()) < sum(found.short_alone.values())
    shift = found.rosters["south"].of("north-mei", 0)
    assert shift.minutes + 30 <= 120 and found.rosters["north"].of("north-mei", 0) is None
    assert "1 days away" in found.summary()
    assert list(found.to_frame().loc["south", ["alone", "guests"]]) == [found.alone["south"], 1]


def test_nobody_goes_where_the_way_costs_more_than_it_saves():
    found = solved(uneven(move_cost=100_000))
    assert found.moves == () and found.cost == found.cost_alone


@pytest.mark.parametrize(
    "tie",
    [
        {"core": (Core(0, 570, 600),)},
        {"unavailable": (Window(0, 0, 1440, "leave"),)},
        {"skills": LOBBY},
        {"max_day": 80, "min_day": 60},
    ],
    ids=["core hours", "leave", "another skill", "the way leaves no time for a shift"],
)
def test_who_is_bound_at_home_or_of_no_use_stays(tie):
    network = uneven()
    north = network.branches[0].problem
    mei = replace(north.people[0], **tie)
    bound = replace(
        network, branches=(Place("north", replace(north, people=(mei, north.people[1]))), network.branches[1])
    )
    assert solved(bound).moves == ()


def test_a_cell_fixed_at_home_keeps_the_floater_there():
    network = uneven()
    north = replace(network.branches[0].problem, pins=(Pin("north-mei", 0, "shift", 540, 660),))
    assert solved(replace(network, branches=(Place("north", north), network.branches[1]))).moves == ()


def test_moves_agreed_are_not_exceeded_and_the_best_days_are_taken():
    north = at("north", someone(), days=3, demand=cash(*[0] * 12))
    south = at("south", someone("sun"), days=3, demand=cash(*[1] * 4, *[2] * 4, *[2] * 4))
    found = solved(NetworkProblem((north, south), (Floater("north-mei", "north", {"south": 0}, 2),)))
    assert [move.day for move in found.moves] == [1, 2]


def best_by_trying(network, free):
    """The least cost with at most one move of one floater, every roster of both branches tried for each."""
    (floater,) = network.floaters
    home, person = network.places[floater.home], network.who(floater)
    alone = sum(total_of(problem) for problem in network.places.values())
    found = [alone]
    for name, day in ((n, d) for n in floater.travel for d in range(len(home.days))):
        host = network.places[name]
        longest = min(person.max_day, 1440) - floater.travel[name]
        others = tuple(Window(d, 0, 1440) for d in range(len(home.days)) if d != day)
        guest = replace(person, max_day=longest, min_day=min(person.min_day, longest), unavailable=others)
        least = sum(min(p.history.lates for p in x.people) for x in (home, host))
        assert least == 0  # so that what a guest carried counts alike in both
        away = replace(person, unavailable=tuple(Window(d, 0, 1440) for d in {*free, day}))
        there = replace(host, people=(*host.people, guest))
        here = replace(home, people=tuple(away if p.id == person.id else p for p in home.people))
        rest_of = sum(total_of(x) for n, x in network.places.items() if n not in (name, floater.home))
        found.append(total_of(there) + total_of(here) + rest_of + network.price(floater, name))
    return min(found)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks(2, 2), st.sampled_from([0, 30]))
def test_one_floater_with_one_move_is_placed_as_well_as_by_trying_everything(network, way):
    mei = Floater("b0-mei", "b0", {"b1": way}, 1)
    places = tuple(
        Place(x.name, replace(x.problem, people=tuple(replace(p, max_week=840) for p in x.problem.people)))
        for x in network.branches
    )
    network = replace(network, branches=places, floaters=(mei,))
    alone = solved(replace(network, floaters=())).rosters["b0"]
    free = set(range(len(places[0].problem.days))) - {s.day for s in alone.shifts if s.person == mei.person}
    assert solved(network).cost == best_by_trying(network, free)


@DRAWN
@given(networks())
def test_floating_is_never_dearer_and_breaks_no_rule(network):
    found = solved(network)
    assert found.cost <= found.cost_alone and not found.failed
    assert breaches(network, found.rosters) == ()
    for name, roster in found.rosters.items():
        problem = found.problems[name]
        assert evaluate(problem, roster).total == found.total[name] == sum(rulebook_price(problem, roster).values())
        assert not [b for b in rulebook_breaches(problem, roster) if b.hard]
    floaters = {f.person: f for f in network.floaters}
    for who, floater in floaters.items():
        days = [(name, s) for name, r in found.rosters.items() for s in r.shifts if s.person == who]
        assert len({s.day for _, s in days}) == len(days)
        away = [(name, s) for name, s in days if name != floater.home]
        assert sorted((s.day, name) for name, s in away) == sorted(
            (m.day, m.branch) for m in found.moves if m.person == who
        )
        person = network.who(floater)
        assert len(away) <= floater.most_moves
        assert all(s.minutes + floater.travel[name] <= person.max_day for name, s in away)
        assert sum(s.minutes + floater.travel.get(name, 0) for name, s in days) <= person.max_week
    assert found.moving == sum(network.price(floaters[m.person], m.branch) for m in found.moves)


def test_equal_input_gives_an_equal_result_wherever_branches_are_worked_on():
    north = at("north", someone(), someone("omar"), days=2, demand=cash(*[0] * 8))
    others = [at(f"south{n}", someone("sun"), days=2, demand=cash(*[1 + n % 2] * 8)) for n in range(4)]
    mei = Floater("north-mei", "north", {"south1": 30, "south3": 0}, 2)
    network, here = NetworkProblem((north, *others), (mei,)), Here()
    one = solve_network(network, seed=3, effort=QUICK, executor=here)
    assert one == solve_network(network, seed=3, effort=QUICK, executor=Here())
    assert here.given[0] == ["north", "south0", "south1", "south2", "south3"]
    assert one.moves


def test_every_stage_says_how_many_branches_are_done():
    told = []
    solved(uneven(), on_step=lambda stage, done, of: told.append((stage, done, of)))
    assert told[:2] == [("rosters", 1, 2), ("rosters", 2, 2)]
    assert {"hosts", "homes", "finish"} <= {stage for stage, _, _ in told}


def test_a_branch_without_a_roster_says_why_and_harms_no_other():
    network = uneven()
    broken = at(
        "west", someone("ada", unavailable=(Window(0, 0, 1440, "leave"),), core=(Core(0, 540, 570, must=True),))
    )
    ada = Floater("west-ada", "west", {"south": 0})
    found = solved(replace(network, branches=(*network.branches, broken), floaters=(*network.floaters, ada)))
    assert set(found.failed) == {"west"} and "infeasible" in found.failed["west"]
    assert found.moves == (Move("north-mei", 0, "south"),) and "west" in found.summary()


def test_wishes_of_a_day_away_go_along():
    network = uneven()
    mei = replace(network.branches[0].problem.people[0], preferences=(Preference(0, "off", 0, 3),))
    north = replace(network.branches[0].problem, people=(mei, network.branches[0].problem.people[1]))
    network = replace(network, branches=(Place("north", north), network.branches[1]))
    guest = as_guest(network, network.floaters[0], "south", frozenset({0}))
    assert guest.preferences == mei.preferences and guest.max_day == mei.max_day - 30


def test_what_no_price_recommends_is_tried_all_the_same_and_given_up():
    dear = uneven(move_cost=100_000)
    assert solved(dear).tried == 1
    never = replace(QUICK, trials=0)
    assert solve_network(dear, seed=1, effort=never, executor=Here()).tried == 0


def test_hours_and_travel_of_a_day_away_are_taken_off_the_week_at_home():
    network = uneven()
    loan = Loan(Move("north-mei", 0, "south"), 540, 630, 120)
    free = {"north-mei": frozenset({0})}
    north = problem_of(network, "north", (loan,), free)
    before, after = network.places["north"].people[0], north.people[0]
    assert (after.max_week, after.min_week) == (before.max_week - 120, 0)
    assert [w.day for w in after.unavailable] == [0] and north.people[1] == network.places["north"].people[1]
    south = problem_of(network, "south", (loan,), free)
    assert [p.id for p in south.people] == ["south-sun", "north-mei"]
    assert [(p.person, p.start, p.end) for p in south.pins] == [("north-mei", 540, 630)]


def test_a_move_that_would_break_the_week_at_home_is_not_made():
    """Mei has hours for one more day only if nobody counts the way."""
    north = at("north", someone(max_week=210), days=2, demand=cash(*[1] * 4, *[0] * 4))
    south = at("south", someone("sun"), days=2, demand=cash(*[1] * 4, *[2] * 4))
    found = solved(NetworkProblem((north, south), (Floater("north-mei", "north", {"south": 30}, 1),)))
    days = [(name, s) for name, r in found.rosters.items() for s in r.shifts if s.person == "north-mei"]
    assert sum(s.minutes + (30 if name == "south" else 0) for name, s in days) <= 210


# -- prices and choices -------------------------------------------------------------------------------------------


@DRAWN
@given(branches(2, 2, waivers=False))
def test_a_branch_gains_at_least_what_its_prices_say(problem):
    base = solve(problem, seed=1)
    if base.roster is None:
        return
    ada = someone("ada", CASH + LOBBY, history=problem.people[0].history)
    gain, missed = prices(problem, base.roster, (ada,), tuple(p.id for p in problem.people))
    for day in range(len(problem.days)):
        away = tuple(Window(d, 0, 1440) for d in range(len(problem.days)) if d != day)
        more = replace(problem, people=(*problem.people, replace(ada, unavailable=away)))
        least = min(p.history.lates for p in problem.people), min(p.history.weekends for p in problem.people)
        if least == (min(p.history.lates for p in more.people), min(p.history.weekends for p in more.people)):
            assert solve(more, seed=1).objective <= base.objective - gain["ada"][day] + 1e-6
        assert all(missed[p.id][day] == 0 for p in problem.people if base.roster.of(p.id, day) is None)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.builds(Move, st.sampled_from("pqr"), st.integers(0, 1), st.sampled_from("ABC")),
        st.integers(-3, 9).map(float),
        max_size=7,
    ),
    st.booleans(),
)
def test_the_moves_chosen_are_the_best_that_may_be_tried_together(worth, alone):
    homes, left = {"p": "A", "q": "A", "r": "B"}, {"p": 1, "q": 2, "r": 1}
    worth = {m: w for m, w in worth.items() if m.branch != homes[m.person]}

    def allowed(moves):
        keys = [[(m.person, m.day) for m in moves], [(m.branch, m.day) for m in moves],
                [(homes[m.person], m.day) for m in moves]]  # fmt: skip
        if alone:
            keys.append([x for m in moves for x in (m.branch, homes[m.person])])
        few = all(sum(m.person == who for m in moves) <= left[who] for who in homes)
        return few and all(len(set(k)) == len(k) for k in keys) and not {m.branch for m in moves} & {
            homes[m.person] for m in moves}  # fmt: skip

    every = list(worth)
    sets = [[m for n, m in enumerate(every) if k >> n & 1] for k in range(1 << len(every))]
    best = max(sum(worth[m] for m in moves) for moves in sets if allowed(moves))
    found = choose(worth, homes, left, alone)
    assert allowed(found) and sum(worth[m] for m in found) == pytest.approx(best)


# -- what a network may not be --------------------------------------------------------------------------------------


def test_a_network_travels_as_plain_values():
    network = uneven()
    assert NetworkProblem.from_dict(network.to_dict()) == network


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda n: {"branches": (*n.branches, n.branches[0])}, "share a name"),
        (lambda n: {"branches": (n.branches[0], at("south", someone(), days=2))}, "days differ"),
        (lambda n: {"floaters": n.floaters * 2}, "listed twice"),
        (lambda n: {"floaters": (Floater("north-mei", "north", {"east": 5}),)}, "not here"),
        (lambda n: {"floaters": (Floater("north-mei", "north", {"north": 5}),)}, "home branch"),
        (lambda n: {"floaters": (Floater("south-sun", "north", {"south": 5}),)}, "nobody of north"),
        (lambda n: {"floaters": (Floater("north-mei", "north", {"south": -5}),)}, "0 or more"),
    ],
)
def test_what_cannot_be_is_refused(change, words):
    network = uneven()
    with pytest.raises(ValueError, match=words):
        replace(network, **change(network))


def test_an_errand_of_another_release_is_refused(monkeypatch):
    network = uneven()
    packed = work.Errand(network.branches[0].problem, None, 1, QUICK.limit, 0, (), ()).pack()
    assert work.Errand.unpack(packed).problem == network.branches[0].problem
    monkeypatch.setattr(work, "release", lambda: "ffffffff")
    with pytest.raises(FanoutError, match="same release"):
        work.Errand.unpack(packed)
