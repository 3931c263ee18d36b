"""Walks around obstacles: worked out by hand, against a fine lattice, and what must hold in any hall."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import floorplan, twin
from counterpoint.science.floorplan.tests.grid import MARGIN, SLACK, STRETCH, lattice_metres
from counterpoint.science.floorplan.tests.random_halls import random_hall, random_obstacle

SEEDS = st.integers(0, 10**6)
few = settings(deadline=None, max_examples=40)
CHAIRS, WINDOW = floorplan.Place("chairs", "a", 2.0, 4.0), floorplan.Place("counter", "1", 8.0, 4.0)


def hall(*obstacles, places=(CHAIRS, WINDOW), **more):
    return floorplan.FloorPlan(10.0, 8.0, places, obstacles, **({"clearance": 0.5} | more))


def metres(*obstacles, **more):
    return float(floorplan.walks(hall(*obstacles, **more)).metres[0, 1])


class TestByHand:
    def test_an_empty_hall_is_crossed_straight(self):
        assert metres() == pytest.approx(6.0)

    def test_a_wall_from_the_top_is_walked_round_below(self):
        """Corners to turn at: (4.5, 6.5) and (5.5, 6.5), half a metre off the wall's end."""
        wall = floorplan.rectangle("wall", (5.0, 0.0), (5.0 + 1e-6, 6.0))
        assert metres(wall) == pytest.approx(2 * math.hypot(2.5, 2.5) + 1.0, abs=1e-5)

    def test_a_pillar_is_passed_on_its_shorter_side(self):
        pillar = floorplan.rectangle("pillar", (4.5, 3.0), (5.5, 4.5))  # enlarged: 4 to 6 by 2.5 to 5
        assert metres(pillar) == pytest.approx(2 * math.hypot(2.0, 1.0) + 2.0)

    def test_a_line_along_the_enlarged_side_is_free(self):
        pillar = floorplan.rectangle("pillar", (4.0, 4.5), (6.0, 6.0))
        assert metres(pillar) == pytest.approx(6.0)

    def test_a_turned_square_is_passed_at_its_tip(self):
        tip = math.sqrt(2) * 0.5  # a right angle's corner moves out by clearance times the root of two
        square = floorplan.Obstacle("pillar", ((5.0, 3.0), (6.0, 4.0), (5.0, 5.0), (4.0, 4.0)))
        assert metres(square) == pytest.approx(2 * math.hypot(3.0, 1.0 + tip))

    def test_two_walls_make_a_bend(self):
        walls = (
            floorplan.rectangle("wall", (4.0, 0.0), (4.0 + 1e-6, 6.0)),
            floorplan.rectangle("wall", (6.0, 2.0), (6.0 + 1e-6, 8.0)),
        )
        legs = math.hypot(1.5, 2.5) + 1.0 + math.hypot(1.0, 5.0) + 1.0 + math.hypot(1.5, 2.5)
        assert metres(*walls) == pytest.approx(legs, abs=1e-5)

    def test_pieces_that_touch_leave_no_gap(self):
        above = floorplan.rectangle("counter", (4.5, 0.0), (5.5, 4.0))
        below = floorplan.rectangle("counter", (4.5, 4.0), (5.5, 6.5))
        assert metres(above, below) == pytest.approx(metres(floorplan.rectangle("counter", (4.5, 0.0), (5.5, 6.5))))

    @pytest.mark.parametrize(("gap", "passes"), [(0.99, False), (1.0, True), (1.2, True)])
    def test_a_gap_must_be_two_clearances_wide(self, gap, passes):
        walls = (
            floorplan.rectangle("wall", (4.0, 0.0), (6.0, 4.0 - gap / 2)),
            floorplan.rectangle("wall", (4.0, 4.0 + gap / 2), (6.0, 8.0)),
        )
        assert metres(*walls) == (pytest.approx(6.0) if passes else math.inf)

    def test_minutes_are_the_seats_mean_over_the_speed(self):
        places = (replace(CHAIRS, seats=3.0), floorplan.Place("chairs", "b", 7.0, 4.0), WINDOW)
        walks = floorplan.walks(hall(places=places, speed=0.8))
        assert walks.minutes("counter", "1") == pytest.approx((3 * 6.0 + 1.0) / 4 / 0.8 / 60)
        assert walks.way("counter", "1") == ((7.0, 4.0), (8.0, 4.0))
        assert walks.summary()["counter_mean"] == walks.to_frame().minutes[0] == walks.minutes("counter", "1")

    def test_the_way_is_as_long_as_it_says_and_turns_at_corners(self):
        walks = floorplan.walks(hall(floorplan.rectangle("pillar", (4.5, 3.0), (5.5, 4.5))))
        way = walks.way("counter", "1")
        assert way == pytest.approx(np.array([(2.0, 4.0), (4.0, 5.0), (6.0, 5.0), (8.0, 4.0)]))
        assert sum(math.dist(a, b) for a, b in pairwise(way)) == pytest.approx(walks.metres[0, 1])


@few
@given(SEEDS)
def test_the_lattice_finds_the_same_ways_within_its_known_error(seed):
    """Two answers. Below: a lattice way is a way. Above: a way with some more room can be followed on the lattice."""
    plan = random_hall(np.random.default_rng(seed))
    exact, lattice = floorplan.walks(plan).metres, lattice_metres(plan)
    assert (exact <= lattice + 1e-9).all()
    try:
        roomy = floorplan.walks(replace(plan, clearance=plan.clearance + MARGIN)).metres
    except floorplan.PlanError:  # a place has not so much room
        return
    assert (lattice <= STRETCH * roomy + 1e-9)[np.isfinite(roomy)].all()


