"""Offered load against service times added up on a fine clock, and the laws that every method obeys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterpoint.science.staffing import ServiceLoad, offered_load

METHODS = ("sipp", "lag", "mol")
SOME = settings(max_examples=40, deadline=None)
ARRIVALS = st.lists(st.floats(0, 40), min_size=3, max_size=12)


def load(arrivals, mean, cv=0.6, *, step=30, method="mol"):
    return offered_load(ServiceLoad("x", "g", tuple(arrivals), mean, cv), step, method)


def added_up(arrivals, mean, cv, step):
    """Busy people at each minute's end, from the share of each earlier six seconds' arrivals who are still inside."""
    fine = 10
    rate = np.repeat(np.asarray(arrivals) / step / fine, step * fine)
    age = (np.arange(len(rate)) + 0.5) / fine
    if cv:
        sigma = np.sqrt(np.log(1 + cv**2))
        inside = stats.lognorm(sigma, scale=mean * np.exp(-(sigma**2) / 2)).sf(age)
    else:
        inside = (age < mean).astype(float)
    busy = [
        float((rate[: end * fine][::-1] * inside[: end * fine]).sum()) for end in range(1, len(arrivals) * step + 1)
    ]
    return np.array(busy).reshape(-1, step).mean(axis=1)


@pytest.mark.parametrize(
    ("mean", "cv"),
    [(4.0, 0.6), (1.0, 0.6), (75.0, 0.3), (18.0, 0.5), (0.5, 1.0), (9.0, 2.0), (12.0, 0.0), (7.5, 0.0), (0.4, 0.0)],
)
@pytest.mark.parametrize("step", [15, 60])
def test_carry_over_is_what_is_still_inside_added_up(mean, cv, step):
    arrivals = (5.0, 0.0, 12.0, 3.0, 0.0, 8.0)
    assert load(arrivals, mean, cv, step=step) == pytest.approx(added_up(arrivals, mean, cv, step), rel=2e-3, abs=2e-3)


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        (10.0, [10 * 20 / 30, 10 * 10 / 30, 0.0]),  # minutes 10 to 40
        (30.0, [0.0, 30.0, 0.0]),
        (45.0, [0.0, 22.5, 22.5]),  # minutes 45 to 75
        (100.0, [0.0, 0.0, 0.0]),  # after the day
    ],
)
def test_the_lag_moves_the_load_by_the_mean_service_time(mean, expected):
    """One customer a minute in the first half hour."""
    assert load((30.0, 0.0, 0.0), mean, method="lag") == pytest.approx(expected)


def test_a_lag_of_half_a_minute_divides_the_minute():
    """Mean 0.5: the first minute is half empty, then 2 a minute keep one person busy."""
    found = load((30.0, 0.0), 0.5, step=15, method="lag")
    assert found == pytest.approx([14.5 / 15, 0.5 / 15])


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_day_settles_at_arrivals_times_service(method):
    assert load((12.0,) * 16, 10.0, method=method)[-8:] == pytest.approx(np.full(8, 4.0), rel=1e-3)


@SOME
@given(ARRIVALS, ARRIVALS, st.floats(0.1, 90), st.floats(0, 1.5), st.floats(0, 5), st.sampled_from(METHODS))
def test_loads_of_two_streams_add_and_scale(one, two, mean, cv, factor, method):
    size = min(len(one), len(two))
    one, two = np.array(one[:size]), np.array(two[:size])
    together = load(one + factor * two, mean, cv, method=method)
    apart = load(one, mean, cv, method=method) + factor * load(two, mean, cv, method=method)
    assert together == pytest.approx(apart, rel=1e-9, abs=1e-9)


@SOME
@given(ARRIVALS, st.floats(0.1, 60), st.floats(0, 1.0), st.sampled_from(METHODS))
def test_no_work_appears_and_what_the_day_holds_is_done(arrivals, mean, cv, method):
    """Person-minutes never exceed arrivals times service; all of them are there once the day is long enough."""
    whole = sum(arrivals) * mean
    assert load(arrivals, mean, cv, method=method).sum() * 30 <= whole * (1 + 1e-9) + 1e-9
    long = load([*arrivals, *(0.0,) * 40], mean, cv, method=method)
    assert (long >= 0).all()
    assert long.sum() * 30 == pytest.approx(whole, rel=2e-3, abs=1e-6)


@SOME
@given(ARRIVALS, st.integers(0, 6), st.floats(0.1, 60), st.floats(0, 1.0), st.sampled_from(METHODS))
def test_a_day_that_opens_later_has_the_same_load_later(arrivals, wait, mean, cv, method):
    later = load([*(0.0,) * wait, *arrivals], mean, cv, method=method)
    assert later[:wait] == pytest.approx(np.zeros(wait), abs=1e-12)
    assert later[wait:] == pytest.approx(load(arrivals, mean, cv, method=method), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("cv", [0.0, 0.6, 1.5])
@pytest.mark.parametrize("mean", [1e-7, 0.001, 0.05, 0.3, 240.0])
def test_very_short_and_very_long_services_carry_their_whole_mean(mean, cv):
    found = load((30.0, *(0.0,) * 200), mean, cv)
    assert found.sum() * 30 == pytest.approx(30 * mean, rel=2e-2)


def test_nobody_arriving_asks_for_nobody():
    for method in METHODS:
        assert load((0.0, 0.0), 10.0, method=method).tolist() == [0.0, 0.0]
