"""What makes a staffing problem, and the sentence that says why something does not."""

import math

import pytest

from counterpoint.science.staffing import Promise, ServiceLoad, StaffingError, StaffingProblem

CASH = {"code": "cash", "group": "counter", "arrivals": (1.0, 2.0), "mean": 5.0}


def problem(**changes):
    return StaffingProblem(**{"start": 540, "step": 30, "services": (ServiceLoad(**CASH),)} | changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mean": 0.0}, "cash: service time needs a finite positive mean"),
        ({"mean": -1.0}, "finite positive mean"),
        ({"mean": math.inf}, "finite positive mean"),
        ({"mean": math.nan}, "finite positive mean"),
        ({"cv": -0.1}, "cv of 0 or more"),
        ({"cv": math.inf}, "cv of 0 or more"),
        ({"cv": math.nan}, "cv of 0 or more"),
        ({"arrivals": (1.0, -0.5)}, "cash: arrivals must be finite and 0 or more"),
        ({"arrivals": (math.nan, 1.0)}, "arrivals must be finite"),
        ({"arrivals": (math.inf, 1.0)}, "arrivals must be finite"),
        ({"patience": 0.0}, "cash: patience must be positive minutes, or None"),
        ({"patience": -3.0}, "patience must be positive"),
        ({"patience": math.nan}, "patience must be positive"),
    ],
)
def test_a_service_with_an_impossible_number_is_refused_by_its_code(changes, said):
    with pytest.raises(StaffingError, match=said):
        ServiceLoad(**CASH | changes)


@pytest.mark.parametrize(
    ("within", "share"), [(-1.0, 0.9), (math.nan, 0.9), (15.0, 0.0), (15.0, 1.0), (15.0, 90), (15.0, math.nan)]
)
def test_a_promise_that_cannot_be_kept_or_broken_is_refused(within, share):
    with pytest.raises(StaffingError, match="A promise needs 0 < share < 1 and within ≥ 0"):
        Promise(within, share)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"step": 20}, "15, 30 or 60 minutes, not 20"),
        ({"step": 0}, "15, 30 or 60 minutes"),
        ({"services": ()}, "at least one service"),
        ({"services": (ServiceLoad(**CASH | {"arrivals": ()}),)}, "at least one interval"),
        ({"services": (ServiceLoad(**CASH), ServiceLoad(**CASH | {"group": "desk"}))}, "share a code"),
        ({"services": (ServiceLoad(**CASH), ServiceLoad(**CASH | {"code": "b", "arrivals": (1.0,)}))}, r"\[1, 2\]"),
        ({"opened": (True,)}, "same number of intervals"),
        ({"method": "MOL"}, "method 'MOL' is unknown; use one of sipp, lag, mol"),
        ({"minimums": {"counter": 1, "lobby": -1}}, "lobby: a minimum post is 0 or more"),
    ],
)
def test_a_day_that_cannot_be_staffed_is_refused(changes, said):
    with pytest.raises(StaffingError, match=said):
        problem(**changes)


@pytest.mark.parametrize("step", [15, 30, 60])
@pytest.mark.parametrize("method", ["sipp", "lag", "mol"])
def test_what_is_allowed_is_allowed(step, method):
    found = problem(step=step, method=method, opened=(True, False), minimums={"lobby": 0})
    assert found.intervals == 2
    assert [found.is_open(n) for n in range(2)] == [True, False]


def test_groups_are_those_served_and_those_only_posted_each_once():
    services = tuple(ServiceLoad(**CASH | {"code": code, "group": group}) for code, group in ("ax", "by", "cx"))
    found = problem(services=services, minimums={"x": 1, "lobby": 1})
    assert found.groups == ("lobby", "x", "y")
    assert [s.code for s in found.of("x")] == ["a", "c"]
    assert found.of("lobby") == ()


def test_a_groups_own_promise_goes_before_the_common_one():
    found = problem(promises={"counter": Promise(5.0, 0.8)})
    assert found.promised("counter") == Promise(5.0, 0.8)
    assert found.promised("desk") == Promise(15.0, 0.9)


def test_a_day_without_hours_given_is_open_throughout():
    assert all(problem().is_open(n) for n in range(2))
