"""The fewest servers against counting up from one, at the edges of a promise and for questions without an answer."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.queueing import (
    Queue,
    QueueError,
    servers_for_mean_wait,
    servers_for_service_level,
    solve,
)

FEW = settings(max_examples=40, deadline=None)


def counted_up(arrivals, service, leaving, holds):
    servers = 1
    while not holds(solve(Queue(arrivals, service, servers, leaving))):
        servers += 1
    return servers


@FEW
@given(st.floats(0.0, 30), st.floats(0.0, 2.0), st.floats(0.3, 0.99), st.sampled_from([0.0, 0.05, 2.0]))
def test_bisection_finds_what_counting_up_from_one_finds(load, within, share, leaving):
    found = servers_for_service_level(load, 1.0, within=within, share=share, abandonment_rate=leaving)
    assert found == counted_up(load, 1.0, leaving, lambda result: result.service_level(within) >= share)


@FEW
@given(st.floats(0.0, 30), st.floats(0.01, 3.0), st.sampled_from([0.0, 0.05, 2.0]))
def test_bisection_finds_what_counting_up_finds_for_a_mean_wait(load, at_most, leaving):
    found = servers_for_mean_wait(load, 1.0, at_most=at_most, abandonment_rate=leaving)
    assert found == counted_up(load, 1.0, leaving, lambda result: result.mean_wait <= at_most)


@pytest.mark.parametrize(
    ("arrivals", "service", "minutes", "servers"),
    [
        (5.8, 6, 290.5, 1),  # 290.0 minutes with one, 3.05 with two (handbook §10.2)
        (5.8, 6, 289.5, 2),
        (10, 15, 8.0, 1),
        (10, 15, 7.99, 2),
        (50, 20, 4.22, 3),
        (50, 20, 4.20, 4),
        (50, 20, 0.65, 4),
        (50, 20, 0.63, 5),
    ],
)
def test_published_mean_waits_decide_on_both_sides_of_their_value(arrivals, service, minutes, servers):
    assert servers_for_mean_wait(arrivals, service, at_most=minutes / 60) == servers


@FEW
@given(st.floats(0.1, 30), st.floats(0.0, 2.0), st.floats(0.3, 0.9), st.floats(0.0, 0.09), st.floats(0.0, 5.0))
def test_a_harder_promise_or_more_customers_never_need_fewer(load, within, share, more, extra):
    need = servers_for_service_level(load, 1.0, within=within, share=share)
    assert servers_for_service_level(load, 1.0, within=within, share=share + more) >= need
    assert servers_for_service_level(load, 1.0, within=within / 2, share=share) >= need
    assert servers_for_service_level(load + extra, 1.0, within=within, share=share) >= need


@FEW
@given(st.floats(0.1, 20), st.floats(0.01, 0.5), st.sampled_from([1 / 60, 60.0, 86_400.0]))
def test_hours_minutes_and_seconds_give_the_same_servers(load, at_most, unit):
    own = servers_for_mean_wait(load, 1.0, at_most=at_most)
    # a rate per other unit; the target is moved off the boundary, where the last bit may decide
    assert servers_for_mean_wait(load / unit, 1 / unit, at_most=at_most * unit * (1 + 1e-9)) <= own
    assert servers_for_mean_wait(load / unit, 1 / unit, at_most=at_most * unit * (1 - 1e-9)) >= own


def test_a_large_branch_pools_its_servers():
    """Square-root staffing: twice the work needs less than twice the people above the load."""
    spare = [servers_for_service_level(load, 1.0, within=0.0, share=0.8) - load for load in (25, 100, 400)]
    assert spare[0] < spare[1] < spare[2]
    assert spare[2] / spare[0] == pytest.approx(4, rel=0.15)


def test_nobody_coming_still_needs_the_one_server_of_a_queue():
    assert servers_for_service_level(0.0, 1.0, within=0.0, share=0.99) == 1
    assert servers_for_mean_wait(0.0, 1.0, at_most=0.001) == 1


def test_no_wait_at_all_is_asked_by_within_zero():
    """One Erlang: 4 of 10 wait behind two servers (1/3), 1 of 11 behind three."""
    assert servers_for_service_level(1.0, 1.0, within=0.0, share=0.66) == 2
    assert servers_for_service_level(1.0, 1.0, within=0.0, share=0.67) == 3
    assert servers_for_service_level(1.0, 1.0, within=0.0, share=10 / 11 - 1e-9) == 3
    assert servers_for_service_level(1.0, 1.0, within=0.0, share=10 / 11 + 1e-9) == 4


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 90, math.nan])
def test_a_share_outside_the_open_unit_interval_is_refused(share):
    with pytest.raises(QueueError, match="share must lie between 0 and 1"):
        servers_for_service_level(1.0, 1.0, within=1.0, share=share)


@pytest.mark.parametrize("within", [-0.001, -math.inf, math.nan])
def test_a_wait_below_nothing_is_refused_and_not_searched_for_ever(within):
    with pytest.raises(QueueError, match="within must be 0 or more"):
        servers_for_service_level(1.0, 1.0, within=within, share=0.9)


@pytest.mark.parametrize("at_most", [0.0, -1.0, math.nan])
def test_a_mean_wait_of_nothing_is_refused_and_not_searched_for_ever(at_most):
    with pytest.raises(QueueError, match="at_most must be positive"):
        servers_for_mean_wait(1.0, 1.0, at_most=at_most)


@pytest.mark.parametrize(
    ("arrivals", "service", "leaving", "said"),
    [
        (1.0, 0.0, 0.0, "service_rate"),
        (1.0, -1.0, 0.0, "service_rate"),
        (1.0, math.inf, 0.0, "service_rate"),
        (math.nan, 1.0, 0.0, "arrival_rate"),
        (math.inf, 1.0, 0.0, "arrival_rate"),
        (-1.0, 1.0, 0.0, "arrival_rate"),
        (1.0, 1.0, -1.0, "abandonment_rate"),
        (1.0, 1.0, math.nan, "abandonment_rate"),
    ],
)
def test_rates_that_make_no_queue_are_named_before_anything_is_divided(arrivals, service, leaving, said):
    with pytest.raises(QueueError, match=said):
        servers_for_mean_wait(arrivals, service, at_most=1.0, abandonment_rate=leaving)
    with pytest.raises(QueueError, match=said):
        servers_for_service_level(arrivals, service, within=1.0, share=0.5, abandonment_rate=leaving)
