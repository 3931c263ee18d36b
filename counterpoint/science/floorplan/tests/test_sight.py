"""What cameras see: worked out by hand, by rays against squares, and by walking along lines of sight."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import floorplan
from counterpoint.science.floorplan.tests.random_halls import random_hall

SEEDS = st.integers(0, 10**6)
few = settings(deadline=None, max_examples=40)
CHAIRS = floorplan.Place("chairs", "a", 1.0, 7.0)


def hall(*obstacles, places=(CHAIRS,)):
    return floorplan.FloorPlan(10.0, 8.0, places, obstacles)


def camera(x=0.0, y=0.0, direction=45.0, angle=90.0, reach=99.0, code="cam"):
    return floorplan.Camera(code, x, y, direction, angle, reach)


def area(corners):
    """Shoelace."""
    pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


class TestByHand:
    def test_a_camera_in_a_corner_sees_the_whole_empty_hall(self):
        seen = floorplan.sight(hall(), [camera()])
        assert (seen.area, seen.share, seen.blind) == (80.0, 1.0, ())

    def test_without_a_camera_the_hall_is_one_blind_spot_with_everything_in_it(self):
        seen = floorplan.sight(hall(), [])
        assert [one.area for one in seen.blind] == [80.0]
        assert seen.blind[0].places == (CHAIRS,) and seen.share == 0.0

    def test_reach_cuts_a_quarter_of_a_circle(self):
        seen = floorplan.sight(hall(), [camera(reach=6.0)], cell=0.1)
        assert seen.seen == pytest.approx(math.pi * 36 / 4, rel=0.01)

    def test_the_angle_of_view_cuts_a_wedge(self):
        """From the middle of the left wall, 45 degrees to either side: all but two triangles at that wall."""
        seen = floorplan.sight(hall(), [camera(0.0, 4.0, direction=0.0)], cell=0.1)
        assert seen.seen == pytest.approx(80 - 4 * 4, rel=0.01)

    def test_a_wall_casts_a_shadow(self):
        """A wall from (5, 0) to (5, 4), seen from the corner (0, 0): all behind it above the line y = 0.8 x is dark."""
        wall = floorplan.rectangle("wall", (5.0, 0.0), (5.0 + 1e-6, 4.0))
        seen = floorplan.sight(hall(wall), [camera()], cell=0.1)
        shadow = (4 + 8) / 2 * 5
        assert seen.area - seen.seen == pytest.approx(shadow, rel=0.01)
        assert len(seen.blind) == 1 and seen.blind[0].area == pytest.approx(shadow, rel=0.01)

    @pytest.mark.parametrize(
        ("kind", "blocks"), [("wall", True), ("pillar", True), ("machine", True), ("counter", False),
                             ("furniture", False), ("staff", False)],
    )  # fmt: skip
    def test_what_is_lower_than_a_camera_hides_nothing_and_is_no_floor(self, kind, blocks):
        seen = floorplan.sight(hall(floorplan.rectangle(kind, (4.0, 3.0), (6.0, 5.0))), [camera(0.0, 4.0, 0.0, 180.0)])
        assert seen.area == 80 - 4
        assert bool(seen.blind) == blocks

    def test_a_machine_behind_a_wall_is_named_where_it_cannot_be_seen(self):
        wall = floorplan.rectangle("wall", (5.0, 0.0), (5.2, 4.0))
        places = (CHAIRS, floorplan.Place("device", "crs1", 6.0, 1.0), floorplan.Place("counter", "1", 3.0, 1.0))
        (spot,) = floorplan.sight(hall(wall, places=places), [camera()]).blind
        assert [one.name for one in spot.places] == ["device crs1"]
        assert sum((c - a) * (d - b) for a, b, c, d in spot.strips) == pytest.approx(spot.area)

    def test_a_second_camera_takes_the_shadow_away(self):
        wall = floorplan.rectangle("wall", (5.0, 0.0), (5.2, 4.0))
        one, both = (floorplan.sight(hall(wall), c) for c in ([camera()], [camera(), camera(10.0, 0.0, 135.0)]))
        assert one.blind and not both.blind
        assert both.seen_by.max() == 2

    def test_squares_too_small_to_be_a_spot_are_left_out_unless_something_stands_in_them(self):
        place = floorplan.Place("device", "m", 0.5, 0.5)
        close = camera(0.0, 8.0, -45.0, 90.0, reach=11.9)  # sees all but the far corner, and the corner of the machine
        far = floorplan.sight(hall(), [camera(10.0, 8.0, 225.0, 90.0, reach=12.2)], least=1.0)
        held = floorplan.sight(hall(places=(CHAIRS, place)), [camera(10.0, 8.0, 225.0, 90.0, reach=12.0)], least=1.0)
        assert floorplan.sight(hall(), [close], least=0.0).blind and not far.blind
        assert [one.places for one in held.blind] == [(place,)]

    @pytest.mark.parametrize(
        "wrong", [camera(11.0), camera(5.0, 4.0)], ids=["outside of the hall", "inside of a pillar"]
    )
    def test_a_camera_that_cannot_hang_there_is_refused(self, wrong):
        with pytest.raises(floorplan.PlanError, match="Camera cam"):
            floorplan.sight(hall(floorplan.rectangle("pillar", (4.0, 3.0), (6.0, 5.0))), [wrong])

    @pytest.mark.parametrize("wrong", [{"angle": 0}, {"angle": 361}, {"reach": 0}, {"direction": math.nan}])
    def test_a_camera_that_is_none_is_refused(self, wrong):
        with pytest.raises(floorplan.PlanError):
            camera(**wrong)


def seen_marching(plan, one, point):
    """A second answer: walk along the line in steps of a millimetre's order and look whether a corner is in the way."""
    dx, dy = point[0] - one.x, point[1] - one.y
    far = math.hypot(dx, dy)
    turn = math.degrees(math.atan2(dy, dx)) - one.direction
    if far > one.reach or abs(math.remainder(turn, 360)) > one.angle / 2:
        return False
    parts = np.linspace(0, 1, 2000)
    xs, ys = one.x + parts * dx, one.y + parts * dy
    for obstacle in plan.obstacles:
        inside = np.ones(len(parts), dtype=bool)
        corners = obstacle.corners
        middle = np.mean(corners, axis=0)
        for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
            side = math.copysign(1, (bx - ax) * (middle[1] - ay) - (by - ay) * (middle[0] - ax))
            inside &= side * ((bx - ax) * (ys - ay) - (by - ay) * (xs - ax)) > 0
        if inside.any():
            return False
    return True


