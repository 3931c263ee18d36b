"""How the solver searches: bounds are bounds, limits are kept, hints are a start, and large weeks are sound."""

from dataclasses import replace
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Day,
    Limit,
    Minimum,
    Pin,
    Progress,
    Roster,
    RosterResult,
    evaluate,
    search,
    solve,
)
from counterpoint.science.rostering import relaxed as linear
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.rostering.solve import built
from counterpoint.science.rostering.tests import rulebook
from counterpoint.science.rostering.tests.cases import roster, shift, week
from counterpoint.science.rostering.tests.smallbranch import (
    CASH,
    LOBBY,
    branch,
    branches,
    need,
    plan,
    rosters,
    someone,
    works,
)

DRAWN = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
MEI, OMAR = someone(), someone("omar", CASH + LOBBY)
BUSY = branch(MEI, OMAR, days=3, demand={**need(*(1, 2, 2, 1) * 3), **need(*(0, 1, 1, 0) * 3, skill="lobby")})


@pytest.fixture
def large(monkeypatch):
    """Every problem takes the road of the large ones: linear relaxation, dive, rounds."""
    monkeypatch.setattr(search, "SMALL", 0)


@DRAWN
@given(branches(2, 3))
def test_the_linear_bound_is_never_above_the_best_roster(problem):
    model = built(problem)
    model.minimise()
    relaxation, best = linear.solve(model.cp), solve(problem, seed=1)
    if relaxation is None:
        assert best.status == "infeasible"
    elif best.objective is not None:
        assert 0 <= relaxation.bound <= best.objective
        assert (relaxation.values >= -1e-6).all()


def test_the_relaxation_knows_an_impossible_roster_and_what_it_would_not_choose():
    alone = branch(MEI, minimums=(Minimum("cash", ("cash",), 2),))
    model = built(alone)
    model.minimise()
    assert linear.solve(model.cp) is None
    idle = built(branch(MEI))  # nobody is needed: every shift only costs
    idle.minimise()
    found = linear.solve(idle.cp)
    works = {mine.works.index for mine in idle.days.values()}
    assert found.bound == 0
    assert all(found.values[n] < 1e-6 for n in works | found.unlikely(0.0))
    assert found.unlikely(0.0) > found.unlikely(6.0) >= found.unlikely(1000.0) == set()


@DRAWN
@given(problem=branches(2, 3))
def test_the_road_of_large_problems_ends_at_the_same_cost_where_it_says_optimal(problem):
    small = solve(problem, seed=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search, "SMALL", 0)
        rounds = count()
        long_way = solve(problem, seed=1, limit=Limit(deterministic=1.0), on_progress=lambda _: next(rounds) < 4)
    assert (long_way.roster is None) == (small.roster is None)
    if long_way.roster is None:
        assert long_way.status == "infeasible"
        return
    assert long_way.bound <= small.objective <= long_way.objective
    assert (long_way.status == "optimal") == (long_way.objective == long_way.bound)
    assert [b for b in rulebook.breaches(problem, long_way.roster) if b.hard] == []


@pytest.mark.usefixtures("large")
def test_the_long_road_keeps_cells_fixed_by_hand_and_repeats_itself():
    pins = (Pin("mei", 0, "shift", 570, 630), Pin("omar", 1, "off"), Pin("omar", 2, "task", 570, 600, "lobby"))
    problem = replace(BUSY, pins=pins)
    once, again = (solve(problem, seed=3, limit=Limit(deterministic=0.3)) for _ in range(2))
    assert once.roster == again.roster
    assert once.evaluation.hard == ()
    assert [p.objective for p in once.progress] == sorted((p.objective for p in once.progress), reverse=True)


@pytest.mark.usefixtures("large")
def test_rounds_stop_when_the_caller_has_heard_enough():
    heard = []
    found = solve(
        branch_week(3, 0),
        seed=1,
        limit=Limit(deterministic=5.0),
        on_progress=lambda p: heard.append(p) or len(heard) < 2,
    )
    if found.roster is not None:
        assert not found.reproducible
        assert len(heard) == 2


@DRAWN
@given(branches(2, 2))
def test_what_the_caller_hears_gets_better_and_the_bound_stays_below(problem):
    heard = []
    found = solve(problem, seed=1, on_progress=heard.append)
    assert all(a.objective > b.objective for a, b in pairwise(heard))
    assert all(p.bound <= p.objective and p.gap >= 0 for p in heard)
    assert (found.roster is None) == (not heard)
    if heard:
        assert heard[-1].objective == found.objective
        assert [p.solutions for p in found.progress] == list(range(1, len(found.progress) + 1))


@DRAWN
@given(st.data())
def test_any_hint_good_or_bad_leads_to_the_same_cost(data):
    problem = data.draw(branches(2, 2))
    hint = data.draw(rosters(problem))
    told, untold = solve(problem, seed=1, hint=hint), solve(problem, seed=1)
    assert (told.status, told.objective) == (untold.status, untold.objective)


