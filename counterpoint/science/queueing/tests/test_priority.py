"""Priority waits against a queue played customer by customer, and against laws that hold for any order of service."""

import heapq
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.queueing import Queue, QueueError, cobham_waits, mg1_mean_wait, solve

CLASSES = st.lists(
    st.tuples(st.floats(0.01, 1.0), st.floats(0.2, 5.0), st.floats(0.0, 2.0)), min_size=1, max_size=5
)  # weight of the load, mean, cv


def scaled(classes, load):
    """Rates, means and cvs of classes that together offer ``load`` Erlang."""
    whole = sum(weight for weight, _, _ in classes)
    means, cvs = [mean for _, mean, _ in classes], [cv for _, _, cv in classes]
    rates = [load * weight / whole / mean for (weight, _, _), mean in zip(classes, means, strict=True)]
    return rates, means, cvs


def played(rates, means, cvs, until, seed):
    """Mean wait by class of everybody served by ``until``: one server, non-preemptive, gamma service times."""
    rng = np.random.default_rng(seed)
    coming = []
    for number, rate in enumerate(rates):
        times = np.cumsum(rng.exponential(1 / rate, int(rate * until * 1.2) + 20))
        coming += [(float(when), number) for when in times if when < until]
    coming.sort()
    lines, now, at, waits = [], 0.0, 0, [[] for _ in rates]
    while at < len(coming) or lines:
        if not lines:
            now = max(now, coming[at][0])
        while at < len(coming) and coming[at][0] <= now:
            heapq.heappush(lines, (coming[at][1], coming[at][0]))
            at += 1
        number, arrived = heapq.heappop(lines)
        if now > until:
            break
        waits[number].append(now - arrived)
        mean, cv = means[number], cvs[number]
        now += rng.gamma(1 / cv**2, mean * cv**2) if cv else mean
    return [float(np.mean(one)) if one else math.inf for one in waits]


@pytest.mark.parametrize(
    ("rates", "means", "cvs"),
    [
        ([0.2, 0.3], [1.0, 1.5], [1.0, 0.5]),  # the short service first
        ([0.1, 0.5], [4.0, 0.6], [0.3, 1.0]),  # the long one first
        ([0.1, 0.2, 0.3], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]),  # three classes with fixed times
    ],
)
def test_waits_agree_with_a_queue_played_customer_by_customer(rates, means, cvs):
    assert played(rates, means, cvs, 240_000, seed=3) == pytest.approx(cobham_waits(rates, means, cvs), rel=0.06)


def test_a_class_that_overloads_the_server_hinders_those_before_it_only_as_far_as_it_is_served():
    """0.5 Erlang go first; the flood behind them keeps the server busy always: residual 0.5 + 0.5, wait 1/0.5."""
    for flood in (0.5, 3.0, 100.0):
        first, second = cobham_waits([0.5, flood], [1, 1], [1, 1])
        assert first == pytest.approx(2.0)
        assert math.isinf(second)
    mixed = cobham_waits([0.2, 2.0, 5.0], [1.0, 2.0, 9.0], [0.5, 1.0, 1.0])
    assert played([0.2, 2.0, 5.0], [1.0, 2.0, 9.0], [0.5, 1.0, 1.0], 60_000, seed=4)[0] == pytest.approx(
        mixed[0], rel=0.08
    )
    assert mixed[1:] == [math.inf, math.inf]


@settings(max_examples=60, deadline=None)
@given(CLASSES, st.floats(0.05, 0.98))
def test_the_load_weighted_wait_does_not_depend_on_who_goes_first(classes, load):
    """Kleinrock's conservation law."""
    rates, means, cvs = scaled(classes, load)
    residual = sum(r * m**2 * (1 + c**2) / 2 for r, m, c in zip(rates, means, cvs, strict=True))
    weighted = sum(r * m * w for r, m, w in zip(rates, means, cobham_waits(rates, means, cvs), strict=True))
    assert weighted == pytest.approx(load * residual / (1 - load), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(CLASSES, st.floats(0.05, 1.5))
def test_who_goes_later_never_waits_less(classes, load):
    waits = cobham_waits(*scaled(classes, load))
    assert all(before <= after for before, after in pairwise(waits))
    assert all(wait > 0 for wait in waits)


@settings(max_examples=60, deadline=None)
@given(CLASSES, st.floats(0.05, 0.95), st.floats(0.01, 60))
def test_waits_are_in_the_unit_of_the_service_times(classes, load, unit):
    rates, means, cvs = scaled(classes, load)
    other = cobham_waits([rate / unit for rate in rates], [mean * unit for mean in means], cvs)
    assert other == pytest.approx([unit * wait for wait in cobham_waits(rates, means, cvs)], rel=1e-9)


@pytest.mark.parametrize(
    ("cv", "share"),
    [(0.0, 0.5), (0.6, 0.68), (1.0, 1.0), (2.0, 2.5)],  # (1 + cv²) / 2 of the wait with exponential times
)
def test_the_variation_of_service_sets_the_wait_of_a_single_line(cv, share):
    assert mg1_mean_wait(0.8, 1.0, cv) == pytest.approx(share * solve(Queue(0.8, 1.0, 1)).mean_wait)


def test_a_single_line_at_capacity_waits_for_ever_and_an_empty_one_not_at_all():
    assert math.isinf(mg1_mean_wait(1.0, 1.0, 0.5))
    assert mg1_mean_wait(0.0, 1.0, 0.5) == 0.0
    assert math.isfinite(mg1_mean_wait(0.999, 1.0, 0.5))


def test_a_class_nobody_comes_for_changes_nothing_for_the_others():
    with_empty = cobham_waits([0.3, 0.0, 0.4], [1.0, 7.0, 1.0], [1.0, 1.0, 1.0])
    assert [with_empty[0], with_empty[2]] == pytest.approx(cobham_waits([0.3, 0.4], [1.0, 1.0], [1.0, 1.0]))
    assert cobham_waits([], [], []) == []


@pytest.mark.parametrize(
    ("rates", "means", "cvs", "said"),
    [
        ([0.1], [1.0, 2.0], [1.0], "as many"),
        ([0.1], [1.0], [], "as many"),
        ([-0.1], [1.0], [1.0], "Arrival rates"),
        ([math.nan], [1.0], [1.0], "Arrival rates"),
        ([math.inf], [1.0], [1.0], "Arrival rates"),
        ([0.1], [0.0], [1.0], "means"),
        ([0.1], [math.nan], [1.0], "means"),
        ([0.1], [1.0], [-0.5], "variation"),
        ([0.1, 0.1], [1.0, 1.0], [1.0, math.nan], "variation"),
    ],
)
def test_numbers_that_make_no_queue_are_refused(rates, means, cvs, said):
    with pytest.raises(QueueError, match=said):
        cobham_waits(rates, means, cvs)