def hung(rng, plan):
    """A camera somewhere in the hall, where it can hang."""
    while True:
        one = floorplan.Camera(
            "c", float(rng.uniform(0, plan.width)), float(rng.uniform(0, plan.depth)), float(rng.uniform(0, 360)),
            float(rng.uniform(30, 360)), float(rng.uniform(2, 9)),
        )  # fmt: skip
        try:
            floorplan.require_hung(plan, one)
        except floorplan.PlanError:
            continue
        return one


class TestTwoAnswers:
    @few
    @given(SEEDS)
    def test_squares_and_rays_find_the_same_area(self, seed):
        """All obstacles block sight here, so that the outline of a view holds floor alone."""
        rng = np.random.default_rng(seed)
        plan = random_hall(rng)
        one = hung(rng, plan)
        lattice = floorplan.sight(plan, [one], cell=0.05).seen
        rays = area(floorplan.view(plan, one, degrees=0.5))
        assert lattice == pytest.approx(rays, abs=0.25, rel=0.03)

    @few
    @given(SEEDS)
    def test_a_point_is_seen_exactly_when_the_line_to_it_meets_nothing(self, seed):
        rng = np.random.default_rng(seed)
        plan = random_hall(rng, obstacles=3)
        one = hung(rng, plan)
        points = rng.uniform((0, 0), (plan.width, plan.depth), size=(25, 2))
        seen = floorplan.watching(plan, [one], points)[0]
        told = np.array([seen_marching(plan, one, point) for point in points])
        assert (seen != told).sum() <= 1  # a line may graze a corner between two steps


class TestInAnyHall:
    @few
    @given(SEEDS)
    def test_one_more_camera_never_hides_anything_and_one_more_obstacle_never_shows_anything(self, seed):
        rng = np.random.default_rng(seed)
        plan = random_hall(rng)
        one, other = hung(rng, plan), hung(rng, plan)
        alone, both = floorplan.sight(plan, [one]), floorplan.sight(plan, [one, other])
        assert ((alone.seen_by > 0) <= (both.seen_by > 0)).all()
        points = rng.uniform((0, 0), (plan.width, plan.depth), size=(60, 2))
        emptier = replace(plan, obstacles=plan.obstacles[1:])
        seen, fewer = (floorplan.watching(held, [one], points) for held in (emptier, plan))
        assert (fewer <= seen).all()

    @few
    @given(SEEDS)
    def test_seen_and_blind_floor_make_the_whole(self, seed):
        rng = np.random.default_rng(seed)
        plan = random_hall(rng)
        found = floorplan.sight(plan, [hung(rng, plan)], least=0.0)
        alone = sum(len(one.strips) == 1 and one.area == found.cell**2 for one in found.blind)
        assert found.seen + sum(one.area for one in found.blind) == pytest.approx(
            found.area, abs=found.cell**2 * alone + 1e-9
        )
        assert 0 <= found.share <= 1