def test_the_lattice_comes_as_near_as_its_error_says():
    """Not vacuous: in halls with room the lattice lies between the way and a few per cent more."""
    ratios = []
    for seed in range(60):
        plan = random_hall(np.random.default_rng(seed), 3)
        exact, lattice = floorplan.walks(plan).metres, lattice_metres(plan)
        both = np.isfinite(exact) & np.isfinite(lattice) & (exact > 0.5)
        ratios += (lattice[both] / exact[both]).tolist()
    assert len(ratios) > 300 and np.mean(ratios) < STRETCH and np.max(ratios) < 1.25
    assert SLACK < 0.02


@few
@given(SEEDS)
def test_ways_are_distances(seed):
    plan = random_hall(np.random.default_rng(seed))
    found = floorplan.walks(plan).metres
    at = np.array([(p.x, p.y) for p in plan.places])
    straight = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    assert (found == found.T).all() and (np.diag(found) == 0).all()
    assert (found >= straight - 1e-9).all()
    assert (found[:, None] <= found[:, :, None] + found[None] + 1e-9).all(), "no detour is shorter"
    if not plan.obstacles:
        assert found == pytest.approx(straight)


@few
@given(SEEDS)
def test_one_more_wall_shortens_no_way(seed):
    rng = np.random.default_rng(seed)
    plan = random_hall(rng)
    try:
        more = replace(plan, obstacles=(*plan.obstacles, random_obstacle(rng, plan)))
    except floorplan.PlanError:  # it would stand on a place
        return
    assert (floorplan.walks(more).metres >= floorplan.walks(plan).metres - 1e-9).all()


@few
@given(SEEDS)
def test_a_hall_seen_in_a_mirror_has_the_same_ways(seed):
    plan = random_hall(np.random.default_rng(seed))
    mirrored = replace(
        plan, places=tuple(replace(p, x=plan.width - p.x) for p in plan.places),
        obstacles=tuple(replace(o, corners=tuple((plan.width - x, y) for x, y in o.corners)) for o in plan.obstacles),
    )  # fmt: skip
    assert floorplan.walks(mirrored).metres == pytest.approx(floorplan.walks(plan).metres, abs=1e-6)


class TestInTheTwin:
    def model(self, **more):
        return twin.BranchModel(
            (twin.Service("S", twin.Duration(4.0, shape="fixed")),), tuple(twin.Counter(n, ("S",)) for n in "12"),
            devices=(twin.Device("m", "atm", walk=0.7),), patience=None, balking=None, **more,
        )  # fmt: skip

    def test_who_is_called_walks_before_the_service(self):
        model = floorplan.with_walking(self.model(), hall())
        assert [c.walk for c in model.counters] == [pytest.approx(0.1), 0.0], "window 2 is not on the plan"
        assert model.devices[0].walk == 0.7
        people = twin.one_person_a_counter(model)
        done = twin.run_day(model, people, twin.draw_customers(model, arrivals=[(600.0, "S"), (600.0, "S")], seed=1))
        assert done.result.times[:, 4].tolist() == [pytest.approx(604.1), 604.0]

    def test_measured_counter_times_have_the_walk_in_them(self):
        plan = hall(places=(CHAIRS, WINDOW, floorplan.Place("device", "m", 2.0, 7.0)))
        model = floorplan.with_walking(self.model(), floorplan.walks(plan), counters=False)
        assert [c.walk for c in model.counters] == [0.0, 0.0]
        assert model.devices[0].walk == pytest.approx(3.0 / 60)

    def test_a_window_that_nobody_reaches_is_named(self):
        with pytest.raises(floorplan.PlanError, match="No way leads from all chairs to counter 1"):
            floorplan.with_walking(self.model(), hall(floorplan.rectangle("wall", (5.0, 0.0), (5.1, 8.0))))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: floorplan.Place("sofa", "a", 1, 1), "kind 'sofa' is unknown"),
        (lambda: floorplan.Place("chairs", "a", math.nan, 1), "two numbers in metres"),
        (lambda: floorplan.Place("chairs", "a", 1, 1, 0), "seats must be more than 0"),
        (lambda: floorplan.Obstacle("wall", ((0, 0), (1, 1))), "three corners"),
        (lambda: floorplan.Obstacle("hole", ((0, 0), (1, 1), (0, 1))), "kind 'hole' is unknown"),
        (lambda: floorplan.Obstacle("wall", ((0, 0), (4, 0), (4, 4), (2, 1))), "must be convex"),
        (lambda: floorplan.Obstacle("wall", ((0, 0), (4, 0), (0, 4), (4, 4))), "must be convex"),
        (lambda: floorplan.Obstacle("wall", ((0, 0), (4, 0), (4, 0), (4, 4))), "must be convex"),
        (lambda: floorplan.Obstacle("wall", ((0, 0), (9, 1), (0, 1))), "below 30 degrees"),
        (lambda: floorplan.Zone("z", ((0, 0), (1, 1))), "three corners"),
        (lambda: hall(places=(WINDOW,)), "where the waiting chairs stand"),
        (lambda: hall(places=(CHAIRS, CHAIRS)), "chairs a is on the plan twice"),
        (lambda: hall(places=(CHAIRS, replace(WINDOW, x=9.6))), "counter 1 must lie in the hall"),
        (lambda: hall(floorplan.rectangle("counter", (7.0, 1.0), (9.0, 3.6))), "stands in an obstacle .counter. or"),
        (lambda: hall(speed=0.0), "speed must be positive"),
        (lambda: floorplan.walks(hall()).minutes("counter", "9"), "no counter 9"),
    ],
)  # fmt: skip
def test_plans_that_cannot_be_are_refused_in_words(make, words):
    with pytest.raises(floorplan.PlanError, match=words):
        make()
