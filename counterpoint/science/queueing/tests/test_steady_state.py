"""Each figure of a queue against exact fractions, against a queue played by hand, and at the edges of its meaning."""

import heapq
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from counterpoint.science.queueing import Queue, QueueError, erlang_a, erlang_b, erlang_c, solve

SOME = settings(max_examples=40, deadline=None)


def exact_b(load: Fraction, servers: int) -> Fraction:
    """Erlang's own sum, without a rounding."""
    terms = [load**k / math.factorial(k) for k in range(servers + 1)]
    return terms[-1] / sum(terms)


def exact_c(load: Fraction, servers: int) -> Fraction:
    terms = [load**k / math.factorial(k) for k in range(servers)]
    waiting = load**servers / math.factorial(servers) * servers / (servers - load)
    return waiting / (sum(terms) + waiting)


def played(queue: Queue, customers: int, seed: int, within: float) -> dict[str, float]:
    """The queue played customer by customer in order of arrival; the first tenth is left out."""
    rng = np.random.default_rng(seed)
    arrived = np.cumsum(rng.exponential(1 / queue.arrival_rate, customers))
    served_for = rng.exponential(1 / queue.service_rate, customers)
    patience = rng.exponential(1 / queue.abandonment_rate, customers) if queue.abandonment_rate else None
    free = [0.0] * queue.servers  # when each server is done
    offered, lost = np.zeros(customers), np.zeros(customers, bool)
    for k in range(customers):
        offered[k] = max(0.0, free[0] - arrived[k])
        lost[k] = patience is not None and patience[k] < offered[k]
        if not lost[k]:
            heapq.heapreplace(free, arrived[k] + offered[k] + served_for[k])
    waited = offered if patience is None else np.minimum(offered, patience)
    part = slice(customers // 10, None)
    return {
        "p_wait": (offered[part] > 0).mean(),
        "mean_wait": waited[part].mean(),
        "abandonment": lost[part].mean(),
        "longer": (waited[part] > within).mean(),
        "level": (~lost[part] & (offered[part] <= within)).mean(),
        "median": float(np.median(waited[part])),
    }


class TestExactFractions:
    @pytest.mark.parametrize(
        ("load", "servers", "lost", "waits"),
        [
            (1, 1, Fraction(1, 2), Fraction(1)),  # at capacity everybody waits
            (1, 2, Fraction(1, 5), Fraction(1, 3)),
            (2, 2, Fraction(2, 5), Fraction(1)),
            (2, 3, Fraction(4, 19), Fraction(4, 9)),
            (1, 3, Fraction(1, 16), Fraction(1, 11)),
            (Fraction(5, 2), 3, Fraction(125, 443), Fraction(125, 178)),  # the bank of handbook §10.2, 50/20
        ],
    )
    def test_small_tables_worked_out_by_hand(self, load, servers, lost, waits):
        assert erlang_b(float(load), servers) == pytest.approx(float(lost), rel=1e-14)
        assert erlang_c(float(load), servers) == pytest.approx(float(waits), rel=1e-14)
        assert exact_b(Fraction(load), servers) == lost

    @SOME
    @given(st.integers(1, 400), st.integers(0, 60))
    def test_the_recursion_is_erlangs_sum(self, tenths, servers):
        load = Fraction(tenths, 10)
        assert erlang_b(float(load), servers) == pytest.approx(float(exact_b(load, servers)), rel=1e-12)

    @SOME
    @given(st.integers(1, 400), st.integers(1, 60))
    def test_erlang_c_is_its_own_sum(self, tenths, servers):
        load = Fraction(tenths, 10)
        assume(load < servers)
        assert erlang_c(float(load), servers) == pytest.approx(float(exact_c(load, servers)), rel=1e-10)

    def test_no_servers_lose_everybody_and_no_load_loses_nobody(self):
        assert erlang_b(3.0, 0) == 1.0
        assert erlang_b(0.0, 0) == 1.0
        assert erlang_b(0.0, 1) == 0.0
        assert erlang_c(0.0, 1) == 0.0
        assert erlang_b(1.0, 500) == 0.0  # beneath the smallest float, and no overflow on the way

    @pytest.mark.parametrize(("load", "servers"), [(-0.1, 1), (1.0, -1)])
    def test_a_load_or_a_number_of_servers_below_nothing_is_refused(self, load, servers):
        with pytest.raises(QueueError, match="0 or more"):
            erlang_b(load, servers)


class TestPlayed:
    @pytest.mark.parametrize(
        ("queue", "within"),
        [
            (Queue(0.7, 1.0, 1), 1.0),
            (Queue(2.4, 1.0, 3), 0.5),
            (Queue(2.4, 1.0, 3, 0.5), 0.5),
            (Queue(3.5, 1.0, 3, 0.3), 1.0),  # more work than servers: patience alone keeps it steady
            (Queue(2.0, 1.0, 4, 4.0), 0.1),  # hurried people
        ],
        ids=str,
    )
    def test_every_figure_agrees_with_a_queue_played_customer_by_customer(self, queue, within):
        seen, result = played(queue, 120_000, 11, within), solve(queue)
        assert result.p_wait == pytest.approx(seen["p_wait"], abs=0.02)
        assert result.mean_wait == pytest.approx(seen["mean_wait"], rel=0.08)
        assert result.abandonment == pytest.approx(seen["abandonment"], abs=0.01)
        assert result.p_wait_longer(within) == pytest.approx(seen["longer"], abs=0.02)
        assert result.service_level(within) == pytest.approx(seen["level"], abs=0.02)
        assert result.wait_quantile(0.5) == pytest.approx(seen["median"], abs=0.05 * max(1.0, result.mean_wait))

    @SOME
    @given(st.floats(0.1, 20), st.integers(1, 25), st.floats(0.0, 5.0))
    def test_the_tail_without_walk_outs_is_the_mixture_over_people_found(self, load, servers, t):
        """Who finds n ≥ c people waits for n - c + 1 departures: P(fewer happen by t) is a Poisson sum."""
        assume(load < 0.97 * servers)
        result = solve(Queue(load, 1.0, servers))
        ahead = np.arange(4000)
        found = result.p_wait * (1 - load / servers) * (load / servers) ** ahead
        tail = float((found * stats.poisson.cdf(ahead, servers * t)).sum())
        assert result.p_wait_longer(t) == pytest.approx(tail, rel=1e-7, abs=1e-12)
        assert result.service_level(t) == pytest.approx(1 - tail, rel=1e-7)


class TestBalance:
    @SOME
    @given(st.floats(0.05, 50), st.integers(1, 60), st.floats(0.01, 20))
    def test_who_comes_is_served_or_walks_out(self, load, servers, leaving):
        result = solve(Queue(load, 1.0, servers, leaving))
        assert result.utilisation * servers + leaving * result.mean_queue == pytest.approx(load, rel=1e-8)
        assert 0 <= result.abandonment <= result.p_wait + 1e-12 <= 1 + 1e-9
        assert 0 <= result.utilisation <= 1 + 1e-9

    @SOME
    @given(st.floats(0.1, 30), st.integers(1, 30), st.sampled_from([0.0, 0.1, 2.0]), st.sampled_from([1 / 60, 7.0]))
    def test_the_unit_of_time_is_the_readers_choice(self, load, servers, leaving, unit):
        assume(leaving or load < 0.98 * servers)
        one = solve(Queue(load, 1.0, servers, leaving))
        other = solve(Queue(load / unit, 1.0 / unit, servers, leaving / unit))
        assert other.p_wait == pytest.approx(one.p_wait, rel=1e-9)
        assert other.abandonment == pytest.approx(one.abandonment, rel=1e-9)
        assert other.mean_wait == pytest.approx(one.mean_wait * unit, rel=1e-9)
        assert other.mean_queue == pytest.approx(one.mean_queue, rel=1e-9)
        assert other.service_level(0.3 * unit) == pytest.approx(one.service_level(0.3), rel=1e-8)

    @SOME
    @given(st.floats(0.1, 30), st.integers(1, 30), st.floats(0.02, 2.0), st.floats(1.01, 20))
    def test_less_patience_means_more_walk_outs_and_a_shorter_line(self, load, servers, leaving, faster):
        calm, hasty = (solve(Queue(load, 1.0, servers, rate)) for rate in (leaving, leaving * faster))
        assert hasty.abandonment >= calm.abandonment - 1e-12
        assert hasty.p_wait <= calm.p_wait + 1e-12
        assert hasty.mean_queue <= calm.mean_queue + 1e-9

    @SOME
    @given(st.floats(0.1, 30), st.integers(1, 30), st.sampled_from([0.0, 0.3]), st.floats(0, 4), st.floats(0, 4))
    def test_waiting_longer_is_rarer_and_a_later_bound_holds_more(self, load, servers, leaving, t, more):
        result = solve(Queue(load, 1.0, servers, leaving))
        assert result.p_wait_longer(t + more) <= result.p_wait_longer(t) + 1e-12
        assert result.service_level(t + more) >= result.service_level(t) - 1e-12

    @pytest.mark.parametrize(("servers", "leaving"), [(100, 0.001), (900, 0.5), (100, 1e-9)])
    def test_a_flood_is_a_fluid(self, servers, leaving):
        """Far above capacity, patience wastes exactly what does not fit: lost = 1 - c mu / lambda."""
        result = solve(Queue(1.25 * servers, 1.0, servers, leaving))
        assert result.p_wait == pytest.approx(1.0, abs=1e-3)
        assert result.abandonment == pytest.approx(0.2, rel=1e-3)
        assert result.mean_wait == pytest.approx(0.2 / leaving, rel=1e-3)
        assert result.wait_quantile(0.5) == pytest.approx(math.log(1.25) / leaving, rel=0.05)


class TestEdges:
    def test_before_arriving_nobody_is_served_and_everybody_still_waits(self):
        for result in (solve(Queue(1.0, 1.0, 3)), solve(Queue(1.0, 1.0, 3, 0.5))):
            assert result.p_wait_longer(-0.01) == 1.0
            assert result.service_level(-0.01) == 0.0
            assert result.service_level(0.0) == pytest.approx(1 - result.p_wait)

    @pytest.mark.parametrize("leaving", [0.0, 0.5])
    @pytest.mark.parametrize("servers", [1, 3])
    def test_an_empty_hall_serves_at_once(self, leaving, servers):
        result = solve(Queue(0.0, 1.0, servers, leaving))
        assert result.summary() == dict.fromkeys(
            ("p_wait", "mean_wait", "mean_queue", "abandonment", "utilisation"), 0.0
        )
        assert result.service_level(0.0) == 1.0
        assert result.p_wait_longer(0.0) == 0.0
        assert result.wait_quantile(0.99) == 0.0

    def test_capacity_itself_is_already_too_much(self):
        assert math.isinf(solve(Queue(3.0, 1.0, 3)).mean_wait)
        assert math.isfinite(solve(Queue(math.nextafter(3.0, 0), 1.0, 3)).mean_wait)
        flooded = solve(Queue(6.0, 1.0, 3))
        assert flooded.service_level(1e9) == 0.0
        assert flooded.utilisation == 1.0

    @pytest.mark.parametrize("share", [1.0, 1.5, -0.1, math.nan])
    def test_a_quantile_outside_the_distribution_is_refused(self, share):
        with pytest.raises(QueueError, match="share of 0 or more and below 1"):
            solve(Queue(1.0, 1.0, 2)).wait_quantile(share)

    def test_the_quantile_jumps_from_zero_where_the_first_customer_waits(self):
        result = solve(Queue(1.0, 1.0, 2))  # a third of the arrivals wait
        assert result.wait_quantile(0.0) == 0.0
        assert result.wait_quantile(2 / 3 - 1e-9) == 0.0
        assert 0 < result.wait_quantile(2 / 3 + 1e-6) < 1e-4
        assert result.wait_quantile(0.9) == pytest.approx(math.log(10 / 3))

    def test_erlang_a_is_not_asked_of_people_who_never_leave(self):
        with pytest.raises(QueueError, match="use solve"):
            erlang_a(Queue(1.0, 1.0, 2))

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"arrival_rate": -0.1}, "arrival_rate must be finite and 0 or more, not -0.1"),
            ({"arrival_rate": math.nan}, "arrival_rate"),
            ({"arrival_rate": math.inf}, "arrival_rate"),
            ({"service_rate": 0.0}, "service_rate must be finite and positive, not 0.0"),
            ({"service_rate": math.nan}, "service_rate"),
            ({"service_rate": math.inf}, "service_rate"),
            ({"servers": 0}, "servers must be 1 or more, not 0"),
            ({"servers": -3}, "servers"),
            ({"abandonment_rate": -1.0}, "abandonment_rate"),
            ({"abandonment_rate": math.nan}, "abandonment_rate"),
            ({"abandonment_rate": math.inf}, "abandonment_rate"),
        ],
    )
    def test_every_wrong_number_is_named_with_its_value(self, changed, said):
        with pytest.raises(QueueError, match=said):
            Queue(**{"arrival_rate": 1.0, "service_rate": 1.0, "servers": 1} | changed)

    def test_the_frame_carries_the_question_and_the_answer(self):
        row = solve(Queue(50.0, 20.0, 3)).to_frame().iloc[0]
        assert (row["arrival_rate"], row["service_rate"], row["servers"], row["abandonment_rate"]) == (50, 20, 3, 0)
        assert row["mean_wait"] * 60 == pytest.approx(4.21, abs=0.005)
        assert row["utilisation"] == pytest.approx(2.5 / 3)
        assert Queue(50.0, 20.0, 3).offered_load == 2.5
