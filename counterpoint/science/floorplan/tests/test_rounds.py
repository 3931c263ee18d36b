"""A round that was walked, one that was scanned at a desk, and everything between."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science.floorplan.rounds import FASTEST, LEAST, Scan, apart, from_table, walked

HALL = from_table({("door", "crs1"): 12.0, ("crs1", "fire-01"): 20.0, ("door", "fire-01"): 25.0})
ROUTE = ("door", "crs1", "fire-01")


def test_a_round_at_walking_pace_is_whole():
    found = walked([Scan("door", 0), Scan("crs1", 60), Scan("fire-01", 150)], HALL, ROUTE)
    assert (found.score, found.missed, found.in_order, found.metres) == (100.0, (), True, 32.0)


def test_labels_scanned_at_one_desk_are_too_fast():
    found = walked([Scan("door", 0), Scan("crs1", 4), Scan("fire-01", 8)], HALL, ROUTE)
    assert [leg.verdict for leg in found.legs] == ["too_fast", "too_fast"]
    assert found.score == 0.0


def test_points_that_were_left_out_strange_ones_and_a_wrong_order_are_told():
    found = walked([Scan("crs1", 0), Scan("door", 60), Scan("lamp", 120)], HALL, ROUTE)
    assert (found.missed, found.strange, found.in_order) == (("fire-01",), ("lamp",), False)
    assert found.score == 66.7
    assert walked([Scan("crs1", 0), Scan("door", 5000)], HALL).legs[0].verdict == "long"
    assert walked([], HALL, ROUTE).score == 0.0


@given(st.permutations(list(ROUTE)), st.lists(st.floats(0.0, 600.0), min_size=2, max_size=2), st.floats(1.0, 50.0))
def test_whoever_walks_slower_than_two_metres_a_second_is_believed(order, pauses, slack):
    second, scans = 0.0, [Scan(order[0], 0.0)]
    for a, b, pause in zip(order, order[1:], pauses, strict=False):
        second += LEAST + (HALL(a, b) or 0.0) / FASTEST + min(pause, 600.0) + 0.001 * slack
        scans.append(Scan(b, second))
    assert walked(scans, HALL).score == 100.0
    assert walked(list(reversed(scans)), HALL) == walked(scans, HALL)


@given(st.lists(st.floats(-5, 5), min_size=8, max_size=8))
def test_rectangles_are_as_far_apart_as_their_nearest_points(values):
    def box(x, y, width, height):
        return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]

    one = (values[0], values[1], abs(values[2]) + 0.1, abs(values[3]) + 0.1)
    other = (values[4], values[5], abs(values[6]) + 0.1, abs(values[7]) + 0.1)
    gaps = [max(0.0, max(one[i], other[i]) - min(one[i] + one[i + 2], other[i] + other[i + 2])) for i in (0, 1)]
    crossing = gaps == [0.0, 0.0]
    found = apart(box(*one), box(*other))
    corners_inside = found == 0.0
    assert corners_inside or np.isclose(found, np.hypot(*gaps)) or crossing
