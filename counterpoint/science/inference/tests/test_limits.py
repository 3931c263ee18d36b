"""Limits against tables, against one another and against counting."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from counterpoint.science import inference


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"), [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
)
def test_the_published_intervals_of_shares_come_out(hits, count, low, high):
    """Newcombe (1998), method 3."""
    assert inference.share_limits(hits, count) == pytest.approx((low, high), abs=2e-4)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (3, 0.619, 8.767), (10, 4.795, 18.390)]
)
def test_the_published_limits_of_counts_come_out(count, low, high):
    """Garwood's table, 95 per cent."""
    assert inference.count_limits(count) == pytest.approx((low, high), abs=5e-3)


@given(count=st.integers(1, 60), data=st.data())
def test_the_exact_share_never_promises_too_much(count, data):
    """For every truth, the limits of all possible counts hold it in at least 95 per cent."""
    truth = data.draw(st.floats(0.001, 0.999))
    held = sum(
        float(stats.binom.pmf(hits, count, truth))
        for hits in range(count + 1)
        if inference.exact_share(hits, count)[0] <= truth <= inference.exact_share(hits, count)[1]
    )
    assert held >= 0.95 - 1e-9


@given(st.integers(0, 400))
def test_limits_of_a_count_are_those_of_chi_square(count):
    low, high = inference.count_limits(count)
    assert high == pytest.approx(float(stats.chi2.ppf(0.975, 2 * count + 2)) / 2)
    assert low == pytest.approx(float(stats.chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0)


@given(st.integers(1, 500), st.data())
def test_more_hits_move_both_limits_up(count, data):
    hits = data.draw(st.integers(0, count - 1))
    first, second = inference.share_limits(hits, count), inference.share_limits(hits + 1, count)
    assert first[0] <= second[0] and first[1] <= second[1]


@pytest.mark.parametrize(("hits", "count"), [(1, 0), (3, 2), (-1, 2)])
def test_what_is_no_share_is_refused(hits, count):
    with pytest.raises(ValueError):
        inference.share_limits(hits, count)


def test_nothing_tried_says_nothing():
    assert inference.exact_share(0, 0) == (0.0, 1.0)
    assert not math.isnan(inference.count_limits(0)[1])