def test_after_a_good_hint_the_caller_hears_only_of_better_rosters():
    problem = replace(BUSY, demand_p90=need(*(2,) * 12))
    best = solve(problem, seed=1)
    worse = plan(works("mei", 0), works("omar", 0))
    heard = []
    told = solve(problem, seed=1, hint=worse, on_progress=heard.append)
    assert told.objective == best.objective
    assert all(a.objective > b.objective for a, b in pairwise(told.progress))
    assert all(a.objective > b.objective for a, b in pairwise(heard))
    again = solve(problem, seed=2, hint=best.roster)
    assert [p.objective for p in again.progress] == [best.objective]


@pytest.mark.parametrize(
    "hint",
    [
        plan(works("stranger"), works("mei", 9)),  # nobody and no day of this roster
        plan(works("mei", 0, 545, 655)),  # a shift that nobody has
        plan(works("mei", 0), works("mei", 1)),
        Roster(()),
    ],
)
def test_a_hint_from_elsewhere_does_no_harm(hint):
    assert solve(BUSY, seed=1, hint=hint).objective == solve(BUSY, seed=1).objective


@pytest.mark.parametrize("seed", [1, 2, 77])
def test_the_seed_changes_the_road_not_the_proven_cost(seed):
    found = solve(BUSY, seed=seed)
    assert found.status == "optimal"
    assert found.objective == solve(BUSY, seed=1).objective
    assert found == replace(solve(BUSY, seed=seed), seconds=found.seconds, progress=found.progress)


def test_several_workers_repeat_themselves_too():
    once, again = (solve(BUSY, seed=5, limit=Limit(deterministic=5.0, workers=2)) for _ in range(2))
    assert once.roster == again.roster and once.reproducible


def test_a_gap_that_is_enough_is_taken():
    problem = replace(BUSY, demand_p90=need(*(2,) * 12))
    rough, exact = solve(problem, seed=1, limit=Limit(gap=5.0)), solve(problem, seed=1)
    assert exact.objective <= rough.objective <= 6 * rough.bound
    assert (exact.status, exact.gap) == ("optimal", 0.0)
    assert (rough.status == "optimal") == (rough.objective == rough.bound)  # good enough is not called proven


def test_without_any_time_the_answer_is_unknown_and_says_what_to_give(monkeypatch):
    monkeypatch.setattr(search, "WEEKS", 10**9)
    found = solve(week(days=2), seed=1, limit=Limit(deterministic=0.001))
    assert (found.status, found.roster, found.objective, found.gap) == ("unknown", None, None, None)
    assert found.summary() == "unknown: the limit struck before a roster was found or ruled out; give more work units"
    assert found.to_frame().empty


def test_a_hint_that_is_a_roster_is_the_answer_when_there_is_no_time_for_another(monkeypatch):
    monkeypatch.setattr(search, "WEEKS", 10**9)
    problem = week(days=2)
    hint = roster(*(shift(who, day) for day in (0, 1) for who in ("mei", "omar")))
    found = solve(problem, seed=1, hint=hint, limit=Limit(deterministic=0.001))
    assert (found.status, found.bound) == ("feasible", 0)
    assert {(s.person, s.day, s.start) for s in found.roster.shifts} == {
        (s.person, s.day, s.start) for s in hint.shifts
    }
    assert found.objective == evaluate(problem, found.roster).total
    assert found.summary().startswith("feasible: 4 shifts")


def test_a_limit_in_seconds_that_never_strikes_leaves_the_result_repeatable():
    assert solve(BUSY, seed=1, limit=Limit(deterministic=None, seconds=600.0)).reproducible


@pytest.mark.parametrize(
    ("objective", "bound", "gap"), [(100, 100, 0.0), (100, 90, 0.1), (0, 0, 0.0), (1, 0, 1.0), (250, 0, 1.0)]
)
def test_the_gap_is_relative_to_the_cost(objective, bound, gap):
    result = RosterResult(
        status="feasible", roster=Roster(()), evaluation=None, objective=objective, bound=bound, seed=1, seconds=0.0,
        work=0.0, reproducible=True,
    )  # fmt: skip
    assert result.gap == gap == Progress(objective, bound, 1, 0.0, 0.0).gap


def test_nobody_at_all_is_a_roster_with_everything_missing():
    empty = replace(BUSY, people=())
    found = solve(empty, seed=1)
    assert (found.status, found.roster) == ("optimal", Roster(()))
    assert found.objective == evaluate(empty, Roster(())).total > 0


def test_a_branch_that_never_opens_needs_nobody_and_pays_for_the_wish_to_work():
    shut = replace(BUSY, days=tuple(Day(d.date) for d in BUSY.days), demand={})
    found = solve(shut, seed=1)
    assert (found.roster, found.objective) == (Roster(()), 0)


def test_the_summary_of_a_result_says_cost_gap_and_what_is_short():
    words = solve(branch(MEI, demand=need(2, 2, 2, 2)), seed=1).summary().splitlines()
    assert words[0] == "optimal: 1 shifts, cost 400, within 0.0 % of the bound"
    assert words[1:] == ["0 hard and 0 soft violations, 2.0 person-hours short", "cost 400: under 400"]
