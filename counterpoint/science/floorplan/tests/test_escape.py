"""Ways out: by hand, against a fine lattice, and what must hold in any hall."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import floorplan
from counterpoint.science.floorplan.tests.grid import MARGIN, STRETCH, lattice_metres
from counterpoint.science.floorplan.tests.random_halls import random_hall

CHAIRS, WINDOW = floorplan.Place("chairs", "a", 2.0, 4.0), floorplan.Place("counter", "1", 8.0, 4.0)
MAIN, SIDE = floorplan.Place("exit", "main", 2.0, 7.5), floorplan.Place("exit", "side", 9.5, 4.0)
DOOR = floorplan.Place("door", "", 2.0, 7.5)


def found(*obstacles, places=(CHAIRS, WINDOW, MAIN, SIDE), **how):
    plan = floorplan.FloorPlan(10.0, 8.0, places, obstacles, speed=1.0)
    return {way.place.name: way for way in floorplan.ways_out(floorplan.walks(plan), **how)}


def test_everybody_goes_to_the_nearest_exit_and_exits_go_nowhere():
    ways = found()
    assert {name: (way.exit.code, way.metres) for name, way in ways.items()} == {
        "chairs a": ("main", 3.5), "counter 1": ("side", 1.5)
    }  # fmt: skip
    assert ways["chairs a"].minutes == pytest.approx(3.5 / 60)
    assert ways["counter 1"].points == ((8.0, 4.0), (9.5, 4.0))


def test_with_an_exit_blocked_the_way_leads_to_the_other():
    ways = found(blocked=["side"])
    assert ways["counter 1"].exit.code == "main"
    assert ways["counter 1"].metres == pytest.approx(math.hypot(6.0, 3.5))


def test_with_every_exit_blocked_there_is_no_way():
    way = found(blocked=["side", "main"])["chairs a"]
    assert way.exit is None and way.minutes == math.inf and way.points == ()


def test_behind_a_wall_the_nearest_exit_may_be_the_farther_one():
    wall = floorplan.rectangle("wall", (0.0, 5.5), (6.0, 5.7))  # from the chairs to the main exit only round its end
    way = found(wall)["chairs a"]
    assert way.exit.code == "side" and way.metres == pytest.approx(7.5)


def test_where_no_exit_is_marked_the_door_is_one():
    assert found(places=(CHAIRS, WINDOW, DOOR))["counter 1"].exit == DOOR


def test_a_pace_of_its_own_changes_the_minutes_alone():
    slow, usual = found(speed=0.5)["counter 1"], found()["counter 1"]
    assert (slow.metres, slow.minutes) == (usual.metres, 2 * usual.minutes)


@pytest.mark.parametrize("wrong", [{"blocked": ["roof"]}, {"speed": 0.0}])
def test_an_exit_or_pace_that_is_none_is_refused(wrong):
    with pytest.raises(floorplan.PlanError):
        found(**wrong)


def as_exits(plan):
    """The hall with its last place, and its second to last, as exits."""
    *rest, one, other = plan.places
    return replace(plan, places=(*rest, replace(one, kind="exit", code="x"), replace(other, kind="exit", code="y")))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_the_length_of_a_way_out_agrees_with_a_fine_lattice(seed):
    plan = random_hall(np.random.default_rng(seed))
    if len(plan.places) < 3 or plan.places[0].kind != "chairs":
        return
    plan = as_exits(plan)
    lattice = lattice_metres(plan)[:, len(plan.places) - 2 :].min(axis=1)
    roomy = replace(plan, clearance=plan.clearance + MARGIN) if _roomy(plan) else None
    wider = floorplan.ways_out(floorplan.walks(roomy)) if roomy else ()
    for number, way in enumerate(floorplan.ways_out(floorplan.walks(plan))):
        assert way.metres <= lattice[number] + 1e-9
        assert not wider or lattice[number] <= STRETCH * wider[number].metres + 1e-9


def _roomy(plan):
    try:
        replace(plan, clearance=plan.clearance + MARGIN)
    except floorplan.PlanError:
        return False
    return True


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_a_blocked_exit_makes_no_way_shorter_and_each_way_is_as_long_as_its_points(seed):
    plan = random_hall(np.random.default_rng(seed))
    if len(plan.places) < 3 or plan.places[0].kind != "chairs":
        return
    walks = floorplan.walks(as_exits(plan))
    free = floorplan.ways_out(walks)
    for code in ("x", "y"):
        for before, after in zip(free, floorplan.ways_out(walks, blocked=[code]), strict=True):
            assert after.metres >= before.metres - 1e-9
    for way in free:
        if way.exit is not None:
            steps = np.diff(np.array(way.points), axis=0)
            assert np.hypot(steps[:, 0], steps[:, 1]).sum() == pytest.approx(way.metres)
            assert way.points[-1] == (way.exit.x, way.exit.y)
