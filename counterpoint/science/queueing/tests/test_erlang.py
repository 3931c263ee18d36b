"""Golden values of published examples, limits between the formulas, and a birth-death chain as second answer."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import integrate

from counterpoint.science.queueing import (
    Queue,
    QueueError,
    cobham_waits,
    erlang_b,
    erlang_c,
    mg1_mean_wait,
    servers_for_mean_wait,
    servers_for_service_level,
    solve,
)

LOADS = st.floats(0.05, 60)
SERVERS = st.integers(1, 80)


@pytest.mark.parametrize(
    ("arrivals", "service", "servers", "minutes"),
    [(5.8, 6, 1, 290.0), (5.8, 6, 2, 3.05), (10, 15, 1, 8.0), (10, 15, 2, 0.50), (50, 20, 3, 4.21), (50, 20, 4, 0.64)],
)
def test_mean_waits_of_published_bank_examples(arrivals, service, servers, minutes):
    """johndcook.com/blog/2008/10/21 (one or two tellers) and the same formula for the rest."""
    wait = solve(Queue(arrivals, service, servers)).mean_wait * 60
    assert wait == pytest.approx(minutes, abs=0.005 if minutes < 100 else 0.05)


def test_erlang_b_of_a_textbook_load():
    """Ten Erlang on ten trunks lose 21.46 per cent (any B table)."""
    assert erlang_b(10, 10) == pytest.approx(0.214582, abs=1e-6)


def test_ten_thousand_servers_stay_finite():
    assert 0 < erlang_c(9_900, 10_000) < 1
    assert 0 < solve(Queue(12_000, 1, 10_000, 0.5)).abandonment < 1


def chain(queue: Queue) -> tuple[float, float, float]:
    """P(wait), share lost and mean number waiting from the birth-death chain, summed state by state."""
    weight, total, waiting, queued = 1.0, 1.0, 0.0, 0.0
    if queue.servers == 0:
        raise AssertionError
    n = 0
    while n < 4000:
        n += 1
        extra = max(0, n - queue.servers)
        leave = min(n, queue.servers) * queue.service_rate + extra * queue.abandonment_rate
        weight *= queue.arrival_rate / leave
        total += weight
        if n >= queue.servers:
            waiting += weight
            queued += extra * weight
        if total > 1e250:
            weight, total, waiting, queued = (x / 1e250 for x in (weight, total, waiting, queued))
        if n > queue.servers and weight < 1e-18 * total and queue.arrival_rate < leave:
            break
    return waiting / total, queue.abandonment_rate * queued / total / queue.arrival_rate, queued / total


@given(LOADS, st.integers(1, 60), st.floats(0.05, 5))
def test_erlang_a_agrees_with_the_birth_death_chain(load, servers, theta):
    queue = Queue(load, 1.0, servers, theta)
    result = solve(queue)
    p_wait, lost, queued = chain(queue)
    assert result.p_wait == pytest.approx(p_wait, rel=1e-6, abs=1e-9)
    assert result.abandonment == pytest.approx(lost, rel=1e-6, abs=1e-9)
    assert result.mean_queue == pytest.approx(queued, rel=1e-6, abs=1e-9)


@given(LOADS, SERVERS)
def test_erlang_c_lies_above_erlang_b(load, servers):
    assert erlang_b(load, servers) <= erlang_c(load, servers) <= 1


@given(LOADS, SERVERS)
def test_one_more_server_never_makes_anyone_wait_more(load, servers):
    assert erlang_c(load, servers + 1) <= erlang_c(load, servers) + 1e-15
    assert erlang_b(load, servers + 1) <= erlang_b(load, servers) + 1e-15


@given(st.floats(0.1, 30), st.integers(1, 40), st.floats(0.05, 3))
def test_the_tail_of_the_wait_integrates_to_its_mean(load, servers, theta):
    result = solve(Queue(load, 1.0, servers, theta))
    if result.p_wait < 1e-6:
        return
    area, reach = 0.0, result.wait_quantile(1 - 1e-9 * result.p_wait)
    for panel in range(20):
        area += integrate.quad(result.p_wait_longer, panel * reach / 20, (panel + 1) * reach / 20)[0]
    assert area == pytest.approx(result.mean_wait, rel=1e-5)


@given(st.floats(0.5, 20), st.integers(1, 30))
def test_very_patient_people_make_erlang_a_an_erlang_c(load, servers):
    if load > 0.9 * servers:
        return
    patient, waiting = solve(Queue(load, 1.0, servers, 1e-7)), solve(Queue(load, 1.0, servers))
    assert patient.p_wait == pytest.approx(waiting.p_wait, rel=1e-3, abs=1e-9)
    assert patient.mean_wait == pytest.approx(waiting.mean_wait, rel=1e-3, abs=1e-9)


@example(17.0, 1, 0.25, 0.25)  # nearly everyone waits, so patience alone sets the quantile
@given(st.floats(0.2, 30), st.integers(1, 40), st.floats(0.05, 3), st.floats(0.01, 0.99))
def test_the_quantile_is_the_inverse_of_the_tail(load, servers, theta, share):
    for queue in (Queue(load, 1.0, servers, theta), Queue(min(load, 0.95 * servers), 1.0, servers)):
        result = solve(queue)
        t = result.wait_quantile(share)
        assert t >= 0
        if t > 0:
            assert result.p_wait_longer(t) == pytest.approx(1 - share, abs=1e-6)
        else:
            assert result.p_wait <= 1 - share + 1e-12


def test_everyone_is_served_or_lost_in_the_long_run():
    result = solve(Queue(12, 1, 10, 0.4))
    assert result.service_level(200) == pytest.approx(1 - result.abandonment, abs=1e-9)
    assert result.service_level(0) == pytest.approx(1 - result.p_wait, abs=1e-9)


def test_littles_law_links_queue_and_wait():
    for queue in (Queue(4.5, 1, 5), Queue(5.5, 1, 5, 0.5)):
        result = solve(queue)
        assert result.mean_queue == pytest.approx(queue.arrival_rate * result.mean_wait)


def test_an_overloaded_queue_that_nobody_leaves_waits_for_ever():
    result = solve(Queue(6, 1, 5))
    assert result.p_wait == 1 and math.isinf(result.mean_wait) and math.isinf(result.wait_quantile(0.5))


@given(st.floats(0.1, 40), st.floats(0.1, 20), st.floats(0.5, 0.98), st.sampled_from([0.0, 0.05]))
def test_the_fewest_servers_hold_the_promise_and_one_less_does_not(load, within, share, theta):
    rate = 1 / 6
    c = servers_for_service_level(load * rate, rate, within=within, share=share, abandonment_rate=theta)
    assert solve(Queue(load * rate, rate, c, theta)).service_level(within) >= share
    if c > 1:
        assert solve(Queue(load * rate, rate, c - 1, theta)).service_level(within) < share


def test_fewest_servers_for_a_mean_wait():
    assert servers_for_mean_wait(50 / 60, 20 / 60, at_most=4.3) == 3
    assert servers_for_mean_wait(50 / 60, 20 / 60, at_most=4.0) == 4


def test_priority_waits_of_a_worked_example_and_their_conservation():
    """Two classes 0.3 + 0.4 Erlang, exponential: 0.7/0.7 and 0.7/(0.7 x 0.3); the load-weighted sum is that of FIFO."""
    first, second = cobham_waits([0.3, 0.4], [1, 1], [1, 1])
    assert first == pytest.approx(1.0)
    assert second == pytest.approx(0.7 / (0.7 * 0.3))
    assert 0.3 * first + 0.4 * second == pytest.approx(0.7 * mg1_mean_wait(0.7, 1, 1))


def test_mg1_is_mm1_when_times_are_exponential():
    assert mg1_mean_wait(5 / 6, 1, 1) == pytest.approx(solve(Queue(5 / 6, 1, 1)).mean_wait)


@pytest.mark.parametrize("wrong", [(-1, 1, 1, 0), (1, 0, 1, 0), (1, 1, 0, 0), (1, 1, 1, -1)])
def test_wrong_rates_are_named(wrong):
    with pytest.raises(QueueError, match="must be"):
        Queue(*wrong)
