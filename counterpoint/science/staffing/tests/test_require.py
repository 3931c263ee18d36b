"""People by formula: the promise is kept, minimum posts stand, and more work never means fewer people."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import queueing, staffing
from counterpoint.science.staffing import Promise, ServiceLoad, SharedCounters, StaffingError, StaffingProblem
from counterpoint.science.staffing.datasets import branch_day


def steady(
    arrivals: float, mean: float, *, share: float = 0.9, within: float = 10.0, **more: object
) -> StaffingProblem:
    service = ServiceLoad("deposit", "cash", (arrivals,) * 8, mean, 1.0)
    return StaffingProblem(540, 30, (service,), Promise(within, share), **more)  # type: ignore[arg-type]


def test_one_steady_service_agrees_with_the_queueing_topic():
    result = staffing.require(steady(15.0, 8.0, method="sipp"))
    expected = queueing.servers_for_service_level(15 / 30, 1 / 8, within=10, share=0.9)
    assert set(result.need["cash"]) == {expected}
    level = queueing.solve(queueing.Queue(0.5, 1 / 8, expected)).service_level(10)
    assert result.level["cash"][3] == pytest.approx(level)


def test_erlang_c_golden_values_of_the_handbook_hold_through_the_level():
    """λ 50/h, μ 20/h: mean wait 4.21 min with 3 servers and 0.64 min with 4 (handbook §10.2)."""
    three = queueing.solve(queueing.Queue(50 / 60, 20 / 60, 3))
    four = queueing.solve(queueing.Queue(50 / 60, 20 / 60, 4))
    assert three.mean_wait == pytest.approx(4.21, abs=0.005)
    assert four.mean_wait == pytest.approx(0.64, abs=0.005)
    result = staffing.require(steady(25.0, 3.0, share=0.8, within=4.0, method="sipp"))
    fits = 3 if three.service_level(4.0) >= 0.8 else 4
    assert set(result.need["cash"]) == {fits}


def test_the_predicted_level_keeps_the_promise_in_every_open_cell():
    for method in ("sipp", "lag", "mol"):
        result = staffing.require(branch_day(300, method=method))
        assert all(level >= 0.9 for series in result.level.values() for level in series)


def test_one_person_fewer_breaks_the_promise_where_the_promise_is_the_reason():
    result = staffing.require(branch_day(300))
    problem = result.problem
    for group, reasons in result.reason.items():
        for n, why in enumerate(reasons):
            if why in ("promise", "load") and result.need[group][n] > 1:
                fewer = {g: tuple(x - (g == group and k == n) for k, x in enumerate(s)) for g, s in result.need.items()}
                from counterpoint.science.staffing.require import levels

                assert levels(problem, fewer)[group][n] < problem.promised(group).share


def test_minimum_posts_stand_while_the_branch_is_open_and_say_so():
    problem = dataclasses.replace(branch_day(20), opened=(True,) * 14 + (False,) * 2)
    services = tuple(dataclasses.replace(s, arrivals=(*s.arrivals[:14], 0.0, 0.0)) for s in problem.services)
    result = staffing.require(dataclasses.replace(problem, services=services, method="sipp"))
    assert result.need["lobby"] == (1,) * 14 + (0,) * 2
    assert set(result.reason["lobby"]) == {"minimum", "closed"}
    assert result.reason["cash"][0] == "minimum"
    assert result.need["cash"][15] == 0


def test_a_long_service_started_before_closing_still_needs_somebody_after():
    late = ServiceLoad("corporate account", "advice", (0.0, 0.0, 4.0, 0.0, 0.0), 75.0, 0.3)
    problem = StaffingProblem(900, 30, (late,), opened=(True, True, True, False, False))
    carried = staffing.require(problem)
    alone = staffing.require(dataclasses.replace(problem, method="sipp"))
    assert carried.need["advice"][3] >= 3 and carried.reason["advice"][3] == "load"
    assert alone.need["advice"][3] == 0


def test_the_shared_counters_report_what_does_not_fit():
    problem = dataclasses.replace(branch_day(300), shared=(SharedCounters(("cash", "noncash"), 6),))
    result = staffing.require(problem)
    assert result.crowded
    for n, groups, extra in result.crowded:
        assert sum(result.need[g][n] for g in groups) - 6 == extra > 0
    assert "counters of cash/noncash" in result.summary()


def test_impatience_needs_fewer_or_as_many_people_for_a_share_that_counts_the_served():
    loyal, leaving = staffing.require(branch_day(300)), staffing.require(branch_day(300, patience=60.0))
    assert leaving.hours == pytest.approx(loyal.hours, rel=0.25)
    assert all(level >= 0.9 for series in leaving.level.values() for level in series)


def test_the_modified_offered_load_conserves_the_work():
    """Away from the day's end all work arrives: the load sums to arrivals × service time."""
    service = ServiceLoad("x", "g", (10.0, 20.0, 5.0, *(0.0,) * 13), 9.0, 0.6)
    for method in ("sipp", "lag", "mol"):
        busy = staffing.offered_load(service, 30, method)  # type: ignore[arg-type]
        assert busy.sum() * 30 == pytest.approx(35 * 9.0, rel=2e-3)


def test_carry_over_moves_load_later_by_about_the_service_time():
    service = ServiceLoad("x", "g", (0.0, 30.0, *(0.0,) * 10), 40.0, 0.3)
    when = {
        m: np.average(np.arange(12) * 30 + 15, weights=staffing.offered_load(service, 30, m))
        for m in ("sipp", "lag", "mol")
    }
    assert when["sipp"] == pytest.approx(45)
    assert when["lag"] == pytest.approx(85, abs=1)
    assert when["mol"] == pytest.approx(45 + 40 * (1 + 0.3**2) / 2, abs=1.5)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 60), st.floats(1.0, 3.0), st.sampled_from(["sipp", "lag", "mol"]))
def test_need_never_falls_when_load_grows(arrivals, factor, method):
    less = staffing.require(steady(arrivals, 6.0, method=method))
    more = staffing.require(steady(arrivals * factor, 6.0, method=method))
    assert all(a <= b for a, b in zip(less.need["cash"], more.need["cash"], strict=True))


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 60), st.floats(0.5, 0.95), st.floats(0.0, 0.04), st.floats(0, 20))
def test_need_never_falls_when_the_promise_grows(arrivals, share, more, within):
    loose = staffing.require(steady(arrivals, 6.0, share=share, within=within))
    tight = staffing.require(steady(arrivals, 6.0, share=share + more, within=within * 0.5))
    assert all(a <= b for a, b in zip(loose.need["cash"], tight.need["cash"], strict=True))


def test_the_frame_has_a_row_a_cell():
    result = staffing.require(branch_day(300))
    frame = result.to_frame()
    assert len(frame) == 4 * 16
    assert frame["need"].sum() / 2 == result.hours


def test_wrong_input_says_what_to_change():
    with pytest.raises(StaffingError, match="positive mean"):
        ServiceLoad("x", "g", (1.0,), 0.0)
    with pytest.raises(StaffingError, match="finite"):
        ServiceLoad("x", "g", (float("nan"),), 5.0)
    with pytest.raises(StaffingError, match="same number of intervals"):
        StaffingProblem(540, 30, (ServiceLoad("a", "g", (1.0,), 5.0), ServiceLoad("b", "g", (1.0, 2.0), 5.0)))
    with pytest.raises(StaffingError, match="more than 3 people"):
        staffing.require(steady(500.0, 6.0, most=3))
    with pytest.raises(StaffingError, match="0 < share < 1"):
        Promise(15, 1.0)
