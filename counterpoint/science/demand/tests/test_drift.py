"""Drift alarms: silent while forecasts hold, quick when they do not; run lengths against the published table."""

import numpy as np
import pytest

from counterpoint.science.demand import Drift, drift, standardised
from counterpoint.science.demand.drift import NORMAL_90


def run_length(shift, seed, longest=6000):
    found = drift(np.random.default_rng(seed).normal(shift, 1, longest))
    return longest if found is None else found.found + 1


def test_a_shift_of_one_is_found_in_the_published_mean_time():
    """Montgomery, Statistical Quality Control, table 9.3: k = 1/2, h = 5, shift 1: 10.4; of two: 4.01."""
    assert np.mean([run_length(1.0, seed) for seed in range(400)]) == pytest.approx(10.4, abs=0.7)
    assert np.mean([run_length(2.0, seed) for seed in range(400)]) == pytest.approx(4.01, abs=0.25)


def test_false_alarms_are_about_a_year_apart():
    """465 days by the same table for the sums alone; the watch on width costs some of it."""
    lengths = np.mean([run_length(0.0, seed) for seed in range(150)])
    assert 220 < lengths < 520


def test_the_alarm_says_which_way_and_since_when():
    score = np.zeros(40)
    score[25:] = 1.8
    assert drift(score) == Drift("more", 25, 28)
    assert drift(-score) == Drift("fewer", 25, 28)
    assert drift(np.zeros(400)) is None


def test_one_wild_day_is_no_drift():
    score = np.zeros(60)
    score[30] = 40.0
    assert drift(score) is None


def test_ranges_that_are_half_as_wide_as_they_should_be_are_found():
    alternating = np.where(np.arange(200) % 2 == 0, 2.0, -2.0)
    found = drift(alternating)
    assert found is not None and found.kind == "narrow" and found.found < 60


def test_errors_are_measured_on_their_own_side():
    found = standardised(np.array([130.0, 80.0]), np.full(2, 90.0), np.full(2, 100.0), np.full(2, 130.0))
    assert found == pytest.approx([NORMAL_90, -2 * NORMAL_90])
    assert np.isfinite(standardised(np.array([3.0]), np.zeros(1), np.zeros(1), np.zeros(1))).all()
